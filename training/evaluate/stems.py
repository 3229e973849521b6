"""Parts as the program writes them: `python -m training.evaluate stems [drums|bass|keys …] [--songs N]`.

The rest of an unseen song goes to `consort stem` as a MIDI file, and as a recording of it (SoundFonts that nothing was tuned on), once with
tempo and metre told, as a host does, once without. What comes back is put on the song's true bars and held against the real part, one of
another song, and the nearest training song's. $CONSORT names the command.
"""

import json
import os
import subprocess
import tempfile
from pathlib import Path

import mido
import numpy as np

from ..parts import grid, measure, tokens, windows
from .parts import PARTS, _mean, _table, agreement, answers

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


def ask(context, roll, part, text, voicings, told):
    """What `consort stem` writes for a context; nothing where it refuses."""
    command = [os.environ.get("CONSORT", "target/release/consort"), "stem", str(context), text, "--part", NAMES[part].lower(), "--midi-only", "--json"]
    if told:
        felt = 1.5 if roll.metre == "6/8" else 1.0
        command += ["--tempo", f"{roll.facts['tempo'] / felt:.3f}", "--metre", roll.metre]
    done = subprocess.run([*command, "--force", "--out", str(context.parent)], capture_output=True, text=True)
    if done.returncode:
        print("  " + done.stderr.strip()[-200:], flush=True)
        return None
    return read(json.loads(done.stdout)["variations"][0]["midi"], roll, part, voicings)


def answered(rolls, part, texts, voicings):
    """{how the context was given: a roll of each song}."""
    found = {"written": [], "heard, told": [], "heard": []}
    with tempfile.TemporaryDirectory() as place:
        for number, (roll, text) in enumerate(zip(rolls, texts)):
            context = Path(place) / f"{number}.mid"
            write(context, roll, [p for p in roll.facts["present"] if p != part], voicings)
            sound = context.with_suffix(".wav")
            subprocess.run(["fluidsynth", "-ni", "-q", "-g", "0.6", "-F", str(sound), str(FONT), str(context)], check=True)
            found["written"].append(ask(context, roll, part, text, voicings, False))
            found["heard, told"].append(ask(sound, roll, part, text, voicings, True))
            found["heard"].append(ask(sound, roll, part, text, voicings, False))
            sound.unlink()
    return found


def figures_of(made, rolls, part, voicings):
    found = []
    for new, roll in zip(made, rolls):
        if new is None:
            continue
        one = agreement.rhythm(new, part, roll, [p for p in roll.facts["present"] if p != part])
        if part:
            one |= agreement.harmony(new, part, roll, voicings)
        one["onsets a beat"] = measure.measure(new, part, voicings)[0]
        one["hardly plays"] = float(measure.onsets(new, part).sum() < 4)
        found.append(one)
    return _mean(found) | {"songs": len(found)}


def main(args):
    asker, train, figures = answers.Asker(Path(args.models), args.split), windows.Windows("train"), {}
    for name in args.parts or ("drums", "bass"):
        part = PARTS[name]
        places = asker.songs(part, args.songs)
        rolls = answers.rolls_of(asker.data, places)
        made = {
            "real": rolls,
            "of another song": answers.shuffled(asker.data, places, part, asker.voicings),
            "nearest in training": answers.nearest(train, rolls, part, asker.voicings),
        } | answered(rolls, part, asker.captions(rolls, part), asker.voicings)
        rows = {label: figures_of(some, rolls, part, asker.voicings) for label, some in made.items()}
        print(f"\n{name}, {len(rolls)} {args.split} songs, by the program")
        _table(rows)
        figures |= {f"{name} {label} {key}": value for label, row in rows.items() for key, value in row.items()}
    return "parts", figures
