"""Confidences against what is right."""

import numpy as np

from training.evaluate.song import confidence


def test_the_temperature_of_overconfident_scores_is_found():
    rng = np.random.default_rng(0)
    true = rng.uniform(0.5, 1, 4000)
    right = (rng.random(4000) < true).astype(float)
    odds = (true / (1 - true)) ** 3
    shares = [[o / (1 + o), 1 / (1 + o)] for o in odds]
    assert 2.6 < confidence.temperature(shares, right) < 3.5
    stated = np.array([s[0] for s in shares])
    cooled = np.array([confidence.cooled(s, 3.0) for s in shares])
    assert confidence.off_by(cooled, right) < 0.03 < confidence.off_by(stated, right)


def test_bins_hold_every_file_once():
    stated = np.array([0.0, 0.3, 0.5, 0.75, 0.999, 1.0])
    assert sum(n for _, _, n, *_ in confidence.bins(stated, np.ones(6))) == 6
