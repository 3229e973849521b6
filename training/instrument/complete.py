"""Trains anchor completion: `python -m training.instrument.complete [--config cpu]`.

The loss is L1 on random decoded cells (predicting codes absolutely, or by squares alone, was measured to be worse),
plus a little squared error on the codes themselves. The network learns what a linear guess leaves out on instruments
that the guess was not fitted to (folds), since that is where it will be used. Needs `training.instrument.codec` and
`training.text.train` first.
"""

import torch

from ..config import arguments, checkpoints, fast, save
from ..loop import Run
from ..nets.codec_net import SHAPE_DB, CodecDecoder
from ..nets.complete_net import RANK, SEEN, Completion, LinearGuess
from ..nets.layout import ANCHORS, CODE_WIDTH, FAMILIES, FRAMES, SHAPE_WIDTH, TEXT_WIDTH
from . import augment
from .anchors import load
from .codec_fit import CELLS, mask_of
from .conditions import Captions, families
from .encode import stored
from .ridge import RidgeDelta

KEYS = torch.tensor([float(k) for k, _ in ANCHORS])
VELOCITIES = torch.tensor([float(v) for _, v in ANCHORS])
MIDDLE = ANCHORS.index((64, 80))
CELLS_A_STEP = 640
ANCHORS_A_STEP = 9


def decoder():
    saved = torch.load(checkpoints() / "codec.pt", weights_only=False)
    net = CodecDecoder(**saved["settings"])
    net.load_state_dict(saved["net"])
    return net.eval().requires_grad_(False)


def importance(net):
    """Weight of each code number: how far it moves the decoded levels, mean 1. [400]."""
    weight = torch.ones(CODE_WIDTH)
    weight[:SHAPE_WIDTH] = net.shape.weight.norm(dim=0)
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
            return torch.nn.functional.linear(codes[:, :SHAPE_WIDTH], matrix, bias)

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


def place(batch):
    return KEYS.expand(batch, -1), VELOCITIES.expand(batch, -1)


