"""Integrated loudness after ITU-R BS.1770-4 and true peak, of arrays [frames, channels]; masters of a given loudness."""

import numpy as np


def lufs(sound, rate):
    """LUFS, or -inf for silence."""
    weighted = _weighted(sound, rate)
    size, hop = round(0.4 * rate), round(0.1 * rate)
    energy = np.cumsum(np.vstack([np.zeros((1, weighted.shape[1])), weighted**2]), axis=0)
    starts = np.arange(0, len(weighted) - size + 1, hop)
    power = ((energy[starts + size] - energy[starts]) / size).sum(1)
    level = lambda power: -0.691 + 10 * np.log10(np.maximum(power, 1e-12))
    loud = power[level(power) > -70]
    if not len(loud):
        return -np.inf
    loud = loud[level(loud) > level(loud.mean()) - 10]
    return float(level(loud.mean()))


def true_peak(sound):
    """dBTP, four times oversampled."""
    highest = 0.0
    size, edge = 1 << 16, 1 << 10
    for start in range(0, len(sound), size):
        from_ = max(start - edge, 0)
        piece = sound[from_ : start + size + edge]
        spectrum = np.fft.rfft(piece, axis=0)
        padded = np.zeros((2 * len(piece) + 1, piece.shape[1]), complex)
        padded[: len(spectrum)] = spectrum
        fine = 4 * np.fft.irfft(padded, 4 * len(piece), axis=0)
        fine = fine[4 * (start - from_) : 4 * (min(start + size, len(sound)) - from_)]
        highest = max(highest, float(np.abs(fine).max(initial=0.0)))
    return 20 * np.log10(max(highest, 1e-9))


def mastered(sound, rate, target):
    """The sound as loud as `target`, with its peaks rounded off under full scale."""
    gain, peak = 1.0, 10 ** (-0.5 / 20)
    for _ in range(12):
        made = peak * np.tanh(gain * sound / peak)
        gain *= 10 ** ((target - lufs(made, rate)) / 20)
    return peak * np.tanh(gain * sound / peak)


def _weighted(sound, rate):
    """K-weighted, by the two filters' frequency response."""
    size = 1 << (len(sound) + rate // 4).bit_length()
    z = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    response = np.ones_like(z)
    for hertz, q, gain in ((1681.974450955533, 0.7071752369554196, 3.999843853973347), (38.13547087602444, 0.5003270373238773, None)):
        k = np.tan(np.pi * hertz / rate)
        a = 1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k
        if gain is None:
            b = a[0], -2 * a[0], a[0]
        else:
            high = 10 ** (gain / 20)
            band = high**0.4996667741545416
            b = high + band * k / q + k * k, 2 * (k * k - high), high - band * k / q + k * k
        response *= (b[0] + b[1] * z + b[2] * z * z) / (a[0] + a[1] * z + a[2] * z * z)
    return np.fft.irfft(np.fft.rfft(sound, size, axis=0) * response[:, None], size, axis=0)[: len(sound)]
