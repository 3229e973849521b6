"""Pairs of opposite words: does what is measured move the way that they say? Same noun, same seed, one word changed."""

import numpy as np

from ...data import descriptors
from ...data import note_model as nm
from ..tables import show

# word, its opposite, the number that must be larger with the word than with its opposite
PAIRS = [
    ("bright", "dark", "centroid_hz"),
    ("slow attack", "plucky", "rise_s"),
    ("long release", "short release", "ring_db"),
    ("breathy", "clean", "noise_db"),
    ("full", "thin", "low_db"),
    ("high", "sub", "centroid_hz"),
]
NOUNS = (
    "bass, synth bass, brass section, trumpet, bell, electric guitar, nylon guitar, piano, electric piano, marimba, organ, "
    "synth pad, plucked synth, harp, clarinet, string ensemble, violin, synth lead, choir, flute"
).split(", ")
NOTES = [(key, 80) for key in descriptors.PROBE_KEYS]
_FALL = (nm.TIME_GRID > 3.0) & (nm.TIME_GRID < 3.5)


def measures(notes):
    """What the pairs are measured by: medians over the notes of three middle keys."""
    found = []
    for note, (key, _) in zip(notes, NOTES):
        power = descriptors.row_power(note.levels, key)
        total = power.sum(0) + 1e-12
        level = 10 * np.log10(total)
        heard = power[:, nm.TIME_GRID < 1.5].mean(1)
        held = nm.TIME_GRID < nm.HELD_SECONDS
        hertz = descriptors.row_hertz(key)
        loudest = level[held].max()
        found.append(
            dict(
                # Where the power is, on a scale of octaves.
                centroid_hz=2 ** ((heard * np.log2(hertz)).sum() / heard.sum()),
                # When the last 6 dB below the loudest moment begin, between the grid's times.
                rise_s=_reached(level[held], loudest - 6.0),
                # The level of the half second after the key is let go, below the loudest moment.
                ring_db=10 * np.log10(total[_FALL].mean()) - loudest,
                noise_db=10 * np.log10((heard[nm.PARTIAL_ROWS :].sum() + 1e-12) / heard.sum()),
                # What sounds up to an octave above the key.
                low_db=10 * np.log10((heard[hertz < 2.1 * nm.key_frequency(key)].sum() + 1e-12) / heard.sum()),
            )
        )
    return {name: float(np.median([each[name] for each in found])) for name in found[0]}


def _reached(level, wanted):
    at = int(np.argmax(level >= wanted))
    if at == 0:
        return float(nm.TIME_GRID[0])
    share = (wanted - level[at - 1]) / (level[at] - level[at - 1])
    return float(nm.TIME_GRID[at - 1] + share * (nm.TIME_GRID[at] - nm.TIME_GRID[at - 1]))


def main(args, consort, nouns=NOUNS):
    rows, right = [], {}
    for more, less, measure in PAIRS:
        gaps = np.zeros((len(nouns), args.pair_seeds))
        for i, noun in enumerate(nouns):
            for seed in range(args.pair_seeds):
                high, low = (measures(consort(NOTES, levels=True, prompt=f"{word} {noun}", seed=seed + 1)) for word in (more, less))
                gaps[i, seed] = high[measure] - low[measure]
        right[f"{more} / {less}"] = (gaps > 0).mean()
        worst = [nouns[i] for i in np.argsort((gaps > 0).mean(1), kind="stable") if (gaps[i] > 0).mean() < 0.8][:6]
        rows.append([f"{more} / {less}: {measure}", (gaps > 0).mean(), float(np.median(gaps)), ", ".join(worst) or "none"])
        print(f"{rows[-1][0]}: {rows[-1][1]:.3f} right", flush=True)
    title = f"Attribute pairs: {len(nouns)} nouns × {args.pair_seeds} seeds"
    show(title, ["share right", "median change", "nouns below 80%"], rows)
    return dict(share=float(np.mean(list(right.values()))), pairs=right)
