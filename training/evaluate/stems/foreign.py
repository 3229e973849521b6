"""Contexts that no groove library made: real scores (drums and a bass to them), and Hydrogen's demo songs, which are drums (a bass to them).

There is no real part to compare with; beside each figure stands that of the part that was made for the next piece of the same metre. Needs music21
and the Debian packages `hydrogen-data`.
"""

import tempfile
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from ...parts import gm, measure
from ..scores import pieces, reading
from ..tables import show
from . import program

BARS, STEPS = 16, 4
HYDROGEN, HYDROGEN_TICKS = Path("/usr/share/hydrogen/data/demo_songs"), 48
# Words in the names of Hydrogen's instruments; the first that is in a name counts.
_PIECES = {"kick": 36, "stick": 37, "rim": 37, "snare": 38, "clap": 39, "pedal": 44, "open hat": 46, "hat open": 46, "hat": 42, "floor": 41, "tom": 45, "crash": 49, "splash": 49,
           "cymbal": 49, "ride": 51, "bell": 53, "shaker": 70, "conga": 64, "clave": 75, "cowbell": 56}  # fmt: skip
_SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10, 11)}


class Piece:
    """Tracks of notes (start and end in quarters, key, velocity), from a bar line."""

    def __init__(self, name, tracks, metre, bpm, key=None, drums=False):
        self.name, self.metre, self.bpm, self.key, self.drums = name, metre, bpm, key, drums
        self.bar = 4 * int(metre.split("/")[0]) // int(metre.split("/")[1]) if metre != "6/8" else 3
        self.tracks = [[n for n in track if 0 <= n[0] < BARS * self.bar] for track in tracks]

    def ask(self, words, part):
        """Notes (start and end in quarters, key, velocity) of what `consort stem` makes for it; nothing where it refuses."""
        ticks = lambda notes: [(round(start * program.TICKS), round(end * program.TICKS), key, velocity) for start, end, key, velocity in notes]
        tracks = [("Drums", 9, None, ticks(t)) if self.drums else ("Strings", n % 9, 48, ticks(t)) for n, t in enumerate(self.tracks)]
        with tempfile.TemporaryDirectory() as place:
            song = Path(place) / "song.mid"
            program.save(song, self.bpm, self.metre, tracks)
            file = program.stem(song, words, part)
            scale = self.bpm / 60
            return file and [(start * scale, end * scale, key, velocity) for start, end, key, velocity in program.notes_of(file)]

    def loudness(self, notes):
        """Summed velocity of what begins at each sixteenth."""
        found = np.zeros(round(BARS * self.bar * STEPS))
        for start, _, _, velocity in notes:
            if (step := round(start * STEPS)) < len(found):
                found[step] += velocity
        return found


def scores(count):
    """Chorales and movements, from their first whole bar on."""
    for piece in pieces.chosen(count):
        try:
            score = reading.read(piece)
        except ValueError:
            continue
        first = next((at for at, length in score["measures"] if length >= score["bar"]), None)
        if first is None or score["metre"] not in ("4/4", "3/4", "2/4", "6/8"):
            continue
        tracks = [[(start - first, end - first, key, 80) for start, end, key in part] for part in score["parts"]]
        low, high = piece.bpm
        yield Piece(piece.name, tracks, score["metre"], (low * high) ** 0.5 * score["unit"], score["key"])


def hydrogen():
    """Its demo songs, pattern after pattern."""
    for path in sorted(HYDROGEN.glob("*.h2song")):
        root = ElementTree.parse(path).getroot()
        space = root.tag.split("}")[0] + "}" if "}" in root.tag else ""
        text = lambda element, tag: element.findtext(space + tag)
        keys = {}
        for instrument in root.iter(f"{space}instrument"):
            name = (text(instrument, "name") or "").lower()
            if key := next((key for word, key in _PIECES.items() if word in name), None):
                keys[text(instrument, "id")] = key
        patterns = {text(p, "name"): p for p in root.iter(f"{space}pattern") if text(p, "name")}
        notes, now = [], 0
        for group in root.find(f"{space}patternSequence"):
            some = [patterns[e.text] for e in group if e.text in patterns]
            for pattern in some:
                for note in pattern.iter(f"{space}note"):
                    if (key := keys.get(text(note, "instrument"))) is not None:
                        start = (now + int(text(note, "position"))) / HYDROGEN_TICKS
                        notes.append((start, start + 0.2, key, min(max(round(127 * float(text(note, "velocity"))), 1), 127)))
            now += max([int(text(p, "size")) for p in some] or [192])
        yield Piece(path.stem, [notes], "4/4", float(text(root, "bpm")), drums=True)


def _correlation(a, b):
    return float(np.corrcoef(a, b)[0, 1]) if a.std() and b.std() else np.nan


def drums(piece, made):
    context = sum(piece.loudness(track) for track in piece.tracks)
    mine, strong = piece.loudness(made), measure.weights(piece.metre if piece.metre in ("4/4", "3/4", "6/8") else "4/4", len(context))
    return dict(accents=_correlation(mine, context), metre=_correlation(mine, strong))


def bass(piece, made):
    """To a score: does it play what sounds, in the key; to drums: does it begin with the kick."""
    if piece.drums:
        kick = piece.loudness([n for track in piece.tracks for n in track if n[2] == gm.PIECE_KEYS[0]]) > 0
        mine = piece.loudness(made) > 0
        return {"kick and bass": 2 * (kick & mine).sum() / max(kick.sum() + mine.sum(), 1)}
    every, sounds = [n for track in piece.tracks for n in track], []
    for start, _, key, _ in made:
        sounds.append(any(n[0] - 0.1 <= start < n[1] - 0.05 and n[2] % 12 == key % 12 for n in every))
    found = {"of what sounds": float(np.mean(sounds))}
    if piece.key:
        found["in key"] = float(np.mean([(key - piece.key[0]) % 12 in _SCALES[piece.key[1]] for _, _, key, _ in made]))
    return found


def _moved(made, piece, other):
    """A part for another piece, in this one's key."""
    if piece.drums or not (piece.key and other.key):
        return made
    up = (piece.key[0] - other.key[0] + 6) % 12 - 6
    return [(start, end, key + up, velocity) for start, end, key, velocity in made]


def measured(title, some, words, part, judge):
    made = [(piece, piece.ask(words, part)) for piece in some]
    made = [(piece, notes) for piece, notes in made if notes]
    own, others = [], []
    for number, (piece, notes) in enumerate(made):
        rest = made[number + 1 :] + made[:number]
        other = next(((p, n) for p, n in rest if p.metre == piece.metre), None)
        own.append(judge(piece, notes))
        if other:
            others.append(judge(piece, _moved(other[1], piece, other[0]) if part != "drums" else other[1]))
    names = list(dict.fromkeys(name for one in own for name in one))
    mean = lambda found, name: float(np.nanmean([one[name] for one in found if name in one]))
    rows = [(label, *[mean(found, name) for name in names]) for label, found in (("made for it", own), ("for another piece", others))]
    show(f"{title}: {part}, {len(made)} of {len(some)} pieces", names, rows)
    return {f"{title} {part} {label} {name}": value for label, *values in rows for name, value in zip(names, values)}


def by_foreign(asker, train, count):
    written, played = list(scores(max(count // 3, 1))), list(hydrogen())
    figures = measured("scores", written, "soft drums", "drums", drums) | measured("scores", written, "bass", "bass", bass)
    return figures | measured("Hydrogen's songs", played, "bass", "bass", bass)
