"""No sound is on two sides of a split."""

import numpy as np

from training.data import near_duplicates
from training.data import note_model as nm
from training.data.making import draw, hash_split
from training.data.split import assign


def instrument(source, name, number, program="0/0"):
    return {"id": f"{source}-{number}", "source": source, "name": name, "program": program, "draw": draw(source, name)}


def test_shares_of_a_large_set():
    instruments = [instrument("amsynth", f"sound {chr(97 + i % 26)}{chr(97 + i // 26 % 26)}{chr(97 + i // 676)}", i) for i in range(2000)]
    _, splits = assign(instruments, np.arange(2000))
    assert 0.75 < splits.count("train") / 2000 < 0.85
    assert 0.09 < splits.count("test") / 2000 < 0.15


def test_versions_near_duplicates_and_shared_samples_stay_together():
    instruments = [instrument("zyn", f"Pad {i}", i) for i in range(40)]
    instruments += [instrument("fluid", "Cello", 1, "0/42"), instrument("musescore", "Violoncello", 2, "0/42")]
    instruments += [instrument("amsynth", name, name) for name in ("alpha", "beta", "gamma")]
    groups = np.arange(len(instruments))
    groups[-3:] = 100
    clusters, splits = assign(instruments, groups)
    assert len(set(splits[:40])) == 1
    assert splits[40] == splits[41]
    assert len(set(splits[-3:])) == 1 and len(set(clusters[-3:])) == 1


def test_placed_instruments_stay_and_bridged_ones_are_dropped():
    instruments = [instrument("amsynth", name, name) for name in ("one", "two", "three", "four")]
    before = {"amsynth-one": "train", "amsynth-two": "test", "amsynth-three": "train"}
    _, splits = assign(instruments, np.zeros(4, int), before)
    assert splits == ["train", None, "train", "train"]
    _, splits = assign(instruments, np.array([0, 1, 2, 1]), before)
    assert splits == ["train", "test", "train", "test"]


def test_draws_give_every_split():
    assert {hash_split(number) for number in (0, 11.9, 12, 19.9, 20, 99)} == {"test", "validation", "train"}


def test_near_and_same_sounds_are_found():
    rng = np.random.default_rng(4)
    levels = np.full((4, len(nm.ANCHORS), nm.ROWS, nm.TIMES), -80.0)
    levels[:, :, :100] = rng.uniform(-40, 0, (4, 1, 100, 1))
    levels[1] = levels[0]
    levels[2] = levels[0] + rng.normal(0, 1.5, (1, nm.ROWS, 1)) * (levels[0] > -80)
    valid = np.ones(len(nm.ANCHORS), bool)
    prints = np.array([near_duplicates.fingerprint(each, valid) for each in levels])
    group, repeats = near_duplicates.groups(prints)
    assert group[0] == group[1] == group[2] != group[3]
    assert repeats.tolist() == [-1, 0, -1, -1]
