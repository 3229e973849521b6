"""Arithmetic of confidences."""

import numpy as np

_EDGES = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)
_TINY = 1e-12


def cooled(shares, heat):
    """The first of some shares after the scores that they are made of were divided by `heat`."""
    powers = np.maximum(np.array(shares, float), _TINY) ** (1 / heat)
    return float(powers[0] / powers.sum())


def loss(stated, right):
    """Mean logarithmic loss of confidences."""
    stated = np.clip(stated, 1e-6, 1 - 1e-6)
    return float(-np.mean(right * np.log(stated) + (1 - right) * np.log(1 - stated)))


def temperature(shares, right):
    """What scores are to be divided by for the least loss."""
    heats = np.geomspace(0.25, 16, 241)
    return float(min(heats, key=lambda heat: loss([cooled(share, heat) for share in shares], right)))


def bins(stated, right):
    """[(from, to, how many, mean confidence in %, share right in %)] of the bins that aren't empty."""
    found = []
    for low, high in zip(_EDGES, _EDGES[1:]):
        inside = (stated >= low) & ((stated < high) | (high == 1.0))
        if inside.any():
            found.append((low, high, int(inside.sum()), 100 * float(stated[inside].mean()), 100 * float(right[inside].mean())))
    return found


def off_by(stated, right):
    """Expected calibration error over the bins."""
    return sum(n * abs(mean - share) / 100 for _, _, n, mean, share in bins(stated, right)) / len(stated)
