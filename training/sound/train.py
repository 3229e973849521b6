"""Trains the sound encoder: `python -m training.sound.train [--config cpu] [--loss contrast|triplet]`.

From notes, phrases and mixes (`training.sound.batches`) to what they sound like, what they mean in the space of the shipped
text encoder, and which families play (`training.sound.losses`). Needs `training.sound.hear` and `training.data.pack`, and the shipped
text encoder. At the end the families' logits are calibrated on the validation split.
"""

import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from torch import nn

from ..config import arguments, checkpoints, fast, save
from ..data.paths import data_root
from ..loop import Run
from ..nets.layout import SOUND_FAMILIES
from ..nets.sound_net import SoundEncoder
from . import losses as sound_losses
from .batches import Drawer, Heard, known
from .calibrate import calibrate
from .captions import Captions
from .report import Validation

SHAPE = 40


class Learner(nn.Module):
    """The encoder, what it guesses of its instruments' shapes, and how sharply each comparison tells apart."""

    def __init__(self, encoder):
        super().__init__()
        self.encoder = encoder
        self.shapes = nn.Linear(encoder.settings["trunk"], len(SOUND_FAMILIES) * SHAPE)
        self.sharpness = nn.Parameter(torch.tensor([2.7, 2.7, 2.7]))

    def forward(self, mel):
        heard = self.encoder.hear(mel)
        return self.shapes(heard).float(), *self.encoder.say(heard)


class Shapes:
    """What instruments measure at three keys over time (the fingerprints of `training.data.pack`), as a few numbers.

    To guess them from one note, or from a mix for each family in it, says more about a sound than which instrument it is.
    """

    def __init__(self, facts):
        files = [data_root() / "facts" / f"{fact['id']}.npz" for fact in facts]
        self.known = torch.tensor([file.exists() for file in files])
        found = np.array([np.load(file)["fingerprint"].ravel() for file in files if file.exists()], np.float32)
        centred = torch.from_numpy(found - found.mean(0))
        _, size, axes = torch.linalg.svd(centred, full_matrices=False)
        few = centred @ axes[:SHAPE].T
        few = few / size[:SHAPE].sqrt()  # between true sizes and all alike
        self.vectors = torch.zeros(len(facts), SHAPE)
        self.vectors[self.known, : few.shape[1]] = few / few.std()

    def error(self, guesses, who, family):
        """Of guesses [Q, 17 * SHAPE] of instruments `who` [Q] of families [Q]."""
        guess = guesses.unflatten(1, (len(SOUND_FAMILIES), SHAPE))[torch.arange(len(who)), family]
        return ((guess - self.vectors[who]) ** 2).mean(1)[self.known[who]].mean()


def present(family, members=None):
    """Which families play, [N, 17]: of single sounds by `family` [N], of mixes by `members` [N, 4], −1 none."""
    if members is None:
        return torch.from_numpy(np.eye(len(SOUND_FAMILIES), dtype=np.float32)[family])
    hot = np.eye(len(SOUND_FAMILIES), dtype=np.float32)[family[members]] * (members >= 0)[..., None]
    return torch.from_numpy(hot.max(1))


def losses(batch, learner, family, captions, shapes, rng, args):
    """The sum of what is asked, on one batch."""
    rank, sharp = sound_losses.LOSSES[args.loss], learner.sharpness.cpu()
    who = torch.from_numpy(batch.who)
    with fast(args.device):
        mels = torch.from_numpy(np.concatenate([batch.references, batch.singles, batch.mixes])).to(args.device)
        heard, *said = (output.cpu() for output in learner(mels))
    parts = [len(batch.references), len(batch.singles), len(batch.mixes)]
    told, queries, mixes = zip(*(output.split(parts) for output in said))
    everyone = torch.ones(len(who), len(who), dtype=torch.bool)
    loss = rank(queries[0], told[0], torch.arange(len(who)), everyone, sharp[0])
    row, place = np.nonzero(batch.members >= 0)
    mix, member = torch.from_numpy(row), torch.from_numpy(batch.members[row, place])
    same = family[who[member]][:, None] == family[who][None]
    loss = loss + rank(mixes[0][mix], told[0], member, same, sharp[1])
    text, others = captions.one_of(batch.who, rng), captions.some(args.captions, rng)
    loss = loss + 0.5 * sum(sound_losses.words(meant[1], text, others, sharp[2]) for meant in (told, queries)) / 2
    playing = torch.cat([who, who, who[member]])
    guesses = torch.cat([heard[: 2 * len(who)], heard[2 * len(who) :][mix]])
    loss = loss + 2 * shapes.error(guesses, playing, family[playing])
    own = family[who].numpy()
    truth = torch.cat([present(own), present(own), present(own, batch.members)])
    return loss + sound_losses.families(torch.cat([told[2], queries[2], mixes[2]]), truth)


def batches(drawer, args):
    """Batches without end; the next is drawn while the last is learned from."""
    with ThreadPoolExecutor(1) as worker:
        coming = worker.submit(drawer.batch, args.instruments, args.mixes)
        while True:
            now, coming = coming, worker.submit(drawer.batch, args.instruments, args.mixes)
            yield now.result()


def begun(drawer, args):
    """A new encoder, or the one that is there (`training.shipping.restore` makes it of the shipped one), to be trained on."""
    file = checkpoints() / "sound.pt"
    if args.fresh or not file.exists():
        return SoundEncoder()
    saved = torch.load(file, weights_only=False)
    net = SoundEncoder(**saved["settings"])
    net.load_state_dict(saved["net"])
    return net.unfold(torch.from_numpy(drawer.batch(args.instruments, args.mixes).singles))


def main():
    args = arguments(__doc__, "sound", loss=tuple(sound_losses.LOSSES))
    rng = np.random.default_rng(args.seed)
    train, held_out = Heard(known("train")), Heard(known("validation"))
    print(f"{len(train)} training instruments, {len(held_out)} for validation", flush=True)
    captions, shapes, drawer = Captions(train.facts), Shapes(train.facts), Drawer(train, np.random.default_rng(args.seed + 1))
    learner = Learner(SoundEncoder()).to(args.device, memory_format=torch.channels_last)
    path = checkpoints() / f"sound_{args.loss}_state.pt"
    run = Run(learner, path, args.minutes, args.rate, args.fresh, every=args.report)
    validation = Validation(held_out, train)
    run.report = lambda average: validation(average.encoder)
    family = torch.from_numpy(train.family)
    learner.train()
    for _, batch in zip(run, batches(drawer, args)):
        run.update(losses(batch, learner, family, captions, shapes, rng, args))
    finish(run.average.encoder.cpu().fold(), train, held_out, f"sound_{args.loss}", args.fresh)


def finish(net, train, held_out, name, fresh):
    """Calibrates a folded encoder, saves it under a name of its own and as the one to export."""
    net = calibrate(net, held_out)
    named = checkpoints() / f"{name}.pt"
    save(dict(net=net.state_dict(), settings=net.settings, quality={}), named)
    save(torch.load(named, weights_only=False), checkpoints() / "sound.pt")
    # Which instruments it knows, also from earlier runs on other data, for the evaluation to tell seen from unseen.
    file = checkpoints() / "sound_trained_on.json"
    earlier = json.loads(file.read_text()) if file.exists() and not fresh else []
    file.write_text(json.dumps(sorted({*earlier, *(fact["id"] for fact in train.facts)})))


if __name__ == "__main__":
    main()
