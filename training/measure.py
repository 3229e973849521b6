"""How far two note models are from each other, in dB, over what is heard."""

import torch

from .instrument.codec_fit import mask_of
from .nets.layout import FLOOR_DB

HEARD_DB = 55.0


def slot_error(got, truth, keys):
    """Mean |difference| in dB [N] over cells within 55 dB of the true note's loudest cell, in either of the two.

    `got`, `truth`: levels [N, 176, 136]; cells of partials that the key does not have are left out.
    """
    got = got.clamp(min=FLOOR_DB)
    mask = mask_of(keys)
    reference = (truth * mask + FLOOR_DB * (1 - mask)).amax((1, 2), keepdim=True)
    heard = (torch.maximum(got, truth) > reference - HEARD_DB).float() * mask
    return ((got - truth).abs() * heard).sum((1, 2)) / heard.sum((1, 2)).clamp(min=1)
