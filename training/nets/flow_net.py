"""The first-anchor flow: noise and a prompt in, the code of one note out.

Preconditioned as in EDM: the network sees unit-variance input at every time, and predicts the data through
a skip connection that carries the noisy code when little noise is left.
"""

import math

import torch
from torch import nn

from .blocks import Modulation, mlp, note_features, zero
from .layout import CODE_WIDTH, FAMILIES, TEXT_WIDTH


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
    """Denoiser: `denoised = f(noisy, time, text, family, note, range)`; zeros in a condition mean "not said"."""

    def __init__(self, width=512, hidden=1024, blocks=5, condition=256, dropout=0.1):
        super().__init__()
        self.settings = dict(width=width, hidden=hidden, blocks=blocks, condition=condition, dropout=dropout)
        self.enter = nn.Linear(CODE_WIDTH, width)
        self.time = mlp(32, condition, condition)
        self.text = nn.Linear(TEXT_WIDTH, condition)
        self.family = nn.Linear(len(FAMILIES), condition)
        self.note = mlp(12, condition, condition)
        self.range = mlp(3, condition // 4, condition)
        self.mix = mlp(condition, condition, condition)
        self.blocks = nn.ModuleList(FlowBlock(width, hidden, condition, dropout) for _ in range(blocks))
        self.norm = nn.LayerNorm(width)
        self.leave = zero(nn.Linear(width, CODE_WIDTH))
        self.register_buffer("rates", torch.exp(torch.linspace(0, math.log(200.0), 16)), persistent=False)

    def forward(self, noisy, time, text, family, note, range):
        angle = time[:, None] * self.rates
        said = (range[:, 1:] > 0).to(noisy.dtype)
        span = torch.cat([said * (range - 63.0) / 30.0, said], -1)
        condition = (
            self.time(torch.cat([angle.sin(), angle.cos()], -1))
            + self.text(text) * TEXT_WIDTH**0.5
            + self.family(family) * 2.0
            + self.note(note_features(note[:, 0], note[:, 1]))
            + self.range(span)
        )
        condition = self.mix(nn.functional.silu(condition))
        t = time[:, None]
        variance = t**2 + (1 - t) ** 2
        x = self.enter(noisy / variance.sqrt())
        for block in self.blocks:
            x = block(x, condition)
        return t / variance * noisy + (1 - t) / variance.sqrt() * self.leave(self.norm(x))


@torch.no_grad()
def draw(net, text, family, note, span, steps=16, guidance=1.5, temperature=1.0, generator=None):
    """Codes [B, C] drawn by the sampler that the plugin uses; conditions [B, …]."""
    x = torch.randn(len(text), CODE_WIDTH, generator=generator) * temperature
    times = torch.linspace(0, 1, steps + 1)
    for now, then in zip(times[:-1], times[1:]):
        t = now.expand(len(x))
        free = net(x, t, torch.zeros_like(text), torch.zeros_like(family), note, torch.zeros_like(span))
        led = net(x, t, text, family, note, span)
        data = free + guidance * (led - free)
        x = data if then == 1 else x + (then - now) / (1 - now) * (data - x)
    return x
