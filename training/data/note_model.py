"""The note model: how one note of one instrument is written down as numbers.

A note is a table of levels, ``ROWS`` rows by ``TIMES`` times, in dB, and one frequency offset in
cents for every partial row:

* rows 0..32: partials at a quarter, two quarters, … 32 quarters of the key's frequency,
* rows 32..120: harmonics 9..=96,
* rows 120..136: 16 groups of harmonics above the 96th; the level is that of each harmonic,
* rows 136..176: 40 bands of noise, equally spaced on the ERB-rate scale.

Partial levels are ``20 log10(amplitude)``; noise levels are ``10 log10(2 P)`` for a band of mean
square ``P``, so that a partial and a band of the same level carry the same power.
"""

import numpy as np

SAMPLE_RATE = 32_000
HELD_SECONDS = 3.0
NOTE_SECONDS = 4.0
TOP_HZ = 15_400.0
"""Partials above this are not used: the analysis filter of the sources begins to fall there."""

SLOTS = 32
SINGLE_PARTIALS = 120
GROUPS = 16
PARTIAL_ROWS = SINGLE_PARTIALS + GROUPS
NOISE_ROWS = 40
ROWS = PARTIAL_ROWS + NOISE_ROWS

FLOOR_DB = -80.0
CEILING_DB = 24.0
CENTS_LIMIT = 100.0

MULTIPLES = np.concatenate([np.arange(1, SLOTS + 1) / 4, np.arange(9, 97)])
"""Frequency of rows 0..120, in multiples of the key's frequency."""

_GROUP_EDGES = 96 * (600 / 96) ** (np.arange(GROUPS + 1) / GROUPS)
GROUP_FIRST = np.floor(_GROUP_EDGES[:-1]).astype(int) + 1
GROUP_LAST = np.floor(_GROUP_EDGES[1:]).astype(int)
"""First and last whole harmonic (inclusive) of each group."""

TIME_GRID = np.sort(
    np.concatenate(
        [
            np.arange(64) * 0.0025,
            0.16 + np.arange(34) * 0.01,
            0.5625 + np.arange(20) * 0.125,
            HELD_SECONDS + np.arange(10) * 0.02,
            3.25 + np.arange(8) * 0.1,
        ]
    )
)
TIMES = len(TIME_GRID)


def erb_rate(hertz):
    """ERB-rate of a frequency (Glasberg and Moore)."""
    return 21.4 * np.log10(1 + 0.00437 * np.asarray(hertz))


def erb_rate_to_hertz(rate):
    return (10 ** (np.asarray(rate) / 21.4) - 1) / 0.00437


BAND_EDGES = erb_rate_to_hertz(np.linspace(erb_rate(40), erb_rate(15_500), NOISE_ROWS + 1))
BAND_CENTRES = np.sqrt(BAND_EDGES[1:] * BAND_EDGES[:-1])
BAND_WIDTHS = np.diff(BAND_EDGES)

KEYS = np.array([24, 34, 44, 54, 64, 74, 84, 94, 104])
VELOCITIES = np.array([40, 80, 120])
ANCHORS = [(int(key), int(velocity)) for key in KEYS for velocity in VELOCITIES]
"""(key, velocity) of the 27 anchors, in index order."""
MIDDLE_ANCHOR = ANCHORS.index((64, 80))


def key_frequency(key):
    """Frequency in hertz of a MIDI key at A4 = 440 Hz."""
    return 440.0 * 2 ** ((np.asarray(key) - 69) / 12)


def group_sizes(fundamental):
    """How many harmonics of each group lie below ``TOP_HZ``, for a fundamental in hertz."""
    last = np.minimum(GROUP_LAST, int(TOP_HZ / fundamental))
    return np.maximum(last - GROUP_FIRST + 1, 0)


def total_db(levels, key):
    """Level of the whole note at each time: ``levels`` [ROWS, TIMES] in dB → [TIMES] in dB."""
    power = 10 ** (np.asarray(levels, np.float64) / 10)
    power[SINGLE_PARTIALS:PARTIAL_ROWS] *= group_sizes(float(key_frequency(key)))[:, None]
    return 10 * np.log10(power.sum(0) + 1e-30)
