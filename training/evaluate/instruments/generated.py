"""Instruments as the plugin makes and plays them: `consort notes` behind a pipe."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...data import note_model as nm

ROOT = Path(__file__).parents[3]
TABLE = nm.ROWS * nm.TIMES


@dataclass
class Note:
    """Sound (mono, 32 kHz), levels [176, 136] dB and offsets [136] of one note; None where not asked for."""

    sound: np.ndarray
    levels: np.ndarray
    cents: np.ndarray


class Consort:
    """The command, kept running; `CONSORT` names it, else the release build is taken."""

    def __init__(self, models):
        program = Path(os.environ.get("CONSORT", ROOT / "target/release/consort"))
        if not program.exists():
            raise SystemExit(f"{program} is missing: build it with cargo build --release --bin consort.")
        environment = os.environ | {"CONSORT_MODELS": str(Path(models).absolute())}
        self.process = subprocess.Popen([program, "notes"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
        self.sound_key = None

    def __call__(self, notes, seconds=0.0, levels=False, **instrument):
        """The notes [(key, velocity)] of an instrument, given as `consort notes` takes it; `sound_key` is its sound's."""
        wanted = dict(instrument, notes=[list(note) for note in notes], seconds=seconds, levels=levels)
        self.process.stdin.write((json.dumps(wanted) + "\n").encode())
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline() or '{"error": "consort notes ended."}')
        if "error" in answer:
            raise SystemExit(f"{instrument}: {answer['error']}")
        self.sound_key = answer["sound_key"]
        floats = np.frombuffer(self.process.stdout.read(4 * answer["floats"]), "<f4").reshape(max(len(notes), 1), -1)
        samples = floats.shape[1] - levels * (TABLE + nm.PARTIAL_ROWS)
        return [
            Note(
                row[:samples] if samples else None,
                row[samples : samples + TABLE].reshape(nm.ROWS, nm.TIMES) if levels else None,
                row[samples + TABLE :] if levels else None,
            )
            for row in floats
        ]
