"""Analysis of one recorded note into the rows of the note model.

Steps: find the note's own tuning; find partials in a long spectrum; measure the density of noise
between them; follow every partial, harmonic group and noise band over the time grid, with short
windows at the attack and long ones in the sustain. All numpy, one note, about 20 ms.
"""

from dataclasses import dataclass

import numpy as np
from scipy import fft

from . import note_model as nm

SR = nm.SAMPLE_RATE
PAD = 8192
SILENT_DB = -120.0
SILENT_POWER = 1e-12
HANN_NOISE_BANDWIDTH = 1.5  # in bins
LONG_WINDOW = 0.512
LONG_TIMES = np.array([0.27, 0.6, 1.0, 1.5, 2.0, 2.6])
NOISE_WINDOW = 0.256
NOISE_TIMES = np.array([0.13, 0.25, 0.4, 0.6, 0.9, 1.3, 1.8, 2.4, 2.85, 3.15, 3.4, 3.8])
PEAK_RANGE_DB = 80.0
PEAK_OVER_FLOOR = 16.0
MEDIAN_OF_NOISE = 0.69  # median over mean of a Hann periodogram's bins

_T = nm.TIME_GRID
_ATTACK = np.flatnonzero(_T < 0.1599)
_MIDDLE = np.flatnonzero(((_T >= 0.1599) & (_T < 0.5)) | ((_T > 2.99) & (_T < 3.21)))
_SUSTAIN = np.flatnonzero((_T >= 0.5) & (_T < 2.99))
_TAIL = np.flatnonzero(_T >= 3.21)
_windows = {}


@dataclass
class Analysis:
    """One analysed note: absolute levels in dB [ROWS, TIMES], cents [PARTIAL_ROWS], and the
    tuning of the note in cents against its key (already removed from ``cents``)."""

    levels: np.ndarray
    cents: np.ndarray
    tuning: float


def hann(size):
    """Symmetric Hann window without zeros at the ends, float32."""
    if size not in _windows:
        _windows[size] = (0.5 - 0.5 * np.cos(2 * np.pi * (np.arange(size) + 0.5) / size)).astype(np.float32)
    return _windows[size]


def _frames(padded, times, size):
    starts = np.round(np.asarray(times) * SR).astype(int) + PAD - size // 2
    return np.lib.stride_tricks.sliding_window_view(padded, size)[starts]


def _spectrum(padded, times, seconds, zero_padding=1):
    """Power spectra, scaled so that a sinusoid's peak is its amplitude squared.

    Returns (power [times, bins], hertz per bin, factor from summed bins to A²-equivalent power).
    """
    size = int(round(seconds * SR))
    window = hann(size)
    length = fft.next_fast_len(int(size * zero_padding), real=True)
    spectrum = fft.rfft(_frames(padded, times, size) * window, length, axis=1)
    power = (spectrum.real**2 + spectrum.imag**2) * np.float32((2 / window.sum()) ** 2)
    return power, SR / length, size / length / HANN_NOISE_BANDWIDTH


def _peak_bins(power):
    inner = power[1:-1]
    is_peak = np.zeros(len(power), bool)
    is_peak[1:-1] = (inner > power[:-2]) & (inner >= power[2:])
    return is_peak


def _refine(power, bin_index):
    """Parabolic interpolation of a peak in log power: fractional bin."""
    a, b, c = np.log(power[bin_index + np.array([-1, 0, 1])[:, None]] + 1e-30)
    return bin_index + np.clip(0.5 * (a - c) / (a - 2 * b + c - 1e-9), -0.5, 0.5)


