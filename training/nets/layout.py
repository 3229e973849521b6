"""Sizes that every network agrees on: the note model's grid (of `training.data`), the code, the families."""

import numpy as np

from ..data import families
from ..data import note_model as nm

SAMPLE_RATE = nm.SAMPLE_RATE
PARTIALS = nm.PARTIAL_ROWS
NOISE_BANDS = nm.NOISE_ROWS
ROWS = nm.ROWS
TIMES = nm.TIME_GRID
FRAMES = nm.TIMES
FLOOR_DB, CEILING_DB = nm.FLOOR_DB, nm.CEILING_DB
MAX_CENTS = nm.CENTS_LIMIT
ANCHORS = nm.ANCHORS

# Rows 120..136 are groups of harmonics; each is placed at its geometric middle.
MULTIPLES = np.concatenate([nm.MULTIPLES, np.sqrt(nm.GROUP_FIRST * nm.GROUP_LAST)]).astype(np.float32)

# A note's code: its shape, its level, its partials' frequency offsets.
SHAPE_WIDTH = 384
OFFSET_WIDTH = 15
CODE_WIDTH = SHAPE_WIDTH + 1 + OFFSET_WIDTH

TEXT_WIDTH = 256
MAX_TOKENS = 64
TONE_WIDTH = 12  # measured properties that words ask for: `training.text.tones`
FAMILIES = tuple(families.FAMILIES)
SOUND_FAMILIES = (*FAMILIES, "drum kit")  # what the sound encoder tells apart


def frequency(key):
    """Hz of a MIDI key, equal temperament, A4 = 440 Hz."""
    return nm.key_frequency(key)


def heard_rows(key):
    """Which of the 176 rows exist at a key: partials below 15.4 kHz, and all noise bands. bool [176]."""
    f0 = float(nm.key_frequency(key))
    singles = nm.MULTIPLES * f0 < nm.TOP_HZ
    return np.concatenate([singles, nm.group_sizes(f0) > 0, np.ones(nm.NOISE_ROWS, bool)])


def row_powers(key):
    """How many sinusoids of a row's level sound at a key; 0 where a partial does not exist. float [176]."""
    powers = heard_rows(key).astype(np.float32)
    powers[nm.SINGLE_PARTIALS : nm.PARTIAL_ROWS] = nm.group_sizes(float(nm.key_frequency(key)))
    return powers
