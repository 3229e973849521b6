"""Parts: notes to tokens and back, chords, captions, splits, the sampler. Needs no torch and no `mma`."""

import random

import numpy as np
import pytest

from training.parts import catalogue, chords, degrees, gm, grid, heard, measure, sample, tokens, variations, windows, words
from training.parts import net_layout as net

VOICINGS = tokens.Voicings([(0, 1, 2), (12, 13, 14), (1, 2, 12), (12,), (13, 14, 24), (3, 12, 13, 14)])


def c_major(metre):
    steps = grid.BARS * grid.STEPS_A_BAR[metre]
    return np.zeros(steps, int), np.zeros(steps, int)


def test_every_time_has_one_place_and_triplets_are_exact():
    for tick in range(grid.TICKS * 4):
        step, offset = grid.place(tick)
        assert abs(offset) <= grid.REACH
        assert abs(grid.tick(step, offset) - tick) <= 1
    for tick in (0, 6, 8, 12, 16, 18):  # quarters of a beat, and thirds
        assert grid.tick(*grid.place(tick)) == tick


def test_degrees_are_lossless_in_every_quality_and_root():
    for quality in degrees.QUALITIES:
        assert sorted(degrees.SEMITONES[quality]) == list(range(12))
        for root in range(12):
            for kind, low in degrees.LOWEST_ROOT.items():
                for key in range(low + 11, low + 11 + 12 * (degrees.OCTAVES[kind] - 1)):
                    assert degrees.key(kind, degrees.degree(kind, key, root, quality), root, quality) == key


def test_a_third_is_the_same_degree_in_major_and_minor():
    assert degrees.degree("bass", 40, 0, "maj") == degrees.degree("bass", 39, 0, "min")
    assert degrees.degree("chords", 64, 0, "7") != degrees.degree("chords", 63, 0, "7")


def test_notes_survive_the_roll():
    root, quality = c_major("4/4")
    notes = [
        (0, 0, 6, 36, 114), (0, 16, 6, 42, 45), (0, 24, 6, 38, 93),  # kick, swung hat, snare
        (1, 0, 24, 36, 93), (1, 26, 22, 43, 70),  # C2 and G2, the second late
        (3, 0, 48, 48, 70), (3, 0, 48, 52, 70), (3, 0, 48, 55, 70),  # a chord
        (7, 48, 12, 76, 114),
    ]  # fmt: skip
    roll = tokens.encode(notes, "4/4", root, quality, VOICINGS)
    assert tokens.decode(roll, VOICINGS) == sorted(notes)


def test_swing_and_straight_differ_in_the_roll():
    root, quality = c_major("4/4")
    beats = range(0, 24 * 32, 24)
    swung = tokens.encode([(0, b + 16, 6, 42, 70) for b in beats], "4/4", root, quality, VOICINGS)
    straight = tokens.encode([(0, b + 12, 6, 42, 70) for b in beats], "4/4", root, quality, VOICINGS)
    assert measure.swings(swung) == 1.0
    assert measure.swings(straight) == 0.0


def test_an_unknown_chord_becomes_the_one_most_like_it():
    assert VOICINGS.of([12, 13, 14, 24]) in (1, 4)
    assert VOICINGS.of([12, 13, 14]) == 1


def test_every_drum_key_of_general_midi_has_a_piece_that_plays_back_as_itself():
    assert all(gm.piece(key) is not None for key in range(35, 82))
    assert [gm.piece(key) for key in gm.PIECE_KEYS] == list(range(len(gm.PIECES)))


def test_drum_traits_say_what_plays():
    root, quality = c_major("4/4")
    kick = [(0, bar * 96 + beat * 24, 6, 36, 93) for bar in range(8) for beat in range(4)]
    snare = [(0, bar * 96 + beat * 24, 6, 38, 93) for bar in range(8) for beat in (1, 3)]
    traits = measure.drum_traits(tokens.encode(kick + snare, "4/4", root, quality, VOICINGS))
    assert {"four on the floor", "backbeat", "only kick and snare", "no cymbals"} <= traits
    half = [(0, bar * 96 + 48, 6, 38, 93) for bar in range(8)] + [(0, bar * 96, 6, 36, 93) for bar in range(8)]
    assert "half-time" in measure.drum_traits(tokens.encode(half, "4/4", root, quality, VOICINGS))


