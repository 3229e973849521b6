"""Trains the sound encoder: `python -m training.sound [--config cpu] [--loss contrast|triplet]`.

From notes, phrases and mixes (`training.sound_batches`) to what they sound like, what they mean in the space of the shipped
text encoder, and which families play (`training.sound_losses`). Needs `training.hear` and `training.pack`, and the shipped
text encoder. At the end the families' logits are calibrated on the validation split.
"""

import json
from pathlib import Path

import numpy as np
import torch
from torch import nn

from . import sound_losses, vocabulary
from .config import arguments, checkpoints, fast, save
from .export_onnx import session
from .loop import Run
from .nets.layout import SOUND_FAMILIES
from .nets.sound_net import TIMBRE_WIDTH, SoundEncoder
from .sound_batches import Drawer, Heard, known
from .sound_calibrate import calibrate
from .sound_report import Validation

MODELS = Path("plugin-assets/models")


class Learner(nn.Module):
    """The encoder, and how sharply each comparison tells apart."""

    def __init__(self, encoder):
        super().__init__()
        self.encoder = encoder
        self.sharpness = nn.Parameter(torch.tensor([2.7, 2.7, 2.7]))

    def forward(self, mel):
        return self.encoder(mel)


class Captions:
    """Text vectors of the captions of instruments."""

    def __init__(self, facts):
        texts = [caption for fact in facts for caption in fact["captions"]]
        different = sorted(set(texts), key=len)
        tokenizer, run = vocabulary.load(MODELS / "tokenizer.json"), session(MODELS / "text_encoder.onnx")
        parts = []
        for start in range(0, len(different), 256):
            ids, mask = vocabulary.encode(tokenizer, different[start : start + 256])
            parts.append(run.run(["text_vector"], dict(input_ids=np.array(ids), attention_mask=np.array(mask)))[0])
        at = {text: index for index, text in enumerate(different)}
        self.vectors = torch.from_numpy(np.concatenate(parts))
        self.of = [[at[caption] for caption in fact["captions"]] for fact in facts]

    def one_of(self, who, rng):
        return self.vectors[[rng.choice(self.of[i]) for i in who]]

    def some(self, count, rng):
        return self.vectors[rng.integers(len(self.vectors), size=count)]


def present(family, members=None):
    """Which families play, [N, 17]: of single sounds by `family` [N], of mixes by `members` [N, 4], −1 none."""
    if members is None:
        return torch.from_numpy(np.eye(len(SOUND_FAMILIES), dtype=np.float32)[family])
    hot = np.eye(len(SOUND_FAMILIES), dtype=np.float32)[family[members]] * (members >= 0)[..., None]
    return torch.from_numpy(hot.max(1))


def losses(batch, learner, memory, family, captions, rng, args):
    """The sum of what is asked, on one batch."""
    rank, sharp = sound_losses.LOSSES[args.loss], learner.sharpness
    who = torch.from_numpy(batch.who)
    with fast(args.device):
        told, queries, mixes = (learner(torch.from_numpy(mels)) for mels in (batch.references, batch.singles, batch.mixes))
    references = memory.with_fresh(who, told[0])
    seen = memory.seen.expand(len(who), -1)
    loss = rank(queries[0], references, who, seen, sharp[0])
    row, place = np.nonzero(batch.members >= 0)
    member = torch.from_numpy(batch.who[batch.members[row, place]])
    same = (family[member][:, None] == family[None]) & memory.seen
    loss = loss + rank(mixes[0][torch.from_numpy(row)], references, member, same, sharp[1])
    said, others = captions.one_of(batch.who, rng), captions.some(args.captions, rng)
    loss = loss + 0.5 * sum(sound_losses.words(heard[1], said, others, sharp[2]) for heard in (told, queries)) / 2
    own = family[who].numpy()
    truth = torch.cat([present(own), present(own), present(own, batch.members)])
    return loss + sound_losses.families(torch.cat([told[2], queries[2], mixes[2]]), truth)


def main():
    args = arguments(__doc__, "sound", loss=tuple(sound_losses.LOSSES))
    rng = np.random.default_rng(args.seed)
    train, held_out = Heard(known("train")), Heard(known("validation"))
    print(f"{len(train)} training instruments, {len(held_out)} for validation", flush=True)
    captions, drawer = Captions(train.facts), Drawer(train, rng)
    learner = Learner(SoundEncoder(widths=args.widths).to(memory_format=torch.channels_last))
    path = checkpoints() / f"sound_{args.loss}_state.pt"
    run = Run(learner, path, args.minutes, args.rate, args.fresh, every=args.report)
    validation = Validation(held_out, train)
    run.report = lambda average: validation(average.encoder)
    memory, family = sound_losses.Memory(len(train), TIMBRE_WIDTH), torch.from_numpy(train.family)
    learner.train()
    for _ in run:
        batch = drawer.batch(args.instruments, args.mixes)
        run.update(losses(batch, learner, memory, family, captions, rng, args))
    net = calibrate(run.average.encoder.fold(), held_out)
    named = checkpoints() / f"sound_{args.loss}.pt"
    save(dict(net=net.state_dict(), settings=net.settings, quality={}), named)
    save(torch.load(named, weights_only=False), checkpoints() / "sound.pt")
    # Which instruments it knows, for the evaluation to tell seen from unseen.
    (checkpoints() / "sound_trained_on.json").write_text(json.dumps([fact["id"] for fact in train.facts]))


if __name__ == "__main__":
    main()
