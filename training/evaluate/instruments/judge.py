"""A judge of families who has heard only real notes of banks that the generator never saw."""

import numpy as np

from ...data.families import FAMILIES
from . import banks

NAMES = tuple(family for family in FAMILIES if family != "effect")
"""What is judged: sound effects of the sources are noises, those of General MIDI are pads."""
HEARD = [banks.NOTES.index(note) for note in ((54, 80), (64, 80), (74, 80))]
_MOMENTS = (0, 1, 2, 4, 8, 16, 32, 64, 100, 150)  # frames of 10 ms
_LOWEST_DB = -70.0
WIDTH, STRENGTH = 0.3, 0.1


def hears(powers):
    """What the judge hears of instruments: log-mels at ten moments of three notes [I, 1200], loudest at 0 dB."""
    level = 10 * np.log10(powers[:, HEARD] + 1e-10)
    level = np.maximum(level - level.max((2, 3), keepdims=True), _LOWEST_DB)
    return np.stack([level[:, :, at : at + 2].mean(2) for at in _MOMENTS], 2).reshape(len(powers), -1)


class Judge:
    """One-against-all kernel ridge regression, each family counting alike."""

    def __init__(self, powers, families):
        x, which = hears(powers), np.array([NAMES.index(family) for family in families])
        self.mean, self.scale = x.mean(0), x.std(0) + 1e-6
        self.x = (x - self.mean) / self.scale
        weight = 1 / np.bincount(which, minlength=len(NAMES))[which]
        kernel = self._kernel(self.x)
        self.said = np.linalg.solve(kernel + STRENGTH * np.diag(weight.mean() / weight), 2.0 * (which[:, None] == np.arange(len(NAMES))) - 1)

    def _kernel(self, x):
        squares = (x**2).sum(1)[:, None] + (self.x**2).sum(1) - 2 * x @ self.x.T
        return np.exp(-WIDTH * squares / x.shape[1])

    def __call__(self, powers):
        """The family of each instrument."""
        scores = self._kernel((hears(powers) - self.mean) / self.scale) @ self.said
        return np.array(NAMES)[scores.argmax(1)]


def by_family(judged, families):
    """Share judged right of each family, and the mean of those."""
    families = np.asarray(families)
    shares = {name: float((judged[families == name] == name).mean()) for name in NAMES if (families == name).any()}
    return shares, float(np.mean(list(shares.values())))
