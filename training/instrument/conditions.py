"""What the networks are told about an instrument: text vectors of its captions, family, useful range."""

import torch

from ..config import checkpoints
from ..nets.layout import FAMILIES, TEXT_WIDTH
from ..nets.text_net import TextEncoder
from ..text import tones, vocabulary


def text_encoder():
    """The trained text encoder and its tokenizer."""
    saved = torch.load(checkpoints() / "text.pt", weights_only=False)
    net = TextEncoder(**saved["settings"])
    net.load_state_dict(saved["net"])
    return vocabulary.load(checkpoints() / "tokenizer.json"), net.eval()


@torch.no_grad()
def embed(texts, tokenizer=None, net=None, size=256):
    """Text vectors [N, 256]."""
    if net is None:
        tokenizer, net = text_encoder()
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    vectors = torch.zeros(len(texts), TEXT_WIDTH)
    for start in range(0, len(order), size):
        pick = order[start : start + size]
        ids, mask = (torch.tensor(v) for v in vocabulary.encode(tokenizer, [texts[i] for i in pick]))
        vectors[pick] = net(ids, mask)[0]
    return vectors


def families(facts):
    """One-hot families [I, 16]; zeros where a family is not said."""
    hot = torch.zeros(len(facts), len(FAMILIES))
    for i, fact in enumerate(facts):
        if fact.get("family") in FAMILIES:
            hot[i, FAMILIES.index(fact["family"])] = 1.0
    return hot


def ranges(facts):
    """Lowest and highest useful key [I, 2]; zeros where not said."""
    return torch.tensor([[float(k) for k in fact.get("range") or (0, 0)] for fact in facts])


def tone_scores(data):
    """Normal scores of the measured tones [I, 12], and the table that they are read from."""
    measured = tones.measured(data.facts)
    table = tones.tables(measured[data.split("train")])
    return tones.scores(measured, table), table


class Captions:
    """Text vectors of all captions, drawn at random for an instrument each time it is asked for."""

    def __init__(self, facts):
        texts = [fact.get("captions") or [fact["name"]] for fact in facts]
        self.starts = torch.tensor([0] + [len(t) for t in texts]).cumsum(0)
        self.vectors = embed([t for several in texts for t in several])

    def draw(self, instruments):
        """One caption's vector for each instrument index [B] -> [B, 256]."""
        first, count = self.starts[instruments], self.starts[instruments + 1] - self.starts[instruments]
        return self.vectors[first + (torch.rand(len(first)) * count).long()]
