"""`python -m training.evaluate drums [--files N]`: strokes of drums written down, held against those played.

Kits, grooves and the soundfont of the band are none of those trained on. Each song is heard as drums alone and within the band
(equally loud); grooves by `mma`, and parts with fills, rolls and percussion, that no arranger wrote. Ours is `consort transcribe`
($CONSORT names the command); beside it stands the rise of the level in a band of frequencies for each of kick, snare and hi-hat,
with thresholds chosen on the validation split. Scored by mir_eval, within 50 ms. Needs `training.drums.hearing.strokes`.
"""

import json
import os
import random
import subprocess
import tempfile

import numpy as np
import soundfile

from ..data.note_model import SAMPLE_RATE
from ..drums.hearing import patterns, songs, strokes
from ..drums.hearing.classes import CLASS_OF, COUNT, NAMES
from ..drums.hearing.mel import drum_mel
from ..drums.hearing.mixing import Player, loudness
from ..drums.hearing.peaks import best_thresholds, counts, f1, pick
from .tables import show

_BASELINE_BANDS = {"kick": slice(0, 6), "snare": slice(14, 45), "closed hat": slice(62, 80)}
TEXTURES = ("drums alone", "drums in a band", "fills and percussion alone", "fills and percussion in a band")


def ours(path):
    """[(seconds, piece, velocity)] by `consort transcribe`."""
    with tempfile.TemporaryDirectory() as place:
        command = [os.environ.get("CONSORT", "consort"), "transcribe", str(path), "--out", f"{place}/x.mid", "--json"]
        told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return [(stroke["start"], CLASS_OF[stroke["key"]], stroke["velocity"] / 127) for stroke in told["drums"]]


def rises(sound):
    """Rises of the level in bands, as onsets [12, frames]; of other pieces nothing is known."""
    mel = drum_mel(sound)
    rise = np.maximum(np.diff(mel, axis=1, prepend=mel[:, :1]), 0)
    onsets = np.zeros((COUNT, mel.shape[1]), np.float32)
    for name, bands in _BASELINE_BANDS.items():
        flux = rise[bands].mean(0)
        onsets[NAMES.index(name)] = flux / (flux.max() + 1e-9)
    return onsets


def examples(split, count):
    """(texture, sound, strokes played) of songs and kits of a split."""
    kits = [strokes.read(kit) for kit in strokes.kits(split)]
    for number, name in enumerate(songs.make(split, count)):
        rng = random.Random(f"drum evaluation {split} {name}")
        band, arranged = songs.read(split, name)
        band = band.astype(np.float32) / loudness(band.astype(np.float32))
        kit = kits[number % len(kits)]
        for texture, hits in zip(TEXTURES[::2], (arranged, patterns.draw(rng, songs.SECONDS))):
            sound, played = Player(kit, rng, vary=False).play(hits, songs.SECONDS)
            if played:
                sound = sound / loudness(sound)
                yield texture, sound, played
                yield TEXTURES[TEXTURES.index(texture) + 1], sound + band, played


def scored(split, count, thresholds):
    """{listener: {texture: counts [12, 3]}}, and the error of velocities as a share of full scale."""
    heard = {"consort transcribe": {}, "rise of bands": {}}
    errors = []
    with tempfile.TemporaryDirectory() as place:
        for texture, sound, played in examples(split, count):
            path = f"{place}/sound.wav"
            soundfile.write(path, sound / np.abs(sound).max() * 0.8, SAMPLE_RATE)
            onsets = rises(sound)
            for name, found in (("consort transcribe", ours(path)), ("rise of bands", pick(onsets, onsets, thresholds))):
                heard[name][texture] = heard[name].get(texture, 0) + counts(found, played)
                if name == "consort transcribe":
                    errors += _velocity_errors(found, played)
    return heard, float(np.mean(errors)) if errors else float("nan")


def _velocity_errors(found, played):
    near = {}
    for when, piece, velocity in played:
        near.setdefault(piece, []).append((when, velocity))
    for when, piece, velocity in found:
        then, true = min(near.get(piece, [(9e9, 0)]), key=lambda other: abs(other[0] - when))
        if abs(then - when) < 0.03:
            yield abs(velocity - true)


def main(args):
    chosen = [(onsets, onsets, played) for _, sound, played in examples("validation", 16) for onsets in [rises(sound)]]
    thresholds, _ = best_thresholds(chosen, np.arange(0.02, 0.9, 0.04))
    heard, error = scored(args.split, args.files, thresholds)
    rows = []
    for listener, textures in heard.items():
        for texture in TEXTURES:
            total = textures[texture]
            rows.append((f"{texture}: {listener}", f1(total.sum(0)), *f1(total)))
    show(f"Strokes, F1 ({args.split}, {args.files} songs)", ["all", *NAMES], rows)
    print(f"velocity: off by {error:.3f} of full scale on average")
    all_of = {texture: float(f1(total.sum(0))) for texture, total in heard["consort transcribe"].items()}
    return "drum_hearing", {f"F1 {texture}": value for texture, value in all_of.items()}
