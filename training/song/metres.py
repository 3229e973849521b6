"""Songs in the metres and slow tempi that the grooves of `mma` lack, to count bars over: random grooves on training SoundFonts.

`KINDS` names what there is; `make(kind, count)` gives names in the training folder of `evaluate/song`, as `making.make` does.
"""

import json
import random
import tempfile
from pathlib import Path

import mido
import numpy as np
import soundfile

from ..evaluate.song import harmony, making

TICKS, SECONDS, DRUMS = 480, 24.0, 9
KICK, SNARE, STICK, HAT, OPEN, RIDE = 36, 38, 37, 42, 46, 51
_CHORD_PROGRAMS = (0, 0, 4, 16, 24, 25, 27, 48)
_BASS_PROGRAMS = (32, 33, 33, 35, 38)
_MELODY_PROGRAMS = (0, 40, 56, 65, 71, 73, 11)


class Kind:
    """Bars of some eighths, felt in groups; tempi in beats as the metre counts them: eighths in 7/8, dotted quarters in 6/8."""

    def __init__(self, metre, groups, bpm):
        self.metre, self.groups, self.bpm = metre, groups, bpm
        self.compound = metre in ("6/8", "12/8")
        self.eighths = sum(groups)
        self.beat = 3 if self.compound else 1 if metre == "7/8" else 2
        self.heads = [sum(groups[:i]) for i in range(len(groups))]


KINDS = {
    "slow-4": Kind("4/4", (2, 2, 2, 2), (38, 62)),
    "slow-3": Kind("3/4", (2, 2, 2), (38, 62)),
    "six": Kind("6/8", (3, 3), (34, 110)),
    "twelve": Kind("12/8", (3, 3, 3, 3), (36, 110)),
    "seven-223": Kind("7/8", (2, 2, 3), (140, 340)),
    "seven-322": Kind("7/8", (3, 2, 2), (140, 340)),
    "five": Kind("5/4", (6, 4), (70, 170)),
}


def make(kind, count):
    folder = making.folder("training")
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"{kind}-{number:03}" for number in range(count)]
    for name in names:
        if not (folder / f"{name}.json").exists():
            _one(random.Random(f"metres {name}"), KINDS[kind], folder, name)
    return names


def _one(rng, kind, folder, name):
    bpm = kind.bpm[0] * (kind.bpm[1] / kind.bpm[0]) ** rng.random()
    eighth = 60 / bpm / kind.beat
    bars = int((SECONDS + 4) / (eighth * kind.eighths)) + 2
    file = _written(rng, kind, bars, eighth)
    with tempfile.TemporaryDirectory() as place:
        midi, wav = Path(place) / "song.mid", Path(place) / "song.wav"
        file.save(midi)
        making._play(making._SOUNDS / rng.choice(making.FONTS["training"]), midi, wav)
        start = rng.uniform(0.0, 2.0)
        sound, rate = soundfile.read(wav, start=int(start * making.RATE), frames=int(SECONDS * making.RATE), dtype="float32")
    every = lambda eighths: [round(t, 4) for t in np.arange(0, bars * kind.eighths, eighths) * eighth - start if 0 <= t < SECONDS]
    fact = dict(metre=kind.metre, tempo=bpm, beats=every(kind.beat), downbeats=every(kind.eighths))
    soundfile.write(folder / f"{name}.flac", sound / max(float(np.abs(sound).max()), 1e-3) * 0.8, rate)
    (folder / f"{name}.json").write_text(json.dumps(fact))


def _written(rng, kind, bars, eighth):
    file = mido.MidiFile(ticks_per_beat=TICKS)
    conductor = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=round(eighth * 2e6))])
    file.tracks.append(conductor)
    tonic, mode = rng.randrange(12), rng.choice(("major", "minor"))
    scale = harmony.SCALES[mode]
    progression = rng.choice(((0, 3, 4, 0), (0, 5, 3, 4), (0, 4, 5, 3), (0, 3, 0, 4), (0, 0, 3, 4)))
    if rng.random() < 0.7:
        _add(file, DRUMS, None, _loop(rng, kind, bars, _drums(rng, kind)))
    chords, bass = _chords(rng, kind), _bass(rng, kind)
    played, low, sung = [], [], []
    rhythm = _rhythm(rng, kind)
    for bar in range(bars):
        degree = progression[bar % len(progression)]
        root = 36 + (tonic + scale[degree]) % 12
        triad = sorted(60 + (tonic + scale[(degree + step) % 7]) % 12 for step in (0, 2, 4))
        at = bar * kind.eighths
        for place, length, which, velocity in chords:
            keys = triad if which is None else [triad[which % 3]]
            played += [(at + place, length, key, velocity) for key in keys]
        low += [(at + place, length, root + fifth, velocity) for place, length, fifth, velocity in bass]
        for place, length in rhythm:
            key = rng.choice([k for k in range(67, 84) if (k - tonic) % 12 in scale])
            sung.append((at + place, length, key, rng.randrange(60, 100)))
    _add(file, 0, rng.choice(_CHORD_PROGRAMS), played)
    if rng.random() < 0.85:
        _add(file, 1, rng.choice(_BASS_PROGRAMS), low)
    if rng.random() < 0.5:
        _add(file, 2, rng.choice(_MELODY_PROGRAMS), sung)
    return file


