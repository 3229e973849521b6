"""Plays real phrases on test instruments for `training.evaluate timbre`: `python -m training.timbre.phrases` (resumable, minutes).

`phrases/ID.npy` in the data folder holds six seconds, int16 at 32 kHz: a bass line, a melody, a pattern of struck notes, or
chords, as the family plays, drawn by the instrument's id; on the instrument's own synth, so that notes overlap as they do there.
"""

import argparse
import json
import random
import time

import numpy as np

from ..data.dssi import NOTE_OFF, NOTE_ON
from ..data.note_model import SAMPLE_RATE
from ..data.paths import data_root
from ..data.playing import onset, silence
from ..data.sources import all_sources

SECONDS = 6.0
SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10))
LOWEST = {"bass": 33, "chromatic percussion": 67, "mallet": 60, "drum": 48, "wind": 67, "brass": 53}
CHORDS = ("keys", "organ", "pad", "strings", "voice", "guitar")


def phrase(identifier, family):
    """(start, end, key, velocity) of a phrase, in seconds."""
    rng = random.Random(f"phrase/{identifier}")
    scale, step = rng.choice(SCALES), 60 / rng.uniform(80, 140)
    lowest = LOWEST.get(family, 57) + rng.randint(0, 5)
    degree, now, notes = rng.randint(0, 7), 0.0, []

    def key(at):
        return lowest + 12 * (at // 7) + scale[at % 7]

    while now < SECONDS - 0.3:
        length = step * (2 if family in CHORDS else rng.choice([0.25, 0.5, 0.5, 1.0]))
        held = length * rng.uniform(0.6, 1.05)
        voices = (0, 2, 4) if family in CHORDS else (0,)
        notes += [(now, now + held, key(degree + voice), rng.randint(65, 118)) for voice in voices]
        degree = min(max(degree + rng.choice([-3, -2, -1, -1, 1, 1, 2, 3, 4]), 0), 9 if family == "bass" else 12)
        now += length if rng.random() < 0.85 else 1.5 * length
    return notes


def play(synth, notes, shift):
    """The sound of a phrase on a synth, from its onset, at full scale; nothing where it stays silent."""
    events = []
    for start, end, key, velocity in notes:
        if 0 <= key - shift <= 127:
            events += [(int(end * SAMPLE_RATE), NOTE_OFF, key - shift, 0), (int(start * SAMPLE_RATE), NOTE_ON, key - shift, velocity)]
    total = int((SECONDS + 0.1) * SAMPLE_RATE)
    sound = synth.run(total, sorted((event for event in events if event[0] < total), key=lambda event: (event[0], -event[1])))
    silence(synth)
    sound = sound[onset(sound[:2048]) :][: int(SECONDS * SAMPLE_RATE)]
    peak = np.abs(sound).max()
    return np.round(sound / peak * 32767).astype(np.int16) if peak > 1e-4 else None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", default="test", choices=("train", "validation", "test"))
    args = parser.parse_args()
    root, begun = data_root(), time.time()
    out = root / "phrases"
    out.mkdir(exist_ok=True)
    sources = all_sources(root / "cache")
    presets = {name: {preset.id: preset for preset in source.presets()} for name, source in sources.items()}
    for fact in json.loads((root / "packed" / f"{args.split}.json").read_text()):
        path = out / f"{fact['id']}.npy"
        preset = presets[fact["source"]].get(fact["id"])
        if path.exists() or preset is None:
            continue
        synth = sources[fact["source"]].select(preset)
        sound = play(synth, phrase(fact["id"], fact["family"]), fact["shift"])
        if sound is not None:
            np.save(path, sound)
    print(f"{len(list(out.iterdir()))} phrases, {time.time() - begun:.0f} s")


if __name__ == "__main__":
    main()
