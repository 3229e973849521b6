"""Songs of known tempo, beats, bars, key and chords: `mma` arranges them, a SoundFont plays them."""

import json
import math
import os
import random
import subprocess
import tempfile
from pathlib import Path

import mido
import numpy as np
import soundfile

from ...data.paths import data_root
from . import grooves, harmony

RATE = 44_100
SECONDS = 30.0
_SOUNDS = Path("/usr/share/sounds")
# Nothing is tuned on a test font. FluidR3 and MuseScore's have the same ancestors, so both are for tests.
FONTS = {
    "training": ("sf2/TimGM6mb.sf2", "sf2/TimGM6mb.sf2", "sf2/OPL-3_FM_128M.sf2"),
    "validation": ("sf2/TimGM6mb.sf2", "sf2/TimGM6mb.sf2", "sf2/OPL-3_FM_128M.sf2"),
    "test": ("sf2/FluidR3_GM.sf2", "sf2/FluidR3_GM.sf2", "sf2/sf_GMbank.sf2"),
}
_MELODY_PROGRAMS = (0, 11, 24, 26, 40, 56, 60, 65, 68, 71, 73, 79, 22, 4)
_MELODY_CHANNEL = 11


def folder(split):
    return data_root() / "songs" / split


def make(split, count):
    """Names of the first `count` songs of a split; makes those that aren't there yet. Each is
    NAME.flac and NAME.json."""
    folder(split).mkdir(parents=True, exist_ok=True)
    made, number = [], 0
    while len(made) < count:
        name = f"{number:04}"
        refused = folder(split) / f"{name}.refused"
        if not (folder(split) / f"{name}.json").exists() and not refused.exists():
            try:
                _one(split, name)
            except (subprocess.CalledProcessError, ValueError) as fault:
                refused.write_text(str(fault))
        if not refused.exists():
            made.append(name)
        number += 1
    return made


def truth(split, name):
    return json.loads((folder(split) / f"{name}.json").read_text())


def _one(split, name):
    rng = random.Random(f"song {split} {name}")
    song(rng, grooves.draw(split, rng), FONTS[split], folder(split), name)


def song(rng, groove, fonts, folder, name, seconds=SECONDS, change=None, pitched=True, known=None):
    """Makes NAME.flac and NAME.json in a folder: a groove as `grooves.draw` gives it, on one of some fonts. `change` may change
    the MIDI file before it is played; if nothing then is `pitched`, there is no key and no chord. What is `known` isn't drawn:
    felt beats a minute, drift (a share), where in it the sound begins (s)."""
    metre, beats_a_bar, unit, groove = groove
    felt = 50 * (220 / 50) ** rng.random()
    if metre == "6/8":  # two beats a bar
        felt = 40 * (130 / 40) ** rng.random()
    felt = known[0] if known else felt
    bar_seconds = beats_a_bar / unit * 60 / felt
    bars = math.ceil((seconds + 8) / bar_seconds)
    tonic, mode, chords = harmony.progression(rng, bars, beats_a_bar, unit)
    with tempfile.TemporaryDirectory() as place:
        source, midi, wav = (Path(place) / n for n in ("song.mma", "song.mid", "song.wav"))
        source.write_text(_source(rng, felt * unit, groove, chords, bars))
        _run(["mma", "-f", str(midi), str(source)], place)
        file = mido.MidiFile(midi)
        if rng.random() < 0.6:
            _add_melody(rng, file, harmony.melody(rng, chords, beats_a_bar, bars, tonic, mode))
        drift = rng.choice((0.0, 0.0, 0.0, 0.03))
        drift = known[1] if known else drift
        times = _set_tempo(rng, file, felt * unit, drift, bars * beats_a_bar)
        if change:
            change(file)
        file.save(midi)
        font = rng.choice(fonts)
        _play(_SOUNDS / font, midi, wav)
        start = rng.uniform(0.2, 3.0)
        start = known[2] if known else start
        played = programs(file, start, start + seconds)
        sound, rate = soundfile.read(wav, start=int(start * RATE), frames=int(seconds * RATE), dtype="float32")
    peak = float(np.abs(sound).max())
    if rate != RATE or len(sound) < 20 * RATE or peak < 1e-3:
        raise ValueError("too short or too quiet")
    end = start + len(sound) / RATE
    beats = [t - start for t in times[::unit]]
    bars_at = [t - start for t in times[::beats_a_bar]]
    inside = lambda list_: [round(t, 4) for t in list_ if 0 <= t < end - start]
    spans = [(times[bar * beats_a_bar + beat] - start, root, quality, bass) for bar, beat, root, quality, bass in chords]
    beats_in = inside(beats)
    fact = dict(
        groove=groove, font=font, programs=played, metre=metre, drift=drift, tonic=tonic, mode=mode,
        tempo=round(float(60 / np.median(np.diff(beats_in))), 3), beats=beats_in, downbeats=inside(bars_at),
        chords=[
            dict(start=round(max(at, 0.0), 4), end=round(min(to, end - start), 4), label=harmony.label(root, quality), bass=bass)
            for (at, root, quality, bass), to in zip(spans, [s[0] for s in spans[1:]] + [end - start])
            if to > 0 and at < end - start
        ],
    )
    if not pitched:
        fact |= dict(tonic=None, mode=None, chords=None)
    soundfile.write(folder / f"{name}.flac", sound / max(peak, 0.5) * 0.9, RATE)
    part = folder / f"{name}.json.part"
    part.write_text(json.dumps(fact))
    os.replace(part, folder / f"{name}.json")


