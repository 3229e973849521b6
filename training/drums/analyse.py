"""One recorded hit to the rows of the hit model.

Modes first: the strongest ridge of a spectrogram is followed, the sound is shifted by it to 0 Hz and averaged over
windows that widen with time. What is coherent there is the mode, and is taken out of the sound; what isn't stays and is
measured as noise.
"""

import numpy as np
from scipy import fft, ndimage
from scipy.interpolate import CubicSpline

from ..data import note_model as nm
from . import hit as hm

SR = hm.SAMPLE_RATE
MASKED_DB, MASKED_DB_PER_OCTAVE = 30.0, 12.0  # noise so far under a mode isn't heard
COHERENT = 0.5  # least share of a ridge's energy that must be steady for it to be a mode
_RIDGE_WINDOW, _RIDGE_HOP, _RIDGE_SIZE = 1024, 96, 4096
_PAD = 4096
TAPER = 0.5  # flanks of the bands, as a share of their width, either way


def _half_window(times):
    """Half the averaging window at each time, seconds: noise has to be averaged, courses kept."""
    return np.maximum(0.0015, 0.085 * np.asarray(times))


def onset(sound, before=0.0):
    """The sample at which a hit begins: where it first reaches −40 dB of its peak in the first half second or so."""
    level = np.abs(sound)
    return max(0, int(np.argmax(level > 0.01 * level.max())) - int(before * SR))


def _means(values, rate, times, half):
    """Means of ``values`` [..., samples] over [t − half, t + half] inside the sound, sampled at ``times``."""
    count = values.shape[-1]
    total = np.concatenate([np.zeros(values.shape[:-1] + (1,), values.dtype), np.cumsum(values, -1)], -1)
    first = np.clip(np.floor((times - half) * rate).astype(int), 0, count - 1)
    last = np.clip(np.ceil((times + half) * rate).astype(int) + 1, first + 1, count)
    return (total[..., last] - total[..., first]) / (last - first)


