"""What the bundled VST3 costs Pedalboard: `python -m tests.hosts.loading`; `CONSORT_VST3` names another bundle to
compare with."""

import statistics
import time

import numpy as np
from pedalboard import VST3Plugin, load_plugin

from tests.hosts.playing import PLUGIN

BLOCK = 64
RATE = 48_000
# Parameters that are set before a block.
POINTS = 11


def timed(work):
    """Seconds, and what it returns."""
    began = time.perf_counter()
    made = work()
    return time.perf_counter() - began, made


def measure():
    """Seconds by name."""
    scan, names = timed(lambda: VST3Plugin.get_plugin_names_for_file(str(PLUGIN)))
    assert list(names) == ["Consort", "Consort Stems"], names
    load, synth = timed(lambda: load_plugin(str(PLUGIN), plugin_name="Consort"))
    again, _ = timed(lambda: load_plugin(str(PLUGIN), plugin_name="Consort Stems"))
    knobs = [synth.parameters[name] for name in list(synth.parameters)[:POINTS]]

    def block():
        synth([], duration=BLOCK / RATE, sample_rate=RATE, buffer_size=BLOCK, reset=False)

    def turned(at):
        for knob in knobs:
            knob.raw_value = 0.4 + 0.1 * (at % 2)

    for _ in range(50):
        block()
    silent = statistics.median(timed(block)[0] for _ in range(500))
    moving = []
    for at in range(500):
        turned(at)
        moving.append(timed(block)[0])
    assert np.isfinite(silent)
    return {
        "both classes listed": scan,
        "the instrument loaded": load,
        "the effect loaded": again,
        f"a silent block of {BLOCK} frames": silent,
        f"one with {POINTS} parameters moved": statistics.median(moving),
    }


if __name__ == "__main__":
    for name, seconds in measure().items():
        print(f"{name:<32} {seconds * 1000:9.3f} ms")
