"""Printing tables, reading the test instruments' audio, comparing sounds."""

import numpy as np
import soundfile

from ..data import log_mel, resynthesis
from ..data import note_model as nm
from ..data.paths import data_root

NOTE_SAMPLES = int(nm.NOTE_SECONDS * nm.SAMPLE_RATE)


def show(title, columns, rows):
    """A Markdown table; a row is a name and numbers (None: not measured)."""
    print(f"\n{title}\n\n| | {' | '.join(columns)} |\n|---{'|---' * len(columns)}|")
    for name, *values in rows:
        print(f"| {name} | {' | '.join('–' if v is None else v if isinstance(v, str) else f'{v:.2f}' for v in values)} |")


def audio(fact):
    """The 27 rendered notes of a test instrument [27, samples], where kept; else None."""
    path = data_root() / "audio" / f"{fact['id']}.flac"
    if not path.exists() or "scales" not in fact:
        return None
    sound, rate = soundfile.read(path, dtype="float32")
    assert rate == nm.SAMPLE_RATE
    return sound.reshape(len(nm.ANCHORS), NOTE_SAMPLES) * np.array(fact["scales"], np.float32)[:, None]


def render(levels, cents, key, reference_db, seconds=2.2):
    """Sound of decoded levels, at the instrument's own loudness."""
    levels = np.where(levels <= nm.FLOOR_DB, -160.0, np.minimum(levels, nm.CEILING_DB)) + reference_db
    return resynthesis.render(levels, cents, key, seconds)


def mel_distance(truth, other):
    """(sustain, first 60 ms) in dB."""
    return log_mel.distance(truth, other)