def find_tuning(power, hertz_per_bin, fundamental, limit=60.0):
    """Tuning in cents of a mean spectrum against ``fundamental``: the weighted median of the
    loudest peak near each of the first harmonics. 0 when nothing is there."""
    peaks = np.where(_peak_bins(power), power, 0)
    found, weights = [], []
    for harmonic in range(1, 13):
        centre = harmonic * fundamental
        if centre > nm.TOP_HZ:
            break
        low = max(2, int(centre * 2 ** (-limit / 1200) / hertz_per_bin))
        high = int(np.ceil(centre * 2 ** (limit / 1200) / hertz_per_bin)) + 1
        index = low + int(peaks[low:high].argmax())
        if peaks[index] <= power.max() * 1e-5:
            continue
        exact = _refine(power, np.array([index]))[0] * hertz_per_bin
        cents = 1200 * np.log2(exact / centre)
        if abs(cents) < limit:
            found.append(cents)
            weights.append(np.sqrt(peaks[index]) * min(1.0, centre / (25 * hertz_per_bin)))
    if not found:
        return 0.0
    order = np.argsort(found)
    share = np.cumsum(np.array(weights)[order])
    return float(np.array(found)[order][np.searchsorted(share, share[-1] / 2)])


def _find_partials(power, hertz_per_bin, f0):
    """Rows that hold a partial, its frequency in hertz and its mean power, sorted by frequency."""
    is_peak = _peak_bins(power)
    loudest = power.max() + 1e-20
    rows, bins, levels = [], [], []
    for row, multiple in enumerate(nm.MULTIPLES):
        if multiple * f0 >= nm.TOP_HZ:
            break
        slot = row < nm.SLOTS
        low = multiple - (0.125 if slot else 0.5)
        high = multiple + (0.125 if slot else 0.5)
        if row == nm.SLOTS - 1:
            high = multiple + 0.4
        elif row == nm.SLOTS:
            low = multiple - 0.6
        first = max(3, int(np.ceil(low * f0 / hertz_per_bin)))
        last = int(np.floor(high * f0 / hertz_per_bin))
        if last - first < 2:
            continue
        index = first + int(np.where(is_peak[first : last + 1], power[first : last + 1], 0).argmax())
        peak = power[index]
        if not is_peak[index] or peak < loudest * 10 ** (-PEAK_RANGE_DB / 10):
            continue
        around = power[max(1, int((multiple - 0.5) * f0 / hertz_per_bin)) : int((multiple + 0.5) * f0 / hertz_per_bin) + 2]
        rank = int(len(around) * 0.3)
        if peak < np.partition(around, rank)[rank] * PEAK_OVER_FLOOR:
            continue
        rows.append(row)
        bins.append(index)
        levels.append(peak)
    rows, levels = np.array(rows, int), np.array(levels)
    if not len(rows):
        return rows, np.zeros(0), levels
    frequencies = _refine(power, np.array(bins)) * hertz_per_bin
    # A weak peak between whole harmonics and next to a strong one is a side lobe or beating.
    neighbour = np.where(np.abs(frequencies[:, None] - frequencies) < 0.8 * f0, levels, 0).max(1)
    between = (rows < nm.SLOTS) & ((rows + 1) % 4 != 0)
    keep = ~between | (levels >= neighbour * 10**-4.5)
    rows, frequencies, levels = rows[keep], frequencies[keep], levels[keep]
    order = np.argsort(frequencies)
    return rows[order], frequencies[order], levels[order]


def _stretch(rows, frequencies, levels, f0):
    """Inharmonicity B of f_h = h f0 sqrt(1 + B h²), fitted to the upper harmonics found."""
    whole = (rows >= nm.SLOTS + 7) & (levels > 0)
    if whole.sum() < 8:
        return 0.0
    harmonic = nm.MULTIPLES[rows[whole]]
    excess = (frequencies[whole] / (harmonic * f0)) ** 2 - 1
    return float(np.clip(np.median(excess / harmonic**2), 0, 2e-4))


