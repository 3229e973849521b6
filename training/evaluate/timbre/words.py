"""Words to sounds, and which families are heard in a mix: recall, precision, and whether a confidence means what it says."""

import numpy as np

from ...nets.layout import SOUND_FAMILIES
from .listeners import session
from .ranks import ranks, tops

CAPTIONS = 4
BINS = np.linspace(0, 1, 11)


def text_vectors(models, captions):
    """Vectors of captions by the shipped text encoder."""
    from ...text import vocabulary

    tokenizer, run = vocabulary.load(models / "tokenizer.json"), session(models / "text_encoder.onnx")
    vectors = np.zeros((len(captions), 256), np.float32)
    order = sorted(range(len(captions)), key=lambda i: len(captions[i]))
    for start in range(0, len(order), 128):
        pick = order[start : start + 128]
        ids, mask = vocabulary.encode(tokenizer, [captions[i] for i in pick])
        vectors[pick] = run.run(["text_vector"], dict(input_ids=np.array(ids), attention_mask=np.array(mask)))[0]
    return vectors


def from_text(models, facts, meanings):
    """Recall at 1, 5 and 10 of captions to sounds `meanings` [N, 256] of the instruments that they were written for.

    Returned twice: the very instrument; and any instrument that has the same caption among its own.
    """
    rng = np.random.default_rng(4)
    pairs = [(caption, i) for i, fact in enumerate(facts) for caption in rng.permutation(fact["captions"])[:CAPTIONS]]
    captions, right = [caption for caption, _ in pairs], np.array([i for _, i in pairs])
    vectors = text_vectors(models, captions)
    found = ranks(vectors, meanings, right, np.ones((1, len(facts)), bool))
    owners = {}
    for i, fact in enumerate(facts):
        for caption in fact["captions"]:
            owners.setdefault(caption, set()).add(i)
    order = np.argsort(-(vectors @ meanings.T), axis=1)[:, :10]
    shared = np.array([next((place for place, i in enumerate(row) if i in owners[c]), 99) for row, c in zip(order, captions)])
    shares = float(np.mean([len(owners[caption]) > 1 for caption in captions]))
    return tops(found, 1, 5, 10), tops(shared, 1, 5, 10), len(captions), shares


def families_heard(logits, truth):
    """Rows of (family, precision, recall, how often it plays) at a confidence of 0.5, the last over all; and calibration.

    Calibration: for each tenth of confidence how many there were, their mean confidence and how many were right.
    """
    sure = 1 / (1 + np.exp(-logits.astype(np.float64)))
    said = sure >= 0.5
    rows = []
    for name, guess, true in [*zip(SOUND_FAMILIES, said.T, truth.T), ("all", said.ravel(), truth.ravel())]:
        hits = float((guess & true).sum())
        rows.append([name, hits / guess.sum() if guess.any() else None, hits / true.sum() if true.any() else None, float(true.mean())])
    where = np.clip(np.digitize(sure.ravel(), BINS) - 1, 0, 9)
    bins = []
    for index in range(10):
        inside = where == index
        if inside.any():
            name = f"{BINS[index]:.1f}–{BINS[index + 1]:.1f}"
            bins.append([name, f"{inside.sum()}", sure.ravel()[inside].mean(), truth.ravel()[inside].mean()])
    error = sum(int(row[1]) * abs(row[2] - row[3]) for row in bins) / sure.size
    return rows, bins, float(error)
