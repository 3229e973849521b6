"""The bar that completion has to clear: a linear guess of each anchor's change from one known note's code."""

import torch

from .nets.layout import ANCHORS


class RidgeDelta:
    """Ridge regression from the leading numbers of the known note's code to the differences of the other codes."""

    WIDTH = 96
    STRENGTHS = (0.03, 0.1, 0.3, 1.0)

    def __init__(self, mean, matrices, offsets):
        self.mean, self.matrices, self.offsets = mean, matrices, offsets

    @classmethod
    def fit(cls, codes, valid, known, strength=None):
        """`codes` [I, 27, 400]; `valid` [I, 27]. The strength is chosen on a fifth of the instruments."""
        if strength is None:
            fifth = torch.arange(len(codes)) % 5 == 0
            errors = []
            for option in cls.STRENGTHS:
                model = cls.fit(codes[~fifth], valid[~fifth], known, option)
                errors.append((((model(codes[fifth, known]) - codes[fifth]) ** 2).mean(2) * valid[fifth]).mean().item())
            strength = cls.STRENGTHS[errors.index(min(errors))]
        mean = codes[:, known, : cls.WIDTH].mean(0)
        matrices, offsets = [], []
        for anchor in range(len(ANCHORS)):
            use = valid[:, anchor]
            x = codes[use, known, : cls.WIDTH] - mean
            y = codes[use, anchor] - codes[use, known]
            middle = y.mean(0)
            left = x.T @ x + strength * len(x) * torch.eye(cls.WIDTH)
            matrices.append(torch.linalg.solve(left, x.T @ (y - middle)))
            offsets.append(middle)
        return cls(mean, torch.stack(matrices), torch.stack(offsets))

    def __call__(self, given):
        """All anchors' codes [B, 27, 400] from the known notes' codes [B, 400]."""
        x = given[:, : self.WIDTH] - self.mean
        return given[:, None] + torch.einsum("bk,akc->bac", x, self.matrices) + self.offsets
