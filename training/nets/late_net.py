"""The sound encoder with late interaction: what plays at every 0.3 s of a mix, a vector for each family, held against references.

The convolutions are those of `sound_net`; masking is the whole loss of one vector for all of a mix, and it isn't the same everywhere.
"""

import math

import torch
from torch import nn
from torch.nn.functional import gelu, normalize

from .layout import SOUND_FAMILIES
from .sound_net import SoundEncoder

WIDTH = 64


class LateEncoder(nn.Module):
    """`mix(mel)` -> unit vectors [M, T / 16, families, WIDTH] and how surely each family plays, logits [M, families];
    `reference(mel)` -> [M, families, WIDTH]."""

    def __init__(self, encoder=None):
        super().__init__()
        self.encoder = encoder or SoundEncoder(folded=True)
        frame, trunk = (self.encoder.settings[name] for name in ("frame", "trunk"))
        count = len(SOUND_FAMILIES)
        self.here = nn.Sequential(nn.Linear(frame + trunk, 512), nn.GELU(), nn.Linear(512, count * WIDTH))
        self.told = nn.Sequential(nn.Linear(trunk, 512), nn.GELU(), nn.Linear(512, count * WIDTH))
        self.plays = nn.Linear(frame + trunk, count)
        self.sharpness = nn.Parameter(torch.tensor(2.7))
        self.peakedness = nn.Parameter(torch.tensor(2.3))

    def parts(self, mel):
        """What the convolutions hear at each place in time [M, T / 16, frame], and what is concluded of all of it [M, trunk]."""
        net = self.encoder
        x = torch.stack([mel * 2 - 0.6, net.place.expand_as(mel)], 1).contiguous(memory_format=torch.channels_last)
        x = torch.relu(net.stem(x))
        for stage in net.stages:
            x = stage(x)
        x = gelu(net.frame(x.flatten(1, 2).transpose(1, 2)))
        looked = net.weigh(x).softmax(1).transpose(1, 2) @ x
        return x, net.conclude(torch.cat([looked.flatten(1), x.mean(1), net.measure(mel)], 1))

    def reference(self, mel):
        return normalize(self.told(self.parts(mel)[1]).unflatten(1, (len(SOUND_FAMILIES), WIDTH)), dim=-1)

    def mix(self, mel):
        x, concluded = self.parts(mel)
        both = torch.cat([x, concluded[:, None].expand(-1, x.shape[1], -1)], -1)
        vectors = normalize(self.here(both).unflatten(-1, (len(SOUND_FAMILIES), WIDTH)), dim=-1)
        return vectors, self.plays(both).logsumexp(1) - math.log(x.shape[1])

    def near(self, vectors, references, family):
        """How near mixes [M, T', families, WIDTH] come to references [N, WIDTH] of one family: [M, N]."""
        alike = torch.einsum("mtd,nd->mtn", vectors[:, :, family], references)
        peaked = self.peakedness.exp()
        return ((alike * peaked).logsumexp(1) - math.log(alike.shape[1])) / peaked
