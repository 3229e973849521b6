"""The text encoder: a short transformer over word pieces, pooled to a unit vector of 256, and to what it asks of tones.

Its layers have the teacher's shape (MiniLM, width 384), so it can start from half of the teacher's own.
"""

import torch
from torch import nn

from .layout import MAX_TOKENS, TEXT_WIDTH, TONE_WIDTH


class TextLayer(nn.Module):
    def __init__(self, width, heads, hidden):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm1 = nn.LayerNorm(width, eps=1e-12)
        self.up = nn.Linear(width, hidden)
        self.down = nn.Linear(hidden, width)
        self.norm2 = nn.LayerNorm(width, eps=1e-12)

    def forward(self, x, bias):
        width = x.shape[-1]
        q, k, v = self.qkv(x).unflatten(-1, (3, self.heads, width // self.heads)).permute(2, 0, 3, 1, 4)
        weights = (q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5 + bias).softmax(-1)
        x = self.norm1(x + self.out((weights @ v).transpose(1, 2).flatten(2)))
        return self.norm2(x + self.down(nn.functional.gelu(self.up(x))))


class TextEncoder(nn.Module):
    """`text_vector, tone, doubt = f(input_ids, attention_mask)`: i64 [B, L] twice to f32.

    `text_vector` [B, 256] has unit norm; `tone` [B, 12] are normal scores that the words ask for, `doubt` [B, 12]
    their standard deviations (1: nothing is asked).
    """

    def __init__(self, vocabulary, width=384, layers=3, heads=12, hidden=1536):
        super().__init__()
        self.settings = dict(vocabulary=vocabulary, width=width, layers=layers, heads=heads, hidden=hidden)
        self.words = nn.Embedding(vocabulary, width)
        self.places = nn.Parameter(torch.randn(MAX_TOKENS, width) * 0.02)
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.layers = nn.ModuleList(TextLayer(width, heads, hidden) for _ in range(layers))
        self.head = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, TEXT_WIDTH))
        self.tones = nn.Sequential(nn.Linear(width, 256), nn.GELU(), nn.Linear(256, 2 * TONE_WIDTH))

    def pooled(self, input_ids, attention_mask):
        """The mean over tokens, [B, 384]: what the teacher is imitated with."""
        mask = attention_mask.to(self.places.dtype)
        x = self.norm(self.words(input_ids) + self.places[: input_ids.shape[1]])
        bias = (mask - 1)[:, None, None, :] * 1e4
        for layer in self.layers:
            x = layer(x, bias)
        return (x * mask[..., None]).sum(1) / mask.sum(1, keepdim=True).clamp(min=1.0)

    def tone(self, pooled):
        """Scores that the words ask for, and their doubt, [B, 12] each."""
        score, doubt = self.tones(pooled).chunk(2, -1)
        return score, 0.15 + doubt.sigmoid()

    def forward(self, input_ids, attention_mask):
        pooled = self.pooled(input_ids, attention_mask)
        return nn.functional.normalize(self.head(pooled), dim=-1), *self.tone(pooled)
