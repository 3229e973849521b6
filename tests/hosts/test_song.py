"""Bars of the song on the sidechain, in DawDreamer: those that are taken are those that were played.

DawDreamer opens no window, so a preset asks for what a click would (`state::read_song`), and what was
taken is read from the file that it is saved in.
"""

import json
import struct
import time
import wave

import dawdreamer
import numpy as np
import pytest

from tests.hosts.playing import PLUGIN

RATE = 48_000
BPM = 130.0


def preset(path, song: dict):
    """A preset with nothing in it but how the song is listened to."""
    state = json.dumps({"version": "0.1.0", "params": {}, "fields": {"song": json.dumps(song)}})
    state = state.encode()
    class_id = b"ConsortInstrumnt".hex().upper().encode()
    head = b"VST3" + struct.pack("<I", 1) + class_id + struct.pack("<Q", 48 + len(state))
    chunks = b"List" + struct.pack("<I", 1) + b"Comp" + struct.pack("<QQ", 48, len(state))
    path.write_bytes(head + state + chunks)
    return str(path)


def frames_of(path) -> np.ndarray:
    """The 24-bit numbers of a stereo file, as (frames, 2)."""
    with wave.open(str(path)) as file:
        assert (file.getsampwidth(), file.getnchannels(), file.getframerate()) == (3, 2, RATE)
        data = np.frombuffer(file.readframes(file.getnframes()), np.uint8).reshape(-1, 3)
    return (data.astype(np.int64) @ [1, 1 << 8, 1 << 16]).reshape(-1, 2)


@pytest.mark.parametrize("block", [64, 441, 512, 8192])
def test_the_bars_taken_are_the_bars_played(block, tmp_path, monkeypatch):
    (tmp_path / "user-dirs.dirs").write_text(f'XDG_MUSIC_DIR="{tmp_path}"\n')
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    engine = dawdreamer.RenderEngine(RATE, block)
    engine.set_bpm(BPM)
    synth = engine.make_plugin_processor("synth", str(PLUGIN))
    # Every frame has a number of its own, which 24 bits hold exactly.
    frames = 8 * RATE
    numbers = (np.arange(frames + 8192) + 1) / 2.0**23
    sound = np.stack([numbers, numbers]).astype(np.float32)
    playback = engine.make_playback_processor("song", sound)
    engine.load_graph([(playback, []), (synth, ["song"])])

    def ask(**song):
        assert synth.load_vst3_preset(preset(tmp_path / "ask.vstpreset", song))
        time.sleep(0.5)

    ask(listen=True, bars=2)
    # This host switches plugins on when it renders, and each render begins at the song's start.
    engine.render(0.1)
    time.sleep(1.0)
    engine.render(frames / RATE)
    time.sleep(0.5)
    ask(take="last")
    ask(save=True)
    began = time.monotonic()
    folder = tmp_path / "Consort" / "Captured songs"
    while not (files := list(folder.glob("*.wav"))):
        assert time.monotonic() - began < 30, "nothing was taken"
        time.sleep(0.05)
    taken = frames_of(files[0])
    bar = 4 * 60 / BPM * RATE
    last = int(frames / bar)
    start, end = round((last - 2) * bar), round(last * bar)
    assert files[0].stem == f"Bars {last - 1}–{last}, 4-4, 130 bpm"
    assert len(taken) == end - start
    np.testing.assert_array_equal(taken, np.arange(start, end)[:, None] + [1, 1])
    ask(listen=False)
