"""Scores of music21's corpus as plain numbers."""

import functools
import re
import tempfile
import zipfile
from pathlib import Path
from xml.etree import ElementTree

from . import bars

# Read so far, since reading a whole movement takes a minute.
_LONGEST = 60
_LEAST_COVERED = 0.8  # 0.89 to 0.97 where an analysis is of these notes


@functools.cache
def _corpus():
    import music21

    return Path(music21.__file__).parent / "corpus"


def chorale_names():
    return [path.stem for path in (_corpus() / "bach").glob("bwv*.mxl")]


def analysed_bwv():
    """{number in Riemenschneider's edition: BWV}."""
    found = {}
    for path in sorted((_corpus() / "bach/choraleAnalyses").glob("*.rntxt")):
        if bwv := re.search(r"(?m)^BWV:\s*(\S+)", path.read_text("utf8")):
            found[int(path.stem[-3:])] = bwv[1]
    return found


def read(piece):
    """{metre, unit (quarters of a felt beat), bar, measures, parts: [[(start, end, key)]], key, chords}, times in quarters; raises
    ValueError where the score isn't fit to be played."""
    score = _parsed(piece.path)
    parts = list(score.parts)
    if not parts:
        raise ValueError("no parts")
    first = parts[0]
    written = [sign.ratioString for sign in first.recurse().getElementsByClass("TimeSignature")]
    if not written or written[0] not in bars.METRES:
        raise ValueError(f"metre {written[:1]}")
    metre, unit = bars.METRES[written[0]]
    measures, end = [], 0.0
    for measure in first.getElementsByClass("Measure"):
        sign = measure.timeSignature
        if sign is not None and sign.ratioString != written[0]:
            break
        length = float(measure.duration.quarterLength)
        measures.append((float(measure.offset), length))
        end = float(measure.offset) + length
    bar = float(first.recurse().getElementsByClass("TimeSignature")[0].barDuration.quarterLength)
    notes = [_notes(part, end) for part in parts]
    chords = _analysis(piece.analysis, end) if piece.analysis else None
    if chords is not None:
        share, chords = bars.transposed(chords, [note for part in notes for note in part])
        if share < _LEAST_COVERED:
            raise ValueError(f"the analysis is of other notes ({share:.2f} covered)")
    return dict(
        metre=metre, unit=unit, bar=bar, measures=measures, end=end, parts=notes, chords=chords, key=piece.key or _key(first, notes)
    )


def _parsed(path):
    """A score, of long ones the beginning."""
    from music21 import converter

    [file] = [f for f in (_corpus() / path).parent.iterdir() if f.stem == Path(path).name and f.suffix in (".mxl", ".xml")]
    if file.suffix == ".mxl":
        with zipfile.ZipFile(file) as packed:
            inner = re.search(rb'full-path="([^"]+)"', packed.read("META-INF/container.xml"))[1]
            text = packed.read(inner.decode())
    else:
        text = file.read_bytes()
    root = ElementTree.fromstring(text)
    for part in root.findall("part"):
        for measure in part.findall("measure")[_LONGEST:]:
            part.remove(measure)
    with tempfile.TemporaryDirectory() as place:
        short = Path(place) / "score.musicxml"
        ElementTree.ElementTree(root).write(short)
        return converter.parse(short, forceSource=True)


def _notes(part, end):
    """[(start, end, key)] of a part, ties joined, without grace notes."""
    found, tied = [], {}
    for sound in part.toSoundingPitch().flatten().notes:
        length = float(sound.quarterLength)
        start = float(sound.offset)
        if length <= 0 or start >= end:
            continue
        for note in getattr(sound, "notes", None) or (sound,):
            if not hasattr(note, "pitch"):
                continue
            key, tie = int(note.pitch.midi), note.tie and note.tie.type
            if tie in ("continue", "stop") and key in tied and abs(found[tied[key]][1] - start) < 0.01:
                at = tied[key]
                found[at] = (found[at][0], min(start + length, end), key)
            else:
                at = len(found)
                found.append((start, min(start + length, end), key))
            if tie in ("start", "continue"):
                tied[key] = at
            else:
                tied.pop(key, None)
    return found


def _key(first, notes):
    """The key that the uppermost part states, where the last bass note is its tonic: files say "major" too easily."""
    stated = [key for key in first.recurse().getElementsByClass("Key")]
    if not stated or not notes[-1]:
        return None
    tonic = stated[0].tonic.pitchClass
    return (tonic, stated[0].mode) if notes[-1][-1][2] % 12 == tonic else None


def _analysis(path, end):
    """[(start, end, root, pitch classes)]"""
    from music21 import converter

    analysis = converter.parse(str(_corpus() / f"{path}.rntxt"), format="romantext", forceSource=True)
    found = []
    for numeral in analysis.recurse().getElementsByClass("RomanNumeral"):
        start = float(numeral.getOffsetInHierarchy(analysis))
        found.append((start, numeral.root().pitchClass, sorted({pitch.pitchClass for pitch in numeral.pitches})))
    ends = [start for start, *_ in found[1:]] + [end]
    return [(start, min(to, end), root, classes) for (start, root, classes), to in zip(found, ends) if start < min(to, end)]
