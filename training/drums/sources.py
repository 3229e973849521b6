"""Recorded kits: General MIDI drum presets of SoundFonts, Hydrogen's kits, and CC0 one-shots.

Each gives strokes ``(key, velocity 0…1, sound at 32 kHz)`` of a kit, the hardest of a piece being its sound, softer ones
how it answers to velocity.
"""

import math
import os
import re
import xml.etree.ElementTree as tree
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import resample_poly

from ..data.dssi import NOTE_OFF, NOTE_ON
from ..data.note_model import SAMPLE_RATE
from ..data.soundfonts import SoundFont
from . import pieces
from .analyse import onset

SECONDS = 4.0
FONTS = {
    "fluid": "/usr/share/sounds/sf2/FluidR3_GM.sf2",
    "musescore": "/usr/share/sounds/sf3/MuseScore_General_Full.sf3",
    "timgm": "/usr/share/sounds/sf2/TimGM6mb.sf2",
    "opl3": "/usr/share/sounds/sf2/OPL-3_FM_128M.sf2",
}
HYDROGEN = Path(os.environ.get("CONSORT_HYDROGEN", "/usr/share/hydrogen/data/drumkits"))
ONE_SHOTS = Path(os.environ.get("CONSORT_ONE_SHOTS", "node_modules/supersonic-scsynth-samples/samples"))


@dataclass
class Kit:
    """A kit to be played: its id, its name, where it comes from, and a function that gives its strokes."""

    id: str
    name: str
    source: str
    strokes: object


def sound_of(path):
    """A sound file as mono at 32 kHz, from its onset, cut to ``SECONDS``."""
    sound, rate = soundfile.read(path, always_2d=True)
    sound = sound.mean(1)
    common = math.gcd(SAMPLE_RATE, rate)
    sound = resample_poly(sound, SAMPLE_RATE // common, rate // common) if rate != SAMPLE_RATE else sound
    return trimmed(sound)


def trimmed(sound):
    if not np.abs(sound).max() > 1e-4:
        return None
    return sound[onset(sound) :][: int(SECONDS * SAMPLE_RATE)].astype(np.float32)


def _font_strokes(font, program):
    font.select(128, program)
    for key in range(pieces.FIRST_KEY, pieces.LAST_KEY + 1):
        total, held = int(SECONDS * SAMPLE_RATE), int(1.5 * SAMPLE_RATE)
        sound = font.run(total, [(0, NOTE_ON, key, 112), (held, NOTE_OFF, key, 0)])
        font.run(64, [(0, 3, 120, 0)])
        sound = trimmed(sound)
        if sound is not None:
            yield key, 1.0, sound


def _from_fonts():
    for source, path in FONTS.items():
        if not Path(path).exists():
            print(f"{path} is missing, its kits are left out", flush=True)
            continue
        font = SoundFont(path)
        for bank, program, name in font.presets():
            # Others (marching bands, metronomes) have maps of their own.
            if bank == 128 and program <= 48:
                yield Kit(f"{source}-{program}", name, source, lambda f=font, p=program: _font_strokes(f, p))


def _hydrogen_strokes(folder):
    root = tree.fromstring(re.sub(r' xmlns="[^"]+"', "", (folder / "drumkit.xml").read_text("utf-8", "replace")))
    used = {}
    for instrument in root.iter("instrument"):
        keys = pieces.keys_of((instrument.findtext("name") or "").strip())
        key = next((k for k in keys if k not in used), None)
        layers = [(float(l.findtext("max") or 1), l.findtext("filename")) for l in instrument.iter("layer")]
        layers = sorted(layers) or [(1.0, instrument.findtext("filename"))]
        files = [(v, folder / f) for v, f in layers if f and (folder / f).exists()]
        if key is None or not files:
            continue
        used[key] = True
        chosen = files if len(files) <= 5 else [files[round(i * (len(files) - 1) / 4)] for i in range(5)]
        for velocity, path in chosen:
            sound = sound_of(path)
            if sound is not None:
                yield key, 1.0 if path == chosen[-1][1] else velocity, sound


def _from_hydrogen():
    for folder in sorted(HYDROGEN.glob("*/drumkit.xml")):
        name = folder.parent.name
        yield Kit(f"hydrogen-{re.sub('[^a-z0-9]+', '-', name.lower())}", name, "hydrogen", lambda f=folder.parent: _hydrogen_strokes(f))


_SHOTS = {
    "bd_": 36, "sn_": 38, "hat_": 42, "ride_": 51, "elec_snare": 38, "elec_filt_snare": 38, "elec_hi_snare": 40, "elec_lo_snare": 38, "elec_mid_snare": 38,
    "elec_hollow_kick": 36, "elec_soft_kick": 36, "elec_fuzz_tom": 45, "elec_cymbal": 49, "elec_triangle": 81, "elec_wood": 76, "elec_bong": 61,
    "elec_tick": 37, "elec_pop": 75, "drum_bass": 36, "drum_heavy_kick": 36, "drum_cowbell": 56, "drum_cymbal_closed": 42, "drum_cymbal_open": 46,
    "drum_cymbal_pedal": 44, "drum_cymbal": 49, "drum_snare": 38, "drum_splash": 55, "drum_tom_hi": 50, "drum_tom_mid": 47, "drum_tom_lo": 43,
    "perc_bell": 56, "perc_snap": 39, "tabla_ghe": 64, "tabla_na": 60, "tabla_ke": 62, "tabla_te": 62, "tabla_tun": 61, "tabla_tas": 60, "tabla_re": 61,
}  # fmt: skip
_ACOUSTIC_SHOTS = ("drum_", "bd_jazz")


def _shot_strokes(paths):
    for path in paths:
        prefix = max((p for p in _SHOTS if path.stem.startswith(p)), key=len)
        soft = path.stem.endswith("_soft")
        sound = sound_of(path)
        if sound is not None:
            yield _SHOTS[prefix], 0.4 if soft else 1.0, sound


def _from_shots():
    paths = [p for p in sorted(ONE_SHOTS.glob("*.flac")) if any(p.stem.startswith(s) for s in _SHOTS)]
    acoustic = [p for p in paths if p.stem.startswith("drum_")]
    if acoustic:
        yield Kit("shots-acoustic", "Acoustic drums", "shots", lambda: _shot_strokes(acoustic))
    # Single sounds that belong to no kit: each is a kit of one piece, under its own name.
    for path in paths:
        if path not in acoustic:
            yield Kit(f"shots-{path.stem}", path.stem.replace("_", " "), "shots", lambda p=path: _shot_strokes([p]))


def kits():
    """All recorded kits that are installed."""
    yield from _from_hydrogen()
    yield from _from_shots()
    yield from _from_fonts()
