"""The ceiling of the data: analysis → render without any network, against the held-out audio."""

import random
from collections import defaultdict
from pathlib import Path

import numpy as np
import soundfile

from . import note_model as nm
from .dataset import load
from .log_mel import distance
from .resynthesis import render

SECONDS = 2.2
SEED = 3


def read_audio(root, instrument_id, scales):
    """The 27 notes of a test instrument: float32 [27, 128000]."""
    sound, _ = soundfile.read(Path(root) / "audio" / f"{instrument_id}.flac", dtype="float32")
    return sound.reshape(len(nm.ANCHORS), -1) * np.asarray(scales, np.float32)[:, None]


def measure(root, most=None, velocity=80):
    """Errors of test instruments: list of (instrument, [(key, sustain dB, attack dB)])."""
    split = load(root, "test")
    with_audio = [index for index, instrument in enumerate(split.instruments) if "scales" in instrument]
    results = []
    for index in random.Random(SEED).sample(with_audio, min(most or len(with_audio), len(with_audio))):
        instrument = split.instruments[index]
        sounds = read_audio(root, instrument["id"], instrument["scales"])
        rows = []
        for anchor, (key, anchor_velocity) in enumerate(nm.ANCHORS):
            if anchor_velocity == velocity and split.valid[index, anchor]:
                levels = split.levels[index, anchor].astype(np.float32) + instrument["reference_db"]
                cents = split.cents[index, anchor].astype(np.float32)
                rows.append((key, *distance(sounds[anchor], render(levels, cents, key, SECONDS))))
        results.append((instrument, rows))
    return results


def table(results):
    """Lines of text: mean |Δ log-mel| in dB by key, source, family and in all."""
    lines = [f"{'':24}{'notes':>6}{'sustain':>9}{'60 ms':>9}"]
    for title, group_of in (
        ("key", lambda instrument, key: f"{key:3d}"),
        ("source", lambda instrument, key: instrument["source"]),
        ("family", lambda instrument, key: instrument["family"]),
        ("keys 34–94", lambda instrument, key: "all" if 34 <= key <= 94 else None),
        ("everything", lambda instrument, key: "all"),
    ):
        groups = defaultdict(list)
        for instrument, rows in results:
            for key, sustain, attack in rows:
                if group_of(instrument, key):
                    groups[group_of(instrument, key)].append((sustain, attack))
        for name, values in sorted(groups.items()):
            sustain, attack = np.mean(values, 0)
            lines.append(f"{title + ' ' + name:24}{len(values):6d}{sustain:9.2f}{attack:9.2f}")
    return lines
