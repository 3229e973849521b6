"""Quality of instruments: what a musician would hear, measured on unseen instruments beside what is real.

`python -m training.evaluate instruments [PART ...]`; without parts, all but the pitch (`cargo xtask evaluate pitch`) and
the times (`cargo xtask measure`). Instruments are made and played by the release build of `consort` (or `CONSORT`).
"""

import json
import time
from functools import cached_property
from pathlib import Path

import numpy as np

from ...data import ceiling as analysis
from ...data import dataset
from ...data.paths import data_root
from ..tables import show
from . import adherence, attributes, banks, from_sound, heard, likeness, ridge_delta
from .embedding import Discriminant, speaker_part
from .generated import Consort


class Trained:
    """The training instruments: their packed notes and their fingerprints."""

    def __init__(self, root):
        self.split = dataset.load(root, "train")
        marks = [root / "facts" / f"{fact['id']}.npz" for fact in self.split.instruments]
        self.prints = np.array([np.load(mark)["fingerprint"] for mark in marks], np.float32)


class Shared:
    """What several parts need, made when the first of them asks for it."""

    def __init__(self, args):
        self.args, self.root = args, data_root()
        self.split = dataset.load(self.root, args.split)
        self.consort = Consort(args.models)

    @cached_property
    def indices(self):
        return heard.chosen(self.split, self.args.instruments)

    @cached_property
    def real(self):
        return heard.real(self.split, self.indices)

    @cached_property
    def twins(self):
        """One generated instrument for each real one, by one of its captions."""
        return heard.twins(self.consort, self.split, self.indices)

    @cached_property
    def draws(self):
        """Instruments of adjective and family, in several seeds."""
        return heard.generated(self.consort, *adherence.prompts(self.args.seeds))

    @cached_property
    def pool(self):
        return banks.unseen(self.root / "banks")

    @cached_property
    def space(self):
        return {"discriminant": Discriminant(*self.pool.notes()), "speaker encoder": speaker_part}

    @cached_property
    def trained(self):
        return Trained(self.root)


def _consistency(shared):
    shares = likeness.consistency(shared.space, shared.real, shared.twins, "five keys, three velocities")
    return [["consistency (discriminant / speaker encoder)", likeness.both_of(shares), None, 1.0, "≥ 1.0"]]


def _keyboard(shared):
    real, ours = heard.keyboards(shared.consort, shared.split, shared.args.keyboards)
    shares = likeness.consistency(shared.space, real, ours, "all 88 keys")
    return [["consistency over 88 keys (discriminant / speaker encoder)", likeness.both_of(shares), None, 1.0, ""]]


def _distribution(shared):
    shares = likeness.distribution(shared.space, shared.real, shared.twins)
    return [["Fréchet distance to real / real to real", likeness.both_of(shares), None, 1.0, ""]]


def _copies(shared):
    near = likeness.copies(shared.trained.prints, shared.real, shared.twins)
    return [["nearest training instrument, median dB", np.median(near["ours"]), None, np.median(near["real"]), "> 2"]]


def _adherence(shared):
    found = adherence.main(shared.pool, shared.real, shared.draws)
    best = max(found["judge_on_unseen_banks"], found["judge_on_held_out"])
    return [
        ["adherence: judged right", found["right"], None, best, ""],
        ["adherence: as a share of the judge's accuracy on real notes", found["right"] / best, None, 1.0, "≥ 0.85"],
    ]


def _diversity(shared):
    shares = likeness.diversity(shared.real, shared.draws)
    return [["diversity: seeds of a prompt / real instruments of its family", np.mean(list(shares.values())), None, 1.0, "0.3–1.0"]]


def _attributes(shared):
    found = attributes.main(shared.args, shared.consort)
    rows = [[f"attributes: {pair}", share, None, None, "≥ 0.95"] for pair, share in found["pairs"].items()]
    return [*rows, ["attributes: all pairs", found["share"], None, None, "≥ 0.95"]]


def _sound(shared):
    baseline = ridge_delta.Baseline(shared.args.models) if ridge_delta.HAS_TORCH else None
    found = from_sound.main(shared.args, shared.consort, shared.split, shared.trained, baseline)
    goals = {"≤ 6": "≤ 4.5", "7–18": "≤ 6.5", "> 18": "≤ 7.5"}
    ours, baseline = found["ours"], found["resampled note"]
    rows = [
        [f"sound to instrument, {kind} semitones, {part}, dB (baseline: the note resampled)", ours[kind][at], baseline[kind][at], None, goal]
        for kind, goal in goals.items()
        for at, part in enumerate(("sustain", "first 60 ms"))
    ]
    rows += [[f"sustain variation {name}, as a share of the true one", found[name], None, 1.0, "0.8–1.2"] for name in ("over time", "along harmonics")]
    return [*rows, ["key found in the sound", found["key found"], None, None, ""]]


def _ceiling(shared):
    results = analysis.measure(shared.root, min(shared.args.sounds, 24))
    print("\nAnalysis and rendering alone, mean |Δ log-mel| in dB\n\n" + "\n".join(analysis.table(results)), flush=True)
    notes = [note for _, notes in results for note in notes]
    return [[f"ceiling: {part}, dB", np.mean([note[at] for note in notes]), None, None, ""] for at, part in ((1, "sustain"), (2, "first 60 ms"))]


def _size(shared):
    folder = Path(shared.args.models)
    models = json.loads((folder / "manifest.json").read_text())["models"]
    # The sound encoder finds instruments, it makes none.
    names = [model["file"] for model in models if model["task"] != "sound_encoder"]
    return [["size of the instrument models, MB", sum((folder / name).stat().st_size for name in names) / 1e6, None, None, "≤ 40"]]


PARTS = dict(
    attributes=_attributes, consistency=_consistency, keyboard=_keyboard, distribution=_distribution, copies=_copies, adherence=_adherence,
    diversity=_diversity, sound=_sound, ceiling=_ceiling, size=_size,
)  # fmt: skip


def main(args):
    print(f"{args.split} split: {args.instruments} instruments, {args.seeds} and {args.pair_seeds} seeds, {args.sounds} sounds, {args.keyboards} keyboards")
    shared, rows = Shared(args), []
    for part in args.parts or PARTS:
        started = time.time()
        rows += PARTS[part](shared)
        print(f"\n({part}: {time.time() - started:.0f} s)", flush=True)
    show(f"Instruments ({args.split} split)", ["ours", "baseline", "real", "goal"], rows)
    return None, {name: figure for name, figure, *_ in rows}
