"""Does "ADJECTIVE FAMILY" give that family, by a judge who knows real notes only?"""

import numpy as np

from ..tables import show
from .judge import NAMES, Judge, by_family

ADJECTIVES = ("bright", "dark", "warm", "soft")
FOLDS = 5


def judge(pool, seed=2):
    """The judge of all unseen banks; what judges taught by four fifths of their instruments say of the rest."""
    use = np.isin(pool.families, NAMES)
    powers, families = pool.powers[use], np.array(pool.families)[use]
    fold = np.random.default_rng(seed).permutation(len(families)) % FOLDS
    judged = np.empty(len(families), object)
    for held in range(FOLDS):
        judged[fold == held] = Judge(powers[fold != held], families[fold != held])(powers[fold == held])
    return Judge(powers, families), judged, families


def prompts(seeds):
    """Prompt, family and seed of every draw."""
    return zip(*((f"{word} {family}", family, seed) for family in NAMES for word in ADJECTIVES for seed in range(1, seeds + 1)))


def main(pool, real, ours):
    taught, judged, families = judge(pool)
    known, on_unseen = by_family(judged, families)
    held = [i for i, family in enumerate(real.families) if family in NAMES]
    shares_real, on_held = by_family(taught(real.powers[held]), np.array(real.families)[held])
    shares, mean = by_family(taught(ours.powers), ours.families)
    rows = [[name, shares[name], known.get(name), shares_real.get(name)] for name in shares]
    rows.append(["mean", mean, on_unseen, on_held])
    columns = ["ours", f"{len(families)} instruments of unseen banks (the judge's, held out)", "held-out instruments of our sources"]
    show(f"Adherence: judged right, {len(ours.prompts)} draws of {len(set(ours.prompts))} prompts", columns, rows)
    return dict(right=mean, judge_on_unseen_banks=on_unseen, judge_on_held_out=on_held)
