"""Edits move what is measured the right way: by words alone, and by a control together with the region that an edit draws again."""

import numpy as np

from ...parts import gm, measure, request
from .agreement import loudness

CYMBALS = list(gm.CYMBALS)
_KICK_SNARE = [gm.PIECES.index("kick"), gm.PIECES.index("snare")]


def _density(roll):
    return measure.measure(roll, 0, None)[0]


def _loud(roll):
    velocities = measure.velocities(roll, 0)
    return velocities.mean() if len(velocities) else 0.0


def _cymbals(roll):
    hit = roll.drums > 0
    return hit[:, CYMBALS].sum() / max(hit.sum(), 1)


def _others(roll):
    hit = roll.drums > 0
    return 1 - hit[:, _KICK_SNARE].sum() / max(hit.sum(), 1)


# name: (what is measured, the words, the words for the opposite or for nothing special, control, direction)
WORDS = {
    "busy against sparse": (_density, "busy drums", "sparse drums", 1),
    "soft against loud": (_loud, "soft quiet drums", "loud hard drums", -1),
    "no cymbals": (_cymbals, "drums, no cymbals", "drums", -1),
    "only kick and snare": (_others, "only kick and snare", "drums", -1),
    "half-time": (lambda roll: _three(roll), "half-time drums", "drums with a backbeat", 1),
    "swung against straight": (lambda roll: measure.swings(roll) or 0.0, "swung drums", "straight drums, straight eighths", 1),
}


def _three(roll):
    """Snare on three less than on two and four."""
    if roll.metre != "4/4":
        return np.nan
    snare = (roll.drums[:, [1, 2, 3]] > 0).any(1).reshape(8, 16)
    return snare[:, 8].mean() - snare[:, [4, 12]].mean()


def by_words(asker, rolls, seed=3):
    """Share of songs where the words move the measure the right way, and the two means: context given, the part from nothing."""
    found = {}
    for name, (what, text, other, direction) in WORDS.items():
        a = asker.answer(rolls, 0, [text] * len(rolls), seed=seed)
        b = asker.answer(rolls, 0, [other] * len(rolls), seed=seed)
        x, y = np.array([what(r) for r in a]), np.array([what(r) for r in b])
        ok = ~(np.isnan(x) | np.isnan(y))
        # Equal counts as half.
        right = (np.sign(x - y) * direction + 1) / 2
        found[name] = float(right[ok].mean()), float(x[ok].mean()), float(y[ok].mean())
    return found


def by_controls(asker, rolls, seed=4, amount=1.2):
    """Share where a part drawn again in the edit's region, with a control moved from where it was, is measured to have moved so."""
    data, found = asker.data, {}
    from ...parts import pack

    numbers = np.stack([np.stack([measure.measure(r, p, asker.voicings) if p in r.facts["present"] else np.zeros(4) for p in range(8)]) for r in rolls])
    scores = request.score_of(pack.ranked(numbers.astype(np.float32), data.quantiles))
    texts = asker.captions(rolls, 0)
    for name, control, direction in (("busier", "density", 1), ("sparser", "density", -1), ("softer", "loudness", -1), ("louder", "loudness", 1)):
        at = measure.CONTROLS.index(control)
        asked = [{(0, control): float(np.clip(scores[i, 0, at] + direction * amount, -2, 2))} for i in range(len(rolls))]
        made = asker.answer(rolls, 0, texts, asked=asked, seed=seed, region=[request.region_of(name, r) for r in rolls])
        before, after = numbers[:, 0, at], np.array([measure.measure(r, 0, asker.voicings)[at] for r in made])
        # What is at its end already can't move.
        able = np.abs(scores[:, 0, at] + direction * 0.3) < 2
        found[name] = float((np.sign(after - before) == direction)[able].mean()), float(before[able].mean()), float(after[able].mean())
    return found


def regions(asker, rolls, seed=5):
    """Bar 3 alone, and the hi-hat alone: share of tokens outside that stay (all must), and of songs in which the inside changes."""
    from ...parts import net_layout as net

    found = {}
    hats = [gm.PIECES.index(p) for p in ("closed hat", "pedal hat", "open hat")]
    for name in ("bar 3", "hi-hat"):
        kept, changed, agree = [], [], []
        region = []
        for roll in rolls:
            where = np.zeros((roll.steps, net.STREAMS), bool)
            bar = roll.steps // 8
            if name == "bar 3":
                where[2 * bar : 3 * bar, : net.PIECES + 1] = True
            else:
                where[:, hats] = True
            region.append(where)
        made = asker.answer(rolls, 0, asker.captions(rolls, 0), seed=seed, region=region)
        for roll, new, where in zip(rolls, made, region):
            out = ~where[:, : net.PIECES]
            kept.append((roll.drums[out] == new.drums[out]).mean())
            changed.append((roll.drums[~out] != new.drums[~out]).any())
            bar = roll.steps // 8
            if name == "bar 3":
                inside, others = loudness(new, 0)[2 * bar : 3 * bar], loudness(roll, 0).reshape(8, bar)[[0, 1, 3, 4, 5, 6]].mean(0)
                if inside.std() and others.std():
                    agree.append(np.corrcoef(inside, others)[0, 1])
        found[name] = dict(kept=float(np.mean(kept)), changed=float(np.mean(changed)))
        if agree:
            found[name]["bar like its neighbours"] = float(np.mean(agree))
    return found