def test_captions_say_the_genre_and_what_stands_out():
    assert "bossa nova" in words.genre("kbossa")
    assert "jazz waltz" in words.genre("fastjazzwaltz")
    said = {
        words.caption(random.Random(i), "drums", "swing", {"ride"}, [0.95, 0.05, 0.5, 0.5], measure.CONTROLS, True, "4/4", 180) for i in range(200)
    }
    text = " | ".join(said)
    assert len(said) > 30
    for word in ("jazz", "ride", "busy", "soft", "swung"):
        assert word in text
    assert "sparse" not in text and "loud" not in text


def test_splits_are_by_stem_and_cover_all_sides():
    drawn = [catalogue.draw_split(f"family {n}") for n in range(2000)]
    assert 0.76 < drawn.count("train") / 2000 < 0.84
    assert min(drawn.count("validation"), drawn.count("test")) > 100
    sides = {}
    if catalogue.families():
        sides = {}
        for family in catalogue.families():
            assert sides.setdefault((family.drums_only, family.stem), family.split) == family.split


def test_misheard_chords_are_chords():
    rng = random.Random(1)
    root, quality = chords.by_step([(0, 0, "maj7"), (96, 9, "min7")], 0, 128)
    seen = set()
    for _ in range(50):
        name, r, q = chords.misheard(rng, root, quality, 0, "major", "4/4")
        seen.add(name)
        assert r.max() < 12 and q.max() < len(degrees.QUALITIES)
    assert seen == {"key only", "misheard"}


def test_heard_harmony_has_the_notes_and_mishears_about_as_many_as_measured():
    root, quality = c_major("4/4")
    notes = [(3, bar * 96, 90, key, 70) for bar in range(8) for key in (48, 52, 55)]
    roll = tokens.encode(notes, "4/4", root, quality, VOICINGS)
    table = heard.tables(VOICINGS)
    clean = heard.features(None, roll.note, [2], root, quality, table)
    assert clean[0, :3].all() and not clean[0, 3:12].any()  # root, third, fifth begin
    assert clean[8, 12:15].all() and not clean[8, :12].any()  # and sound on
    rng = np.random.default_rng(1)
    kept = np.mean([heard.features(rng, roll.note, [2], root, quality, table)[::16, 0].mean() for _ in range(100)])
    assert 0.52 < kept < 0.72


def test_parts_that_move_together_stay_together():
    root, quality = c_major("4/4")
    # Kick and bass on 1 and the second half of 2, a hat on each eighth; the bass lasts to its next note, and half a beat.
    notes = [(0, bar * 96 + at, 6, 36, 93) for bar in range(8) for at in (0, 36)]
    notes += [(1, bar * 96 + at, length, 36, 93) for bar in range(8) for at, length in ((0, 36), (36, 12))]
    notes += [(0, at, 6, 42, 70) for at in range(0, 8 * 96, 12)]
    before = windows.stack(tokens.encode(notes, "4/4", root, quality, VOICINGS))
    rng, differ = np.random.default_rng(5), 0
    for _ in range(60):
        after, changed = variations.varied(rng, "4/4", before, False)
        kick, bass = after[:, 0] > 0, after[:, net.NOTES.start] >= tokens.FIRST
        assert np.array_equal(kick, bass)
        assert np.array_equal(bass, after[:, net.TOUCHES.start] < tokens.NO_TOUCH)
        differ += not np.array_equal(kick, before[:, 0] > 0)
        # Nothing holds that hasn't begun, and hats are still on eighths.
        note = after[:, net.NOTES.start]
        assert not ((note[1:] == tokens.HOLD) & (note[:-1] == tokens.REST)).any() and note[0] != tokens.HOLD
        assert np.array_equal(np.flatnonzero(after[:, gm.PIECES.index("closed hat")]), np.arange(0, 128, 2))
        assert changed == [0, 1] or len(changed) == 8
    assert differ > 30


def test_notes_that_stay_are_the_same_notes():
    root, quality = c_major("6/8")
    notes = [(1, bar * 72, 36, 36, 93) for bar in range(8)] + [(7, 36 + bar * 72, 12, 76, 114) for bar in range(8)]
    before = windows.stack(tokens.encode(notes, "6/8", root, quality, VOICINGS))
    same = variations.moved(before, np.arange(len(before)), list(range(net.PIECES)), list(range(7)))
    assert np.array_equal(same, before)


