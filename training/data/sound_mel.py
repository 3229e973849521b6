"""The log-mel by which the sound encoder hears a sound: 96 bands, 20 ms a frame, 80 dB below the loudest cell.

Frame i covers the samples from 640 i − 1024 to 640 i + 1024, with zeros beyond both ends; 32 kHz, mono.
"""

import numpy as np
from scipy import fft

from .analyse import hann
from .log_mel import _filter_bank

BANDS, WINDOW, HOP, RANGE_DB = 96, 2048, 640, 80.0
RATE = 32_000
SMALLEST = 1e-14


def bank(size, bands):
    """Triangular filters [bins, bands] over 40 Hz–15.5 kHz for windows of `size` samples."""
    return np.ascontiguousarray(_filter_bank(size, bands).T)


_BANK = bank(WINDOW, BANDS)


def powers(sounds, size=WINDOW, hop=HOP, filters=_BANK):
    """Mel powers [..., bands, T] of sounds [..., samples]; of a sinusoid of amplitude 1, about 1 in its band."""
    sounds = np.asarray(sounds, np.float32)
    frames = -(-sounds.shape[-1] // hop)
    after = (frames - 1) * hop + size // 2 - sounds.shape[-1]
    padded = np.pad(sounds, [(0, 0)] * (sounds.ndim - 1) + [(size // 2, max(after, 0))])
    cut = np.lib.stride_tricks.sliding_window_view(padded, size, -1)[..., : (frames - 1) * hop + 1 : hop, :]
    window = hann(size)
    spectrum = fft.rfft(cut * window, axis=-1)
    power = (spectrum.real**2 + spectrum.imag**2) * np.float32((2 / window.sum()) ** 2)
    return (power @ filters).swapaxes(-1, -2)


def scaled(power):
    """Mel powers [..., 96, T] as the encoder sees them: 1 is the loudest cell of a sound, 0 is 80 dB below it."""
    level = 10 * np.log10(power + SMALLEST)
    return np.maximum((level - level.max((-1, -2), keepdims=True)) / RANGE_DB + 1, 0).astype(np.float32)


def sound_mel(sounds):
    """The encoder's input [..., 96, T] for sounds [..., samples] at 32 kHz."""
    return scaled(powers(sounds))
