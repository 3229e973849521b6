"""The note codec: a note model (levels, cents) to 400 numbers and back.

The shape (levels relative to the note's loudest moment) is decoded linearly from the code; the level stands alone; frequency offsets are coded apart from the
shape, since they are a different kind of thing and would drown in it.
"""

import torch
from torch import nn

from .layout import FRAMES, MAX_CENTS, OFFSET_WIDTH, PARTIALS, ROWS, SHAPE_WIDTH

# A note's shape reaches this many dB below its loudest moment; what lies below is silence.
SHAPE_DB = 70.0


def hushed(shape):
    """The decoded shape with its quietest part pushed down, continuously: 8 dB above the floor and more stays as it
    is, 4 dB becomes 0, less becomes silent.

    Decoded silence hovers a few dB above the floor; over 176 rows that would sum to a drone at -45 dB.
    """
    shape = torch.minimum(shape, torch.minimum(2 * shape - 8.0, 16 * shape - 64.0))
    return shape.clamp(-50.0, SHAPE_DB)


class CodecDecoder(nn.Module):
    """`levels, cents, change = f(codes, residual)`.

    Decodes standardised codes [N, 400] to dB [N, 176, 136] and cents [N, 136]; and says how the shape's numbers must
    change to make up for residuals [M, cells], dB: by least squares against the decoder's own matrix, which is how
    notes are encoded without a second one. Either batch may be empty.
    """

    def __init__(self):
        super().__init__()
        self.settings = {}
        self.shape = nn.Linear(SHAPE_WIDTH, ROWS * FRAMES)
        self.level = nn.Parameter(torch.tensor([-10.0, 12.0]))  # mean and deviation, dB
        self.offsets = nn.Linear(OFFSET_WIDTH, PARTIALS)
        self.register_buffer("inverse", torch.eye(SHAPE_WIDTH), persistent=False)  # of the matrix's Gram matrix

    def peak(self, codes):
        """The note's loudest moment, dB [N]."""
        return codes[:, SHAPE_WIDTH] * self.level[1] + self.level[0]

    def prepare(self):
        """To be called when the weights are final: what encoding needs is computed from them."""
        matrix = self.shape.weight.detach()
        self.inverse.copy_(torch.linalg.inv(matrix.T @ matrix))
        return self

    def forward(self, codes, residual):
        levels, cents = self.decode(codes)
        return levels, cents, residual @ self.shape.weight @ self.inverse

    def decode(self, codes):
        shape = hushed(self.shape(codes[:, :SHAPE_WIDTH])).reshape(-1, ROWS, FRAMES)
        levels = shape + (self.peak(codes) - SHAPE_DB)[:, None, None]
        cents = self.offsets(codes[:, SHAPE_WIDTH + 1 :]).clamp(-MAX_CENTS, MAX_CENTS)
        return levels, cents
