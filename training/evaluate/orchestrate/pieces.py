"""Scores of four parts from music21's corpus, and MIDI files of them. To evaluate on only; nothing is counted from them."""

from pathlib import Path
from typing import NamedTuple

TICKS = 480
# Every so many chorales; of these and of the quartets every second piece is for validation, the others are the test.
EVERY, CHORALES, QUARTETS = 5, 60, 16


class Piece(NamedTuple):
    name: str
    kind: str  # "chorale" or "quartet"
    lines: list  # [(start, end, key)] in quarter notes from the first bar line, the highest part first
    metre: tuple  # (count, unit)
    fermatas: list  # where notes with one begin


def line(part, offset):
    """A part's notes, tied ones whole, the highest of chords."""
    from music21 import chord, note

    found = []
    for element in part.flatten().notes:
        start, length = float(element.offset) + offset, float(element.quarterLength)
        if length <= 0 or not isinstance(element, (note.Note, chord.Chord)):
            continue
        key = max(pitch.midi for pitch in element.pitches)
        tied = element.tie and element.tie.type in ("stop", "continue")
        if tied and found and found[-1][2] == key and abs(found[-1][1] - start) < 1e-3:
            found[-1][1] = start + length
        else:
            found.append([start, start + length, key])
    found.sort()
    for one, following in zip(found, found[1:]):
        one[1] = min(one[1], following[0])
    return [tuple(one) for one in found if one[1] - one[0] > 1e-3]


def read(path, kind, name):
    """The piece, or None where it isn't four parts in one metre."""
    from music21 import corpus, meter, stream

    score = corpus.parse(path)
    if len(score.parts) != 4:
        return None
    metres = {(found.numerator, found.denominator) for found in score.parts[0].recurse().getElementsByClass(meter.TimeSignature)}
    if len(metres) != 1:
        return None
    count, unit = metres.pop()
    bar = count * 4 / unit
    first = float(score.parts[0].getElementsByClass(stream.Measure)[0].duration.quarterLength)
    offset = bar - first if first < bar - 1e-3 else 0
    lines = [line(part, offset) for part in score.parts]
    notes = score.parts[0].flatten().notes
    fermatas = [float(one.offset) + offset for one in notes if any("Fermata" in mark.classes for mark in one.expressions)]
    return Piece(name, kind, lines, (count, unit), fermatas) if all(lines) else None


def chosen(validation):
    """The pieces of a split."""
    from music21 import corpus

    bach = [path for path in corpus.getComposer("bach") if str(path).endswith(".mxl")][::EVERY]
    classical = [path for path in corpus.getComposer("haydn")]
    classical += [path for path in corpus.getComposer("mozart") if "k" in Path(path).name.lower()]
    for kind, paths, most in (("chorale", bach, CHORALES), ("quartet", classical, QUARTETS)):
        for number, path in enumerate(paths[: most + 10]):
            if (number % 2 == 0) == validation:
                piece = read(path, kind, f"{Path(path).stem}-{number}")
                if piece:
                    yield piece


def write(path, piece, parts):
    """A MIDI file of so many of its parts."""
    import mido

    file = mido.MidiFile(ticks_per_beat=TICKS)
    head = mido.MidiTrack()
    head.append(mido.MetaMessage("set_tempo", tempo=666_667))
    head.append(mido.MetaMessage("time_signature", numerator=piece.metre[0], denominator=piece.metre[1]))
    file.tracks.append(head)
    for channel, notes in enumerate(piece.lines[:parts]):
        track = mido.MidiTrack()
        events = sorted((round(at * TICKS), on, key) for start, end, key in notes for at, on in ((start, 1), (end, 0)))
        now = 0
        for tick, on, key in events:
            track.append(mido.Message("note_on" if on else "note_off", note=key, velocity=80, channel=channel, time=tick - now))
            now = tick
        file.tracks.append(track)
    file.save(path)


def lines_of(path):
    """[(start, end, key)] of each track with notes."""
    import mido

    file, found = mido.MidiFile(path), []
    for track in file.tracks:
        now, down, notes = 0, {}, []
        for message in track:
            now += message.time
            if message.type == "note_on" and message.velocity:
                down[message.note] = now
            elif message.type in ("note_on", "note_off") and message.note in down:
                notes.append((down.pop(message.note) / file.ticks_per_beat, now / file.ticks_per_beat, message.note))
        if notes:
            found.append(sorted(notes))
    return found
