"""The baseline of sound to instrument: plain PCA's kind of code of the given note, and a ridge regression to each other
anchor's code from it, fitted on the training instruments."""

from importlib.util import find_spec

from ...data import note_model as nm
from ..tables import render

HAS_TORCH = find_spec("torch") is not None
"""Without PyTorch there is no baseline: the codes that it needs are made by it."""


class Baseline:
    """Guesses of all keys from the note at the middle anchor."""

    def __init__(self, models):
        import torch

        from ...instrument.anchors import load
        from ...instrument.complete import decoder, importance
        from ...instrument.encode import stored
        from ...instrument.ridge import RidgeDelta
        from ...shipping.shipped import Models

        torch.set_grad_enabled(False)
        data = load()
        self.codes, self.models = stored(data), Models(models)
        self.index = {fact["id"]: i for i, fact in enumerate(data.facts)}
        train = [i for i in data.split("train") if data.sounding(i)[nm.MIDDLE_ANCHOR]]
        valid = torch.stack([data.sounding(i) for i in train])
        self.ridge = RidgeDelta.fit(self.codes[train], valid, nm.MIDDLE_ANCHOR, importance(decoder()))

    def instrument(self, fact):
        """Levels [27, ROWS, TIMES] and cents [27, PARTIAL_ROWS] of all anchors, guessed from the given one."""
        return self.models.decode(self.ridge(self.codes[self.index[fact["id"]], nm.MIDDLE_ANCHOR][None])[0].numpy())


def note(instrument, key, velocity):
    """Sound of a note between the anchors of an instrument, whose levels in dB are mixed."""
    levels, cents = instrument
    low = int(nm.KEYS.searchsorted(key, "right")) - 1
    share = (key - nm.KEYS[low]) / 10
    a, b = (nm.ANCHORS.index((int(nm.KEYS[min(at, len(nm.KEYS) - 1)]), velocity)) for at in (low, low + 1))
    mixed = [table[a] * (1 - share) + table[b] * share for table in (levels, cents)]
    return render(*mixed, key, 0.0)
