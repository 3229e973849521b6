"""Trains what the sound encoder concludes from what it hears: `python -m training.sound.heads [--config cpu]`.

The convolutions of the encoder that is there (`training.sound.train`, or `training.shipping.restore`) stay as they are. What they hear of a
large draw of notes, phrases and mixes is kept, so that trunk and heads learn from thousands of sounds a step, each held against
1,500 instruments, in the time that one small step through the convolutions takes.
"""

import numpy as np
import torch

from ..config import arguments, checkpoints
from ..data.paths import data_root
from ..loop import Run
from ..nets.layout import SOUND_FAMILIES
from ..nets.sound_net import SoundEncoder
from . import losses as sound_losses
from .batches import BATCH_FRAMES, Drawer, Heard, known, sound_mel
from .captions import Captions
from .report import Validation
from .train import Learner, Shapes, finish

REFERENCES, AT_ONCE = 4, 128


class HeadLearner(Learner):
    """Learns from what the convolutions heard."""

    def forward(self, pooled):
        heard = self.encoder.conclude(pooled)
        return self.shapes(heard), *self.encoder.say(heard)


@torch.no_grad()
def pooled(net, mels):
    parts = (net.pool(torch.from_numpy(mels[at : at + AT_ONCE])) for at in range(0, len(mels), AT_ONCE))
    return torch.cat(list(parts)).half()


class Pools:
    """What the convolutions hear: `references` [N, 4, W]; `singles` [Q, W] of `who` [Q]; `mixes` [M, W] of `members` [M, 4]."""

    def __init__(self, net, drawer, args):
        heard, rng = drawer.heard, drawer.rng
        rows = [[0, *rng.choice(clean, REFERENCES - 1)] for clean in heard.clean]
        each = [pooled(net, sound_mel.scaled(heard.power(np.arange(len(heard)), list(row)))) for row in zip(*rows)]
        self.references = torch.stack(each, 1)
        singles, who, mixes, members = [], [], [], []
        for _ in range(args.rounds):
            order = rng.permutation(len(heard))
            for some in np.array_split(order, max(len(order) // AT_ONCE, 1)):
                frames = int(rng.choice(BATCH_FRAMES))
                singles.append(pooled(net, drawer.finished(np.array([drawer.voice(i, frames) for i in some]))))
                who.append(some)
            print(f"{len(singles)} draws of single sounds", flush=True)
        everyone = np.arange(len(heard))
        while (there := sum(map(len, members))) < args.drawn_mixes:
            if len(members) % 50 == 0:
                print(f"{there} mixes", flush=True)
            group = drawer.groups(everyone, AT_ONCE)
            mixes.append(pooled(net, drawer.finished(drawer.mix(everyone, group, int(rng.choice(BATCH_FRAMES))))))
            members.append(group)
        self.singles, self.who = torch.cat(singles), np.concatenate(who)
        self.mixes, self.members = torch.cat(mixes), np.concatenate(members)


def losses(pools, learner, family, captions, shapes, rng, args):
    """The sum of what is asked, on one draw."""
    hot = np.eye(len(SOUND_FAMILIES), dtype=np.float32)
    own = family.numpy()
    some = rng.permutation(len(own))[: args.instruments]
    place = np.full(len(own), -1)
    place[some] = np.arange(len(some))
    row = np.where(rng.random(len(some)) < 0.7, 0, rng.integers(REFERENCES, size=len(some)))
    single = rng.choice(np.flatnonzero(place[pools.who] >= 0), args.singles)
    mix = rng.choice(len(pools.members), args.mixes)
    given = torch.cat([pools.references[some, row], pools.singles[single], pools.mixes[mix]]).float()
    heard, *said = learner(left_out(given, learner.training))
    parts = [len(some), args.singles, args.mixes]
    told, queries, mixes = zip(*(output.split(parts) for output in said))
    sharp = learner.sharpness
    who = pools.who[single]
    right = torch.from_numpy(place[who])
    everyone = torch.ones(len(who), len(some), dtype=torch.bool)
    loss = sound_losses.contrast(queries[0], told[0], right, everyone, sharp[0])
    members = pools.members[mix]
    at, which = np.nonzero((members >= 0) & (place[members] >= 0))
    member = members[at, which]
    same = family[member][:, None] == family[some][None]
    right = torch.from_numpy(place[member])
    loss = loss + 2 * sound_losses.contrast(mixes[0][torch.from_numpy(at)], told[0], right, same, sharp[1])
    text, others = captions.one_of(who, rng), captions.some(args.captions, rng)
    loss = loss + 0.5 * sound_losses.words(queries[1], text, others, sharp[2])
    playing = torch.from_numpy(np.concatenate([who, member]))
    guesses = torch.cat([heard[len(some) :][: len(who)], heard[len(some) + len(who) :][torch.from_numpy(at)]])
    loss = loss + shapes.error(guesses, playing, family[playing])
    present = (hot[own[members]] * (members >= 0)[..., None]).max(1)
    truth = torch.from_numpy(np.concatenate([hot[own[some]], hot[own[who]], present]))
    return loss + sound_losses.families(torch.cat([told[2], queries[2], mixes[2]]), truth)


def left_out(pooled, training):
    """Some of what was heard is left out, so that no instrument is known by one trait."""
    return torch.nn.functional.dropout(pooled, 0.1, training)


def main():
    args = arguments(__doc__, "sound_heads")
    rng = np.random.default_rng(args.seed)
    train, held_out = Heard(known("train")), Heard(known("validation"))
    print(f"{len(train)} training instruments, {len(held_out)} for validation", flush=True)
    saved = torch.load(checkpoints() / "sound.pt", weights_only=False)
    net = SoundEncoder(**saved["settings"])
    net.load_state_dict(saved["net"])
    net = net.eval() if net.settings["folded"] else net.fold()
    validation = Validation(held_out, train)
    print(f"before: {validation(net)}", flush=True)
    file = data_root() / "sound-pools.pt"
    if args.fresh or not file.exists():
        torch.save(vars(Pools(net, Drawer(train, np.random.default_rng(args.seed + 1)), args)), file)
    pools = Pools.__new__(Pools)
    vars(pools).update(torch.load(file, weights_only=False))
    captions, shapes = Captions(train.facts), Shapes(train.facts)
    learner = HeadLearner(net)
    run = Run(learner, checkpoints() / "sound_heads_state.pt", args.minutes, args.rate, args.fresh, every=args.report)
    run.report = lambda average: validation(average.encoder)
    family = torch.from_numpy(train.family)
    learner.train()
    for _ in run:
        run.update(losses(pools, learner, family, captions, shapes, rng, args))
    finish(run.average.encoder, train, held_out, "sound_heads", args.fresh)


if __name__ == "__main__":
    main()
