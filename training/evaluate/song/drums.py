"""Songs of which only the drums play: tempo, beats and metre."""

import random
import subprocess

from ..tables import show
from . import grooves, making, report

DRUMS, NEAR, LEAST_STROKES = 9, 0.04, 40


def measure(split, count):
    folder = making.folder(f"{split}-drums")
    folder.mkdir(parents=True, exist_ok=True)
    names = list(_made(split, folder, count))
    truths, scores = report.compare(f"Drums alone ({split})", folder, names)
    report.by("metre", truths, scores)
    rows = []
    for factor, called in ((1, "right"), (2, "double"), (1 / 2, "half"), (3, "three times"), (3 / 2, "3/2"), (2 / 3, "2/3"), (4 / 3, "4/3")):
        row = []
        for said in scores.values():
            near = [s["bpm"] is not None and abs(s["bpm"] / (t["tempo"] * factor) - 1) <= NEAR for t, s in zip(truths, said)]
            row.append(100 * sum(near) / len(near))
        rows.append((called, *row))
    show(f"Tempo heard, within {NEAR:.0%}, % of files", tuple(scores), rows)


def _made(split, folder, count):
    number = made = 0
    while made < count:
        name = f"{number:04}"
        refused = folder / f"{name}.refused"
        if not (folder / f"{name}.json").exists() and not refused.exists():
            try:
                rng = random.Random(f"drums {split} {name}")
                making.song(rng, grooves.draw(split, rng), making.FONTS[split], folder, name, change=_only_drums, pitched=False)
            except (subprocess.CalledProcessError, ValueError) as fault:
                refused.write_text(str(fault))
        if not refused.exists():
            made += 1
            yield name
        number += 1


def _only_drums(file):
    strokes = 0
    for track in file.tracks:
        for index, message in enumerate(track):
            if message.type != "note_on" or not message.velocity:
                continue
            if message.channel == DRUMS:
                strokes += 1
            else:
                track[index] = message.copy(velocity=0)
    if strokes < LEAST_STROKES:
        raise ValueError("hardly any drums")