def _find_groups(power, hertz_per_bin, f0, stretch):
    """Which harmonic groups show a comb of harmonics, and where: (active [GROUPS], harmonics of
    all groups in hertz, edges in hertz [GROUPS, 2], harmonics used in each group)."""
    sizes = nm.group_sizes(f0)
    active = np.zeros(nm.GROUPS, bool)
    edges = np.zeros((nm.GROUPS, 2))
    comb = []
    for group in np.flatnonzero(sizes > 0):
        harmonics = nm.GROUP_FIRST[group] + np.arange(sizes[group])
        hertz = harmonics * f0 * np.sqrt(1 + stretch * harmonics**2)
        hertz = hertz[hertz < nm.TOP_HZ]
        if not len(hertz):
            break
        sizes[group] = len(hertz)
        edges[group] = hertz[0] - f0 / 2, hertz[-1] + f0 / 2
        first, last = (edges[group] / hertz_per_bin).astype(int)
        nearest = np.round(hertz / hertz_per_bin).astype(int)
        on_comb = np.maximum.reduce([power[nearest - 1], power[nearest], power[nearest + 1]]).mean()
        rank = int((last - first) * 0.3)
        between = np.partition(power[first:last], rank)[rank]
        if on_comb > PEAK_OVER_FLOOR * between and on_comb > power.max() * 1e-9:
            active[group] = True
            comb.append(hertz)
    return active, np.concatenate(comb) if comb else np.zeros(0), edges, sizes


def _noise_density(padded, partials, f0):
    """Density of noise (A²-equivalent per hertz) in each band over the time grid."""
    power, hertz_per_bin, _ = _spectrum(padded, NOISE_TIMES, NOISE_WINDOW)
    power /= np.float32(HANN_NOISE_BANDWIDTH)
    free = np.ones(power.shape[1], bool)
    bins = np.round(partials / hertz_per_bin).astype(int)
    for offset in range(-3, 4):
        free[np.clip(bins + offset, 0, len(free) - 1)] = False
    density = np.zeros((nm.NOISE_ROWS, len(NOISE_TIMES)))
    for band, centre in enumerate(nm.BAND_CENTRES):
        half = max(nm.BAND_WIDTHS[band] / 2, 0.5 * f0, 40)
        first, last = int(max(1, (centre - half) / hertz_per_bin)), int((centre + half) / hertz_per_bin) + 2
        chosen = power[:, first:last]
        unmasked = free[first:last]
        if unmasked.sum() >= 4:
            chosen = chosen[:, unmasked]
            rank, scale = chosen.shape[1] // 2, 1 / MEDIAN_OF_NOISE
        else:
            rank, scale = int(chosen.shape[1] * 0.15), 1.0
        density[band] = np.partition(chosen, rank, axis=1)[:, rank] * scale / hertz_per_bin
    log_density = np.log(density + 1e-24)
    return np.exp(np.stack([np.interp(_T, NOISE_TIMES, row) for row in log_density]))


_leak_table = {}


def _window_leak(size):
    """Power that a partial of power 1 leaks to its surroundings, summed over hertz: (hertz, sum)."""
    if size not in _leak_table:
        # Of a window a quarter shorter, for a partial that moves or beats has a wider main lobe.
        narrow = size * 3 // 4
        length = fft.next_fast_len(narrow * 4, real=True)
        power = np.abs(fft.rfft(hann(narrow), length)) ** 2
        main_lobe = np.arange(len(power)) * narrow / length < 2
        # Side lobes as an envelope, four times too high and never below −50 dB: a moving partial
        # leaks more than a steady one, and leakage must not be taken for noise.
        lobes = np.maximum.accumulate(power[::-1])[::-1]
        half = np.where(main_lobe, power, np.maximum(4 * lobes, power[0] * 1e-5))
        both = np.concatenate([half[:0:-1], half])
        hertz = np.arange(1 - len(half), len(half)) * SR / length
        hertz = hertz + hertz[-1] / (2 * len(half) - 2)  # upper edge of each bin
        _leak_table[size] = hertz, np.cumsum(both) / (2 * power[main_lobe].sum() - power[0])
    return _leak_table[size]


def _leak(low, high, frequencies, size):
    """Share of each partial's energy that falls in each band: [bands, partials]."""
    hertz, share = _window_leak(size)
    return np.interp(high[:, None] - frequencies, hertz, share) - np.interp(low[:, None] - frequencies, hertz, share)


def _band_bins(cumulative, low, high, hertz_per_bin):
    """Bins a..b of each band between two frequencies."""
    last = cumulative.shape[1] - 1
    a = np.clip(np.round(low / hertz_per_bin).astype(int), 0, last - 1)
    return a, np.clip(np.round(high / hertz_per_bin).astype(int) + 1, a + 1, last)


