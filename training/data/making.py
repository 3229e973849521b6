"""Makes one instrument: plays its 27 anchors, analyses them and writes the files."""

import hashlib
import re

import numpy as np
import soundfile

from . import heard, instrument_file
from . import note_model as nm
from .analyse import analyse
from .general_midi import KEEPS_TONE, SOUNDFONTS
from .pitch import patch_shift
from .playing import play
from .soundfonts import velocity_tilt

PROBE_KEYS = (54, 64, 74)
TEST_PERCENT, VALIDATION_PERCENT = 12, 8
FEWEST_NOTES = 12
QUIETEST_PEAK = 3e-4


class Unusable(Exception):
    """The preset makes no instrument; says why."""


def name_stem(name):
    """A preset's name without numbers and signs: versions of one sound share it."""
    return re.sub(r"[^a-z]+", " ", name.lower()).strip()


def draw(source, name):
    """A number in 0..100, the same for all versions of a preset: decides its split."""
    digest = hashlib.sha256(f"{source}/{name_stem(name) or name}".encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32 * 100


def hash_split(number):
    if number < TEST_PERCENT:
        return "test"
    return "validation" if number < TEST_PERCENT + VALIDATION_PERCENT else "train"


def _play_all(synth, preset):
    """The 27 notes at their keys, how far the patch was re-keyed, the shift found (or None), and ``heard``'s notes."""
    tilted = preset.source in SOUNDFONTS and preset.program[1] not in KEEPS_TONE
    cache = {}

    def note(key, velocity):
        if (key, velocity) not in cache:
            sound = play(synth, key, velocity)
            cache[key, velocity] = velocity_tilt(sound, key, velocity) if tilted else sound
        return cache[key, velocity]

    probes = [(note(key, 80), key) for key in PROBE_KEYS]
    _check(np.array([sound for sound, _ in probes]))
    if preset.source in SOUNDFONTS:
        found = 0
    else:
        found = patch_shift(probes)
    shift = found or 0
    sounds = []
    for key, velocity in nm.ANCHORS:
        played = key - shift
        sounds.append(note(played, velocity) if 0 <= played <= 127 else np.zeros(int(nm.NOTE_SECONDS * nm.SAMPLE_RATE), np.float32))
    _check(np.array(sounds))
    heard_notes = [_heard(synth, tilted, shift, *played) for played in heard.plan(preset.id)]
    return np.array(sounds), shift, found, heard_notes


def _heard(synth, tilted, shift, key, velocity, held):
    if not 0 <= key - shift <= 127:
        return np.zeros(int(heard.SECONDS * nm.SAMPLE_RATE), np.float32)
    sound = play(synth, key - shift, velocity, held, heard.SECONDS)
    return velocity_tilt(sound, key - shift, velocity) if tilted else sound


def _check(sounds):
    if not np.isfinite(sounds).all():
        raise Unusable("not finite")
    if np.abs(sounds).max() < QUIETEST_PEAK:
        raise Unusable("silent")


def write_audio(path, sounds):
    """Notes one after the other as 16-bit FLAC, each at full scale; returns their scales."""
    peaks = np.maximum(np.abs(sounds).max(1), 1e-9)
    soundfile.write(path, (sounds / peaks[:, None] * 0.99).reshape(-1), nm.SAMPLE_RATE, subtype="PCM_16")
    return [float(peak / 0.99) for peak in peaks]


def make(source, preset, root):
    """Renders, analyses and writes one instrument under ``root``; raises ``Unusable``."""
    try:
        sounds, shift, found, heard_notes = _play_all(source.select(preset), preset)
    except Unusable:
        source.reset()  # some load late, and some never recover from the preset before
        sounds, shift, found, heard_notes = _play_all(source.select(preset), preset)
    peaks = np.abs(sounds).max(1)
    valid = (peaks > peaks.max() * 1e-3) & (peaks > 1e-5)
    if valid.sum() < FEWEST_NOTES:
        raise Unusable("too few notes sound")

    levels = np.full((len(nm.ANCHORS), nm.ROWS, nm.TIMES), nm.FLOOR_DB, np.float32)
    cents = np.zeros((len(nm.ANCHORS), nm.PARTIAL_ROWS), np.float32)
    tunings = [0.0] * len(nm.ANCHORS)
    for index in np.flatnonzero(valid):
        note = analyse(sounds[index], nm.ANCHORS[index][0])
        levels[index], cents[index], tunings[index] = note.levels, note.cents, round(note.tuning, 2)
    middle = nm.MIDDLE_ANCHOR if valid[nm.MIDDLE_ANCHOR] else min(np.flatnonzero(valid), key=lambda i: abs(i - nm.MIDDLE_ANCHOR))
    reference = float(nm.total_db(levels[middle], nm.ANCHORS[middle][0]).max())
    levels[valid] = np.clip(levels[valid] - reference, nm.FLOOR_DB, nm.CEILING_DB)

    heard.write(root / "heard", preset.id, heard_notes)
    number = draw(preset.source, preset.name)
    meta = {
        "id": preset.id,
        "source": preset.source,
        "bank": preset.bank,
        "name": preset.name,
        "program": preset.program_key,
        "draw": number,
        "shift": shift,
        "clear_pitch": found is not None,
        "tunings": tunings,
        "reference_db": reference,
        "peak": float(peaks.max()),
    }
    audio = root / "audio"
    if hash_split(number) == "test":
        meta["scales"] = write_audio(audio / f"{preset.id}.flac", sounds)
    else:
        write_audio(audio / f"{preset.id}.middle.flac", sounds[middle : middle + 1])
    instrument_file.write(root / "notes", preset.id, levels.astype(np.float16), cents.astype(np.float16), valid, meta)
