"""Plays one note on any synth so that its sound starts at sample 0 and is released at 3 s.

A synth here is anything with ``run(samples, events) -> mono float32`` (see ``dssi.DssiSynth`` and
``soundfonts.SoundFont``), with events (sample, kind, a, b).
"""

import numpy as np
from scipy import signal

from .dssi import ALL_SOUND_OFF, CONTROLLER, NOTE_OFF, NOTE_ON
from .note_model import HELD_SECONDS, NOTE_SECONDS, SAMPLE_RATE

PROBE = 2048
LONGEST_LATENCY = int(0.040 * SAMPLE_RATE)
ONSET_BELOW_PEAK = 10 ** (-50 / 20)
QUIET = 1e-5
_DRAIN_STEP = 2048
_NO_SUBSONIC = signal.butter(4, 20, "highpass", fs=SAMPLE_RATE, output="sos")


def onset(start):
    """Samples before the first sound in the first 64 ms of a note (at most 40 ms): the time a
    synth takes to answer. A slow attack is kept, for it rises from the first sample on."""
    loud = np.abs(start)
    peak = loud.max()
    if peak < QUIET:
        return 0
    return min(int(np.argmax(loud > peak * ONSET_BELOW_PEAK)), LONGEST_LATENCY)


def silence(synth, longest=2.5):
    """Lets the synth ring out: all sound off, then silent blocks until it is quiet."""
    synth.run(_DRAIN_STEP, [(0, CONTROLLER, ALL_SOUND_OFF, 0)])
    for _ in range(int(longest * SAMPLE_RATE / _DRAIN_STEP)):
        if np.abs(synth.run(_DRAIN_STEP)).max() < 1e-4:
            return


def play(synth, key, velocity, held=HELD_SECONDS, seconds=NOTE_SECONDS):
    """One note: mono float32, ``seconds`` (4) at 32 kHz, onset trimmed, released after ``held`` (3 s), nothing below
    20 Hz (some synths add a direct current to their notes)."""
    held, total = int(held * SAMPLE_RATE), int(seconds * SAMPLE_RATE)
    start = synth.run(PROBE, [(0, NOTE_ON, key, velocity)])
    latency = onset(start)
    release = max(held + latency - len(start), 0)
    rest = synth.run(total + latency - len(start), [(release, NOTE_OFF, key, 0)])
    silence(synth)
    sound = np.concatenate([start, rest])[latency : latency + total]
    return signal.sosfilt(_NO_SUBSONIC, sound).astype(np.float32)
