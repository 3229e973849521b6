"""Are parts as a whole like real ones: Fréchet distance over that of two real halves, and diversity as the inception score has it.

Features are the first principal components of what a part plays, learned from training parts (Heusel et al. 2017, equation 6, with these
instead of a network's activations; Salimans et al. 2016, section 4, with the judge of genres).
"""

import numpy as np

from ...parts import degrees, grid, measure, tokens
from . import style

COMPONENTS = 10
ROUNDS = 40
LONGEST_BAR = max(grid.STEPS_A_BAR.values())


def described(roll, part, voicings):
    """What a part plays, as a vector: a kit's as the judge of genres hears it; else when, which degrees, how long, how loud and high."""
    if part == 0:
        return style.features(roll)
    bar, note = grid.STEPS_A_BAR[roll.metre], roll.note[:, part - 1].astype(int)
    begins = note >= tokens.FIRST
    pattern = np.zeros(LONGEST_BAR)
    pattern[:bar] = begins.reshape(grid.BARS, bar).mean(0)
    tones = np.zeros(12)
    for step, keys in measure.keys(roll, part, voicings):
        quality = degrees.QUALITIES[int(roll.quality[step])]
        for key in keys:
            tones[degrees.degree("bass", key, int(roll.root[step]), quality) % 12] += 1
    length = (note != tokens.REST).mean() / max(begins.mean(), 1e-6) / 8
    numbers = measure.measure(roll, part, voicings) / (4, 128, 1, 64)
    return np.concatenate([pattern, 4 * tones / max(tones.sum(), 1), [min(length, 2)], numbers, [bar == 12, roll.metre == "6/8"]])


class Space:
    """Principal components of training parts, each as wide as the next."""

    def __init__(self, data, part, voicings):
        self.part, self.voicings = part, voicings
        rolls = [
            data.rolls(metre, [row])[0]
            for metre, group in data.groups.items()
            for row, window in enumerate(group["window"])
            if part in data.facts[window]["present"] and row % 7 == 0
        ]
        x = np.stack([described(roll, part, voicings) for roll in rolls])
        self.mean = x.mean(0)
        _, wide, axes = np.linalg.svd(x - self.mean, full_matrices=False)
        self.axes = axes[:COMPONENTS].T * np.sqrt(len(x)) / wide[:COMPONENTS]

    def __call__(self, rolls):
        return (np.stack([described(roll, self.part, self.voicings) for roll in rolls]) - self.mean) @ self.axes


def frechet(a, b):
    """Squared distance of the normal distributions of two sets of points [N, D]."""
    one, other = np.cov(a.T), np.cov(b.T)
    # tr((AB)^½) = sum of the roots of AB's eigenvalues, which are those of A^½BA^½ and not negative.
    roots = np.sqrt(np.maximum(np.linalg.eigvals(one @ other).real, 0)).sum()
    return float(((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(one) + np.trace(other) - 2 * roots)


def over_halves(made, real, seed=1):
    """Mean distance of half of the parts made to the real parts of the other half of the songs, over that of two real halves."""
    rng, found, usual = np.random.default_rng(seed), 0.0, 0.0
    for _ in range(ROUNDS):
        order = rng.permutation(len(real))
        some, others = order[: len(order) // 2], order[len(order) // 2 :]
        found += frechet(made[some], real[others])
        usual += frechet(real[some], real[others])
    return found / usual


def diversity(judge, rolls):
    """exp of the mean divergence of a part's genres from all parts' genres: 1 where all are alike, at most the number of genres."""
    p = judge.probabilities(rolls)
    return float(np.exp((p * np.log((p + 1e-12) / (p.mean(0) + 1e-12))).sum(1).mean()))
