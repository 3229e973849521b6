"""More instruments than there are: mixes of two, with another tone (a smooth curve over frequency) and another decay."""

import math

import torch

from ..config import checkpoints, save
from ..data.note_model import BAND_CENTRES
from ..nets.layout import CEILING_DB, FLOOR_DB, MULTIPLES, PARTIALS, TIMES, frequency
from ..text import tones
from .codec import KEYS, encoder

TOGETHER = 10  # instruments coded at once


def _octaves():
    """log2(frequency / 440 Hz) of each row at each anchor's key, [27, 176]."""
    bands = torch.tensor(BAND_CENTRES)
    hertz = torch.stack(
        [torch.cat([torch.tensor(MULTIPLES * float(frequency(key))).clamp(max=16_000), bands]) for key in KEYS.tolist()]
    )
    return torch.log2(hertz.float() / 440.0)


def changed(data, first, second, octaves, random):
    """Levels and cents of a new instrument: `first` with `second` under it, another tone, another decay."""
    levels, cents = data.notes(first)
    if random() < 0.7:
        under, under_cents = data.notes(second)
        under = under + (random() * 23.0 - 20.0)
        louder = under[:, :PARTIALS].amax(2) > levels[:, :PARTIALS].amax(2)
        cents = torch.where(louder, under_cents, cents)
        silent = (levels <= FLOOR_DB) & (under <= FLOOR_DB)
        low, high = torch.minimum(levels, under), torch.maximum(levels, under)
        levels = high + 4.342945 * torch.log1p(torch.exp((low - high) * 0.2302585))
        levels[silent] = FLOOR_DB
    else:
        silent = levels <= FLOOR_DB
    curve = torch.zeros_like(octaves)
    for _ in range(3):
        strength = math.sqrt(-2 * math.log(max(random(), 1e-9))) * math.cos(2 * math.pi * random()) * 2.2
        curve += strength * torch.sin((0.3 + 1.9 * random()) * octaves + 2 * math.pi * random())
    decay = 12.0 * random() if random() < 0.25 else 0.0
    levels = levels + curve[:, :, None] - decay * torch.tensor(TIMES, dtype=torch.float32)
    levels[silent] = FLOOR_DB
    return levels.clamp(FLOOR_DB, CEILING_DB), cents


def pool(data, count, seed=7):
    """Augmented training instruments: codes [count, 27, 400] (half precision), which one each came from, tones [count, 12]."""
    path = checkpoints() / "pool.pt"
    encode = encoder()
    mark = encode.mark()
    if path.exists():
        saved = torch.load(path, weights_only=False)
        if saved["names"] == data.names and saved["codec"] == mark and len(saved["of"]) >= count:
            return saved["codes"], saved["of"], saved["tones"]
    generator = torch.Generator().manual_seed(seed)
    random = lambda: float(torch.rand((), generator=generator))
    octaves, train = _octaves(), data.split("train")
    encode.rounds = min(encode.rounds, 2)
    codes, of, measured = [], [], []
    with torch.no_grad():
        while len(of) < count:
            several = []
            for _ in range(TOGETHER):
                first, second = (train[int(random() * len(train))] for _ in range(2))
                several.append(changed(data, first, second, octaves, random))
                of.append(first)
                measured.append(tones.of_notes(*several[-1], data.sounding(first)))
            levels, cents = (torch.cat(parts) for parts in zip(*several))
            made = encode(levels, cents, KEYS.repeat(TOGETHER)).half()
            codes.extend(made.reshape(TOGETHER, len(KEYS), -1))
            if len(of) % (TOGETHER * 40) == 0:
                print(f"augmented {len(of)} of {count}", flush=True)
    saved = dict(codes=torch.stack(codes), of=torch.tensor(of), tones=torch.stack(measured), names=data.names, codec=mark)
    save(saved, path)
    return saved["codes"], saved["of"], saved["tones"]
