"""More keys of held-out instruments: `python -m training.instrument.extra_keys [--instruments 60] [--whole 8] [--validation]`.

Plays keys near the given one (and, of the first few instruments, all 88 keys) as `training.data.render` played the anchors,
and keeps them in `extra/ID.flac` and `ID.json` under the data folder. Of validation instruments, to choose settings by,
the anchors at the same velocity too: `training.data.render` keeps the sound of test instruments only. Resumable.
"""

import argparse
import json
import random
import time

import numpy as np
import soundfile

from ..data import dataset, log_mel
from ..data import note_model as nm
from ..data.general_midi import KEEPS_TONE, SOUNDFONTS
from ..data.making import write_audio
from ..data.paths import data_root
from ..data.playing import play
from ..data.soundfonts import velocity_tilt
from ..data.sources import all_sources
from ..evaluate.tables import audio

GIVEN, VELOCITY = 64, 80
NEAR = (60, 67, 70)
ANCHORS = (24, 44, 54, 74, 84, 94)
PIANO = range(21, 109)
SAME_DB = 3.0
"""A synth may not play a note twice in the same way (free oscillators); by more than this it is left out."""


def chosen(split, most):
    """Instruments with a pitch and a given note, in a fixed order."""
    kept = [fact["split"] != "test" or "scales" in fact for fact in split.instruments]
    able = [i for i, fact in enumerate(split.instruments) if fact["pitched"] and kept[i] and split.valid[i][nm.MIDDLE_ANCHOR]]
    able.sort(key=lambda i: random.Random(split.instruments[i]["id"]).random())
    return able[:most]


def _play(synth, preset, shift, keys):
    tilted = preset.source in SOUNDFONTS and preset.program[1] not in KEEPS_TONE
    sounds = []
    for key in keys:
        inside = 0 <= key - shift <= 127
        sound = play(synth, key - shift, VELOCITY) if inside else np.zeros(int(nm.NOTE_SECONDS * nm.SAMPLE_RATE), np.float32)
        sounds.append(velocity_tilt(sound, key - shift, VELOCITY) if tilted else sound)
    return np.array(sounds)


def make(sources, presets, fact, keys, folder):
    """Plays and writes one instrument; returns how far its given note is from the one that was kept, or played a moment
    before, in dB."""
    source, preset = sources[fact["source"]], presets[fact["id"]]
    kept = audio(fact)
    if kept is None:
        keys = (GIVEN, *keys, *ANCHORS)
    sounds = _play(source.select(preset), preset, fact["shift"], (GIVEN, *keys))
    apart = log_mel.distance(sounds[1] if kept is None else kept[nm.MIDDLE_ANCHOR], sounds[0])[0]
    if apart < SAME_DB:
        scales = write_audio(folder / f"{fact['id']}.flac", sounds[1:])
        (folder / f"{fact['id']}.json").write_text(json.dumps(dict(keys=list(keys), scales=scales)))
    return apart


def notes(split, i):
    """The given note of an instrument, and {key: true note} of others at the same velocity."""
    near, kept = read(split.instruments[i]), audio(split.instruments[i])
    sounding = [key for key in ANCHORS if split.valid[i][nm.ANCHORS.index((key, VELOCITY))]]
    at = (lambda key: near[key]) if kept is None else (lambda key: kept[nm.ANCHORS.index((key, VELOCITY))])
    return at(GIVEN), {key: near[key] for key in NEAR} | {key: at(key) for key in sounding}


def read(fact):
    """{key: sound} of the extra notes of an instrument, or None."""
    path = data_root() / "extra" / f"{fact['id']}.json"
    if not path.exists():
        return None
    saved = json.loads(path.read_text())
    sound, _ = soundfile.read(path.with_suffix(".flac"), dtype="float32")
    sounds = sound.reshape(len(saved["keys"]), -1) * np.array(saved["scales"], np.float32)[:, None]
    return dict(zip(saved["keys"], sounds))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--instruments", type=int, default=60)
    parser.add_argument("--whole", type=int, default=8, help="so many of them with all 88 keys")
    parser.add_argument("--validation", action="store_true", help="of validation instruments")
    options = parser.parse_args()
    folder = data_root() / "extra"
    (folder / "cache").mkdir(parents=True, exist_ok=True)
    split, sources, started = dataset.load(data_root(), "validation" if options.validation else "test"), all_sources(folder / "cache"), time.time()
    presets = {preset.id: preset for source in sources.values() for preset in source.presets()}
    for number, i in enumerate(chosen(split, options.instruments)):
        fact = split.instruments[i]
        if not (folder / f"{fact['id']}.json").exists():
            apart = make(sources, presets, fact, PIANO if number < options.whole and not options.validation else NEAR, folder)
            print(f"{number + 1}: {fact['id']}, played again {apart:.1f} dB apart, {time.time() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main()
