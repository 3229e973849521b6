"""The data set as the model side sees it: all splits as one list of instruments of 27 anchor notes."""

import numpy as np
import torch

from ..config import data_folder
from ..data import dataset

SPLITS = ("train", "validation", "test")


class Instruments:
    """Levels, offsets and facts of all instruments; `names` in a fixed order, split after split."""

    def __init__(self, splits):
        self._splits = splits
        self._where = [(name, i) for name, split in splits.items() for i in range(len(split.instruments))]
        self.facts = [dict(splits[name].instruments[i], split=name) for name, i in self._where]
        self.names = [fact["id"] for fact in self.facts]

    def __len__(self):
        return len(self.names)

    def split(self, which):
        """Indices of the instruments of `train`, `validation` or `test`."""
        return [i for i, (name, _) in enumerate(self._where) if name == which]

    def sounding(self, i):
        """Which of the 27 anchors sound, bool [27]."""
        name, at = self._where[i]
        return torch.from_numpy(np.array(self._splits[name].valid[at]))

    def notes(self, i):
        """Levels [27, 176, 136] in dB and cents [27, 136] of an instrument."""
        name, at = self._where[i]
        split = self._splits[name]
        return torch.from_numpy(split.levels[at].astype(np.float32)), torch.from_numpy(split.cents[at].astype(np.float32))

    def some_notes(self, pairs):
        """Levels and cents of notes given as (instrument, anchor) pairs."""
        levels, cents = [], []
        for i, anchor in pairs:
            name, at = self._where[i]
            levels.append(self._splits[name].levels[at, anchor])
            cents.append(self._splits[name].cents[at, anchor])
        return torch.from_numpy(np.stack(levels).astype(np.float32)), torch.from_numpy(np.stack(cents).astype(np.float32))


def load():
    """The frozen data set under the data folder (made by `training.data.render` and `training.data.pack`)."""
    return Instruments({split: dataset.load(data_folder(), split) for split in SPLITS})
