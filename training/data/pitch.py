"""Does a patch sound on its key? Finds how many semitones it sounds above or below it."""

import numpy as np

from . import note_model as nm
from .analyse import LONG_TIMES, LONG_WINDOW, PAD, SR, _peak_bins, _refine, _spectrum

TOLERANCE_CENTS = 40.0
_HIGHEST_HARMONIC = 16
_LARGEST_SHIFT = 24
_OCTAVES = (0, -12, 12, -24, 24)
MOST = 0.8
"""Share of the partials' weight that a pitch must explain."""
_ODD_MEANS_LOWER = 0.5
_ODD_MEANS_HIGHER = 0.04


def partial_peaks(sound):
    """Peaks of a note's mean spectrum within 50 dB of the loudest: (hertz, square-root amplitude)."""
    length = int(nm.NOTE_SECONDS * SR)
    padded = np.zeros(length + 2 * PAD, np.float32)
    padded[PAD : PAD + min(length, len(sound))] = sound[:length]
    power, hertz_per_bin, _ = _spectrum(padded, LONG_TIMES, LONG_WINDOW)
    power = power.mean(0)
    width = 64
    blocks = power[: len(power) // width * width].reshape(-1, width)
    floor = np.repeat(np.partition(blocks, width // 3, axis=1)[:, width // 3], width)
    floor = np.concatenate([floor, np.full(len(power) - len(floor), floor[-1])])
    strong = _peak_bins(power) & (power > power.max() * 1e-5) & (power > 10 * floor)
    bins = np.flatnonzero(strong)
    bins = bins[bins > 3]
    if not len(bins):
        return np.zeros(0), np.zeros(0)
    hertz = _refine(power, bins) * hertz_per_bin
    # Only the strongest within a semitone: the rest are side lobes and beating.
    order = np.argsort(-power[bins])
    kept = []
    for index in order:
        if all(abs(np.log2(hertz[index] / hertz[other])) > 1 / 12 for other in kept[:40]):
            kept.append(index)
    return hertz[kept], power[bins[kept]] ** 0.25


def _explained(hertz, weight, fundamental):
    """Weight of the peaks on whole harmonics of ``fundamental``, that of the odd ones, and that
    of all peaks below its 16th harmonic."""
    low = hertz < fundamental * (_HIGHEST_HARMONIC + 0.5)
    ratio = hertz[low] / fundamental
    harmonic = np.maximum(np.round(ratio), 1)
    on = np.abs(1200 * np.log2(ratio / harmonic)) < np.minimum(TOLERANCE_CENTS, 500 / harmonic)
    weight = weight[low]
    odd = on & (harmonic % 2 == 1)
    return weight[on].sum(), weight[odd].sum(), weight.sum()


def sounding_shift(sound, key):
    """Semitones from the key to the pitch that the note has, or ``None`` when it has no clear one."""
    hertz, weight = partial_peaks(sound)
    if not len(hertz):
        return None
    f0 = float(nm.key_frequency(key))
    on, odd, everything = _explained(hertz, weight, f0)
    if everything > 0 and on >= MOST * weight.sum() and odd >= _ODD_MEANS_HIGHER * on:
        return 0
    share = {}
    for shift in range(-_LARGEST_SHIFT, _LARGEST_SHIFT + 1):
        on, odd, _ = _explained(hertz, weight, f0 * 2 ** (shift / 12))
        if on < MOST * weight.sum() or not odd:
            continue
        share[shift] = odd / on
    if 0 in share and share[0] >= _ODD_MEANS_HIGHER:
        return 0
    # The highest pitch that explains the sound, unless only its even harmonics are there.
    good = [shift for shift in share if share[shift] >= _ODD_MEANS_HIGHER]
    for shift in sorted(good, reverse=True):
        lower_octave_needed = shift == -12 and share[shift] < _ODD_MEANS_LOWER
        if not lower_octave_needed:
            return shift
    half = _explained(hertz, weight, f0)[0] / weight.sum()
    return 0 if half > 0.4 else None


def patch_shift(notes):
    """Semitones that a whole patch sounds off its keys; ``notes``: list of (sound, key).

    Octaves need a majority of the notes, other intervals all of them. ``None``: no clear pitch.
    """
    shifts = [sounding_shift(sound, key) for sound, key in notes]
    for shift in set(shifts) - {None}:
        needed = len(notes) // 2 + 1 if shift in _OCTAVES else len(notes)
        if shifts.count(shift) >= needed:
            return shift
    return None
