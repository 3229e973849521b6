"""Consort Stems, the second plugin of the bundled VST3 file, in Pedalboard."""

import time

import numpy as np
import pytest
from pedalboard import VST3Plugin

from tests.hosts.asking import STEMS, Music, as_numbers, noise, preset
from tests.hosts.playing import PLUGIN


def stems() -> VST3Plugin:
    return VST3Plugin(str(PLUGIN), plugin_name="Consort Stems")


def test_the_file_holds_the_instrument_and_then_the_effect():
    names = VST3Plugin.get_plugin_names_for_file(str(PLUGIN))
    assert names == ["Consort", "Consort Stems"]
    began = time.monotonic()
    effect = stems()
    took = time.monotonic() - began
    assert effect.is_effect and not effect.is_instrument
    assert effect.reported_latency_samples == 0
    assert took < 10, f"{took:.1f} s to load"


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000, 96_000, 192_000])
def test_a_track_comes_out_as_it_went_in(rate):
    effect = stems()
    sound = noise(100_000) * np.float32(1.5)
    sound[0, ::11] = -0.0
    sound[1, ::7] = np.float32(1e-40)
    for block in [1, 17, 64, 441, 512, 4096, 8192]:
        part = sound[:, : 4_000 if block == 1 else None]
        came = effect.process(part, rate, buffer_size=block)
        # Subnormals become zeros; all else is the same to the bit.
        wanted = np.where(np.abs(part) < np.finfo(np.float32).tiny, part * 0, part)
        np.testing.assert_array_equal(came.view(np.uint32), wanted.view(np.uint32))


@pytest.mark.parametrize("rate,block", [(44_100, 64), (48_000, 441), (48_000, 8192)])
def test_what_is_taken_is_what_played(rate, block, tmp_path, monkeypatch):
    music = Music(tmp_path, monkeypatch)
    effect = stems()
    sound = noise(8 * rate, seed=1)

    def ask(**song):
        effect.load_preset(preset(tmp_path / "ask.vstpreset", STEMS, song))
        # It is followed a moment later, by a thread.
        time.sleep(1.0)

    effect.process(sound[:, :block], rate, buffer_size=block)
    ask(listen=True, bars=2)
    effect.process(sound, rate, buffer_size=block, reset=False)
    ask(take="last")
    ask(save=True)
    name, numbers = music.taken()
    ask(listen=False)
    # This host's song stands still: two bars are four seconds then.
    assert name == "4.0 seconds, 120 bpm"
    np.testing.assert_array_equal(numbers, as_numbers(sound[:, -4 * rate :]))
