"""An unseen instrument from one of its notes: error to its true notes by distance from that note, beside what else one
could do; and whether the sustain moves as much as the true one.

The given note goes the user's way: a sound file, found and analysed by `consort`. The error is mean |Δ log-mel| in dB of
the sustain and of the first 60 ms, the loudness of the given note being the same.
"""

import tempfile
from pathlib import Path

import numpy as np
import soundfile

from ...data import log_mel, near_duplicates
from ...data import note_model as nm
from ...instrument import extra_keys as extra
from ..resample import resampled
from ..tables import render, show
from . import ridge_delta

SECONDS = 2.2
WRONG_KEY = 0.5
_SUSTAIN = (nm.TIME_GRID > 0.56) & (nm.TIME_GRID < 2.9)
_WHOLE = [4 * harmonic - 1 for harmonic in range(1, 9)] + list(range(nm.SLOTS, nm.SLOTS + 12))  # harmonics 1 to 20


def distance_class(key):
    steps = abs(key - extra.GIVEN)
    return "≤ 6" if steps <= 6 else "7–18" if steps <= 18 else "> 18"


CLASSES = ("≤ 6", "7–18", "> 18")


def motion(levels):
    """How much the partials of a note's sustain move from frame to frame (apart from a steady decay), and how uneven its
    harmonics are, both in dB; None where nothing is left of it."""
    sustain = np.asarray(levels[: nm.PARTIAL_ROWS, _SUSTAIN], np.float64)
    mean = 10 * np.log10((10 ** (sustain / 10)).mean(1))
    strong = mean > max(mean.max() - 35.0, nm.FLOOR_DB + 5)
    steps = np.diff(np.maximum(sustain[strong], mean.max() - 50.0))
    over_time = np.abs(steps - steps.mean(1, keepdims=True)).mean(1)
    along = [abs(mean[a] - mean[b]) for a, b in zip(_WHOLE, _WHOLE[1:]) if strong[a] and strong[b]]
    return [float(np.mean(values)) if len(values) else None for values in (over_time, along)]


def _nearest(split, trained, number):
    """The training instrument whose note at the given key is most like the given one."""
    cells = slice(400, 800)  # the fingerprint's part of key 64
    mark = near_duplicates.fingerprint(split.levels[number].astype(np.float32), split.valid[number])
    return int(near_duplicates.distances(mark[None, cells].astype(np.float32), trained.prints[:, cells]).argmin())


def _loudness(sound):
    return np.sqrt((np.asarray(sound[: int(2 * nm.SAMPLE_RATE)], np.float64) ** 2).mean()) + 1e-9


def _one(consort, split, i, trained, baseline, path):
    """{class: {name: [(sustain, attack)]}} and the motions of one instrument; the key that was heard."""
    fact = split.instruments[i]
    given, true = extra.notes(split, i)
    soundfile.write(path, given / np.abs(given).max() * 0.9, nm.SAMPLE_RATE, subtype="FLOAT")
    keys = list(true)
    made = consort([(key, extra.VELOCITY) for key in (extra.GIVEN, *keys)], seconds=SECONDS, levels=True, sound=str(path), sound_key=extra.GIVEN)
    consort([], sound=str(path))
    heard = consort.sound_key
    ours = _loudness(given) / _loudness(made[0].sound)
    other = _nearest(split, trained, i)
    levels, cents = (trained.split.levels[other].astype(np.float32), trained.split.cents[other].astype(np.float32))
    other_given = render(levels[nm.MIDDLE_ANCHOR], cents[nm.MIDDLE_ANCHOR], extra.GIVEN, 0.0, nm.NOTE_SECONDS)
    theirs = _loudness(given) / _loudness(other_given)
    guessed = baseline and baseline.instrument(fact)
    regressed = baseline and _loudness(given) / _loudness(ridge_delta.note(guessed, extra.GIVEN, extra.VELOCITY))
    errors, motions = {c: {} for c in CLASSES}, []
    for key, note in zip(keys, made[1:]):
        ratio = 2 ** ((key - extra.GIVEN) / 12)
        neighbour = resampled(other_given, ratio) if key in extra.NEAR else None
        if neighbour is None:
            at = nm.ANCHORS.index((key, extra.VELOCITY))
            neighbour = render(levels[at], cents[at], key, 0.0)
            motions.append((motion(note.levels), motion(split.levels[i][at].astype(np.float32))))
        guesses = {"ours": note.sound * ours, "resampled note": resampled(given, ratio), "nearest training instrument": neighbour * theirs}
        if baseline:
            guesses["PCA + ridge delta"] = ridge_delta.note(guessed, key, extra.VELOCITY) * regressed
        for name, sound in guesses.items():
            errors[distance_class(key)].setdefault(name, []).append(log_mel.distance(true[key], sound))
    return errors, motions, heard


def main(args, consort, split, trained, baseline):
    chosen = [i for i in extra.chosen(split, len(split.instruments)) if extra.read(split.instruments[i])][: args.sounds]
    if not chosen:
        raise SystemExit("True notes near the given one are missing: run python -m training.instrument.extra_keys.")
    every, motions, heard = {c: {} for c in CLASSES}, [], []
    with tempfile.TemporaryDirectory() as folder:
        for number, i in enumerate(chosen):
            errors, moved, key = _one(consort, split, i, trained, baseline, Path(folder) / "given.wav")
            motions += moved
            heard.append(key)
            for kind in CLASSES:
                for name, pairs in errors[kind].items():
                    every[kind].setdefault(name, []).extend(pairs)
            if number % 20 == 19:
                print(f"{number + 1} of {len(chosen)} sounds", flush=True)
    mean = {kind: {name: np.mean(pairs, 0) for name, pairs in every[kind].items()} for kind in CLASSES}
    rows = [[name, *(mean[kind][name][part] for part in (0, 1) for kind in CLASSES)] for name in mean[CLASSES[0]]]
    columns = [f"{kind}{part}" for part in ("", ", first 60 ms") for kind in CLASSES]
    show(f"Sound to instrument, {len(chosen)} unseen instruments, dB by semitones from the given note", columns, rows)
    time, along = ([(a[part], b[part]) for a, b in motions if a[part] is not None and b[part] is not None] for part in (0, 1))
    rows = [[name, *np.mean(pairs, 0), np.mean(pairs, 0)[0] / np.mean(pairs, 0)[1]] for name, pairs in (("over time", time), ("along harmonics", along))]
    show("Variation of the sustain, dB", ["ours", "true", "share"], rows)
    right = np.mean([abs(key - extra.GIVEN) < WRONG_KEY for key in heard])
    print(f"\nkey found in the sound: right {right:.2f}, another octave {np.mean([_octave(key) for key in heard]):.2f}")
    by_name = {name: {kind: mean[kind][name] for kind in CLASSES} for name in mean[CLASSES[0]]}
    return by_name | {name: share for name, *_, share in rows} | {"key found": float(right)}


def _octave(key):
    off = abs(key - extra.GIVEN) % 12
    return abs(key - extra.GIVEN) > WRONG_KEY and min(off, 12 - off) < WRONG_KEY
