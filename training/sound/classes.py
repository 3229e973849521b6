"""The baseline of the sound encoder: the same network, trained to classify: `python -m training.sound.classes`.

It says which training instrument a note or phrase is, by a plain softmax: instruments, not families, because what is asked of
it later is the instrument, and a family's classifier has no reason to tell its members apart. Its penultimate vectors then
serve as embeddings. It goes to `sound_classes.onnx` beside the checkpoints, for `training.evaluate timbre`, and isn't shipped.
"""

import numpy as np
import torch
from torch import nn

from ..config import arguments, checkpoints, fast
from ..data import sound_mel
from ..loop import Run
from ..nets.sound_net import SoundEncoder
from ..shipping.onnx_file import export
from .batches import Drawer, Heard, known
from .report import Validation


class Classifier(nn.Module):
    """Log-mels to a score for each training instrument."""

    def __init__(self, encoder, count):
        super().__init__()
        self.encoder, self.classes = encoder, nn.Linear(encoder.settings["trunk"], count)

    def forward(self, mel):
        return self.classes(self.encoder.hear(mel))


class Penultimate(nn.Module):
    """Log-mels to what the classifier's last layer sees, as unit vectors."""

    def __init__(self, encoder):
        super().__init__()
        self.encoder = encoder

    def forward(self, mel):
        return (nn.functional.normalize(self.encoder.hear(mel).float(), dim=-1),)


def main():
    args = arguments(__doc__, "sound")
    train, held_out = Heard(known("train")), Heard(known("validation"))
    drawer = Drawer(train, np.random.default_rng(args.seed))
    net = Classifier(SoundEncoder(), len(train)).to(args.device, memory_format=torch.channels_last)
    run = Run(net, checkpoints() / "sound_classes_state.pt", args.minutes, args.rate, args.fresh, every=args.report)
    validation = Validation(held_out, train)
    run.report = lambda average: validation(Penultimate(average.encoder))
    net.train()
    for _ in run:
        batch = drawer.batch(args.instruments, 0)
        with fast(args.device):
            told = [net(torch.from_numpy(mels).to(args.device)).cpu() for mels in (batch.references, batch.singles)]
        who = torch.from_numpy(batch.who)
        run.update(sum(nn.functional.cross_entropy(scores.float(), who) for scores in told) / 2)
    example = dict(mel=torch.rand(3, sound_mel.BANDS, 100))
    heard = Penultimate(run.average.encoder.cpu().fold())
    export(heard, example, ["timbre"], checkpoints() / "sound_classes.onnx", dict(mel={0: "M", 2: "T"}))


if __name__ == "__main__":
    main()
