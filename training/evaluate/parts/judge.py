"""A judge of whether a part belongs to the rest: a small network that has learned to tell real pairs from shuffled ones."""

import numpy as np
import torch
from torch import nn

from ...parts import heard, measure, tokens
from . import answers

_PLANES = 2 * 15 + 8 * 2 + 24 + 12 + 2


def planes(part_roll, part, context_roll, context, table):
    """[planes, S]: what plays in the part, and in its context, and how the part's degrees lie over the chords."""
    steps = part_roll.steps
    found = np.zeros((_PLANES, steps), np.float32)
    level = np.array([0, 0.4, 0.6, 0.8, 1.0, 0.0])
    if part == 0:
        found[:15] = level[part_roll.drums].T
        late = part_roll.offset
        begun = (part_roll.drums > 0).any(1)
    else:
        begun = part_roll.note[:, part - 1] >= tokens.FIRST
        late = np.where(part_roll.touch[:, part - 1] < tokens.NO_TOUCH, part_roll.touch[:, part - 1] % 5, 2)
        harmony = heard.features(None, part_roll.note, [part - 1], part_roll.root.astype(int), part_roll.quality.astype(int), table)
        found[70:82] = harmony[:, :12].T
    found[82] = begun * (late.astype(float) - 2) / 2
    if 0 in context:
        found[15:30] = level[context_roll.drums].T
        found[83] += (context_roll.drums > 0).any(1) * (context_roll.offset.astype(float) - 2) / 2
    for p in range(8):
        if p in context:
            found[30 + p] = measure.onsets(context_roll, p) > 0
            if p > 0:
                touch = context_roll.touch[:, p - 1]
                found[83] += np.where(touch < tokens.NO_TOUCH, (touch % 5).astype(float) - 2, 0) / 4
    found[38 + part] = begun
    rows = [p - 1 for p in context if p > 0]
    if rows:
        harmony = heard.features(None, context_roll.note, rows, context_roll.root.astype(int), context_roll.quality.astype(int), table)
        found[46:70] = harmony[:, :24].T
    return found


class Judge(nn.Module):
    def __init__(self, width=48):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv1d(_PLANES, width, 5, padding=2), nn.ReLU(), nn.Conv1d(width, width, 4, stride=4), nn.ReLU(),
            nn.Conv1d(width, width, 3, padding=1), nn.ReLU(), nn.Dropout(0.2),
        )  # fmt: skip
        self.head = nn.Sequential(nn.Linear(2 * width, 64), nn.ReLU(), nn.Dropout(0.2), nn.Linear(64, 1))

    def forward(self, x):
        y = self.layers(x)
        return self.head(torch.cat([y.mean(2), y.amax(2)], 1))[:, 0]


def pairs(data, part, voicings, table, count, seed):
    """Real and shuffled pairs, half and half, each (planes, 1 or 0), by metre."""
    rng = np.random.default_rng(seed)
    found = []
    places = [
        (metre, row) for metre, group in data.groups.items() for row, w in enumerate(group["window"])
        if part in data.facts[w]["present"] and len(data.facts[w]["present"]) >= 3 and not data.facts[w]["drums_only"]
    ]  # fmt: skip
    chosen = [places[i] for i in rng.permutation(len(places))[:count]]
    others = answers.shuffled(data, chosen, part, voicings, seed)
    for (metre, row), other in zip(chosen, others):
        roll = data.rolls(metre, [row])[0]
        context = [p for p in roll.facts["present"] if p != part]
        found.append((planes(roll, part, roll, context, table), 1.0))
        found.append((planes(other, part, roll, context, table), 0.0))
    return found


def train(data, part, voicings, table, count=1000, epochs=12):
    """A judge of one part, trained on training songs only."""
    torch.manual_seed(0)
    torch.set_grad_enabled(True)
    examples = pairs(data, part, voicings, table, count, 5)
    judge, rng = Judge(), np.random.default_rng(0)
    optimiser = torch.optim.AdamW(judge.parameters(), 2e-3, weight_decay=0.02)
    by_length = {}
    for x, y in examples:
        by_length.setdefault(x.shape[1], []).append((x, y))
    for epoch in range(epochs):
        batches = []
        for some in by_length.values():
            order = rng.permutation(len(some))
            batches += [[some[i] for i in order[s : s + 64]] for s in range(0, len(order), 64)]
        for at in rng.permutation(len(batches)):
            x = torch.tensor(np.stack([b[0] for b in batches[at]]))
            y = torch.tensor([b[1] for b in batches[at]])
            loss = nn.functional.binary_cross_entropy_with_logits(judge(x), y)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    torch.set_grad_enabled(False)
    return judge.eval()


def verdicts(judge, part_rolls, part, rolls, table):
    """Share of parts that the judge takes for real ones of these songs."""
    found = []
    for made, roll in zip(part_rolls, rolls):
        context = [p for p in roll.facts["present"] if p != part]
        found.append(float(judge(torch.tensor(planes(made, part, roll, context, table)[None]))) > 0)
    return float(np.mean(found))
