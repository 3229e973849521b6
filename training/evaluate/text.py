"""The text encoder: family from the captions of unseen instruments, neighbours, opposites."""

import random

import numpy as np

from ..instrument.anchors import load
from ..nets.layout import FAMILIES
from ..shipping.shipped import Models
from ..text import lexicon
from .tables import show

# (prompt, what it should be near, what it should be farther from)
TRIPLES = [
    ("silky violin", "smooth bowed string", "bright plucked harp"),
    ("warm cello", "mellow bowed strings", "harsh synth lead"),
    ("bright pluck", "snappy synth pluck", "dark sustained pad"),
    ("dark pad", "gloomy ambient drone", "sparkling bell"),
    ("glockenspiel", "music box", "electric bass"),
    ("sub bass", "deep 808 bass", "piccolo"),
    ("rhodes", "electric piano", "distorted guitar"),
    ("angry saw lead", "aggressive synth lead", "soft flute"),
    ("church organ", "pipe organ", "slap bass"),
    ("ethereal choir", "angelic voices", "acid bass"),
    ("breathy flute", "airy shakuhachi", "clean hammond organ"),
    ("kalimba", "thumb piano", "french horn"),
    ("tense horror strings", "scary tremolo violins", "happy ukulele"),
    ("fat analog brass", "thick synth brass", "thin harpsichord"),
]


def main(args):
    data, models = load(), Models(args.models)
    captions, truth = [], []
    for i in data.split(args.split)[: args.instruments]:
        fact = data.facts[i]
        for caption in fact["captions"]:
            captions.append(caption)
            truth.append(fact["family"])
    guess = models.guess_family(captions)
    right = np.array([g == t for g, t in zip(guess, truth)])
    counts = {f: (np.array(truth) == f) for f in FAMILIES}
    rng = random.Random(99)
    meanings = [lexicon.draw_meaning(rng) for _ in range(400)]
    phrases = [lexicon.phrase(m, rng) for m in meanings]
    worded = np.mean([g == m[0] for g, m in zip(models.guess_family(phrases), meanings)])
    show(
        f"Family from words alone ({args.split}), share right",
        ["share"],
        [
            [f"captions of {len(set(data.split(args.split)))} unseen instruments ({len(captions)})", right.mean()],
            ["400 phrases of our own words", worded],
            *[[f"captions of {f}", right[m].mean() if m.any() else None] for f, m in counts.items()],
        ],
    )
    vectors = models.text([t for triple in TRIPLES for t in triple]).reshape(len(TRIPLES), 3, -1)
    near, far = (vectors[:, 0] * vectors[:, 1]).sum(1), (vectors[:, 0] * vectors[:, 2]).sum(1)
    rows = [[f"{a}: {b} / {c}", n, f] for (a, b, c), n, f in zip(TRIPLES, near, far)]
    show(f"Near and far (cosine): {int((near > far).sum())} of {len(TRIPLES)} in order", ["near", "far"], rows)
    rows = []
    for name, (_, opposite) in lexicon.ATTRIBUTES.items():
        nouns = ("synth pad", "piano", "lead")
        same = models.text([f"{a} {n}" for n in nouns for a in lexicon.words_of(name)[:4]]).reshape(3, 4, -1)
        against = models.text([f"{a} {n}" for n in nouns for a in lexicon.words_of(opposite)[:4]]).reshape(3, 4, -1)
        within = np.mean([np.triu(s @ s.T, 1).sum() / 6 for s in same])
        rows.append([f"{name} / {opposite}", within, np.mean([(s @ a.T).mean() for s, a in zip(same, against)])])
    apart = sum(w > a for _, w, a in rows)
    show(f"Adjectives on one noun (cosine): {apart} of {len(rows)} groups hold together", ["synonyms", "opposites"], rows)
    return "text_encoder", {
        "family from unseen captions": right.mean(),
        "triples in order": (near > far).mean(),
        "adjective groups in order": apart / len(rows),
    }
