"""The error measure: mean |Δ log-mel| in dB, of the sustain (0.05–2 s) and of the first 60 ms."""

import numpy as np

from .analyse import hann
from .note_model import SAMPLE_RATE

DYNAMIC_RANGE_DB = 60.0
_PRE_ROLL = 256


def _filter_bank(size, bands, low=40.0, high=15_500.0):
    def mel(hertz):
        return 2595 * np.log10(1 + hertz / 700)

    edges = 700 * (10 ** (np.linspace(mel(low), mel(high), bands + 2) / 2595) - 1) / (SAMPLE_RATE / size)
    bins = np.arange(size // 2 + 1)
    bank = np.zeros((bands, len(bins)), np.float32)
    for row, (a, b, c) in enumerate(zip(edges, edges[1:], edges[2:])):
        bank[row] = np.maximum(0, np.minimum((bins - a) / (b - a + 1e-9), (c - bins) / (c - b + 1e-9)))
        if bank[row].sum() < 0.5:
            bank[row] = 0
            bank[row, round(b)] = 1
    return bank


_SUSTAIN = (2048, 512, 0.026, 1.97, _filter_bank(2048, 80))
_ATTACK = (512, 64, 0.0, 0.06, _filter_bank(512, 40))


def mel_powers(sound):
    """Mel powers of a note's sustain and attack: two arrays [frames, bands]."""
    sound = np.concatenate([np.zeros(_PRE_ROLL, np.float32), sound[: int(2.1 * SAMPLE_RATE)].astype(np.float32)])
    result = []
    for size, hop, start, end, bank in (_SUSTAIN, _ATTACK):
        starts = np.arange(int(start * SAMPLE_RATE), int(end * SAMPLE_RATE), hop)
        window = hann(size)
        frames = np.lib.stride_tricks.sliding_window_view(sound, size)[starts] * window
        result.append((np.abs(np.fft.rfft(frames, axis=1)) * (2 / window.sum())) ** 2 @ bank.T)
    return result


def difference(truth, other, reference):
    """Mean |Δ| in dB of mel powers over the top 60 dB below a reference power."""
    floor = 10 * np.log10(reference) - DYNAMIC_RANGE_DB
    a = np.maximum(10 * np.log10(truth + 1e-20), floor)
    b = np.maximum(10 * np.log10(other + 1e-20), floor)
    heard = (a > floor + 0.01) | (b > floor + 0.01)
    return float(np.abs(a - b)[heard].mean()) if heard.any() else 0.0


def distance(truth, other):
    """Mean |Δ log-mel| in dB between two sounds over the top 60 dB: (sustain, first 60 ms)."""
    a, b = mel_powers(truth), mel_powers(other)
    loudest = max(a[0].max(), 1e-20)
    return (
        difference(a[0], b[0], loudest),
        difference(a[1], b[1], max(loudest * 1e-3, a[1].max())),
    )


def between(one, other):
    """Mean |Δ log-mel| in dB of two sounds, neither the truth, from their mel powers."""
    return difference(one, other, max(one.max(), other.max()))
