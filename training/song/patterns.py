"""Counts what bars look like, for Consort's beat tracking: `python -m training.song.patterns [--songs 69] [--chorales 80] [--only-metres]`.

Makes arrangements (see evaluate/song) and plays chorales that no evaluation plays, lets `cargo run --release --example song_evidence`
listen to them, counts the steps of evidence at each twelfth of a beat, and writes src/analysis/song/patterns.json.
Metres and slow tempi that mma hardly has are counted over songs of `song_metres` (`--only-metres`: over these only, the other
patterns stay). Grooves and SoundFonts are those of the training split: no evaluation hears them. The last of the chorales are kept to choose by.
"""

import argparse
import base64
import json
import subprocess
from pathlib import Path

import numpy as np

from ..evaluate.scores import pieces, playing
from ..evaluate.song import making
from . import metres as song_metres

POSITIONS, KINDS, STEPS, FRAMES = 12, 5, 8, 100.0
BEATS = {"4/4": 4, "3/4": 3, "6/8": 2, "12/8": 4, "7/8": 7, "5/4": 5}
TARGET = Path("src/analysis/song/patterns.json")
# metre -> [(lowest and highest felt bpm it is used for, lowest and highest it is counted over, log of how frequent)]
RANGES = {
    "4/4": [((40, 82), (0, 98), 0.0), ((76, 128), (68, 145), 0.0), ((118, 240), (105, 999), 0.0)],
    "3/4": [((40, 105), (0, 130), -2.0), ((95, 240), (80, 999), -2.0)],
    "6/8": [((36, 82), (0, 95), -3.0), ((76, 150), (65, 999), -3.0)],
}
# The same for music without a rhythm section.
QUIET_RANGES = {"4/4": [((40, 132), (0, 999), -1.0)], "3/4": [((40, 132), (0, 999), -3.0)]}
# kind of song_metres -> (songs, bpm it is used for, log of how frequent)
METRES = {
    "slow-4": (16, (36, 57), 95.0), "slow-3": (10, (36, 57), 75.0), "six": (14, (34, 88), 15.0), "twelve": (14, (36, 100), -5.0),
    "seven-223": (12, (140, 340), -20.0), "seven-322": (12, (140, 340), -20.0), "five": (8, (66, 180), -60.0),
}
# A position is counted as if so many frames looked like its place in any beat, and those like any frame.
_LIKE_ANY_BEAT, _LIKE_ANY_FRAME = 150.0, 100.0


def counts(evidence, truth, beats_a_bar):
    """[beats, positions, kinds, steps] of one song."""
    found = np.zeros((beats_a_bar, POSITIONS, KINDS, STEPS))
    beats, downbeats = np.array(truth["beats"]), np.array(truth["downbeats"])
    if len(beats) < 8 or not len(downbeats):
        return found
    first = int(np.argmin(np.abs(beats - downbeats[0])))
    frames = np.arange(len(evidence)) / FRAMES
    at = np.interp(frames, beats, np.arange(len(beats)))
    inside = (frames >= beats[0]) & (frames < beats[-1])
    place = np.floor(at * POSITIONS + 0.5).astype(int) - first * POSITIONS
    for kind in range(KINDS):
        bar, position = np.divmod(place[inside] % (beats_a_bar * POSITIONS), POSITIONS)
        np.add.at(found, (bar, position, kind, evidence[inside, kind]), 1)
    return found


def ratios(found, anywhere):
    """Log-likelihood ratios of counts, smoothed."""
    usual = anywhere / anywhere.sum(-1, keepdims=True)
    any_beat = found.sum(0) + _LIKE_ANY_FRAME * usual
    any_beat /= any_beat.sum(-1, keepdims=True)
    smooth = found + _LIKE_ANY_BEAT * any_beat
    return np.log(smooth / smooth.sum(-1, keepdims=True) / usual)


def stored(metre, bpm, prior, ratio, kind=None):
    bytes_ = np.clip(np.round(ratio * 16), -127, 127).astype(np.int8).tobytes()
    kind = {"kind": kind} if kind else {}
    return dict(metre=metre, bpm=list(bpm), prior=prior, **kind, ratios=base64.b64encode(bytes_).decode())


def heard(names):
    """(truth, counts) of songs in the training folder."""
    folder = making.folder("training")
    todo = [folder / f"{name}.flac" for name in names if not (folder / f"{name}.evidence").exists()]
    if todo:
        subprocess.run(["cargo", "run", "--release", "--example", "song_evidence", "--", *todo], check=True)
    songs = []
    for name in names:
        evidence = np.frombuffer((folder / f"{name}.evidence").read_bytes(), np.uint8).reshape(-1, KINDS)
        truth = making.truth("training", name)
        if truth["metre"] in BEATS:
            songs.append((truth, counts(evidence, truth, BEATS[truth["metre"]])))
    return songs


def patterns_of(songs, anywhere, ranges):
    """{metre: [(bpm, prior, ratios)]}"""
    found = {}
    for metre, some in ranges.items():
        for bpm, counted, prior in some:
            of = [c for t, c in songs if t["metre"] == metre and counted[0] <= t["tempo"] <= counted[1]]
            print(f"{metre} {bpm}: {len(of)} songs")
            found.setdefault(metre, []).append((bpm, prior, ratios(sum(of), anywhere)))
    return found


def chorales(count):
    """Names of so many chorales, played by training SoundFonts into the training folder."""
    some = list(pieces.others(count))
    return [piece.name for piece in some if playing.make(piece, making.folder("training"), making.FONTS["training"])]


def of_metres():
    """Patterns of the kinds of `song_metres`."""
    songs = {kind: heard(song_metres.make(kind, count)) for kind, (count, *_) in METRES.items()}
    anywhere = sum(c.sum((0, 1)) for of in songs.values() for _, c in of) + 1.0
    for kind, (_, bpm, prior) in METRES.items():
        metre = song_metres.KINDS[kind].metre
        yield stored(metre, bpm, prior, ratios(sum(c for _, c in songs[kind]), anywhere), kind)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--songs", type=int, default=69)
    parser.add_argument("--chorales", type=int, default=pieces.COUNTED)
    parser.add_argument("--only-metres", action="store_true")
    args = parser.parse_args()
    if args.only_metres:
        patterns = [pattern for pattern in json.loads(TARGET.read_text()) if "kind" not in pattern]
    else:
        patterns = of_arrangements(args)
    patterns += of_metres()
    TARGET.write_text("[\n" + ",\n".join(json.dumps(p) for p in patterns) + "\n]\n")


def of_arrangements(args):
    """Patterns of the grooves of mma and of chorales."""
    songs, quiet = heard(making.make("training", args.songs)), heard(chorales(args.chorales))
    patterns = []
    for some, ranges in ((songs, RANGES), (quiet, QUIET_RANGES)):
        anywhere = sum(c.sum((0, 1)) for _, c in some) + 1.0
        found = patterns_of(some, anywhere, ranges)
        patterns += [stored(metre, *one) for metre, of in found.items() for one in of]
        if some is songs:
            # Five beats are three and the second half of four: there are too few grooves to count.
            for (bpm, _, three), (_, _, four) in zip(found["3/4"], found["4/4"][1:]):
                patterns.append(stored("5/4", bpm, -4.0, np.concatenate([three, four[2:]])))
    return patterns


if __name__ == "__main__":
    main()
