"""Trains the late-interaction encoder: `python -m training.timbre.mixes.train [--config cpu]`, on from its checkpoint.

From the shipped sound encoder's convolutions (`training.shipping.restore`'s reading of the ONNX file). Time is that of the processor,
so that other work beside it doesn't shorten the training. On the validation split it is asked as the paper asks, from time to time.
"""

import time
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from ...config import arguments, checkpoints, data_folder, fast, save
from ...data import sound_mel
from ...loop import Run
from ...nets.late_net import LateEncoder
from ...nets.layout import SOUND_FAMILIES
from ...nets.sound_net import SoundEncoder
from ...shipping.restore import fill, weights
from . import phrases
from .draw import REFERENCE_FRAMES, PhraseDrawer
from .library import Library

CHECKED = 100
"""Mixes of each check."""


def references(library, who, net, size=64):
    """Vectors [N, families, WIDTH] of instruments by their reference notes."""
    found = []
    for start in range(0, len(who), size):
        mels = np.zeros((len(who[start : start + size]), sound_mel.BANDS, REFERENCE_FRAMES), np.float32)
        for mel, i in zip(mels, who[start : start + size]):
            one = sound_mel.sound_mel(library.note(i, 0))[:, :REFERENCE_FRAMES]
            mel[:, : one.shape[1]] = one
        found.append(net.reference(torch.from_numpy(mels)))
    return torch.cat(found)


def standings(net, mels, library, who, told):
    """How near each mix comes to each instrument's reference in the instrument's own family: [mixes, who]."""
    family = np.array([SOUND_FAMILIES.index(library.family[i]) for i in who])
    found = np.zeros((len(mels), len(who)), np.float32)
    for start in range(0, len(mels), 16):
        vectors, _ = net.mix(torch.from_numpy(np.array(mels[start : start + 16])))
        for f in np.unique(family):
            here = np.flatnonzero(family == f)
            found[start : start + 16, here] = net.near(vectors, told[here, f], int(f)).numpy()
    return found


class Check:
    """Mixes of validation instruments, and of training ones, as the paper makes them; among all instruments of the role."""

    def __init__(self, library):
        self.library, self.who = library, np.flatnonzero((library.role >= 0) & (library.split != "test"))
        path = data_folder() / "mix-check.npz"
        if not path.exists():
            rng, mels, groups = np.random.default_rng(11), [], []
            for split in ("validation", "train"):
                for members in phrases.groups(library, CHECKED, rng, library.split == split):
                    mix = phrases.stems(library, members, rng).sum(0)
                    mels.append(sound_mel.sound_mel(mix / np.abs(mix).max()).astype(np.float16))
                    groups.append([library.facts[i]["id"] for i in members])
            np.savez(path, mels=np.array(mels), groups=np.array(groups))
        with np.load(path) as saved:
            self.mels, groups = saved["mels"], saved["groups"]
        place = {library.facts[i]["id"]: n for n, i in enumerate(self.who)}
        self.groups = np.array([[place[name] for name in group] for group in groups])

    @torch.no_grad()
    def __call__(self, net):
        found = standings(net, self.mels.astype(np.float32), self.library, self.who, references(self.library, self.who, net))
        role, said = self.library.role[self.who], []
        for name, part in (("unseen", slice(0, CHECKED)), ("seen", slice(CHECKED, None))):
            own = np.take_along_axis(found[part], self.groups[part], 1)
            better = found[part][:, None, :] > own[..., None]
            ranks = (better & (role[None, None] == np.arange(3)[None, :, None])).sum(2)
            each = " ".join(f"{top:.2f}" for top in (ranks < 1).mean(0))
            said.append(f"{name} {(ranks < 1).mean():.3f} / {(ranks < 5).mean():.3f} ({each})")
        return ", ".join(said)


def loss_of(batch, net, device):
    with fast(device):
        vectors, plays = net.mix(torch.from_numpy(batch.mixes).to(device))
        told = net.reference(torch.from_numpy(batch.references).to(device))
    vectors, plays, told, sharp = vectors.float(), plays.float(), told.float(), net.sharpness.exp().clamp(max=60)
    losses, start = [], 0
    for place, family in enumerate(dict.fromkeys(batch.family.tolist())):
        count = int((batch.family == family).sum())
        mixes = np.flatnonzero(batch.members[:, place] >= 0)
        right = torch.from_numpy(batch.members[mixes, place] - start).to(device)
        near = net.near(vectors[mixes], told[start : start + count, family], family)
        losses.append(cross_entropy(near * sharp, right))
        start += count
    heard = torch.from_numpy(batch.heard).to(device)
    families = binary_cross_entropy_with_logits(plays, heard.clamp(min=0), weight=(heard >= 0).float())
    return sum(losses) / len(losses) + families


def batches(drawer):
    """Batches without end."""
    while True:
        yield drawer.batch()


def begun():
    """The shipped convolutions and what they conclude; the new heads as they are made."""
    encoder = SoundEncoder(folded=True)
    fill(encoder, weights(Path("plugin-assets/models/sound_encoder.onnx")))
    return LateEncoder(encoder)


def main():
    args = arguments(__doc__, "late")
    library = Library()
    net = begun().train().to(args.device, memory_format=torch.channels_last)
    path = checkpoints() / "late_state.pt"
    run = Run(net, path, args.minutes, args.rate, args.fresh, every=args.report, clock=time.process_time)
    check = Check(library)
    run.report = check
    rng, training = np.random.default_rng([args.seed, run.step]), np.flatnonzero(library.split == "train")
    drawer = PhraseDrawer(library, training, rng, args.references, args.mixes)
    print(f"{sum(map(len, drawer.of.values()))} training instruments of {len(drawer.of)} families; {check(run.average)}", flush=True)
    for _, batch in zip(run, batches(drawer)):
        run.update(loss_of(batch, net, args.device))
    save(dict(net=run.average.state_dict(), minutes=run.spent), checkpoints() / "late.pt")


if __name__ == "__main__":
    main()
