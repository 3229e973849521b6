"""Packs arranged songs into windows of eight bars: `python -m training.parts.pack [--captions 3]`.

Writes `parts/windows-METRE.npz` (tokens, chords, what each part measures), `parts/windows.json` (facts, captions) and
`parts/voicings.json`, the vocabulary of chords, which is counted over training songs once and then kept, so that checkpoints
stay valid when songs are added (`--fresh-vocabulary` counts anew).
"""

import argparse
import json
import random
import time
from collections import Counter

import numpy as np

from ..data.paths import data_root
from . import chords, degrees, gm, grid, measure, tokens, words

HOP_BARS = 4
VOICINGS = 320


def folder():
    return data_root() / "parts"


def songs():
    """(facts, notes [N, 5]) of every song that is arranged."""
    for path in sorted((folder() / "songs").glob("*.npz")):
        if path.name.endswith(".part.npz"):
            continue
        packed = np.load(path)
        notes = packed["notes"]
        for number, fact in enumerate(json.loads(str(packed["facts"]))):
            yield fact, notes[notes[:, 0] == number][:, 1:]


def windows(fact, notes):
    """(first bar, notes from its bar line, chords true at each step) of each window of a song."""
    bar = grid.STEPS_A_BAR[fact["metre"]] * grid.STEP
    bars = int(fact["chords"][-1][0] // bar) + 1
    for first in range(0, bars - grid.BARS + 1, HOP_BARS):
        start, end = first * bar, (first + grid.BARS) * bar
        some = notes[(notes[:, 1] >= start - grid.REACH) & (notes[:, 1] < end - grid.REACH)].copy()
        some[:, 1] -= start
        root, quality = chords.by_step(fact["chords"], start, (end - start) // grid.STEP)
        yield first, some, root, quality


def voicings(fresh=False):
    path = folder() / "voicings.json"
    if path.exists() and not fresh:
        return tokens.Voicings(json.loads(path.read_text()))
    counts = Counter()
    for fact, notes in songs():
        if fact["split"] != "train":
            continue
        at = np.array([c[0] for c in fact["chords"]])
        events = {}
        for part, start, _, key, _ in notes.tolist():
            if 2 <= part <= 6:
                step = grid.place(start)[0]
                _, root, quality = fact["chords"][max(int(np.searchsorted(at, step * grid.STEP, "right")) - 1, 0)]
                events.setdefault((part, step), set()).add(degrees.degree("chords", key, root, quality))
        counts.update(tuple(sorted(s)) for s in events.values())
    common = counts.most_common(VOICINGS)
    print(f"{len(counts)} voicings, the first {len(common)} are {sum(n for _, n in common) / counts.total():.4f} of all onsets", flush=True)
    path.write_text(json.dumps([s for s, _ in common]) + "\n")
    return tokens.Voicings([s for s, _ in common])


def main(arguments=()):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--captions", type=int, default=3, help="of each part of a window (default 3)")
    parser.add_argument("--fresh-vocabulary", action="store_true")
    args = parser.parse_args(list(arguments))
    begun = time.time()
    vocabulary = voicings(args.fresh_vocabulary)
    rolls, facts, numbers = [], [], []
    for fact, notes in songs():
        rng = random.Random(f"window {fact['family']} {fact['number']}")
        for first, some, root, quality in windows(fact, notes):
            heard = "true"
            if fact["split"] == "train" and rng.random() < 0.15:
                heard, root, quality = chords.misheard(rng, root, quality, fact["tonic"], fact["mode"], fact["metre"])
            roll = tokens.encode(some.tolist(), fact["metre"], root, quality, vocabulary)
            present = [p for p in range(len(gm.PARTS)) if measure.onsets(roll, p).sum() >= 4]
            if not present:
                continue
            numbers.append(np.stack([measure.measure(roll, p, vocabulary) if p in present else np.zeros(4, np.float32) for p in range(8)]))
            swing = measure.swings(roll)
            facts.append(
                {k: fact[k] for k in ("family", "stem", "split", "metre", "number", "tempo", "tonic", "mode", "drums_only")}
                | dict(first=first, present=present, swing=None if swing is None else round(swing, 3), heard=heard)
            )
            rolls.append(roll)
    numbers = np.stack(numbers)
    train = np.array([f["split"] == "train" for f in facts])
    present = np.zeros((len(facts), 8), bool)
    for i, fact in enumerate(facts):
        present[i, fact["present"]] = True
    # Quantiles of what training parts of each kind measure: ranks, words and controls are read from them.
    table = np.stack([np.quantile(numbers[train & present[:, p], p], np.linspace(0, 1, 41), axis=0) for p in range(8)]).astype(np.float32)
    scores = ranked(numbers, table)
    pool, index = [], {}
    for i, (fact, roll) in enumerate(zip(facts, rolls)):
        rng = random.Random(f"captions {i} {fact['family']} {fact['number']} {fact['first']}")
        swing = None if fact["swing"] is None else True if fact["swing"] > 0.6 else False if fact["swing"] < 0.3 else None
        fact["captions"] = {}
        for p in fact["present"]:
            traits = measure.drum_traits(roll) if p == 0 else measure.pitched_traits(roll, p, vocabulary)
            say = lambda: words.caption(rng, gm.PARTS[p], fact["stem"], traits, scores[i, p], measure.CONTROLS, swing, fact["metre"], fact["tempo"])
            fact["captions"][p] = [index.setdefault(say(), len(index)) for _ in range(args.captions)]
        overall = scores[i, fact["present"]].mean(0)
        fact["captions"]["all"] = [
            index.setdefault(words.whole(rng, fact["stem"], swing, fact["metre"], fact["tempo"], overall), len(index)) for _ in range(3)
        ]
    pool = list(index)
    metres = {}
    for metre in grid.METRES:
        mine = [i for i, fact in enumerate(facts) if fact["metre"] == metre]
        metres[metre] = len(mine)
        if mine:
            stack = lambda name, kind: np.stack([getattr(rolls[i], name) for i in mine]).astype(kind)
            np.savez_compressed(
                folder() / f"windows-{metre.replace('/', '-')}.npz", window=np.array(mine, np.int32), drums=stack("drums", np.uint8),
                offset=stack("offset", np.uint8), note=stack("note", np.uint16), touch=stack("touch", np.uint8),
                root=stack("root", np.uint8), quality=stack("quality", np.uint8), measured=numbers[mine], scores=scores[mine],
            )  # fmt: skip
    (folder() / "windows.json").write_text(json.dumps(dict(facts=facts, captions=pool, quantiles=table.tolist())) + "\n")
    by = Counter((f["split"], f["metre"]) for f in facts)
    print(f"{len(facts)} windows {dict(by)}, {len(pool)} captions, {time.time() - begun:.0f} s", flush=True)


def ranked(numbers, table):
    """Ranks 0 to 1 of measured numbers [N, 8, 4] among training parts of their kind."""
    ranks = np.zeros_like(numbers)
    grid_ = np.linspace(0, 1, table.shape[1])
    for p in range(numbers.shape[1]):
        for c in range(numbers.shape[2]):
            # Between the first and the last place of equal values, so that what many share is in the middle.
            low = np.searchsorted(table[p, :, c], numbers[:, p, c], "left")
            high = np.searchsorted(table[p, :, c], numbers[:, p, c], "right")
            inside = np.interp(numbers[:, p, c], table[p, :, c] + np.arange(41) * 1e-6, grid_)
            ranks[:, p, c] = np.where(high > low + 1, (low + high - 1) / 2 / 40, inside).clip(0, 1)
    return ranks


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
