"""Renders analysed notes back to sound, in numpy: the ceiling of what any network can reach.

Follows the note model to the letter (levels in dB on the time grid, amplitudes interpolated
linearly between control points of 2 ms); the plugin's renderer is the Rust one.
"""

import numpy as np

from . import note_model as nm
from .analyse import hann

CONTROL_STEP = 64
_PHASE_SEED = 5
_NOISE_SEED = 9
_SPLIT_HZ = 900.0


def _harmonics(levels, cents, key):
    """All sinusoids of a note: (hertz, row) pairs; a group gives one for each harmonic."""
    f0 = float(nm.key_frequency(key))
    multiples = [nm.MULTIPLES]
    rows = [np.arange(nm.SINGLE_PARTIALS)]
    for group, count in enumerate(nm.group_sizes(f0)):
        multiples.append(nm.GROUP_FIRST[group] + np.arange(count))
        rows.append(np.full(count, nm.SINGLE_PARTIALS + group))
    rows = np.concatenate(rows)
    hertz = np.concatenate(multiples) * f0 * 2 ** (np.asarray(cents, np.float64)[rows] / 1200)
    audible = (hertz < 15_500) & (levels[rows].max(1) > levels.max() + nm.FLOOR_DB)
    return hertz[audible], rows[audible]


def _partials(levels, cents, key, samples):
    control = np.arange(0, samples + CONTROL_STEP, CONTROL_STEP) / nm.SAMPLE_RATE
    index, step = np.divmod(np.arange(samples), CONTROL_STEP)
    fraction = (step / CONTROL_STEP).astype(np.float32)
    phases = np.random.default_rng(_PHASE_SEED).random(700)
    time = np.arange(samples) / nm.SAMPLE_RATE
    sound = np.zeros(samples, np.float32)
    gains = {}
    hertz, rows = _harmonics(levels, cents, key)
    for number, (frequency, row) in enumerate(zip(hertz, rows)):
        if row not in gains:
            amplitude = np.interp(control, nm.TIME_GRID, 10 ** (levels[row] / 20)).astype(np.float32)
            gains[row] = amplitude[index] + (amplitude[index + 1] - amplitude[index]) * fraction
        turns = (frequency * time + phases[number % 700]) % 1.0
        sound += gains[row] * np.sin((2 * np.pi * turns).astype(np.float32))
    return sound


def _noise(levels, samples):
    """Noise bands as white noise shaped in two short Fourier transforms: long frames below
    ``_SPLIT_HZ``, short ones above."""
    sound = np.zeros(samples, np.float32)
    density = 10 ** (levels / 10) / nm.BAND_WIDTHS[:, None]
    for size, hop, low, high in ((1024, 128, 0, _SPLIT_HZ), (256, 32, _SPLIT_HZ, 15_500)):
        count = samples // hop + size // hop + 1
        white = np.random.default_rng(_NOISE_SEED).standard_normal(count * hop + size).astype(np.float32)
        window = np.sqrt(hann(size))
        frames = np.fft.rfft(np.lib.stride_tricks.sliding_window_view(white, size)[::hop][:count] * window, axis=1)
        bins = np.arange(size // 2 + 1) * nm.SAMPLE_RATE / size
        times = (np.arange(count) * hop - size / 2) / nm.SAMPLE_RATE
        band = np.clip(np.searchsorted(nm.BAND_EDGES, bins) - 1, 0, nm.NOISE_ROWS - 1)
        over_time = np.stack([np.interp(times, nm.TIME_GRID, row, left=0) for row in density])
        used = (bins >= max(low, nm.BAND_EDGES[0])) & (bins < high)
        gain = np.sqrt(over_time[band].T * nm.SAMPLE_RATE / 4) * used
        blocks = np.fft.irfft(frames * gain, size, axis=1).astype(np.float32) * window
        mixed = np.zeros(count * hop + size, np.float32)
        overlap = size // hop
        for phase in range(overlap):
            part = blocks[phase::overlap].reshape(-1)
            mixed[phase * hop : phase * hop + len(part)] += part
        sound += mixed[size : size + samples] / (overlap / 2)
    return sound


def render(levels, cents, key, seconds=nm.NOTE_SECONDS):
    """Sound of a note, float32 mono at 32 kHz.

    ``levels``: [ROWS, TIMES] in dB; ``cents``: [PARTIAL_ROWS]; ``key``: MIDI key.
    """
    samples = int(seconds * nm.SAMPLE_RATE)
    levels = np.asarray(levels, np.float64)
    return _partials(levels, cents, key, samples) + _noise(levels[nm.PARTIAL_ROWS :], samples)
