"""Chord progressions by a small functional grammar, and melodies over them."""

NAMES = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
# quality -> (as mma writes it, as mir_eval writes it, semitones over the root)
QUALITIES = {
    "maj": ("", "maj", (0, 4, 7)),
    "min": ("m", "min", (0, 3, 7)),
    "7": ("7", "7", (0, 4, 7, 10)),
    "maj7": ("M7", "maj7", (0, 4, 7, 11)),
    "min7": ("m7", "min7", (0, 3, 7, 10)),
    "dim": ("dim", "dim", (0, 3, 6)),
    "hdim7": ("m7b5", "hdim7", (0, 3, 6, 10)),
    "sus4": ("sus4", "sus4", (0, 5, 7)),
}
SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}
# function -> [(root above the tonic, triad, seventh chord, weight), ...]
_MAJOR = {
    "T": [(0, "maj", "maj7", 6), (9, "min", "min7", 3), (4, "min", "min7", 1)],
    "S": [(5, "maj", "maj7", 4), (2, "min", "min7", 4), (10, "maj", "7", 0.5), (5, "min", "min7", 0.4)],
    "D": [(7, "maj", "7", 6), (11, "dim", "hdim7", 0.7), (7, "sus4", "sus4", 0.7)],
    "X": [(2, "maj", "7", 1), (9, "maj", "7", 1), (4, "maj", "7", 1), (0, "maj", "7", 1)],
}
_MINOR = {
    "T": [(0, "min", "min7", 6), (8, "maj", "maj7", 2), (3, "maj", "maj7", 2)],
    "S": [(5, "min", "min7", 4), (2, "dim", "hdim7", 2), (8, "maj", "maj7", 1.5), (10, "maj", "7", 1.5)],
    "D": [(7, "maj", "7", 5), (7, "min", "min7", 1.2), (10, "maj", "7", 1), (7, "sus4", "sus4", 0.5)],
    "X": [(0, "maj", "7", 1), (10, "maj", "7", 0.7), (3, "maj", "7", 0.7)],
}
_NEXT = {"T": "TSSSDX", "S": "SDDDT", "D": "TTTTS", "X": "SSD"}


def progression(rng, bars, beats_a_bar, unit):
    """(tonic, mode, [(bar, beat, root, quality, bass or None), ...]): a phrase of 8 or 12 bars that
    begins on the tonic and closes with a cadence, repeated as far as needed. Changes fall on
    multiples of `unit` beats."""
    tonic, mode = rng.randrange(12), rng.choice(("major", "major", "minor"))
    functions = _MAJOR if mode == "major" else _MINOR
    sevenths = rng.choice((0.05, 0.3, 0.8))
    halves = rng.choice((0.0, 0.15, 0.4))
    slashes = rng.choice((0.0, 0.0, 0.12))

    def chord(function, first=False):
        root, triad, seventh, _ = (
            functions["T"][0] if first else rng.choices(functions[function], [c[3] for c in functions[function]])[0]
        )
        quality = seventh if rng.random() < sevenths else triad
        root = (root + tonic) % 12
        bass = None
        if not first and quality in ("maj", "min", "7") and rng.random() < slashes:
            bass = (root + rng.choice(QUALITIES[quality][2][1:3])) % 12
        return root, quality, bass

    phrase_bars = rng.choice((8, 8, 12))
    phrase, function = [], "T"
    for bar in range(phrase_bars):
        places = [0]
        if rng.random() < halves and beats_a_bar // unit > 1:
            places.append(unit * ((beats_a_bar // unit + 1) // 2))
        for place in places:
            if bar == 0 and place == 0:
                phrase.append((bar, place, *chord("T", True)))
                continue
            function = "D" if bar == phrase_bars - 2 else "T" if bar == phrase_bars - 1 else rng.choice(_NEXT[function])
            phrase.append((bar, place, *chord(function, bar == phrase_bars - 1)))
    song = [
        (repeat * phrase_bars + bar, *rest)
        for repeat in range(bars // phrase_bars + 1)
        for bar, *rest in phrase
        if repeat * phrase_bars + bar < bars
    ]
    return tonic, mode, song


def written(root, quality, bass):
    """As mma reads it."""
    return NAMES[root] + QUALITIES[quality][0] + (f"/{NAMES[bass]}" if bass is not None else "")


def label(root, quality):
    """As mir_eval reads it."""
    return f"{NAMES[root]}:{QUALITIES[quality][1]}"


def melody(rng, chords, beats_a_bar, bars, tonic, mode):
    """[(start, length, key), ...] in beats: chord tones on strong places, scale steps between, with
    rests and repeated rhythms."""
    scale = sorted((tonic + step) % 12 for step in SCALES[mode])
    key, notes = 67 + rng.randrange(-4, 9), []
    rhythms = [_rhythm(rng, beats_a_bar) for _ in range(2)]
    for bar in range(bars):
        if bar % 4 == 3 and rng.random() < 0.5:
            rhythms[rng.randrange(2)] = _rhythm(rng, beats_a_bar)
        for start, length in rhythms[bar % 2]:
            at = (bar, start)
            sounding = [c for c in chords if (c[0], c[1]) <= at][-1]
            tones = [(sounding[2] + step) % 12 for step in QUALITIES[sounding[3]][2]]
            allowed = tones if start == int(start) and rng.random() < 0.8 else scale
            near = [k for k in range(key - 5, key + 6) if k % 12 in allowed and 57 <= k <= 86]
            key = rng.choice(near or [k for k in range(60, 80) if k % 12 in allowed])
            notes.append((bar * beats_a_bar + start, length * 0.92, key))
    return notes


def _rhythm(rng, beats):
    at, found = rng.choice((0.0, 0.0, 0.5, 1.0)), []
    while at < beats:
        length = min(rng.choice((0.5, 0.5, 1.0, 1.0, 1.5, 2.0)), beats - at)
        if rng.random() < 0.85:
            found.append((at, length))
        at += length
    return found