def test_held_chords_begin_with_a_bar_or_a_chord_and_last():
    root, quality = c_major("4/4")
    root[8:16] = 5  # an F in the second half of the first bar
    notes = [(3, at, 12, key, 70) for at in range(0, 8 * 96, 24) for key in (48, 52, 55)] + [(7, 120, 12, 76, 93)]
    before = windows.stack(tokens.encode(notes, "4/4", root, quality, VOICINGS))
    keys, lead = net.NOTES.start + 2, net.NOTES.start + 6
    for seed in range(6):
        after = variations.held(np.random.default_rng(seed), "4/4", before, root, quality)
        begins = np.flatnonzero(after[:, keys] >= tokens.FIRST)
        assert begins.tolist() in ([0, 8, *range(16, 128, 16)], [0, 8, 16, *range(32, 128, 32)])
        assert np.array_equal(after[begins, keys], before[begins, keys])
        assert (after[:, keys] != tokens.REST).all(), "until the next one"
        assert np.array_equal(np.flatnonzero(after[:, net.TOUCHES.start + 2] < tokens.NO_TOUCH), begins)
        assert (after[:16, lead] == tokens.REST).all() and after[16, lead] >= tokens.FIRST
        assert np.array_equal(after[:, : net.PIECES], before[:, : net.PIECES])


def test_drums_are_misheard_about_as_often_as_measured():
    rng = np.random.default_rng(6)
    often = np.array([0.25, 0.2, 0.02, 0.02, 0.5] + [0.02] * 10)
    drums = (rng.random((4000, net.PIECES)) < often).astype(np.int64) * 3
    seen, offset = heard.corrupted_drums(rng, drums, np.full(4000, grid.REACH), np.zeros(4000, bool))
    for piece, wanted in (("kick", 0.84), ("snare", 0.76), ("closed hat", 0.8)):
        row = gm.PIECES.index(piece)
        both = ((seen[:, row] > 0) & (drums[:, row] > 0)).sum()
        assert abs(2 * both / ((seen[:, row] > 0).sum() + (drums[:, row] > 0).sum()) - wanted) < 0.12
    assert seen.min() >= 0 and seen.max() <= tokens.LEVELS
    assert (offset[~(seen > 0).any(1)] == grid.REACH).all()


def peaked(seed):
    """A network whose logits don't depend on its input."""
    rng = np.random.default_rng(seed)
    shapes = [(net.PIECES, 5), (5,), (net.BASS_TOKENS,), (net.LEAD_TOKENS,), (5, 2 + len(VOICINGS.sets)), (7, 20)]
    fixed = [rng.normal(0, 1, (16, *s)).astype(np.float32) for s in shapes]
    return lambda tokens_, *rest: [np.repeat(f[None], len(tokens_), 0) for f in fixed]


def request(masks, streams):
    seen = np.zeros((16, net.STREAMS), np.int64)
    seen[:, net.OFFSET] = grid.REACH
    seen[:, net.TOUCHES] = tokens.NO_TOUCH
    seen[:, streams] = np.array(masks)[streams]
    rest = {name: np.zeros(1, np.float32) for name in sample.ORDER if name != "tokens"}
    return rest | dict(tokens=seen)


def test_the_sampler_fills_what_is_masked_and_nothing_else():
    masks = net.masks(len(VOICINGS.sets))
    inputs = request(masks, [0, 1, net.OFFSET, net.NOTES.start, net.TOUCHES.start])
    done = sample.sample(peaked(1), inputs, masks, 7)
    assert (done < np.array(masks)).all() or (done[:, net.TOUCHES] == tokens.NO_TOUCH).any()
    assert not (done == np.array(masks)).any()
    assert (done[:, 2 : net.PIECES] == 0).all()
    assert (sample.sample(peaked(1), inputs, masks, 7) == done).all()
    assert (sample.sample(peaked(1), inputs, masks, 8) != done).any()


def test_no_hold_follows_a_rest():
    masks = net.masks(len(VOICINGS.sets))
    done = sample.sample(peaked(2), request(masks, [net.NOTES.start, net.TOUCHES.start]), masks, 3)
    line = done[:, net.NOTES.start]
    assert line[0] != tokens.HOLD
    assert not ((line[1:] == tokens.HOLD) & (line[:-1] == tokens.REST)).any()


def test_random_numbers_are_the_documented_ones():
    def plain(seed, call, which, step, stream):
        m = (1 << 64) - 1
        z = (seed + (((call * 2 + which) * 256 + step) * 32 + stream + 1) * 0x9E3779B97F4A7C15) & m
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & m
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & m
        return (((z ^ (z >> 31)) >> 40) + 0.5) / 2**24

    for args in ((1, 0, 0, 0, 0), (99, 3, 1, 127, 29), (2**40, 15, 0, 159, 16)):
        assert sample.uniform(*args) == pytest.approx(plain(*args), abs=1e-12)
