"""The note codec on notes of unseen instruments, beside plain PCA of the same size and the analysis itself."""

import numpy as np
import torch

from ..instrument import codec_fit as cf
from ..instrument.anchors import load
from ..instrument.codec import KEYS, baseline, encoder
from ..measure import slot_error
from ..nets.layout import ANCHORS
from ..shipping.shipped import Models
from .tables import audio, mel_distance, render, show


def main(args):
    data, models, encode, plain = load(), Models(args.models), encoder(), baseline()
    instruments = data.split(args.split)[: args.instruments]
    slots, cents_error, sounds = {"plain PCA": [], "shipped": []}, [], {"analysis": [], "plain PCA": [], "shipped": []}
    by_key = {key: [] for key in sorted(set(k for k, _ in ANCHORS))}
    for number, i in enumerate(instruments):
        levels, cents = data.notes(i)
        use = data.sounding(i)
        got, got_cents = (torch.from_numpy(a) for a in models.decode(encode(levels, cents, KEYS).numpy()))
        flat = plain.decode(levels, KEYS)
        error = slot_error(got, levels, KEYS)
        slots["shipped"].append(error[use].mean().item())
        # The offsets of both are the same: principal components, coded apart.
        slots["plain PCA"].append(slot_error(flat, levels, KEYS)[use].mean().item())
        for key in by_key:
            at = use & (KEYS == key)
            if at.any():
                by_key[key].append(error[at].mean().item())
        heard = cf.offsets(levels, torch.ones_like(cents))[use]
        cents_error.append(float(((got_cents - cents)[use].abs() * heard).sum() / heard.sum().clamp(min=1)))
        true = audio(data.facts[i]) if number < args.sounds else None
        if true is None:
            continue
        got, flat, reference = got.numpy(), flat.numpy(), data.facts[i]["reference_db"]
        for anchor in (ANCHORS.index(a) for a in ((44, 80), (64, 40), (64, 120), (84, 80))):
            if use[anchor]:
                key = ANCHORS[anchor][0]
                for name, table, bend in (
                    ("analysis", levels.numpy(), cents),
                    ("plain PCA", flat, got_cents),
                    ("shipped", got, got_cents),
                ):
                    sound = render(table[anchor], bend[anchor].numpy(), key, reference)
                    sounds[name].append(mel_distance(true[anchor], sound))
    mean = {name: np.mean(values, 0) if values else (None, None) for name, values in sounds.items()}
    show(
        f"Note codec, 400 numbers a note, {len(instruments)} unseen instruments ({args.split})",
        ["slots, dB", "log-mel sustain, dB", "first 60 ms, dB"],
        [
            ["analysis alone", None, *mean["analysis"]],
            ["plain PCA of the same size", np.mean(slots["plain PCA"]), *mean["plain PCA"]],
            ["shipped codec", np.mean(slots["shipped"]), *mean["shipped"]],
        ],
    )
    show("Shipped codec by key, slots dB", [str(k) for k in by_key], [["error", *(np.mean(v) for v in by_key.values())]])
    print(f"\nfrequency offsets: {np.mean(cents_error):.2f} cents mean error over heard partials")
    figures = {"slots db": np.mean(slots["shipped"]), "plain pca slots db": np.mean(slots["plain PCA"])}
    for name, pair in mean.items():
        if pair[0] is not None:
            figures |= {f"{name} log-mel sustain db": pair[0], f"{name} log-mel first 60 ms db": pair[1]}
    return "codec_decoder", figures | {"offsets cents": np.mean(cents_error)}
