"""Trains several parts networks side by side, then one on what they say together: `python -m training.parts.teachers [--config gpu]`.

The mean of networks that differ only in their random beginning guesses unseen grooves better than each of them, at as many times the
cost. One network that learns the mean's chances instead of the songs' tokens costs no more than before, and can't learn grooves by heart.
(Ensemble distillation: Hinton et al., "Distilling the Knowledge in a Neural Network", 2015, section 3.)

Bars whose places changed (`vary`) are less like those of songs; so in the last minutes there are few of them (`last_vary`), and the
network that learns is held back by what it was.

Keeps the best by validation of each: `parts_teacher_N.pt`, `parts_pupil.pt`, and after the last minutes `parts_best.pt`, which is what is
exported. Teachers that are through, and a pupil that is there, are gone on with; `--fresh` begins anew.
"""

import time

import torch
from torch.nn import functional as F

from ..config import arguments, checkpoints, fast, save
from ..loop import Averaged
from . import net
from .batches import Batches
from .train import TOUCH_WEIGHT, Examples, losses, packed, there, total


class Learner(Averaged):
    """One of several, or the pupil, and the best that it was."""

    def __init__(self, network, path, minutes, rate):
        super().__init__(network, rate, decay=0.05)
        self.path, self.minutes, self.least, self.said = path, minutes, float("inf"), []

    def update(self, loss, spent):
        self.schedule(min(spent / self.minutes, 1.0))
        super().update(loss)
        self.said.append(loss.detach())

    def check(self, fixed):
        """How the running mean does on what is held out; keeps it if it is the best."""
        found = held_out([self.average], fixed)
        if found < self.least:
            self.least = found
            state = {name: value.half() for name, value in self.average.state_dict().items()}
            save(dict(net=state, settings=self.net.settings, steps=self.step, minutes=self.minutes, held_out=found), self.path)
        mean, self.said = torch.stack(self.said).mean().item() if self.said else float("nan"), []
        return f"{mean:.3f}/{found:.4f}"


def load(path, device):
    saved = torch.load(path, weights_only=False, map_location=device)
    network = net.Parts(**saved["settings"]).to(device)
    network.load_state_dict(saved["net"])
    return network.eval().requires_grad_(False)


@torch.no_grad()
def chances(networks, feeds):
    """The mean of what networks hold for likely, for each of the six outputs."""
    return [torch.stack([o.float().softmax(-1) for o in outputs]).mean(0) for outputs in zip(*(network(*feeds) for network in networks))]


@torch.no_grad()
def held_out(networks, fixed):
    """Cross entropy of the networks' mean, nats a step."""
    return sum(float(total(losses([p.clamp_min(1e-9).log() for p in chances(networks, feeds)], truth, ask))) for feeds, truth, ask in fixed) / len(fixed)


def taught(out, wanted, ask):
    """Cross entropy of guesses under the teachers' chances, weighed as `losses`."""
    notes, steps = ask[..., net.NOTES], ask.shape[0] * ask.shape[1]
    where = (ask[..., : net.PIECES], ask[..., net.OFFSET], notes[..., 0], notes[..., 6], notes[..., 1:6], ask[..., net.TOUCHES])
    weights = (1.0, TOUCH_WEIGHT, 1.0, 1.0, 1.0, TOUCH_WEIGHT)
    found = 0.0
    for logits, p, asked, weight in zip(out, wanted, where, weights):
        found = found - weight * (F.log_softmax(logits.float(), -1) * p).sum(-1)[asked].sum() / steps
    return found


def main():
    args = arguments(__doc__, "parts_teachers")
    data, check = Batches("train", vary=args.vary, held=args.held), Batches("validation", seed=1)
    fixed = [there(packed(check.draw(24)), args.device) for _ in range(args.checks)]
    voicings = len(data.data.voicings.sets)
    make = lambda dropout: net.Parts(voicings, args.width, args.heads, args.layers, args.hidden, args.step, dropout).to(args.device)
    examples = lambda: iter(torch.utils.data.DataLoader(Examples(data, args), batch_size=None, num_workers=args.workers, pin_memory=args.device != "cpu"))
    loader = examples()
    paths = [checkpoints() / f"parts_teacher_{n}.pt" for n in range(args.teachers)]
    taught_to_the_end = checkpoints() / "parts_teachers.done"
    if args.fresh or not taught_to_the_end.exists():
        taught_to_the_end.unlink(missing_ok=True)
        learners = [Learner(make(args.dropout), path, args.teacher_minutes, args.rate) for path in paths]

        def teach(feeds, truth, ask, spent):
            for one in learners:
                with fast(args.device):
                    out = one.net(*feeds)
                one.update(total(losses(out, truth, ask)), spent)

        run(loader, learners, teach, fixed, args, args.teacher_minutes)
        taught_to_the_end.touch()
    teachers = [load(path, args.device) for path in paths]
    print(f"mean of {len(teachers)}: {held_out(teachers, fixed):.4f}", flush=True)
    # What it learns from is never sure of one song's tokens: that keeps it from learning them, without dropout.
    best = checkpoints() / "parts_pupil.pt"
    begin = load(best, args.device).requires_grad_(True) if best.exists() and not args.fresh else make(0.0)
    pupil = Learner(begin, best, args.minutes, args.rate)
    run(loader, [pupil], learn_from(teachers, pupil, args.songs_share, args.device), fixed, args, args.minutes)
    data.vary, before = args.last_vary, load(best, args.device)
    last = Learner(load(best, args.device).requires_grad_(True), checkpoints() / "parts_best.pt", args.last_minutes, args.last_rate)
    run(examples(), [last], learn_from([before], last, args.last_songs_share, args.device), fixed, args, args.last_minutes)


def learn_from(teachers, pupil, songs_share, device):
    """A step of a network that learns what teachers hold for likely, and for a share of the loss what songs have."""

    def learn(feeds, truth, ask, spent):
        with fast(device):
            wanted = chances(teachers, feeds)
            out = pupil.net(*feeds)
        loss = (1 - songs_share) * taught(out, wanted, ask) + songs_share * total(losses(out, truth, ask))
        pupil.update(loss, spent)

    return learn


def run(loader, learners, teach, fixed, args, minutes):
    begun = said = time.time()
    while (spent := (time.time() - begun) / 60) < minutes:
        teach(*there(next(loader), args.device), spent)
        if time.time() - said > args.report or learners[0].step == 1:
            said = time.time()
            print(f"{spent:.1f} min, step {learners[0].step}, loss/held out: {' '.join(one.check(fixed) for one in learners)}", flush=True)
    print(f"end, step {learners[0].step}: {' '.join(one.check(fixed) for one in learners)}", flush=True)


if __name__ == "__main__":
    main()
