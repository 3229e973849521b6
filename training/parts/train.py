"""Trains the parts network: `python -m training.parts.train [--config cpu]`; goes on from its checkpoint.

Masked (absorbing-state) discrete diffusion: tokens are hidden with a share drawn by a cosine, and guessed from the rest.
"""

import time

import torch
from torch.nn import functional as F

from ..config import arguments, checkpoints, fast, save
from ..loop import Run
from . import net
from .batches import Batches

TOUCH_WEIGHT = 0.5


def losses(out, truth, ask):
    """Cross entropy in nats per step, by group of streams: drums, pitched, touch; and of a hidden onset-or-not token."""
    drums, offset, bass, lead, chords, touch = out
    notes, touches = truth[..., net.NOTES], truth[..., net.TOUCHES]

    def of(logits, wanted, where):
        if not where.any():
            return logits.sum() * 0
        return F.cross_entropy(logits[where].float(), wanted[where], reduction="sum")

    steps = truth.shape[0] * truth.shape[1]
    return dict(
        drums=of(drums, truth[..., : net.PIECES], ask[..., : net.PIECES]) / steps,
        pitched=(
            of(bass, notes[..., 0], ask[..., net.NOTES][..., 0])
            + of(lead, notes[..., 6], ask[..., net.NOTES][..., 6])
            + of(chords, notes[..., 1:6], ask[..., net.NOTES][..., 1:6])
        ) / steps,
        touch=(of(offset, truth[..., net.OFFSET], ask[..., net.OFFSET]) + of(touch, touches, ask[..., net.TOUCHES])) / steps,
    )  # fmt: skip


def tensors(batch, device):
    inputs, truth, ask = batch
    order = ("tokens", "role", "chord", "heard", "place", "song", "text", "controls")
    return [torch.tensor(inputs[name]).to(device) for name in order], torch.tensor(truth).to(device), torch.tensor(ask).to(device)


@torch.no_grad()
def held_out(network, batches, device):
    total, count = {}, 0
    for feeds, truth, ask in batches:
        for name, value in losses(network(*feeds), truth, ask).items():
            total[name] = total.get(name, 0.0) + float(value)
        count += 1
    return {name: value / count for name, value in total.items()}


def main():
    args = arguments(__doc__, "parts")
    data = Batches("train", seed=int(time.time()))
    network = net.Parts(len(data.data.voicings.sets), args.width, args.heads, args.layers, args.hidden, args.step, args.dropout).to(args.device)
    count = sum(p.numel() for p in network.parameters())
    print(f"{count / 1e6:.2f} M parameters, {({m: len(g['window']) for m, g in data.data.groups.items()})} windows", flush=True)
    check = Batches("validation", seed=1)
    fixed = [tensors(check.draw(24), args.device) for _ in range(8)]
    path = checkpoints() / "parts_run.pt"
    run = Run(network, path, args.minutes, args.rate, args.fresh, every=args.report)
    run.report = lambda average: "held out " + ", ".join(f"{k} {v:.4f}" for k, v in held_out(average, fixed, args.device).items())
    for step in run:
        feeds, truth, ask = tensors(data.draw(args.batch), args.device)
        with fast(args.device):
            out = network(*feeds)
        found = losses(out, truth, ask)
        run.update(found["drums"] + found["pitched"] + TOUCH_WEIGHT * found["touch"])
    save(dict(net=run.average.state_dict(), settings=network.settings, minutes=run.spent, steps=run.step), checkpoints() / "parts.pt")


if __name__ == "__main__":
    main()
