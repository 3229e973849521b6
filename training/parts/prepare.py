"""Arranges the songs: `python -m training.parts.prepare [--rounds 4] [--jobs 1]`, resumable, then packs them into windows.

Writes `parts/songs/FAMILY-ROUND.npz` in the data folder, a file for each groove family and round, which are kept between runs;
then the windows of eight bars with their tokens and captions (`training.parts.pack`).
"""

import argparse
import json
import time
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from ..data.paths import data_root
from . import arrange, catalogue, gm


def folder():
    path = data_root() / "parts"
    (path / "songs").mkdir(parents=True, exist_ok=True)
    return path


def numbers_of(family, round_):
    """Which songs of a family a round arranges: one of each groove, two of a family's only groove."""
    count = max(len(family.grooves), 2 if not family.drums_only else 1)
    return range(round_ * count, (round_ + 1) * count)


def make(family, numbers, path):
    facts, rows, refused = [], [], 0
    for number in numbers:
        try:
            fact, notes = arrange.song(family, number)
        except (ValueError, OSError) as fault:
            refused += 1
            if refused == 1:
                print(f"{family.name} {number}: {str(fault)[:200]}", flush=True)
            continue
        rows += [(len(facts), gm.PARTS.index(part), start, length, key, velocity) for part, start, length, key, velocity in notes]
        facts.append(fact)
    part = path.with_suffix(".part.npz")
    np.savez_compressed(part, notes=np.array(rows, np.int16).reshape(-1, 6), facts=np.array(json.dumps(facts)))
    part.rename(path)
    return len(facts), refused


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=4, help="songs of each groove (default 4)")
    parser.add_argument("--jobs", type=int, default=1, help="processes (default 1)")
    parser.add_argument("--only-songs", action="store_true", help="don't pack them")
    args = parser.parse_args()
    begun, made, refused = time.time(), 0, 0
    with ProcessPoolExecutor(args.jobs) as pool:
        for round_ in range(args.rounds):
            # Drums alone have no harmony that would differ: one song a groove is enough.
            todo = [(f, f"{f.name.replace('/', '-')}-{round_}.npz") for f in catalogue.families() if round_ == 0 or not f.drums_only]
            todo = [(family, path) for family, name in todo if not (path := folder() / "songs" / name).exists()]
            some, paths = [f for f, _ in todo], [p for _, p in todo]
            for got in pool.map(make, some, [numbers_of(f, round_) for f in some], paths):
                made, refused = made + got[0], refused + got[1]
            print(f"round {round_ + 1} of {args.rounds}: {made} songs, {refused} refused, {time.time() - begun:.0f} s", flush=True)
    if not args.only_songs:
        from . import pack

        pack.main()


if __name__ == "__main__":
    main()
