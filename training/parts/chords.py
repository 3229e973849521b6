"""Chords at each step of a window, true or as a listener may mishear them."""

import numpy as np

from . import degrees, grid

_SIMPLER = {"7": "maj", "maj7": "maj", "min7": "min", "hdim7": "dim", "dim7": "dim", "sus4": "maj", "sus2": "maj", "aug": "maj"}


def by_step(chords, start, steps):
    """Root and quality (index) at each step, of [(24th, root, quality name), …]."""
    at = np.array([c[0] for c in chords])
    which = np.maximum(np.searchsorted(at, start + np.arange(steps) * grid.STEP, "right") - 1, 0)
    return np.array([c[1] for c in chords], np.uint8)[which], np.array([degrees.QUALITIES.index(c[2]) for c in chords], np.uint8)[which]


def tonic_chord(tonic, mode, steps):
    """What stands for chords that nobody knows: the tonic's, throughout."""
    return np.full(steps, tonic, np.uint8), np.full(steps, 1 if mode == "minor" else 0, np.uint8)


def misheard(rng, root, quality, tonic, mode, metre):
    """(what happened, root, quality): sevenths not heard, some chords wrong by a third or fifth, or only the key known."""
    if rng.random() < 0.25:
        return ("key only", *tonic_chord(tonic, mode, len(root)))
    root, quality = root.copy(), quality.copy()
    change = np.flatnonzero(np.r_[True, (np.diff(root) != 0) | (np.diff(quality) != 0), True])
    for first, end in zip(change[:-1], change[1:]):
        name = degrees.QUALITIES[quality[first]]
        if rng.random() < 0.4:
            name = _SIMPLER.get(name, name)
        if rng.random() < 0.15:
            step, name = rng.choice(((9, "min"), (4, "min"), (3, "maj"), (8, "maj"), (7, "maj"), (5, "maj")))
            root[first:end] = (root[first] + step) % 12
        quality[first:end] = degrees.QUALITIES.index(name)
    return "misheard", root, quality
