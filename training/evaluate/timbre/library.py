"""The instruments among which sounds are looked for: what they are, how they stand in a library, what they were heard to play."""

import json

import numpy as np

from ...data import sound_mel
from ...data.dataset import SPLITS
from ...data.paths import checkpoints_root, data_root
from ...nets.layout import SOUND_FAMILIES
from ...sound.batches import Heard, known

ROLES = {"percussion": ("chromatic percussion", "mallet"), "bass": ("bass",), "synth lead": ("synth lead",)}
"""The three members of the paper's mixes, and the families that play them."""
SEVERAL = 4


class Library:
    """All packed instruments and kits; `unseen` and `seen`: indices of those that the queries are taken of."""

    def __init__(self, split):
        facts, self.split = [], []
        for name in SPLITS:
            members = known(name)
            facts += members
            self.split += [name] * len(members)
        self.split = np.array(self.split)
        self.heard = Heard(facts)
        self.facts, self.family = facts, self.heard.family
        self.root = data_root() / "heard"
        file = checkpoints_root() / "sound_trained_on.json"
        trained = set(json.loads(file.read_text())) if file.exists() else {f["id"] for f, s in zip(facts, self.split) if s == "train"}
        was_trained = np.array([fact["id"] in trained for fact in facts])
        plays = np.array([len(clean) > SEVERAL for clean in self.heard.clean])
        self.unseen = np.flatnonzero((self.split == split) & ~was_trained & plays)
        self.seen = np.flatnonzero((self.split == "train") & was_trained & plays)

    def __len__(self):
        return len(self.facts)

    def note(self, who, row):
        """One of an instrument's notes, float32 [96,000] at full scale."""
        return np.load(self.root / f"{self.facts[who]['id']}.npy", mmap_mode="r")[row].astype(np.float32) / 32767

    def standing(self, who):
        """The notes besides the reference by whose mean an instrument may stand in the library."""
        return self.heard.clean[who][1:SEVERAL]

    def playing(self, who):
        """The notes that an instrument plays in queries."""
        return self.heard.clean[who][SEVERAL:]

    def of_role(self, role, among):
        families = [SOUND_FAMILIES.index(name) for name in ROLES[role]]
        return among[np.isin(self.family[among], families)]

    def pool(self, families, most=None, always=()):
        """Which instruments a query is ranked among, bool [N]: those of some families, or `most` of them with `always`."""
        there = np.isin(self.family, families)
        if most is not None and there.sum() > most:
            kept = np.array([i for i in always if there[i]], int)[:most]
            others = np.setdiff1d(np.flatnonzero(there), kept)
            more = np.random.default_rng(8).permutation(others)[: most - len(kept)]
            there = np.zeros(len(self), bool)
            there[np.concatenate([kept, more])] = True
        return there

    def with_more_notes(self, listener, vectors):
        """How each instrument stands in the library by the mean over four of its notes, the reference's `vectors` among them."""
        several = vectors.copy()
        rows = np.array([np.resize(self.standing(who), SEVERAL - 1) for who in range(len(self))])
        for place in range(SEVERAL - 1):
            for start in range(0, len(self), 512):
                who = np.arange(start, min(start + 512, len(self)))
                several[who] += listener(sound_mel.scaled(self.heard.power(who, rows[who, place])))
        return several / np.linalg.norm(several, axis=1, keepdims=True)
