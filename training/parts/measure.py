"""What a part of a roll is like, in numbers: how busy, how loud, how syncopated, how high, and what kind of playing."""

import numpy as np

from . import gm, grid, tokens

P = {piece: i for i, piece in enumerate(gm.PIECES)}
CONTROLS = ("density", "loudness", "syncopation", "register")


def quarters(roll):
    return roll.steps / 4


def plays(roll, part):
    """Whether a part plays at all."""
    return bool(onsets(roll, part).any())


def onsets(roll, part):
    """Hits at each step: of the drums how many pieces, of a pitched part 0 or 1."""
    if part == 0:
        return ((roll.drums > 0) & (roll.drums < tokens.DRUM_MASK)).sum(1)
    return (roll.note[:, part - 1] >= tokens.FIRST).astype(int)


def weights(metre, steps):
    """How strong a step is in its metre: 3 the bar, 2 beats (in 4/4 also its half: 2.5), 1 eighths, 0 sixteenths."""
    bar = grid.STEPS_A_BAR[metre]
    at = np.arange(steps) % bar
    beat = 6 if metre == "6/8" else 4
    strong = np.where(at % 2 == 0, 1.0, 0.0)
    strong[at % beat == 0] = 2.0
    if metre == "4/4":
        strong[at == 8] = 2.5
    strong[at == 0] = 3.0
    return strong


