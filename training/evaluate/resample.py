"""What a sampler does with one recorded note: play it faster or slower, with a loop where it sustains."""

import numpy as np

from ..data.note_model import SAMPLE_RATE


def _level(sound, start, end):
    return 10 * np.log10((sound[int(start * SAMPLE_RATE) : int(end * SAMPLE_RATE)] ** 2).mean() + 1e-14)


def _looped(sound, length):
    """The note made longer by a cross-faded loop of 1.0–2.8 s, when it sustains; else as it is."""
    if _level(sound, 2.5, 2.8) < _level(sound, 0.8, 1.1) - 6:
        return sound
    start, end, fade = SAMPLE_RATE, int(2.8 * SAMPLE_RATE), 3200
    part = sound[start:end]
    ramp = np.linspace(0, 1, fade, dtype=np.float32)
    body = part[fade:].copy()
    body[-fade:] = body[-fade:] * np.sqrt(1 - ramp) + part[:fade] * np.sqrt(ramp)
    pieces = [sound[: start + fade]]
    while sum(map(len, pieces)) < length:
        pieces.append(body)
    return np.concatenate(pieces)


def resampled(sound, ratio, seconds=2.2):
    """`sound` played `ratio` times as fast, band-limited."""
    count = int(seconds * SAMPLE_RATE)
    source = sound[: 3 * SAMPLE_RATE]
    if ratio > 1.0:
        source = _looped(source, int(count * ratio) + 64)
    source = source[: int(count * ratio) + 64]
    size = 1 << (len(source) - 1).bit_length()
    spectrum = np.fft.rfft(source, size)
    spectrum[int(len(spectrum) * min(1.0, 1.0 / ratio) * 0.98) :] = 0
    finer = 4
    fine = np.fft.irfft(np.concatenate([spectrum, np.zeros((finer - 1) * size // 2, spectrum.dtype)]), finer * size) * finer
    at = np.arange(count) * ratio * finer
    whole = at.astype(int)
    inside = whole < finer * len(source) - 2
    whole = np.where(inside, whole, 0)
    part = (at - whole).astype(np.float32)
    return np.where(inside, fine[whole] * (1 - part) + fine[whole + 1] * part, 0).astype(np.float32)
