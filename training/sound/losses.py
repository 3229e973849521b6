"""What is asked of the sound encoder: the right reference first, words near their sounds, families named.

Queries are held against the references of their batch, which is made of a few families, so that many are hard to tell apart.
"""

import torch
from torch import nn

MARGIN = 0.25
ALIKE = 0.92  # captions nearer than that mean the same
HIDDEN = -1e4


def contrast(queries, references, right, allowed, sharpness):
    """InfoNCE: `right` [Q] is the reference of each query, `allowed` [Q, N] those that it is told from."""
    scores = (queries @ references.T) * sharpness.exp().clamp(max=40.0)
    return nn.functional.cross_entropy(scores.masked_fill(~allowed, HIDDEN), right)


def triplet(queries, references, right, allowed, sharpness):
    """Mean over the negatives that aren't farther than the right one by a margin."""
    near = queries @ references.T
    excess = near - near.gather(1, right[:, None]) + MARGIN
    counts = allowed.scatter(1, right[:, None], False) & (excess > 0)
    return (excess * counts).sum() / counts.sum().clamp(min=1)


LOSSES = dict(contrast=contrast, triplet=triplet)


def words(sounds, said, others, sharpness):
    """Sounds [N, 256] and their captions `said` [N, 256], beside captions of `others`; equal meanings aren't told apart."""
    texts = torch.cat([said, others])
    scale, own = sharpness.exp().clamp(max=40.0), torch.eye(len(said), len(texts), dtype=torch.bool)
    alike = (said @ texts.T > ALIKE) & ~own
    scores = (sounds @ texts.T * scale).masked_fill(alike, HIDDEN)
    goal = torch.arange(len(said))
    back = scores[:, : len(said)].T
    pull = 1 - (sounds * said).sum(1).mean()
    return 0.5 * (nn.functional.cross_entropy(scores, goal) + nn.functional.cross_entropy(back, goal)) + 2 * pull


def families(logits, present):
    return nn.functional.binary_cross_entropy_with_logits(logits, present) * 4
