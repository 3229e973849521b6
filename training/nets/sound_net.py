"""The sound encoder: the log-mel of any sound or mix to what it sounds like, what it means, and who plays in it.

Residual convolutions over the log-mel of `training.data.sound_mel`, frames weighed and pooled over time, three heads.
"""

import copy

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from ..data.sound_mel import BANDS
from .blocks import mlp
from .layout import SOUND_FAMILIES, TEXT_WIDTH

TIMBRE_WIDTH = 256


class Stage(nn.Module):
    """Halves bands and frames, then one residual convolution."""

    def __init__(self, width_in, width, folded):
        super().__init__()
        norm = nn.Identity if folded else lambda: nn.BatchNorm2d(width)
        self.down = nn.Conv2d(width_in, width, 3, stride=2, padding=1, bias=folded)
        self.norm = norm()
        self.more = nn.Conv2d(width, width, 3, padding=1, bias=folded)
        self.more_norm = norm()

    def forward(self, x):
        x = torch.relu(self.norm(self.down(x)))
        return torch.relu(x + self.more_norm(self.more(x)))

    def fold(self):
        self.down, self.norm = fuse_conv_bn_eval(self.down, self.norm), nn.Identity()
        self.more, self.more_norm = fuse_conv_bn_eval(self.more, self.more_norm), nn.Identity()


class SoundEncoder(nn.Module):
    """`timbre, meaning, families = f(mel)`: `mel` [M, 96, T], scaled -> unit vectors [M, 256] twice, logits [M, 17].

    `folded` has batch norms folded into the convolutions, as exported.
    """

    def __init__(self, widths=(32, 64, 128, 256), frame=512, trunk=768, looks=4, folded=False):
        super().__init__()
        self.settings = dict(widths=tuple(widths), frame=frame, trunk=trunk, looks=looks, folded=folded)
        # The largest maps cost most: no norm and no residual there.
        self.stem = nn.Conv2d(2, widths[0], 5, stride=2, padding=2)
        self.stages = nn.ModuleList(Stage(a, b, folded) for a, b in zip(widths, widths[1:]))
        self.frame = nn.Linear(widths[-1] * (BANDS >> len(widths)), frame)
        self.weigh = nn.Linear(frame, looks)
        self.trunk = nn.Linear(frame * (looks + 1), trunk)
        self.timbre = mlp(trunk, 512, TIMBRE_WIDTH)
        self.meaning = mlp(trunk, 512, TEXT_WIDTH)
        self.families = nn.Linear(trunk, len(SOUND_FAMILIES))

    def hear(self, mel):
        """What all heads see, [M, trunk]."""
        place = torch.zeros_like(mel) + torch.linspace(-1, 1, BANDS, device=mel.device)[:, None]
        x = torch.stack([mel * 2 - 0.6, place], 1).contiguous(memory_format=torch.channels_last)
        x = torch.relu(self.stem(x))
        for stage in self.stages:
            x = stage(x)
        x = nn.functional.gelu(self.frame(x.flatten(1, 2).transpose(1, 2)))
        looked = self.weigh(x).softmax(1).transpose(1, 2) @ x
        return nn.functional.gelu(self.trunk(torch.cat([looked.flatten(1), x.mean(1)], 1)))

    def forward(self, mel):
        heard = self.hear(mel)
        unit = [nn.functional.normalize(head(heard).float(), dim=-1) for head in (self.timbre, self.meaning)]
        return *unit, self.families(heard).float()

    def fold(self):
        """A copy with batch norms folded into the convolutions; for use, not for training."""
        net = copy.deepcopy(self).eval()
        for stage in net.stages:
            stage.fold()
        net.settings = dict(net.settings, folded=True)
        return net
