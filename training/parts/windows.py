"""The packed windows, and their captions' text vectors by the shipped text encoder (kept until either changes)."""

import hashlib
import json
from pathlib import Path

import numpy as np

from ..data.paths import data_root
from . import gm, grid, tokens


def folder():
    return data_root() / "parts"


class Windows:
    """Windows of some splits: `groups[metre]` has arrays of tokens; `facts`, `captions`, `quantiles`, `voicings` go with them."""

    def __init__(self, *splits):
        packed = json.loads((folder() / "windows.json").read_text())
        self.facts, self.captions = packed["facts"], packed["captions"]
        self.quantiles = np.array(packed["quantiles"], np.float32)
        self.voicings = tokens.Voicings(json.loads((folder() / "voicings.json").read_text()))
        self.groups = {}
        for metre in grid.METRES:
            path = folder() / f"windows-{metre.replace('/', '-')}.npz"
            if not path.exists():
                continue
            group = dict(np.load(path))
            keep = np.array([self.facts[w]["split"] in splits for w in group["window"]])
            if keep.any():
                self.groups[metre] = {name: array[keep] for name, array in group.items()}

    def rolls(self, metre, rows):
        """The rolls of some rows of a group."""
        group = self.groups[metre]
        return [
            tokens.Roll(metre, *(group[name][r] for name in ("drums", "offset", "note", "touch", "root", "quality")), self.facts[group["window"][r]])
            for r in rows
        ]

    def present(self, metre, row):
        return self.facts[self.groups[metre]["window"][row]]["present"]


def text_vectors(captions, size=128):
    """Vectors [N, 256] of captions; those known from an earlier run are read back."""
    manifest = json.loads(Path("plugin-assets/models/manifest.json").read_text())
    encoder = next(m for m in manifest["models"] if m["task"] == "text_encoder")
    path = folder() / f"text-{encoder['sha256'][:12]}.npz"
    known = {}
    if path.exists():
        kept = np.load(path)
        known = dict(zip(kept["marks"].tolist(), range(len(kept["marks"]))))
        old = kept["vectors"]
    marks = [hashlib.sha256(c.encode()).hexdigest()[:16] for c in captions]
    missing = sorted((i for i, mark in enumerate(marks) if mark not in known), key=lambda i: len(captions[i]))
    fresh = np.zeros((len(missing), 256), np.float16)
    if missing:
        from ..shipping.shipped import Models

        models = Models()
    for start in range(0, len(missing), size):
        some = missing[start : start + size]
        fresh[start : start + size] = models.text([captions[i] for i in some])
    if known:
        vectors, all_marks = np.concatenate([old, fresh]), kept["marks"].tolist() + [marks[i] for i in missing]
    else:
        vectors, all_marks = fresh, [marks[i] for i in missing]
    if missing:
        part = path.with_suffix(".part.npz")
        np.savez(part, marks=np.array(all_marks), vectors=vectors)
        part.rename(path)
    where = {mark: i for i, mark in enumerate(all_marks)}
    return vectors[[where[m] for m in marks]]


def place(metre):
    """Metre, bar and quarter of each patch, [S/4, 3]."""
    patches = grid.STEPS_A_BAR[metre] // grid.STEPS_A_PATCH
    at = np.arange(grid.BARS * patches)
    return np.stack([np.full(len(at), grid.METRES.index(metre)), at // patches, at % patches], 1).astype(np.int64)


def stack(roll):
    """Tokens [S, 30] of a roll."""
    return np.concatenate([roll.drums, roll.offset[:, None], roll.note, roll.touch], 1).astype(np.int64)


def unstack(array, like):
    """A roll of tokens [S, 30] over the chords of another."""
    pieces = len(gm.PIECES)
    return tokens.Roll(
        like.metre, array[:, :pieces].astype(np.uint8), array[:, pieces].astype(np.uint8), array[:, pieces + 1 : pieces + 8].astype(np.uint16),
        array[:, pieces + 8 :].astype(np.uint8), like.root, like.quality, like.facts,
    )  # fmt: skip
