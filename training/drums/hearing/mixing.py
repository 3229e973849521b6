"""Sounds to learn from: a part on a kit, with or without a band, and what is struck in it when.

A kit changes a little from draw to draw: its pieces' pitch and level, how it answers to velocity, its room.
"""

import random

import numpy as np
from scipy.signal import fftconvolve

from ...data import sound_mel
from ...data.note_model import SAMPLE_RATE
from . import patterns, songs, strokes
from .classes import CLASS_OF, COUNT, PIECES
from .mel import BANDS, FRAMES_A_SECOND, powers

BEFORE = 0.5
"""Seconds of a part before what is heard of it begins, so that sounds ring into it."""
_CHOKED = {46: (42, 44)}


class Player:
    """A kit as it is for one draw."""

    def __init__(self, kit, rng, vary=True):
        self.kit, self.rng, self.vary, self.made, self.own = kit, rng, vary, {}, {}
        self.answer = rng.uniform(1.2, 2.3) if vary else 2.0
        self.tuning = rng.gauss(0, 1.5) if vary else 0.0

    def key(self, key):
        """The key that the kit plays for another: of the same piece; None if it has none."""
        if key in self.kit:
            return key
        piece = CLASS_OF.get(key)
        return None if piece is None else next((k for k in PIECES[tuple(PIECES)[piece]] if k in self.kit), None)

    def stroke(self, key, velocity):
        layers = self.kit[key]
        hardest = layers[-1][0]
        index = next(i for i, layer in enumerate(layers) if layer[0] >= min(velocity, hardest) - 1e-6)
        if (key, index) not in self.made:
            pitch, gain = self.own.setdefault(key, (self.rng.gauss(self.tuning, 0.7), self.rng.gauss(0, 3.0)))
            sound = layers[index][1]
            if self.vary:
                ratio = 2 ** (pitch / 12)
                at = np.arange(int(len(sound) / ratio)) * ratio
                sound = np.interp(at, np.arange(len(sound)), sound).astype(np.float32) * np.float32(10 ** (gain / 20))
            self.made[key, index] = sound
        return self.made[key, index] * np.float32((velocity / max(layers[index][0], velocity)) ** self.answer)

    def play(self, hits, seconds):
        """The part as sound, and what was played of it: (seconds, piece, velocity 0…1)."""
        out, played = np.zeros(int(seconds * SAMPLE_RATE), np.float32), []
        hits = [(when, self.key(key), velocity / 127) for when, key, velocity in sorted(hits) if 0 <= when < seconds]
        for index, (when, key, velocity) in enumerate(hits):
            if key is None or key not in CLASS_OF:
                continue
            sound, start = self.stroke(key, velocity), round(when * SAMPLE_RATE)
            end = next((w for w, k, _ in hits[index + 1 :] if k in _CHOKED.get(key, ())), None)
            if end is not None and (length := round(end * SAMPLE_RATE) - start + 640) < len(sound):
                sound = sound[: max(length, 640)].copy()
                sound[-640:] *= np.linspace(1, 0, 640, dtype=np.float32)
            sound = sound[: len(out) - start]
            out[start : start + len(sound)] += sound
            played.append((when, CLASS_OF[key], velocity))
        return out, played


def room(sound, rng):
    """A sound in a room: decaying noise, drawn."""
    seconds, level = rng.uniform(0.1, 1.2), 10 ** (rng.uniform(-34, -12) / 20)
    count = int(seconds * SAMPLE_RATE)
    noise = np.random.default_rng(rng.randrange(2**31)).standard_normal(count).astype(np.float32)
    tail = noise * np.exp(-6.9 * np.arange(count, dtype=np.float32) / count) * np.float32(level / np.sqrt(count) * 8)
    return sound + fftconvolve(sound, tail)[: len(sound)].astype(np.float32)


def loudness(sound):
    return float(np.sqrt(np.mean(sound**2))) + 1e-9


class Drawer:
    """Draws examples from kits and songs of a split."""

    def __init__(self, split, songs_split, count, seed):
        self.rng = random.Random(seed)
        self.kits = [strokes.read(kit) for kit in strokes.kits(split)]
        self.songs = [songs.read(songs_split, name) for name in songs.make(songs_split, count)]

    def sound(self, seconds):
        """A sound [samples], and (seconds, piece, velocity) of its strokes."""
        rng, whole = self.rng, seconds + BEFORE
        band, hits = None, None
        if self.songs and rng.random() < 0.75:
            band, hits = rng.choice(self.songs)
            start = rng.uniform(0, len(band) / SAMPLE_RATE - whole)
            band = band[int(start * SAMPLE_RATE) :][: int(whole * SAMPLE_RATE)].astype(np.float32)
            hits = [(when - start, key, velocity) for when, key, velocity in hits]
            if rng.random() < 0.2:
                band = None
        if hits is None or rng.random() < 0.4:
            hits = patterns.draw(rng, whole)
        if band is not None and rng.random() < 0.06:
            hits = []
        drums, played = Player(rng.choice(self.kits), rng).play(hits, whole)
        if rng.random() < 0.6:
            drums = room(drums, rng)
        drums /= loudness(drums) if played else 1.0
        if rng.random() < 0.3:
            drive = rng.uniform(0.2, 1.0)
            drums = np.tanh(drums * drive) / drive
        mixed = drums
        if band is not None:
            mixed = drums + band / loudness(band) * np.float32(10 ** (rng.uniform(-14, 8) / 20))
        cut = int(BEFORE * SAMPLE_RATE)
        return mixed[cut:], [(when - BEFORE, piece, velocity) for when, piece, velocity in played if when > BEFORE - 0.05]

    def example(self, seconds):
        """(mel [80, frames], onsets [12, frames] 0…1, velocities [12, frames], weight of these)."""
        sound, played = self.sound(seconds)
        return (self._recorded(powers(sound)), *targets(played, round(seconds * FRAMES_A_SECOND)))

    def _recorded(self, power):
        """As another room, desk and file would give it: bands up or down, nothing above a limit, noise, another level."""
        rng = self.rng
        ends = np.array([rng.gauss(0, 4) for _ in range(6)])
        curve = np.interp(np.linspace(0, 5, BANDS), np.arange(6), ends)
        power = power * (10 ** (curve / 10)).astype(np.float32)[:, None]
        if rng.random() < 0.15:
            power[rng.randint(60, BANDS - 1) :] *= 1e-6
        if rng.random() < 0.3:
            power = power + np.float32(power.max() * 10 ** (rng.uniform(-80, -40) / 10))
        return np.maximum(sound_mel.scaled(power) - rng.choice((0, 0, rng.uniform(0, 0.25))), 0).astype(np.float32)


def targets(played, frames):
    """Onsets as triangles three frames wide, so that a peak tells the time between frames; velocity around each."""
    onsets, velocities, weight = (np.zeros((COUNT, frames), np.float32) for _ in range(3))
    for when, piece, velocity in played:
        at = when * FRAMES_A_SECOND
        for frame in range(int(at) - 1, int(at) + 3):
            near = 1 - abs(frame - at) / 1.5
            if near > 0 and 0 <= frame < frames and near > onsets[piece, frame]:
                onsets[piece, frame], velocities[piece, frame], weight[piece, frame] = near, velocity, near
    return onsets, velocities, weight
