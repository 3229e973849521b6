"""Plays the notes of all instruments: `python -m training.timbre.mixes.render [--workers N] [--limit N]` (resumable, an hour of two cores).

Under ``$CONSORT_DATA``: ``mix-notes/ID.flac``, all notes of an instrument one after the other, each at full scale and cut where it
has died away; ``ID.json``, what it is and where its notes begin; ``ID.npy``, its fingerprint, by which near-duplicates are told.
Instruments of the three roles come first where their names tell.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import soundfile

from ...data import families, near_duplicates
from ...data import note_model as nm
from ...data.analyse import analyse
from ...data.descriptors import describe, harmonic_share
from ...data.general_midi import KEEPS_TONE, SOUNDFONTS
from ...data.making import Unusable, draw
from ...data.pack import sounds_on_key
from ...data.paths import data_root
from ...data.pitch import patch_shift
from ...data.playing import play
from ...data.render import render_order, supervise, work
from ...data.soundfonts import velocity_tilt
from ...data.sources import all_sources
from . import plan

FOLDER = "mix-notes"
QUIETEST_PEAK, DIED_DB = 3e-4, -60.0
BLOCK = 320


def cut(sound):
    """A note without the silence after it: what is 60 dB below its loudest 10 ms, in whole blocks of 10 ms."""
    blocks = len(sound) // BLOCK
    loud = np.abs(sound[: blocks * BLOCK]).reshape(blocks, BLOCK).max(1)
    heard = np.flatnonzero(loud > loud.max() * 10 ** (DIED_DB / 20))
    return sound[: (heard[-1] + 1) * BLOCK] if len(heard) else sound[:BLOCK]


def _told(synth, preset, tilted):
    """(shift, whether its pitch is clear, levels, cents, validity as of the 27 anchors, of which only some are played)."""

    def note(key, velocity):
        sound = play(synth, key, velocity)
        return velocity_tilt(sound, key, velocity) if tilted else sound

    probes = [(note(*played), played[0]) for played in plan.TOLD_BY[:3]]
    loudest = max(np.abs(sound).max() for sound, _ in probes)
    if not np.isfinite(loudest) or loudest < QUIETEST_PEAK:
        raise Unusable("silent or not finite")
    found = 0 if preset.source in SOUNDFONTS else patch_shift(probes)
    shift = found or 0
    levels = np.full((len(nm.ANCHORS), nm.ROWS, nm.TIMES), nm.FLOOR_DB, np.float32)
    cents, valid = np.zeros((len(nm.ANCHORS), nm.PARTIAL_ROWS), np.float32), np.zeros(len(nm.ANCHORS), bool)
    for key, velocity in plan.TOLD_BY:
        if not 0 <= key - shift <= 127:
            continue
        sound = note(key - shift, velocity)
        if np.abs(sound).max() < QUIETEST_PEAK / 10:
            continue
        index, note_of = nm.ANCHORS.index((key, velocity)), analyse(sound, key)
        levels[index], cents[index], valid[index] = note_of.levels, note_of.cents, True
    if valid.sum() < 3:
        raise Unusable("too few notes sound")
    return shift, found is not None, levels, cents, valid


def make(source, preset, root):
    """Plays and writes one instrument; raises ``Unusable``."""
    try:
        told = _told(source.select(preset), preset, tilted := _tilted(preset))
    except Unusable:
        source.reset()
        told = _told(source.select(preset), preset, tilted := _tilted(preset))
    synth = source.select(preset)
    shift, clear, levels, cents, valid = told
    meta = dict(
        id=preset.id, source=preset.source, bank=preset.bank, name=preset.name, program=preset.program_key,
        draw=draw(preset.source, preset.name), shift=shift, clear_pitch=clear,
    )  # fmt: skip
    facts = dict(harmonic_share=harmonic_share(levels, cents, valid))
    family, noun, named = families.classify(meta, describe(levels, cents, valid), sounds_on_key(meta, facts))
    meta |= dict(family=family, noun=noun, named=named, role=plan.role_of(family))
    useful = families.useful_range(meta, family, nm.KEYS)
    sounds, notes = [], []
    for kind, key, velocity, seconds in plan.notes(preset.id, family, plan.keys_of(family, useful)):
        if not 0 <= key - shift <= 127:
            continue
        sound = play(synth, key - shift, velocity, seconds, seconds)
        sound = velocity_tilt(sound, key - shift, velocity) if tilted else sound
        peak = float(np.abs(sound).max()) if np.isfinite(sound).all() else 0.0
        if peak < QUIETEST_PEAK / 10:
            continue
        sound = cut(sound)
        sounds.append(sound * (0.99 / peak))
        notes.append([kind, key, velocity, len(sound), round(peak, 7)])
    if len(notes) < 6 or notes[0][0] != "reference":
        raise Unusable("too few notes sound")
    folder = root / FOLDER
    soundfile.write(folder / f"{preset.id}.flac", np.concatenate(sounds), nm.SAMPLE_RATE, subtype="PCM_16")
    np.save(folder / f"{preset.id}.npy", near_duplicates.fingerprint(levels, valid))
    part = folder / f"{preset.id}.json.part"
    part.write_text(json.dumps(meta | dict(notes=notes)))
    part.rename(folder / f"{preset.id}.json")


def _tilted(preset):
    return preset.source in SOUNDFONTS and preset.program[1] not in KEEPS_TONE


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="data folder (default $CONSORT_DATA or training/.data)")
    parser.add_argument("--limit", type=int, default=100_000, help="number of presets to play")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--worker", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    root, begun = data_root(options.data).absolute(), time.time()
    folder = root / FOLDER
    for each in (folder, root / "cache"):
        each.mkdir(parents=True, exist_ok=True)
    if options.worker is None:
        supervise("training.timbre.mixes.render", root, options.workers, options.limit)
        size = sum(path.stat().st_size for path in folder.iterdir())
        print(f"{len(list(folder.glob('*.json')))} instruments, {time.time() - begun:.0f} s, {size / 2**30:.2f} GiB in {folder}")
        return
    sources = all_sources(root / "cache")
    order = sorted(render_order(sources), key=lambda preset: plan.role_by_name(preset) is None)
    work(root, sources, order[: options.limit], options.worker, options.workers, make, FOLDER)


if __name__ == "__main__":
    main()
