"""The code of hits, fitted: principal components, and how hits answer to velocity."""

import json

import numpy as np
import torch

from . import hit as hm
from .net import CODE, DrumDecoder
from .pieces import FIRST_KEY, GROUP_OF, PIECES
from .render import folder

LEVEL_UNIT = 3.0  # dB of one unit of the code's last number


def components(features, count, seed=0):
    """Mean, directions [FEATURES, count] and their deviations, from a share of the rows."""
    rows = np.random.default_rng(seed).choice(len(features), min(len(features), 16_000), replace=False)
    x = torch.tensor(np.asarray(features[np.sort(rows)], np.float32))
    mean = x.mean(0)
    x -= mean
    torch.manual_seed(seed)
    _, deviation, directions = torch.svd_lowrank(x, q=count + 16, niter=3)
    return mean, directions[:, :count], deviation[:count] / len(x) ** 0.5


def softening():
    """How many dB each cell falls when its hit gets 1 dB softer, [PIECES, LEVELS], from kits with layers.

    Where a piece's group has few layers, the high bands fall a little more than the low ones.
    """
    sums, weights = {}, {}
    for path in sorted(folder().glob("*.npz")):
        data = np.load(path)
        if (data["velocity"] >= 1).all():
            continue
        for key in np.unique(data["key"]):
            mine = np.flatnonzero(data["key"] == key)
            hard = mine[data["velocity"][mine] >= 1]
            if not len(hard) or len(mine) < 2:
                continue
            group = GROUP_OF[int(key)]
            top = data["levels"][hard[0]].astype(np.float32) + data["peak"][hard[0]]
            loudest = hm.total_db(top).max()
            for i in mine[data["velocity"][mine] < 1]:
                soft = data["levels"][i].astype(np.float32) + data["peak"][i]
                change = hm.total_db(soft).max() - loudest
                if change > -2:
                    continue
                both = (data["levels"][i] > -70) & (top - data["peak"][hard[0]] > -60)
                sums.setdefault(group, np.zeros(top.shape))
                weights.setdefault(group, np.zeros(top.shape))
                sums[group] += np.where(both, (soft - top) * change, 0)
                weights[group] += both * change**2
    hertz = np.concatenate([hm.MODE_CENTRES, hm.nm.BAND_CENTRES])
    usual = np.clip(1 + 0.08 * np.log2(hertz / 500), 0.85, 1.4)[:, None].repeat(hm.TIMES, 1)
    slopes = {}
    for group in set(GROUP_OF.values()):
        total, weight = sums.get(group, 0 * usual), weights.get(group, 0 * usual)
        # Neighbouring rows and times are alike.
        from scipy.ndimage import uniform_filter

        size = (5, 15)
        joined = [np.concatenate([uniform_filter(part, size) for part in (x[: hm.MODES], x[hm.MODES :])]) for x in (total, weight)]
        trust = 40.0
        slope = (joined[0] + trust * usual) / (joined[1] + trust)
        # The loudest moments fall with the whole.
        slopes[group] = np.clip(slope, 0.6, 1.8)
    table = np.stack([slopes[GROUP_OF[FIRST_KEY + piece]].ravel() for piece in range(PIECES)])
    return torch.tensor(table, dtype=torch.float32), {group: float(w.sum()) for group, w in weights.items()}


def fit(features, usual_level):
    """The decoder, and a function from (features, level) to codes of unit variance."""
    mean, directions, deviation = components(features, CODE - 1)
    decoder = DrumDecoder()
    slopes, seen = softening()
    with torch.no_grad():
        decoder.shape.weight.zero_()
        decoder.shape.weight[:, : CODE - 1] = directions * deviation
        decoder.shape.bias.copy_(mean)
        decoder.level.weight.zero_()
        decoder.level.weight[0, CODE - 1] = LEVEL_UNIT
        decoder.level.bias.zero_()
        decoder.usual.weight.zero_()
        decoder.usual.weight[0, :PIECES] = torch.tensor([usual_level[str(FIRST_KEY + i)] for i in range(PIECES)])
        decoder.slopes.weight.zero_()
        decoder.slopes.weight[:, :PIECES] = slopes.T

    def encode(x, level):
        code = (x - mean) @ directions / deviation
        return torch.cat([code, level[:, None] / LEVEL_UNIT], 1)

    print("layers seen, by group:", json.dumps({k: round(v) for k, v in seen.items()}))
    decoder.requires_grad_(False)
    return decoder, encode


