"""Effects as they lie over recordings: filters, drive, chorus, rooms, codecs, noise. Sounds are float32 at 32 kHz."""

import io

import numpy as np
import soundfile
from scipy import fft

from .note_model import SAMPLE_RATE


def _shaped(sound, gains_db):
    """A sound through a filter given by its gain at frequencies spread evenly over octaves from 40 Hz to 16 kHz."""
    size = fft.next_fast_len(len(sound) + 4096, real=True)
    hertz = np.maximum(np.arange(size // 2 + 1) * SAMPLE_RATE / size, 1.0)
    at = np.log2(hertz / 40) / np.log2(16_000 / 40) * (len(gains_db) - 1)
    gain = 10 ** (np.interp(at, np.arange(len(gains_db)), gains_db) / 20)
    return fft.irfft(fft.rfft(sound, size) * gain, size)[: len(sound)]


def equalised(sound, rng):
    return _shaped(sound, np.convolve(rng.normal(0, 7, 12), [0.25, 0.5, 0.25], "same"))


def low_passed(sound, rng):
    octaves = np.linspace(np.log2(40), np.log2(16_000), 40)
    corner, slope = np.log2(400 * 20 ** rng.random()), rng.choice([6, 12, 24])
    return _shaped(sound, -slope * np.maximum(octaves - corner, 0))


def high_passed(sound, rng):
    octaves = np.linspace(np.log2(40), np.log2(16_000), 40)
    corner, slope = np.log2(60 * 15 ** rng.random()), rng.choice([6, 12])
    return _shaped(sound, -slope * np.maximum(corner - octaves, 0))


def driven(sound, rng):
    """Bent by a saturating curve that isn't the same on both sides."""
    gain, lean = 1.5 * 12 ** rng.random(), 0.3 * rng.random()
    bent = np.tanh(gain * sound + lean) - np.tanh(lean)
    return bent / max(np.abs(bent).max(), 1e-6)


def chorused(sound, rng):
    """Two copies with delays that move, beside the sound."""
    time = np.arange(len(sound), dtype=np.float32)
    mixed = sound.astype(np.float32).copy()
    for _ in range(2):
        rate, depth = 0.3 + 2.5 * rng.random(), (1 + 4 * rng.random()) * 32
        moving = depth * (1.5 + np.sin(2 * np.pi * (rate / SAMPLE_RATE * time + rng.random()), dtype=np.float32)) + 64
        at = time - moving
        below = np.floor(at).astype(np.int64)
        share = at - below
        padded = np.pad(sound, (1024, 1))
        mixed += 0.7 * (padded[below + 1024] * (1 - share) + padded[below + 1025] * share)
    return mixed / 1.7


def in_a_room(sound, rng):
    """Noise that decays by 60 dB in 0.2 to 2.5 s, darker the later, below the sound by 3 to 20 dB."""
    seconds = 0.2 * 12 ** rng.random()
    length = min(int(seconds * SAMPLE_RATE), len(sound))
    decay = np.exp(-6.9 * np.arange(length) / (seconds * SAMPLE_RATE))
    response = rng.standard_normal(length) * decay
    response[: int((0.002 + 0.03 * rng.random()) * SAMPLE_RATE)] = 0
    size = fft.next_fast_len(len(sound) + length, real=True)
    wet = fft.irfft(fft.rfft(sound, size) * fft.rfft(response, size), size)[: len(sound)]
    wet = _shaped(wet, np.linspace(0, -18, 8))
    loud = np.sqrt((sound**2).mean() / max((wet**2).mean(), 1e-20))
    return sound + wet * loud * 10 ** (-(3 + 17 * rng.random()) / 20)


def coded(sound, rng):
    """Through a lossy codec and back, at a low rate."""
    file = io.BytesIO()
    kind = dict(format="MP3", bitrate_mode="CONSTANT") if rng.random() < 0.5 else dict(format="OGG", subtype="VORBIS")
    soundfile.write(file, sound * 0.9, SAMPLE_RATE, compression_level=0.75 + 0.24 * rng.random(), **kind)
    file.seek(0)
    back = soundfile.read(file, dtype="float32")[0] / 0.9
    return np.pad(back, (0, max(len(sound) - len(back), 0)))[: len(sound)]


def noisy(sound, rng):
    """Noise 20 to 55 dB below, as loud at all frequencies or darker."""
    noise = _shaped(rng.standard_normal(len(sound)), np.linspace(0, -40 * rng.random(), 8))
    loud = np.sqrt((sound**2).mean() / (noise**2).mean())
    return sound + noise * loud * 10 ** (-(20 + 35 * rng.random()) / 20)


CHAIN = (
    (driven, 0.3), (equalised, 0.45), (low_passed, 0.2), (high_passed, 0.15), (chorused, 0.3),
    (in_a_room, 0.45), (noisy, 0.25), (coded, 0.25),
)  # fmt: skip


def disturbed(sound, rng):
    """A sound under some of the effects, one at least; ``rng``: ``numpy.random.Generator``."""
    chosen = [rng.random() < share for _, share in CHAIN]
    if not any(chosen):
        chosen[rng.integers(len(CHAIN))] = True
    for (effect, _), used in zip(CHAIN, chosen):
        sound = effect(sound, rng) if used else sound
    return np.asarray(sound, np.float32)
