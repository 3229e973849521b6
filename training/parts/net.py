"""The parts network: tokens of a masked roll, what is known of the song and a text vector in, logits of every stream out.

Four steps make a patch (a quarter note); a transformer runs over the 24 to 40 patches of eight bars, conditioned by scales and
shifts; then each step gets its own vector back, from its patch, from its own tokens and from those at the same place of the
other bars, and heads read it.
"""

import torch
from torch import nn

from ..nets.blocks import mlp, zero
from ..nets.layout import TEXT_WIDTH
from . import degrees, gm, grid, tokens
from .net_layout import BASS_TOKENS, CONTROL_WIDTH, HEARD, LEAD_TOKENS, NOTES, OFFSET, PIECES, PITCHED, ROLES, SONG, TOUCHES

PATCH = grid.STEPS_A_PATCH
POOLED = 96


class Block(nn.Module):
    def __init__(self, width, heads, hidden, dropout):
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width, elementwise_affine=False)
        self.norm2 = nn.LayerNorm(width, elementwise_affine=False)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.up = nn.Linear(width, hidden)
        self.down = nn.Linear(hidden, width)
        self.bias = nn.Parameter(torch.zeros(6, width))
        self.drop = nn.Dropout(dropout)

    def forward(self, x, condition):
        scale1, shift1, gate1, scale2, shift2, gate2 = (condition + self.bias).unsqueeze(2).unbind(1)
        width = x.shape[-1]
        y = self.norm1(x) * (1 + scale1) + shift1
        q, k, v = self.qkv(y).unflatten(-1, (3, self.heads, width // self.heads)).permute(2, 0, 3, 1, 4)
        weights = (q @ k.transpose(-1, -2) * (width // self.heads) ** -0.5).softmax(-1)
        x = x + (1 + gate1) * self.drop(self.out((weights @ v).transpose(1, 2).flatten(2)))
        y = self.norm2(x) * (1 + scale2) + shift2
        return x + (1 + gate2) * self.drop(self.down(nn.functional.gelu(self.up(y))))


class Parts(nn.Module):
    """`drums, offset, bass, lead, chords, touch = f(tokens, role, chord, heard, place, song, text, controls)`.

    `tokens` i64 [B, S, 30]: 15 pieces, the drums' offset, 7 notes, 7 touches; the last id of each stream is the mask.
    `role` i64 [B, 8]: index into `ROLES` of each part. `chord` i64 [B, S, 3]: root over the tonic, root, quality.
    `heard` f32 [B, S, 26]: degrees that begin (12) and sound (12) in what was heard as one stream, lowest key, whether any.
    `place` i64 [B, S/4, 3]: metre, bar, quarter of the bar, of each patch. `song` f32 [B, 3]. `text` f32 [B, 256], zeros where
    nothing is said. `controls` f32 [B, 64]: 8 parts x 4 scores, then whether each is said.
    """

    def __init__(self, voicings, width=192, heads=4, layers=6, hidden=768, step=160, dropout=0.05):
        super().__init__()
        self.settings = dict(voicings=voicings, width=width, heads=heads, layers=layers, hidden=hidden, step=step, dropout=dropout)
        self.chord_tokens = tokens.FIRST + voicings
        self.drum = nn.Embedding(PIECES * (tokens.DRUM_MASK + 1), 8)
        self.offset = nn.Embedding(tokens.OFFSET_MASK + 1, 6)
        self.bass = nn.Embedding(BASS_TOKENS + 1, 32)
        self.lead = nn.Embedding(LEAD_TOKENS + 1, 32)
        self.voicing = nn.Embedding(self.chord_tokens + 1, 32)
        self.touch = nn.Embedding(tokens.TOUCH_MASK + 1, 6)
        self.over = nn.Embedding(12, 12)
        self.root = nn.Embedding(12, 8)
        self.quality = nn.Embedding(len(degrees.QUALITIES), 12)
        features = PIECES * 8 + 6 + PITCHED * 32 + PITCHED * 6 + 32 + HEARD
        # What the same step of the other bars has, and of every other bar: music repeats, and this is how it is seen at once.
        self.pool = nn.Linear(features, POOLED)
        features += 2 * POOLED
        self.enter = nn.Linear(features * PATCH, width)
        self.role = nn.Embedding(len(gm.PARTS) * len(ROLES), width)
        self.metre = nn.Embedding(len(grid.METRES) * 5, width)
        self.bar = nn.Embedding(grid.BARS, width)
        self.text = nn.Sequential(nn.Linear(TEXT_WIDTH, width), nn.GELU(), nn.Linear(width, width))
        self.controls = nn.Linear(CONTROL_WIDTH, width)
        self.song = mlp(SONG, width // 4, width)
        self.modulate = nn.Sequential(nn.SiLU(), nn.Linear(width, width), nn.SiLU(), zero(nn.Linear(width, 6 * width)))
        self.blocks = nn.ModuleList(Block(width, heads, hidden, dropout) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.of_patch = nn.Linear(width, PATCH * step)
        self.of_step = nn.Linear(features, step)
        self.of_text = nn.Linear(width, step)
        self.mix = nn.Sequential(nn.LayerNorm(step), nn.Linear(step, 2 * step), nn.GELU(), nn.Linear(2 * step, step))
        self.last = nn.LayerNorm(step)
        self.to_drums = nn.Linear(step, PIECES * tokens.DRUM_MASK)
        self.to_offset = nn.Linear(step, tokens.OFFSET_MASK)
        self.to_bass = nn.Linear(step, BASS_TOKENS)
        self.to_lead = nn.Linear(step, LEAD_TOKENS)
        self.to_part = nn.Linear(step, len(gm.CHORDAL) * 48)
        self.to_chords = nn.Linear(48, self.chord_tokens)
        self.to_touch = nn.Linear(step, PITCHED * tokens.NO_TOUCH)
        self.register_buffer("drum_rows", torch.arange(PIECES) * (tokens.DRUM_MASK + 1), persistent=False)
        self.register_buffer("role_rows", torch.arange(len(gm.PARTS)) * len(ROLES), persistent=False)
        for table in (self.drum, self.offset, self.bass, self.lead, self.voicing, self.touch, self.over, self.root, self.quality):
            nn.init.normal_(table.weight, std=0.5)
        for table in (self.role, self.metre, self.bar):
            nn.init.normal_(table.weight, std=0.1)

    def forward(self, tokens_, role, chord, heard, place, song, text, controls):
        notes = tokens_[..., NOTES]
        seen = torch.cat([
            self.drum(tokens_[..., :PIECES] + self.drum_rows).flatten(2),
            self.offset(tokens_[..., OFFSET]),
            self.bass(notes[..., 0]),
            self.voicing(notes[..., 1:6]).flatten(2),
            self.lead(notes[..., 6]),
            self.touch(tokens_[..., TOUCHES]).flatten(2),
            self.over(chord[..., 0]),
            self.root(chord[..., 1]),
            self.quality(chord[..., 2]),
            heard,
        ], -1)  # fmt: skip
        batch, steps = seen.shape[0], seen.shape[1]
        by_bar = self.pool(seen).reshape(batch, grid.BARS // 2, 2, steps // grid.BARS, POOLED)
        of_two = by_bar.mean(1, keepdim=True)
        of_all = of_two.mean(2, keepdim=True).expand(-1, grid.BARS // 2, 2, -1, -1)
        pooled = torch.cat([of_two.expand(-1, grid.BARS // 2, -1, -1, -1), of_all], -1).reshape(batch, steps, 2 * POOLED)
        seen = torch.cat([seen, pooled], -1)
        said = self.text(text * TEXT_WIDTH**0.5)
        condition = said + self.controls(controls) + self.song(song) + self.role(role + self.role_rows).sum(1)
        modulation = self.modulate(condition).unflatten(-1, (6, -1))
        x = self.enter(seen.reshape(batch, steps // PATCH, -1)) + self.metre(place[..., 0] * 5 + place[..., 2]) + self.bar(place[..., 1])
        x = x + condition.unsqueeze(1)
        for block in self.blocks:
            x = block(x, modulation)
        y = self.of_patch(self.norm(x)).reshape(batch, steps, -1) + self.of_step(seen) + self.of_text(condition).unsqueeze(1)
        y = self.last(y + self.mix(y))
        chords = self.to_chords(self.to_part(y).unflatten(-1, (len(gm.CHORDAL), 48)))
        return (
            self.to_drums(y).unflatten(-1, (PIECES, tokens.DRUM_MASK)), self.to_offset(y), self.to_bass(y), self.to_lead(y), chords,
            self.to_touch(y).unflatten(-1, (PITCHED, tokens.NO_TOUCH)),
        )  # fmt: skip
