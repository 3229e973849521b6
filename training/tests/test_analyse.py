"""Tones of known content are found in the right rows, at the right levels, and come back as sound."""

import numpy as np
import pytest

from training.data import note_model as nm
from training.data.analyse import analyse
from training.data.log_mel import distance
from training.data.resynthesis import render

TIME = np.arange(int(nm.NOTE_SECONDS * nm.SAMPLE_RATE)) / nm.SAMPLE_RATE


def tone(key, partials, tuning=0.0, noise=0.0, decay=1.0):
    """Partials as (multiple of the key's frequency, amplitude), fading, released at 3 s."""
    f0 = nm.key_frequency(key) * 2 ** (tuning / 1200)
    rng = np.random.default_rng(1)
    sound = sum(a * np.sin(2 * np.pi * m * f0 * TIME + m) for m, a in partials if m * f0 < nm.TOP_HZ) * np.exp(-decay * TIME)
    sound = (sound + noise * rng.standard_normal(len(TIME))) * np.where(TIME < 3, 1, np.exp(-20 * (TIME - 3)))
    return sound.astype(np.float32)


def row_of(multiple):
    return int(np.flatnonzero(nm.MULTIPLES == multiple)[0])


@pytest.mark.parametrize("key", [34, 64, 84])
def test_levels_of_partials_within_one_db(key):
    partials = [(0.5, 0.05), (1, 0.3), (1.5, 0.02), (2, 0.1), (3, 0.05), (8, 0.02), (10, 0.01)]
    note = analyse(tone(key, partials), key)
    for multiple, amplitude in partials:
        if multiple * nm.key_frequency(key) > nm.TOP_HZ:
            continue
        for moment in (70, 90, 105)[2 if key < 40 else 0 :]:  # short windows cannot part low partials
            expected = 20 * np.log10(amplitude) - nm.TIME_GRID[moment] * 20 / np.log(10)
            assert note.levels[row_of(multiple), moment] == pytest.approx(expected, abs=1), (multiple, moment)
    empty = row_of(5)
    assert note.levels[empty].max() < -100


def test_tuning_is_removed():
    note = analyse(tone(57, [(h, 0.3 / h) for h in range(1, 20)], tuning=31), 57)
    assert note.tuning == pytest.approx(31, abs=1)
    assert np.abs(note.cents).max() < 1.5


def test_stretched_partials_keep_their_offset():
    stretch = [(h * np.sqrt(1 + 2e-4 * h * h), 0.3 / h) for h in range(1, 12)]
    note = analyse(tone(64, stretch), 64)
    expected = 600 * np.log2(1 + 2e-4 * 100)
    assert note.cents[row_of(10)] - note.cents[row_of(1)] == pytest.approx(expected, abs=2)


def test_harmonics_above_the_96th_are_groups():
    note = analyse(tone(24, [(h, 0.3 / h) for h in range(1, 470)], decay=0), 24)
    for group in (0, 5, 10):
        middle = (nm.GROUP_FIRST[group] + nm.GROUP_LAST[group]) / 2
        level = note.levels[nm.SINGLE_PARTIALS + group, 95:110].mean()
        assert level == pytest.approx(20 * np.log10(0.3 / middle), abs=2)


def test_noise_has_its_density():
    note = analyse(tone(64, [(1, 0.3), (2, 0.1)], noise=0.01), 64)
    expected = 10 * np.log10(2 * 0.01**2 * nm.BAND_WIDTHS / (nm.SAMPLE_RATE / 2))
    assert np.abs((note.levels[nm.PARTIAL_ROWS :, 80:115].mean(1) - expected)[8:]).mean() < 1.5


def test_a_steady_tone_leaves_no_noise_at_its_attack():
    note = analyse(tone(94, [(0.5, 0.3), (1, 0.5), (1.5, 0.3), (5, 0.1)], decay=0), 94)
    assert note.levels[nm.PARTIAL_ROWS :, 4:60].max() < -60


def test_round_trip_through_the_renderer():
    sound = tone(64, [(h, 0.3 / h) for h in range(1, 40)], noise=0.003)
    note = analyse(sound, 64)
    sustain, attack = distance(sound, render(note.levels, note.cents, 64))
    assert sustain < 1.5 and attack < 2.5


def test_silence_is_silent():
    note = analyse(np.zeros(1000, np.float32), 64)
    assert note.levels.max() <= -100
    assert np.isfinite(note.levels).all() and not note.cents.any()
