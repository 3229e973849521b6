"""The strokes of every kit, at hand: `python -m training.drums.hearing.strokes` (resumable, minutes).

`strokes/KIT.npz` in the data folder holds "KEY/VELOCITY" arrays: sound at 32 kHz from its onset, cut where it has died away.
"""

import json
import os
import time

import numpy as np

from ...data.note_model import SAMPLE_RATE
from ...data.paths import data_root
from ..grooves import all_kits

LONGEST, AWAY_DB, BLOCK = 3.0, -55.0, 1024


def folder():
    return data_root() / "strokes"


def kits(split):
    """Ids of the kits of a split that sound different (`training.drums.grooves`)."""
    every = json.loads((data_root() / "kits.json").read_text()).values()
    return [kit["id"].removeprefix("kit-") for kit in every if kit["split"] == split]


def read(kit):
    """{key: [(velocity 0…1, sound)], softest first}."""
    found = {}
    with np.load(folder() / f"{kit}.npz") as file:
        for name in file.files:
            key, velocity = name.split("/")
            found.setdefault(int(key), []).append((float(velocity), file[name].astype(np.float32)))
    return {key: sorted(layers, key=lambda layer: layer[0]) for key, layers in found.items()}


def cut(sound):
    """A stroke without what follows once it is 55 dB below its loudest."""
    sound = sound[: int(LONGEST * SAMPLE_RATE)]
    count = len(sound) // BLOCK
    if count < 2:
        return sound
    level = np.abs(sound[: count * BLOCK]).reshape(count, BLOCK).max(1)
    last = np.flatnonzero(level > level.max() * 10 ** (AWAY_DB / 20))[-1] + 1
    end = min(last * BLOCK, len(sound))
    sound = sound[:end].copy()
    sound[-BLOCK:] *= np.linspace(1, 0, min(BLOCK, len(sound)), dtype=np.float32)
    return sound


def main():
    begun, wanted = time.time(), {kit for split in ("train", "validation", "test") for kit in kits(split)}
    folder().mkdir(parents=True, exist_ok=True)
    for kit in all_kits():
        file = folder() / f"{kit.id}.npz"
        if kit.id in wanted and not file.exists():
            sounds = {f"{key}/{velocity:.3f}": cut(sound).astype(np.float16) for key, velocity, sound in kit.strokes() if len(sound)}
            part = file.with_suffix(".part.npz")
            np.savez(part, **sounds)
            os.replace(part, file)
    print(f"{len(wanted)} kits, {time.time() - begun:.0f} s")


if __name__ == "__main__":
    main()
