"""Mixes as the paper makes them, and who is looked for in them, on a library of sinusoids. Needs no torch and no synth."""

import json

import numpy as np
import pytest
import soundfile

from training.data.note_model import SAMPLE_RATE
from training.evaluate.timbre import in_a_mix
from training.timbre.mixes import library, phrases, plan, render


@pytest.fixture
def few(tmp_path):
    """Nine instruments, three of each role: sinusoids on the keys that are planned."""
    folder = tmp_path / render.FOLDER
    folder.mkdir()
    facts = []
    for role, families in plan.ROLES.items():
        for number in range(3):
            name, low_high = f"{role}-{number}", plan.keys_of(families[0], (0, 127))
            sounds, notes = [], []
            for kind, key, velocity, seconds in plan.notes(name, families[0], low_high):
                time = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
                sounds.append(0.9 * np.sin(2 * np.pi * 440 * 2 ** ((key - 69) / 12) * time * (number + 1)))
                notes.append([kind, key, velocity, len(time), velocity / 127])
            soundfile.write(folder / f"{name}.flac", np.concatenate(sounds), SAMPLE_RATE)
            facts.append(dict(id=name, family=families[0], role=role, notes=notes, split=("train", "validation", "test")[number]))
    (tmp_path / library.FILE).write_text(json.dumps(facts))
    return library.Library(tmp_path)


def test_the_plan_begins_with_the_reference_and_keeps_to_its_keys():
    for family in ("bass", "mallet", "pad", "wind"):
        low, high = plan.keys_of(family, (0, 127))
        notes = plan.notes("an-id", family, (low, high))
        assert notes == plan.notes("an-id", family, (low, high))
        assert notes[0][:3] == ("reference", (low + high) // 2, 100) and all(note[0] != "reference" for note in notes[1:])
        assert all(low <= key <= high and 40 <= velocity <= 127 for _, key, velocity, _ in notes)
        assert sum(note[0] == "phrase" for note in notes) == (18 if plan.role_of(family) else 8)


def test_notes_end_where_they_have_died_away():
    sound = np.zeros(32_000, np.float32)
    sound[:5_000] = 0.5
    assert len(render.cut(sound)) == 5_120 and len(render.cut(np.zeros(32_000, np.float32))) == 320


def test_mixes_are_the_papers(few):
    members = phrases.groups(few, 4, np.random.default_rng(1), few.split == "test")
    assert (members == members[0]).all() and [few.facts[i]["role"] for i in members[0]] == list(plan.ROLES)
    tracks = phrases.stems(few, members[0], np.random.default_rng(2))
    assert tracks.shape == (3, 320_000)
    assert np.allclose(np.abs(tracks).max(1), [0.99, 0.99, 0.99 * 4], atol=0.01)
    again = phrases.stems(few, members[0], np.random.default_rng(2))
    assert (tracks == again).all()
    # Percussion is never silent for longer than its longest note, a second.
    loud = np.abs(tracks[2]).reshape(-1, 3_200).max(1) > 0.01
    assert max(map(len, "".join("x" if x else " " for x in loud).split("x"))) <= 12


def test_notes_are_of_one_scale_where_there_are_any(few):
    scale = {0, 2, 4, 5, 7, 9, 11}
    for who in range(len(few)):
        rows, often = phrases.in_scale(few, who, phrases.KINDS, scale)
        assert np.isclose(often.sum(), 1)
        assert all(few.key(who, row) % 12 in scale for row, share in zip(rows, often) if share > 0)


def test_members_are_ranked_among_their_role(few):
    standing = np.arange(len(few), dtype=float)
    assert in_a_mix.ranks_of(few, standing, [0, 2, 4]) == [[0, 2], [0, 0], [1, 1]]


def test_ranks_are_kept_and_added_to(few, tmp_path):
    kept, heard = in_a_mix.Kept(tmp_path), []

    def listener(sounds):
        heard.append(len(sounds))
        return np.tile(np.arange(len(few), dtype=float), (len(sounds), 1))

    kind = "as in the paper"
    first = in_a_mix.asked(few, kept, listener, "some one", kind, "test", 2)
    assert len(first) == 6 and (first[:, 1] == 0).all()  # the test instruments are the last of their roles
    more = in_a_mix.asked(few, kept, listener, "some one", kind, "test", 3)
    assert heard == [2, 1] and (more[:6] == first).all()
    stems = in_a_mix.asked(few, kept, listener, "some one", "stems alone", "test", 1)
    assert heard[-1] == 3 and [list(row) for row in stems] == [[0, 0], [1, 0], [2, 0]]
