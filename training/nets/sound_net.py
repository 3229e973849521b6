"""The sound encoder: the log-mel of any sound or mix to what it sounds like, what it means, and who plays in it.

Residual convolutions over the log-mel of `training.data.sound_mel`, frames weighed and pooled over time, and beside them plain
measures of each band, from which little training makes much; three heads.
"""

import copy

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from ..data.sound_mel import BANDS
from .blocks import mlp
from .layout import SOUND_FAMILIES, TEXT_WIDTH

TIMBRE_WIDTH, PART = 256, 48


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

    def unfold(self, x):
        """Puts norms in that change nothing for inputs `x`; the outputs for them."""
        self.down, self.norm, low = _unfolded(self.down, x)
        low = torch.relu(low)
        self.more, self.more_norm, more = _unfolded(self.more, low)
        return torch.relu(low + more)

    def fold(self):
        self.down, self.norm = fuse_conv_bn_eval(self.down, self.norm), nn.Identity()
        self.more, self.more_norm = fuse_conv_bn_eval(self.more, self.more_norm), nn.Identity()


def _unfolded(conv, x):
    """A convolution without bias and a norm that together do what `conv` does with inputs `x`, and their outputs."""
    out = conv(x)
    mean, variance = out.mean((0, 2, 3)), out.var((0, 2, 3))
    plain = nn.Conv2d(conv.in_channels, conv.out_channels, 3, stride=conv.stride, padding=1, bias=False)
    plain.weight.copy_(conv.weight)
    norm = nn.BatchNorm2d(conv.out_channels)
    norm.running_mean.copy_(mean - conv.bias)
    norm.running_var.copy_(variance)
    norm.weight.copy_((variance + norm.eps).sqrt())
    norm.bias.copy_(mean)
    return plain, norm, out


class Parts(nn.Module):
    """What is heard [M, width] as one vector [M, 256]: a part for each family, as strongly as it is heard, in directions of its own.

    So the vector of a mix is near the sum of its members', and within a family only that family's part decides.
    """

    def __init__(self, width):
        super().__init__()
        count = len(SOUND_FAMILIES)
        self.parts, self.gate = nn.Linear(width, count * PART), nn.Linear(width, count)
        own = torch.stack([torch.linalg.qr(torch.randn(TIMBRE_WIDTH, PART))[0].T for _ in range(count)])
        self.directions = nn.Parameter(own.flatten(0, 1))

    def forward(self, heard):
        parts = nn.functional.normalize(self.parts(heard).unflatten(1, (len(SOUND_FAMILIES), PART)).float(), dim=-1)
        return (parts * self.gate(heard).float().sigmoid()[..., None]).flatten(1) @ self.directions


class SoundEncoder(nn.Module):
    """`timbre, meaning, families = f(mel)`: `mel` [M, 96, T], scaled -> unit vectors [M, 256] twice, logits [M, 17].

    `folded` has batch norms folded into the convolutions, as exported.
    """

    def __init__(self, widths=(24, 48, 96, 192), frame=384, trunk=640, looks=4, folded=False):
        super().__init__()
        self.settings = dict(widths=tuple(widths), frame=frame, trunk=trunk, looks=looks, folded=folded)
        self.register_buffer("place", torch.linspace(-1, 1, BANDS)[:, None], persistent=False)
        # The largest maps cost most: no norm and no residual there.
        self.stem = nn.Conv2d(2, widths[0], 5, stride=2, padding=2)
        self.stages = nn.ModuleList(Stage(a, b, folded) for a, b in zip(widths, widths[1:]))
        self.frame = nn.Linear(widths[-1] * (BANDS >> len(widths)), frame)
        self.weigh = nn.Linear(frame, looks)
        self.plain = mlp(4 * BANDS, frame, frame)
        self.trunk = nn.Linear(frame * (looks + 2), trunk)
        self.timbre = Parts(trunk)
        self.meaning = mlp(trunk, 512, TEXT_WIDTH)
        self.families = nn.Linear(trunk, len(SOUND_FAMILIES))

    def measure(self, mel):
        """Mean, deviation, change and peak of each band over the frames, louder frames counting more, [M, 4 · 96]."""
        weight = mel.amax(1, keepdim=True) ** 2 + 1e-3
        weight = weight / weight.sum(2, keepdim=True)
        mean = (mel * weight).sum(2)
        deviation = ((mel - mean[..., None]) ** 2 * weight).sum(2).clamp(min=1e-6).sqrt()
        before = torch.nn.functional.pad(mel, (1, 0))[..., :-1]
        change = ((mel - before).abs() * weight).sum(2)
        return torch.cat([mean * 2 - 0.6, deviation * 4, change * 8, mel.amax(2) * 2 - 0.6], 1)

    def pool(self, mel):
        """What the convolutions hear and the plain measures, over time, [M, frame · (looks + 1) + 4 · 96]."""
        x = torch.stack([mel * 2 - 0.6, self.place.expand_as(mel)], 1).contiguous(memory_format=torch.channels_last)
        x = torch.relu(self.stem(x))
        for stage in self.stages:
            x = stage(x)
        x = nn.functional.gelu(self.frame(x.flatten(1, 2).transpose(1, 2)))
        looked = self.weigh(x).softmax(1).transpose(1, 2) @ x
        return torch.cat([looked.flatten(1), x.mean(1), self.measure(mel)], 1)

    def conclude(self, pooled):
        """What all heads see, [M, trunk]."""
        heard, measures = pooled.split([pooled.shape[1] - 4 * BANDS, 4 * BANDS], 1)
        plain = nn.functional.gelu(self.plain(measures))
        return nn.functional.gelu(self.trunk(torch.cat([heard, plain], 1)))

    def hear(self, mel):
        return self.conclude(self.pool(mel))

    def forward(self, mel):
        return self.say(self.hear(mel))

    def say(self, heard):
        unit = [nn.functional.normalize(head(heard).float(), dim=-1) for head in (self.timbre, self.meaning)]
        return *unit, self.families(heard).float()

    def fold(self):
        """A copy with batch norms folded into the convolutions; for use, not for training."""
        net = copy.deepcopy(self).eval()
        for stage in net.stages:
            stage.fold()
        net.settings = dict(net.settings, folded=True)
        return net

    @torch.no_grad()
    def unfold(self, mel):
        """A copy with batch norms again, which says the same of sounds like `mel` [M, 96, T]: to be trained on."""
        net = copy.deepcopy(self).eval()
        x = torch.relu(net.stem(torch.stack([mel * 2 - 0.6, net.place.expand_as(mel)], 1)))
        for stage in net.stages:
            x = stage.unfold(x)
        net.settings = dict(net.settings, folded=False)
        return net