def programs(file, start, end):
    """{General MIDI program, or "drums": share of all that sounds} between two moments (s)."""
    program, volume, sounding, found, now = {}, {}, {}, {}, 0.0
    for message in file:
        now += message.time
        if message.type == "program_change":
            program[message.channel] = message.program
        elif message.type == "control_change" and message.control == 7:
            volume[message.channel] = message.value
        elif message.type in ("note_on", "note_off"):
            at = message.channel, message.note
            if at in sounding:
                since, loud, which = sounding.pop(at)
                length = max(min(now, end) - max(since, start), 0.0)
                found[which] = found.get(which, 0.0) + min(length, 1.0) * loud
            if message.type == "note_on" and message.velocity:
                channel = message.channel
                which = "drums" if channel == 9 else str(program.get(channel, 0))
                loud = (message.velocity / 127) ** 2 * (volume.get(channel, 100) / 127) ** 2
                sounding[at] = now, loud, which
    total = sum(found.values())
    return {which: round(share / total, 4) for which, share in sorted(found.items()) if share > 0} if total else {}


def _source(rng, tempo, groove, chords, bars):
    by_bar = {}
    for bar, beat, *chord in chords:
        by_bar.setdefault(bar, []).append((beat, harmony.written(*chord)))
    lines = [f"RndSeed {rng.randrange(10**6)}", f"Tempo {tempo:.3f}", f"Groove {groove}"]
    for bar in range(bars):
        marks = [name if beat == 0 else f"{name}@{beat + 1}" for beat, name in by_bar[bar]]
        lines.append(f"{bar + 1} {' '.join(marks)}")
    return "\n".join(lines) + "\n"


def _run(command, place):
    subprocess.run(command, cwd=place, check=True, capture_output=True, timeout=600)


def _play(font, midi, wav):
    command = ["fluidsynth", "-ni", "-q", "-g", "0.5", "-r", str(RATE), "-F", str(wav), str(font), str(midi)]
    _run(command, midi.parent)


def _add_melody(rng, file, notes):
    track, now = mido.MidiTrack(), 0
    channel = _MELODY_CHANNEL
    track.append(mido.Message("program_change", channel=channel, program=rng.choice(_MELODY_PROGRAMS)))
    track.append(mido.Message("control_change", channel=channel, control=7, value=rng.randrange(70, 115)))
    events = []
    for start, length, key in notes:
        late = rng.gauss(0, 0.01)
        begin = max(round((start + late) * file.ticks_per_beat), 0)
        events += [(begin, 1, key, rng.randrange(70, 115)), (begin + round(length * file.ticks_per_beat), 0, key, 0)]
    for tick, on, key, velocity in sorted(events):
        kind = "note_on" if on else "note_off"
        track.append(mido.Message(kind, channel=channel, note=key, velocity=velocity, time=tick - now))
        now = tick
    file.tracks.append(track)


def _set_tempo(rng, file, tempo, drift, beats):
    """Replaces the file's tempo by one that swings slowly by ± `drift`; times of the beats, s."""
    for track in file.tracks:
        now, kept = 0, []
        for message in track:
            now += message.time
            if message.type != "set_tempo":
                kept.append((now, message))
        track.clear()
        before = 0
        for at, message in kept:
            track.append(message.copy(time=at - before))
            before = at
    wave, turn = rng.uniform(15, 40), rng.uniform(0, 2 * math.pi)
    conductor, times, now, last, since = mido.MidiTrack(), [], 0.0, None, 0
    for beat in range(beats + 1):
        times.append(now)
        here = tempo * (1 + drift * math.sin(turn + 2 * math.pi * now / wave))
        micros = round(60e6 / here)
        # fluidsynth loses up to a millisecond at each of these.
        if micros != last:
            conductor.append(mido.MetaMessage("set_tempo", tempo=micros, time=since))
            last, since = micros, 0
        since += file.ticks_per_beat
        now += micros / 1e6
    file.tracks.insert(0, conductor)
    return times