def fit_linear(codes, valid, weight, strength):
    """The linear guess from every anchor, fitted to instruments [I, 27, 400].

    One ridge regression from each anchor, brought through `RANK` numbers that all share by alternating least squares.
    Each pair of anchors counts alike: else small steps, such as to another velocity, drown in large ones.
    """
    guess = LinearGuess()
    models = [RidgeDelta.fit(codes, valid, source, weight, strength) for source in range(len(ANCHORS))]
    whole = torch.stack([(model.matrices.permute(1, 0, 2) * weight).flatten(1) for model in models])
    # What they say of some instruments spans nearly all that they can say.
    some = range(0, len(codes), max(1, len(codes) // 150))
    seen = [(codes[some, s, :SEEN] - models[s].mean)[valid[some, s]] for s in range(len(ANCHORS))]
    said = [seen[s] @ whole[s] for s in range(len(ANCHORS))]
    size = torch.stack([blocks(x).pow(2).mean((0, 2)).sqrt() for x in said])
    scale = 1 / size.clamp(min=size[size > 0].min())
    each = scale.repeat_interleave(CODE_WIDTH, 1)
    _, _, directions = torch.svd_lowrank(torch.cat([x * e for x, e in zip(said, each)]), RANK + 16, niter=3)
    out = directions[:, :RANK].T
    for last in (False, False, True):
        into = [solve((out * e) @ (out * e).T, (out * e) @ (w * e).T).T for w, e in zip(whole, each)]
        if last:
            break
        inner = [x @ i for x, i in zip(seen, into)]
        targets = []
        for a in range(len(ANCHORS)):
            left = sum(k**2 * z.T @ z for k, z in zip(scale[:, a], inner))
            targets.append(solve(left, sum(k**2 * z.T @ blocks(x)[:, a] for k, z, x in zip(scale[:, a], inner, said))))
        out = torch.cat(targets, 1)
    guess.mean[:] = torch.stack([model.mean for model in models])
    guess.shift[:] = torch.stack([model.shifts.flatten() for model in models])
    # Few instruments span fewer numbers; the rest stay zero.
    guess.into[:, : len(out)] = torch.cat(into)
    guess.out[: len(out)] = (blocks(out) / weight).flatten(1)
    return guess


def blocks(codes):
    """[N, 27 * 400] as [N, 27, 400]."""
    return codes.unflatten(1, (len(ANCHORS), CODE_WIDTH))


def solve(left, right):
    """Least squares by normal equations, a little regularised."""
    return torch.linalg.solve(left + 1e-5 * left.diagonal().mean() * torch.eye(len(left)), right)


class Folds:
    """Training instruments in a few groups, each with a linear guess that was fitted to the others."""

    def __init__(self, data, codes, valid, weight, pool_codes, pool_of, folds):
        train = torch.tensor(data.split("train"))
        strength = RidgeDelta.fit(codes[train], valid[train], MIDDLE, weight).strength
        self.guess = fit_linear(codes[train], valid[train], weight, strength)
        # Near-duplicates stay together.
        fold = torch.tensor([fact["group"] % folds for fact in data.facts])
        self.parts = []
        for each in range(folds):
            others = train[fold[train] != each]
            linear = fit_linear(codes[others], valid[others], weight, strength)
            real, made = train[fold[train] == each], (fold[pool_of] == each).nonzero()[:, 0]
            who = torch.cat([real, pool_of[made]])
            x = torch.cat([codes[real].half(), pool_codes[made]])
            self.parts.append((linear, who, x, valid[who], len(real)))

    def draw(self, batch, share=0.5):
        """A linear guess, and instruments that it does not know: which they are, codes, validity.

        `share` of them as they are, the rest augmented; some mixed in code space.
        """
        linear, who, x, use, real = self.parts[int(torch.randint(len(self.parts), ()))]
        pick = torch.cat(
            [torch.randint(real, (int(batch * share),)), torch.randint(len(who), (batch - int(batch * share),))]
        )
        other = pick[torch.randperm(batch)]
        mixed = (torch.rand(batch) < 0.3) * torch.rand(batch) * 0.5
        got = torch.lerp(x[pick].float(), x[other].float(), mixed[:, None, None])
        return linear, who[pick], got, use[pick] & (use[other] | (mixed == 0)[:, None])


def draw_source(use):
    """A sounding anchor of each instrument to start from: often the middle one, else any."""
    odds = use * torch.where(torch.tensor([v == 80 for _, v in ANCHORS]), 3.0, 1.0)
    source = torch.multinomial(odds + 1e-6, 1)[:, 0]
    return torch.where((torch.rand(len(use)) < 0.4) & use[:, MIDDLE], MIDDLE, source)


def main():
    args = arguments(__doc__, "complete")
    data = load()
    codes = stored(data)
    valid = torch.stack([data.sounding(i) for i in range(len(data))])
    family, captions = families(data.facts), Captions(data.facts)
    held_out = torch.tensor(data.split("validation"))
    net = Completion(args.width, args.blocks)
    loss_of = DecodedLoss(decoder())
    with torch.no_grad():
        folds = Folds(data, codes, valid, loss_of.weight, *augment.pool(data, args.pool)[:2], args.folds)
    print("linear guesses fitted", flush=True)
    run = Run(net, checkpoints() / "complete_run.pt", args.minutes, args.rate, args.fresh)
    # After resuming, so that the guess is that of today's data.
    for model in (net, run.average):
        model.linear.load_state_dict(folds.guess.state_dict())

    def heldout(model):
        x, use = codes[held_out], valid[held_out]
        known = torch.zeros(len(x), len(ANCHORS))
        known[:, MIDDLE] = 1.0
        ask = use & (known < 0.5) & use[:, MIDDLE : MIDDLE + 1]
        at = ask.nonzero()[:, 1]
        torch.manual_seed(5)

        def loss(guess):
            torch.manual_seed(6)
            return sum(float(loss_of(guess[ask], x[ask], at)) for _ in range(8)) / 8

        with torch.no_grad():
            unsaid = torch.zeros(len(x), TEXT_WIDTH), torch.zeros(len(x), len(FAMILIES))
            given, source = x[:, MIDDLE], torch.full((len(x),), MIDDLE)
            linear = given[:, None] + model.linear(given, source)
            said = loss(model(x, known, *place(len(x)), *unsaid)), loss(linear), loss(given[:, None].expand_as(x))
        torch.seed()
        return "held out {:.3f} (linear {:.3f}, copy {:.3f})".format(*said)

    run.report = heldout
    net.train()
    for _ in run:
        linear, who, x, use = folds.draw(args.batch)
        source = draw_source(use)
        given = x[torch.arange(len(x)), source]
        text = captions.draw(who) * (torch.rand(len(x), 1) < 0.5)
        hot = family[who] * (torch.rand(len(x), 1) < 0.5)
        with fast(args.device):
            got = net.from_one(linear, given + 0.1 * torch.randn_like(given), source, text, hot)
        # A few anchors of each are enough to learn from.
        chance = torch.rand(len(x), len(ANCHORS)).masked_fill(~use, 2.0)
        chance[torch.arange(len(x)), source] = 2.0
        asked = chance.argsort(1)[:, :ANCHORS_A_STEP]
        ask = torch.zeros_like(use).scatter_(1, asked, True) & use
        ask[torch.arange(len(x)), source] = False
        run.update(loss_of(got.float()[ask], x[ask], ask.nonzero()[:, 1]))
    with torch.no_grad():
        print(heldout(run.average))
    saved = dict(net=run.average.state_dict(), settings=net.settings, quality={"steps": run.step})
    save(saved, checkpoints() / "complete.pt")


if __name__ == "__main__":
    main()
