"""The measures of whole instruments, on sounds and numbers whose answer is known."""

import io
import pickle
import struct

import numpy as np
import pytest

from training.data import note_model as nm
from training.evaluate.instruments import attributes, banks, embedding, freepats, from_sound, likeness
from training.evaluate.instruments.generated import Note
from training.evaluate.instruments.heard import Heard
from training.evaluate.instruments.judge import NAMES, Judge, by_family

RNG = np.random.default_rng(3)


def clusters(count, each, apart):
    """Unit vectors around `count` centres, and the centre of each."""
    centres = RNG.standard_normal((count, 16)) * apart
    x = np.repeat(centres, each, 0) + RNG.standard_normal((count * each, 16))
    return x / np.linalg.norm(x, axis=1, keepdims=True), np.repeat(np.arange(count), each)


def test_frechet_distance():
    a = RNG.standard_normal((4000, 5)) @ RNG.standard_normal((5, 5))
    assert embedding.frechet(a, a) == pytest.approx(0, abs=1e-6)
    assert embedding.frechet(a, a + np.array([3, 0, 4, 0, 0])) == pytest.approx(25, rel=1e-6)
    # Of normal distributions in one dimension it is (m − m′)² + (s − s′)².
    one = RNG.standard_normal((4000, 2))
    assert embedding.frechet(one, one * 3) == pytest.approx(2 * 4, rel=0.1)


def test_separation_and_similarity():
    far, who = clusters(20, 5, 5.0)
    found, chance = embedding.separation(far, who)
    assert found > 0.95 and chance == pytest.approx(4 / 99)
    near, who = clusters(20, 5, 0.0)
    assert embedding.separation(near, who)[0] < 0.2
    assert np.mean(list(embedding.within(far, who).values())) > 0.8 > 0.2 > np.mean(list(embedding.within(near, who).values()))
    same = embedding.within(np.ones((3, 4)) / 2, [7, 7, 7])
    assert same == {7: pytest.approx(1.0)}


def test_a_discriminant_looks_past_what_differs_within_instruments():
    def draw(count):
        who = np.repeat(np.arange(count), 6)
        timbre, pitch = RNG.standard_normal((count, 4)), RNG.standard_normal((count * 6, 4)) * 8
        return np.concatenate([timbre[who] + 0.1 * RNG.standard_normal((count * 6, 4)), pitch], 1), who

    x, who = draw(60)
    embedding.Discriminant.DIRECTIONS, before = 4, embedding.Discriminant.DIRECTIONS
    try:
        turned = embedding.Discriminant(x, who)
    finally:
        embedding.Discriminant.DIRECTIONS = before
    y, other = draw(60)
    plain = y / np.linalg.norm(y, axis=1, keepdims=True)
    assert embedding.separation(plain, other)[0] < 0.3
    assert embedding.separation(turned(y), other)[0] > 0.7


def test_weights_are_read_without_running_anything():
    class Bad:
        def __reduce__(self):
            return print, ("ran",)

    with pytest.raises(pickle.UnpicklingError):
        embedding._Unpickler(io.BytesIO(pickle.dumps(Bad()))).load()


def test_mels_hear_timbre_not_loudness():
    time = np.arange(2 * nm.SAMPLE_RATE) / nm.SAMPLE_RATE
    sound = np.sin(2 * np.pi * 440 * time).astype(np.float32)
    loud, quiet = embedding.mels(sound), embedding.mels(sound * 0.01)
    assert loud.shape == (embedding.FRAMES, embedding.BANDS)
    assert np.abs(loud - quiet).max() < 1e-4 * loud.max()
    assert 3 < loud.mean(0).argmax() < 9
    assert embedding.mels((np.sin(2 * np.pi * 3520 * time)).astype(np.float32)).mean(0).argmax() > 20


def tone(centre, decay, noise=0.0):
    """Mel powers of all notes of an instrument with a hump of bands that fades."""
    bands = np.exp(-(((np.arange(embedding.BANDS) - centre) / 4.0) ** 2))
    fades = np.exp(-decay * np.arange(embedding.FRAMES) / 100)
    wobble = np.exp(noise * RNG.standard_normal((len(banks.NOTES), 1, embedding.BANDS)))
    return fades[None, :, None] * bands * wobble + 1e-6


def test_a_judge_learns_families_and_knows_nothing_of_shuffled_ones():
    kinds = {NAMES[0]: (5, 0.1), NAMES[3]: (20, 0.1), NAMES[6]: (20, 8.0), NAMES[9]: (33, 2.0)}
    families = np.repeat(list(kinds), 24)
    powers = np.array([tone(kinds[f][0] + RNG.normal(), kinds[f][1], 0.5) for f in families])
    half = np.arange(len(families)) % 2 == 0
    judged = Judge(powers[half], families[half])(powers[~half])
    shares, mean = by_family(judged, families[~half])
    assert set(shares) == set(kinds) and mean > 0.95
    shuffled = Judge(powers[half], RNG.permutation(families[half]))(powers[~half])
    assert by_family(shuffled, families[~half])[1] < 0.6


def test_repeats_are_found():
    powers = np.array([tone(c, 1.0) for c in (8, 20, 32)])
    assert np.diag(banks.distances(powers, powers * 3.0)).max() < 1e-3
    assert banks.distances(powers, powers)[0, 1] > 10


