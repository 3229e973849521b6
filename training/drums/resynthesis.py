"""Renders hits back to sound, in numpy, as the plugin's renderer does."""

import numpy as np

from ..data import note_model as nm
from . import hit as hm

SR = hm.SAMPLE_RATE
_bank = {}


def _band(row, samples, seed):
    """Stationary noise of mean square ½ in one band."""
    key = row, samples, seed
    if key not in _bank:
        size = samples
        spectrum = np.zeros(size // 2 + 1, complex)
        first, last = int(np.ceil(nm.BAND_EDGES[row] * size / SR)), int(nm.BAND_EDGES[row + 1] * size / SR)
        angles = np.random.default_rng(seed * 100 + row).random(last + 1 - first) * 2 * np.pi
        spectrum[first : last + 1] = np.exp(1j * angles)
        wave = np.fft.irfft(spectrum, size)
        _bank[key] = (wave / np.sqrt(2 * (wave**2).mean())).astype(np.float32)
    return _bank[key]


def render(levels, cents, seconds=hm.SECONDS, seed=1):
    """Sound of a hit, float32 mono at 32 kHz."""
    samples = int(seconds * SR)
    time = np.arange(samples) / SR
    sound = np.zeros(samples)
    amplitude = np.where(levels > hm.FLOOR_DB, 10 ** (np.asarray(levels, float) / 20), 0)
    for row in range(hm.ROWS):
        if not amplitude[row].any():
            continue
        envelope = np.interp(time, hm.TIME_GRID, amplitude[row])
        if row < hm.MODES:
            hertz = hm.MODE_CENTRES[row] * 2 ** (np.interp(time, hm.TIME_GRID, cents[row]) / 1200)
            sound += envelope * np.sin(2 * np.pi * np.cumsum(hertz) / SR)
        else:
            sound += envelope * _band(row - hm.MODES, samples, seed)
    return sound.astype(np.float32)