def _drums(rng, kind):
    """[(place in eighths, length, key, velocity)] of a bar."""
    heads, cymbal = kind.heads, rng.choice((HAT, HAT, RIDE))
    step = rng.choice((1, 1, 1, 0.5, kind.beat)) if not kind.compound else rng.choice((1, 1, 1, 3))
    hits = [(at, 0.4, cymbal, 85 if at in heads else 58) for at in np.arange(0, kind.eighths, step)]
    hits.append((0, 0.4, KICK, 105))
    snare = rng.choice((SNARE, SNARE, STICK))
    if kind.metre == "3/4":
        back = rng.choice((heads[1:], heads[1:2], heads[2:]))
    elif kind.metre == "5/4":
        back = rng.choice(([6], [2, 6], [4, 8]))
    else:
        back = heads[1::2] if len(heads) != 3 else rng.choice((heads[1:], heads[2:]))
    hits += [(at, 0.4, snare, 95) for at in back]
    hits += [(at, 0.4, KICK, 90) for at in heads[2::2] if at not in back and rng.random() < 0.8]
    if rng.random() < 0.5:
        hits.append((rng.randrange(1, kind.eighths), 0.4, KICK, 75))
    return hits


def _chords(rng, kind):
    """[(place, length, which note or None for all, velocity)] of a bar."""
    style = rng.choice(("arpeggio", "arpeggio", "heads", "after", "held", "eighths"))
    if style == "arpeggio":
        order = rng.choice(((0, 1, 2), (0, 2, 1), (2, 1, 0))) if kind.compound else rng.choice(((0, 1, 2, 1), (0, 2, 1, 2)))
        of_group = [(head + i, order[i % len(order)]) for head, size in zip(kind.heads, kind.groups) for i in range(size)]
        return [(at, 1.6, which, 85 if at in kind.heads else 65) for at, which in of_group]
    if style == "eighths":
        return [(at, 0.9, None, 82 if at in kind.heads else 58) for at in range(kind.eighths)]
    if style == "held":
        return [(0, kind.eighths * 0.95, None, 80)]
    places = kind.heads[1:] if style == "after" and len(kind.heads) > 2 else kind.heads
    return [(at, 1.7, None, 75) for at in places]


def _bass(rng, kind):
    style = rng.choice(("one", "heads", "heads", "halves"))
    places = {"one": [0], "heads": kind.heads, "halves": kind.heads[:: max(len(kind.heads) // 2, 1)]}[style]
    lengths = np.diff([*places, kind.eighths])
    return [(at, 0.9 * length, rng.choice((0, 0, 7)) if at else 0, 95 if at == 0 else 82) for at, length in zip(places, lengths)]


def _rhythm(rng, kind):
    at, found = 0, []
    while at < kind.eighths:
        length = min(rng.choice((1, 2, 3) if kind.compound else (1, 2, 2, 4)), kind.eighths - at)
        if rng.random() < 0.85:
            found.append((at, 0.9 * length))
        at += length
    return found


def _loop(rng, kind, bars, hits):
    return [
        (bar * kind.eighths + at, length, key, max(velocity + rng.randrange(-6, 7), 1))
        for bar in range(bars) for at, length, key, velocity in hits if rng.random() < 0.97
    ]


def _add(file, channel, program, notes):
    track, now = mido.MidiTrack(), 0
    if program is not None:
        track.append(mido.Message("program_change", channel=channel, program=program))
    events = []
    for at, length, key, velocity in notes:
        begin = round(at * TICKS / 2)
        events += [(begin, 1, int(key), int(velocity)), (begin + max(round(length * TICKS / 2), 1), 0, int(key), 0)]
    for tick, on, key, velocity in sorted(events):
        kind = "note_on" if on else "note_off"
        track.append(mido.Message(kind, channel=channel, note=key, velocity=velocity, time=tick - now))
        now = tick
    file.tracks.append(track)
