"""Notes as a player plays them, for the timbre encoder: other keys, velocities and lengths than the anchors'.

``heard/ID.npy`` holds int16 sound [NOTES, SECONDS at 32 kHz], each note at full scale. Note 0 is the one by which the
instrument stands in a library (the middle key, velocity 100); the others are drawn, the same ones each time.
"""

import random

import numpy as np

SECONDS = 3.0
NOTES = 12
REFERENCE = (60, 100, 2.0)
LOWEST_KEY, HIGHEST_KEY = 33, 96
SHORTEST_HELD, LONGEST_HELD = 0.15, 2.4


def plan(identifier):
    """(key, velocity, seconds held) of each note of an instrument."""
    rng = random.Random(f"heard/{identifier}")
    drawn = [
        (
            rng.randint(LOWEST_KEY, HIGHEST_KEY),
            rng.randint(40, 127),
            SHORTEST_HELD * (LONGEST_HELD / SHORTEST_HELD) ** rng.random(),
        )
        for _ in range(NOTES - 1)
    ]
    return [REFERENCE, *drawn]


def write(folder, identifier, sounds):
    """Notes [NOTES, samples]; a silent one becomes zeros."""
    sounds = np.nan_to_num(np.array(sounds, np.float32))
    peaks = np.abs(sounds).max(1, keepdims=True)
    whole = np.where(peaks > 1e-5, sounds / np.maximum(peaks, 1e-5), 0.0)
    np.save(folder / f"{identifier}.npy", np.round(whole * 32767).astype(np.int16))


def read(folder, identifier):
    """Notes [NOTES, samples], float32 at full scale, and which of them sound."""
    sounds = np.load(folder / f"{identifier}.npy").astype(np.float32) / 32767
    return sounds, np.abs(sounds).max(1) > 0.1
