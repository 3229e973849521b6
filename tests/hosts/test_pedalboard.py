"""The bundled VST3 plugin in Pedalboard, which asks for the text of every parameter at every value that it may take
while it loads a plugin: MIDI controllers, which VST3 has as hidden parameters only, must be few."""

import time

import numpy as np
from mido import Message
from pedalboard import load_plugin

from tests.hosts.playing import PLUGIN

# Seconds, on a machine with other work too; with 2,080 controllers it was a minute and more.
LONGEST_LOADING = 5


def test_it_loads_quickly_plays_and_keeps_its_state():
    began = time.perf_counter()
    synth = load_plugin(str(PLUGIN), plugin_name="Consort")
    took = time.perf_counter() - began
    print(f"loaded in {took:.2f} s")
    assert took < LONGEST_LOADING
    notes = [Message("note_on", note=60, velocity=100, time=0.5), Message("note_off", note=60, time=1)]
    for _ in range(100):
        sound = synth(notes, duration=2.0, sample_rate=48000)
        if sound.any():
            break
        time.sleep(0.1)
    assert np.isfinite(sound).all()
    assert not sound[:, :23000].any(), "silence before"
    assert np.abs(sound[:, 24000:48000]).max() > 1e-3, "it sounds"
    state = synth.raw_state
    synth.raw_state = state
    assert synth.raw_state == state, "its state comes back"
