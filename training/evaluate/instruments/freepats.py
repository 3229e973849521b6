"""Plays the patches of Debian's `freepats` (Gravis Ultrasound format): recorded notes with a loop and an envelope."""

import re
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...data.note_model import SAMPLE_RATE, key_frequency

FOLDER = Path("/usr/share/midi/freepats/Tone_000")
_SIXTEEN_BITS, _UNSIGNED, _LOOPED, _BACK_AND_FORTH, _BACKWARDS, _SUSTAINED, _ENVELOPE = (1 << bit for bit in range(7))
_FILE_HEADER, _INSTRUMENT_HEADER, _LAYER_HEADER = 129, 63, 47
_SAMPLE = struct.Struct("<7sBIIIHIIIHB6s6s6sBHH36x")
_SLOWEST_STEP_S = 0.186  # for one of 256 levels at the envelope's slowest rate


@dataclass
class _Sample:
    sound: np.ndarray
    loop: tuple
    rate: int
    lowest: float
    highest: float
    root: float
    modes: int
    rates: bytes
    levels: bytes


def presets():
    """(program, name, path) of the melodic patches."""
    found = []
    for path in sorted(FOLDER.glob("*.pat")):
        program, name = re.match(r"(\d+)_(.*)", path.stem).groups()
        found.append((int(program), name.replace("_", " "), path))
    return found


def read(path):
    """The samples of a patch's first layer."""
    data = path.read_bytes()
    if data[:12] != b"GF1PATCH110\0":
        raise ValueError(f"{path} is no patch of the Gravis Ultrasound.")
    layer = _FILE_HEADER + _INSTRUMENT_HEADER
    at, samples = layer + _LAYER_HEADER, []
    for _ in range(data[layer + 6]):
        fields = _SAMPLE.unpack_from(data, at)
        _, _, length, start, end, rate, low, high, root, _, _, rates, levels, _, modes, _, _ = fields
        at += _SAMPLE.size
        kind = ("<u2" if modes & _UNSIGNED else "<i2") if modes & _SIXTEEN_BITS else ("u1" if modes & _UNSIGNED else "i1")
        sound = np.frombuffer(data, kind, length // np.dtype(kind).itemsize, at).astype(np.float32)
        at += length
        if modes & _UNSIGNED:
            sound = sound - 2 ** (8 * np.dtype(kind).itemsize - 1)
        size = np.dtype(kind).itemsize
        if modes & _BACKWARDS:
            sound = sound[::-1]
        scale = 2.0 ** (8 * size - 1)
        samples.append(_Sample(sound / scale, (start // size, end // size), rate, low / 1000, high / 1000, root / 1000, modes, rates, levels))
    return samples


def _gain(sample, count):
    """The envelope of a held note: three stages, then it stays."""
    if not sample.modes & _ENVELOPE:
        return np.ones(count, np.float32)
    times, levels = [0.0], [0.0]
    for rate, level in zip(sample.rates[:3], sample.levels[:3]):
        speed = (rate & 63) << (3 * (3 - (rate >> 6)))
        times.append(times[-1] + abs(level - levels[-1]) * _SLOWEST_STEP_S / max(speed, 1))
        levels.append(level)
    level = np.interp(np.arange(count) / SAMPLE_RATE, times, levels)
    return np.where(level > 0, 2.0 ** ((level - 255) / 255 * 12), 0).astype(np.float32)


def play(samples, key, seconds):
    """A held note: mono float32 at 32 kHz."""
    hertz = float(key_frequency(key))
    near = min(samples, key=lambda s: (not s.lowest <= hertz <= s.highest, abs(np.log(s.root / hertz))))
    count = int(seconds * SAMPLE_RATE)
    at = np.arange(count) * (hertz / near.root * near.rate / SAMPLE_RATE)
    start, end = near.loop
    if near.modes & _LOOPED and end > start + 1:
        if near.modes & _BACK_AND_FORTH:
            turn = np.mod(at - start, 2 * (end - start))
            at = np.where(at < end, at, start + np.minimum(turn, 2 * (end - start) - turn))
        else:
            at = np.where(at < end, at, start + np.mod(at - start, end - start))
    whole = at.astype(int)
    inside = whole < len(near.sound) - 1
    whole = np.where(inside, whole, 0)
    part = (at - np.floor(at)).astype(np.float32)
    sound = near.sound[whole] * (1 - part) + near.sound[whole + 1] * part
    return (sound * inside * _gain(near, count)).astype(np.float32)
