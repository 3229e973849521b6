"""Songs of bands: Freedoom's and OpenTTD's, which nobody here made, and arrangements by test grooves of `mma`; some bars of each.

Nothing may be set or chosen by them. Of Freedoom's 66, which have been looked at, a third by their hash is only ever measured (`held_out`).
"""

import hashlib
import io
import os
import pickle
import struct
from dataclasses import dataclass
from pathlib import Path

import mido
import numpy as np

from ...data.paths import data_root
from ...parts import arrange, catalogue, gm, words

BARS, LEAST_BARS, PHRASE = 16, 8, 4
EARLY = 0.06  # of a quarter: what begins so little before a bar line belongs to it
QUARTERS = {"4/4": 4, "3/4": 3}
# Where onsets lie on no grid, the file's tempo isn't the music's.
_LEAST_ON_GRID = 0.6


def packaged(path):
    """A file of a Debian package: installed, or unpacked (`dpkg -x`) into $CONSORT_PACKAGES."""
    return Path(os.environ.get("CONSORT_PACKAGES", "/")) / path


@dataclass(frozen=True)
class Track:
    part: str | None  # of `gm.PARTS`
    program: int | None
    notes: tuple  # (start and end in quarters, key, velocity)


@dataclass(frozen=True)
class Song:
    name: str
    source: str
    genre: str | None  # where it is known
    metre: str
    bpm: float  # quarters a minute
    bars: int
    tracks: tuple

    @property
    def bar(self):
        """Quarters."""
        return QUARTERS[self.metre]

    def has(self, part):
        return any(track.part == part for track in self.tracks)

    def notes(self, part):
        return sorted(note for track in self.tracks if track.part == part for note in track.notes)

    def rest(self, part):
        """Tracks of the others."""
        return [track for track in self.tracks if track.part != part]


def held_out(content):
    return int(hashlib.sha256(content).hexdigest(), 16) % 3 == 0


def freedoom():
    """[(name, content of a MIDI file)] of its distinct songs."""
    found = {}
    for number in (1, 2):
        wad = packaged(f"usr/share/games/doom/freedoom{number}.wad").read_bytes()
        count, at = struct.unpack("<ii", wad[4:12])
        for lump in range(count):
            start, size, name = struct.unpack("<ii8s", wad[at + 16 * lump : at + 16 * lump + 16])
            content = wad[start : start + size]
            if name.startswith(b"D_") and content.startswith(b"MThd"):
                found.setdefault(content, f"{name.rstrip(bytes(1)).decode()[2:].lower()}-{number}")
    return [(name, content) for content, name in found.items()]


def openttd():
    return [(path.stem, path.read_bytes()) for path in sorted(packaged("usr/share/games/openttd/baseset/openmsx").glob("*.mid"))]


def band_songs(source):
    """Held-out songs of Freedoom, OpenTTD's, or arrangements by test grooves whose beat is a quarter, one of each family (`MMA`): those that have a
    tempo, a metre, and drums with something else. They are kept in the data folder; delete them there after a change here."""
    path = data_root() / "others" / f"{source}-{BARS}.pickle"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pickle.dumps([song for song in _MAKERS[source]() if song and song.has("drums")]))
    return pickle.loads(path.read_bytes())


def _arranged(family):
    try:
        fact, notes = arrange.song(family, 0)
    except ValueError:
        return None
    programs = dict(zip(gm.PARTS, (None, 33, 25, 0, 48, 61, 66, 73)))
    inside = [(part, a / 24, (a + length) / 24, *rest) for part, a, length, *rest in notes if a < BARS * QUARTERS[family.metre] * 24]
    of = lambda part: tuple(tuple(note) for p, *note in inside if p == part)
    tracks = tuple(Track(part, programs[part], of(part)) for part in gm.PARTS if of(part))
    return Song(family.name.replace("/", "-"), "MMA", words.genre(family.stem)[0], family.metre, fact["tempo"], BARS, tracks)


