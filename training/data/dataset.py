"""Loads the frozen data set: memory-mapped arrays of all notes of a split, and facts per instrument."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .paths import data_root

SPLITS = ("train", "validation", "test")


@dataclass
class Split:
    """Instruments of one split; index ``i`` of every field is the same instrument.

    ``levels``: float16 [N, 27, ROWS, TIMES] in dB, 0 = loudest moment of the middle anchor,
    −80…24; ``cents``: float16 [N, 27, PARTIAL_ROWS]; ``valid``: bool [N, 27], false where the
    instrument gives no sound (levels are −80 there); ``instruments``: dicts with ``id``,
    ``source``, ``name``, ``family``, ``pitched``, ``range``, ``descriptors``, ``captions``.
    The arrays are memory-mapped and read-only: index first, convert to float32 after.
    """

    levels: np.ndarray
    cents: np.ndarray
    valid: np.ndarray
    instruments: list


def load(root=None, split="train"):
    """One split of the frozen data set under ``root`` (default: ``paths.data_root()``)."""
    folder = Path(data_root(root)) / "packed"
    if not (folder / f"{split}.json").exists():
        raise SystemExit(f"no packed data in {folder}: run python -m training.data.render, then python -m training.pack.")
    arrays = [np.load(folder / f"{split}-{part}.npy", mmap_mode="r") for part in ("levels", "cents", "valid")]
    return Split(*arrays, json.loads((folder / f"{split}.json").read_text()))
