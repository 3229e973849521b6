"""The first-anchor flow: does a prompt give its family, do adjectives move the sound, do seeds differ?"""

import numpy as np
import torch

from ..instrument.anchors import load
from ..instrument.codec import KEYS
from ..instrument.encode import stored
from ..measure import slot_error
from ..nets.layout import ANCHORS, FAMILIES
from ..shipping.shipped import Models
from .sound import describe
from .tables import show

# word and its opposite, the number that should grow from the second to the first
DIRECTIONS = [
    ("bright", "dark", "centroid_octaves"),
    ("plucky", "sustained", "decay_db"),
    ("swelling", "punchy", "attack_s"),
    ("noisy", "clean", "noise_db"),
    ("hollow", "full", "odd_even_db"),
    ("metallic bell-like", "smooth", "between_db"),
    ("tight", "lingering", "release_db"),
]
NOUNS = [("synth lead", "synth lead"), ("pad", "pad"), ("keys", "electric piano"), ("bass", "synth bass"), ("pluck", "synth pluck")]
PROMPTS = {
    "bass": "bass", "brass": "brass section", "chromatic percussion": "bell", "drum": "tom drum", "effect": "sound effect",
    "guitar": "acoustic guitar", "keys": "piano", "mallet": "marimba", "organ": "church organ", "pad": "synth pad",
    "pluck": "harp", "reed": "clarinet", "strings": "violin", "synth lead": "synth lead", "voice": "choir", "wind": "flute",
}  # fmt: skip


class Judge:
    """Family of a code by its nearest real training notes at the same anchor."""

    def __init__(self, data, codes, neighbours=7, width=96):
        self.neighbours, self.width = neighbours, width
        self.train = data.split("train")
        self.codes = codes[self.train].numpy()
        self.family = np.array([FAMILIES.index(data.facts[i]["family"]) for i in self.train])
        self.valid = np.stack([data.sounding(i).numpy() for i in self.train])
        # Leading code numbers carry most of the sound; later ones are damped.
        self.damp = 1 / np.sqrt(1 + np.arange(width) / 8.0)

    def scores(self, code, anchor):
        distance = (((self.codes[:, anchor, : self.width] - code[: self.width]) * self.damp) ** 2).sum(1)
        distance[~self.valid[:, anchor]] = np.inf
        near = np.argsort(distance)[: self.neighbours]
        votes = np.zeros(len(FAMILIES))
        np.add.at(votes, self.family[near], 1 / np.sqrt(np.bincount(self.family, minlength=16)[self.family[near]]))
        return votes

    def right(self, code, anchor, family, best=1):
        return FAMILIES.index(family) in np.argsort(-self.scores(code, anchor))[:best]


def main(args, seeds=6, guidances=(None,)):
    data, models = load(), Models(args.models)
    codes = stored(data)
    judge, flow = Judge(data, codes), models.settings["first_anchor"]
    anchor_of = {f: ANCHORS.index((flow["anchor_key_by_family"][f], flow["anchor_velocity"])) for f in FAMILIES}
    held = [i for i in data.split(args.split) if data.sounding(i)[anchor_of[data.facts[i]["family"]]]]
    real = lambda best: np.mean(
        [judge.right(codes[i, anchor_of[f]].numpy(), anchor_of[f], f, best) for i in held for f in [data.facts[i]["family"]]]
    )
    rows = [["real notes of unseen instruments", real(1), real(3), None, None]]
    for guidance in guidances:
        for said in (True, False):
            top, top3, spread, silent = [], [], [], 0
            for family, prompt in PROMPTS.items():
                hot, note, span = models.conditions([family] * seeds, say_family=said)
                said_of = [prompt] * seeds
                drawn = models.first(models.text(said_of), hot, note, span, 11, guidance, tone=models.tones(said_of, 11))
                anchor = anchor_of[family]
                top += [judge.right(c, anchor, family) for c in drawn]
                top3 += [judge.right(c, anchor, family, 3) for c in drawn]
                levels = torch.from_numpy(models.decode(drawn)[0])
                silent += sum(float(l.max()) < -50 for l in levels)
                spread.append(slot_error(levels[1:], levels[:-1], KEYS[[anchor] * (seeds - 1)]).mean().item())
            name = f"drawn, {'family said' if said else 'text alone'}, guidance {guidance or flow['guidance']}"
            rows.append([name, np.mean(top), np.mean(top3), np.mean(spread), str(silent)])
    between = []
    for family in FAMILIES:
        group = [i for i in data.split("train") if data.facts[i]["family"] == family and data.sounding(i)[anchor_of[family]]][:12]
        levels = torch.stack([data.notes(i)[0][anchor_of[family]] for i in group])
        between.append(slot_error(levels[1:], levels[:-1], KEYS[[anchor_of[family]] * (len(group) - 1)]).mean().item())
    rows[0][3] = np.mean(between)
    figures = {
        "real notes family top1": rows[0][1],
        "real instruments differ db": rows[0][3],
        "drawn family top1": rows[1][1],
        "seeds differ db": rows[1][3],
    }
    show("First anchor from a prompt: family as judged by the nearest real notes, and difference between seeds",
         ["top-1", "top-3", "between draws, dB", "silent"], rows)
    rows = []
    for more, less, measure in DIRECTIONS:
        gaps = []
        for family, noun in NOUNS:
            hot, note, span = models.conditions([family] * seeds)
            values = []
            for word in (more, less):
                asked = [f"{word} {noun}"] * seeds
                drawn = models.first(models.text(asked), hot, note, span, seed=5, tone=models.tones(asked, 5))
                levels = models.decode(drawn)[0]
                values.append([describe(l, note[0, 0])[measure] for l in levels])
            gaps.append(np.array(values[0]) - np.array(values[1]))
        gaps = np.array(gaps)
        rows.append([f"{more} − {less}: {measure}", gaps.mean(), (gaps.mean(1) > 0).mean(), (gaps > 0).mean()])
    show("Adjectives (same seeds, five nouns)", ["mean change", "nouns in the right direction", "draws in the right direction"], rows)
    return "first_anchor", figures