def excerpt(name, source, content):
    """The bars of a MIDI file in which most plays, with one tempo and metre throughout; nothing where there are none."""
    notes, tempi, metres = _read(mido.MidiFile(file=io.BytesIO(content)))
    if not notes:
        return None
    starts, parts = np.array([n[0] for n in notes]), np.array([str(n[4]) for n in notes])
    last = max(n[1] for n in notes)
    best = None
    for bars in (BARS, LEAST_BARS):
        for number, (origin, metre) in enumerate(metres):
            if metre not in QUARTERS:
                continue
            end, bar = metres[number + 1][0] if number + 1 < len(metres) else last, QUARTERS[metre]
            begin = origin + max(int((starts[0] - origin) // bar), 0) * bar
            while begin + bars * bar <= end + bar / 2:
                speeds = {round(bpm, 1) for at, bpm in tempi if begin < at < begin + bars * bar} | {round([b for at, b in tempi if at <= begin][-1], 1)}
                inside = (starts >= begin - EARLY) & (starts < begin + bars * bar - EARLY)
                playing = lambda part: len(np.unique((starts[inside & (parts == part)] - begin) // bar))
                score = playing("drums") * (1 + min(playing("bass"), playing("drums"))) if len(speeds) == 1 else 0
                if score and playing("drums") >= bars // 2 and (best is None or score > best[0]):
                    best = score, begin, bars, metre, speeds.pop(), inside
                begin += PHRASE * bar
        if best:
            break
    if not best or _on_grid(starts[best[5]] - best[1]) < _LEAST_ON_GRID:
        return None
    _, begin, bars, metre, bpm, inside = best
    return Song(name, source, None, metre, bpm, bars, _tracks([notes[i] for i in np.flatnonzero(inside)], begin, bars * QUARTERS[metre]))


def _on_grid(starts):
    """How much onsets agree on where a sixteenth, or the third of a beat, begins: 1 all, 0 not at all."""
    return max(abs(np.exp(2j * np.pi * parts * starts).mean()) for parts in (4, 3))


def _read(file):
    """Notes (start and end in quarters, key, velocity, part, channel, program), [(quarter, bpm)], [(quarter, metre)]."""
    notes, tempi, metres, program, held, now = [], [(0.0, 120.0)], {0.0: "4/4"}, {}, {}, 0
    for message in mido.merge_tracks(file.tracks):
        now += message.time
        at = now / file.ticks_per_beat
        if message.type == "set_tempo":
            tempi.append((at, 60e6 / message.tempo))
        elif message.type == "time_signature":
            metres[at] = f"{message.numerator}/{message.denominator}"
        elif message.type == "program_change":
            program[message.channel] = message.program
        elif message.type in ("note_on", "note_off"):
            if began := held.pop((message.channel, message.note), None):
                notes.append((began[0], at, message.note, *began[1:]))
            if message.type == "note_on" and message.velocity:
                which = program.get(message.channel, 0)
                part = "drums" if message.channel == 9 else gm.part("", which)
                held[message.channel, message.note] = at, message.velocity, part, message.channel, None if part == "drums" else which
    return sorted(notes, key=lambda note: note[:4]), tempi, sorted(metres.items())


def _tracks(notes, start, length):
    found = {}
    for begin, end, key, velocity, part, channel, program in notes:
        note = max(begin - start, 0.0), min(end - start, length), key, velocity
        found.setdefault((channel, part, program), []).append(note)
    return tuple(Track(part, program, tuple(some)) for (_, part, program), some in sorted(found.items(), key=str))


def _of_freedoom():
    return (excerpt(name, "Freedoom", content) for name, content in freedoom() if held_out(content))


def _of_openttd():
    return (excerpt(name, "OpenTTD", content) for name, content in openttd())


def _of_mma():
    families = [f for f in catalogue.families() if f.split == "test" and not f.drums_only and f.metre in QUARTERS and f.ticks == 24]
    return map(_arranged, families[:: max(len(families) // 20, 1)])


_MAKERS = {"Freedoom": _of_freedoom, "OpenTTD": _of_openttd, "MMA": _of_mma}
SOURCES = tuple(_MAKERS)
