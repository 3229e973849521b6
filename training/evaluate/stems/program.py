"""`consort stem` asked for parts of rolls: the rest of a song as a MIDI file, or as a recording of it; what comes back as a roll."""

import json
import os
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mido

from ...parts import grid, tokens

PROGRAMS = (None, 33, 25, 0, 48, 61, 66, 73)
NAMES = ("Drums", "Bass", "Guitar", "Keys", "Strings", "Brass", "Winds", "Lead")
FONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
TICKS = 480


def save(path, bpm, metre, tracks):
    """Writes a MIDI file: tracks are (name, channel, program or None, notes), notes (start and end in ticks, key, velocity)."""
    numerator, denominator = map(int, metre.split("/"))
    head = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=round(60e6 / bpm))])
    head.append(mido.MetaMessage("time_signature", numerator=numerator, denominator=denominator))
    file = mido.MidiFile(ticks_per_beat=TICKS, tracks=[head])
    for name, channel, program, notes in tracks:
        track, events, now = mido.MidiTrack([mido.MetaMessage("track_name", name=name)]), [], 0
        if program is not None:
            track.append(mido.Message("program_change", channel=channel, program=program))
        for start, end, key, velocity in notes:
            events += [(start, 1, key, velocity), (max(end - 2, start + 1), 0, key, 0)]
        for at, on, key, velocity in sorted(events):
            track.append(mido.Message("note_on" if on else "note_off", channel=channel, note=key, velocity=velocity, time=at - now))
            now = at
        file.tracks.append(track)
    file.save(path)


def notes_of(path):
    """Notes of a MIDI file: (start and end in seconds, key, velocity)."""
    notes, begun, now = [], {}, 0.0
    for message in mido.MidiFile(path):
        now += message.time
        if message.type == "note_on" and message.velocity:
            begun[message.note] = now, message.velocity
        elif message.type in ("note_on", "note_off") and message.note in begun:
            start, velocity = begun.pop(message.note)
            notes.append((start, now, message.note, velocity))
    return notes


def command():
    return os.environ.get("CONSORT", "target/release/consort")


def answer(context, text, part, *options):
    """What `consort stem` says of the part that it writes for a song; nothing where it refuses."""
    done = subprocess.run([command(), "stem", str(context), text, "--part", part, "--json", *map(str, options)], capture_output=True, text=True)
    if done.returncode:
        print("  " + done.stderr.strip()[-200:], flush=True)
        return None
    return json.loads(done.stdout)


def stem(context, text, part, *options):
    """The MIDI file that `consort stem` writes for a song; nothing where it refuses."""
    found = answer(context, text, part, "--midi-only", "--out", tempfile.mkdtemp(dir=context.parent), *options)
    return found and Path(found["variations"][0]["midi"])


def write(path, roll, parts, voicings):
    """Some parts of a roll as a MIDI file, a track each."""
    notes, scale = tokens.decode(roll, voicings), TICKS // grid.TICKS
    of = lambda part: [(start * scale, (start + length) * scale, key, velocity) for p, start, length, key, velocity in notes if p == part]
    save(path, roll.facts["tempo"], roll.metre, [(NAMES[p], 9 if p == 0 else p, PROGRAMS[p], of(p)) for p in parts])


def read(path, roll, part, voicings):
    """A MIDI file's notes on the true bars of a roll: where they sound, whatever beats the file has."""
    ticks = roll.facts["tempo"] / 60 * grid.TICKS
    notes = [(part, round(start * ticks), max(round((end - start) * ticks), 1), key, velocity) for start, end, key, velocity in notes_of(path)]
    made = tokens.encode(notes, roll.metre, roll.root, roll.quality, voicings)
    made.facts = roll.facts
    return made


def ask(context, roll, part, text, voicings, *options):
    """What `consort stem` writes for a context, as a roll, and the file; nothing where it refuses."""
    file = stem(context, text, NAMES[part].lower(), *options)
    return (read(file, roll, part, voicings), file) if file else (None, None)


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
