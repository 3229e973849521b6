"""Mel powers of all notes that `training.data.render` and `training.drums.grooves` played: `python -m training.sound.hear`.

Resumable. ``mels/ID.npz`` in the data folder holds the notes of an instrument and some of them under effects, so that
training mixes powers instead of sounds: `levels` uint8 [NOTES + EFFECTS, 96, 150], in steps below the loudest cell;
`loud` [NOTES + EFFECTS] dB of that cell; `note` [NOTES + EFFECTS], which note it was; `sounds` bool.
"""

import argparse
import random
import time

import numpy as np

from ..data import effects, heard, sound_mel
from ..data.paths import data_root

EFFECTS = 8
STEP_DB = 0.4
FRAMES = 150


def encode(power):
    """uint8 levels and the loudest cells' dB of mel powers [N, 96, T]; 0 is silence."""
    level = 10 * np.log10(power + 1e-20)
    loud = level.max((1, 2))
    steps = 255 + (level - loud[:, None, None]) / STEP_DB
    return np.clip(np.round(steps), 0, 255).astype(np.uint8), loud.astype(np.float32)


def disturbed(sounds, which, rng):
    """Notes under effects, each at full scale, begun up to a frame late so that frames fall anywhere."""
    changed = []
    for note in which:
        late = np.pad(sounds[note], (int(rng.integers(sound_mel.HOP)), 0))[: sounds.shape[1]]
        sound = effects.disturbed(late, rng)
        changed.append(sound / max(np.abs(sound).max(), 1e-6))
    return np.array(changed, np.float32)


def hear(folder, identifier):
    """The arrays of an instrument, or nothing where too few of its notes sound."""
    sounds, sounding = heard.read(folder, identifier)
    if not sounding[0] or sounding.sum() < 3:
        return None
    rng = np.random.default_rng(random.Random(f"hear/{identifier}").getrandbits(64))
    which = rng.choice(np.flatnonzero(sounding), EFFECTS)
    power = sound_mel.powers(np.concatenate([sounds, disturbed(sounds, which, rng)]))
    levels, loud = encode(power[..., :FRAMES])
    note = np.concatenate([np.arange(len(sounds)), which]).astype(np.int8)
    return dict(levels=levels, loud=loud, note=note, sounds=np.concatenate([sounding, np.ones(EFFECTS, bool)]))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", type=int, nargs=2, default=(0, 1), help="this of so many parts, to share the work")
    args = parser.parse_args()
    root, begun, made = data_root(), time.time(), 0
    (root / "mels").mkdir(exist_ok=True)
    known = {path.stem for path in (root / "mels").iterdir()}
    names = sorted(path.stem for path in (root / "heard").glob("*.npy"))
    for identifier in names[args.part[0] :: args.part[1]]:
        if identifier in known:
            continue
        arrays = hear(root / "heard", identifier)
        if arrays is None:
            continue
        part = root / "mels" / f"{identifier}.part"
        with part.open("wb") as file:
            np.savez(file, **arrays)
        part.rename(part.with_suffix(".npz"))
        made += 1
    print(f"{made} instruments heard, {len(known) + made} in all, {time.time() - begun:.0f} s")


if __name__ == "__main__":
    main()
