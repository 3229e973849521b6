"""Roll ↔ notes: eight bars of eight parts as tokens, one of each stream at every step.

Streams of a step: 15 drum pieces (0 none, 1 to 4 velocity classes), the drums' offset, and for each of the seven pitched parts
a note (0 rest, 1 hold, from 2 on an onset: a degree and octave over the step's chord, or of chordal parts a voicing, which is a
set of them) and a touch (velocity class × offset, `NO_TOUCH` where nothing begins). The last id of every stream is the mask.
A part has one onset a step, and a new one ends what sounds.
"""

from dataclasses import dataclass, field

import numpy as np

from . import degrees, gm, grid

VELOCITY_EDGES = (56, 82, 104)
VELOCITIES = (45, 70, 93, 114)  # what classes 1 to 4 are played with
LEVELS = len(VELOCITIES)
REST, HOLD, FIRST = 0, 1, 2
PITCHED = gm.PARTS[1:]
DRUM_MASK = LEVELS + 1
OFFSET_MASK = grid.OFFSETS
NO_TOUCH = LEVELS * grid.OFFSETS
TOUCH_MASK = NO_TOUCH + 1
KIND = {part: "bass" if part == "bass" else "lead" if part == "lead" else "chords" for part in PITCHED}


def velocity_class(velocity):
    """1 to 4."""
    return 1 + int(np.searchsorted(VELOCITY_EDGES, velocity, "right"))


def touch(velocity, offset):
    return (velocity_class(velocity) - 1) * grid.OFFSETS + offset + grid.REACH


@dataclass
class Roll:
    """Tokens of eight bars, all arrays [S, …]; `root` and `quality` are the chords that the notes are written over."""

    metre: str
    drums: np.ndarray  # [S, 15]
    offset: np.ndarray  # [S], 0 to 4
    note: np.ndarray  # [S, 7]
    touch: np.ndarray  # [S, 7]
    root: np.ndarray  # [S]
    quality: np.ndarray  # [S], indices of degrees.QUALITIES
    facts: dict = field(default_factory=dict)

    @property
    def steps(self):
        return len(self.drums)


def empty(metre, root, quality):
    steps = grid.BARS * grid.STEPS_A_BAR[metre]
    return Roll(
        metre, np.zeros((steps, len(gm.PIECES)), np.uint8), np.full(steps, grid.REACH, np.uint8), np.zeros((steps, 7), np.uint16),
        np.full((steps, 7), NO_TOUCH, np.uint8), np.asarray(root), np.asarray(quality),
    )  # fmt: skip


class Voicings:
    """The vocabulary of sets of degrees that chordal parts play."""

    def __init__(self, sets):
        self.sets = [tuple(s) for s in sets]
        self.index = {s: i for i, s in enumerate(self.sets)}
        self._nearest = {}

    def of(self, some):
        """The number of a set, or of the one most like it."""
        some = tuple(sorted(some))
        if some in self.index:
            return self.index[some]
        if some not in self._nearest:
            mine = set(some)

            def unlike(i):
                other = self.sets[i]
                degrees_apart = len({s % 12 for s in mine} ^ {s % 12 for s in other})
                return 2 * degrees_apart + 0.2 * len(mine ^ set(other)) + 0.1 * abs(np.mean(some) - np.mean(other))

            self._nearest[some] = min(range(len(self.sets)), key=unlike)
        return self._nearest[some]


def encode(notes, metre, root, quality, voicings):
    """Notes [(part number, start, length, key, velocity), …] in 24ths from the first bar line → Roll."""
    roll = empty(metre, root, quality)
    events = {}
    for part, start, length, key, velocity in notes:
        step, offset = grid.place(max(start, 0))
        if step >= roll.steps:
            continue
        if part == 0:
            piece = gm.piece(key)
            if piece is not None:
                level = velocity_class(velocity)
                if level >= roll.drums[step].max():
                    roll.offset[step] = offset + grid.REACH
                roll.drums[step, piece] = max(roll.drums[step, piece], level)
        else:
            events.setdefault((part, step), []).append((key, velocity, offset, start + length))
    for row, part in enumerate(PITCHED):
        mine = sorted((step, found) for (p, step), found in events.items() if p == row + 1)
        for number, (step, found) in enumerate(mine):
            after = mine[number + 1][0] if number + 1 < len(mine) else roll.steps
            # A chord's first notes say when it begins, its loudest how loud it is.
            loudest = max(v for _, v, _, _ in found)
            roll.touch[step, row] = touch(loudest, min(o for _, _, o, _ in found))
            roll.note[step, row] = FIRST + _number(part, [k for k, *_ in found], int(root[step]), int(quality[step]), voicings)
            end = min(max(round(max(e for *_, e in found) / grid.STEP), step + 1), after, roll.steps)
            roll.note[step + 1 : end, row] = HOLD
    return roll


def _number(part, keys, root, quality, voicings):
    kind, name = KIND[part], degrees.QUALITIES[quality]
    if kind == "chords":
        return voicings.of({degrees.degree(kind, key, root, name) for key in keys})
    # Of several notes of a line, a bass's lowest and a lead's highest.
    return degrees.degree(kind, min(keys) if kind == "bass" else max(keys), root, name)


def sounding(part, token, root, quality, voicings):
    """Keys of an onset token over a chord."""
    kind, name = KIND[part], degrees.QUALITIES[int(quality)]
    numbers = voicings.sets[token - FIRST] if kind == "chords" else (token - FIRST,)
    return sorted({degrees.key(kind, number, int(root), name) for number in numbers})


def decode(roll, voicings):
    """Roll → notes [(part number, start, length, key, velocity), …], sorted."""
    notes = []
    for step, piece in zip(*np.nonzero((roll.drums > 0) & (roll.drums < DRUM_MASK))):
        at = grid.tick(int(step), int(roll.offset[step]) - grid.REACH)
        notes.append((0, max(at, 0), grid.STEP, gm.PIECE_KEYS[piece], VELOCITIES[roll.drums[step, piece] - 1]))
    for row, part in enumerate(PITCHED):
        onsets = np.flatnonzero(roll.note[:, row] >= FIRST)
        for step in onsets:
            end = step + 1
            while end < roll.steps and roll.note[end, row] == HOLD:
                end += 1
            level, offset = divmod(int(roll.touch[step, row]), grid.OFFSETS) if roll.touch[step, row] < NO_TOUCH else (1, grid.REACH)
            begin = max(grid.tick(int(step), offset - grid.REACH), 0)
            keys = sounding(part, int(roll.note[step, row]), roll.root[step], roll.quality[step], voicings)
            # A held note ends where the next begins; a note that stops earlier stops with its step.
            notes += [(row + 1, begin, max(grid.tick(end, 0) - begin, 1), key, VELOCITIES[level]) for key in keys]
    return sorted(notes)
