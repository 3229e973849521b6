"""The rhythms of `mma` (Musical MIDI Accompaniment), by metre, divided between training, validation and test by file."""

import functools
import random
import re
from pathlib import Path

LIBRARY = Path("/usr/share/mma/lib")
# Not music with harmony: metronomes, and drum machines.
_LEFT_OUT_FILES = re.compile(r"metronome|^none$|stdpats|afro-cuban")
_LEFT_OUT_GROOVES = re.compile(r"(?i)intro|end|fill|break|metro|trash|plectrum")
_MIXES = {
    "test": {"4/4": 0.63, "3/4": 0.22, "6/8": 0.12, "5/4": 0.03},
    "validation": {"4/4": 0.65, "3/4": 0.23, "6/8": 0.12},
    "training": {"4/4": 0.6, "3/4": 0.2, "6/8": 0.2},
}
# Too few to leave to chance.
_BY_HAND = {"68swing": "test", "68ballad": "test", "68march": "training", "arpeggio68": "training", "blues68": "validation",
            "jazz-54": "test"}


def _read(path):
    """(metre, groove names) of a library file, or None."""
    text = re.sub(r"//.*", "", path.read_text("latin1"))
    times = set(re.findall(r"(?im)^\s*time\s+(\d+)", text)) or {"4"}
    signatures = set(re.findall(r"(?im)^\s*timesig\s+(\d+)[ /]+(\d+)", text))
    if len(times) > 1 or len(signatures) > 1:
        return None
    time, signature = int(times.pop()), signatures.pop() if signatures else None
    compound = signature is not None and signature[1] == "8"
    metre = {(2, True): "6/8", (6, True): "6/8", (6, False): "6/8", (4, False): "4/4", (3, False): "3/4", (5, False): "5/4"}.get(
        (time, compound)
    )
    names = [n for n in re.findall(r"(?im)^\s*defgroove\s+(\S+)", text) if not _LEFT_OUT_GROOVES.search(n)]
    return (metre, time, 3 if time == 6 else 1, names) if metre and names else None


@functools.cache
def catalogue():
    """{split: {metre: [(beats that mma counts in a bar, of which so many make one felt beat, grooves), ...]}}"""
    splits = {"test": {}, "validation": {}, "training": {}}
    for path in sorted(LIBRARY.rglob("*.mma")):
        if path.parent.name == "zoom" or _LEFT_OUT_FILES.search(path.stem):
            continue
        if found := _read(path):
            metre, beats, unit, names = found
            # Of one tune's name in several libraries (waltz, bossa), all go the same way.
            tune = re.sub(r"\d+$", "", path.stem)
            where = random.Random(f"groove {tune}").random()
            drawn = "training" if where < 0.3 else "validation" if where < 0.45 else "test"
            splits[_BY_HAND.get(path.stem, drawn)].setdefault(metre, []).append(
                (beats, unit, [f"{path.parent.name}:{name}" for name in names])
            )
    return splits


def draw(split, rng):
    """(metre, beats a bar as mma counts, of which so many make one felt beat, "library:groove")."""
    mix = _MIXES[split]
    metre = rng.choices(list(mix), mix.values())[0]
    beats, unit, names = rng.choice(catalogue()[split][metre])
    return metre, beats, unit, rng.choice(names)
