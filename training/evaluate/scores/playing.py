"""An excerpt of a score as sound, with what is true of it."""

import json
import os
import random
import subprocess
import tempfile
from pathlib import Path

import mido
import numpy as np
import soundfile

from ...data.paths import data_root
from ..song import making
from . import bars, reading

SECONDS, LEAST_SECONDS, SILENCE, LATEST = 28.0, 18.0, 0.3, 0.008
_TICKS = 480
# General MIDI programs from the highest part down.
PLAYINGS = {
    "solo strings": (40, 40, 41, 42), "string ensemble": (48,), "church organ": (19,), "choir": (52,), "piano": (0,),
}
_PLAYED_BY = {
    "strings": ("solo strings", "solo strings", "string ensemble", "piano"),
    "chorales": ("string ensemble", "church organ", "choir", "piano"),
}
FONTS = ("sf2/FluidR3_GM.sf2", "sf2/sf_GMbank.sf2")


def folder():
    return data_root() / "songs" / "scores"


def make(piece, place, fonts):
    """Whether it could be played; makes NAME.flac and NAME.json in a folder unless they are there."""
    place.mkdir(parents=True, exist_ok=True)
    told, refused = place / f"{piece.name}.json", place / f"{piece.name}.refused"
    if not told.exists() and not refused.exists():
        try:
            _one(piece, told, fonts)
        except (ValueError, subprocess.CalledProcessError) as fault:
            refused.write_text(str(fault))
            print(f"{piece.name}: left out, {fault}")
    return told.exists()


def _one(piece, told, fonts):
    rng = random.Random(f"score {piece.name}")
    score = reading.read(piece)
    low, high = piece.bpm
    felt = low * (high / low) ** rng.random()
    playing = rng.choice(_PLAYED_BY["strings" if piece.kind == "strings" else "chorales"])
    font = rng.choice(fonts)
    truth = said(score, felt)
    if truth["beats"][-1] < LEAST_SECONDS:
        raise ValueError("too short")
    with tempfile.TemporaryDirectory() as place:
        midi, wav = Path(place) / "score.mid", Path(place) / "score.wav"
        _written(rng, score, felt, PLAYINGS[playing]).save(midi)
        making._play(making._SOUNDS / font, midi, wav)
        sound, rate = soundfile.read(wav, frames=int(SECONDS * making.RATE), dtype="float32")
    peak = float(np.abs(sound).max())
    if peak < 1e-3:
        raise ValueError("silent")
    soundfile.write(told.with_suffix(".flac"), sound / max(peak, 0.5) * 0.9, rate)
    part = told.with_suffix(".part")
    part.write_text(json.dumps(dict(piece=piece.path, kind=piece.kind, playing=playing, font=font, **truth)))
    os.replace(part, told)


def said(score, felt):
    """What is true of the excerpt, as `song.scoring` reads it."""
    second = lambda quarters: SILENCE + quarters / score["unit"] * 60 / felt
    downbeats = bars.downbeats(score["measures"], score["bar"])
    beats = bars.beats(downbeats, score["unit"], score["bar"], score["end"])
    inside = lambda times: [round(t, 4) for t in map(second, times) if t < SECONDS]
    chords = score["chords"] and [
        dict(start=round(second(start), 4), end=round(min(second(end), SECONDS), 4), label=bars.label(root, classes), bass=None)
        for start, end, root, classes in score["chords"]
        if second(start) < SECONDS - 0.01
    ]
    tonic, mode = score["key"] or (None, None)
    return dict(
        metre=score["metre"], tempo=round(felt, 3), beats=inside(beats), downbeats=inside(downbeats), tonic=tonic, mode=mode,
        chords=chords,
    )


def _written(rng, score, felt, programs):
    """The notes as MIDI, each up to some 8 ms early or late, at velocities that differ lightly."""
    file = mido.MidiFile(ticks_per_beat=_TICKS)
    quarter = 60 / felt / score["unit"]
    conductor = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(60), time=0)])
    file.tracks.append(conductor)
    ticks = lambda seconds: round(max(seconds, 0.0) * _TICKS)  # a beat of the file is a second
    for number, notes in enumerate(score["parts"][:9]):
        channel = number
        program = programs[min(number, len(programs) - 1)]
        events = [(0, 0, mido.Message("program_change", channel=channel, program=program))]
        loud = rng.randrange(74, 92)
        for start, end, key in notes:
            begin = SILENCE + start * quarter + rng.gauss(0, LATEST)
            stop = max(SILENCE + end * quarter - 0.02, begin + 0.03)
            if begin < SECONDS + 1:
                velocity = min(max(round(loud + rng.gauss(0, 6)), 40), 120)
                events.append((ticks(begin), 2, mido.Message("note_on", channel=channel, note=key, velocity=velocity)))
                events.append((ticks(stop), 1, mido.Message("note_off", channel=channel, note=key)))
        track, now = mido.MidiTrack(), 0
        for at, _, message in sorted(events, key=lambda event: event[:2]):
            track.append(message.copy(time=at - now))
            now = at
        file.tracks.append(track)
    return file
