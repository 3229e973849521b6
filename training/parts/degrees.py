"""Pitches relative to the chord: a degree (root, third, fifth, …) and an octave, without loss.

Each quality orders the twelve semitones over its root so that a degree means the same in all of them: 0 root, 1 third (or
what is suspended), 2 fifth, 3 seventh, 4 second, 5 fourth, 6 sixth, then what is left, upwards. What is played over C in
degrees is therefore right over Fm, and a network needs to learn it once.
"""

# In the order of the plugin's own `Quality::ALL`.
QUALITIES = ("maj", "min", "7", "maj7", "min7", "dim", "hdim7", "dim7", "aug", "sus4", "sus2")
# (third, fifth, seventh, second, fourth, sixth) in semitones
_NAMED = {
    "maj": (4, 7, 11, 2, 5, 9),
    "min": (3, 7, 10, 2, 5, 9),
    "7": (4, 7, 10, 2, 5, 9),
    "maj7": (4, 7, 11, 2, 5, 9),
    "min7": (3, 7, 10, 2, 5, 9),
    "dim": (3, 6, 10, 2, 5, 9),
    "hdim7": (3, 6, 10, 2, 5, 9),
    "dim7": (3, 6, 9, 2, 5, 8),
    "aug": (4, 8, 10, 2, 5, 9),
    "sus4": (5, 7, 10, 2, 4, 9),
    "sus2": (2, 7, 10, 4, 5, 9),
}
CHORD_DEGREES = {q: (0, 1, 2, 3) if q in ("7", "maj7", "min7", "hdim7", "dim7") else (0, 1, 2) for q in QUALITIES}
# Degree → semitones over the root, for each quality.
SEMITONES = {q: (0, *named, *(s for s in range(1, 12) if s not in named)) for q, named in _NAMED.items()}
DEGREES = {q: tuple(order.index(s) for s in range(12)) for q, order in SEMITONES.items()}
# Lowest key that a root can have: E1 for basses, C2 for chords, C3 for leads.
LOWEST_ROOT = {"bass": 28, "chords": 36, "lead": 48}
OCTAVES = {"bass": 3, "chords": 5, "lead": 4}


def base(kind, root):
    """The key of a root (0 to 11) in the lowest octave of a kind of part."""
    low = LOWEST_ROOT[kind]
    return low + (root - low) % 12


def degree(kind, key, root, quality):
    """octave * 12 + degree of a key over a chord; keys outside are moved by octaves."""
    octave, semitone = divmod(key - base(kind, root), 12)
    return min(max(octave, 0), OCTAVES[kind] - 1) * 12 + DEGREES[quality][semitone]


def key(kind, number, root, quality):
    """The key of octave * 12 + degree over a chord."""
    octave, degree_ = divmod(number, 12)
    return base(kind, root) + 12 * octave + SEMITONES[quality][degree_]
