"""The network of tags: genre by what falls where in the bar alone, instruments by all features."""

import torch
from torch import nn

# Where the features of the sound encoder end, and all end: see `features.rs`.
ENCODER = 256 + 16
WIDTH = ENCODER + 11 + 4 + 8 + 12 + 6 * 16
USED = {"all": (0, WIDTH), "encoder": (0, ENCODER), "rhythm": (ENCODER, WIDTH)}


def tower(hidden, out):
    return nn.Sequential(nn.Dropout(0.6), nn.Linear(WIDTH, hidden), nn.GELU(), nn.Dropout(0.6), nn.Linear(hidden, out))


class SongTags(nn.Module):
    def __init__(self, genres, instruments, genre_by="rhythm"):
        super().__init__()
        self.register_buffer("mean", torch.zeros(WIDTH))
        self.register_buffer("scale", torch.ones(WIDTH))
        mask = torch.zeros(WIDTH)
        mask[slice(*USED[genre_by])] = 1
        self.register_buffer("mask", mask)
        self.register_buffer("sharpness", torch.ones(()))
        self.genres = tower(96, genres)
        self.instruments = tower(128, instruments)

    def even(self, features):
        """Makes features of training songs even."""
        self.mean.copy_(features.mean(0))
        self.scale.copy_(1 / features.std(0).clamp_min(1e-3))

    def forward(self, features):
        even = ((features - self.mean) * self.scale).clamp(-4, 4)
        return self.genres(even * self.mask) * self.sharpness, self.instruments(even)
