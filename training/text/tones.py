"""Twelve measured properties of a sound as numbers of one scale, and what words ask of them.

A property's value is its rank among the training instruments as a normal score: 0 is the median, 1 a standard
deviation above. Prompts are read into the same numbers, each with its own doubt; the first-anchor flow is told them.
"""

import numpy as np
import torch

from ..data.descriptors import describe

# name of the descriptor -> which way it grows
TONES = (
    "brightness",  # treble
    "attack_s",  # slow attack
    "half_second_db",  # plucky
    "decay_db",  # dies away
    "release_s",  # long release
    "noise_db",  # breath, noise
    "fundamental_db",  # round; low is thin
    "sub_db",  # sub-octave
    "hollow_db",  # odd harmonics
    "between_db",  # metallic
    "stretch_cents",  # detuned
    "motion_db",  # moving
)
MOST = 2.2  # normal scores beyond this are not told apart
POINTS = 33  # of the table from values to scores

# What the lexicon's attributes ask of the tones.
ASKED = {
    "bright": dict(brightness=1.3),
    "dark": dict(brightness=-1.3),
    "warm": dict(brightness=-0.6),
    "cold": dict(brightness=0.6),
    "soft": dict(brightness=-0.6, attack_s=0.5),
    "aggressive": dict(brightness=0.8, attack_s=-0.6),
    "plucky": dict(half_second_db=1.3, attack_s=-1.2),
    "sustained": dict(half_second_db=-0.9, decay_db=-1.1),
    "slow attack": dict(attack_s=1.6),
    "fast attack": dict(attack_s=-1.1),
    "long release": dict(release_s=1.4),
    "short release": dict(release_s=-1.2),
    "noisy": dict(noise_db=1.4),
    "pure": dict(noise_db=-1.2, stretch_cents=-0.7),
    "hollow": dict(hollow_db=1.4),
    "full": dict(fundamental_db=1.2, sub_db=0.6, hollow_db=-0.4),
    "thin": dict(fundamental_db=-1.4, sub_db=-0.6),
    "metallic": dict(between_db=1.4),
    "wooden": dict(between_db=-0.5, motion_db=-0.4),
    "detuned": dict(stretch_cents=1.4),
    "distorted": dict(noise_db=0.8, brightness=0.6),
    "sub": dict(sub_db=1.4, brightness=-0.5),
    "high": dict(brightness=0.8, sub_db=-1.0),
    "moving": dict(motion_db=1.4),
    "static": dict(motion_db=-1.3),
    "vibrato": dict(motion_db=0.9),
}


def tables(values):
    """The quantiles [12, POINTS] of descriptor values [I, 12], from which scores are read."""
    at = (torch.arange(POINTS) + 0.5) / POINTS
    return torch.quantile(values.double(), at.double(), dim=0).T.float()


def scores(values, table):
    """Normal scores [..., 12] of descriptor values [..., 12]."""
    at = (np.arange(POINTS) + 0.5) / POINTS
    normal = np.sqrt(2) * torch.erfinv(torch.tensor(2 * at - 1)).numpy()
    flat = values.reshape(-1, len(TONES)).numpy()
    found = np.empty_like(flat)
    for i, row in enumerate(table.numpy()):
        # Equal quantiles share the middle of their scores.
        points = np.unique(row)
        found[:, i] = np.interp(flat[:, i], points, [normal[row == p].mean() for p in points])
    return torch.from_numpy(found).reshape(values.shape).clamp(-MOST, MOST)


def measured(facts):
    """Descriptor values [I, 12] of instruments, from their facts."""
    return torch.tensor([[float(fact["descriptors"][name]) for name in TONES] for fact in facts])


def of_notes(levels, cents, valid):
    """Descriptor values [12] of one instrument's 27 notes."""
    found = describe(np.asarray(levels), np.asarray(cents), np.asarray(valid))
    return torch.tensor([float(found[name]) for name in TONES])


def asked(attributes):
    """What words ask: scores [12], and whether each is asked [12]."""
    score, said = torch.zeros(len(TONES)), torch.zeros(len(TONES))
    for attribute in attributes:
        for name, value in ASKED.get(attribute, {}).items():
            score[TONES.index(name)] += value
            said[TONES.index(name)] = 1.0
    return score.clamp(-MOST, MOST), said


def told(score, said):
    """What the flow is told: scores where they are said, and whether they are, [..., 24]."""
    return torch.cat([score * said, said], -1)
