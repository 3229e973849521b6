"""Changes of whole kits with known names: a dark one, a tight one, one in a room.

Each acts on the numbers of the hit model, so that a recorded kit becomes many that differ in what words say. Amounts are
−1…1, or 0…1 where there is no opposite.
"""

import numpy as np

from ..data import note_model as nm
from . import hit as hm
from .pieces import GROUP_OF

T = hm.TIME_GRID
MACROS = ("decay", "tilt", "tune", "noise", "punch", "room", "lofi", "gated")
ONE_SIDED = ("room", "lofi", "gated")
WORDS = {
    ("decay", 1): "long|boomy|ringing|open|resonant|sustained|big",
    ("decay", -1): "tight|short|dry|dampened|dead|snappy|damped|muffled|tight and dry",
    ("tilt", 1): "bright|crisp|sharp|sparkling|clear|shiny",
    ("tilt", -1): "dark|warm|mellow|dull|muted|soft-toned",
    ("tune", 1): "high-tuned|small|high-pitched|pitched up|light",
    ("tune", -1): "deep|low-tuned|heavy|fat|pitched down|huge|low",
    ("noise", 1): "noisy|gritty|dirty|rough|sizzling|buzzing",
    ("noise", -1): "clean|pure|tonal|smooth",
    ("punch", 1): "punchy|hard|aggressive|hard-hitting|snappy|clicky|powerful",
    ("punch", -1): "soft|gentle|light|round|subtle|quiet",
    ("room", 1): "roomy|ambient|reverberant|live|spacious|in a big room|in a hall|echoing",
    ("lofi", 1): "lo-fi|dusty|lofi|vintage|old|crushed|cassette|vinyl|sampled",
    ("gated", 1): "gated|gated reverb|80s|eighties|big 80s",
}
SAID = 0.3
"""Amounts from here on are said."""


def draw(rng, many=0.35):
    """Random amounts of the macros, most of them 0."""
    amounts = {}
    for name in MACROS:
        odds = many * (0.35 if name in ONE_SIDED else 1.0)
        if rng.random() < odds:
            amount = rng.uniform(0.3, 1.0)
            amounts[name] = amount if name in ONE_SIDED or rng.random() < 0.5 else -amount
        else:
            amounts[name] = 0.0 if name in ONE_SIDED else rng.normal(0, 0.08)
    return amounts


def _warped(levels, cents, factor):
    """The hit with everything after its onset slower by `factor`."""
    source = np.where(T < 0.004, T, 0.004 + (T - 0.004) / factor)
    place = np.interp(source, T, np.arange(hm.TIMES))
    low = np.minimum(place.astype(int), hm.TIMES - 2)
    share = place - low
    move = lambda x: x[:, low] * (1 - share) + x[:, low + 1] * share
    return move(levels), move(cents)


def apply(levels, cents, key, amounts):
    """A hit changed; `levels` [ROWS, TIMES] dB, `cents` [MODES, TIMES]."""
    levels, cents = np.array(levels, np.float32), np.array(cents, np.float32)
    group = GROUP_OF[key]
    before = hm.total_db(levels).max()
    if amounts["decay"]:
        levels, cents = _warped(levels, cents, 2 ** (1.1 * amounts["decay"]))
    if amounts["tune"]:
        semitones = amounts["tune"] * (3.0 if group in ("open hat", "closed hat", "cymbal", "ride") else 5.0)
        cents = np.clip(cents + 100 * semitones, -hm.MOST_CENTS, hm.MOST_CENTS)
        centre = nm.erb_rate(nm.BAND_CENTRES * 2 ** (-semitones / 12))
        place = np.clip(np.interp(centre, nm.erb_rate(nm.BAND_CENTRES), np.arange(hm.BANDS)), 0, hm.BANDS - 1)
        low = np.minimum(place.astype(int), hm.BANDS - 2)
        share = (place - low)[:, None]
        noise = levels[hm.MODES :]
        levels[hm.MODES :] = noise[low] * (1 - share) + noise[low + 1] * share
    sounding = levels > hm.FLOOR_DB
    hertz = np.concatenate([(hm.MODE_CENTRES[:, None] * 2 ** (cents / 1200)), np.repeat(nm.BAND_CENTRES[:, None], hm.TIMES, 1)])
    gain = np.zeros_like(levels)
    if amounts["tilt"]:
        gain += np.clip(4.0 * amounts["tilt"] * np.log2(hertz / 800.0), -20, 20)
    if amounts["noise"]:
        gain[hm.MODES :] += 8 * amounts["noise"]
        gain[: hm.MODES] -= 4 * amounts["noise"]
    if amounts["punch"]:
        gain += amounts["punch"] * (9 * np.exp(-T / 0.008) - 2)
        if amounts["punch"] < 0:
            gain += amounts["punch"] * 10 * np.exp(-T / 0.003)
    if amounts["lofi"]:
        gain -= amounts["lofi"] * (14 * np.maximum(np.log2(hertz / 4500), 0) + 10 * np.maximum(np.log2(90 / hertz), 0))
    levels = np.where(sounding, levels + gain, hm.FLOOR_DB)
    if amounts["room"] or (amounts["gated"] and group in ("snare", "tom", "clap", "kick")):
        rows = levels[hm.MODES :]
        # What the hit says of its spectrum, modes included, goes on as noise.
        spectrum = np.full(hm.BANDS, -90.0)
        weight = np.exp(-T / 0.1) * np.gradient(T)
        power = 10 ** (levels / 10) @ weight / weight.sum()
        spectrum = power[hm.MODES :].copy()
        for mode in range(hm.MODES):
            at = np.argmin(np.abs(np.log(nm.BAND_CENTRES / hertz[mode, 20])))
            spectrum[at] += power[mode]
        spectrum = 10 * np.log10(spectrum + 1e-9)
        if amounts["room"]:
            ring = 0.35 + 0.9 * amounts["room"]
            falls = ring * np.clip((nm.BAND_CENTRES / 800) ** -0.25, 0.4, 1.3)
            tail = spectrum[:, None] - 14 + 8 * amounts["room"] - 60 * T / falls[:, None] + np.minimum(0, 30 * np.log10(np.clip(T / 0.012, 0.01, 1)))
            rows = np.maximum(rows, tail)
        if amounts["gated"]:
            length = 0.12 + 0.12 * amounts["gated"]
            hold = spectrum[:, None] - 3 + np.where(T < length, -6 * T / length, -8 - 60 * (T - length) / 0.06) + np.minimum(0, 30 * np.log10(np.clip(T / 0.008, 0.01, 1)))
            rows = np.maximum(rows, hold)
        levels[hm.MODES :] = np.where(rows > hm.FLOOR_DB, rows, hm.FLOOR_DB)
    heard = levels > hm.FLOOR_DB
    levels = np.where(heard, levels + before - hm.total_db(levels).max(), hm.FLOOR_DB)
    return np.clip(levels, hm.FLOOR_DB, hm.CEILING_DB), cents
