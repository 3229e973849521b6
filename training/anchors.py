"""The data set as training sees it: instruments of 27 anchor notes, in memory, by split."""

import json

import numpy as np
import torch

from .config import data_folder
from .nets.layout import ANCHORS, FRAMES, PARTIALS, ROWS

LEVEL_STEP = 0.5  # dB; levels are kept as bytes


class Instruments:
    """Levels, offsets and facts of all instruments; `names` in a fixed order."""

    def __init__(self, names, levels, cents, valid, facts):
        self.names, self.facts = names, facts
        self._levels, self._cents, self._valid = levels, cents, valid

    def __len__(self):
        return len(self.names)

    def split(self, which):
        """Indices of the instruments of `train`, `validation` or `test`."""
        return [i for i, fact in enumerate(self.facts) if fact["split"] == which]

    def sounding(self, i):
        """Which of the 27 anchors sound, bool [27]."""
        return torch.from_numpy(self._valid[i])

    def notes(self, i):
        """Levels [27, 176, 136] in dB and cents [27, 136] of an instrument."""
        return self._decode(self._levels[i]), torch.from_numpy(self._cents[i].astype(np.float32))

    def some_notes(self, pairs):
        """Levels and cents of notes given as (instrument, anchor) pairs."""
        i, a = np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])
        return self._decode(self._levels[i, a]), torch.from_numpy(self._cents[i, a].astype(np.float32))

    @staticmethod
    def _decode(levels):
        return torch.from_numpy(levels.astype(np.float32) * LEVEL_STEP - 80.0)


def load(limit=None):
    """Reads the data set under the data folder (see `training.data`)."""
    folder = data_folder()
    notes = folder / "notes"
    names = sorted(path.stem for path in notes.glob("*.json"))[:limit]
    if not names:
        raise SystemExit(f"No instruments in {notes}: render them first (see training/README.md).")
    levels = np.zeros((len(names), len(ANCHORS), ROWS, FRAMES), np.uint8)
    cents = np.zeros((len(names), len(ANCHORS), PARTIALS), np.float16)
    valid = np.zeros((len(names), len(ANCHORS)), bool)
    facts = []
    for i, name in enumerate(names):
        with np.load(notes / f"{name}.npz") as arrays:
            levels[i] = np.round((arrays["levels"].astype(np.float32) + 80.0) / LEVEL_STEP)
            cents[i], valid[i] = arrays["cents"], arrays["valid"]
        facts.append(json.loads((notes / f"{name}.json").read_text()))
        facts[-1].setdefault("split", "test" if facts[-1]["draw"] < 12 else "validation" if facts[-1]["draw"] < 20 else "train")
    return Instruments(names, levels, cents, valid, facts)
