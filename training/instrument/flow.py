"""Trains the first-anchor flow: `python -m training.instrument.flow [--config cpu]`.

Every note of every instrument is a "first anchor" for its own key and velocity, so there are 27 times as many
examples as instruments. Starts from the flow that is there, unless `--fresh`. Conditions are dropped at random, all together too, so that guidance has its free half.
Needs `training.instrument.codec` and `training.text.train` first.
"""

import torch

from ..config import arguments, checkpoints, fast, save
from ..loop import Run
from ..nets.flow_net import FirstAnchor
from ..nets.layout import ANCHORS, TONE_WIDTH
from ..text import tones
from . import augment
from .anchors import load
from .complete import KEYS, VELOCITIES, decoder, importance
from .conditions import Captions, families, ranges, tone_scores
from .encode import stored

RECORDED, RECORDED_COUNTS = {"fluid", "musescore", "timgm"}, 4.0
MIDDLE_KEYS = (44, 54, 64, 74, 84)  # what the plugin draws; drawn more often in training


def loss_of(net, data, time, noise, weight, conditions):
    """Squared error of the denoised code, [B]."""
    t = time[:, None]
    with fast(data.device.type):
        guess = net((1 - t) * noise + t * data, time, *conditions).float()
    # Near the data the error is small: divide by the noise left, as EDM does, but not without bound.
    scale = ((t**2 + (1 - t) ** 2) / (1 - t) ** 2).clamp(max=12.0)
    return ((guess - data) ** 2 * weight * scale).mean(1)


def main():
    args = arguments(__doc__, "flow")
    data = load()
    codes = stored(data)
    valid = torch.stack([data.sounding(i) for i in range(len(data))])
    family, spans, captions = families(data.facts), ranges(data.facts), Captions(data.facts)
    train, held_out = torch.tensor(data.split("train")), torch.tensor(data.split("validation"))
    made, made_of, made_tone = augment.pool(data, args.pool)
    tone, table = tone_scores(data)
    made_tone = tones.scores(made_tone, table)
    weight = importance(decoder()).sqrt()
    weight = weight / weight.mean()
    # Anchors near the middle are what is drawn in use.
    odds = torch.tensor([3.0 if k in MIDDLE_KEYS and v == 80 else 1.0 for k, v in ANCHORS])
    # Families in the data are far from even; the rarer ones are shown more often.
    count = family[train].sum(0).clamp(min=1)
    share = torch.where(family[train].sum(1) > 0, (1 / count.sqrt())[family[train].argmax(1)], (1 / count.sqrt()).median())
    # And recorded instruments are few among synthesizers' presets that go by their names.
    share *= torch.tensor([RECORDED_COUNTS if fact["source"] in RECORDED else 1.0 for fact in data.facts])[train]
    net = FirstAnchor(args.width, args.hidden, args.blocks)
    earlier, rate = checkpoints() / "flow.pt", args.rate
    if earlier.exists() and not args.fresh:
        rate /= 2
        net.load_state_dict(torch.load(earlier, weights_only=False)["net"])
        print("goes on from the flow that is there", flush=True)
    run = Run(net, checkpoints() / "flow_run.pt", args.minutes, rate, args.fresh)

    def conditions(who, scores, anchor, keep):
        """Text, family, note, range, tone of instruments at anchors; `keep` is the chance that each is said."""
        several = torch.rand(len(who), 4) < torch.tensor(keep)
        several &= (torch.rand(len(who), 1) < 0.88) if keep[0] < 1 else True
        several = several.float()
        # Of the tones any share may be said.
        each = several[:, 3:] * (torch.rand(len(who), TONE_WIDTH) < torch.rand(len(who), 1)) if keep[3] < 1 else several[:, 3:]
        said = each.float().expand(-1, TONE_WIDTH)
        note = torch.stack([KEYS[anchor], VELOCITIES[anchor]], 1)
        return (
            captions.draw(who) * several[:, :1],
            family[who] * several[:, 1:2],
            note,
            spans[who] * several[:, 2:3],
            tones.told(scores, said),
        )

    def heldout(model):
        torch.manual_seed(5)
        with torch.no_grad():
            anchor = torch.full((len(held_out),), ANCHORS.index((64, 80)))
            said = []
            for keep in ((1.0, 1.0, 1.0, 1.0), (1.0, 1.0, 1.0, 0.0), (0.0, 0.0, 0.0, 0.0)):
                value = 0.0
                for _ in range(8):
                    time, noise = torch.rand(len(held_out)) * 0.95, torch.randn(len(held_out), codes.shape[-1])
                    told = conditions(held_out, tone[held_out], anchor, keep)
                    value += float(loss_of(model, codes[held_out, anchor], time, noise, weight, told).mean()) / 8
                said.append(value)
        torch.seed()
        return f"held out {said[0]:.4f}, without tones {said[1]:.4f}, unconditional {said[2]:.4f}"

    run.report = heldout
    net.train()
    for _ in run:
        batch = args.batch
        who = train[torch.multinomial(share, batch, replacement=True)]
        anchor = torch.multinomial(odds.expand(batch, -1), 1)[:, 0]
        x = codes[who, anchor].clone()
        use, scores = valid[who, anchor], tone[who].clone()
        # A third are augmented instruments; they lie close to their first parent, whose words they keep.
        some = torch.rand(batch) < 0.33
        pick = torch.randint(len(made_of), (int(some.sum()),))
        who[some], x[some], use[some] = made_of[pick], made[pick, anchor[some]].float(), valid[made_of[pick], anchor[some]]
        scores[some] = made_tone[pick]
        # Most of the learning is at mid noise.
        time = torch.sigmoid(torch.randn(batch) * 1.1 - 0.3)
        time = torch.where(torch.rand(batch) < 0.1, torch.zeros(()), time)
        loss = loss_of(net, x, time, torch.randn_like(x), weight, conditions(who, scores, anchor, (0.85, 0.55, 0.4, 0.8)))
        run.update((loss * use).sum() / use.sum().clamp(min=1))
    save(
        dict(net=run.average.state_dict(), settings=net.settings, quality={"steps": run.step}), checkpoints() / "flow.pt"
    )


if __name__ == "__main__":
    main()
