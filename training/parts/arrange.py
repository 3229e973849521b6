"""One song: a groove family, a progression and a tempo, arranged by `mma`, as notes of parts in 24ths of a quarter."""

import random
import re
import subprocess
import tempfile
from pathlib import Path

import mido

from ..evaluate.song import harmony
from . import catalogue, gm
from .grid import BARS, TICKS

SECTIONS = 4
_SPEEDS = (
    (r"ballad|slow|lullaby|hymn|spiritual|bolero|serenade|ambient", 58, 92),
    (r"fast|quickstep|bebop|polka|bluegrass|dixie|charleston|thr|punk|dnb|samba|merengue", 150, 220),
    (r"trip|hiphop|hip-hop|soul|r\+b|rnb|funk|16", 78, 116),
    (r"techno|trance|house|dance|disco|rave", 118, 142),
    (r"", 84, 168),
)


def song(family, number):
    """Facts and notes of a song, each (part, start, length, key, velocity) in 24ths; the same each time it is asked for.

    Raises ValueError for what `mma` doesn't arrange.
    """
    rng = random.Random(f"arrangement {family.name} {number}")
    bars = BARS * SECTIONS
    # The groove in turn, so that every groove is arranged as often; another of the family may follow.
    main = family.grooves[number % len(family.grooves)]
    others = [g for g in family.grooves if g != main and _kindred(g, main)] or [main]
    second = rng.choice(others) if rng.random() < 0.5 else main
    grooves = [main, main, second, main] if rng.random() < 0.5 else [main, second, main, second]
    low, high = next((a, b) for pattern, a, b in _SPEEDS if re.search(pattern, family.stem))
    tempo = low * (high / low) ** rng.random()
    tonic, mode, chords = _progression(rng, family, bars)
    lines = [f"RndSeed {rng.randrange(10**6)}", f"Tempo {tempo:.3f}"]
    by_bar = {}
    for bar, beat, *chord in chords:
        by_bar.setdefault(bar, []).append((beat, harmony.written(*chord)))
    fills = [g for g in family.fills if rng.random() < 0.7]
    now = None
    for bar in range(bars):
        groove = grooves[bar // BARS]
        if fills and bar % BARS == BARS - 1 and rng.random() < 0.6:
            groove = rng.choice(fills)
        if groove != now:
            lines.append(f"Groove {groove}")
            now = groove
        marks = [name if beat == 0 else f"{name}@{beat + 1}" for beat, name in by_bar[bar]]
        lines.append(f"{bar + 1} {' '.join(marks)}")
    notes = _arranged("\n".join(lines) + "\n", family)
    if not notes:
        raise ValueError("no notes")
    late = _swing(notes, family)
    if not family.drums_only and rng.random() < 0.7:
        notes += _melody(rng, harmony.melody(rng, chords, family.beats, bars, tonic, mode), family, late)
    ticks = family.ticks
    return dict(
        family=family.name, stem=family.stem, split=family.split, metre=family.metre, number=number, tempo=round(tempo, 1),
        grooves=grooves, tonic=tonic, mode=mode, swing=round(late, 3), drums_only=family.drums_only,
        chords=[((bar * family.beats + beat) * ticks, root, quality) for bar, beat, root, quality, _ in chords],
    ), notes  # fmt: skip


def _kindred(one, other):
    """Grooves whose names begin alike, as those do that were made to follow each other."""
    return one[: max(4, len(other) // 2)] == other[: max(4, len(other) // 2)]


def _progression(rng, family, bars):
    """A progression that, whatever the key, is arranged in this split only."""
    unit = 3 if family.beats == 6 else 1
    while True:
        tonic, mode, chords = harmony.progression(rng, bars, family.beats, unit)
        shape = [(bar, (root - tonic) % 12, quality) for bar, _, root, quality, _ in chords if bar < BARS]
        if catalogue.draw_split(f"progression {shape}") == family.split:
            return tonic, mode, chords


def _arranged(source, family):
    with tempfile.TemporaryDirectory() as place:
        text, midi = Path(place) / "song.mma", Path(place) / "song.mid"
        text.write_text(source)
        done = subprocess.run(["mma", "-f", str(midi), str(text)], cwd=place, capture_output=True, timeout=600)
        if done.returncode or not midi.exists():
            raise ValueError("mma: " + done.stdout.decode("latin1")[-300:])
        file = mido.MidiFile(midi)
    notes = []
    scale = family.ticks / file.ticks_per_beat
    for number, track in enumerate(file.tracks):
        now, program, held = 0, 0, {}
        for message in track:
            now += message.time
            if message.type == "program_change":
                program = message.program
            elif message.type in ("note_on", "note_off"):
                if began := held.pop(message.note, None):
                    start, velocity = began
                    notes.append((_part(track.name, message.channel, program), number, start * scale, (now - start) * scale, message.note, velocity))
                if message.type == "note_on" and message.velocity:
                    held[message.note] = now, message.velocity
    return _one_track_a_part([note for note in notes if note[0]], family.beats * family.ticks * BARS)


def _part(name, channel, program):
    return "drums" if channel == 9 else gm.part(name, program)


def _one_track_a_part(notes, section):
    """Where several tracks are one part's (a piano that arpeggiates and one that holds), the one with most onsets in a section plays."""
    counts = {}
    for part, track, start, *_ in notes:
        of = counts.setdefault((part, int(start // section)), {})
        of[track] = of.get(track, 0) + 1
    chosen = {at: max(of, key=of.get) for at, of in counts.items()}
    return [
        (part, max(round(start), 0), max(round(length), 1), key, velocity)
        for part, track, start, length, key, velocity in notes
        if part == "drums" or chosen[part, int(start // section)] == track
    ]


def _swing(notes, family):
    """Where the second eighth of a beat falls on average, in beats: 0.5 straight, 0.67 swung."""
    if family.metre == "6/8":
        return 0.5
    within = [start % TICKS for part, start, *_ in notes if part != "lead"]
    straight = sum(1 for t in within if 11 <= t <= 13)
    swung = sum(1 for t in within if 15 <= t <= 17)
    return 2 / 3 if swung > 1.5 * straight else 0.5


def _melody(rng, notes, family, late):
    """The melody as a player phrases it: swung with the groove, louder where it is high and on strong beats."""
    found, level = [], rng.randrange(62, 96)
    beat_ticks = family.ticks if family.beats != 2 else 36
    for start, length, key in notes:
        beat, over = divmod(start, 1)
        at = beat + (late if over == 0.5 and beat_ticks == TICKS else over)
        human = rng.choice((-1, 0, 0, 0, 0, 1)) if rng.random() < 0.5 else 0
        begin = max(round(at * beat_ticks) + human, 0)
        velocity = level + (key - 70) * 0.6 + (8 if beat % family.beats == 0 and over == 0 else 0) + rng.gauss(0, 5)
        found.append(("lead", begin, max(round(length * beat_ticks) - 1, 3), key, round(min(max(velocity, 30), 124))))
    return found
