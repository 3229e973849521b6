"""Which instruments sound nearly the same: they must not be on both sides of a split."""

import numpy as np
from scipy.spatial.distance import cdist

from . import note_model as nm
from .descriptors import row_hertz, row_power

SAME_DB, NEAR_DB = 0.7, 2.0
_KEYS = (44, 64, 84)
_MOMENTS = np.searchsorted(nm.TIME_GRID, [0.005, 0.02, 0.06, 0.15, 0.4, 0.9, 1.8, 2.8, 3.1, 3.4])
_LOWEST_DB = -50.0
_HEARD_DB = -45.0


def fingerprint(levels, valid):
    """Levels of 40 ERB bands at 10 moments of 3 notes, in dB above −50: float16 [1200].

    The loudest moment of every note is 0 dB, so a difference in volume does not count.
    """
    parts = []
    for key in _KEYS:
        index = nm.ANCHORS.index((key, 80))
        if not valid[index]:
            parts.append(np.full((nm.NOISE_ROWS, len(_MOMENTS)), _LOWEST_DB))
            continue
        power = row_power(levels[index], key)
        band = np.searchsorted(nm.BAND_EDGES, row_hertz(key)) - 1
        used = (band >= 0) & (band < nm.NOISE_ROWS)
        bands = np.zeros((nm.NOISE_ROWS, nm.TIMES))
        np.add.at(bands, band[used], power[used])
        decibels = 10 * np.log10(bands[:, _MOMENTS] / (bands.sum(0).max() + 1e-12) + 1e-12)
        parts.append(np.maximum(decibels, _LOWEST_DB))
    return (np.concatenate(parts).reshape(-1) - _LOWEST_DB).astype(np.float16)


def distances(one, others):
    """Mean difference in dB over the cells that either hears: [len(one), len(others)]."""
    threshold = _HEARD_DB - _LOWEST_DB
    total = cdist(one, others, "cityblock")
    heard_one, heard_other = (one > threshold).astype(np.float32), (others > threshold).astype(np.float32)
    either = heard_one.sum(1)[:, None] + heard_other.sum(1) - heard_one @ heard_other.T
    return total / np.maximum(either, 1)


def groups(fingerprints, near=NEAR_DB, same=SAME_DB, chunk=500):
    """(group of each instrument, earlier instrument that it repeats or −1).

    Instruments nearer than ``near`` are joined into one group (union–find).
    """
    prints = np.asarray(fingerprints, np.float32)
    parent = np.arange(len(prints))
    repeats = np.full(len(prints), -1)

    def root(item):
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    for start in range(0, len(prints), chunk):
        table = distances(prints[start : start + chunk], prints[: start + chunk])
        for row, column in np.argwhere(table < near):
            item = start + row
            if column >= item:
                continue
            parent[root(item)] = root(column)
            if table[row, column] < same and repeats[item] < 0 and repeats[column] < 0:
                repeats[item] = column
    return np.array([root(item) for item in range(len(prints))]), repeats
