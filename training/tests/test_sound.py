"""The sound encoder's log-mel, what it is trained on, and the committed encoder. Needs no torch."""

import json
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from training.data import effects, heard, sound_mel
from training.drums import grooves
from training.golden import mel as golden_mel
from training.nets.layout import SOUND_FAMILIES
from training.sound.batches import mixed

MODEL = Path(__file__).parents[2] / "plugin-assets" / "models" / "sound_encoder.onnx"
TIME = np.arange(2 * sound_mel.RATE) / sound_mel.RATE


def tone(hertz, partials=8, decay=1.0):
    """A decaying tone with harmonics."""
    parts = [np.sin(2 * np.pi * hertz * n * TIME) / n for n in range(1, partials + 1) if hertz * n < 15_000]
    return 0.3 * np.sum(parts, 0) * np.exp(-decay * TIME)


@pytest.fixture(scope="module")
def encode():
    run = onnxruntime.InferenceSession(str(MODEL), providers=["CPUExecutionProvider"])
    return lambda sound: [output[0] for output in run.run(None, dict(mel=sound_mel.sound_mel(sound)[None]))]


def test_a_sine_is_loudest_in_its_band():
    mel = sound_mel.sound_mel(np.sin(2 * np.pi * 1000 * TIME[:20_001]))
    assert mel.shape == (96, 32) and mel.max() == 1.0 and mel.min() == 0.0
    centre = 2595 * np.log10(1 + np.array([40, 1000, 15_500]) / 700)
    assert abs(mel[:, 15].argmax() + 1 - 97 * (centre[1] - centre[0]) / (centre[2] - centre[0])) <= 1


def test_a_frame_is_centred_on_its_sample():
    sound = np.zeros(12_800)
    sound[640 * 7] = 1.0
    mel = sound_mel.powers(sound).sum(0)
    assert mel.argmax() == 7 and mel[5] == 0 == mel[9]


def test_batches_are_heard_as_single_sounds():
    sounds = np.array([tone(100), tone(300)])
    assert np.allclose(sound_mel.sound_mel(sounds)[1], sound_mel.sound_mel(sounds[1]), atol=1e-5)


def test_golden_cells():
    written = json.loads(golden_mel.FILE.read_text())
    for spec in written["sounds"]:
        again = golden_mel.described(spec)
        assert again["frames"] == spec["frames"] and again["drum_frames"] == spec["drum_frames"]
        for name in ("cells", "drum_cells"):
            for (*at, value), (*at_again, now) in zip(spec[name], again[name]):
                assert at == at_again and abs(now - value) < written["tolerance"]


def test_heard_notes_are_always_the_same():
    plan = heard.plan("some-id")
    assert plan == heard.plan("some-id") != heard.plan("other-id")
    assert plan[0] == heard.REFERENCE and len(plan) == heard.NOTES
    assert all(heard.LOWEST_KEY <= key <= heard.HIGHEST_KEY and 0 < held < heard.SECONDS for key, _, held in plan)


def test_effects_leave_sounds_as_long_as_they_were():
    rng = np.random.default_rng(1)
    for effect, _ in effects.CHAIN:
        changed = effect(tone(200).astype(np.float32), rng)
        assert len(changed) == len(TIME) and np.isfinite(changed).all() and np.abs(changed).max() > 0.01


def test_powers_add_up_in_the_mean():
    one, other = np.full((96, 400), 2.0, np.float32), np.full((96, 400), 1.0, np.float32)
    assert abs(mixed(one, other, np.random.default_rng(2)).mean() - 3.0) < 0.05


def test_a_missing_piece_is_played_by_its_like():
    click = np.ones(100, np.float32)
    hits = [(0.0, grooves.KICK, 127), (1.0, grooves.KICK, 40), (2.0, grooves.SNARE, 127)]
    sound = grooves.play({35: [(0.4, 0.5 * click), (1.0, click)]}, hits)
    assert sound[0] == 1.0 and 0 < sound[32_000] < 0.5 and sound[64_000] == 0


def test_vectors_are_of_unit_length_whatever_the_length(encode):
    for seconds in (0.02, 0.3, 2.0):
        timbre, meaning, families = encode(tone(220)[: int(seconds * sound_mel.RATE)])
        assert timbre.shape == meaning.shape == (256,) and families.shape == (len(SOUND_FAMILIES),)
        assert abs(np.linalg.norm(timbre) - 1) < 1e-3 and abs(np.linalg.norm(meaning) - 1) < 1e-3


def test_level_does_not_matter(encode):
    for loud, quiet in zip(encode(tone(220)), encode(0.01 * tone(220))):
        assert np.abs(loud - quiet).max() < 0.02 * max(np.abs(loud).max(), 1)


def test_a_mix_is_like_its_members(encode):
    low, high = tone(55, 30, 0.5), tone(880, 3, 6.0)
    one, other, both = (encode(sound)[0] for sound in (low, high, low + high))
    assert min(both @ one, both @ other) > one @ other
