"""The bundled VST3 plugin in DawDreamer, and instruments made for it by the `consort` command."""

import json
import os
import subprocess
import time
from pathlib import Path

import dawdreamer
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
PLUGIN = Path(os.environ.get("CONSORT_VST3", TARGET / "bundled" / "Consort.vst3"))
CONSORT = Path(os.environ.get("CONSORT", TARGET / "release" / "consort"))
# The keys of a piano.
KEYS = range(21, 109)


def make_preset(prompt: str, folder: Path, seed: int = 1) -> Path:
    """A preset with the instrument that `consort` makes of a prompt."""
    out = folder / f"{prompt.replace(' ', '-')}-{seed}"
    made = subprocess.run(
        [CONSORT, "instrument", prompt, "--seed", str(seed), "--out", out, "--json"],
        check=True, capture_output=True, text=True,
    )
    assert json.loads(made.stdout)
    instrument = next(out.rglob("*.consort"))
    preset = out / "preset.vstpreset"
    subprocess.run([CONSORT, "preset", "--instrument", instrument, "--out", preset], check=True,
                   capture_output=True)
    return preset


class Player:
    """One plugin in one engine."""

    def __init__(self, preset: Path | None = None, rate: int = 48_000, block: int = 512):
        self.rate = rate
        self.engine = dawdreamer.RenderEngine(rate, block)
        self.synth = self.engine.make_plugin_processor("synth", str(PLUGIN))
        if preset is not None:
            assert self.synth.load_vst3_preset(str(preset)), f"{preset} does not load"
        self.engine.load_graph([(self.synth, [])])
        self.wait()

    def wait(self, limit: float = 120.0) -> None:
        """Until the outermost keys, which are made last, sound time after time.

        Once is not enough: an instrument that is on its way out still sounds.
        """
        began = time.monotonic()
        ends = [(KEYS[0], 100, 0.0, 0.1), (KEYS[-1], 100, 0.2, 0.1)]
        times = 0
        while times < 4:
            sound = self.play(ends, 0.4)
            half = sound.shape[1] // 2
            both = sound[:, :half].any() and sound[:, half:].any()
            times = times + 1 if both else 0
            assert time.monotonic() - began < limit, f"not all keys sound after {limit} s"
            time.sleep(0.4)
        self.silence()

    def silence(self) -> None:
        """Lets every release end."""
        self.play([], 12.0)

    def play(self, notes, seconds: float) -> np.ndarray:
        """Plays (key, velocity 1..127, start, length) in seconds; samples as (2, frames)."""
        self.synth.clear_midi()
        for key, velocity, start, length in notes:
            self.synth.add_midi_note(key, velocity, start, length)
        self.engine.render(seconds)
        sound = self.engine.get_audio()
        assert np.isfinite(sound).all(), "samples that are not finite"
        return sound[:, : int(seconds * self.rate)]

    def play_file(self, midi: Path, seconds: float) -> np.ndarray:
        """Plays a MIDI file, with its wheels and pedals."""
        self.synth.clear_midi()
        assert self.synth.load_midi(str(midi), clear_previous=True, beats=False, all_events=True)
        self.engine.render(seconds)
        sound = self.engine.get_audio()
        assert np.isfinite(sound).all(), "samples that are not finite"
        return sound[:, : int(seconds * self.rate)]