def _spectrogram(sound):
    """Powers [frames, bins] of the first moments, Hz of a bin, lowest and highest bin for a mode."""
    count = max(1, min(len(sound), int(0.7 * SR)) // _RIDGE_HOP)
    padded = np.concatenate([np.zeros(_RIDGE_WINDOW // 2), sound, np.zeros(_RIDGE_WINDOW)])
    frames = np.lib.stride_tricks.sliding_window_view(padded, _RIDGE_WINDOW)[::_RIDGE_HOP][:count]
    power = np.abs(fft.rfft(frames * np.hanning(_RIDGE_WINDOW), _RIDGE_SIZE, axis=1)) ** 2
    hertz = SR / _RIDGE_SIZE
    low, high = int(30 / hertz), int(11_000 / hertz)
    return power, hertz, low, high


def _follow(power, hertz, low, high, taken):
    """Follows a ridge from the strongest free peak of the mean spectrum: hertz of each frame, or ``None``."""
    bins = np.arange(power.shape[1])
    mean = power.sum(0)
    # Peaks against their surroundings: a mode stands out of the noise around it.
    wide = np.maximum(6, (0.12 * bins).astype(int))
    total = np.concatenate([[0], np.cumsum(mean)])
    a, b = np.clip(bins - wide, 0, None), np.clip(bins + wide + 1, None, len(mean))
    around = (total[b] - total[a]) / (b - a)
    score = mean * np.minimum(mean / (around + 1e-20), 12.0)
    score[:low], score[high:] = 0, 0
    zone = hm.zone_of(bins * hertz)
    score[(zone < 0) | taken[zone]] = 0
    peak = int(score.argmax())
    if score[peak] <= 0:
        return None
    start = int(power[:, max(0, peak - 2) : peak + 3].sum(1).argmax())
    course = np.zeros(len(power))
    for frames in (range(start, len(power)), range(start - 1, -1, -1)):
        at = peak if frames.step > 0 else int(course[start])
        for frame in frames:
            reach = max(2, int(0.06 * at))
            window = power[frame, max(low, at - reach) : at + reach + 1]
            best = max(low, at - reach) + int(window.argmax())
            # Where the ridge has died away its course is kept.
            if power[frame, best] > power[start, peak] * 1e-5:
                at = best
            course[frame] = at
    return course * hertz


def _mode(sound, times, course, grid):
    """Coherent part of a sound along a course of frequency: (hertz and complex amplitude on the grid, coherence)."""
    samples = np.arange(len(sound)) / SR
    half = _half_window(grid)
    for turn in range(3):
        smooth = np.interp(samples, times, course)
        phase = 2 * np.pi * np.cumsum(smooth) / SR
        shifted = sound * np.exp(-1j * phase)
        # Away from the mode's image at twice its frequency and from its neighbours.
        # A whole period of it holds two of its image, which cancel.
        wide = np.maximum(0.5 / np.maximum(np.interp(grid, times, course), 1.0), half)
        if turn < 2:
            narrow = _means(shifted, SR, samples[::32], np.interp(samples[::32], grid, np.minimum(wide, np.maximum(0.7 / course.min(), 0.004))))
            turning = np.angle(narrow[1:] * narrow[:-1].conj()) / (2 * np.pi) * SR / 32
            weight = np.abs(narrow[1:]) * np.abs(narrow[:-1]) + 1e-20
            rate = SR / 32
            strength = _means(weight, rate, grid, half)
            course = np.interp(grid, times, course) + _means(turning * weight, rate, grid, half) / (strength + 1e-18)
            course = _steadied(course, strength)
            times = grid
    # Not from before the hit: the first moments have what the first whole window has.
    return course, 2 * _means(shifted, SR, np.maximum(grid, wide), wide), phase


def _steadied(course, strength):
    """A course of frequency where it can be trusted: not far from its middle, no jumps, held where the mode is weak."""
    middle = np.exp((np.log(np.maximum(course, 20.0)) * strength).sum() / (strength.sum() + 1e-18))
    course = np.exp(ndimage.median_filter(np.log(np.clip(course, middle / 1.5, middle * 4)), 5, mode="nearest"))
    strong = np.flatnonzero(strength > strength.max() * 1e-3)
    return np.interp(np.arange(len(course)), strong, course[strong])


def modes(sound, grid=hm.TIME_GRID):
    """(levels [MODES, TIMES] dB, cents [MODES, TIMES] from the centres, what is left of the sound)."""
    levels = np.full((hm.MODES, len(grid)), hm.FLOOR_DB)
    cents = np.zeros((hm.MODES, len(grid)))
    left = sound.astype(np.float64).copy()
    taken = np.zeros(hm.MODES, bool)
    samples = np.arange(len(sound)) / SR
    loudest = np.abs(sound).max() + 1e-12
    misses = 0
    while misses < 3 and not taken.all():
        power, hertz, low, high = _spectrogram(left)
        found = _follow(power, hertz, low, high, taken)
        if found is None:
            break
        times = np.arange(len(found)) * _RIDGE_HOP / SR
        course, amplitude, phase = _mode(left, times, found, grid)
        weight = np.abs(amplitude) ** 2 * np.gradient(grid)
        middle = np.exp((np.log(course) * weight).sum() / (weight.sum() + 1e-20))
        zone = int(hm.zone_of(middle))
        first = int(hm.zone_of(float(found[power.sum(1).argmax()])))
        if zone < 0 or taken[zone]:
            misses += 1
            taken[first if first >= 0 and not taken[first] else zone] = True
            continue
        taken[zone] = True
        tone = (CubicSpline(grid, amplitude)(np.minimum(samples, grid[-1])) * np.exp(1j * phase)).real
        # Measured in the mode's own stretch: does taking it out make that quieter?
        before, after = _near(left, middle), _near(left - tone, middle)
        if np.abs(amplitude).max() < loudest * 10**-3 or after > before * (1 - COHERENT):
            misses += 1
            continue
        left -= tone
        levels[zone] = np.maximum(20 * np.log10(np.abs(amplitude) + 1e-9), hm.FLOOR_DB)
        turning = np.gradient(np.unwrap(np.angle(amplitude)), grid) / (2 * np.pi)
        settled = grid > 0.03
        course = np.where(settled, course + np.clip(turning, -0.03 * course, 0.03 * course), course)
        cents[zone] = np.clip(1200 * np.log2(course / hm.MODE_CENTRES[zone]), -hm.MOST_CENTS, hm.MOST_CENTS)
    return levels, cents, left


def _near(sound, hertz):
    size = fft.next_fast_len(len(sound), real=True)
    power = np.abs(fft.rfft(sound, size)) ** 2
    wide = max(0.08 * hertz, 12)
    return power[int(max(0, hertz - wide) * size / SR) : int((hertz + wide) * size / SR) + 2].sum()


def noise(sound, grid=hm.TIME_GRID):
    """Levels of the bands over time [BANDS, TIMES], dB."""
    size = fft.next_fast_len(len(sound) + 2 * _PAD)
    size += size % 2
    spectrum = fft.fft(np.concatenate([np.zeros(_PAD), sound, np.zeros(size - len(sound) - _PAD)]))[: size // 2]
    hertz = np.arange(size // 2) * SR / size
    out = np.zeros((hm.BANDS, len(grid)))
    edges = nm.BAND_EDGES

    def band(low, high):
        """Power over time of what lies between two frequencies, and its rate."""
        taper = TAPER * (high - low)
        first = max(1, int(np.ceil((low - taper) * size / SR)))
        last = min(max(int(np.ceil((high + taper) * size / SR)), first + 2), size // 2)
        # Flanks of a raised cosine: neighbours add up to the whole, and little rings before and after.
        rise = np.clip((hertz[first:last] - low) / (2 * taper) + 0.5, 0, 1)
        fall = np.clip((high - hertz[first:last]) / (2 * taper) + 0.5, 0, 1)
        bins = spectrum[first:last] * np.sin(rise * np.pi / 2) * np.sin(fall * np.pi / 2)
        length = min(size // 2, fft.next_fast_len(max(4 * len(bins), int(2000 * size / SR))))
        rate = SR * length / size
        wave = fft.ifft(np.concatenate([bins, np.zeros(length - len(bins))])) * (length / size)
        start = _PAD / SR * rate
        power = np.abs(wave) ** 2 * 4  # of the real signal, as the square of a sine's amplitude
        return power, rate, start

    octaves = {}
    for row in range(hm.BANDS):
        low, high = edges[row], edges[row + 1]
        power, rate, start = band(low, high)
        half = np.maximum(_half_window(grid), 0.6 / (high - low))
        # Nothing sounds before the hit: a window may not look there, and what its filter smeared there is put back.
        begin = int(start)
        early = power[:begin].sum()
        centred = np.maximum(grid, half)
        level = _means(power[begin:], rate, centred, half)
        spread = max(1, int(2 * 0.6 / (high - low) * rate))
        level = level + np.where(grid < 1.2 / (high - low), early / spread, 0)
        # Faster than the band can tell: the rise of the octave around it.
        octave = int(np.clip(np.floor(np.log2(np.sqrt(low * high) / 40)), 0, 8))
        if octave not in octaves:
            wide, wide_rate, wide_start = band(40 * 2 ** (octave - 0.25), min(40 * 2 ** (octave + 1.25), 15_900))
            octaves[octave] = wide[max(0, int(wide_start)) :], wide_rate, 0.5 / (40 * 2**octave)
        wide, wide_rate, finest = octaves[octave]
        slow = _means(wide, wide_rate, centred, half)
        fast = _means(wide, wide_rate, np.maximum(grid, finest), np.maximum(_half_window(grid) , finest))
        ratio = np.where(half > _half_window(grid) * 1.05, np.clip(fast / (slow + 1e-20), 1e-4, 4), 1)
        out[row] = level * ratio
    return np.maximum(10 * np.log10(out + 1e-12), hm.FLOOR_DB)


def analyse(sound):
    """A hit (mono, 32 kHz, beginning at sample 0) to (levels [ROWS, TIMES] dB, cents [MODES, TIMES])."""
    sound = np.asarray(sound, np.float64)[: int(hm.SECONDS * SR)]
    level = np.abs(sound)
    heard = np.flatnonzero(level > level.max() * 10**-3.7)
    end = min(len(sound), (heard[-1] if len(heard) else 0) + SR // 50)
    kept = np.concatenate([sound[:end], np.zeros(SR // 20)])
    grid = hm.TIME_GRID
    tones, cents, left = modes(kept)
    bands = noise(left)
    # What a mode's flanks leave next to it can't be heard under it, and would sound like dirt on its own.
    octaves = np.abs(np.log2(nm.BAND_CENTRES[:, None, None] / (hm.MODE_CENTRES[:, None] * 2 ** (cents / 1200))))
    masked = (np.where(tones > hm.FLOOR_DB, tones, -200) - MASKED_DB - MASKED_DB_PER_OCTAVE * octaves).max(1)
    bands[bands < masked] = hm.FLOOR_DB
    levels = np.concatenate([tones, bands])
    levels[:, grid > len(kept) / SR] = hm.FLOOR_DB
    return levels.astype(np.float32), cents.astype(np.float32)
