"""Fitting the note codec's linear part: principal components that know about silence.

A level at the floor says "silent", not "exactly this many dB". Plain PCA spends components on the corners where
sounds meet the floor. Here a silent cell only asks that the decoded value be at or below the floor: cells that are
silent in truth and decoded as silent count as no error, and cells of partials that a key does not have (above
15.4 kHz) count nothing at all (PCA of censored data, by repeated imputation).
"""

import numpy as np
import torch

from ..nets.codec_net import SHAPE_DB
from ..nets.layout import FLOOR_DB, FRAMES, OFFSET_WIDTH, PARTIALS, ROWS, heard_rows, row_powers

CELLS = ROWS * FRAMES
MISSING = -1.0
ACTIVE_DB = 50.0  # offsets of partials that stay further below the loudest one are not coded


def by_key(of_row, keys):
    """A per-row table of each key, float [N, 176, 1]."""
    table = {key: of_row(key) for key in set(int(k) for k in keys)}
    return torch.tensor(np.stack([table[int(k)] for k in keys]), dtype=torch.float32)[..., None]


def mask_of(keys):
    """Rows that exist at each key, float [N, 176, 1]."""
    return by_key(heard_rows, keys)


def peak_db(levels, keys):
    """The loudest total of each note [N]; `levels` [N, 176, 136] dB."""
    power = torch.exp(levels * 0.2302585) * by_key(row_powers, keys)
    return 4.342945 * torch.log(power.sum(1).amax(1) + 1e-9)


def shapes(levels, keys):
    """Levels as the codec sees them: dB above the note's floor, [N, cells] in 0..SHAPE_DB; and the peaks [N].

    0 is silent, MISSING a partial that the key does not have.
    """
    peak = peak_db(levels, keys)
    above = (levels - peak[:, None, None] + SHAPE_DB).clamp(0.0, SHAPE_DB) * (levels > FLOOR_DB + 0.5)
    above = torch.where(mask_of(keys) > 0, above, torch.tensor(MISSING))
    return above.reshape(len(levels), CELLS), peak


def offsets(levels, cents):
    """Cents of the partials that are heard, [N, 136]."""
    loudest = levels[:, :PARTIALS].amax(2)
    return cents * (loudest > loudest.amax(1, keepdim=True) - ACTIVE_DB)


def components(x, mean, count, rounds=2, seed=0):
    """Leading components of the rows of `x` about `mean`: orthonormal [columns, count], by subspace iteration."""
    generator = torch.Generator().manual_seed(seed)
    start = torch.randn(x.shape[1], count + 24, generator=generator)
    return refine(x, mean, start, rounds)[:, :count]


def times(a, b):
    """a @ b in bfloat16: exact enough here, since errors are small beside what the code leaves out anyway."""
    return (a.bfloat16() @ b.bfloat16()).float()


def chunks(x, size=2048):
    for start in range(0, len(x), size):
        yield x[start : start + size].float()


def known(x, size=2048):
    """Chunks with missing cells as silent ones."""
    return (c.clamp(min=0.0) for c in chunks(x, size))


def refine(x, mean, basis, rounds=1):
    for _ in range(rounds):
        basis = torch.linalg.qr(basis)[0]
        basis = sum(times((c - mean).T, times(c - mean, basis)) for c in known(x))
    basis, singular, turn = torch.linalg.svd(basis, full_matrices=False)
    return basis


def impute(x, guess):
    """Silent cells take the decoded value where it is silent too, missing ones take it always."""
    return torch.where(x > 0, x, torch.where(x < 0, guess, guess.clamp(max=0.0)))


def encode(x, mean, basis, rounds=3, dual=None):
    """Codes [N, K] of shapes [N, cells]; with more than one round silent cells are left free.

    `dual` [cells, K] projects onto a basis that isn't orthonormal.
    """
    dual = basis if dual is None else dual
    code = times(x.clamp(min=0.0) - mean, dual)
    for _ in range(rounds - 1):
        guess = times(code, basis.T) + mean
        code = code + times(impute(x, guess) - guess, dual)
    return code


def plain(x, count):
    """Mean and principal components of shapes `x` [N, cells] (any float type): the baseline, and a start."""
    mean = sum(c.sum(0) for c in known(x)) / len(x)
    return mean, components(x, mean, count)


def censored(x, mean, basis, rounds, say=print):
    """Improves mean and basis with silent cells left free."""
    for turn in range(rounds):
        # One pass: complete each chunk with its own decoding, then gather what the next subspace needs.
        grown, total, error, number = torch.zeros_like(basis), torch.zeros_like(mean), 0.0, 0
        for c in chunks(x):
            guess = times(encode(c, mean, basis, 2), basis.T) + mean
            full = impute(c, guess)
            error += float((full - guess).abs().sum())
            number += full.numel()
            total += full.sum(0)
            full -= mean
            grown += times(full.T, times(full, basis))
        mean = total / len(x)
        basis = torch.linalg.svd(grown, full_matrices=False)[0]
        say(f"fit round {turn}: mean error {error / number:.3f} dB", flush=True)
    return mean, basis


def upright(basis):
    """The basis with signs such that each direction's largest weight is positive."""
    at = basis.abs().argmax(0)
    return basis * basis[at, torch.arange(basis.shape[1])].sign()


def offset_basis(cents):
    """The leading directions of the heard offsets: orthonormal [136, 15]."""
    _, vectors = torch.linalg.eigh(cents.T @ cents / len(cents))
    return vectors.flip(1)[:, :OFFSET_WIDTH]
