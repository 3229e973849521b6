"""Anchor completion: some of an instrument's 27 anchor codes in, all of them out.

Each known note says how every other note's code differs from its own: a linear guess (ridge regression, fitted) plus
what a small network adds to it. Where several notes are known, their answers are mixed by nearness. Predicting codes
absolutely was measured to be far worse, and so was a transformer over all anchors (it knew its training instruments
by heart).
"""

import torch
from torch import nn

from .blocks import mlp, note_features, zero
from .layout import ANCHORS, CODE_WIDTH, FAMILIES, TEXT_WIDTH

SEEN, RANK = 192, 320  # the linear guess sees so many leading code numbers, through so many
NEARNESS = 5.0  # semitones over which a known note's say falls to 1/e of a nearer one's
SEMITONES_A_VELOCITY = 0.15

KEYS, VELOCITIES = (torch.tensor([float(anchor[i]) for anchor in ANCHORS]) for i in (0, 1))


class LinearGuess(nn.Module):
    """Change of every anchor's code from any anchor's. Fitted, not trained."""

    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.zeros(len(ANCHORS), SEEN))
        self.register_buffer("into", torch.zeros(len(ANCHORS) * SEEN, RANK))
        self.register_buffer("out", torch.zeros(RANK, len(ANCHORS) * CODE_WIDTH))
        self.register_buffer("shift", torch.zeros(len(ANCHORS), len(ANCHORS) * CODE_WIDTH))

    def inner(self, codes):
        """What the guess is linear in, for codes [B, 27, 400] of all anchors: [B, 27, 320]."""
        x = (codes[..., :SEEN] - self.mean).transpose(0, 1)
        return (x @ self.into.reshape(len(ANCHORS), SEEN, RANK)).transpose(0, 1)

    def forward(self, codes, source):
        """From codes [B, 400] of anchors `source` [B], all anchors' changes [B, 27, 400]."""
        x = (codes[:, :SEEN] - self.mean[source])[:, None]
        x = torch.bmm(x, self.into.reshape(len(ANCHORS), SEEN, RANK)[source])[:, 0]
        return (x @ self.out + self.shift[source]).unflatten(-1, (len(ANCHORS), CODE_WIDTH))


class Correction(nn.Module):
    """What the linear guess leaves out, as 192 numbers from which every anchor's change is linear."""

    def __init__(self, width, blocks, rank, dropout):
        super().__init__()
        self.code = nn.Linear(CODE_WIDTH, width)
        self.place = mlp(12, width, width)
        self.text = nn.Linear(TEXT_WIDTH, width)
        self.family = nn.Linear(len(FAMILIES), width)
        self.drop = nn.Dropout(dropout)
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.LayerNorm(width), nn.Linear(width, width), nn.GELU(), nn.Dropout(dropout), nn.Linear(width, width))
            for _ in range(blocks)
        )
        self.norm = nn.LayerNorm(width)
        self.inner = nn.Linear(width, rank)
        self.out = zero(nn.Linear(rank, len(ANCHORS) * CODE_WIDTH))

    def features(self, codes, key, velocity, text, family):
        """[..., rank] of codes [..., 400] at keys and velocities [...]; text and family broadcast."""
        x = self.drop(self.code(codes)) + self.place(note_features(key, velocity))
        x = x + self.text(text) * TEXT_WIDTH**0.5 + self.family(family) * 2.0
        for block in self.blocks:
            x = x + block(x)
        return self.inner(self.norm(x))

    def change(self, features):
        return self.out(features).unflatten(-1, (len(ANCHORS), CODE_WIDTH))


class Completion(nn.Module):
    """`completed = f(codes, known, key, velocity, text, family)`; known anchors come out as they went in."""

    def __init__(self, width=768, blocks=2, rank=192, dropout=0.2):
        super().__init__()
        self.settings = dict(width=width, blocks=blocks, rank=rank, dropout=dropout)
        self.linear = LinearGuess()
        self.correction = Correction(width, blocks, rank, dropout)

    def from_one(self, linear, codes, source, text, family):
        """All anchors [B, 27, 400] from codes [B, 400] of anchors `source` [B], with this linear guess or another."""
        features = self.correction.features(codes, KEYS[source], VELOCITIES[source], text, family)
        return codes[:, None] + linear(codes, source) + self.correction.change(features)

    def forward(self, codes, known, key, velocity, text, family):
        k = known[..., None]
        codes = codes * k
        distance = (key[:, :, None] - key[:, None, :]).abs()
        distance = distance + SEMITONES_A_VELOCITY * (velocity[:, :, None] - velocity[:, None, :]).abs()
        # How much anchor i hears known anchor j, [B, 27, 27].
        say = (distance / -NEARNESS + (known[:, None, :] - 1) * 1e4).softmax(-1)
        # Both guesses are linear in their inner numbers, so those are mixed and decoded once for each anchor.
        features = self.correction.features(codes, key, velocity, text[:, None], family[:, None])
        shift = self.linear.shift.unflatten(-1, (len(ANCHORS), CODE_WIDTH))

        def decoded(inner, matrix, width):
            table = matrix.reshape(width, len(ANCHORS), CODE_WIDTH).transpose(0, 1)
            return ((say @ inner).transpose(0, 1) @ table).transpose(0, 1)

        change = decoded(self.linear.inner(codes), self.linear.out, RANK)
        change = change + decoded(features, self.correction.out.weight.T, self.settings["rank"])
        change = change + self.correction.out.bias.unflatten(-1, (len(ANCHORS), CODE_WIDTH))
        change = change + torch.einsum("bij,jic->bic", say, shift)
        return codes + (1 - k) * (say @ codes + change)
