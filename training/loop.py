"""The training loop that the networks share: a time budget, a schedule, averaged weights, checkpoints to resume from."""

import copy
import time

import torch

from .config import save


class Averaged:
    """A network, the optimiser of its weights, and their running mean (`average`)."""

    def __init__(self, net, rate, decay=0.02):
        self.net, self.rate, self.step = net, rate, 0
        self.average = copy.deepcopy(net).eval().requires_grad_(False)
        self.optimiser = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=decay, betas=(0.9, 0.98))

    def schedule(self, share):
        """The rate after a share (0 to 1) of the time: a hundred steps up, then down by a cosine."""
        left = 0.5 + 0.5 * torch.cos(torch.tensor(3.14159 * share)).item()
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate * min(1.0, (self.step + 1) / 100) * left + 1e-6

    def update(self, loss):
        self.optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self.optimiser.step()
        self.step += 1
        keep = min(0.998, self.step / (self.step + 20))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.average.parameters()), list(self.net.parameters()), 1 - keep)
            for slow, now in zip(self.average.buffers(), self.net.buffers()):
                slow.copy_(now)


class Run(Averaged):
    """Trains `net` for `minutes` in all, over as many starts as needed; `for step in run: ... run.update(loss)`.

    `clock`: what tells the seconds; `time.process_time` where other work beside it must not shorten the training.
    """

    def __init__(self, net, path, minutes, rate, fresh=False, every=60.0, clock=time.time):
        super().__init__(net, rate)
        self.path, self.minutes, self.every, self.clock = path, minutes, every, clock
        self.spent, self.recent, self.report = 0.0, [], None
        if path.exists() and not fresh:
            state = torch.load(path, weights_only=False)
            net.load_state_dict(state["net"])
            self.average.load_state_dict(state["average"])
            self.optimiser.load_state_dict(state["optimiser"])
            self.step, self.spent = state["step"], state["spent"]
            print(f"resumed at step {self.step}, {self.spent:.1f} min", flush=True)

    def __iter__(self):
        begin, said = self.clock() - self.spent * 60, self.clock()
        while (spent := (self.clock() - begin) / 60) < self.minutes:
            self.spent = spent
            self.schedule(spent / self.minutes)
            yield self.step
            if self.clock() - said > self.every:
                said = self.clock()
                self.tell()
        self.tell()

    def update(self, loss):
        super().update(loss)
        self.recent.append(loss.detach())

    def tell(self):
        mean = torch.stack(self.recent).mean().item() if self.recent else float("nan")
        self.recent = []
        self.net.eval()
        said = self.report(self.average) if self.report else ""
        self.net.train()
        print(f"{self.spent:.1f} min, step {self.step}, loss {mean:.4f} {said}", flush=True)
        save(
            dict(
                net=self.net.state_dict(),
                average=self.average.state_dict(),
                optimiser=self.optimiser.state_dict(),
                step=self.step,
                spent=self.spent,
            ),
            self.path,
        )