def note(slope=6.0, attack=0.005, release=60.0, noise_db=-80.0, key=64):
    """Eight harmonics that fall by `slope` dB each, rise in `attack` s and are gone `release` dB a second after 3 s."""
    levels = np.full((nm.ROWS, nm.TIMES), nm.FLOOR_DB)
    shape = 20 * np.log10(np.clip(nm.TIME_GRID / attack, 1e-3, 1)) - release * np.clip(nm.TIME_GRID - nm.HELD_SECONDS, 0, None)
    for harmonic in range(1, 9):
        levels[4 * harmonic - 1] = np.maximum(shape - slope * (harmonic - 1), nm.FLOOR_DB)
    levels[nm.PARTIAL_ROWS :] = np.maximum(noise_db + shape, nm.FLOOR_DB)
    return Note(None, levels, np.zeros(nm.PARTIAL_ROWS))


def test_each_attribute_is_measured():
    plain = attributes.measures([note()] * 3)
    assert attributes.measures([note(slope=2.0)] * 3)["centroid_hz"] > 1.2 * plain["centroid_hz"]
    assert attributes.measures([note(attack=0.2)] * 3)["rise_s"] == pytest.approx(0.1, abs=0.02) and plain["rise_s"] < 0.01
    assert attributes.measures([note(release=10.0)] * 3)["ring_db"] > plain["ring_db"] + 3
    assert attributes.measures([note(noise_db=-20.0)] * 3)["noise_db"] > plain["noise_db"] + 20
    assert attributes.measures([note(slope=-2.0)] * 3)["low_db"] < plain["low_db"] - 3
    assert attributes.measures([note()] * 3) == plain


def test_smoothing_shows_in_the_sustain():
    still = note().levels
    moving = still.copy()
    moving[: nm.PARTIAL_ROWS] = np.where(still[: nm.PARTIAL_ROWS] > -70, still[: nm.PARTIAL_ROWS] + 3 * np.sin(40 * nm.TIME_GRID), nm.FLOOR_DB)
    uneven = still.copy()
    uneven[[7, 15, 23, 31]] -= 12
    assert from_sound.motion(still)[0] == pytest.approx(0, abs=1e-6)
    assert from_sound.motion(moving)[0] > 1.5
    assert from_sound.motion(np.full_like(still, nm.FLOOR_DB)) == [None, None]
    assert from_sound.motion(uneven)[1] > from_sound.motion(still)[1] + 3


def test_distances_are_by_semitones():
    assert [from_sound.distance_class(key) for key in (60, 70, 71, 46, 45, 94)] == ["≤ 6", "≤ 6", "7–18", "7–18", "> 18", "> 18"]


def heard(count, seeds, spread, families=("pad", "keys")):
    """Draws of one prompt of each family, whose sustains differ by a spread of bands in dB."""
    prompts = [f"soft {family}" for family in families for _ in range(count * seeds)]
    kinds = [family for family in families for _ in range(count * seeds)]
    sustain = [10 ** (RNG.standard_normal((10, 80)) * spread / 10) for _ in prompts]
    return Heard(prompts, kinds, np.zeros((len(prompts), 0)), sustain, np.zeros((len(prompts), 1200), np.float32))


def test_diversity_is_a_share_of_real_diversity(capsys):
    shares = likeness.diversity(heard(6, 1, 8.0), heard(1, 8, 4.0))
    assert set(shares) == {"pad", "keys"}
    assert all(0.4 < share < 0.6 for share in shares.values())
    assert "Diversity" in capsys.readouterr().out


def test_copies_are_noticed(capsys):
    trained = np.abs(RNG.standard_normal((40, 1200))).astype(np.float32) * 20
    ours, real = heard(2, 1, 1.0), heard(2, 1, 1.0)
    ours.prints = trained[:4] + 0.1
    real.prints = np.abs(RNG.standard_normal((4, 1200))).astype(np.float32) * 20
    near = likeness.copies(trained, real, ours)
    assert near["ours"].max() < 1 < 5 < near["real"].min()
    assert "| ours |" in capsys.readouterr().out


def test_a_patch_plays_in_tune(tmp_path):
    rate, period, root = 22_050, 50, 441_000  # a sine of 441 Hz, one period of it the loop
    sound = (np.sin(2 * np.pi * np.arange(period * 4) / period) * 30_000).astype("<i2").tobytes()
    sample = struct.pack("<7sBIIIHIIIHB6s6s6sBHH36x", b"sine", 0, len(sound), 2 * period * 2, 2 * period * 3, rate, 20_000, 20_000_000, root, 0, 7, bytes(6), bytes(6), bytes(6), 0x01 | 0x04, 60, 1024)
    layer = bytes(6) + bytes([1]) + bytes(40)
    (tmp_path / "x.pat").write_bytes(b"GF1PATCH110\0" + bytes(129 + 63 - 12) + layer + sample + sound)
    played = freepats.play(freepats.read(tmp_path / "x.pat"), 81, 1.0)
    spectrum = np.abs(np.fft.rfft(played * np.hanning(len(played))))
    assert spectrum.argmax() == pytest.approx(880, abs=1.5)
    assert 0.8 < np.abs(played[-1000:]).max() < 1.0
    with pytest.raises(ValueError, match="no patch"):
        (tmp_path / "y.pat").write_bytes(b"RIFF")
        freepats.read(tmp_path / "y.pat")
