"""Rolls as pictures, to look at: `python -m training.parts.draw OUT.png …` is used by `training.evaluate.parts.listen`."""

import struct
import zlib

import numpy as np

from . import gm, tokens

_COLOURS = ((230, 80, 60), (60, 120, 220), (60, 170, 90), (160, 100, 200), (220, 160, 40), (200, 60, 140), (40, 170, 180), (30, 30, 30))


def picture(rolls, voicings, scale=6):
    """RGB array: for each roll, its kit above its pitched parts; darker is louder, lines are beats and bars."""
    bars = [_one(roll, voicings, scale) for roll in rolls]
    width = max(b.shape[1] for b in bars)
    return np.concatenate([np.pad(b, ((0, 3 * scale), (0, width - b.shape[1]), (0, 0)), constant_values=255) for b in bars])


def _one(roll, voicings, scale):
    steps, pieces = roll.steps, len(gm.PIECES)
    image = np.full(((pieces + 2 + 60) * scale, steps * scale, 3), 255, np.uint8)
    bar = steps // 8
    for step in range(0, steps, 4):
        image[:, step * scale] = (150, 150, 150) if step % bar == 0 else (225, 225, 225)
    image[(pieces + 1) * scale] = (120, 120, 120)

    def box(row, start, length, colour, level):
        shade = np.array(colour) * (0.35 + 0.65 * level) + 255 * (0.65 - 0.65 * level)
        image[row * scale + 1 : (row + 1) * scale, int(start * scale) + 1 : int((start + length) * scale) - 1] = shade.clip(0, 255)

    for part, start, length, key, velocity in tokens.decode(roll, voicings):
        level = velocity / 127
        if part == 0:
            box(pieces - 1 - gm.piece(key), start / 6, 0.8, _COLOURS[0], level)
        elif 28 <= key < 88:
            box(pieces + 2 + 87 - key, start / 6, max(length / 6, 0.6), _COLOURS[part], level)
    return image


def save(path, image):
    """Writes an RGB array as PNG."""
    height, width, _ = image.shape
    raw = b"".join(b"\0" + image[y].tobytes() for y in range(height))
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""))
