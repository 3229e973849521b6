"""Describes, captions, splits and packs the rendered instruments: ``python -m training.data.pack``.

Writes under the data folder: ``captions.json`` {id: [phrasings]}, ``split.json`` {id: split},
``frozen.json`` (the snapshot: ids by split) and ``packed/`` with one set of memory-mappable arrays
for each split (see ``data/dataset.py``). Run it again after more instruments were rendered;
instruments keep the split that they had in the last snapshot.
"""

import argparse
import json
import time
from collections import Counter
from pathlib import Path

import numpy as np

from . import families, instrument_file, near_duplicates
from . import note_model as nm
from .captions import captions, ranks
from .dataset import SPLITS
from .descriptors import describe, harmonic_share
from .general_midi import DRUM_LIKE, SOUNDFONTS
from .paths import data_root
from .split import assign

FEWEST_VALID = 15


def _facts(root, identifier):
    """Everything about one instrument that is measured from its arrays; kept in ``facts/``."""
    path = root / "facts" / f"{identifier}.npz"
    if path.exists():
        with np.load(path) as saved:
            return json.loads(str(saved["facts"])), saved["fingerprint"]
    levels, cents, valid = instrument_file.read_arrays(root / "notes", identifier)
    levels = levels.astype(np.float32)
    facts = {
        "descriptors": describe(levels, cents, valid),
        "harmonic_share": harmonic_share(levels, cents, valid),
        "valid_keys": sorted({nm.ANCHORS[index][0] for index in np.flatnonzero(valid)}),
        "valid": int(valid.sum()),
    }
    fingerprint = near_duplicates.fingerprint(levels, valid)
    np.savez(path, facts=json.dumps(facts), fingerprint=fingerprint)
    return facts, fingerprint


def sounds_on_key(meta, facts):
    """Whether an instrument sounds on its keys, by the share of its energy on their harmonics."""
    share = facts["harmonic_share"]
    return share > 0.3 or (share > 0.12 and meta["clear_pitch"])


def _plays_melodies(meta, family, on_key):
    """Whether an instrument has a pitch: its kind says so, else what was measured."""
    if family == "drum":
        return False
    if meta["source"] in SOUNDFONTS:
        return int(meta["program"].split("/")[1]) not in DRUM_LIKE
    return on_key


def _describe_all(root, identifiers):
    instruments, fingerprints = [], []
    for identifier in identifiers:
        facts, fingerprint = _facts(root, identifier)
        if facts["valid"] < FEWEST_VALID:
            continue
        meta = instrument_file.read_meta(root / "notes", identifier)
        measured = sounds_on_key(meta, facts)
        family, noun, named = families.classify(meta, facts["descriptors"], measured)
        instruments.append(
            {key: meta[key] for key in ("id", "source", "bank", "name", "program", "draw", "shift", "clear_pitch")}
            | {key: meta[key] for key in ("reference_db", "scales") if key in meta}
            | {
                "family": family,
                "noun": noun,
                "named": named,
                "pitched": _plays_melodies(meta, family, measured),
                "range": families.useful_range(meta, family, facts["valid_keys"]),
                "descriptors": facts["descriptors"],
            }
        )
        fingerprints.append(fingerprint)
    return instruments, np.array(fingerprints)


def _caption_all(instruments):
    names = sorted({name for instrument in instruments for name in instrument["descriptors"]})
    group = [instrument["family"] for instrument in instruments]
    table = {}
    for name in names:
        values = np.array([instrument["descriptors"].get(name, np.nan) for instrument in instruments])
        table[name] = ranks(np.where(np.isnan(values), np.nanmedian(values), values), group)
    for index, instrument in enumerate(instruments):
        instrument["captions"] = captions(instrument, {name: column[index] for name, column in table.items()})


def _split_all(root, instruments, fingerprints):
    """Gives every instrument its split; returns those that are used."""
    group, repeats = near_duplicates.groups(fingerprints)
    splits = assign(instruments, group)
    before = json.loads((root / "split.json").read_text()) if (root / "split.json").exists() else {}
    clusters, splits = assign(instruments, group, before)
    used = []
    for index, instrument in enumerate(instruments):
        instrument["split"], instrument["group"] = splits[index], clusters[index]
        if splits[index] and (repeats[index] < 0 or instrument["id"] in before):
            used.append(instrument)
    return used


def _write_split(root, split, members):
    folder = root / "packed"
    shapes = {"levels": (nm.ROWS, nm.TIMES), "cents": (nm.PARTIAL_ROWS,), "valid": ()}
    kinds = {"levels": np.float16, "cents": np.float16, "valid": bool}
    arrays = {
        part: np.lib.format.open_memmap(folder / f"{split}-{part}.npy.part", "w+", kinds[part], (len(members), len(nm.ANCHORS), *shape))
        for part, shape in shapes.items()
    }
    for index, instrument in enumerate(members):
        for part, value in zip(("levels", "cents", "valid"), instrument_file.read_arrays(root / "notes", instrument["id"])):
            arrays[part][index] = value
    for part, array in arrays.items():
        array.flush()
        (folder / f"{split}-{part}.npy.part").rename(folder / f"{split}-{part}.npy")
    (folder / f"{split}.json").write_text(json.dumps(members))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="data folder (default $CONSORT_DATA or training/.data)")
    parser.add_argument("--limit", type=int, help="use at most so many instruments (for a quick look)")
    options = parser.parse_args()
    started = time.time()
    root = data_root(options.data)
    identifiers = instrument_file.finished(root / "notes")[: options.limit]
    if not identifiers:
        raise SystemExit(f"no instruments in {root / 'notes'}: run python -m training.data.render first.")
    for folder in ("facts", "packed"):
        (root / folder).mkdir(exist_ok=True)
    instruments, fingerprints = _describe_all(root, identifiers)
    print(f"{len(instruments)} of {len(identifiers)} described, {time.time() - started:.0f} s", flush=True)
    used = _split_all(root, instruments, fingerprints)
    _caption_all(used)
    print(f"{len(used)} distinct, {time.time() - started:.0f} s", flush=True)
    by_split = {split: [instrument for instrument in used if instrument["split"] == split] for split in SPLITS}
    for split, members in by_split.items():
        _write_split(root, split, members)
        print(f"{split}: {len(members)}", dict(sorted(Counter(member["source"] for member in members).items())))
    (root / "captions.json").write_text(json.dumps({instrument["id"]: instrument["captions"] for instrument in used}))
    (root / "split.json").write_text(json.dumps({instrument["id"]: instrument["split"] for instrument in used}))
    (root / "frozen.json").write_text(json.dumps({split: [member["id"] for member in members] for split, members in by_split.items()}))
    print("families:", dict(sorted(Counter(instrument["family"] for instrument in used).items())))
    size = sum(path.stat().st_size for path in (root / "packed").iterdir())
    print(f"{time.time() - started:.0f} s, {size / 2**30:.2f} GiB in {root / 'packed'}")


if __name__ == "__main__":
    main()
