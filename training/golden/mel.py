"""A few cells of the log-mel of sounds given by formula, for Consort's own to agree with: `python -m training.golden.mel`.

A sound is Σ amplitude · exp(−decay · t) · sin(2π · hertz · t + phase) over its `parts`, t in seconds, in double precision at
32 kHz; `cells` are [band, frame, value] of `training.data.sound_mel.sound_mel`, `drum_cells` of
`training.drums.hearing.mel.drum_mel`.
"""

import json
from pathlib import Path

import numpy as np

from ..data.sound_mel import RATE, sound_mel
from ..drums.hearing.mel import drum_mel

FILE = Path(__file__).with_name("mel.json")
CELLS = 40
SOUNDS = (
    dict(name="bell", seconds=0.7, parts=[[0.5, 3.0, 440.0, 0.0], [0.3, 6.0, 1214.4, 0.5], [0.2, 12.0, 2376.0, 1.0]]),
    dict(name="chord", seconds=0.513, parts=[[0.3, 0.0, 110.0, 0.0], [0.2, 0.5, 164.8, 0.3], [0.05, 0.0, 9000.0, 0.0]]),
    dict(name="quiet and short", seconds=0.05, parts=[[0.002, 20.0, 3000.0, 0.2]]),
)


def sound_of(spec):
    """The samples that a description stands for."""
    time = np.arange(round(spec["seconds"] * RATE)) / RATE
    parts = [a * np.exp(-decay * time) * np.sin(2 * np.pi * hertz * time + phase) for a, decay, hertz, phase in spec["parts"]]
    return np.sum(parts, 0)


def cells(mel):
    rng = np.random.default_rng(3)
    bands, frames = np.nonzero(mel > 0)
    some = rng.choice(len(bands), min(CELLS - 4, len(bands)), replace=False)
    nothing = np.argwhere(mel == 0)
    picked = [*zip(bands[some].tolist(), frames[some].tolist()), *map(tuple, nothing[:: max(len(nothing) // 4, 1)][:4].tolist())]
    return [[band, frame, round(float(mel[band, frame]), 5)] for band, frame in sorted(picked)]


def described(spec):
    sound = sound_of(spec)
    mel, drums = sound_mel(sound), drum_mel(sound)
    return dict(spec, frames=mel.shape[1], cells=cells(mel), drum_frames=drums.shape[1], drum_cells=cells(drums))


def main():
    text = json.dumps(dict(rate=RATE, bands=96, tolerance=0.002, sounds=[described(spec) for spec in SOUNDS]))
    FILE.write_text(text + "\n")
    print(f"{FILE.name}: {len(SOUNDS)} sounds")


if __name__ == "__main__":
    main()
