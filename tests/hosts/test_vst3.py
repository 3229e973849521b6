"""The bundled VST3 plugin in DawDreamer, with an instrument made from a prompt."""

import mido
import numpy as np
import pytest

from tests.hosts.pitch import GROSS_CENTS, pitch_cents
from tests.hosts.playing import KEYS, Player, make_preset

# A little music with overlaps, both ends of the keyboard and every velocity.
MUSIC = [
    (key, 1 + index * 11 % 127, 0.05 + 0.09 * index, 0.3)
    for index, key in enumerate([21, 36, 48, 55, 60, 64, 67, 60, 72, 84, 96, 108])
]


@pytest.fixture(scope="session")
def preset(tmp_path_factory):
    return make_preset("warm cello", tmp_path_factory.mktemp("made"))


def test_every_key_sounds_in_tune(preset):
    player = Player(preset)
    errors = {}
    for key in KEYS:
        sound = player.play([(key, 90, 0.2, 0.9)], 1.8).mean(axis=0)
        assert not sound[: int(0.19 * player.rate)].any() or key != KEYS[0], "silence before"
        steady = sound[int(0.3 * player.rate) : int(1.1 * player.rate)]
        assert np.abs(steady).max() > 1e-5, f"key {key} is silent"
        errors[key] = pitch_cents(steady, key, player.rate)
    heard = np.abs([e for e in errors.values() if e is not None and abs(e) <= GROSS_CENTS])
    print(f"\nwarm cello: {len(heard)} of 88 keys with a clear pitch, median "
          f"{np.median(heard):.2f} cents, 95% within {np.percentile(heard, 95):.2f}")
    assert len(heard) >= 70, errors
    assert np.median(heard) <= 3.0, errors


def test_silence_before_and_after(preset):
    player = Player(preset)
    sound = player.play([(60, 100, 1.0, 0.5)], 14.0)
    assert not sound[:, : player.rate - 1].any()
    assert not sound[:, 13 * player.rate :].any()


@pytest.fixture(scope="module")
def reference(preset):
    return Player(preset, block=512).play(MUSIC, 2.0)


@pytest.mark.parametrize("block", [1, 17, 64, 8192])
def test_block_sizes_sound_the_same(preset, reference, block):
    sound = Player(preset, block=block).play(MUSIC, 2.0)
    np.testing.assert_array_equal(sound, reference)


@pytest.mark.parametrize("rate", [44_100, 96_000])
def test_sample_rates_keep_pitch_and_level(preset, reference, rate):
    player = Player(preset, rate=rate)
    sound = player.play(MUSIC, 2.0)
    level = 20 * np.log10(np.sqrt(np.mean(sound**2)) / np.sqrt(np.mean(reference**2)))
    assert abs(level) < 0.5, f"{level:.2f} dB"
    player.silence()
    note = player.play([(57, 90, 0.0, 1.0)], 1.2).mean(axis=0)
    assert abs(pitch_cents(note[rate // 10 : rate], 57, rate)) < 5.0


def test_a_state_comes_back(preset, reference, tmp_path):
    player = Player(preset)
    player.synth.save_state(str(tmp_path / "state"))
    other = Player()
    assert not np.array_equal(other.play(MUSIC, 2.0), reference), "the factory instrument"
    other.synth.load_state(str(tmp_path / "state"))
    other.wait()
    np.testing.assert_array_equal(other.play(MUSIC, 2.0), reference)


def test_a_sidechain_may_be_connected(preset, reference):
    player = Player(preset)
    noise = np.random.default_rng(0).uniform(-1, 1, (2, 2 * player.rate)).astype(np.float32)
    playback = player.engine.make_playback_processor("sidechain", noise)
    player.engine.load_graph([(playback, []), (player.synth, ["sidechain"])])
    sound = player.play(MUSIC, 2.0)
    np.testing.assert_array_equal(sound, reference)


def test_wheels_and_pedals_arrive(preset, tmp_path):
    player = Player(preset)

    def played(*messages):
        midi = mido.MidiFile(ticks_per_beat=480)
        track = mido.MidiTrack()
        midi.tracks.append(track)
        # 480 ticks are half a second at the default tempo.
        track.append(mido.Message("note_on", note=57, velocity=90, time=0))
        for index, message in enumerate(messages):
            track.append(message.copy(time=480 if index == 0 else 0))
        track.append(mido.Message("note_off", note=57, time=960))
        path = tmp_path / "song.mid"
        midi.save(path)
        player.silence()
        return player.play_file(path, 3.0)

    plain = played(mido.Message("control_change", control=20, value=0))
    rate = player.rate
    steady = slice(int(0.7 * rate), int(1.4 * rate))

    bent = played(mido.Message("pitchwheel", pitch=8191)).mean(axis=0)
    assert abs(pitch_cents(bent[steady], 59, rate)) < 10.0, "two semitones up"
    played(mido.Message("pitchwheel", pitch=0))

    held = played(mido.Message("control_change", control=64, value=127))
    late = slice(int(2.5 * rate), 3 * rate)
    assert np.abs(held[:, late]).max() > 4 * np.abs(plain[:, late]).max(), "the pedal holds"
    played(mido.Message("control_change", control=64, value=0))

    for message in [
        mido.Message("control_change", control=1, value=127),
        mido.Message("aftertouch", value=127),
    ]:
        moved = played(message)
        # This host hands wheels over at the start of the block they fall into.
        before = rate // 2 // 512 * 512
        assert np.array_equal(moved[:, :before], plain[:, :before])
        assert not np.array_equal(moved, plain), f"{message} is mute"
        played(message.copy(value=0))
