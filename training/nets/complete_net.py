"""Anchor completion: some of an instrument's 27 anchor codes in, all of them out.

Two guesses, mixed by a gate: a linear one (ridge regression from the known note, where the nearest known note is one of
those that the plugin draws first) and a transformer over anchors, whose output is a gated copy of the nearest known code
plus a delta. Predicting codes absolutely was measured to be far worse; each guess alone is worse than the two together.
"""

import torch
from torch import nn

from .blocks import Modulation, mlp, note_features, zero
from .layout import ANCHORS, CODE_WIDTH, FAMILIES, TEXT_WIDTH

# Anchors that the linear guess starts from: what the plugin draws first.
SOURCES = [ANCHORS.index((key, 80)) for key in (44, 54, 64, 74, 84)]
SEEN, RANK = 192, 96  # the linear guess sees so many leading code numbers, through so many


def nearest_known(known, key, velocity):
    """Index [B, 27] of the known anchor that each anchor starts from: near in key first, then in velocity."""
    distance = (key[:, :, None] - key[:, None, :]).abs() + 0.15 * (velocity[:, :, None] - velocity[:, None, :]).abs()
    return (distance + (1 - known[:, None, :]) * 1e4).argmin(-1)


class AnchorBlock(nn.Module):
    def __init__(self, width, heads, condition, dropout):
        super().__init__()
        self.heads = heads
        self.first, self.second = Modulation(width, condition), Modulation(width, condition)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = zero(nn.Linear(width, width))
        self.up = nn.Linear(width, 4 * width)
        self.drop = nn.Dropout(dropout)
        self.down = zero(nn.Linear(4 * width, width))
        # How strongly each head prefers near keys, near velocities and known anchors.
        self.prefer = nn.Parameter(torch.zeros(heads, 3))

    def forward(self, x, condition, relation):
        y, gate = self.first(x, condition)
        q, k, v = self.qkv(y).reshape(-1, len(ANCHORS), 3, self.heads, x.shape[-1] // self.heads).permute(2, 0, 3, 1, 4)
        bias = torch.einsum("bijf,hf->bhij", relation, self.prefer)
        weights = (q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5 + bias).softmax(-1)
        x = x + gate * self.out((weights @ v).transpose(1, 2).reshape(-1, len(ANCHORS), x.shape[-1]))
        y, gate = self.second(x, condition)
        return x + gate * self.down(self.drop(nn.functional.gelu(self.up(y))))


class LinearGuess(nn.Module):
    """Change of every anchor's code from each source's: [B, 5, 27, 400]. Fitted, not trained."""

    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.zeros(len(SOURCES), SEEN))
        self.register_buffer("into", torch.zeros(len(SOURCES) * SEEN, RANK))
        self.register_buffer("out", torch.zeros(len(SOURCES) * RANK, len(ANCHORS) * CODE_WIDTH))
        self.register_buffer("shift", torch.zeros(len(SOURCES), len(ANCHORS) * CODE_WIDTH))

    def forward(self, codes):
        x = (codes[:, SOURCES, :SEEN] - self.mean).transpose(0, 1)
        x = x @ self.into.reshape(len(SOURCES), SEEN, RANK) @ self.out.reshape(len(SOURCES), RANK, -1)
        return (x.transpose(0, 1) + self.shift).unflatten(-1, (len(ANCHORS), CODE_WIDTH))


class Completion(nn.Module):
    """`completed = f(codes, known, key, velocity, text, family)`; known anchors come out as they went in."""

    def __init__(self, width=256, layers=5, heads=8, condition=128, dropout=0.05):
        super().__init__()
        self.settings = dict(width=width, layers=layers, heads=heads, condition=condition, dropout=dropout)
        self.linear = LinearGuess()
        self.enter_linear = zero(nn.Linear(CODE_WIDTH, width))
        self.mixture = zero(nn.Linear(width, CODE_WIDTH))
        self.enter = nn.Linear(CODE_WIDTH, width)
        self.is_known = nn.Parameter(torch.randn(2, width) * 0.1)
        self.place = mlp(12, width, width)
        # The code each anchor starts from, and how far away it is.
        self.enter_near = nn.Linear(CODE_WIDTH, width)
        self.away = mlp(12, width, width)
        self.text = nn.Linear(TEXT_WIDTH, condition)
        self.family = nn.Linear(len(FAMILIES), condition)
        self.mix = mlp(condition, condition, condition)
        self.blocks = nn.ModuleList(AnchorBlock(width, heads, condition, dropout) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.delta = zero(nn.Linear(width, CODE_WIDTH))
        self.gate = zero(nn.Linear(width, CODE_WIDTH))

    def forward(self, codes, known, key, velocity, text, family):
        k = known[..., None]
        codes = codes * k
        index = nearest_known(known, key, velocity)
        near = torch.gather(codes, 1, index[..., None].expand(-1, -1, CODE_WIDTH))
        key_step, velocity_step = key - torch.gather(key, 1, index), velocity - torch.gather(velocity, 1, index)
        from_source = (index[:, :, None] == torch.tensor(SOURCES, device=index.device)).to(codes.dtype)
        change = (self.linear(codes) * from_source.transpose(1, 2)[..., None]).sum(1)
        linear = near + change
        condition = self.text(text) * TEXT_WIDTH**0.5 + self.family(family) * 2.0
        condition = self.mix(nn.functional.silu(condition))[:, None]
        x = (
            self.enter(codes)
            + self.enter_near(near)
            + self.enter_linear(change)
            + k * self.is_known[1]
            + (1 - k) * self.is_known[0]
            + self.place(note_features(key, velocity))
            + self.away(note_features(63.0 + key_step, 80.0 + velocity_step))
        )
        relation = torch.stack(
            [
                (key[:, :, None] - key[:, None, :]).abs() / -24.0,
                (velocity[:, :, None] - velocity[:, None, :]).abs() / -40.0,
                known[:, None, :] + 0.0 * key[:, :, None],
            ],
            -1,
        )
        for block in self.blocks:
            x = block(x, condition, relation)
        x = self.norm(x)
        # sigmoid(4) = 0.98: training starts at "copy the nearest known note".
        guess = self.delta(x) + torch.sigmoid(self.gate(x) + 4.0) * near
        share = torch.sigmoid(self.mixture(x)) * from_source.sum(-1, keepdim=True)
        return codes + (1 - k) * (share * linear + (1 - share) * guess)
