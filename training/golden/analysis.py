"""Golden analyses: what `data/analyse.py` makes of four synthetic notes, for Consort's own analysis to agree with.

`python -m training.golden.analysis` writes `tests/golden/analysis.json`. A note is given by numbers (see `sound`), so
that both sides make the same samples; of its analysis, some cells, frequency offsets and the tuning are kept.
"""

import json
from pathlib import Path

import numpy as np

from ..data import note_model as nm
from ..data.analyse import analyse

FILE = Path(__file__).parents[2] / "tests" / "golden" / "analysis.json"
CELLS, OFFSETS = 120, 12
WITHIN_DB = 50.0
TOLERANCE_DB, TOLERANCE_CENTS = 0.5, 0.2
SAMPLES = int(nm.NOTE_SECONDS * nm.SAMPLE_RATE)

NOTES = [
    dict(
        name="struck, stretched, with a burst of noise",
        key=45,
        tuning=12.0,
        comb=dict(count=60, amplitude=0.3, slope=1.1, stretch=1.2e-4, decay=1.0, rise=0.08),
        partials=[],
        noise=dict(amplitude=0.2, decay=60.0, smooth=0.3),
        release=25.0,
    ),
    dict(
        name="organ with a sub-octave and a third harmonic of it",
        key=60,
        tuning=-3.0,
        comb=dict(count=1, amplitude=0.3, slope=1.0, stretch=0.0, decay=0.0, rise=0.0),
        partials=[[0.5, 0.2, 0.0], [1.5, 0.1, 0.0], [2.0, 0.2, 0.0], [3.0, 0.08, 0.0], [4.0, 0.1, 0.0], [8.0, 0.05, 0.0]],
        noise=dict(amplitude=0.0005, decay=0.0, smooth=0.0),
        release=60.0,
    ),
    dict(
        name="breathy",
        key=72,
        tuning=20.0,
        comb=dict(count=12, amplitude=0.2, slope=1.6, stretch=0.0, decay=0.1, rise=0.0),
        partials=[],
        noise=dict(amplitude=0.08, decay=0.2, smooth=0.7),
        release=40.0,
    ),
    dict(
        name="low and plucked, with harmonics to the top",
        key=28,
        tuning=0.0,
        comb=dict(count=360, amplitude=0.3, slope=0.8, stretch=2e-7, decay=0.8, rise=0.012),
        partials=[],
        noise=dict(amplitude=0.001, decay=2.0, smooth=0.0),
        release=30.0,
    ),
]


def white(count):
    """White noise within ±1 from the 32-bit generator x → 1664525 x + 1013904223, starting at 1."""
    values, x = np.empty(count), 1
    for i in range(count):
        x = (x * 1664525 + 1013904223) & 0xFFFFFFFF
        values[i] = x / 2**31 - 1
    return values


def smoothed(noise, share):
    """y[i] = share · y[i−1] + (1 − share) · x[i]."""
    result, y = np.empty(len(noise)), 0.0
    for i, x in enumerate(noise):
        y = share * y + (1 - share) * x
        result[i] = y
    return result


def sound(note):
    """Samples of a note, float32: a comb of harmonics, more partials [multiple, amplitude, decay], and noise, let go
    at 3 s. Harmonic h: frequency h f0 √(1 + stretch h²), amplitude / h^slope, fading by exp(−(decay + rise h) t);
    every partial starts at a phase of its multiple in radians."""
    time = np.arange(SAMPLES) / nm.SAMPLE_RATE
    f0 = float(nm.key_frequency(note["key"])) * 2 ** (note["tuning"] / 1200)
    comb = note["comb"]
    partials = [
        (h * np.sqrt(1 + comb["stretch"] * h * h), comb["amplitude"] / h ** comb["slope"], comb["decay"] + comb["rise"] * h)
        for h in range(1, comb["count"] + 1)
    ] + note["partials"]
    result = np.zeros(SAMPLES)
    for multiple, amplitude, decay in partials:
        if multiple * f0 < nm.TOP_HZ:
            result += amplitude * np.sin(2 * np.pi * multiple * f0 * time + multiple) * np.exp(-decay * time)
    noise = note["noise"]
    result += noise["amplitude"] * smoothed(white(SAMPLES), noise["smooth"]) * np.exp(-noise["decay"] * time)
    return (result * np.where(time < 3, 1.0, np.exp(-note["release"] * (time - 3)))).astype(np.float32)


def answer(note):
    """What is kept of a note's analysis."""
    got = analyse(sound(note), note["key"])
    near = np.flatnonzero(got.levels > got.levels.max() - WITHIN_DB)
    cells = near[np.unique(np.linspace(0, len(near) - 1, CELLS).round().astype(int))]
    loudest = np.argsort(-got.levels[: nm.PARTIAL_ROWS].max(1), kind="stable")[:OFFSETS]
    rows = sorted(int(row) for row in loudest if got.levels[row].max() > got.levels.max() - WITHIN_DB)
    return dict(
        heard=len(near),
        cells=cells.tolist(),
        levels=[round(float(v), 3) for v in got.levels.reshape(-1)[cells]],
        rows=rows,
        cents=[round(float(v), 4) for v in got.cents[rows]],
        tuning=round(got.tuning, 4),
    )


def main():
    golden = dict(
        tolerance_db=TOLERANCE_DB, tolerance_cents=TOLERANCE_CENTS, notes=[dict(note, answer=answer(note)) for note in NOTES]
    )
    text = json.dumps(golden, separators=(",", ":"))
    FILE.write_text(text.replace('{"name"', '\n{"name"').replace('"answer"', '\n"answer"') + "\n")
    print(f"{FILE.name}: {len(NOTES)} notes, {FILE.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
