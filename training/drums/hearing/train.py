"""Trains the network that hears drums: `python -m training.drums.hearing.train [--config cpu]`.

Examples are drawn by a process beside it, anew for every step. Validation: kits, grooves and bands that aren't trained on.
"""

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from ...config import arguments, checkpoints, fast, save
from ...loop import Run
from ...nets.drum_hearing_net import DrumHearing
from .mel import drum_mel
from .mixing import Drawer
from .peaks import best_thresholds

VALIDATION_SECONDS = 10.0


class Examples(torch.utils.data.IterableDataset):
    """Endless batches (mel, onsets, velocities, weight)."""

    def __init__(self, args):
        self.args = args

    def __iter__(self):
        worker = torch.utils.data.get_worker_info()
        torch.set_num_threads(1)
        drawer = Drawer("train", "training", self.args.songs, f"train {self.args.seed} {worker.id} {torch.initial_seed()}")
        while True:
            drawn = [drawer.example(self.args.seconds) for _ in range(self.args.batch)]
            yield tuple(torch.from_numpy(np.stack(each)) for each in zip(*drawn))


def loss_of(net, batch):
    mel, onsets, velocities, weight = batch
    said, hard = net(mel)
    hit = binary_cross_entropy_with_logits(said, onsets, pos_weight=torch.full((1, 1), 3.0, device=mel.device))
    return hit * 20 + ((hard - velocities).abs() * weight).sum() / (weight.sum() + 1e-6)


class Validation:
    """F1 by piece on fixed examples; thresholds are chosen on them."""

    def __init__(self, args):
        drawer = Drawer("validation", "validation", args.validation_songs, "validation")
        drawn = (drawer.sound(VALIDATION_SECONDS) for _ in range(args.validation))
        self.examples = [(drum_mel(sound), played) for sound, played in drawn]
        self.device = args.device

    @torch.no_grad()
    def outputs(self, net):
        for mel, played in self.examples:
            said, hard = net(torch.from_numpy(mel)[None].to(self.device))
            yield said.sigmoid()[0].float().cpu().numpy(), hard[0].float().cpu().numpy(), played

    def thresholds(self, net):
        return best_thresholds(list(self.outputs(net)))

    def __call__(self, net):
        _, by_piece = self.thresholds(net)
        return "F1 " + ", ".join(f"{name} {value:.2f}" for name, value in by_piece.items()) + f", mean {np.mean(list(by_piece.values())):.3f}"


def main():
    args = arguments(__doc__, "drum_hearing")
    net = DrumHearing(args.widths, args.width, args.dilations).to(args.device)
    print(f"{sum(p.numel() for p in net.parameters())} parameters", flush=True)
    loader = iter(torch.utils.data.DataLoader(Examples(args), batch_size=None, num_workers=args.workers, prefetch_factor=4))
    file = checkpoints() / "drum_hearing_state.pt"
    run = Run(net, file, args.minutes, args.rate, args.fresh, args.report)
    run.report = validation = Validation(args)
    for _ in run:
        batch = [each.to(args.device) for each in next(loader)]
        with fast(args.device):
            loss = loss_of(net, batch)
        run.update(loss)
    thresholds, quality = validation.thresholds(run.average.eval())
    save(dict(net=run.average.state_dict(), settings=net.settings, thresholds=thresholds, quality=quality), checkpoints() / "drum_hearing.pt")


if __name__ == "__main__":
    main()
