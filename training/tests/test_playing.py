"""Notes are trimmed to their onset and released at three seconds, whatever the synth's latency."""

import numpy as np

from training.data import note_model as nm
from training.data.dssi import NOTE_OFF, NOTE_ON
from training.data.playing import play
from training.data.soundfonts import velocity_tilt


class LateSynth:
    """Answers with a sine after a latency, with a direct current on top."""

    def __init__(self, latency):
        self.latency, self.now, self.on, self.off = latency, 0, None, None

    def run(self, samples, events=()):
        for sample, kind, *_ in events:
            if kind == NOTE_ON:
                self.on, self.off = self.now + sample + self.latency, None
            elif kind == NOTE_OFF:
                self.off = self.now + sample + self.latency
        time = self.now + np.arange(samples)
        self.now += samples
        if self.on is None:
            return np.zeros(samples, np.float32)
        sounding = (time >= self.on) & (time < (self.off or np.inf))
        return (sounding * (0.5 * np.sin(0.1 * (time - self.on)) + 0.2)).astype(np.float32)


def test_latency_is_removed_and_release_is_at_three_seconds():
    for latency in (0, 300, 1000):
        sound = play(LateSynth(latency), 64, 80)
        assert len(sound) == nm.NOTE_SECONDS * nm.SAMPLE_RATE
        loud = np.flatnonzero(np.abs(sound) > 0.2)
        assert loud[0] < 40
        assert abs(loud[-1] - nm.HELD_SECONDS * nm.SAMPLE_RATE) < 80 + latency
        assert abs(sound[16_000:90_000].mean()) < 0.01


def test_quiet_layers_get_darker_and_loud_ones_brighter():
    time = np.arange(32_000) / nm.SAMPLE_RATE
    sound = (np.sin(2 * np.pi * 220 * time) + np.sin(2 * np.pi * 3520 * time)).astype(np.float32)

    def high_over_low(signal):
        spectrum = np.abs(np.fft.rfft(signal[8000:24_000]))
        return 20 * np.log10(spectrum[3520 // 2] / spectrum[220 // 2])

    assert high_over_low(velocity_tilt(sound, 57, 40)) < -8
    assert high_over_low(velocity_tilt(sound, 57, 120)) > 2
    assert abs(high_over_low(velocity_tilt(sound, 57, 80))) < 0.1