def _band_sums(cumulative, low, high, hertz_per_bin):
    """Energy between frequencies: cumulative [times, bins + 1] → [bands, times]."""
    a, b = _band_bins(cumulative, low, high, hertz_per_bin)
    return (cumulative[:, b] - cumulative[:, a]).T


def _attack_ratio(padded, times, seconds, spacing):
    """Energy in a short window at each time over energy in the analysis window that was kept
    inside the note: puts the rise of the attack back."""
    size = int(round(seconds * SR))
    long = np.square(_frames(padded, np.maximum(times, seconds / 2 - 0.001), size)) @ (hann(size) ** 2 / (hann(size) ** 2).sum())
    size = int(round(max(0.005, min(1.0 / spacing, 0.03)) * SR))
    short = np.square(_frames(padded, times, size)) @ (hann(size) / hann(size).sum())
    return np.where(times < 0.08, np.clip(short / (long + 1e-14), 1e-5, 2), 1)


def analyse(sound, key):
    """Analyses one note.

    ``sound``: mono float32 at 32 kHz, note-on at sample 0, released at 3 s, 4 s long (cut or
    padded with zeros to that). ``key``: its MIDI key. Returns an ``Analysis``.
    """
    length = int(nm.NOTE_SECONDS * SR)
    padded = np.zeros(length + 2 * PAD, np.float32)
    padded[PAD : PAD + min(length, len(sound))] = sound[:length]

    long_power, long_bin, _ = _spectrum(padded, LONG_TIMES, LONG_WINDOW)
    long_power = long_power.mean(0)
    tuning = find_tuning(long_power, long_bin, float(nm.key_frequency(key)))
    f0 = float(nm.key_frequency(key)) * 2 ** (tuning / 1200)
    rows, frequencies, powers = _find_partials(long_power, long_bin, f0)
    stretch = _stretch(rows, frequencies, powers, f0)
    group_active, comb, group_edges, group_count = _find_groups(long_power, long_bin, f0, stretch)

    density = _noise_density(padded, np.concatenate([frequencies, comb]), f0)
    noise = density * nm.BAND_WIDTHS[:, None]
    partial = np.zeros((len(rows), nm.TIMES))
    groups = np.zeros((nm.GROUPS, nm.TIMES))
    active = np.flatnonzero(group_active)

    spacing = 200.0
    if len(rows):
        strong = frequencies[powers > powers.max() * 10**-3.5]
        gap = np.diff(strong).min() if len(strong) > 1 else max(f0 / 4, strong[0])
        spacing = max(min(gap, strong[0]) if strong[0] > 20 else gap, f0 / 4.5)
        middle = (frequencies[1:] + frequencies[:-1]) / 2
        low = np.maximum(np.concatenate([[0], middle]), frequencies - f0 / 2)
        high = np.minimum(np.concatenate([middle, [SR / 2]]), frequencies + f0 / 2)
        own_band = np.clip(np.searchsorted(nm.BAND_EDGES, frequencies) - 1, 0, nm.NOISE_ROWS - 1)
    group_low, group_high = group_edges[active].T
    # Noise density × width summed over the bands that each group overlaps.
    overlap = np.maximum(
        np.minimum(group_high[:, None], nm.BAND_EDGES[1:]) - np.maximum(group_low[:, None], nm.BAND_EDGES[:-1]), 0
    )
    window = float(np.clip(2 / spacing, 0.006, 0.09))

    for chosen, seconds in (
        (_ATTACK, window),
        (_MIDDLE, max(window, 0.04)),
        (_SUSTAIN, 0.25),
        (_TAIL, max(window, 0.1)),
    ):
        times = _T[chosen]
        attack = chosen is _ATTACK
        if attack:
            centres, ratio = np.maximum(times, seconds / 2 - 0.001), _attack_ratio(padded, times, seconds, spacing)
        else:
            # A window that reaches over the note-off would bring the release forward.
            centres, ratio = np.where(times < 2.99, np.minimum(times, nm.HELD_SECONDS - seconds / 2), times), 1.0
        power, hertz_per_bin, to_energy = _spectrum(padded, centres, seconds, 2 if seconds < 0.2 else 1)
        cumulative = np.zeros((len(chosen), power.shape[1] + 1))
        np.cumsum(power, axis=1, out=cumulative[:, 1:])
        cumulative *= to_energy
        if not len(rows):
            noise[:, chosen] = (
                np.maximum(_band_sums(cumulative, nm.BAND_EDGES[:-1], nm.BAND_EDGES[1:], hertz_per_bin), SILENT_POWER) * ratio
            )
            continue
        if seconds * spacing >= 6:
            energy = _band_sums(cumulative, low, high, hertz_per_bin)
            partial[:, chosen] = np.maximum(energy - density[own_band][:, chosen] * (high - low)[:, None], 0)
        else:
            partial[:, chosen] = power[:, np.clip(np.round(frequencies / hertz_per_bin).astype(int), 0, power.shape[1] - 1)].T
        if len(active):
            energy = _band_sums(cumulative, group_low, group_high, hertz_per_bin) - overlap @ density[:, chosen]
            groups[np.ix_(active, chosen)] = np.maximum(energy, 0) / group_count[active][:, None]
        if attack:
            # Transient noise: what a band holds beyond the leakage of the partials.
            half = np.maximum(nm.BAND_WIDTHS / 2, hertz_per_bin * 1.5)
            band_low, band_high = nm.BAND_CENTRES - half, nm.BAND_CENTRES + half
            share = (nm.BAND_WIDTHS / (2 * half))[:, None]
            everything = _band_sums(cumulative, band_low, band_high, hertz_per_bin) * share
            size = int(round(seconds * SR))
            first, last = _band_bins(cumulative, band_low, band_high, hertz_per_bin)
            leak = _leak((first - 0.5) * hertz_per_bin, (last - 0.5) * hertz_per_bin, frequencies, size)
            explained = leak @ partial[:, chosen]
            if len(active):
                explained += (overlap / (group_high - group_low)[:, None]).T @ (
                    groups[np.ix_(active, chosen)] * group_count[active][:, None]
                )
            explained *= share
            noise[:, chosen] = (
                np.where(
                    everything > 2.5 * explained,
                    everything - explained,
                    np.minimum(noise[:, chosen], 0.3 * everything),
                )
                * ratio
            )
            partial[:, chosen] *= ratio
            groups[:, chosen] *= ratio

    levels = np.full((nm.ROWS, nm.TIMES), SILENT_DB, np.float32)
    levels[rows] = 10 * np.log10(partial + SILENT_POWER)
    levels[nm.SINGLE_PARTIALS : nm.PARTIAL_ROWS] = 10 * np.log10(groups + SILENT_POWER)
    levels[nm.PARTIAL_ROWS :] = 10 * np.log10(noise + SILENT_POWER)
    cents, left = _cents(rows, frequencies, powers, active, stretch, group_edges, f0)
    return Analysis(levels, cents, tuning + left)


def _cents(rows, frequencies, powers, active_groups, stretch, group_edges, f0):
    """Offsets of the partial rows in cents with the rest of the tuning removed, and that rest."""
    cents = np.zeros(nm.PARTIAL_ROWS, np.float32)
    if not len(rows):
        return cents, 0.0
    offsets = 1200 * np.log2(frequencies / (nm.MULTIPLES[rows] * f0))
    whole = ((rows >= nm.SLOTS) | ((rows + 1) % 4 == 0)) & (np.abs(offsets) < 50)
    weight = np.sqrt(powers) * whole
    left = float((weight * offsets).sum() / weight.sum()) if weight.sum() > 0 else 0.0
    cents[rows] = offsets - left
    if len(active_groups):
        harmonic = group_edges[active_groups].mean(1) / f0
        cents[nm.SINGLE_PARTIALS + active_groups] = 600 * np.log2(1 + stretch * harmonic**2) - left
    return np.clip(cents, -nm.CENTS_LIMIT, nm.CENTS_LIMIT), left
