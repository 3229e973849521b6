"""Patterns that no groove has, with what holds between the parts kept: the places of a bar change for several parts at once.

Grooves are few (some 900), and a network that has many minutes learns them by heart: given a context, it looks its groove up. Here
half-beats of the bar change places, or one takes another's place, alike in all bars (or in every other): kick and bass together while
the others stay, or all parts together. Kick and bass coincide as before, in a pattern that can only be known from the other of them.
"""

import numpy as np

from . import gm, grid, tokens
from . import net_layout as net

LOW_PIECES = [gm.PIECES.index("kick"), gm.PIECES.index("low tom")]
BASS = 0  # of the seven pitched parts
LEAD = 6
HALF = 2  # steps of a half-beat (of 6/8: an eighth)


def varied(rng, metre, tokens_, swung):
    """Tokens [S, 30] with other places, and which parts they changed.

    `swung`: first halves of a beat then only take the place of first halves, because second ones come late.
    """
    pieces, rows = _together(rng)
    everything = len(pieces) == net.PIECES
    return moved(tokens_, _source(rng, metre, swung), pieces, rows), list(range(len(gm.PARTS))) if everything else [0, 1]


def _together(rng):
    """Pieces of the kit and pitched parts that move as one: the low end, or all (mostly without the melody)."""
    if rng.random() < 0.6:
        return LOW_PIECES, [BASS]
    return list(range(net.PIECES)), list(range(7 if rng.random() < 0.3 else LEAD))


def _source(rng, metre, swung):
    """For each step of eight bars, which step it is taken from. The first half-beat of the bar mostly stays."""
    bar = grid.STEPS_A_BAR[metre]
    halves = bar // HALF
    beat = 3 if metre == "6/8" else 2

    def of_bar():
        order = np.arange(halves)
        for _ in range(rng.integers(2, 5)):
            first = 0 if rng.random() < 0.1 else 1
            one = rng.integers(first, halves)
            others = [h for h in range(first, halves) if h != one and (not swung or h % beat == one % beat)]
            other = others[rng.integers(len(others))]
            if rng.random() < 0.5:
                order[[one, other]] = order[[other, one]]
            else:
                order[one] = order[other]
        return (order[:, None] * HALF + np.arange(HALF)).ravel()

    two = [of_bar(), of_bar()] if rng.random() < 0.35 else [of_bar()] * 2
    return np.concatenate([two[b % 2] + b * bar for b in range(grid.BARS)])


def moved(tokens_, source, pieces, rows):
    """Tokens whose `pieces` and pitched `rows` have at each step what they had at its `source`; notes end as they did, or where the
    next begins."""
    done = tokens_.copy()
    done[:, pieces] = tokens_[source][:, pieces]
    hit = done[:, : net.PIECES] > 0
    # One offset a step: of the pieces that came, unless others are there.
    stays = np.delete(hit, pieces, 1).any(1)
    done[:, net.OFFSET] = np.where(stays, tokens_[:, net.OFFSET], np.where(hit.any(1), tokens_[source, net.OFFSET], grid.REACH))
    columns = [net.NOTES.start + r for r in rows]
    touches = [net.TOUCHES.start + r for r in rows]
    note = tokens_[:, columns]
    steps = np.arange(len(note))[:, None]
    end = _ends(note)
    # A note that lasts to the next one does so wherever they are.
    after = np.vstack([note, np.full((1, note.shape[1]), tokens.FIRST)])
    length = np.where(np.take_along_axis(after, end, 0) >= tokens.FIRST, len(note), end - steps)
    begun = note[source] >= tokens.FIRST
    last = np.maximum.accumulate(np.where(begun, steps, -1), 0)
    alive = (last >= 0) & (steps - last < np.take_along_axis(length[source], np.maximum(last, 0), 0))
    done[:, columns] = np.where(begun, note[source], np.where(alive, tokens.HOLD, tokens.REST))
    done[:, touches] = np.where(begun, tokens_[source][:, touches], tokens.NO_TOUCH)
    return done


def held(rng, metre, tokens_, root, quality):
    """Tokens [S, 30] whose pitched parts play what a player of pads would: once in one or two bars and at each new chord, and hold it."""
    done, bar = tokens_.copy(), grid.STEPS_A_BAR[metre]
    steps = np.arange(len(tokens_))
    new = np.r_[True, (np.diff(root) != 0) | (np.diff(quality) != 0)] | (steps % (bar * rng.integers(1, 3)) == 0)
    starts = np.flatnonzero(new)
    for column, touch in zip(range(net.NOTES.start, net.NOTES.stop), range(net.TOUCHES.start, net.TOUCHES.stop)):
        note, before = tokens_[:, column], tokens.REST
        for first, end in zip(starts, [*starts[1:], len(tokens_)]):
            onsets = first + np.flatnonzero(note[first:end] >= tokens.FIRST)
            done[first:end, column] = tokens.HOLD if len(onsets) or before != tokens.REST else tokens.REST
            done[first:end, touch] = tokens.NO_TOUCH
            if len(onsets):
                done[first, column], done[first, touch] = note[onsets[0]], tokens_[onsets[0], touch]
            before = done[end - 1, column]
    return done


def _ends(note):
    """For each step and stream, the first later step that doesn't hold."""
    steps = np.arange(len(note))[:, None]
    stops = np.where(note != tokens.HOLD, steps, len(note))
    later = np.minimum.accumulate(stops[::-1], 0)[::-1]
    return np.vstack([later[1:], np.full((1, note.shape[1]), len(note))])
