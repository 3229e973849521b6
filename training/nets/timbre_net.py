"""The timbre encoder: a note's levels, or the log-mel of any sound, to a unit vector in the space of the prompts.

Log-mel: 64 bands over 40 Hz–15.5 kHz, 20 ms a frame, from a 64 ms window; 80 dB below the loudest cell to it is 0 to 1.
The log-mel of a note is computed straight from its levels, so that instruments can be judged before they are rendered.
"""

import numpy as np
import torch
from torch import nn

from ..data import log_mel
from ..data import note_model as nm
from .blocks import mlp
from .layout import FRAMES, ROWS, TEXT_WIDTH, TIMES, frequency

BANDS, HOP_SECONDS, WINDOW, RANGE_DB = 64, 0.02, 2048, 80.0
NOTE_FRAMES = 160  # of a note: held for 2.4 s, let go for 0.8 s
HELD_FRAMES = 120
BANK = log_mel._filter_bank(WINDOW, BANDS)


def spread(key):
    """Mel powers of each row at 0 dB, [64, 176]: a partial fills the bands that its window's lobe reaches."""
    bins = np.arange(WINDOW // 2 + 1)
    f0 = float(frequency(key))
    columns = []

    def line(hertz):
        offset = bins - hertz * WINDOW / nm.SAMPLE_RATE
        # A Hann window's transform, 1 at its middle.
        with np.errstate(divide="ignore", invalid="ignore"):
            lobe = np.sinc(offset) / (1 - offset**2)
        lobe[np.abs(np.abs(offset) - 1) < 1e-6] = 0.5
        return BANK @ lobe**2

    for row, multiple in enumerate(nm.MULTIPLES):
        columns.append(line(multiple * f0) if multiple * f0 < nm.TOP_HZ else np.zeros(BANDS))
    for first, last in zip(nm.GROUP_FIRST, nm.GROUP_LAST):
        inside = [h * f0 for h in range(first, last + 1) if h * f0 < nm.TOP_HZ]
        columns.append(sum((line(h) for h in inside), np.zeros(BANDS)))
    for low, high in zip(nm.BAND_EDGES, nm.BAND_EDGES[1:]):
        width = nm.SAMPLE_RATE / WINDOW
        share = np.clip((np.minimum(high, (bins + 0.5) * width) - np.maximum(low, (bins - 0.5) * width)) / width, 0, 1)
        # A band's power over its bins; a window of noise spreads over 1.5 of them.
        columns.append(1.5 * BANK @ share / max(share.sum(), 1e-9))
    return np.stack(columns, 1)


def frame_weights(frames=NOTE_FRAMES, held=HELD_FRAMES):
    """Linear interpolation from the time grid to frames, [136, frames]; the key is let go after `held` of them."""
    times = np.asarray(TIMES)
    at = np.arange(frames) * HOP_SECONDS
    at = np.where(np.arange(frames) < held, np.minimum(at, 2.99), 3.0 + at - held * HOP_SECONDS).clip(0, times[-1])
    above = np.clip(np.searchsorted(times, at, side="right"), 1, FRAMES - 1)
    share = ((at - times[above - 1]) / (times[above] - times[above - 1])).clip(0, 1)
    weights = np.zeros((FRAMES, frames), np.float32)
    weights[above - 1, np.arange(frames)] += 1 - share
    weights[above, np.arange(frames)] += share
    return weights


class NoteMel(nn.Module):
    """Levels [N, 176, 136] dB at anchor keys, one-hot [N, 9], to mel powers [N, 64, frames]."""

    def __init__(self):
        super().__init__()
        table = np.stack([spread(int(key)) for key in nm.KEYS]).astype(np.float32)
        self.register_buffer("spread", torch.tensor(table).reshape(len(nm.KEYS), -1), persistent=False)
        self.register_buffer("frames", torch.tensor(frame_weights()), persistent=False)

    def forward(self, levels, key, frames=None):
        power = torch.exp((levels @ (self.frames if frames is None else frames)) * 0.2302585)
        return (key @ self.spread).reshape(-1, BANDS, ROWS) @ power


def scaled(power):
    """Mel powers [N, 64, T] as the encoder sees them: 0 is 80 dB below the loudest cell, 1 is that cell."""
    level = 4.342945 * torch.log(power + 1e-14)
    return ((level - level.amax((1, 2), keepdim=True)) / RANGE_DB + 1).clamp(min=0.0)


class TimbreEncoder(nn.Module):
    """`note_vector, sound_vector = f(levels, key, mel)`; neither batch may be empty.

    `levels` [N, 176, 136] dB at anchor keys, one-hot `key` [N, 9] -> [N, 256]; `mel` [M, 64, T], scaled -> [M, 256].
    """

    def __init__(self, widths=(40, 80, 144, 224)):
        super().__init__()
        self.settings = dict(widths=tuple(widths))
        self.note_mel = NoteMel()
        steps = zip((2, *widths), widths)
        self.stages = nn.ModuleList(nn.Conv2d(a, b, 3, stride=2, padding=1) for a, b in steps)
        self.norms = nn.ModuleList(nn.GroupNorm(8, width) for width in widths)
        self.frame = nn.Linear(widths[-1] * (BANDS >> len(widths)), 384)
        self.weigh = nn.Linear(384, 1)
        self.head = mlp(2 * 384, 512, TEXT_WIDTH)

    def hear(self, mel):
        place = torch.zeros_like(mel) + torch.linspace(-1, 1, BANDS)[:, None]
        x = torch.stack([mel * 2 - 0.6, place], 1)
        for stage, norm in zip(self.stages, self.norms):
            x = nn.functional.gelu(norm(stage(x)))
        x = nn.functional.gelu(self.frame(x.flatten(1, 2).transpose(1, 2)))
        pooled = torch.cat([(self.weigh(x).softmax(1) * x).sum(1), x.mean(1)], -1)
        return nn.functional.normalize(self.head(pooled), dim=-1)

    def forward(self, levels, key, mel):
        return self.hear(scaled(self.note_mel(levels, key))), self.hear(mel)
