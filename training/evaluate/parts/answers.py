"""Parts for unseen songs: the real one, one of another song, that of the nearest training song, the model's, its unconditional ones."""

import json

import numpy as np

from ...parts import gm, measure, request, sample, tokens, windows
from ...parts import net_layout as net
from ...parts.export import runner
from ...shipping.onnx_file import session
from ...shipping.shipped import Models

NAMES = {0: "drums", 1: "bass", 2: "guitar", 3: "keys"}


class Asker:
    """The exported network and what it is asked about."""

    def __init__(self, folder, split, sampler=()):
        """`sampler`: settings instead of the pack's, as "kick=1.5"."""
        self.models = Models(folder)
        self.run = runner(session(folder / "parts.onnx"))
        self.vocabulary = json.loads((folder / "parts.json").read_text())
        self.data = windows.Windows(split)
        self.voicings = tokens.Voicings(self.vocabulary["voicings"])
        self.masks = net.masks(len(self.voicings.sets))
        changed = {name: float(number) for name, number in (setting.split("=") for setting in sampler)}
        self.settings = sample.Settings(**self.vocabulary["sampler"] | changed)

    def songs(self, part, count, seed=1):
        """So many (metre, row) of windows that have a part and at least two others, over all families alike, each song once."""
        rng = np.random.default_rng(seed)
        families = {}
        for metre, group in self.data.groups.items():
            for row, window in enumerate(group["window"]):
                fact = self.data.facts[window]
                if part in fact["present"] and len(fact["present"]) >= 3 and not fact["drums_only"]:
                    families.setdefault(fact["family"], []).append((metre, row))
        names, found, used = sorted(families), [], set()
        for turn in range(200):
            for name in names:
                metre, row = families[name][rng.integers(len(families[name]))]
                fact = self.data.facts[self.data.groups[metre]["window"][row]]
                mark = fact["family"], fact["number"], fact["first"]
                if mark not in used and len(found) < count:
                    used.add(mark)
                    found.append((metre, row))
        return found

    def captions(self, rolls, part):
        """One caption of each roll's part."""
        return [self.data.captions[roll.facts["captions"][str(part)][0]] for roll in rolls]

    def answer(self, rolls, part, texts, asked=None, given=None, region=None, seed=1, settings=None, batch=16, heard=False, targets=None):
        """The model's rolls for a part of each; `texts` may have None, `given` is the parts that it knows (default all others)."""
        targets = targets or [part]
        vectors = dict(zip({t for t in texts if t}, self.models.text([t for t in {t for t in texts if t}])))
        rng, done = np.random.default_rng(seed), [None] * len(rolls)
        from ...parts.heard import tables

        table = tables(self.voicings)
        requests = []
        for i, (roll, text) in enumerate(zip(rolls, texts)):
            others = [p for p in roll.facts["present"] if p not in targets] if given is None else given
            known, listened = ([], others) if heard else (others, [])
            requests.append(
                request.fill(
                    roll, targets, self.masks, None if text is None else vectors[text], asked[i] if isinstance(asked, list) else asked, known,
                    listened, None if region is None else region[i], rng, table,
                )
            )  # fmt: skip
        for metre in {roll.metre for roll in rolls}:
            mine = [i for i, roll in enumerate(rolls) if roll.metre == metre]
            for start in range(0, len(mine), batch):
                some = mine[start : start + batch]
                answers = sample.sample_many(
                    self.run, [requests[i] for i in some], self.masks, [seed * 10_007 + i for i in some], settings or self.settings
                )
                for i, answer in zip(some, answers):
                    done[i] = windows.unstack(answer, rolls[i])
        return done


def rolls_of(data, places):
    return [data.rolls(metre, [row])[0] for metre, row in places]


def transplanted(roll, other, part, voicings):
    """A part of another roll's notes in a roll's key, as a roll."""
    shift = (roll.facts["tonic"] - other.facts["tonic"] + 6) % 12 - 6
    notes = [(p, s, n, k if p == 0 else k + shift, v) for p, s, n, k, v in tokens.decode(other, voicings) if p == part]
    made = tokens.encode(notes, roll.metre, roll.root, roll.quality, voicings)
    made.facts = roll.facts
    return made


def shuffled(data, places, part, voicings, seed=1):
    """For each song the part of another one of another family, of the same metre and the nearest tempo of twenty."""
    rng, found = np.random.default_rng(seed), []
    for metre, row in places:
        roll = data.rolls(metre, [row])[0]
        group = data.groups[metre]
        able = [r for r, w in enumerate(group["window"]) if data.facts[w]["stem"] != roll.facts["stem"] and part in data.facts[w]["present"]]
        some = rng.choice(able, min(20, len(able)), replace=False) if able else [row]
        near = min(some, key=lambda r: abs(np.log(data.facts[group["window"][r]]["tempo"] / roll.facts["tempo"])))
        found.append(transplanted(roll, data.rolls(metre, [int(near)])[0], part, voicings))
    return found


def context_profile(roll, context):
    """How the context's onsets lie in the bar, and how late they are: what a similar song is found by."""
    bar = roll.steps // 8
    profile = []
    for part in range(len(gm.PARTS)):
        hits = measure.onsets(roll, part).astype(float) if part in context else np.zeros(roll.steps)
        profile.append(hits.reshape(8, bar).mean(0))
    return np.concatenate(profile) / np.sqrt(len(context) + 1e-9)


def nearest(train, rolls, part, voicings):
    """For each roll the part of that training song whose other parts have the rhythm most like its own."""
    kept = {}
    for metre in {r.metre for r in rolls}:
        rows = [i for i, w in enumerate(train.groups[metre]["window"]) if part in train.facts[w]["present"] and len(train.facts[w]["present"]) >= 2]
        some = train.rolls(metre, rows)
        kept[metre] = some, {p: None for p in range(8)}
    found = []
    for roll in rolls:
        some, _ = kept[roll.metre]
        context = [p for p in roll.facts["present"] if p != part]
        mine = context_profile(roll, context)
        best = min(some, key=lambda other: _apart(mine, other, context))
        # Degrees over its own chords are degrees over these.
        like = windows.unstack(windows.stack(best), roll)
        found.append(like)
    return found


def _apart(mine, other, context):
    profile = other.facts.setdefault("_profile", context_profile(other, list(range(8))) * np.sqrt(8))
    bar = len(profile) // 8
    mine = mine * np.sqrt(len(context) + 1e-9)
    return sum(np.abs(profile[p * bar : (p + 1) * bar] - mine[p * bar : (p + 1) * bar]).sum() for p in context)


def merged(roll, made, part):
    """A roll with one part of another."""
    tokens_, columns = windows.stack(roll), request.streams_of(part)
    tokens_[:, columns] = windows.stack(made)[:, columns]
    return windows.unstack(tokens_, roll)
