"""The first-anchor flow: noise and a prompt in, the code of one note out.

Preconditioned as in EDM: the network sees unit-variance input at every time, and predicts the data through
a skip connection that carries the noisy code when little noise is left.
"""

import math

import torch
from torch import nn

from .blocks import Modulation, mlp, note_features, zero
from .layout import CODE_WIDTH, FAMILIES, TEXT_WIDTH, TONE_WIDTH


class FlowBlock(nn.Module):
    def __init__(self, width, hidden, condition, dropout):
        super().__init__()
        self.modulate = Modulation(width, condition)
        self.up = nn.Linear(width, hidden)
        self.drop = nn.Dropout(dropout)
        self.down = zero(nn.Linear(hidden, width))

    def forward(self, x, condition):
        y, gate = self.modulate(x, condition)
        return x + gate * self.down(self.drop(nn.functional.gelu(self.up(y))))


class FirstAnchor(nn.Module):
    """Denoiser: `denoised = f(noisy, time, text, family, note, range, tone)`; zeros mean "not said".

    `tone` [B, 24] are normal scores of twelve properties, zero where not said, and then whether each is said.
    """

    def __init__(self, width=512, hidden=1024, blocks=5, condition=256, dropout=0.1):
        super().__init__()
        self.settings = dict(width=width, hidden=hidden, blocks=blocks, condition=condition, dropout=dropout)
        self.enter = nn.Linear(CODE_WIDTH, width)
        self.time = mlp(32, condition, condition)
        self.text = nn.Linear(TEXT_WIDTH, condition)
        self.family = nn.Linear(len(FAMILIES), condition)
        self.note = mlp(12, condition, condition)
        self.range = mlp(3, condition // 4, condition)
        self.tone = zero(nn.Linear(2 * TONE_WIDTH, condition))
        self.mix = mlp(condition, condition, condition)
        self.blocks = nn.ModuleList(FlowBlock(width, hidden, condition, dropout) for _ in range(blocks))
        self.norm = nn.LayerNorm(width)
        self.leave = zero(nn.Linear(width, CODE_WIDTH))
        self.register_buffer("rates", torch.exp(torch.linspace(0, math.log(200.0), 16)), persistent=False)

    def forward(self, noisy, time, text, family, note, range, tone):
        angle = time[:, None] * self.rates
        said = (range[:, 1:] > 0).to(noisy.dtype)
        span = torch.cat([said * (range - 63.0) / 30.0, said], -1)
        condition = (
            self.time(torch.cat([angle.sin(), angle.cos()], -1))
            + self.text(text) * TEXT_WIDTH**0.5
            + self.family(family) * 2.0
            + self.note(note_features(note[:, 0], note[:, 1]))
            + self.range(span)
            + self.tone(tone)
        )
        condition = self.mix(nn.functional.silu(condition))
        t = time[:, None]
        variance = t**2 + (1 - t) ** 2
        x = self.enter(noisy / variance.sqrt())
        for block in self.blocks:
            x = block(x, condition)
        return t / variance * noisy + (1 - t) / variance.sqrt() * self.leave(self.norm(x))
