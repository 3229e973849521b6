"""Beats, bars and chords of scores as written."""

from training.evaluate.scores import bars


def test_an_anacrusis_begins_no_bar_but_has_beats():
    measures = [(0.0, 1.0), (1.0, 4.0), (5.0, 4.0)]
    found = bars.downbeats(measures, 4.0)
    assert found == [1.0, 5.0]
    assert bars.beats(found, 1.0, 4.0, 9.0) == [float(at) for at in range(9)]


def test_a_bar_that_a_repeat_cuts_in_two_begins_once():
    assert bars.downbeats([(0.0, 1.0), (1.0, 4.0), (5.0, 3.0), (8.0, 1.0), (9.0, 4.0)], 4.0) == [1.0, 5.0, 9.0]


def test_an_anacrusis_shorter_than_a_beat_has_none():
    found = bars.downbeats([(0.0, 0.5), (0.5, 3.0), (3.5, 3.0)], 3.0)
    assert bars.beats(found, 1.5, 3.0, 6.5) == [0.5, 2.0, 3.5, 5.0]


def test_chords_have_the_names_that_are_compared():
    assert bars.label(7, [7, 11, 2]) == "G:maj"
    assert bars.label(2, [2, 5, 8, 0]) == "D:hdim7"
    assert bars.label(0, [0, 1, 2]) == "X"


def test_an_analysis_of_another_key_is_moved_to_this_one():
    chords = [(0.0, 2.0, 0, [0, 4, 7]), (2.0, 4.0, 7, [2, 7, 11])]
    notes = [(0.0, 2.0, key) for key in (62, 66, 69)] + [(2.0, 4.0, key) for key in (57, 61, 64, 66)]
    share, found = bars.transposed(chords, notes)
    assert [root for _, _, root, _ in found] == [2, 9]
    assert abs(share - 12 / 14) < 1e-9
