"""Runs everyone over the songs and prints the tables."""

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from ..tables import show
from . import rivals, scoring
from .told import described


def consort_says(path):
    said = described(path)
    song = said["description"]
    key = song["key"] and (song["key"]["tonic"], song["key"]["mode"])
    return dict(
        tempo=song["tempo"] and song["tempo"]["bpm"], beats=song["beats"], downbeats=song["downbeats"],
        metre=song["metre"] and song["metre"]["name"], key=key,
        chords=[(c["start"], c["end"], c["label"]) for c in song["chords"]],
        seconds=said["seconds_describing"],
    )


def heard(who, folder, name):
    """What a rival says; kept, since they never change."""
    kept = folder / f"{name}.{who.lower()}.json"
    if not kept.exists():
        begun = time.perf_counter()
        said = rivals.ALL[who](folder / f"{name}.flac")
        said["seconds"] = time.perf_counter() - begun
        part = kept.with_suffix(".part")
        part.write_text(json.dumps(said))
        os.replace(part, kept)
    return json.loads(kept.read_text())


def compare(title, folder, names, with_rivals=True):
    """Prints the table; {system: [scores of each song]}."""
    truths = [json.loads((folder / f"{name}.json").read_text()) for name in names]
    with ThreadPoolExecutor(2) as pool:
        said = {"Consort": list(pool.map(consort_says, [folder / f"{name}.flac" for name in names]))}
    for who in rivals.ALL if with_rivals else ():
        said[who] = [heard(who, folder, name) for name in names]
    scores = {who: [dict(scoring.score(t, s), bpm=s["tempo"]) for t, s in zip(truths, all_)] for who, all_ in said.items()}
    rows = []
    for who, all_ in scores.items():
        row = [_mean([s[figure] for s in all_]) for figure in scoring.FIGURES]
        rows.append((who, *row, float(np.median([s["seconds"] for s in said[who]]))))
    show(f"{title}, {len(names)} files, %", (*scoring.FIGURES, "seconds a file"), rows)
    return truths, scores


def by(fact, truths, scores):
    """Prints a table for each value of a fact of the truths, such as "metre"."""
    for value in sorted({t[fact] for t in truths}):
        of = [i for i, t in enumerate(truths) if t[fact] == value]
        rows = [
            (who, *[_mean([all_[i][figure] for i in of]) for figure in scoring.FIGURES]) for who, all_ in scores.items()
        ]
        show(f"{value}, {len(of)} files, %", scoring.FIGURES, rows)


def _mean(values):
    values = [v for v in values if v is not None]
    return 100 * float(np.mean(values)) if values else None
