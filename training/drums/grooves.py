"""Plays drum kits as they are heard in music: `python -m training.drums.grooves` (resumable, minutes).

`heard/kit-ID.npy` in the data folder is like an instrument's (`training.data.heard`): twelve grooves of three seconds instead
of notes. The first is the one by which a kit stands in a library; the others are drawn: tempo, pattern, velocities.
Recorded kits, and drum machines of our own in ten of each style. `kits.json` says of each kit what it is called and in
which split it is; kits that sound like one before them in the reference are left out.
"""

import argparse
import itertools
import json
import random
import time

import numpy as np

from ..data import heard, sound_mel
from ..data.note_model import SAMPLE_RATE
from ..data.paths import data_root
from . import machines, resynthesis
from .sources import Kit, kits

KICK, SNARE, CLOSED, OPEN, CRASH, RIDE = 36, 38, 42, 46, 49, 51
INSTEAD = {
    KICK: (36, 35), SNARE: (38, 40, 37, 39), CLOSED: (42, 44, 54, 70),
    OPEN: (46, 51, 59, 53), CRASH: (49, 57, 55, 52), RIDE: (51, 59, 53, 42),
}  # fmt: skip
"""Keys that take the place of a piece which a kit doesn't have."""
REFERENCE = [
    (0.0, KICK, 100), (0.25, CLOSED, 100), (0.5, SNARE, 100), (0.75, CLOSED, 100), (1.0, KICK, 100), (1.25, OPEN, 100),
    (1.5, SNARE, 100), (2.0, CRASH, 100), (2.0, KICK, 100),
]  # fmt: skip
DISTINCT_DB = 2.0
MACHINES = 10
TEST = ("hydrogen-the-black-pearl-1-0", "hydrogen-audiophob", "timgm-", "machine-dub-", "machine-606-")
VALIDATION = ("hydrogen-rumpf-kit", "hydrogen-hardelectro1", "opl3-", "machine-electro-")
"""How the ids of kits begin that aren't trained on."""
MOST_OTHERS = (50, 48, 47, 45, 43, 41, 56, 39, 37, 54, 60, 61, 62, 63, 64, 70, 75, 76)


def pattern(rng):
    """One groove: (seconds, key, velocity) of its hits."""
    beat = 60 / rng.uniform(70, 160)
    step, hits = beat / 4, []
    top = rng.choice([CLOSED, CLOSED, CLOSED, RIDE, None])
    every = rng.choice([1, 2, 2, 2, 4])
    kick = [0.9 if at in (0, 8) else 0.35 if at % 2 == 0 else 0.12 for at in range(16)]
    snare = [0.92 if at in (4, 12) else 0.08 for at in range(16)]
    swing = rng.choice([0.0, 0.0, 0.3])
    for index in range(int(heard.SECONDS / step) + 1):
        at, when = index % 16, (index + swing * (index % 2)) * step
        if rng.random() < kick[at]:
            hits.append((when, KICK, rng.randint(70, 127)))
        if rng.random() < snare[at]:
            hits.append((when, SNARE, rng.randint(50, 127)))
        if top and index % every == 0 and rng.random() < 0.93:
            opened = top == CLOSED and rng.random() < 0.1
            hits.append((when, OPEN if opened else top, rng.randint(45, 115)))
        if rng.random() < 0.06:
            hits.append((when, rng.choice(MOST_OTHERS), rng.randint(60, 120)))
    if rng.random() < 0.3:
        hits.append((0.0, CRASH, rng.randint(80, 127)))
    return hits


def play(strokes, hits):
    """A groove on a kit: strokes {key: [(velocity, sound)], softest first}."""
    out = np.zeros(int(heard.SECONDS * SAMPLE_RATE) + 1, np.float32)
    for when, key, velocity in hits:
        key = next((k for k in (key, *INSTEAD.get(key, ())) if k in strokes), None)
        start = int(when * SAMPLE_RATE)
        if key is None or start >= len(out):
            continue
        hardest = strokes[key][-1][0]
        layer, sound = next(s for s in strokes[key] if s[0] >= min(velocity / 127, hardest))
        piece = sound[: len(out) - start] * (velocity / 127) ** 2 / max(layer, velocity / 127) ** 2
        out[start : start + len(piece)] += piece
    return out[: int(heard.SECONDS * SAMPLE_RATE)]


def grooves(kit):
    """The twelve phrases of a kit [12, samples]; nothing where it has no kick, snare and hat or ride."""
    strokes = {}
    for key, velocity, sound in kit.strokes():
        strokes.setdefault(key, []).append((velocity, sound))
    for layers in strokes.values():
        layers.sort(key=lambda layer: layer[0])
    if any(not set(INSTEAD[piece]) & set(strokes) for piece in (KICK, SNARE)):
        return None
    if not set(INSTEAD[CLOSED] + INSTEAD[OPEN]) & set(strokes):
        return None
    rng = random.Random(f"grooves/{kit.id}")
    return np.array([play(strokes, hits) for hits in [REFERENCE, *(pattern(rng) for _ in range(heard.NOTES - 1))]])


def _machine_strokes(style, number):
    drawn = machines.draw(style, np.random.default_rng([number, *style.encode()]))
    for key in sorted({KICK, SNARE, CLOSED, OPEN, CRASH, RIDE, *MOST_OTHERS} & set(drawn)):
        yield key, 1.0, resynthesis.render(*drawn[key], seconds=2.0)


def _machines():
    for style in machines.STYLES:
        for number in range(MACHINES):
            name = f"machine-{style.replace(' ', '-')}-{number}"
            yield Kit(name, f"{style} {number}", "machine", lambda s=style, n=number: _machine_strokes(s, n))


def all_kits():
    yield from (kit for kit in kits() if not kit.id.startswith("shots-"))
    yield from _machines()


def difference(one, other):
    """Mean difference in dB of two log-mels over the top 60 dB of either."""
    there = (one > 0.25) | (other > 0.25)
    return float(np.abs(one - other)[there].mean() * sound_mel.RANGE_DB)


def split_of(identifier):
    return "test" if identifier.startswith(TEST) else "validation" if identifier.startswith(VALIDATION) else "train"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kits", type=int, help="only so many kits")
    args = parser.parse_args()
    root, begun = data_root(), time.time()
    found, prints = {}, []
    for kit in itertools.islice(all_kits(), args.kits):
        identifier = f"kit-{kit.id}"
        if not (root / "heard" / f"{identifier}.npy").exists():
            phrases = grooves(kit)
            if phrases is None:
                continue
            heard.write(root / "heard", identifier, phrases)
        mark = sound_mel.sound_mel(heard.read(root / "heard", identifier)[0][0])
        if all(difference(mark, other) > DISTINCT_DB for other in prints):
            prints.append(mark)
            found[identifier] = dict(id=identifier, name=kit.name, source=kit.source, split=split_of(kit.id))
    (root / "kits.json").write_text(json.dumps(found))
    print(f"{len(found)} kits, {time.time() - begun:.0f} s")


if __name__ == "__main__":
    main()
