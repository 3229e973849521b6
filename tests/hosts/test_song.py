"""Bars of the song on the instrument's sidechain, in DawDreamer: those taken are those played."""

import time

import dawdreamer
import numpy as np
import pytest

from tests.hosts.asking import CONSORT, Music, as_numbers, noise, preset
from tests.hosts.playing import PLUGIN

RATE = 48_000
BPM = 130.0
SECONDS = 8


@pytest.mark.parametrize("block", [64, 441, 512, 8192])
def test_the_bars_taken_of_the_sidechain_are_the_bars_played(block, tmp_path, monkeypatch):
    music = Music(tmp_path, monkeypatch)
    engine = dawdreamer.RenderEngine(RATE, block)
    engine.set_bpm(BPM)
    synth = engine.make_plugin_processor("synth", str(PLUGIN))
    # A little more than is played: loading a preset, this host plays on for a block while the song
    # stands still, and what sounds then is not what is asked for.
    sound = noise(SECONDS * RATE + 8192)
    playback = engine.make_playback_processor("song", sound)
    engine.load_graph([(playback, []), (synth, ["song"])])

    def ask(**song):
        assert synth.load_vst3_preset(preset(tmp_path / "ask.vstpreset", CONSORT, song))
        # It is followed a moment later, by a thread.
        time.sleep(1.0)

    # This host switches plugins on when it renders, and each render begins at the song's start.
    engine.render(0.1)
    ask(listen=True, bars=2)
    engine.render(SECONDS)
    ask(take="last")
    ask(save=True)
    name, numbers = music.taken()
    ask(listen=False)
    bar = 4 * 60 / BPM * RATE
    # The last block may end another bar.
    last = int((SECONDS * RATE + block - 1) // block * block / bar)
    start, end = round((last - 2) * bar), round(last * bar)
    assert name == f"Bars {last - 1}–{last}, 4-4, 130 bpm"
    np.testing.assert_array_equal(numbers, as_numbers(sound[:, start:end]))
