"""Songs of known genre and instruments: `python -m training.tags.songs [--split training] [--count 560]`.

Genres are drawn evenly, then one of their families of grooves (library files), then a groove. Split by the family's name
without its digits and its library, so that no tune is on both sides.
Resumable: songs that are there stay.
"""

import argparse
import functools
import random
import subprocess
import time

from ..data.paths import data_root
from ..evaluate.song import making
from ..parts.catalogue import families
from . import labels

SECONDS = 24.0
COUNTS = {"training": 560, "validation": 90, "test": 130}
FONTS = {
    "training": ("sf2/TimGM6mb.sf2", "sf2/OPL-3_FM_128M.sf2", "sf2/TimGM6mb.sf2"),
    "validation": ("sf2/TimGM6mb.sf2", "sf2/OPL-3_FM_128M.sf2"),
    "test": ("sf2/FluidR3_GM.sf2", "sf2/FluidR3_GM.sf2", "sf2/sf_GMbank.sf2"),
}


def folder(split):
    return data_root() / "tags" / split


@functools.cache
def catalogue():
    """{split: {genre: families of grooves}}: of each genre's tunes a quarter is for the test, an eighth for validation."""
    by_genre = {}
    for family in families():
        genre = labels.genre(family.stem)
        if genre and not family.drums_only:
            by_genre.setdefault(genre, {}).setdefault(family.stem, []).append(family)
    found = {split: {} for split in COUNTS}
    for genre, tunes in by_genre.items():
        order = sorted(tunes, key=lambda tune: random.Random(f"tags {tune}").random())
        test = max(round(len(order) / 4), 1)
        validation = round(len(order) / 8)
        for number, tune in enumerate(order):
            split = "test" if number < test else "validation" if number < test + validation else "training"
            found[split].setdefault(genre, []).extend(tunes[tune])
    return found


def make(split, count):
    """Names of the first `count` songs of a split; makes those that aren't there yet."""
    folder(split).mkdir(parents=True, exist_ok=True)
    by_genre, made, number = catalogue()[split], [], 0
    while len(made) < count:
        name = f"{number:04}"
        refused = folder(split) / f"{name}.refused"
        if not (folder(split) / f"{name}.json").exists() and not refused.exists():
            rng = random.Random(f"tags {split} {name}")
            family = rng.choice(by_genre[rng.choice(sorted(by_genre))])
            # Of felt beats, as many of mma's as a dotted quarter note has.
            unit = 36 // family.ticks if family.metre == "6/8" else 1
            groove = family.metre, family.beats, unit, rng.choice(family.grooves)
            try:
                making.song(rng, groove, FONTS[split], folder(split), name, SECONDS)
            except (subprocess.CalledProcessError, ValueError) as fault:
                refused.write_text(str(fault))
        if not refused.exists():
            made.append(name)
        number += 1
    return made


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=COUNTS, help="otherwise all")
    parser.add_argument("--count", type=int)
    args = parser.parse_args()
    for split in [args.split] if args.split else COUNTS:
        begun = time.time()
        made = make(split, args.count or COUNTS[split])
        print(f"{split}: {len(made)} songs of {len(catalogue()[split])} genres, {time.time() - begun:.0f} s", flush=True)


if __name__ == "__main__":
    main()
