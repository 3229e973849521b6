"""Sizes that every network agrees on: the note model's grid, the anchors, the code and the families."""

import numpy as np

# The note model: rows are partials (slots of the key's frequency) and noise bands, columns are times.
SAMPLE_RATE = 32_000
PARTIALS = 136
NOISE_BANDS = 40
ROWS = PARTIALS + NOISE_BANDS
TIMES = np.unique(
    np.round(
        np.concatenate(
            [
                np.arange(64) * 0.0025,
                0.16 + np.arange(34) * 0.01,
                0.5625 + np.arange(20) * 0.125,
                3.0 + np.arange(10) * 0.02,
                3.25 + np.arange(8) * 0.1,
            ]
        ),
        6,
    )
)
FRAMES = len(TIMES)
FLOOR_DB, CEILING_DB = -80.0, 24.0
MAX_CENTS = 100.0
HIGHEST_PARTIAL_HZ = 15_400.0

# Harmonics above the 96th are kept as 16 groups; a group's level is that of each harmonic in it.
GROUP_EDGES = 96 * (600 / 96) ** (np.arange(17) / 16)
GROUP_SIZES = np.array(
    [np.floor(GROUP_EDGES[g + 1]) - np.floor(GROUP_EDGES[g]) for g in range(16)], np.float32
)
MULTIPLES = np.concatenate(
    [np.arange(1, 33) / 4, np.arange(9, 97), np.sqrt(GROUP_EDGES[1:] * GROUP_EDGES[:-1])]
).astype(np.float32)

# The anchors: nine keys by three velocities, velocity running fastest.
ANCHOR_KEYS = (24, 34, 44, 54, 64, 74, 84, 94, 104)
ANCHOR_VELOCITIES = (40, 80, 120)
ANCHORS = [(key, velocity) for key in ANCHOR_KEYS for velocity in ANCHOR_VELOCITIES]

# A note's code: its shape, its level, its partials' frequency offsets.
SHAPE_WIDTH = 384
OFFSET_WIDTH = 15
CODE_WIDTH = SHAPE_WIDTH + 1 + OFFSET_WIDTH

TEXT_WIDTH = 256
FAMILIES = (
    "bass",
    "brass",
    "chromatic percussion",
    "drum",
    "effect",
    "guitar",
    "keys",
    "mallet",
    "organ",
    "pad",
    "pluck",
    "reed",
    "strings",
    "synth lead",
    "voice",
    "wind",
)


def frequency(key):
    """Hz of a MIDI key, equal temperament, A4 = 440 Hz."""
    return 440.0 * 2.0 ** ((np.asarray(key, np.float64) - 69.0) / 12.0)


def heard_rows(key):
    """Which of the 176 rows exist at a key: partials below 15.4 kHz, and all noise bands. bool [176]."""
    partials = MULTIPLES * frequency(key) < HIGHEST_PARTIAL_HZ
    return np.concatenate([partials, np.ones(NOISE_BANDS, bool)])
