"""How near a tempo is and how near beats are, of songs at known tempi, whole and not, that stay or drift."""

import os
import random

import numpy as np

from ..tables import show
from . import grooves, making, told

# Felt beats a minute.
TEMPI = (60.0, 64.3, 72.5, 80.0, 87.7, 92.0, 100.25, 110.0, 118.5, 120.0, 127.9, 133.0, 140.0, 150.4, 160.0, 170.0, 174.0, 180.0)
_DRIFTS = (0.0, 0.0, 0.03)
# A beat further off than this isn't that beat, s.
_NEAR = 0.07


def measure(split, count):
    """Prints the table, a row for each drift."""
    folder = making.folder(f"{split}-timing")
    folder.mkdir(parents=True, exist_ok=True)
    rows = {}
    for number in range(count):
        name = f"{number:04}"
        if not (folder / f"{name}.json").exists():
            _make(split, folder, name, number)
        truth, said = making.truth(f"{split}-timing", name), told.described(folder / f"{name}.flac", fast=True)
        rows.setdefault(truth["drift"], []).append(_figures(truth, said["description"], name))
    for drift, found in rows.items():
        right = [f for f in found if f["octave"]]
        of = lambda figure: np.array([f[figure] for f in right if f[figure] is not None])
        off = of("off")
        show(
            f"Tempo ({split}), drift {100 * drift:.0f} %, {len(found)} songs, {len(right)} of them not halved, doubled or missed",
            ("median error, bpm", "largest", "within 0.1, %", "beats' jitter, ms", "late, ms", "first bar right, %", "bars past the end"),
            [("Consort", float(np.median(off)), float(off.max()), 100 * float(np.mean(off < 0.1)), float(np.median(of("jitter"))),
              float(np.median(of("late"))), 100 * float(np.mean(of("first"))), float(np.mean(of("past"))))],
        )


def _make(split, folder, name, number):
    for attempt in range(20):
        rng = random.Random(f"timing {split} {name} {attempt}")
        groove = grooves.draw(split, rng)
        if groove[0] in ("4/4", "3/4"):
            try:
                known = TEMPI[number % len(TEMPI)], _DRIFTS[number // 2 % len(_DRIFTS)], 0.0
                return making.song(rng, groove, making.FONTS[split], folder, name, known=known)
            except (ValueError, OSError, making.subprocess.CalledProcessError):
                continue
    raise SystemExit(f"{name} can't be made.")


def _figures(truth, said, name):
    bpm = said["tempo"]["bpm"] if said["tempo"] else 0.0
    octave = abs(bpm / truth["tempo"] - 1) < 0.04
    true, beats = np.array(truth["beats"]), np.array(said["beats"])
    jitter = median = first = past = None
    if octave and len(beats):
        nearest = true[np.abs(true[None, :] - beats[:, None]).argmin(1)]
        late = beats - nearest
        late = late[np.abs(late - np.median(late)) < _NEAR]
        median = 1000 * float(np.median(late))
        jitter = 1000 * float(np.sqrt(np.mean((late - np.median(late)) ** 2)))
        bars = np.array(said["downbeats"])
        same = len(bars) and np.min(np.abs(np.array(truth["downbeats"])[:, None] - bars[None, :])) < _NEAR
        first = float(bool(same) and abs(bars[0] - truth["downbeats"][0]) < _NEAR) if same else None
        past = float(np.sum(bars > said["seconds"] - 0.1))
    if os.environ.get("SONG_BY_SONG"):
        print(f"{name} {truth['tempo']:7.2f} {bpm:7.2f} {jitter or 0:6.1f} ms {median or 0:6.1f} late", truth["groove"], said["downbeats"][:1])
    return dict(octave=octave, off=abs(bpm - truth["tempo"]), jitter=jitter, late=median, first=first, past=past)