def velocities(roll, part):
    if part == 0:
        hit = (roll.drums > 0) & (roll.drums < tokens.DRUM_MASK)
        return np.array(tokens.VELOCITIES)[roll.drums[hit].astype(int) - 1]
    at = np.flatnonzero((roll.note[:, part - 1] >= tokens.FIRST) & (roll.touch[:, part - 1] < tokens.NO_TOUCH))
    return np.array(tokens.VELOCITIES)[roll.touch[at, part - 1].astype(int) // grid.OFFSETS]


def keys(roll, part, voicings):
    """Keys of each onset of a pitched part: [(step, [keys])]."""
    row = part - 1
    at = np.flatnonzero(roll.note[:, row] >= tokens.FIRST)
    return [(int(s), tokens.sounding(gm.PARTS[part], int(roll.note[s, row]), roll.root[s], roll.quality[s], voicings)) for s in at]


def measure(roll, part, voicings):
    """The four numbers of `CONTROLS`; of the drums, `register` is the share of hits on hats and cymbals."""
    hits = onsets(roll, part)
    total = max(int(hits.sum()), 1)
    loud = velocities(roll, part)
    strong = weights(roll.metre, roll.steps)
    begun = hits > 0
    off = float((begun & (strong < 2)).sum() / max(begun.sum(), 1))
    if part == 0:
        register = float((roll.drums[:, list(gm.CYMBALS)] > 0).sum() / total)
    else:
        register = float(np.mean([np.mean(k) for _, k in keys(roll, part, voicings)] or [60]))
    return np.array([hits.sum() / quarters(roll), loud.mean() if len(loud) else 80.0, off, register], np.float32)


def swings(roll):
    """Share of second eighths that are late by a third (swung), over all parts; None where there are few."""
    if roll.metre == "6/8":
        return None
    late = straight = 0
    for part in range(len(gm.PARTS)):
        hits = onsets(roll, part)
        offset = roll.offset if part == 0 else np.where(roll.touch[:, part - 1] < tokens.NO_TOUCH, roll.touch[:, part - 1] % grid.OFFSETS, 2)
        at = np.arange(roll.steps) % 4
        late += int(((hits > 0) & (at == 3) & (offset <= 1)).sum())
        straight += int(((hits > 0) & (at == 2)).sum())
    return None if late + straight < 8 else late / (late + straight)


def drum_traits(roll):
    """Names of what the drums do."""
    hit = (roll.drums > 0) & (roll.drums < tokens.DRUM_MASK)
    count = hit.sum(0)
    bar = grid.STEPS_A_BAR[roll.metre]
    by_bar = hit.reshape(grid.BARS, bar, -1)
    found = set()
    if roll.metre == "4/4":
        kick, snare = by_bar[:, :, P["kick"]], by_bar[:, :, [P["snare"], P["clap"], P["stick"]]].any(2)
        if kick[:, [0, 4, 8, 12]].mean() > 0.85:
            found.add("four on the floor")
        two_four, three = snare[:, [4, 12]].mean(), snare[:, 8].mean()
        if two_four > 0.8 and three < 0.3:
            found.add("backbeat")
        if three > 0.7 and two_four < 0.25:
            found.add("half-time")
    soft = roll.drums[:, P["snare"]] == 1
    if soft.sum() >= 8 and soft.sum() < count[P["snare"]]:
        found.add("ghost notes")
    hats = count[P["closed hat"]] + count[P["open hat"]] + count[P["pedal hat"]]
    keeper = roll.steps / 4 * 0.8
    if count[P["ride"]] > max(hats, keeper):
        found.add("ride")
    elif hats > keeper:
        found.add("hi-hat")
    if count[P["closed hat"]] >= roll.steps * 0.7:
        found.add("sixteenth hats")
    if count[P["open hat"]] >= 8:
        found.add("open hats")
    if count[P["stick"]] >= 8:
        found.add("side-stick")
    if count[P["clap"]] >= 8:
        found.add("claps")
    if count[P["shaker"]] >= 16:
        found.add("shaker")
    if count[P["low hand drum"]] + count[P["high hand drum"]] >= 16:
        found.add("hand percussion")
    if count[P["bell"]] >= 8:
        found.add("bell")
    if count[P["low tom"]] + count[P["high tom"]] >= 12:
        found.add("toms")
    if count[P["crash"]] == 0 and count[P["ride"]] == 0 and hats == 0:
        found.add("no cymbals")
    if count.sum() and count[P["kick"]] + count[P["snare"]] == count.sum():
        found.add("only kick and snare")
    if count.sum() and count[P["kick"]] == 0:
        found.add("no kick")
    pattern = by_bar[:7].mean(0) > 0.5
    if (by_bar[7] ^ pattern).sum() > 1.5 * max(np.mean([(b ^ pattern).sum() for b in by_bar[:7]]), 2):
        found.add("fill")
    return found


def pitched_traits(roll, part, voicings):
    """Names of what a pitched part does."""
    row, name = part - 1, gm.PARTS[part]
    note = roll.note[:, row]
    begun = note >= tokens.FIRST
    count = int(begun.sum())
    if not count:
        return set()
    found = set()
    heard = float((note != tokens.REST).mean())
    length = (begun.sum() + (note == tokens.HOLD).sum()) / count
    beat = 6 if roll.metre == "6/8" else 4
    on_beat = float((begun & (np.arange(roll.steps) % beat == 0)).sum() / count)
    if length >= 7:
        found.add("held")
    elif heard / max(begun.mean(), 1e-6) < 1.6 and count >= 12:
        found.add("short")
    off = np.arange(roll.steps) % 4 == 2
    if (begun & off).sum() / count > 0.75:
        found.add("offbeats")
    sizes = np.array([len(k) for _, k in keys(roll, part, voicings)])
    if name == "bass":
        degree = (note[begun].astype(int) - tokens.FIRST) % 12
        moving = np.mean(np.diff(note[begun].astype(int)) != 0) if count > 1 else 0
        if on_beat > 0.75 and count >= 0.85 * roll.steps / beat and moving > 0.7 and beat == 4:
            found.add("walking")
        elif (degree == 0).mean() > 0.85:
            found.add("roots")
        elif np.isin(degree, (0, 2)).mean() > 0.85:
            found.add("roots and fifths")
        high = (note[begun].astype(int) - tokens.FIRST) // 12
        if 0.25 < (high > high.min()).mean() < 0.75 and (degree == 0).mean() > 0.8:
            found.add("octaves")
    elif name != "lead":
        if (sizes == 1).mean() > 0.7 and count >= 24:
            found.add("arpeggio" if name != "brass" else "line")
        elif (sizes == 1).mean() > 0.7:
            found.add("line")
    if begun.mean() > 0.85:
        found.add("sixteenths")
    elif on_beat > 0.9 and abs(count - roll.steps / beat) < 0.2 * roll.steps / beat:
        found.add("on the beat")
    return found
