"""The network that hears drums: a log-mel, a hundred frames a second, to which pieces are struck at each frame, and how hard.

Convolutions over bands, then dilated ones over time (receptive field ±1.3 s): it may use what comes after a stroke.
"""

import torch
from torch import nn

from ..drums.hearing.classes import COUNT
from ..drums.hearing.mel import BANDS


class Layer(nn.Module):
    """A residual dilated convolution over time."""

    def __init__(self, width, dilation):
        super().__init__()
        self.wide = nn.Conv1d(width, width, 3, padding=dilation, dilation=dilation, bias=False)
        self.norm = nn.BatchNorm1d(width)
        self.out = nn.Conv1d(width, width, 1)

    def forward(self, x):
        return x + self.out(torch.relu(self.norm(self.wide(x))))


class DrumHearing(nn.Module):
    """`onsets, velocities = f(mel)`: `mel` [M, 80, T], scaled -> logits [M, 12, T], velocities 0…1 [M, 12, T]."""

    def __init__(self, widths=(16, 32, 48), width=128, dilations=(1, 2, 4, 8, 16, 32, 64)):
        super().__init__()
        self.settings = dict(widths=tuple(widths), width=width, dilations=tuple(dilations))
        last, maps = 2, []
        for number, maps_out in enumerate(widths):
            kernel = (5, 3) if number == 0 else (3, 3)
            maps += [nn.Conv2d(last, maps_out, kernel, stride=(2, 1), padding=(kernel[0] // 2, 1), bias=False)]
            maps += [nn.BatchNorm2d(maps_out), nn.ReLU()]
            last = maps_out
        self.maps = nn.Sequential(*maps)
        self.join = nn.Conv1d(last * (BANDS >> len(widths)), width, 1)
        self.layers = nn.Sequential(*(Layer(width, dilation) for dilation in dilations))
        self.say = nn.Conv1d(width, 2 * COUNT, 1)
        nn.init.constant_(self.say.bias[:COUNT], -4.0)

    def forward(self, mel):
        rise = torch.nn.functional.pad(mel[..., 1:] - mel[..., :-1], (1, 0))
        x = self.maps(torch.stack([mel * 2 - 0.8, rise * 6], 1))
        x = torch.relu(self.join(x.flatten(1, 2)))
        onsets, velocities = self.say(self.layers(x)).split(COUNT, 1)
        return onsets, velocities.sigmoid()
