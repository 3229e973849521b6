"""The bar that completion has to clear, and its linear part: each anchor's change from one known note's code."""

import torch

from ..nets.layout import ANCHORS


class RidgeDelta:
    """Ridge regression from the leading numbers of the known note's code to the differences of the other codes."""

    WIDTH = 192
    STRENGTHS = (0.1, 0.3, 1.0, 3.0)

    def __init__(self, mean, matrices, shifts, strength):
        self.mean, self.matrices, self.shifts, self.strength = mean, matrices, shifts, strength

    @classmethod
    def fit(cls, codes, valid, known, weight, strength=None):
        """`codes` [I, 27, 400]; `valid` [I, 27]; `weight` [400] says how much each code number is heard.

        The strength is chosen on a fifth of the instruments.
        """
        use = valid[:, known]
        codes, valid = codes[use], valid[use]
        if strength is None:
            fifth = torch.arange(len(codes)) % 5 == 0
            errors = []
            for option in cls.STRENGTHS:
                model = cls.fit(codes[~fifth], valid[~fifth], known, weight, option)
                error = ((model(codes[fifth, known]) - codes[fifth]) * weight).abs().mean(2)
                errors.append((error * valid[fifth]).mean().item())
            strength = cls.STRENGTHS[errors.index(min(errors))]
        mean = codes[:, known, : cls.WIDTH].mean(0)
        matrices, shifts = [], []
        for anchor in range(len(ANCHORS)):
            both = valid[:, anchor]
            x = codes[both, known, : cls.WIDTH] - mean
            y = codes[both, anchor] - codes[both, known]
            middle = y.mean(0)
            left = x.T @ x + strength * len(x) * torch.eye(cls.WIDTH)
            matrices.append(torch.linalg.solve(left, x.T @ (y - middle)))
            shifts.append(middle)
        return cls(mean, torch.stack(matrices), torch.stack(shifts), strength)

    def __call__(self, given):
        """All anchors' codes [B, 27, 400] from the known notes' codes [B, 400]."""
        x = given[:, : self.WIDTH] - self.mean
        return given[:, None] + torch.einsum("bk,akc->bac", x, self.matrices) + self.shifts
