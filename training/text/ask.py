"""Trains what words ask of measured tones: `python -m training.text.ask [--config cpu]`.

A head of the text encoder, on word vectors computed once: for each of the twelve tones the score that the words ask
for, and its doubt, by likelihood. It learns from the captions of measured instruments and from phrases whose meaning
is known, denials among them ("a piano with no attack"). Needs `training.timbre.align` or `training.shipping.restore` first.
"""

import random

import torch
from torch import nn

from ..config import arguments, checkpoints, save
from ..instrument.anchors import load
from ..instrument.conditions import tone_scores
from ..loop import Run
from ..nets.layout import TONE_WIDTH
from ..nets.text_net import TextEncoder
from ..timbre.align import pool_texts
from . import lexicon, tones, vocabulary

UNSAID = 0.1  # how much a property counts that a phrase doesn't speak of


class Asking(nn.Module):
    """The head alone."""

    def __init__(self, text):
        super().__init__()
        self.tones = text.tones

    def loss(self, pooled, score, said):
        """Negative log-likelihood of scores [B, 12] where they are said."""
        pooled = nn.functional.dropout(pooled, 0.1, self.training)
        mean, doubt = TextEncoder.tone(self, pooled)
        each = 0.5 * ((mean - score) / doubt) ** 2 + doubt.log()
        return (each * said).sum() / said.expand_as(each).sum().clamp(min=1)


def main():
    args = arguments(__doc__, "ask")
    rng = random.Random(args.seed)
    data = load()
    saved = torch.load(checkpoints() / "text.pt", weights_only=False)
    tokenizer = vocabulary.load(checkpoints() / "tokenizer.json")
    net = TextEncoder(**saved["settings"])
    net.load_state_dict(saved["net"])
    net.eval()

    score, table = tone_scores(data)
    owners = [i for i, fact in enumerate(data.facts) for _ in fact["captions"]]
    captioned = pool_texts(net, tokenizer, [c for fact in data.facts for c in fact["captions"]])
    captioned_score, split = score[owners], [data.facts[i]["split"] for i in owners]
    train, held_out = (torch.tensor([i for i, s in enumerate(split) if s == which]) for which in ("train", "validation"))
    meanings = [m for m in (lexicon.draw_meaning(rng) for _ in range(args.phrases)) if m[2]]
    spoken = pool_texts(net, tokenizer, [lexicon.phrase(m, rng) for m in meanings])
    asked, said = (torch.stack(x) for x in zip(*(tones.asked(m[2]) for m in meanings)))
    # What a phrase doesn't speak of is as usual in its family, else it would drift with what it does speak of.
    family_of = [fact["family"] for fact in data.facts]
    of_train = data.split("train")
    usual = {f: score[[i for i in of_train if family_of[i] == f]].mean(0) for f in set(family_of)}
    meant = torch.where(said > 0, asked, torch.stack([usual[m[0]] for m in meanings]))
    counts = said + UNSAID * (1 - said)
    kept = len(meanings) // 10

    net.tones = TextEncoder(**saved["settings"]).tones
    model = Asking(net)
    run = Run(model, checkpoints() / "ask_run.pt", args.minutes, args.rate, args.fresh)

    def heldout(average):
        with torch.no_grad():
            known = average.loss(captioned[held_out], captioned_score[held_out], torch.ones(1, TONE_WIDTH))
            mean, doubt = TextEncoder.tone(average, spoken[:kept])
        right = ((mean * asked[:kept] > 0) & (said[:kept] > 0)).sum() / said[:kept].sum()
        return f"captions {float(known):.3f}, phrases: right way {float(right):.3f}, doubt {float(doubt[said[:kept] > 0].mean()):.2f}"

    run.report = heldout
    model.train()
    for _ in run:
        one = train[torch.randint(len(train), (args.batch,))]
        other = kept + torch.randint(len(spoken) - kept, (args.batch,))
        loss = model.loss(captioned[one], captioned_score[one], torch.ones(args.batch, TONE_WIDTH))
        # "A kalimba with a slow attack" is a slow one, though no caption has heard of it: phrases count more.
        run.update(loss + 3.0 * model.loss(spoken[other], meant[other], counts[other]))
    net.tones.load_state_dict(run.average.tones.state_dict())
    save(dict(saved, net=net.state_dict()), checkpoints() / "text.pt")
    save(dict(table=table), checkpoints() / "tones.pt")
    print(heldout(run.average))


if __name__ == "__main__":
    main()
