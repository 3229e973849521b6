"""Beats and downbeats of a score, and its chords, in quarter notes. Needs no packages."""

NAMES = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
# Notation -> (metre's name, quarters of a felt beat).
METRES = {
    "2/4": ("2/4", 1.0), "3/4": ("3/4", 1.0), "4/4": ("4/4", 1.0), "5/4": ("5/4", 1.0),
    "2/2": ("2/2", 2.0), "6/8": ("6/8", 1.5), "12/8": ("12/8", 1.5),
}
_QUALITIES = {
    (0, 4, 7): "maj", (0, 3, 7): "min", (0, 4, 7, 10): "7", (0, 4, 7, 11): "maj7", (0, 3, 7, 10): "min7", (0, 3, 6): "dim",
    (0, 3, 6, 10): "hdim7", (0, 3, 6, 9): "dim7", (0, 4, 8): "aug", (0, 3, 7, 11): "minmaj7", (0, 5, 7): "sus4",
}
_NEAR = 1e-3


def downbeats(measures, bar):
    """Of measures as written, (start, length): where bars begin. A short measure at the start is an anacrusis; of a bar that
    a repeat or a double line cuts in two, only the first part begins one."""
    found, carried = [], 0.0
    for index, (start, length) in enumerate(measures):
        whole = length > bar - _NEAR
        if carried and not whole and abs(carried + length - bar) < _NEAR:
            carried = 0.0
            continue
        if index or whole:
            found.append(start)
            carried = 0.0 if whole else length
    return found


def beats(downbeats, unit, bar, end):
    """Felt beats from 0 to `end`: those of bars, and before the first one those of the anacrusis."""
    if not downbeats:
        return []
    found = []
    at = downbeats[0] - unit
    while at > -_NEAR:
        found.append(max(at, 0.0))
        at -= unit
    found.reverse()
    for start, following in zip(downbeats, [*downbeats[1:], end]):
        steps = 0
        while start + steps * unit < following - _NEAR:
            found.append(start + steps * unit)
            steps += 1
    return [at for at in found if at < end - _NEAR]


def label(root, classes):
    """A chord as mir_eval writes it; "X" (not compared) if it has no name there."""
    steps = tuple(sorted({(other - root) % 12 for other in classes}))
    quality = _QUALITIES.get(steps)
    return f"{NAMES[root % 12]}:{quality}" if quality else "X"


def transposed(chords, notes):
    """(share of what sounds that chords (start, end, root, classes) cover, the chords), shifted to where they cover most: some
    analyses are of another edition, in another key."""
    shifted = lambda by: [(start, end, (root + by) % 12, [(c + by) % 12 for c in classes]) for start, end, root, classes in chords]
    return max((covered(shifted(by), notes), shifted(by)) for by in range(12))


def covered(chords, notes):
    """Share of what sounds, by time, that belongs to the chord written over it."""
    inside = total = 0.0
    for start, end, _, classes in chords:
        for begin, stop, key in notes:
            shared = min(end, stop) - max(start, begin)
            if shared > 0:
                total += shared
                inside += shared * (key % 12 in classes)
    return inside / total if total else 0.0
