"""Aligns words and sounds: `python -m training.timbre.align [--config cpu]`.

The distilled encoder knows language, but not what matters in sound. Here its head learns, on word vectors computed
once, that two ways to say a sound lie together, that opposites lie apart, that a caption lies near its instrument's
sound, and that the plain name of a family lies in the middle of it. The timbre encoder is trained with it, into the same space: two notes of an instrument lie together, also when
one is played short, equalised, in a room or noisy. Goes on from the heads that are there, unless `--fresh`. Needs
`training.text.train` or `training.shipping.restore` first.
"""

import random

import torch
from torch import nn

from ..config import arguments, checkpoints, fast, save
from ..instrument.anchors import load
from ..loop import Run
from ..nets.layout import ANCHORS, FAMILIES
from ..nets.text_net import TextEncoder
from ..nets.timbre_net import TimbreEncoder
from ..text import corpus, lexicon, vocabulary
from .disturbed import disturbed

KEYS = torch.tensor([key for key, _ in ANCHORS])
USUAL = torch.tensor([3.0 if 44 <= key <= 84 else 1.0 for key, _ in ANCHORS])
ANY_KEY = torch.eye(len(KEYS.unique()))[torch.arange(len(ANCHORS)) // 3]  # one-hot key of each anchor


class Alignment(nn.Module):
    """The text encoder's head, and the timbre encoder."""

    def __init__(self, text, timbre):
        super().__init__()
        self.head, self.timbre = text.head, timbre
        self.sharpness = nn.Parameter(torch.tensor([2.7, 2.7, 2.3, 2.7]))

    def text(self, pooled):
        return nn.functional.normalize(self.head(pooled), dim=-1)


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


class Notes:
    """Notes of training instruments, drawn in pairs of one instrument."""

    def __init__(self, data):
        self.data = data
        self.valid = torch.stack([data.sounding(i) for i in range(len(data))])

    def pair(self, who):
        """Two different notes of each instrument: levels [2, B, 176, 136], anchors [2, B]."""
        anchors = torch.multinomial(self.valid[who] * USUAL, 2).T
        notes = [self.data.some_notes(list(zip(who.tolist(), some.tolist())))[0] for some in anchors]
        return torch.stack(notes), anchors


def main():
    args = arguments(__doc__, "align")
    rng = random.Random(args.seed)
    data = load()
    earlier = checkpoints() / "text.pt"
    if args.fresh or not earlier.exists():
        earlier = checkpoints() / "text_distilled.pt"
    saved = torch.load(earlier, weights_only=False)
    tokenizer = vocabulary.load(checkpoints() / "tokenizer.json")
    net = TextEncoder(**saved["settings"])
    untrained = ("head.", "tones.") if earlier.stem == "text_distilled" else ()
    net.load_state_dict({k: v for k, v in saved["net"].items() if not k.startswith(untrained)}, strict=False)
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
    notes = Notes(data)
    middle = ANCHORS.index((64, 80))
    heard_at = torch.where(notes.valid[:, middle], middle, notes.valid.float().argmax(1))

    def caption_of(who, generator=None):
        count = starts[who + 1] - starts[who]
        return captioned[starts[who] + (torch.rand(len(who), generator=generator) * count).long()]

    timbre, known = TimbreEncoder(), checkpoints() / "timbre.pt"
    if known.exists() and not args.fresh:
        timbre.load_state_dict(torch.load(known, weights_only=False)["net"])
    model = Alignment(net, timbre)
    run = Run(model, checkpoints() / "align_run.pt", args.minutes, args.rate, args.fresh, every=60.0)

    def undisturbed(timbre, levels, anchors):
        return timbre(levels, ANY_KEY[anchors], torch.zeros(0, 64, 8))[0]

    def heldout(average):
        generator = torch.Generator().manual_seed(3)
        some = held_out[:400]
        with torch.no_grad():
            text = average.text(caption_of(some, generator))
            levels = data.some_notes(list(zip(some.tolist(), heard_at[some].tolist())))[0]
            heard = undisturbed(average.timbre, levels, heard_at[some])
            torch.manual_seed(4)
            levels, anchors = notes.pair(some)
            first, second = (undisturbed(average.timbre, levels[i], anchors[i]) for i in range(2))
            same = (first @ second.T).argmax(1) == torch.arange(len(some))
            rank = ((text @ heard.T) > (text * heard).sum(1, keepdim=True)).sum(1).float()
            prototypes = average.text(plain).T
            right = (text @ prototypes).argmax(1) == family_of_sound[some]
            by_ear = (heard @ prototypes).argmax(1) == family_of_sound[some]
        torch.seed()
        share = lambda x: f"{float(x.float().mean()):.3f}"
        return (
            f"other note of {len(some)} found {share(same)}, own sound within best tenth {share(rank < len(some) / 10)}, "
            f"family {share(right)}, family by ear {share(by_ear)}"
        )

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
        who = train[torch.randperm(len(train))[: args.sounds]]
        levels, anchors = notes.pair(who)
        heard = model.timbre.hear(disturbed(model.timbre.note_mel, levels.flatten(0, 1), ANY_KEY[anchors.flatten()]))
        one, other = heard.chunk(2)
        said = model.text(caption_of(who))
        families = nn.functional.cross_entropy(first @ prototypes.T * scale, family_of[pick])
        families = families + nn.functional.cross_entropy(said @ prototypes.T * scale, family_of_sound[who])
        families = families + nn.functional.cross_entropy(heard @ prototypes.detach().T * scale, family_of_sound[who].repeat(2))
        elsewhere = general[torch.randint(len(general), (192,))]
        seen = nn.functional.normalize(elsewhere, dim=-1)
        mapped = model.text(elsewhere)
        language = ((mapped @ mapped.T - seen @ seen.T) ** 2).mean()
        loss = contrast(said, one, model.sharpness[0]) + contrast(one, other, model.sharpness[3])
        loss = loss + 0.3 * contrast(first, second, model.sharpness[1])
        run.update(loss + 4.0 * alike + 0.5 * families + 2.0 * language)
    net.head.load_state_dict(run.average.head.state_dict())
    save(dict(net=net.state_dict(), settings=net.settings, quality={}), checkpoints() / "text.pt")
    timbre = run.average.timbre
    save(dict(net=timbre.state_dict(), settings=timbre.settings, quality={}), checkpoints() / "timbre.pt")
    print(heldout(run.average))


if __name__ == "__main__":
    main()
