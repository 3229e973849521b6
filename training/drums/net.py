"""The models of kits: the mixture that draws codes, and the decoder that unfolds them into hits at four velocities.

A kit is drawn in two steps by one model: first its character, 16 numbers that all its pieces share (piece ``KIT``), then
each piece's code, told the character. The code is principal components of the hit's features and its level.
"""

import torch
from torch import nn

from ..nets.layout import TEXT_WIDTH
from . import hit as hm
from .pieces import PIECES
from .prepare import CENTS_UNIT, COURSE, LEVELS, SHAPE_DB

CODE = 160
KIT = PIECES
CHARACTER = 16
COMPONENTS = 32
WORDS = 24  # what is left of a text vector
TEMPERATURE = 0.7  # all of a kind's variance makes hits that mix what doesn't go together
LAYERS = (32, 64, 96, 127)
SOFTER_DB = (-20.0, -10.5, -4.5, 0.0)
"""How much softer than the hardest each layer's loudest moment is."""


class DrumMixture(nn.Module):
    """`codes = f(noise, text, piece, character, guidance)`: draws pieces, or the character of a kit.

    Of each piece it knows ``COMPONENTS`` kinds: their codes, what is said of them, and the kits that they are from. Words and
    character choose the kind (by chance, as likely as they make it), move its code along, and chance does the rest. The first
    CODE numbers of the noise are that chance, the others choose. All of it is closed form: Gaussian mixtures whose weights and
    means depend on conditions. `piece` is one-hot over the 47 pieces and `KIT`; of a drawn kit the first 16 numbers are its
    character. `guidance` [B] is how much words count against chance, 1 as in the data.
    """

    def __init__(self):
        super().__init__()
        rows, told = PIECES + 1, WORDS + CHARACTER
        table = lambda width: nn.Linear(rows, width, bias=False)
        self.words = nn.Linear(TEXT_WIDTH, WORDS)
        self.means = table(COMPONENTS * CODE)
        self.scales = table(COMPONENTS * CODE)
        self.told = table(COMPONENTS * told)
        self.weights = table(COMPONENTS)
        self.slopes = table(told * CODE)
        self.sharpness = table(told)

    def forward(self, noise, text, piece, character, guidance):
        told = torch.cat([self.words(text), character], -1)
        apart = told[:, None] - self.told(piece).reshape(-1, COMPONENTS, WORDS + CHARACTER)
        fit = -0.5 * apart**2 * self.sharpness(piece)[:, None]
        logits = self.weights(piece) + guidance[:, None] * fit[:, :, :WORDS].sum(-1) + fit[:, :, WORDS:].sum(-1)
        # Normal numbers to Gumbel ones: the largest sum is drawn with its probability.
        uniform = (0.5 + 0.5 * torch.erf(noise[:, CODE:] * 0.70710678)).clamp(1e-6, 1 - 1e-6)
        drawn = (logits - torch.log(-torch.log(uniform))).argmax(-1)
        chosen = (torch.arange(COMPONENTS) == drawn[:, None]).to(noise.dtype)[:, None]
        pick = lambda table, width: (chosen @ table.reshape(-1, COMPONENTS, width))[:, 0]
        moved = pick(apart, WORDS + CHARACTER)[:, None] @ self.slopes(piece).reshape(-1, WORDS + CHARACTER, CODE)
        chance = pick(self.scales(piece), CODE) * noise[:, :CODE] * TEMPERATURE
        return pick(self.means(piece), CODE) + moved[:, 0] + chance


class DrumDecoder(nn.Module):
    """Codes [B, CODE] and pieces [B, 48] to `levels` [B, 4, ROWS, TIMES] (dB; 0 dB is a kit's reference) and `cents` [B, MODES, TIMES].

    `slopes` says how many dB a cell falls when its hit gets 1 dB softer, `usual` the level of each piece in a mix.
    """

    def __init__(self):
        super().__init__()
        self.shape = nn.Linear(CODE, LEVELS + hm.MODES * len(COURSE))
        self.level = nn.Linear(CODE, 1)
        self.usual = nn.Linear(PIECES + 1, 1, bias=False)
        self.slopes = nn.Linear(PIECES + 1, LEVELS, bias=False)
        # Between the times at which a mode's frequency is told, straight lines.
        spread = torch.zeros(len(COURSE), hm.TIMES)
        for i in range(hm.TIMES):
            at = torch.tensor(COURSE.copy())
            high = int(torch.searchsorted(at, min(i, int(at[-1]))))
            low = max(high - 1, 0)
            share = 1.0 if high == low else (min(i, int(at[-1])) - int(at[low])) / (int(at[high]) - int(at[low]))
            spread[low, i] += 1 - share
            spread[high, i] += share
        self.register_buffer("spread", spread, persistent=False)
        self.register_buffer("softer", torch.tensor(SOFTER_DB), persistent=False)

    def forward(self, codes, piece):
        features = self.shape(codes)
        above = features[:, :LEVELS]
        loud = self.usual(piece) + self.level(codes).clamp(-4.0, 4.0)
        hard = above - SHAPE_DB + loud
        heard = (above > 2.0).to(above.dtype)[:, None]
        levels = hard[:, None] + self.softer[:, None] * self.slopes(piece)[:, None]
        levels = (heard * levels + (1 - heard) * hm.FLOOR_DB).clamp(hm.FLOOR_DB, hm.CEILING_DB)
        levels = levels.reshape(-1, len(SOFTER_DB), hm.ROWS, hm.TIMES)
        cents = features[:, LEVELS:].reshape(-1, hm.MODES, len(COURSE)) @ self.spread * CENTS_UNIT
        return levels, cents.clamp(-hm.MOST_CENTS, hm.MOST_CENTS)
