"""Measured properties of an instrument, from its analysed notes: what words are chosen by."""

import numpy as np

from . import note_model as nm

_HELD = nm.TIME_GRID < nm.HELD_SECONDS
_WHOLE = np.array([row >= nm.SLOTS or (row + 1) % 4 == 0 for row in range(nm.SINGLE_PARTIALS)])
_SUB = np.arange(nm.SINGLE_PARTIALS) < 3
_HARMONIC = np.where(_WHOLE, nm.MULTIPLES, 0).astype(int)
PROBE_KEYS = (54, 64, 74)


def row_hertz(key):
    """Centre frequency of every row at a key: [ROWS]."""
    groups = (nm.GROUP_FIRST + nm.GROUP_LAST) / 2
    return np.concatenate([np.concatenate([nm.MULTIPLES, groups]) * nm.key_frequency(key), nm.BAND_CENTRES])


def row_power(levels, key):
    """Power of every row over time (a group's harmonics counted): [ROWS, TIMES]."""
    power = 10 ** (np.asarray(levels, np.float64) / 10)
    power[np.asarray(levels) <= nm.FLOOR_DB] = 0
    power[nm.SINGLE_PARTIALS : nm.PARTIAL_ROWS] *= nm.group_sizes(float(nm.key_frequency(key)))[:, None]
    return power


def _at(time):
    return int(np.searchsorted(nm.TIME_GRID, time))


def _note(levels, cents, key):
    power = row_power(levels, key)
    total = power.sum(0) + 1e-12
    envelope = 10 * np.log10(total)
    held = envelope[_HELD]
    loudest = held.max()
    start = held[: _at(1.0)]
    reached = np.flatnonzero(held >= loudest - 4)[0]
    late = envelope[_at(2.5) : _at(2.95)].mean()
    released = envelope[_at(3.0) :]
    fallen = np.flatnonzero(released < envelope[_at(2.9)] - 20)
    # The spectrum that is heard: the loudest second, weighted by power.
    heard = power[:, : _at(1.5)].mean(1)
    hertz = row_hertz(key)
    share = heard / heard.sum()
    partial = heard[: nm.PARTIAL_ROWS]
    whole = partial[: nm.SINGLE_PARTIALS][_WHOLE]
    odd, even = (heard[: nm.SINGLE_PARTIALS][(_HARMONIC % 2 == parity) & (_HARMONIC >= low) & (_HARMONIC <= 9)].sum() for parity, low in ((1, 3), (0, 2)))
    # Motion: how the level of the sustain and of its partials moves around a straight line.
    sustain = slice(_at(0.5625), _at(2.9))
    strong = np.flatnonzero(power[: nm.PARTIAL_ROWS, sustain].mean(1) > total[sustain].mean() * 10**-3.5)[:40]
    motion = _wobble(10 * np.log10(power[strong, sustain] + 1e-9))
    brighter = (power * np.log2(hertz)[:, None]).sum(0) / total
    return {
        "attack_s": float(nm.TIME_GRID[reached]),
        "decay_db": float(loudest - late),
        "half_second_db": float(loudest - envelope[_at(0.5) : _at(0.6)].mean()),
        "release_s": float(nm.TIME_GRID[_at(3.0) + fallen[0]] - 3.0) if len(fallen) else 1.0,
        "centroid_hz": float(2 ** (share * np.log2(hertz)).sum()),
        "brightness": float(10 * np.log10((heard[hertz > 2500].sum() + 1e-9) / heard.sum())),
        "air": float(10 * np.log10((heard[hertz > 7000].sum() + 1e-9) / heard.sum())),
        "noise_db": float(10 * np.log10((heard[nm.PARTIAL_ROWS :].sum() + 1e-9) / heard.sum())),
        "attack_noise_db": float(10 * np.log10((power[nm.PARTIAL_ROWS :, : _at(0.03)].mean(1).sum() + 1e-9) / (total[: _at(0.03)].mean() + 1e-9))),
        "between_db": float(10 * np.log10((partial[: nm.SINGLE_PARTIALS][~_WHOLE].sum() + 1e-9) / heard.sum())),
        "sub_db": float(10 * np.log10((partial[: nm.SINGLE_PARTIALS][_SUB].sum() + 1e-9) / heard.sum())),
        "fundamental_db": float(10 * np.log10((partial[3] + 1e-9) / heard.sum())),
        "hollow_db": float(np.clip(10 * np.log10((odd + 1e-9) / (even + 1e-9)), -30, 30)),
        "harmonics": int((whole > whole.max() * 1e-4).sum()),
        "stretch_cents": float(np.average(np.abs(cents[: nm.SINGLE_PARTIALS]), weights=np.sqrt(partial[: nm.SINGLE_PARTIALS]) + 1e-9)),
        "motion_db": float(np.median(motion)) if len(strong) else 0.0,
        "tremolo_db": float(_wobble(envelope[sustain])),
        "sweep_octaves": float(brighter[_at(1.0) : _at(1.4)].mean() - brighter[: _at(0.06)].mean()),
        "start_slope_db": float(start[_at(0.02)] - loudest),
        "harmonic_share": float(whole.sum() / heard.sum()),
    }  # fmt: skip


def _wobble(level):
    """Deviation in dB of levels [..., times] from their own straight line."""
    time = np.linspace(-1, 1, level.shape[-1])
    rest = level - level.mean(-1, keepdims=True)
    rest = rest - (rest @ time / (time @ time))[..., None] * time
    return np.sqrt(np.mean(rest**2, axis=-1))


def describe(levels, cents, valid):
    """Medians over the middle keys at velocity 80, and what velocity does.

    ``levels`` [27, ROWS, TIMES], ``cents`` [27, PARTIAL_ROWS], ``valid`` [27] → dict of floats.
    """
    chosen = [i for i, (key, velocity) in enumerate(nm.ANCHORS) if velocity == 80 and key in PROBE_KEYS and valid[i]]
    chosen = chosen or [int(np.flatnonzero(valid)[len(np.flatnonzero(valid)) // 2])]
    notes = [_note(levels[i], cents[i].astype(np.float64), nm.ANCHORS[i][0]) for i in chosen]
    result = {name: round(float(np.median([note[name] for note in notes])), 4) for name in notes[0]}
    soft, loud = (nm.ANCHORS.index((64, velocity)) for velocity in (40, 120))
    if valid[soft] and valid[loud]:
        quiet, strong = _note(levels[soft], cents[soft], 64), _note(levels[loud], cents[loud], 64)
        result["velocity_db"] = round(float(nm.total_db(levels[loud], 64).max() - nm.total_db(levels[soft], 64).max()), 2)
        result["velocity_octaves"] = round(float(np.log2(strong["centroid_hz"] / quiet["centroid_hz"])), 3)
    return result


def harmonic_share(levels, cents, valid):
    """Share of the energy of the middle keys' notes that is on the harmonics of their key."""
    shares = []
    for index, (key, velocity) in enumerate(nm.ANCHORS):
        if velocity != 80 or not valid[index] or not 34 <= key <= 84:
            continue
        heard = row_power(levels[index], key)[:, : _at(1.5)].mean(1)
        in_tune = np.abs(cents[index, : nm.SINGLE_PARTIALS].astype(np.float64)) < 40
        harmonic = heard[: nm.SINGLE_PARTIALS][_WHOLE & in_tune].sum() + heard[nm.SINGLE_PARTIALS : nm.PARTIAL_ROWS].sum()
        shares.append(harmonic / (heard.sum() + 1e-12))
    return round(float(np.median(shares)), 4) if shares else 0.0
