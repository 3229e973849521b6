"""`consort stem` asked for parts of `songs`: the rest as a MIDI file, or as a recording of it with tempo and metre told, as a host does.

Answers are kept in the data folder under the command that gave them, so a run that is stopped goes on, and another build is asked anew.
"""

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

from ...data.paths import data_root
from . import program


def build():
    """A mark of the command asked."""
    found = Path(shutil.which(program.command()) or program.command()).resolve()
    state = found.stat()
    return hashlib.sha256(f"{found} {state.st_size} {state.st_mtime_ns}".encode()).hexdigest()[:12]


def folder():
    place = data_root() / "others" / build()
    place.mkdir(parents=True, exist_ok=True)
    return place


def write(path, song, tracks):
    """Tracks of a song as a MIDI file."""
    ticks = lambda notes: [(round(a * program.TICKS), round(b * program.TICKS), key, velocity) for a, b, key, velocity in notes]
    free = iter([*range(9), *range(10, 16)] * 4)
    named = [(track.part or "Other", 9 if track.part == "drums" else next(free), track.program, ticks(track.notes)) for track in tracks]
    program.save(path, song.bpm, song.metre, [(name.capitalize(), *rest) for name, *rest in named])


def played(midi):
    """A MIDI file played by a SoundFont; the path of the recording, beside it."""
    sound = midi.with_suffix(".wav")
    if not sound.exists():
        part = midi.with_suffix(".part.wav")
        subprocess.run(["fluidsynth", "-ni", "-q", "-g", "0.6", "-F", str(part), str(program.FONT), str(midi)], check=True)
        os.replace(part, sound)
    return sound


def context(song, part, heard=False):
    """A file of a song without a part."""
    place = data_root() / "others" / "songs"
    place.mkdir(parents=True, exist_ok=True)
    midi = place / f"{song.source}-{song.name}-{song.bars}-{part}.mid".lower()
    if not midi.exists():
        write(midi, song, song.rest(part))
    return played(midi) if heard else midi


def ask(song, part, words, heard=False, sound=False):
    """What the program says of a part that it writes for a song, its notes in quarters, and its files; nothing where it refuses."""
    file = context(song, part, heard)
    name = hashlib.sha256(f"{file.name} {words} {part} {sound}".encode()).hexdigest()[:16]
    kept, out = folder() / f"{name}.json", folder() / name
    if not kept.exists():
        told = ("--tempo", f"{song.bpm:.3f}", "--metre", song.metre) if heard else ()
        said = program.answer(file, words, part, "--out", out, "--force", *(() if sound else ("--midi-only",)), *told)
        kept.write_text(json.dumps(said))
    said = json.loads(kept.read_text())
    if not said:
        return None
    scale = song.bpm / 60
    said["quarters"] = [(a * scale, b * scale, key, velocity) for a, b, key, velocity in program.notes_of(said["variations"][0]["midi"])]
    return said


def notes(song, part, words, heard=False):
    """Notes (start and end in quarters, key, velocity) of a part for a song; nothing where the program refuses."""
    said = ask(song, part, words, heard)
    return said and said["quarters"]
