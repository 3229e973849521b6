"""The hit model: how one stroke on one drum is written down as numbers.

* ``MODES`` sinusoids, one in each stretch of frequency (a drum's modes; a kick's pitch falls, so each has a course of
  frequency), with a level over time,
* ``nm.NOISE_ROWS`` bands of noise, the note model's own, with a level over time,
* on ``TIMES`` points: every millisecond to 16 ms, then ever wider to 4 s.

Levels as in the note model: ``20 log10(amplitude)`` of a mode, ``10 log10(2 P)`` of a band of mean square ``P``.
A level at or below ``FLOOR_DB`` is silent. Nothing loops: a hit ends.
"""

import numpy as np

from ..data import note_model as nm

SAMPLE_RATE = nm.SAMPLE_RATE
SECONDS = 4.0
FLOOR_DB = -80.0
CEILING_DB = 24.0

TIMES = 64
_FINE = 17
TIME_GRID = np.concatenate(
    [np.arange(_FINE) * 0.001, 0.016 * (SECONDS / 0.016) ** (np.arange(1, TIMES - _FINE + 1) / (TIMES - _FINE))]
)

MODES = 12
LOWEST_MODE_HZ = 30.0
ZONE_OCTAVES = 0.7
MODE_CENTRES = LOWEST_MODE_HZ * 2 ** (ZONE_OCTAVES * (np.arange(MODES) + 0.5))
"""Middle of each mode's stretch of frequency, Hz; offsets in cents count from it."""
MOST_CENTS = 6000.0

BANDS = nm.NOISE_ROWS
ROWS = MODES + BANDS


def zone_of(hertz):
    """The stretch that a frequency lies in, −1 outside all."""
    zone = np.floor(np.log2(np.maximum(hertz, 1e-3) / LOWEST_MODE_HZ) / ZONE_OCTAVES).astype(int)
    return np.where((zone >= 0) & (zone < MODES), zone, -1)


def total_db(levels):
    """Level of the whole hit at each time: [..., ROWS, TIMES] in dB → [..., TIMES] in dB."""
    power = np.where(levels > FLOOR_DB, 10 ** (np.asarray(levels, np.float64) / 10), 0)
    return 10 * np.log10(power.sum(-2) + 1e-12)
