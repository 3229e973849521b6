"""Pieces that the first-anchor flow and the anchor completion share."""

import torch
from torch import nn


def note_features(key, velocity):
    """Key and velocity (MIDI numbers, any shape) as 12 smooth numbers in the last dimension."""
    a, b = (key - 63.0) / 30.0, (velocity - 80.0) / 40.0
    parts = [a, b, a * b, b * b]
    for rate in (1.5, 3.0, 6.0, 12.0):
        parts += [torch.sin(a * rate), torch.cos(a * rate)]
    return torch.stack(parts, -1)


def mlp(width_in, width, width_out):
    return nn.Sequential(nn.Linear(width_in, width), nn.GELU(), nn.Linear(width, width_out))


def zero(linear):
    """A layer that starts at zero, so that a network starts at its skip connection."""
    nn.init.zeros_(linear.weight)
    nn.init.zeros_(linear.bias)
    return linear


class Modulation(nn.Module):
    """Layer norm whose scale, shift and output gate come from the condition (adaLN)."""

    def __init__(self, width, condition):
        super().__init__()
        self.norm = nn.LayerNorm(width, elementwise_affine=False)
        self.parts = zero(nn.Linear(condition, 3 * width))

    def forward(self, x, condition):
        scale, shift, gate = self.parts(condition).chunk(3, -1)
        return self.norm(x) * (1 + scale) + shift, 1 + gate
