"""The instruments whose notes were played, split so that no sound stands on two sides: `python -m training.timbre.mixes.library`.

Writes ``mix-library.json`` under the data folder: facts of all instruments that are used, with their split; run again after more were
played, and each keeps its split. `Library` reads it and the notes.
"""

import functools
import json
import time

import numpy as np
import soundfile

from ...data import near_duplicates
from ...data.note_model import SAMPLE_RATE
from ...data.paths import data_root
from ...data.split import assign
from .plan import ROLES
from .render import FOLDER

FILE = "mix-library.json"


def collect(root):
    """Splits what was played, and leaves out what repeats another instrument; returns the facts of those that are used."""
    folder, path = root / FOLDER, root / FILE
    facts = [json.loads(file.read_text()) for file in sorted(folder.glob("*.json"))]
    if not facts:
        raise SystemExit(f"no instruments in {folder}: run python -m training.timbre.mixes.render first.")
    before = {fact["id"]: fact["split"] for fact in json.loads(path.read_text())} if path.exists() else {}
    groups, repeats = near_duplicates.groups([np.load(folder / f"{fact['id']}.npy") for fact in facts])
    _, splits = assign(facts, groups, before)
    used = []
    for fact, split, repeat in zip(facts, splits, repeats):
        if split and (repeat < 0 or fact["id"] in before):
            used.append(fact | dict(split=split))
    path.write_text(json.dumps(used))
    return used


class Library:
    """All instruments: `facts`, `split` [N], `family` [N] names, `role` [N], 0 bass, 1 lead, 2 percussion, −1 none."""

    def __init__(self, root=None):
        self.root = (root or data_root()) / FOLDER
        self.facts = json.loads(((root or data_root()) / FILE).read_text())
        self.split = np.array([fact["split"] for fact in self.facts])
        self.family = np.array([fact["family"] for fact in self.facts])
        names = list(ROLES)
        self.role = np.array([names.index(fact["role"]) if fact["role"] else -1 for fact in self.facts])
        for fact in self.facts:
            fact["start"] = np.concatenate([[0], np.cumsum([note[3] for note in fact["notes"]])])
        self._sound = functools.lru_cache(64)(self._read)

    def __len__(self):
        return len(self.facts)

    def _read(self, who):
        return soundfile.read(self.root / f"{self.facts[who]['id']}.flac", dtype="float32")[0]

    def rows(self, who, kind):
        """Which of an instrument's notes are of a kind: "reference" (one), "grid" or "phrase"."""
        return [row for row, note in enumerate(self.facts[who]["notes"]) if note[0] == kind]

    def key(self, who, row):
        return self.facts[who]["notes"][row][1]

    def note(self, who, row):
        """A note at full scale, float32 at 32 kHz, without the silence after it."""
        start = self.facts[who]["start"]
        return self._sound(who)[start[row] : start[row + 1]]

    def peak(self, who, row):
        """How loud a note was played."""
        return self.facts[who]["notes"][row][4]

    def seconds(self, who, row):
        return self.facts[who]["notes"][row][3] / SAMPLE_RATE


def main():
    begun = time.time()
    used = collect(data_root())
    for split in ("train", "validation", "test"):
        here = [fact for fact in used if fact["split"] == split]
        print(f"{split}: {len(here)}; " + ", ".join(f"{role} {sum(fact['role'] == role for fact in here)}" for role in ROLES))
    print(f"{len(used)} instruments, {time.time() - begun:.0f} s")


if __name__ == "__main__":
    main()
