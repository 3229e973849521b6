"""Songs taken apart: `python -m training.drums.hearing.songs --split training --count 200` (resumable, some 3 s a song).

`mma` arranges as for `training.evaluate.song`; what isn't drums is played by a SoundFont: NAME.npy at 32 kHz (float16); the drums
stay notes: NAME.json, [seconds, key, velocity].
"""

import argparse
import json
import math
import random
import subprocess
import tempfile
from pathlib import Path

import mido
import numpy as np
import soundfile
from scipy.signal import resample_poly

from ...data.note_model import SAMPLE_RATE
from ...data.paths import data_root
from ...evaluate.song import grooves, harmony, making

SECONDS, DRUMS, LEAST = 24.0, 9, 20


def folder(split):
    return data_root() / "drum-songs" / split


def make(split, count):
    """Names of `count` songs of a split that have drums; makes those that aren't there yet."""
    folder(split).mkdir(parents=True, exist_ok=True)
    names, number = [], 0
    while len(names) < count:
        name = f"{number:04}"
        file = folder(split) / f"{name}.json"
        if not file.exists():
            try:
                hits = _one(split, name)
            except (subprocess.SubprocessError, ValueError):
                hits = []
            file.write_text(json.dumps(hits))
        if len(json.loads(file.read_text())) >= LEAST:
            names.append(name)
        number += 1
    return names


def read(split, name):
    """The accompaniment [samples], and the strokes [(seconds, key, velocity)]."""
    return np.load(folder(split) / f"{name}.npy"), json.loads((folder(split) / f"{name}.json").read_text())


def _one(split, name):
    rng = random.Random(f"drums {split} {name}")
    metre, beats, unit, groove = grooves.draw(split, rng)
    felt = 55 * (200 / 55) ** rng.random() if metre != "6/8" else 45 * (120 / 45) ** rng.random()
    bars = math.ceil((SECONDS + 4) * felt * unit / 60 / beats)
    tonic, mode, chords = harmony.progression(rng, bars, beats, unit)
    with tempfile.TemporaryDirectory() as place:
        song, midi, wav = (Path(place) / n for n in ("song.mma", "song.mid", "song.wav"))
        song.write_text(making._source(rng, felt * unit, groove, chords, bars))
        making._run(["mma", "-f", str(midi), str(song)], place)
        file = mido.MidiFile(midi)
        if rng.random() < 0.6:
            making._add_melody(rng, file, harmony.melody(rng, chords, beats, bars, tonic, mode))
        making._set_tempo(rng, file, felt * unit, rng.choice((0.0, 0.0, 0.03)), bars * beats)
        hits = _take_drums(file)
        if len(hits) < LEAST:
            return hits
        file.save(midi)
        making._play(making._SOUNDS / rng.choice(making.FONTS[split]), midi, wav)
        sound, rate = soundfile.read(wav, frames=int(SECONDS * making.RATE), dtype="float32", always_2d=True)
    sound = resample_poly(sound.mean(1), 320, 441) if rate == 44_100 else None
    sound = np.pad(sound, (0, max(int(SECONDS * SAMPLE_RATE) - len(sound), 0)))
    peak = float(np.abs(sound).max())
    np.save(folder(split) / f"{name}.npy", (sound / max(peak, 1e-3)).astype(np.float16))
    return hits


def _take_drums(file):
    """Takes the drums' notes out of a file: (seconds, key, velocity)."""
    now, hits = 0.0, []
    for message in file:
        now += message.time
        if message.type == "note_on" and message.channel == DRUMS and message.velocity and now < SECONDS:
            hits.append((round(now, 4), message.note, message.velocity))
    for track in file.tracks:
        for index, message in enumerate(track):
            if message.type == "note_on" and message.channel == DRUMS:
                track[index] = message.copy(velocity=0)
    return hits


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=("training", "validation", "test"), required=True)
    parser.add_argument("--count", type=int, required=True)
    args = parser.parse_args()
    print(f"{len(make(args.split, args.count))} songs")


if __name__ == "__main__":
    main()
