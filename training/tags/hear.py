"""What `consort` hears in the songs: `python -m training.tags.hear` (resumable). $CONSORT names the command.

The numbers that tags are told by come from the program itself (`describe --features`), so that there is only one way to make them.
"""

import argparse
import functools
import json
import os
import subprocess
import time

import numpy as np

from ..parts.catalogue import families
from . import labels, songs


def hear(split):
    """Hears the songs of a split that haven't been; how many there are."""
    command, folder = os.environ.get("CONSORT", "target/release/consort"), songs.folder(split)
    count = 0
    for truth in sorted(folder.glob("????.json")):
        count += 1
        kept = folder / f"{truth.stem}.npy"
        if kept.exists():
            continue
        run = subprocess.run([command, "describe", str(truth.with_suffix(".flac")), "--features", "--json"], capture_output=True)
        said = json.loads(run.stdout) if run.returncode == 0 else {}
        if said.get("features"):
            np.save(kept, np.array(said["features"], np.float32))
    return count


@functools.cache
def _genres():
    return {groove: labels.genre(family.stem) for family in families() for groove in family.grooves}


def read(split):
    """(features [N, F], genre numbers [N], instruments [N, I] with NaN where too faint, grooves) of what is heard."""
    features, genres, instruments, grooves = [], [], [], []
    for kept in sorted(songs.folder(split).glob("????.npy")):
        truth = json.loads(kept.with_suffix(".json").read_text())
        features.append(np.load(kept))
        genres.append(labels.GENRES.index(_genres()[truth["groove"]]))
        instruments.append([np.nan if x is None else x for x in labels.instruments(truth["programs"])])
        grooves.append(truth["groove"])
    return np.stack(features), np.array(genres), np.array(instruments, np.float32), grooves


def main():
    argparse.ArgumentParser(description=__doc__).parse_args()
    for split in songs.COUNTS:
        begun = time.time()
        print(f"{split}: {hear(split)} songs, {time.time() - begun:.0f} s", flush=True)


if __name__ == "__main__":
    main()
