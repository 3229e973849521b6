"""A whole unseen instrument from one of its notes (key 64, velocity 80), beside what else one could do.

Slots: mean error in dB over what is heard. Sound: log-mel of the sustain against the real note's audio.
"""

import numpy as np
import torch

from ..instrument.anchors import load
from ..instrument.codec import KEYS
from ..instrument.complete import decoder, importance
from ..instrument.encode import stored
from ..instrument.ridge import RidgeDelta
from ..measure import slot_error
from ..nets.layout import ANCHORS
from ..shipping.shipped import Models
from .resample import resampled
from .tables import audio, mel_distance, render, show

MIDDLE = ANCHORS.index((64, 80))


def distance_class(anchor):
    key, velocity = ANCHORS[anchor]
    steps = abs(key - 64)
    if steps == 0:
        return "given note" if velocity == 80 else "velocity"
    return "7–18" if steps <= 18 else ">18"


CLASSES = ["velocity", "7–18", ">18"]


def main(args):
    data, models = load(), Models(args.models)
    codes = stored(data)
    train = [i for i in data.split("train") if data.sounding(i)[MIDDLE]]
    wanted = [i for i in data.split(args.split) if data.sounding(i)[MIDDLE]][: args.instruments]
    valid = torch.stack([data.sounding(i) for i in range(len(data))])
    ridge = RidgeDelta.fit(codes[train], valid[train], MIDDLE, importance(decoder()))
    names = ["copy of the given note", "nearest training instrument", "PCA + ridge delta", "shipped completion", "codec alone"]
    slots = {name: {c: [] for c in CLASSES} for name in names}
    sounds = {name: {c: [] for c in CLASSES} for name in ["resampled note", *names]}
    for number, i in enumerate(wanted):
        levels, cents = data.notes(i)
        given = codes[i : i + 1, MIDDLE]
        near = train[int(((codes[train][:, MIDDLE] - given) ** 2).sum(1).argmin())]
        known = np.zeros((1, len(ANCHORS)))
        known[0, MIDDLE] = 1
        guesses = {
            "copy of the given note": given.expand(len(ANCHORS), -1).numpy(),
            "PCA + ridge delta": ridge(given)[0].numpy(),
            "shipped completion": models.complete(codes[i : i + 1].numpy() * known[..., None], known)[0],
            "codec alone": codes[i].numpy(),
        }
        tables = {name: models.decode(code) for name, code in guesses.items()}
        near_levels, near_cents = data.notes(near)
        shift = (levels[MIDDLE].amax() - near_levels[MIDDLE].amax()).item()
        tables["nearest training instrument"] = ((near_levels + shift).numpy(), near_cents.numpy())
        true = audio(data.facts[i]) if number < args.sounds else None
        use = data.sounding(i)
        for name, (table, bend) in tables.items():
            error = slot_error(torch.from_numpy(table), levels, KEYS)
            for anchor in range(len(ANCHORS)):
                kind = distance_class(anchor)
                if use[anchor] and kind in CLASSES:
                    slots[name][kind].append(error[anchor].item())
        if true is None:
            continue
        for anchor in (ANCHORS.index(a) for a in ((24, 80), (44, 80), (54, 80), (64, 40), (64, 120), (74, 80), (94, 80))):
            if not use[anchor]:
                continue
            kind, key = distance_class(anchor), ANCHORS[anchor][0]
            for name, (table, bend) in tables.items():
                sound = render(table[anchor], bend[anchor], key, data.facts[i]["reference_db"])
                sounds[name][kind].append(mel_distance(true[anchor], sound)[0])
            sound = resampled(true[MIDDLE], 2 ** ((key - 64) / 12))
            sounds["resampled note"][kind].append(mel_distance(true[anchor], sound)[0])
    mean = lambda values: float(np.mean(values)) if values else None
    rows = [
        [name, *(mean(slots[name][c]) if name in slots else None for c in CLASSES), *(mean(sounds[name][c]) for c in CLASSES)]
        for name in sounds
    ]
    columns = [f"{c} (slots)" for c in CLASSES] + [f"{c} (log-mel)" for c in CLASSES]
    show(f"An unseen instrument from its note at key 64, velocity 80: {len(wanted)} instruments ({args.split}), dB", columns, rows)
    short = {"shipped completion": "shipped", "PCA + ridge delta": "ridge delta"}
    return "complete", {
        f"{short[name]} {column} db": value
        for name, *values in rows
        for column, value in zip(columns, values)
        if name in short and value is not None
    }
