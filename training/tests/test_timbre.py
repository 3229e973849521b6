"""The measures of `training.evaluate timbre` on answers that are known, and the phrases that it plays. Needs no torch."""

import numpy as np

from training.evaluate.timbre.listeners import Mfcc
from training.evaluate.timbre.ranks import ranks, tops
from training.evaluate.timbre.words import families_heard
from training.nets.layout import SOUND_FAMILIES
from training.timbre import phrases as timbre_phrases


def test_ranks_count_only_those_asked():
    references = np.eye(4)
    queries = np.array([[0.5, 0.9, 0.8, 0.1]])
    everyone, some = np.ones((1, 4), bool), np.array([[True, False, True, True]])
    assert ranks(queries, references, np.array([0]), everyone)[0] == 2
    assert ranks(queries, references, np.array([0]), some)[0] == 1
    assert tops(np.array([0, 3, 7]), 1, 5) == [1 / 3, 2 / 3]


def test_right_and_sure_is_calibrated():
    truth = np.random.default_rng(0).random((500, len(SOUND_FAMILIES))) < 0.2
    rows, _, error = families_heard(np.where(truth, 9.0, -9.0), truth)
    assert rows[-1][:3] == ["all", 1.0, 1.0] and error < 0.001
    _, _, error = families_heard(np.full(truth.shape, np.log(0.9 / 0.1)), truth)
    assert 0.65 < error < 0.75


def test_mfccs_of_alike_sounds_are_near():
    rng = np.random.default_rng(1)
    mels = rng.random((40, 96, 20)).astype(np.float32) * np.linspace(1, rng.random(40), 96).T[:, :, None]
    vectors = Mfcc(mels)(np.concatenate([mels, mels + 0.01 * rng.random(mels.shape)]))
    assert (np.argmax(vectors[:40] @ vectors[40:].T, 1) == np.arange(40)).mean() > 0.9


def test_phrases_stay_on_the_keyboard_and_in_time():
    for family in ("bass", "pad", "synth lead", "chromatic percussion"):
        notes = timbre_phrases.phrase("an-id", family)
        assert notes == timbre_phrases.phrase("an-id", family) and len(notes) > 3
        assert all(0 <= start < end and start < timbre_phrases.SECONDS and 21 <= key <= 108 for start, end, key, _ in notes)
