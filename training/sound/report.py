"""How well a sound encoder finds validation instruments, from mel powers alone: to watch training and to choose by."""

import numpy as np
import torch

from ..config import fast
from ..nets.layout import SOUND_FAMILIES
from .batches import PAPER, Drawer

FRAMES, SEED = 150, 5


@torch.no_grad()
def hear(net, mels, size=256):
    """What a network says of log-mels, output by output."""
    said, device = [], next(net.parameters()).device.type
    for start in range(0, len(mels), size):
        with fast(device):
            said.append(net(torch.from_numpy(np.ascontiguousarray(mels[start : start + size])).to(device)))
    return [torch.cat(parts).float().cpu() for parts in zip(*said)]


class Validation:
    """Fixed queries of validation instruments: single notes, and mixes as in the paper."""

    def __init__(self, heard, pool, count=400):
        self.heard, self.pool = heard, pool
        clean, changed = (Drawer(heard, np.random.default_rng(SEED), effects) for effects in (False, True))
        self.who = clean.rng.permutation(np.flatnonzero([len(rows) > 1 for rows in heard.clean]))[:count]
        notes = [clean.rng.choice(heard.clean[i][1:]) for i in self.who]
        self.notes = clean.finished(heard.power(self.who, notes))
        self.disturbed = changed.finished(np.array([changed.voice(i, FRAMES) for i in self.who]))
        everyone = np.arange(len(heard))
        groups = np.concatenate([clean.groups(everyone, 300), clean.groups(everyone, 300)])
        self.members = groups[np.isin(np.where(groups >= 0, heard.family[groups], PAPER[0]), PAPER).all(1)][:count]
        self.mixes = clean.finished(clean.mix(everyone, self.members, FRAMES))

    def references(self, net):
        """Vectors of validation instruments, then of the pool's, with their families."""
        own, others = (heard.references(np.arange(len(heard))) for heard in (self.heard, self.pool))
        vectors = hear(net, np.concatenate([own, others]))[0]
        return vectors, np.concatenate([self.heard.family, self.pool.family])

    def __call__(self, net):
        vectors, family = self.references(net)
        right = torch.from_numpy(self.who)

        def rank(queries, right, among):
            near = (queries @ vectors.T).masked_fill(~among, -2)
            return (near > near.gather(1, right[:, None])).sum(1).numpy()

        everyone = torch.ones(len(self.who), len(vectors), dtype=torch.bool)
        said = []
        for name, mels in (("note", self.notes), ("disturbed", self.disturbed)):
            found = rank(hear(net, mels)[0], right, everyone)
            said.append(f"{name} of {len(vectors)}: {np.mean(found < 1):.3f} {np.mean(found < 5):.3f}")
        if not len(self.members):
            return "; ".join(said)
        mixes, firsts = hear(net, self.mixes)[0], []
        for which in PAPER:
            row, place = np.nonzero(np.where(self.members >= 0, self.heard.family[self.members], -1) == which)
            if not len(row):
                continue
            among = torch.from_numpy(family == which).expand(len(row), -1)
            found = rank(mixes[row], torch.from_numpy(self.members[row, place]), among)
            firsts.append(found)
            said.append(f"{SOUND_FAMILIES[which]} in mix of {int((family == which).sum())}: {np.mean(found < 1):.3f}")
        found = np.concatenate(firsts)
        said.append(f"mix: {np.mean(found < 1):.3f} {np.mean(found < 5):.3f}")
        return "; ".join(said)
