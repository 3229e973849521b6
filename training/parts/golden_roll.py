"""Notes, their tokens, and the notes of these, for Consort's own code to agree with: `python -m training.parts.golden_roll`."""

import json
import random
from pathlib import Path

from . import gm, grid, tokens, windows
from .heard import features, tables

OUT = Path("tests/golden/roll.json")
VOCABULARY = Path("plugin-assets/models/parts.json")


def case(metre, rng, voicings, table):
    steps = grid.BARS * grid.STEPS_A_BAR[metre]
    bar = grid.STEPS_A_BAR[metre]
    chords = [(rng.randrange(12), rng.randrange(11)) for _ in range(grid.BARS)]
    root, quality = ([chords[step // bar][i] for step in range(steps)] for i in (0, 1))
    notes = []
    for part in range(len(gm.PARTS)):
        for _ in range(40):
            tick = rng.randrange(steps * grid.STEP)
            keys = {rng.randrange(35, 82)} if part == 0 else {rng.randrange(30, 90) for _ in range(rng.choice((1, 1, 3, 4)))}
            length = rng.choice((3, 6, 12, 20, 48))
            notes += [(part, tick, length, key, rng.randrange(1, 128)) for key in sorted(keys)]
    roll = tokens.encode(notes, metre, root, quality, voicings)
    heard = features(None, roll.note, [0], roll.root, roll.quality, table)
    return dict(
        metre=metre, root=root, quality=quality, notes=notes, tokens=windows.stack(roll).ravel().tolist(),
        decoded=[list(map(int, n)) for n in tokens.decode(roll, voicings)], heard_bass=[round(float(x), 5) for x in heard.ravel()],
    )  # fmt: skip


def main():
    voicings = tokens.Voicings(json.loads(VOCABULARY.read_text())["voicings"])
    table = tables(voicings)
    rng = random.Random(7)
    OUT.write_text(json.dumps([case(metre, rng, voicings, table) for metre in grid.METRES]) + "\n")
    print(f"{OUT}: {OUT.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
