"""Aligns the text encoder with sounds: `python -m training.align [--config cpu]`.

The distilled encoder knows language, but not what matters in sound. Here its head learns, on word vectors computed
once, that two ways to say a sound lie together, that opposites lie apart, that a caption lies near its instrument's
codes, and that the plain name of a family lies in the middle of it. Needs `training.text` and `training.codec` first.
"""

import random

import torch
from torch import nn

from . import corpus, lexicon, vocabulary
from .anchors import load
from .encode import stored
from .config import arguments, checkpoints, fast, save
from .loop import Run
from .nets.blocks import mlp
from .nets.layout import ANCHORS, CODE_WIDTH, FAMILIES, TEXT_WIDTH
from .nets.text_net import TextEncoder

SOUND_ANCHORS = [ANCHORS.index(a) for a in ((44, 80), (64, 40), (64, 80), (64, 120), (84, 80))]


class Alignment(nn.Module):
    """The text encoder's head, and a small tower for sounds that is needed in training only."""

    def __init__(self, head):
        super().__init__()
        self.head = head
        self.sound = nn.Sequential(nn.Dropout(0.2), mlp(len(SOUND_ANCHORS) * CODE_WIDTH, 384, TEXT_WIDTH))
        self.sharpness = nn.Parameter(torch.tensor([3.0, 2.7, 2.3]))

    def text(self, pooled):
        return nn.functional.normalize(self.head(pooled), dim=-1)

    def hear(self, codes):
        return nn.functional.normalize(self.sound(codes), dim=-1)


def meant_likeness(first, second):
    """How near two meanings should lie, -0.35..1: the noun counts most, then shared and opposite attributes."""
    noun = 1.0 if first[1] == second[1] else 0.5 if first[0] == second[0] else 0.0
    a, b = first[2], second[2]
    if not a and not b:
        tone = 1.0
    elif not a or not b:
        tone = 0.3
    else:
        opposite = sum(lexicon.ATTRIBUTES[x][1] in b or x in (lexicon.ATTRIBUTES[y][1] for y in b) for x in a)
        tone = (len(set(a) & set(b)) - opposite) / max(len(a), len(b))
    return 0.65 * noun + 0.35 * tone


@torch.no_grad()
def pool_texts(net, tokenizer, texts, device="cpu", size=384):
    """The encoder's pooled vectors [N, 384]."""
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    pooled = torch.zeros(len(texts), net.places.shape[1])
    for start in range(0, len(order), size):
        pick = order[start : start + size]
        ids, mask = (torch.tensor(v, device=device) for v in vocabulary.encode(tokenizer, [texts[i] for i in pick]))
        with fast(device):
            pooled[pick] = net.pooled(ids, mask).float().cpu()
    return pooled


def contrast(a, b, sharpness):
    """Symmetric InfoNCE of paired unit vectors."""
    scores = a @ b.T * sharpness.exp().clamp(max=60.0)
    goal = torch.arange(len(a))
    return 0.5 * (nn.functional.cross_entropy(scores, goal) + nn.functional.cross_entropy(scores.T, goal))


def main():
    args = arguments(__doc__, "align")
    rng = random.Random(args.seed)
    data = load()
    sounds = stored(data)[:, SOUND_ANCHORS].flatten(1)
    saved = torch.load(checkpoints() / "text_distilled.pt", weights_only=False)
    tokenizer = vocabulary.load(checkpoints() / "tokenizer.json")
    net = TextEncoder(**saved["settings"])
    net.load_state_dict({k: v for k, v in saved["net"].items() if not k.startswith("head.")}, strict=False)
    net.eval()

    meanings = [lexicon.draw_meaning(rng) for _ in range(args.meanings)]
    ways = [[lexicon.phrase(m, rng) for _ in range(3)] for m in meanings]
    spoken = pool_texts(net, tokenizer, [w for several in ways for w in several]).reshape(len(meanings), 3, -1)
    captions = [fact["captions"] for fact in data.facts]
    starts = torch.tensor([0] + [len(c) for c in captions]).cumsum(0)
    captioned = pool_texts(net, tokenizer, [c for several in captions for c in several])
    general = pool_texts(net, tokenizer, corpus.wordnet(6000, rng))
    plain = pool_texts(net, tokenizer, list(FAMILIES))
    family_of = torch.tensor([FAMILIES.index(m[0]) for m in meanings])
    family_of_sound = torch.tensor([FAMILIES.index(fact["family"]) for fact in data.facts])
    train, held_out = torch.tensor(data.split("train")), torch.tensor(data.split("validation"))

    def caption_of(who, generator=None):
        count = starts[who + 1] - starts[who]
        return captioned[starts[who] + (torch.rand(len(who), generator=generator) * count).long()]

    model = Alignment(net.head)
    run = Run(model, checkpoints() / "align_run.pt", args.minutes, args.rate, args.fresh, every=30.0)

    def heldout(average):
        generator = torch.Generator().manual_seed(3)
        with torch.no_grad():
            text = average.text(caption_of(held_out, generator))
            heard = average.hear(sounds[held_out])
            rank = ((text @ heard.T) > (text * heard).sum(1, keepdim=True)).sum(1).float()
            right = (text @ average.text(plain).T).argmax(1) == family_of_sound[held_out]
        return f"own sound within best tenth {float((rank < len(held_out) / 10).float().mean()):.3f}, family {float(right.float().mean()):.3f}"

    run.report = heldout
    model.train()
    for _ in run:
        pick = torch.randint(len(meanings), (args.batch,))
        which = torch.rand(args.batch, 3).argsort(1)[:, :2]
        first, second = (model.text(spoken[pick, which[:, i]]) for i in range(2))
        goal = torch.tensor([[meant_likeness(meanings[i], meanings[j]) for j in pick[:96]] for i in pick[:96]])
        alike = ((first[:96] @ second[:96].T - goal) ** 2).mean()
        prototypes = model.text(plain)
        scale = model.sharpness[2].exp()
        who = train[torch.randint(len(train), (args.batch,))]
        said, heard = model.text(caption_of(who)), model.hear(sounds[who])
        families = nn.functional.cross_entropy(first @ prototypes.T * scale, family_of[pick])
        families = families + nn.functional.cross_entropy(said @ prototypes.T * scale, family_of_sound[who])
        other = general[torch.randint(len(general), (192,))]
        seen = nn.functional.normalize(other, dim=-1)
        mapped = model.text(other)
        language = ((mapped @ mapped.T - seen @ seen.T) ** 2).mean()
        loss = contrast(said, heard, model.sharpness[0]) + 0.3 * contrast(first, second, model.sharpness[1])
        run.update(loss + 4.0 * alike + 0.5 * families + 2.0 * language)
    net.head.load_state_dict(run.average.head.state_dict())
    save(dict(net=net.state_dict(), settings=net.settings, quality={}), checkpoints() / "text.pt")
    print(heldout(run.average))


if __name__ == "__main__":
    main()
