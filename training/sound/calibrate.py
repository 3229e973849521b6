"""Makes the family logits of a sound encoder say how often they are right, on the validation split."""

import numpy as np
import torch

from ..nets.layout import SOUND_FAMILIES
from .batches import Drawer
from .report import FRAMES, hear

ROUNDS, SINGLES, MIXES = 6, 100, 200
HOLD = 0.02  # how strongly a family's own shift is held to zero: some have few validation instruments


def queries(heard, seed=11):
    """Log-mels of notes, phrases and mixes of validation instruments, and which families play [N, 17]."""
    drawer, everyone = Drawer(heard, np.random.default_rng(seed)), np.arange(len(heard))
    hot = np.eye(len(SOUND_FAMILIES), dtype=np.float32)
    mels, truth = [], []
    for _ in range(ROUNDS):
        who = drawer.rng.choice(len(heard), SINGLES, p=drawer.weight)
        mels.append(drawer.finished(np.array([drawer.voice(i, FRAMES) for i in who])))
        truth.append(hot[heard.family[who]])
        members = drawer.groups(everyone, MIXES)
        mels.append(drawer.finished(drawer.mix(everyone, members, FRAMES)))
        truth.append((hot[heard.family[members]] * (members >= 0)[..., None]).max(1))
    return np.concatenate(mels), torch.from_numpy(np.concatenate(truth))


def calibrate(net, heard):
    """Scales and shifts a network's family logits in place; returns it."""
    mels, truth = queries(heard)
    logits = hear(net, mels)[2]
    scale, shift = torch.zeros((), requires_grad=True), torch.zeros(len(SOUND_FAMILIES), requires_grad=True)
    optimiser = torch.optim.LBFGS([scale, shift], max_iter=100)

    def wrong():
        return torch.nn.functional.binary_cross_entropy_with_logits(logits * scale.exp() + shift, truth)

    def loss():
        optimiser.zero_grad()
        total = wrong() + HOLD * ((shift - shift.mean()) ** 2).mean()
        total.backward()
        return total

    before = wrong().item()
    optimiser.step(loss)
    said = f"logits × {scale.exp().item():.2f}, shifted by {shift.mean().item():.2f}"
    print(f"families: {said}; error {before:.4f} → {wrong().item():.4f}")
    with torch.no_grad():
        net.families.weight.mul_(scale.exp())
        net.families.bias.mul_(scale.exp()).add_(shift)
    return net
