"""Mixes as the paper makes them: phrases of single notes, cut to their lengths, three instruments at once.

As the paper's code does (github.com/gwendal-lv/CIR, `mixdataset.py`): ten seconds at 60–140 bpm, all members always play, percussion in
quarters and eighths, basses mostly in halves and quarters; single notes of bass and lead are silent with p = 0.25, those of percussion never;
one scale, pitches as frequent as in music; the reference is one of the notes that are played; tracks at the same peak, percussion four times as
loud.
"""

import numpy as np

from ...data.note_model import SAMPLE_RATE

SECONDS, SLOWEST, FASTEST = 10.0, 60, 140
SILENT = 0.25
LENGTHS = (2.0, 1.0, 0.5, 0.25)
"""Lengths of notes in beats."""
STRUCK_SHARES, BASS_SHARES, SHARES = (0, 0.8, 0.2, 0), (0.45, 0.4, 0.1, 0.05), (0.1, 0.3, 0.3, 0.3)
LOOSE = 0.02
"""Notes begin up to so many beats early or late."""
LATEST = 0.1
"""The mix begins up to so many beats late."""
LOUDER = 4.0
PEAK = 0.99
SHORTEST, FADE = 400, 320
SCALES = (
    (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 2, 3, 5, 7, 8, 11), (0, 2, 3, 5, 7, 9, 11), (0, 2, 3, 5, 7, 9, 10),
    (0, 1, 3, 5, 7, 8, 10), (0, 2, 4, 6, 7, 9, 11), (0, 2, 4, 5, 7, 9, 10), (0, 3, 5, 6, 7, 10), (0, 2, 4, 7, 9), (0, 3, 5, 7, 10),
)  # fmt: skip
STRUCK = ("chromatic percussion", "mallet", "drum", "pluck")
"""Families that play as the paper's percussion does."""
SPREAD = 5.0
"""A fifth of an instrument's range is the deviation of its pitches from the middle: about as in Slakh."""
KINDS = ("reference", "phrase")


def is_struck(library, who):
    return library.family[who] in STRUCK


def in_scale(library, who, kinds, scale):
    """An instrument's notes of some kinds that are in a scale (pitch classes), all of them where none is; and how often each is played."""
    rows = [row for kind in kinds for row in library.rows(who, kind)]
    keys = np.array([library.key(who, row) for row in rows])
    middle, width = library.key(who, 0), max(keys.max() - keys.min(), 1)
    share = np.exp(-0.5 * ((keys - middle) / (width / SPREAD)) ** 2)
    share *= np.isin(keys % 12, list(scale))
    share = share if share.any() else np.ones(len(rows))
    return rows, share / share.sum()


def phrase(library, who, rng, bpm, scale, seconds=SECONDS, kinds=KINDS):
    """One instrument's track, float32 at a peak of 0.99, and its notes as (start s, length s, row)."""
    struck = is_struck(library, who)
    rows, often = in_scale(library, who, kinds, scale)
    beat, total = SAMPLE_RATE * 60 / bpm, int(seconds * SAMPLE_RATE)
    shares = STRUCK_SHARES if struck else BASS_SHARES if library.family[who] == "bass" else SHARES
    out, notes, at, shifted = np.zeros(total, np.float32), [], 0, 0
    while at < total:
        length = int(rng.choice(LENGTHS, p=shares) * beat) - shifted
        shifted = int(rng.uniform(-LOOSE * beat, LOOSE * beat))
        length = min(length + shifted, total - at)
        if length > SHORTEST and (struck or rng.random() >= SILENT):
            row = int(rng.choice(rows, p=often))
            note = library.note(who, row)[:length] * library.peak(who, row)
            fade = min(FADE, len(note))
            note[len(note) - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
            out[at : at + len(note)] += note
            notes.append((at / SAMPLE_RATE, length / SAMPLE_RATE, row))
        at += max(length, 1)
    return out * (PEAK / max(np.abs(out).max(), 1e-9)), notes


def stems(library, members, rng, gain=LOUDER, seconds=SECONDS, kinds=KINDS):
    """Tracks [members, samples] of a mix as they are in it: struck ones at `gain`."""
    bpm, root = rng.uniform(SLOWEST, FASTEST), int(rng.integers(12))
    scale = {(root + step) % 12 for step in SCALES[rng.integers(len(SCALES))]}
    tracks = [phrase(library, who, rng, bpm, scale, seconds, kinds)[0] * (gain if is_struck(library, who) else 1.0) for who in members]
    return np.roll(np.array(tracks), int(rng.integers(0, max(int(LATEST * SAMPLE_RATE * 60 / bpm), 1))), 1)


def groups(library, count, rng, who):
    """[count, 3] instruments, one of each role, of those that the mask `who` allows."""
    of = [np.flatnonzero(who & (library.role == role)) for role in range(3)]
    return np.array([[members[rng.integers(len(members))] for members in of] for _ in range(count)])


def families(library, count, several, rng, who):
    """[count, several] instruments of different families."""
    of = {name: np.flatnonzero(who & (library.family == name)) for name in sorted(set(library.family[who]))}
    names = list(of)
    chosen = [rng.choice(len(names), several, replace=False) for _ in range(count)]
    return np.array([[rng.choice(of[names[family]]) for family in row] for row in chosen])
