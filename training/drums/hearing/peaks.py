"""From what the network says of each frame to strokes, and how many of them are right. Needs no torch."""

import mir_eval
import numpy as np

from .classes import COUNT, NAMES
from .mel import FRAMES_A_SECOND

APART = 4
"""Frames within which one piece is struck once."""
TOLERANCE = 0.05


def pick(onsets, velocities, thresholds):
    """[(seconds, piece, velocity)] of probabilities and velocities [12, frames]."""
    found = []
    for piece in range(COUNT):
        row = np.pad(onsets[piece], APART)
        highest = np.max([row[shift : shift + onsets.shape[1]] for shift in range(2 * APART + 1)], 0)
        here = onsets[piece]
        for frame in np.flatnonzero((here >= thresholds[piece]) & (here == highest)):
            before, after = row[frame + APART - 1], row[frame + APART + 1]
            bend = before - 2 * here[frame] + after
            shift = 0.5 * (before - after) / bend if bend < -1e-6 else 0.0
            found.append(((frame + np.clip(shift, -0.5, 0.5)) / FRAMES_A_SECOND, piece, float(velocities[piece, frame])))
    return sorted(found)


def counts(found, played):
    """Of each piece: strokes found and right, found, played [12, 3]."""
    result = np.zeros((COUNT, 3))
    for piece in range(COUNT):
        times = [np.array(sorted(when for when, other, _ in strokes if other == piece)) for strokes in (played, found)]
        right = len(mir_eval.util.match_events(*times, TOLERANCE)) if len(times[0]) and len(times[1]) else 0
        result[piece] = right, len(times[1]), len(times[0])
    return result


def f1(counts):
    """F1 from [..., 3] counts."""
    return 2 * counts[..., 0] / np.maximum(counts[..., 1] + counts[..., 2], 1e-9)


def best_thresholds(outputs, steps=np.arange(0.1, 0.85, 0.05)):
    """The thresholds by which each piece's F1 is best over [(onsets, velocities, played)]."""
    tried = np.array([sum(counts(pick(o, v, [step] * COUNT), played) for o, v, played in outputs) for step in steps])
    return [float(round(steps[best], 2)) for best in f1(tried).argmax(0)], {n: float(f) for n, f in zip(NAMES, f1(tried).max(0))}
