"""Trains the parts network: `python -m training.parts.train [--config cpu]`; goes on from its checkpoint.

Masked (absorbing-state) discrete diffusion: tokens are hidden with a share drawn by a cosine, and guessed from the rest.
"""

import time

import numpy as np
import torch
from torch.nn import functional as F

from ..config import arguments, checkpoints, fast, save
from ..loop import Run
from . import net
from .batches import Batches
from .sample import ORDER

TOUCH_WEIGHT = 0.5


class Examples(torch.utils.data.IterableDataset):
    """Endless batches of `Batches.draw`, each worker's own."""

    def __init__(self, data, args):
        self.data, self.args, self.begun = data, args, time.time_ns()

    def __iter__(self):
        worker = torch.utils.data.get_worker_info()
        torch.set_num_threads(1)
        self.data.rng = np.random.default_rng([self.args.seed, self.begun, worker.id if worker else 0])
        while True:
            yield packed(self.data.draw(self.args.batch))


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


def total(found):
    """What is made small, of `losses`."""
    return found["drums"] + found["pitched"] + TOUCH_WEIGHT * found["touch"]


def packed(batch):
    """A batch as tensors, whole numbers in 16 bits: they come from other processes."""
    inputs, truth, ask = batch
    small = lambda array: torch.from_numpy(array.astype(np.int16) if array.dtype == np.int64 else array)
    return [small(inputs[name]) for name in ORDER], small(truth), torch.from_numpy(ask)


def there(batch, device):
    """What `packed` made, for the network, on a device."""
    feeds, truth, ask = batch
    move = lambda tensor: tensor.to(device, non_blocking=True)
    whole = lambda tensor: move(tensor).long() if tensor.dtype == torch.int16 else move(tensor)
    return [whole(feed) for feed in feeds], whole(truth), move(ask)


@torch.no_grad()
def held_out(network, batches, device):
    total, count = {}, 0
    for feeds, truth, ask in batches:
        for name, value in losses(network(*feeds), truth, ask).items():
            total[name] = total.get(name, 0.0) + float(value)
        count += 1
    return {name: value / count for name, value in total.items()}


class Report:
    """Says how the averaged network does on what is held out, and keeps the best of them: `parts_best.pt` is what is exported."""

    def __init__(self, run, settings, fixed, device):
        self.run, self.settings, self.fixed, self.device = run, settings, fixed, device
        self.path = checkpoints() / "parts_best.pt"
        self.least = torch.load(self.path, weights_only=False)["held_out"] if run.step and self.path.exists() else float("inf")

    def __call__(self, average):
        found = held_out(average, self.fixed, self.device)
        now = total(found)
        if now < self.least:
            self.least = now
            save(dict(net=average.state_dict(), settings=self.settings, minutes=self.run.spent, steps=self.run.step, held_out=now), self.path)
        return "held out " + ", ".join(f"{k} {v:.4f}" for k, v in found.items()) + f", in all {now:.4f}"


def main():
    args = arguments(__doc__, "parts")
    data = Batches("train", vary=args.vary, held=args.held)
    network = net.Parts(len(data.data.voicings.sets), args.width, args.heads, args.layers, args.hidden, args.step, args.dropout).to(args.device)
    count = sum(p.numel() for p in network.parameters())
    print(f"{count / 1e6:.2f} M parameters, {({m: len(g['window']) for m, g in data.data.groups.items()})} windows", flush=True)
    check = Batches("validation", seed=1)
    fixed = [there(packed(check.draw(24)), args.device) for _ in range(args.checks)]
    path = checkpoints() / "parts_run.pt"
    run = Run(network, path, args.minutes, args.rate, args.fresh, every=args.report)
    run.report = Report(run, network.settings, fixed, args.device)
    # Workers get what is loaded as it is, by forking.
    loader = iter(torch.utils.data.DataLoader(Examples(data, args), batch_size=None, num_workers=args.workers, pin_memory=args.device != "cpu"))
    for _ in run:
        feeds, truth, ask = there(next(loader), args.device)
        with fast(args.device):
            out = network(*feeds)
        run.update(total(losses(out, truth, ask)))


if __name__ == "__main__":
    main()
