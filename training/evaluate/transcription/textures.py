"""Songs by texture: which of an arrangement's tracks play, as sound and as notes."""

import json
import math
import random
import subprocess
import tempfile
from pathlib import Path

import mido
import numpy as np
import soundfile

from ...data.paths import data_root
from ..song import grooves, harmony, making

DRUMS, LONGEST = 9, 20.0
# Which tracks play: (melody, bass, chords, drums).
TEXTURES = {
    "melody": (True, False, False, False),
    "bass": (False, True, False, False),
    "chords": (False, False, True, False),
    "band without drums": (True, True, True, False),
    "band": (True, True, True, True),
}


def make(split, texture, count):
    """(sound file, [(start s, end s, key)] of all notes but the drums') of the first `count` songs of a split and texture."""
    folder = data_root() / "transcription" / split / texture.replace(" ", "-")
    folder.mkdir(parents=True, exist_ok=True)
    number = made = 0
    while made < count:
        sound, notes = folder / f"{number:04}.flac", folder / f"{number:04}.json"
        if not notes.exists():
            try:
                played = _one(split, texture, number, sound)
            except (subprocess.CalledProcessError, ValueError):
                played = []
            notes.write_text(json.dumps(played))
        if played := json.loads(notes.read_text()):
            made += 1
            yield sound, played
        number += 1


def _one(split, texture, number, to):
    rng = random.Random(f"transcription {split} {texture} {number}")
    metre, beats, unit, groove = grooves.draw(split, rng)
    tempo = rng.uniform(60, 160)
    bars = math.ceil((LONGEST + 4) * tempo / 60 / beats)
    tonic, mode, chords = harmony.progression(rng, bars, beats, unit)
    with tempfile.TemporaryDirectory() as place:
        song, midi, wav = (Path(place) / name for name in ("song.mma", "song.mid", "song.wav"))
        song.write_text(making._source(rng, tempo, groove, chords, bars))
        making._run(["mma", "-f", str(midi), str(song)], place)
        file = mido.MidiFile(midi)
        making._add_melody(rng, file, harmony.melody(rng, chords, beats, bars, tonic, mode))
        making._set_tempo(rng, file, tempo, 0.0, bars * beats)
        _keep(file, TEXTURES[texture])
        file.save(midi)
        played = _notes(mido.MidiFile(midi))
        making._play(making._SOUNDS / rng.choice(making.FONTS[split]), midi, wav)
        sound, rate = soundfile.read(wav, frames=int(LONGEST * making.RATE), dtype="float32")
    peak = float(np.abs(sound).max()) if len(sound) else 0.0
    if peak < 1e-3:
        raise ValueError("silent")
    soundfile.write(to, sound / peak * 0.8, rate)
    return [note for note in played if note[0] < LONGEST - 0.1]


def _keep(file, wanted):
    """Takes away the notes of tracks that don't play."""
    melody, bass, chords, drums = wanted
    for track in file.tracks:
        name = track.name.lower()
        channels = {message.channel for message in track if message.type == "note_on"}
        if DRUMS in channels:
            plays = drums
        elif making._MELODY_CHANNEL in channels and not name:
            plays = melody
        else:
            plays = bass if name.startswith(("bass", "walk")) else chords
        if not plays:
            for index, message in enumerate(track):
                if message.type == "note_on":
                    track[index] = message.copy(velocity=0)


def _notes(file):
    now, held, notes = 0.0, {}, []
    for message in file:
        now += message.time
        if message.type not in ("note_on", "note_off") or message.channel == DRUMS:
            continue
        at = (message.channel, message.note)
        if at in held:
            notes.append((held.pop(at), now, message.note))
        if message.type == "note_on" and message.velocity:
            held[at] = now
    return sorted(notes)
