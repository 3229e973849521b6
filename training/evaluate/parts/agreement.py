"""Does a part fit the rest: rhythm and metre of drums and bass, harmony and register of pitched parts."""

import numpy as np

from ...parts import degrees, gm, measure, tokens

_KICK = gm.PIECES.index("kick")
RANGES = {1: (26, 55), 2: (40, 84), 3: (30, 96), 4: (40, 96), 5: (36, 84), 6: (44, 92), 7: (52, 90)}
_SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10, 11)}


def loudness(roll, part):
    """Summed velocity of what begins at each step."""
    if part == 0:
        return np.r_[0.0, tokens.VELOCITIES][np.minimum(roll.drums, 4)].sum(1)
    touch = roll.touch[:, part - 1].astype(int)
    begun = (roll.note[:, part - 1] >= tokens.FIRST) & (touch < tokens.NO_TOUCH)
    return np.where(begun, np.array(tokens.VELOCITIES)[np.minimum(touch, tokens.NO_TOUCH - 1) // 5], 0.0)


def _correlation(a, b):
    return float(np.corrcoef(a, b)[0, 1]) if a.std() > 0 and b.std() > 0 else np.nan


def rhythm(part_roll, part, context_roll, context):
    """Of a part and the parts of its context: coincidence of kick and bass (F1), accents, metre, swing (1 where both or neither swing)."""
    found = {}
    if (part == 0 and 1 in context) or (part == 1 and 0 in context):
        drums, bass = (part_roll, context_roll) if part == 0 else (context_roll, part_roll)
        kick = (drums.drums[:, _KICK] > 0) & (drums.drums[:, _KICK] < tokens.DRUM_MASK)
        onset = bass.note[:, 0] >= tokens.FIRST
        found["kick and bass"] = 2 * (kick & onset).sum() / max(kick.sum() + onset.sum(), 1)
    mine = loudness(part_roll, part)
    others = sum((loudness(context_roll, p) for p in context), np.zeros(context_roll.steps))
    found["accents"] = _correlation(mine, others)
    found["metre"] = _correlation(mine, measure.weights(part_roll.metre, part_roll.steps))
    a, b = _swing_of(part_roll, [part]), _swing_of(context_roll, context)
    if a is not None and b is not None:
        found["swing"] = float((a > 0.5) == (b > 0.5))
    return found


def _swing_of(roll, parts):
    late = straight = 0
    for part in parts:
        hits = measure.onsets(roll, part) > 0
        offset = roll.offset if part == 0 else np.where(roll.touch[:, part - 1] < tokens.NO_TOUCH, roll.touch[:, part - 1] % 5, 2)
        at = np.arange(roll.steps) % 4
        late += int((hits & (at == 3) & (offset <= 1)).sum())
        straight += int((hits & (at == 2)).sum())
    return None if roll.metre == "6/8" or late + straight < 4 else late / (late + straight)


def harmony(part_roll, part, truth, voicings):
    """Over the true chords: shares of its notes that are chord tones, in the key, in its register, and of melody onsets with a semitone clash."""
    tones = keys = inside = total = 0
    low, high = RANGES[part]
    scale = _SCALES[truth.facts["mode"]]
    for step, some in measure.keys(part_roll, part, voicings):
        intervals = degrees.SEMITONES[degrees.QUALITIES[truth.quality[step]]]
        chord = {intervals[d] for d in degrees.CHORD_DEGREES[degrees.QUALITIES[truth.quality[step]]]}
        for key in some:
            total += 1
            tones += (key - int(truth.root[step])) % 12 in chord
            keys += (key - truth.facts["tonic"]) % 12 in scale
            inside += low <= key <= high
    found = {}
    if total:
        found |= {"chord tones": tones / total, "in key": keys / total, "in register": inside / total}
    if part != 7 and measure.plays(truth, 7):
        mine, clashes, heard = sounding(part_roll, part, voicings), 0, 0
        for step, (key,) in measure.keys(truth, 7, voicings):
            if mine[step]:
                heard += 1
                clashes += any((k - key) % 12 in (1, 11) for k in mine[step])
        if heard >= 4:
            found["melody clashes"] = clashes / heard
    return found


def sounding(roll, part, voicings):
    """Keys of a part at each step."""
    result = [()] * roll.steps
    for step, some in measure.keys(roll, part, voicings):
        end = step + 1
        while end < roll.steps and roll.note[end, part - 1] == tokens.HOLD:
            end += 1
        result[step:end] = [some] * (end - step)
    return result
