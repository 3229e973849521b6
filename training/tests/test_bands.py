"""Others' songs: which bars are taken of a file, how well a part fits them, what is counted of drums, distances of mixes."""

import io

import numpy as np
import pytest

mido = pytest.importorskip("mido")

from training.evaluate.stems import bands, paper, people, recordings, songs  # noqa: E402


def a_file(bars, drum_bars, tempo_change=None, ticks=96):
    """A MIDI file with a bass on beats, drums in some bars (kick 1, 3, snare 2, 4), perhaps another tempo from a bar on."""
    events = [(beat * ticks, 0, 40, 90) for beat in range(4 * bars)]
    events += [(beat * ticks, 9, 38 if beat % 2 else 36, 100) for bar in drum_bars for beat in range(4 * bar, 4 * bar + 4)]
    messages = [(0, 0, mido.Message("program_change", channel=0, program=33)), (0, 0, mido.MetaMessage("set_tempo", tempo=500_000))]
    if tempo_change is not None:
        messages.append((tempo_change * 4 * ticks, 0, mido.MetaMessage("set_tempo", tempo=400_000)))
    for at, channel, key, velocity in events:
        messages.append((at, 2, mido.Message("note_on", channel=channel, note=key, velocity=velocity)))
        messages.append((at + ticks // 2, 1, mido.Message("note_off", channel=channel, note=key)))
    track, now = mido.MidiTrack(), 0
    for at, _, message in sorted(messages, key=lambda one: one[:2]):
        track.append(message.copy(time=at - now))
        now = at
    out = io.BytesIO()
    mido.MidiFile(ticks_per_beat=ticks, tracks=[track]).save(file=out)
    return out.getvalue()


def test_the_bars_in_which_most_plays_are_taken():
    song = songs.excerpt("a", "test", a_file(40, range(12, 28)))
    assert (song.metre, song.bpm, song.bars) == ("4/4", 120.0, songs.BARS)
    assert len(song.notes("drums")) == 4 * songs.BARS and song.notes("drums")[0][:3] == (0.0, 0.5, 36)


def test_no_tempo_changes_within_the_bars():
    song = songs.excerpt("a", "test", a_file(40, range(40), tempo_change=14))
    assert (song.bpm, song.bars) == (150.0, songs.BARS)
    assert songs.excerpt("a", "test", a_file(14, range(14), tempo_change=7)) is None


def test_the_part_that_was_there_fits_best_and_has_no_gap():
    song = songs.excerpt("a", "test", a_file(16, range(16)))
    real = bands.fit(song, "bass", song.notes("bass"))
    late = bands.fit(song, "bass", [(a + 0.5, b + 0.5, *rest) for a, b, *rest in song.notes("bass")])
    assert real["kick and bass"] > late["kick and bass"] == 0 and real["accents"] > late["accents"]
    own, other = np.full(6, 0.8), np.full(6, 0.4)
    assert bands.gap(own, other, own)[0] == 0 and bands.gap(own, other, other)[0] == 1
    assert bands.gap(own, own, other) is None


def test_another_songs_part_is_moved_into_the_key_and_repeated():
    chords = lambda root: songs.Track("keys", 0, tuple((4.0 * bar, 4.0 * bar + 4, root + tone, 80) for bar in range(8) for tone in (48, 52, 55, 60)))
    line = lambda root: songs.Track("bass", 33, tuple((4.0 * bar, 4.0 * bar + 1, 36 + root, 80) for bar in range(8)))
    one, other = (songs.Song(str(root), "test", None, "4/4", 100.0, bars, (chords(root), line(root))) for root, bars in ((0, 16), (2, 8)))
    moved = bands.borrowed(one, other, "bass")
    assert len(moved) == 16 and {note[2] for note in moved} == {36}
    assert bands.chord_tones(moved[:8], one.tracks[0].notes) == 1


def test_drums_are_counted():
    song = songs.excerpt("a", "test", a_file(16, range(16)))
    notes = [*song.notes("drums"), *[(16.0 * phrase, 16.0 * phrase + 1, 49, 110) for phrase in range(4)], (2.5, 3, 38, 30)]
    found = people.figures(song, notes)
    assert found["distinct bars of 8"] == 2.5 and found["crashes on one bar of 4"] == 1 and found["velocities in use"] == 3
    assert found["ghosts a bar"] == 1 / 16 and people.same_phase(song, notes) is None  # the real part has no crash
    assert found["distance of bars, next but one"] > found["distance of bars, next"] > 0


def test_what_is_late_by_less_than_the_reach_is_found_to_be():
    theirs = np.arange(0.0, 10, 0.5)
    assert np.allclose(recordings.distances(theirs + 0.01, theirs), 0.01)
    assert len(recordings.distances(theirs + 0.2, theirs)) == 0 and len(recordings.distances(theirs, theirs[:1])) == 1


def test_true_mixes_are_as_far_from_themselves_as_others_are_compared_with():
    rng = np.random.default_rng(1)
    features = {"true": [rng.normal(size=(5, 40)) for _ in range(24)]}
    features["none"] = [one + 3 for one in features["true"]]
    tags = {label: [np.clip(0.5 + 0.1 * one, 0.01, 0.99) for one in some] for label, some in features.items()}
    (_, apart, ratio, same, unlike, _), (_, _, other_ratio, other_same, other_unlike, _) = paper.table(tags, features)
    assert ratio == 1 and apart > 0 and abs(same) < 1e-3 and unlike == 0
    assert other_ratio > 2 and other_same > 10 and other_unlike >= 0
