"""`python -m training.evaluate tags`: genre and instruments of songs by unseen grooves and soundfonts.

Beside the network stand the most frequent genre, the nearest mean of the training songs' features, and for the instruments the
families that the sound encoder hears by itself. `training.tags.songs` and `training.tags.hear` make what it needs.
"""

import json
from pathlib import Path

import numpy as np
import onnxruntime

from ..nets.layout import FAMILIES
from ..tags import hear, labels
from .tables import show

# Families of the encoder that say that an instrument plays; the others it can't tell.
_FAMILY = {
    "drums": "drum", "piano": "keys", "mallets": "mallet", "organ": "organ", "acoustic guitar": "guitar", "electric guitar": "guitar",
    "bass": "bass", "strings": "strings", "choir": "voice", "brass": "brass", "saxophone": "reed", "woodwinds": "wind",
    "synthesizer": "synth_lead", "plucked strings": "pluck",
}  # fmt: skip
_TIMBRE = 256


def f1(said, truth):
    """F1 where the truth is known."""
    known = ~np.isnan(truth)
    right = (said[known] & (truth[known] == 1)).sum()
    total = said[known].sum() + (truth[known] == 1).sum()
    return 2 * right / total if total else np.nan


def best_threshold(sure, truth):
    return max(np.arange(0.02, 0.98, 0.02), key=lambda t: np.nan_to_num(f1(sure >= t, truth)))


def main(args):
    models = Path(args.models)
    manifest = json.loads((models / "manifest.json").read_text())
    settings = next(model["settings"] for model in manifest["models"] if model["task"] == "song_tags")
    session = onnxruntime.InferenceSession(str(models / "song_tags.onnx"), providers=["CPUExecutionProvider"])
    train, genre, plays, _ = hear.read("training")
    tuned, _, tuned_plays, _ = hear.read("validation")
    features, truth, instruments, grooves = hear.read(args.split)
    logits, playing = session.run(["genres", "instruments"], {"features": features})
    share = np.exp(logits - logits.max(1, keepdims=True))
    share /= share.sum(1, keepdims=True)
    order = np.argsort(-share, 1)

    even = lambda some: (some - train.mean(0)) / np.maximum(train.std(0), 1e-3)
    means = np.stack([even(train)[genre == g].mean(0) if (genre == g).any() else np.full(train.shape[1], 9.0) for g in range(len(labels.GENRES))])
    nearest = np.argsort(((even(features)[:, None] - means[None]) ** 2).sum(2), 1)
    common = np.argsort(-np.bincount(genre, minlength=len(labels.GENRES)))
    top = lambda ranked, n: float(np.mean([t in row[:n] for t, row in zip(truth, ranked)]))
    rows = [[name, f"{top(ranked, 1):.2f}", f"{top(ranked, 3):.2f}"] for name, ranked in
            (("ours", order), ("nearest mean", nearest), ("most frequent", np.tile(common, (len(truth), 1))))]  # fmt: skip
    show(f"Genre ({args.split}, {len(truth)} songs of {len(set(grooves))} grooves)", ["", "first", "of three"], rows)
    rows = []
    for number, name in enumerate(labels.GENRES):
        mine = truth == number
        if mine.any():
            taken = np.bincount(order[mine, 0], minlength=len(labels.GENRES))
            other = [f"{labels.GENRES[o]} {taken[o]}" for o in np.argsort(-taken)[:3] if taken[o]]
            rows.append([name, mine.sum(), f"{np.mean(order[mine, 0] == number):.2f}", ", ".join(other)])
    show("Genre by genre", ["", "songs", "right", "heard as"], rows)
    sure = share.max(1)
    rows = [[f"{low:.1f}–{low + 0.2:.1f}", int(some.sum()), f"{np.mean((order[:, 0] == truth)[some]):.2f}"]
            for low in (0.0, 0.2, 0.4, 0.6, 0.8) if (some := (sure >= low) & (sure < low + 0.2001)).any()]  # fmt: skip
    show("How sure it says it is, and how often it is right", ["sure", "songs", "right"], rows)

    likely, rows, both = 1 / (1 + np.exp(-playing)), [], []
    for number, setting in enumerate(settings["instruments"]):
        name = setting["name"]
        ours = f1(likely[:, number] >= setting["threshold"], instruments[:, number])
        family = FAMILIES.index(_FAMILY[name]) if _FAMILY.get(name) in FAMILIES else None
        theirs = np.nan
        if family is not None:
            least = best_threshold(tuned[:, _TIMBRE + family], tuned_plays[:, number])
            theirs = f1(features[:, _TIMBRE + family] >= least, instruments[:, number])
        count = int(np.nansum(instruments[:, number]))
        every = f1(np.ones(len(truth), bool), instruments[:, number])
        if count:
            both.append((ours, np.nan_to_num(theirs), every))
            rows.append([name, count, f"{ours:.2f}", f"{theirs:.2f}", f"{every:.2f}"])
    rows.append(["mean", "", *(f"{x:.2f}" for x in np.mean(both, 0))])
    show("Instruments, F1", ["", "songs", "ours", "encoder alone", "always said"], rows)
    return "song_tags", {"genre": round(top(order, 1), 3), "genre of three": round(top(order, 3), 3), "instruments": round(float(np.mean(both, 0)[0]), 3)}
