"""Trains anchor completion: `python -m training.complete [--config cpu]`.

The loss is L1 on random decoded cells (predicting codes absolutely, or by squares alone, was measured to be worse),
plus a little squared error on the codes themselves. Needs `training.codec` and `training.text` first.
"""

import torch

from . import augment
from .anchors import load
from .conditions import Captions, families
from .encode import stored
from .config import arguments, checkpoints, fast, save
from .loop import Run
from .nets.codec_net import SHAPE_DB, CodecDecoder
from .nets.complete_net import RANK, SEEN, SOURCES, Completion
from .nets.layout import ANCHORS, CODE_WIDTH, FRAMES, SHAPE_WIDTH
from .codec_fit import CELLS, mask_of
from .ridge import RidgeDelta

KEYS = torch.tensor([float(k) for k, _ in ANCHORS])
VELOCITIES = torch.tensor([float(v) for _, v in ANCHORS])
MIDDLE = ANCHORS.index((64, 80))
CELLS_A_STEP = 640


def decoder():
    saved = torch.load(checkpoints() / "codec.pt", weights_only=False)
    net = CodecDecoder(**saved["settings"])
    net.load_state_dict(saved["net"])
    return net.eval().requires_grad_(False)


def importance(net):
    """Weight of each code number: how far it moves the decoded levels, mean 1. [400]."""
    weight = torch.ones(CODE_WIDTH)
    weight[:SHAPE_WIDTH] = net.shape.weight[:, :SHAPE_WIDTH].norm(dim=0)
    weight[SHAPE_WIDTH] = net.level[1] * CELLS**0.5 * 0.3
    weight[SHAPE_WIDTH + 1 :] = weight[:SHAPE_WIDTH].mean() * 0.5
    return weight / weight.mean()


class DecodedLoss:
    """Compares codes by what they decode to, on random cells."""

    def __init__(self, net):
        self.net, self.weight = net, importance(net)
        self.rows = mask_of(KEYS)[:, :, 0]

    def __call__(self, guess, truth, use):
        """`guess`, `truth` [M, 400]; `use`: anchor index of each [M]."""
        cells = torch.randint(CELLS, (CELLS_A_STEP,))
        heard_row = self.rows[use][:, cells // FRAMES]
        matrix, bias = self.net.shape.weight[cells], self.net.shape.bias[cells]

        def decoded(codes):
            return torch.nn.functional.linear(self.net.inner(codes), matrix, bias)

        with torch.no_grad():
            true = decoded(truth).clamp(0.0, SHAPE_DB)
        step = (guess[:, SHAPE_WIDTH] - truth[:, SHAPE_WIDTH])[:, None] * self.net.level[1]
        # A little slope below the floor, so that silent guesses can still learn to sound.
        shape = decoded(guess)
        got = torch.where(shape < 0, 0.05 * shape, shape.clamp(max=SHAPE_DB)) + step
        # Down to the floor itself: a haze of -60 dB in every row would sum to a drone at -38 dB.
        heard = (torch.maximum(true, got.detach()) / 12.0).clamp(0.0, 1.0) * heard_row
        cellwise = ((got - true).abs() * heard).sum() / heard.sum().clamp(min=1.0)
        return cellwise + 2.0 * ((guess - truth) ** 2 * self.weight).mean()


def known_anchors(valid):
    """Random sets of known anchors among those that sound: [B, 27]; often the middle one alone."""
    batch = len(valid)
    number = torch.tensor([1, 1, 1, 1, 2, 2, 3, 4, 6, 9])[torch.randint(10, (batch,))]
    rank = torch.rand(batch, len(ANCHORS))
    middle = torch.rand(batch) < 0.35
    rank[middle, MIDDLE] = -1.0
    rank[~valid] = 2.0
    order = rank.argsort(1).argsort(1)
    return ((order < number[:, None]) & valid).float()


def place(batch):
    return KEYS.expand(batch, -1), VELOCITIES.expand(batch, -1)


def fit_linear(guess, codes, valid, weight):
    """Fits the network's linear guess, from each source, on training instruments."""
    for i, source in enumerate(SOURCES):
        model = RidgeDelta.fit(codes, valid, source, weight)
        into, out = model.reduced(codes[valid[:, source], source], weight, RANK)
        guess.mean[i], guess.shift[i] = model.mean, model.shifts.flatten()
        guess.into[i * SEEN : (i + 1) * SEEN], guess.out[i * RANK : (i + 1) * RANK] = into, out


def main():
    args = arguments(__doc__, "complete")
    data = load()
    codes = stored(data)
    valid = torch.stack([data.sounding(i) for i in range(len(data))])
    family, captions = families(data.facts), Captions(data.facts)
    train, held_out = torch.tensor(data.split("train")), torch.tensor(data.split("validation"))
    pool_codes, pool_of = augment.pool(data, args.pool)
    net = Completion(args.width, args.layers)
    loss_of = DecodedLoss(decoder())
    with torch.no_grad():
        fit_linear(net.linear, codes[train], valid[train], loss_of.weight)
    print("linear part fitted", flush=True)
    run = Run(net, checkpoints() / "complete_run.pt", args.minutes, args.rate, args.fresh)

    def heldout(model):
        x, use = codes[held_out], valid[held_out]
        known = torch.zeros(len(x), len(ANCHORS))
        known[:, MIDDLE] = 1.0
        ok = use[:, MIDDLE]
        with torch.no_grad():
            torch.manual_seed(5)
            text = captions.draw(held_out)
            got = model(x, known, *place(len(x)), text, family[held_out])
            ask = use & (known < 0.5) & ok[:, None]
            at = ask.nonzero()[:, 1]
            value = sum(float(loss_of(got[ask], x[ask], at)) for _ in range(8)) / 8
            copied = x[:, MIDDLE : MIDDLE + 1].expand_as(x)
            base = sum(float(loss_of(copied[ask], x[ask], at)) for _ in range(8)) / 8
        torch.seed()
        return f"held out {value:.3f} (copy of the known note {base:.3f})"

    run.report = heldout
    net.train()
    for _ in run:
        # Real instruments and augmented ones, some of them mixed in code space.
        real = train[torch.randint(len(train), (max(1, int(args.batch * 0.45)),))]
        made = torch.randint(len(pool_of), (args.batch - len(real),))
        who = torch.cat([real, pool_of[made]])
        x, use = torch.cat([codes[real], pool_codes[made].float()]), valid[who]
        share = (torch.rand(len(x)) < 0.3) * torch.rand(len(x)) * 0.5
        other = torch.randperm(len(x))
        x = x * (1 - share)[:, None, None] + x[other] * share[:, None, None]
        use = use & (use[other] | (share == 0)[:, None])
        known = known_anchors(use)
        text = captions.draw(who) * (torch.rand(len(x), 1) < 0.6)
        hot = family[who] * (torch.rand(len(x), 1) < 0.6)
        with fast(args.device):
            got = net(x, known, *place(len(x)), text, hot)
        got = got.float()
        ask = use & (known < 0.5)
        run.update(loss_of(got[ask], x[ask], ask.nonzero()[:, 1]))
    saved = dict(net=run.average.state_dict(), settings=net.settings, quality={"steps": run.step})
    save(saved, checkpoints() / "complete.pt")


if __name__ == "__main__":
    main()
