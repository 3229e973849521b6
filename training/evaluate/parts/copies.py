"""How many bars of drums, and of bass lines, are exactly as in a training song."""

import numpy as np

from ...parts import grid, tokens


def _marks(roll, part):
    bar = grid.STEPS_A_BAR[roll.metre]
    what = (np.minimum(roll.drums, 5) > 0).astype(np.uint8) if part == 0 else roll.note[:, part - 1]
    played = what.any(1) if part == 0 else what >= tokens.FIRST
    return [(roll.metre, what[b * bar : (b + 1) * bar].tobytes()) for b in range(8) if played[b * bar : (b + 1) * bar].any()]


def known(data, part):
    """All bars (and all eight bars together) of training songs: which pieces are hit when, or which notes, without velocities."""
    bars, wholes = set(), set()
    for metre, group in data.groups.items():
        for row in range(len(group["window"])):
            marks = _marks(data.rolls(metre, [row])[0], part)
            bars.update(marks)
            wholes.add(tuple(marks))
    return bars, wholes


def share(rolls, part, bars_wholes):
    """(share of bars, share of eight bars) that training has, too."""
    bars, wholes = bars_wholes
    marks = [_marks(roll, part) for roll in rolls]
    flat = [m for some in marks for m in some]
    return float(np.mean([m in bars for m in flat])), float(np.mean([tuple(some) in wholes for some in marks]))
