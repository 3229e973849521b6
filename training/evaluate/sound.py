"""What a note model sounds like, in a few numbers: for checking that words move the sound as they should."""

import numpy as np

from ..data import note_model as nm

_HELD = nm.TIME_GRID < nm.HELD_SECONDS


def describe(levels, key):
    """dict of numbers of one note; `levels` [176, 136] dB, silence at the floor."""
    total = nm.total_db(levels, key)
    power = 10 ** (np.maximum(levels, nm.FLOOR_DB).astype(np.float64) / 10) * (levels > nm.FLOOR_DB)
    f0 = float(nm.key_frequency(key))
    hertz = np.concatenate([nm.MULTIPLES * f0, np.sqrt(nm.GROUP_FIRST * nm.GROUP_LAST) * f0, nm.BAND_CENTRES])
    power[hertz > nm.TOP_HZ + 200] = 0
    spectrum = (power[:, _HELD] * np.gradient(nm.TIME_GRID[_HELD])).sum(1) + 1e-12
    held = total[_HELD]
    loudest = held.max()
    attack = nm.TIME_GRID[int(np.argmax(held > loudest - 3.0))]
    at = lambda t: held[int(np.argmin(np.abs(nm.TIME_GRID[_HELD] - t)))]
    release = total[nm.TIME_GRID >= 3.0]
    return dict(
        centroid_octaves=float((np.log2(hertz / 440) * spectrum**0.5).sum() / (spectrum**0.5).sum()),
        attack_s=float(attack),
        decay_db=float(loudest - at(2.5)),
        release_db=float(release[0] - release[-5]),
        noise_db=float(10 * np.log10(spectrum[nm.PARTIAL_ROWS :].sum() / spectrum.sum())),
        odd_even_db=float(10 * np.log10(spectrum[[3, 11, 19]].sum() / spectrum[[7, 15, 23]].sum())),
        between_db=float(10 * np.log10(spectrum[[i for i in range(32) if i % 4 != 3]].sum() / spectrum.sum())),
        loudest_db=float(loudest),
    )
