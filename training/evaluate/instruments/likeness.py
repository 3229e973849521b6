"""Consistency, distribution and diversity: how the notes of instruments lie to each other."""

import numpy as np

from ...data import log_mel, near_duplicates
from ...data.near_duplicates import NEAR_DB
from ..tables import show
from .embedding import frechet, separation, within

HALVES = 8


def consistency(space, real, ours, which):
    """How near the notes of one instrument are to each other, beside those of real ones; `which` says what notes."""
    rows, shares = [], {}
    for name, embed in space.items():
        (v_real, who_real), (v_ours, who_ours) = ((embed(notes), who) for notes, who in (real.notes, ours.notes))
        found, chance = separation(v_real, who_real)
        each = [list(within(v, who).values()) for v, who in ((v_ours, who_ours), (v_real, who_real))]
        a, b = map(np.mean, each)
        spread = np.sqrt(sum(np.var(part) / len(part) / np.mean(part) ** 2 for part in each))
        between = float(np.mean(v_real @ v_real.T))
        shares[name] = float(a / b)
        share = f"{a / b:.2f} ± {a / b * spread:.2f}"
        rows.append([name, a, b, share, between, f"{found:.2f} (chance {chance:.3f})", separation(v_ours, who_ours)[0]])
    columns = ["ours", "real", "share", "real, any two notes", "real notes find their instrument", "ours do"]
    title = f"Consistency: similarity of an instrument's notes, {which}; {len(real.prompts)} real, {len(ours.prompts)} generated"
    show(title, columns, rows)
    return shares


def distribution(space, real, ours, seed=6):
    """Fréchet distance of generated to real notes, beside that between halves of the real instruments."""
    rows, shares = [], {}
    for name, embed in space.items():
        (v_real, who_real), (v_ours, who_ours) = ((embed(notes), who) for notes, who in (real.notes, ours.notes))
        rng, across, halves = np.random.default_rng(seed), [], []
        for _ in range(HALVES):
            order = rng.permutation(len(real.prompts))
            first, second = (np.isin(who_real, part) for part in np.array_split(order, 2))
            mine = np.isin(who_ours, order[len(order) // 2 :])
            halves.append(frechet(v_real[first], v_real[second]))
            across.append(frechet(v_real[first], v_ours[mine]))
        shares[name] = float(np.mean(across) / np.mean(halves))
        rows.append([name, np.mean(across), np.mean(halves), shares[name]])
    show("Distribution: Fréchet distance of half the notes", ["ours to real", "real to real", "ratio"], rows)
    return shares


def _apart(sustains):
    """Mean log-mel distance in dB of all pairs."""
    return float(np.mean([log_mel.between(a, b) for i, a in enumerate(sustains) for b in sustains[:i]]))


def diversity(real, ours, fewest=4):
    """How far the seeds of one prompt are from each other, as a share of how far real instruments of the family are."""
    rows, shares = [], {}
    for family in dict.fromkeys(ours.families):
        group = [s for s, f in zip(real.sustain, real.families) if f == family]
        prompts = dict.fromkeys(p for p, f in zip(ours.prompts, ours.families) if f == family)
        if len(group) < fewest:
            continue
        seeds = np.mean([_apart([s for s, p in zip(ours.sustain, ours.prompts) if p == prompt]) for prompt in prompts])
        shares[family] = float(seeds / _apart(group))
        rows.append([family, seeds, _apart(group), shares[family]])
    rows.append(["mean", *np.mean([row[1:] for row in rows], 0)])
    show("Diversity: log-mel distance in dB (key 64)", ["seeds of one prompt", "real instruments of the family", "share"], rows)
    return shares


def copies(trained, real, ours):
    """How near the nearest training instrument is."""
    near = {name: near_duplicates.distances(each.prints, trained).min(1) for name, each in (("ours", ours), ("real", real))}
    rows = [[name, *np.percentile(d, [5, 50]), float((d < NEAR_DB).mean())] for name, d in near.items()]
    columns = ["5th percentile, dB", "median, dB", f"share under {NEAR_DB:.0f} dB"]
    show(f"Nearest of {len(trained)} training instruments (40 bands at 10 moments of 3 notes)", columns, rows)
    return near


def both_of(shares):
    """The figures of the two spaces as text."""
    return " / ".join(f"{share:.2f}" for share in shares.values())
