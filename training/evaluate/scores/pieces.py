"""Which scores of music21's corpus are played, and how fast."""

import random
import re
from typing import NamedTuple

CHORALES, ANALYSED = 24, 20
# Of the others, those that bars are counted over, and those that are chosen by.
COUNTED, VALIDATION = 80, 32


class Piece(NamedTuple):
    name: str
    kind: str
    path: str  # in the corpus
    bpm: tuple  # lowest and highest, felt beats a minute
    key: tuple | None = None  # (tonic, mode) at its start, where the file doesn't say
    analysis: str | None = None


_CLASSES = {"C": 0, "D": 2, "Eb": 3, "E": 4, "F": 5, "G": 7, "A": 9, "Bb": 10}
# Path, key at the start, tempo. Those in 3/8, 9/8 and 3/2 are left out, and introductions with no steady beat.
_MOVEMENTS = """
haydn/opus1no1/movement2 Bb:major 100 138
haydn/opus1no1/movement4 Bb:major 100 138
haydn/opus1no1/movement5 Bb:major 110 150
haydn/opus74no1/movement1 C:major 110 150
haydn/opus74no1/movement3 C:major 110 160
haydn/opus74no1/movement4 C:major 120 160
mozart/k80/movement1 G:major 50 76
mozart/k80/movement2 G:major 110 150
mozart/k80/movement3 G:major 100 138
mozart/k155/movement1 D:major 110 150
mozart/k155/movement2 A:major 60 90
mozart/k155/movement3 D:major 120 160
mozart/k156/movement2 E:minor 44 66
mozart/k156/movement3 G:major 100 138
mozart/k458/movement1 Bb:major 92 126
mozart/k458/movement2 Bb:major 96 130
mozart/k458/movement3 Eb:major 44 63
mozart/k458/movement4 Bb:major 120 160
beethoven/opus18no1/movement1 F:major 130 170
beethoven/opus18no1/movement4 F:major 100 130
beethoven/opus18no3 D:major 90 120
beethoven/opus18no4 C:minor 120 150
beethoven/opus18no5 A:major 92 116
beethoven/opus59no1/movement1 F:major 120 150
beethoven/opus59no1/movement3 F:minor 50 72
beethoven/opus59no2/movement2 E:major 50 66
beethoven/opus59no2/movement3 E:minor 110 150
beethoven/opus59no3/movement2 A:minor 50 70
beethoven/opus59no3/movement3 C:major 90 126
schumann_clara/opus17/movement3 G:major 44 66
"""


def movements():
    for line in _MOVEMENTS.split("\n")[1:-1]:
        path, key, low, high = line.split()
        tonic, mode = key.split(":")
        yield Piece(path.replace("/", "-"), "strings", path, (float(low), float(high)), (_CLASSES[tonic], mode))


def analysed(bwv_of):
    """Chorales with analyses; `bwv_of`: {number in Riemenschneider: BWV as the analysis writes it}."""
    for number, bwv in bwv_of.items():
        analysis = f"bach/choraleAnalyses/riemenschneider{number:03}"
        yield Piece(f"analysed-{number:03}", "analysed chorales", f"bach/bwv{_file(bwv)}", (60.0, 96.0), None, analysis)


def _file(bwv):
    """248(2).12 -> 248.12-2 and 41.6s -> 41.6, as the corpus has them."""
    return re.sub(r"^(\d+)\((\d)\)\.(\d+)$", r"\1.\3-\2", bwv).rstrip("s")


def chorales(names, known):
    """Some of the others: of `names`, those that no analysis is of."""
    others = sorted(name for name in names if f"bach/{name}" not in known)
    for name in random.Random("chorales").sample(others, min(CHORALES, len(others))):
        yield Piece(name.replace(".", "-"), "chorales", f"bach/{name}", (60.0, 96.0))


def others(count):
    """Chorales that aren't evaluated with, to count patterns over: so many, at tempi of all kinds."""
    from . import reading

    evaluated = {piece.path for piece in chosen(10**6)}
    names = sorted(name for name in reading.chorale_names() if f"bach/{name}" not in evaluated)
    random.Random("counted").shuffle(names)
    for name in names[:count]:
        yield Piece(f"counted-{name}".replace(".", "-"), "chorales", f"bach/{name}", (52.0, 132.0))


def validation():
    """Those of the others that aren't counted."""
    return list(others(COUNTED + VALIDATION))[COUNTED:]


def chosen(count):
    """So many pieces of each kind at most."""
    from . import reading

    with_analysis = list(analysed(reading.analysed_bwv()))[:ANALYSED]
    known = {piece.path for piece in with_analysis}
    all_ = with_analysis, list(chorales(reading.chorale_names(), known)), list(movements())
    return [piece for kind in all_ for piece in kind[:count]]
