"""The network of tags: two heads over one hidden layer, features made even inside it."""

import torch
from torch import nn

# Where the features of the sound encoder end, and all end: see `features.rs`.
ENCODER = 256 + 16
WIDTH = ENCODER + 11 + 4 + 8 + 12 + 6 * 16


class SongTags(nn.Module):
    def __init__(self, genres, instruments, hidden=96, dropout=0.4, used=(0, WIDTH)):
        super().__init__()
        self.register_buffer("mean", torch.zeros(WIDTH))
        self.register_buffer("scale", torch.ones(WIDTH))
        mask = torch.zeros(WIDTH)
        mask[used[0] : used[1]] = 1
        self.register_buffer("mask", mask)
        self.register_buffer("sharpness", torch.ones(()))
        self.hidden = nn.Sequential(nn.Dropout(dropout), nn.Linear(WIDTH, hidden), nn.GELU(), nn.Dropout(dropout))
        self.genres = nn.Linear(hidden, genres)
        self.instruments = nn.Linear(hidden, instruments)

    def even(self, features):
        """Makes features of training songs even."""
        self.mean.copy_(features.mean(0))
        self.scale.copy_(1 / features.std(0).clamp_min(1e-3))

    def forward(self, features):
        even = ((features - self.mean) * self.scale).clamp(-4, 4) * self.mask
        hidden = self.hidden(even)
        return self.genres(hidden) * self.sharpness, self.instruments(hidden)
