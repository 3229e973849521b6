"""Which grooves of `mma` are arranged, in families that stay on one side of the split.

A family is a library file, with all files of the same name but for its digits ("8beat1", "8beat2"). Styles that several
families share (bossa nova in `stdlib`, `yamaha` and `kara`) may be on both sides: so an unseen groove can have a known style. The patterns of a
drum machine (`zoom`) have no other parts, and are all for training.
"""

import functools
import random
import re
from dataclasses import dataclass
from pathlib import Path

LIBRARY = Path("/usr/share/mma/lib")
_LEFT_OUT = re.compile(r"metronome|^none$|^count$|^ending$|^intro$|stdpats")
_NOT_MAIN = re.compile(r"(?i)intro|end|break|metro|trash|fill|^(16|8)beat\dF|^(highfive|metal\d|rock\d|slowrock)(F|E)|[a-z0-9]E$")
_FILL = re.compile(r"(?i)fill|^(?:16beat\d|8beat\d|highfive|metal\d|rock\d|slowrock)F")
# (beats that mma counts in a bar, 24ths of a notated quarter in one of them, bars of the metre in a bar)
_METRES = {
    ("4", None): ("4/4", 4, 24, 1),
    ("4", "4/4"): ("4/4", 4, 24, 1),
    ("4", "6/8"): ("4/4", 4, 24, 1),
    (None, None): ("4/4", 4, 24, 1),
    (None, "4/4"): ("4/4", 4, 24, 1),
    ("3", None): ("3/4", 3, 24, 1),
    ("3", "3/4"): ("3/4", 3, 24, 1),
    ("6", None): ("6/8", 6, 12, 1),
    ("6", "6/8"): ("6/8", 6, 12, 1),
    ("2", "6/8"): ("6/8", 2, 36, 1),
    ("5", "5/4"): ("5/4", 5, 24, 1),
}
# Rare metres, and styles that are asked for by name, are too few to leave to chance.
_BY_HAND = {"68march": "test", "fastwaltz": "test", "frenchwaltz": "test", "broadwaywaltz": "validation", "kbossa": "test", "jazz-": "train"}


@dataclass(frozen=True)
class Family:
    name: str  # "stdlib/swing"
    stem: str  # without digits: what splits go by
    split: str
    metre: str
    beats: int
    ticks: int
    grooves: tuple
    fills: tuple
    drums_only: bool


def draw_split(key):
    """Where a name goes: 80 % train, 8 % validation, 12 % test."""
    place = random.Random(f"parts {key}").random()
    return "train" if place < 0.8 else "validation" if place < 0.88 else "test"


def _family(path):
    text = re.sub(r"//.*", "", path.read_text("latin1"))
    times = set(re.findall(r"(?im)^\s*time\s+(\d+)", text))
    signatures = {f"{a}/{b}" for a, b in re.findall(r"(?im)^\s*timesig\s+(\d+)[ /]+(\d+)", text)}
    if len(times) > 1 or len(signatures) > 1:
        return None
    metre = _METRES.get((times.pop() if times else None, signatures.pop() if signatures else None))
    names = list(dict.fromkeys(re.findall(r"(?im)^\s*defgroove\s+(\S+)", text)))
    main = [n for n in names if not _NOT_MAIN.search(n)]
    if metre is None or not main:
        return None
    stem = re.sub(r"\d+$", "", path.stem).lower()
    drums_only = path.parent.name == "zoom"
    split = _BY_HAND.get(stem) or ("train" if drums_only else draw_split(f"family {stem}"))
    folder = path.parent.name
    full = lambda some: tuple(f"{folder}:{n}" for n in some)
    fills = [n for n in names if _FILL.search(n)]
    return Family(f"{folder}/{path.stem}", stem, split, metre[0], metre[1], metre[2], full(main), full(fills), drums_only)


@functools.cache
def families():
    """All families of the installed libraries, in order of their names."""
    found = []
    for path in sorted(LIBRARY.rglob("*.mma")):
        if not _LEFT_OUT.search(path.stem) and path.parent.parent == LIBRARY and (family := _family(path)):
            found.append(family)
    return tuple(found)
