"""Captions say what the instrument is and what was measured."""

import re

from training.data.captions import CAPTIONS, captions, ranks, readable_name
from training.data.families import _WORDS, FAMILIES, by_name, classify

CELLO = {"id": "fluid-cello-1", "source": "fluid", "name": "Cello", "family": "strings", "noun": "cello", "named": "midi"}


def test_many_different_ones_and_always_the_same():
    found = captions(CELLO, {"brightness": 0.3, "attack_s": 0.85})
    assert len(set(found)) == len(found) >= CAPTIONS - 2
    assert found == captions(CELLO, {"brightness": 0.3, "attack_s": 0.85})
    assert found[0] == "cello"


def test_measured_words():
    warm = " ".join(captions(CELLO, {"brightness": 0.3}))
    bright = " ".join(captions(CELLO, {"brightness": 0.95}))
    assert re.search("warm|mellow|round", warm) and not re.search("bright|crisp|brilliant", warm)
    assert re.search("bright|crisp|brilliant|shiny|sharp", bright) and "warm" not in bright


def test_names_to_families():
    expected = {
        "FB:EBass3": "bass", "BASSOON": "reed", "WS Horns 2": "brass", "Flute 2": "wind", "K4oid: OceanBrass": "brass",
        "Tenor Sax": "reed", "E.PIANO 1": "keys", "TUB BELLS": "chromatic percussion", "SundayPipes": "organ", "Soft Pad": "pad",
        "Hammond": "organ", "Kalimba": "pluck", "Synth Cello": "strings", "Choir Aahs": "voice", "SawLead": "synth lead",
    }  # fmt: skip
    for name, family in expected.items():
        assert by_name(name)[0] == family, name
    assert {family for _, family, _ in _WORDS} <= set(FAMILIES)
    assert by_name("Zgrxq") is None


def test_general_midi_number_wins():
    meta = {"source": "timgm", "program": "0/42", "name": "Something", "bank": "000"}
    assert classify(meta, {}, True) == ("strings", "cello", "midi")


def test_readable_names():
    assert readable_name("K4oid: OceanBrass2") == "ocean brass"
    assert readable_name("X1") is None


def test_ranks_within_and_overall():
    result = ranks([0, 1, 2, 3] * 4, ["a"] * 16)
    assert result[0] < result[1] < result[2] < result[3]
    assert abs(result.mean() - 0.5) < 0.05
