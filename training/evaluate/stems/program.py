"""`consort stem` asked for parts of rolls: the rest of a song as a MIDI file, or as a recording of it; what comes back as a roll."""

import json
import os
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mido
import numpy as np

from ...parts import grid, tokens

PROGRAMS = (None, 33, 25, 0, 48, 61, 66, 73)
NAMES = ("Drums", "Bass", "Guitar", "Keys", "Strings", "Brass", "Winds", "Lead")
FONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
TICKS = 480


def write(path, roll, parts, voicings):
    """Some parts of a roll as a MIDI file, a track each."""
    numerator, denominator = map(int, roll.metre.split("/"))
    tempo = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=round(60e6 / roll.facts["tempo"]))])
    tempo.append(mido.MetaMessage("time_signature", numerator=numerator, denominator=denominator))
    file = mido.MidiFile(ticks_per_beat=TICKS, tracks=[tempo])
    notes, scale = tokens.decode(roll, voicings), TICKS // grid.TICKS
    for part in parts:
        channel = 9 if part == 0 else part
        track = mido.MidiTrack([mido.MetaMessage("track_name", name=NAMES[part])])
        if part:
            track.append(mido.Message("program_change", channel=channel, program=PROGRAMS[part]))
        events, now = [], 0
        for _, start, length, key, velocity in (n for n in notes if n[0] == part):
            events += [(start * scale, 1, key, velocity), ((start + length) * scale - 2, 0, key, 0)]
        for at, on, key, velocity in sorted(events):
            track.append(mido.Message("note_on" if on else "note_off", channel=channel, note=key, velocity=velocity, time=at - now))
            now = at
        file.tracks.append(track)
    file.save(path)


def read(path, roll, part, voicings):
    """A MIDI file's notes on the true bars of a roll: where they sound, whatever beats the file has."""
    notes, begun, now = [], {}, 0.0
    ticks = roll.facts["tempo"] / 60 * grid.TICKS
    for message in mido.MidiFile(path):
        now += message.time
        if message.type == "note_on" and message.velocity:
            begun[message.note] = now, message.velocity
        elif message.type in ("note_on", "note_off") and message.note in begun:
            start, velocity = begun.pop(message.note)
            notes.append((part, round(start * ticks), max(round((now - start) * ticks), 1), message.note, velocity))
    made = tokens.encode(notes, roll.metre, roll.root, roll.quality, voicings)
    made.facts = roll.facts
    return made


def ask(context, roll, part, text, voicings, *options):
    """What `consort stem` writes for a context, as a roll, and the file; nothing where it refuses."""
    out = tempfile.mkdtemp(dir=context.parent)
    command = [os.environ.get("CONSORT", "target/release/consort"), "stem", str(context), text, "--part", NAMES[part].lower(), "--midi-only", "--json"]
    done = subprocess.run([*command, "--out", out, *map(str, options)], capture_output=True, text=True)
    if done.returncode:
        print("  " + done.stderr.strip()[-200:], flush=True)
        return None, None
    file = Path(json.loads(done.stdout)["variations"][0]["midi"])
    return read(file, roll, part, voicings), file


def told(roll):
    """Options that say what a host would."""
    felt = 1.5 if roll.metre == "6/8" else 1.0
    return "--tempo", f"{roll.facts['tempo'] / felt:.3f}", "--metre", roll.metre


class Contexts:
    """The songs of rolls without one part, as MIDI files, and as recordings by a SoundFont that nothing was tuned on."""

    def __init__(self, folder, rolls, part, voicings):
        self.rolls, self.part, self.voicings = rolls, part, voicings
        self.files = [Path(folder) / f"{number}.mid" for number in range(len(rolls))]
        for file, roll in zip(self.files, rolls):
            write(file, roll, [p for p in roll.facts["present"] if p != part], voicings)

    def record(self):
        """Makes the recordings."""
        self.sounds = [file.with_suffix(".wav") for file in self.files]
        for file, sound in zip(self.files, self.sounds):
            subprocess.run(["fluidsynth", "-ni", "-q", "-g", "0.6", "-F", str(sound), str(FONT), str(file)], check=True)

    def ask(self, texts, options=None, files=None):
        """(roll, MIDI file) for each song; `options` are those of each."""
        some = zip(files or self.files, self.rolls, texts, options or [()] * len(self.rolls))
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return list(pool.map(lambda one: ask(one[0], one[1], self.part, one[2], self.voicings, *one[3]), some))
