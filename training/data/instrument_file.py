"""One analysed instrument on disk: arrays in ``ID.npz``, facts in ``ID.json``."""

import json
from pathlib import Path

import numpy as np


def write(folder, identifier, levels, cents, valid, meta):
    """Writes both files; the ``.json`` last, so that its presence says the instrument is whole."""
    folder = Path(folder)
    np.savez(folder / f"{identifier}.npz", levels=levels, cents=cents, valid=valid)
    temporary = folder / f"{identifier}.json.part"
    temporary.write_text(json.dumps(meta))
    temporary.rename(folder / f"{identifier}.json")


def read_meta(folder, identifier):
    return json.loads((Path(folder) / f"{identifier}.json").read_text())


def read_arrays(folder, identifier):
    """(levels float16 [27, ROWS, TIMES], cents float16 [27, PARTIAL_ROWS], valid bool [27])."""
    with np.load(Path(folder) / f"{identifier}.npz") as arrays:
        return arrays["levels"], arrays["cents"], arrays["valid"]


def finished(folder):
    """Ids of all whole instruments, sorted."""
    return sorted(path.stem for path in Path(folder).glob("*.json"))
