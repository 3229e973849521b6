"""Patches that sound off their keys are recognised; organs and bells are left alone."""

import numpy as np

from training.data import note_model as nm
from training.data.pitch import patch_shift

from .test_analyse import tone

KEYS = (54, 64, 74)
SAW = [(h, 0.3 / h) for h in range(1, 24)]


def sounding(shift, partials=SAW):
    return [(tone(key + shift, partials), key) for key in KEYS]


def test_on_the_key():
    assert patch_shift(sounding(0)) == 0


def test_octaves_and_other_intervals():
    for shift in (-24, -12, 12, 7):
        assert patch_shift(sounding(shift)) == shift


def test_drawbar_organ_stays():
    assert patch_shift(sounding(0, [(0.5, 0.1), (1, 0.2), (1.5, 0.1), (2, 0.2), (3, 0.1), (4, 0.2), (6, 0.05), (8, 0.1)])) == 0


def test_hollow_tone_stays():
    assert patch_shift(sounding(0, [(h, 0.3 / h) for h in range(1, 24, 2)])) == 0


def test_noise_has_no_pitch():
    noise = np.random.default_rng(2).standard_normal(int(nm.NOTE_SECONDS * nm.SAMPLE_RATE)).astype(np.float32) * 0.1
    assert patch_shift([(noise, key) for key in KEYS]) is None
