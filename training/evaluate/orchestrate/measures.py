"""What arrangements are measured by, of lines [(start, end, key)] in quarter notes, the highest first. Needs no packages."""

QUALITIES = {
    "maj": (0, 4, 7), "min": (0, 3, 7), "dim": (0, 3, 6), "7": (0, 4, 7, 10), "maj7": (0, 4, 7, 11), "min7": (0, 3, 7, 10),
    "hdim7": (0, 3, 6, 10), "dim7": (0, 3, 6, 9),
}
_NEAR = 1e-3
# Breaths and tongued notes don't part two notes of a line.
_REST = 0.26


def at(line, moment):
    """The key that sounds at a moment, or None."""
    return next((key for start, end, key in line if start <= moment + _NEAR < end), None)


def before(line, moment):
    """The key that sounds until a moment, or None."""
    last = None
    for start, end, key in line:
        if start >= moment - _NEAR:
            break
        last = key if end > moment - _REST else None
    return last


def parallels(lines, free=()):
    """Onsets at which two lines go in parallel fifths or octaves."""
    found = 0
    for moment in sorted({round(start, 3) for line in lines for start, _, _ in line}):
        if any(abs(moment - end) < 0.01 for end in free):
            continue
        pairs = [(before(line, moment), at(line, moment)) for line in lines]
        for upper in range(len(pairs)):
            for lower in range(upper + 1, len(pairs)):
                (a, b), (c, d) = pairs[upper], pairs[lower]
                if None in (a, b, c, d) or a == b or c == d:
                    continue
                if (a - c) % 12 == (b - d) % 12 and (b - d) % 12 in (0, 7):
                    found += 1
                    break
            else:
                continue
            break
    return found


def standing(lines, beats, free=()):
    """Beats with a crossing, more than an octave between upper neighbours, an overlap, an odd leap, hidden outer fifths or octaves."""
    found = dict.fromkeys(("crossing", "spacing", "overlap", "leap", "hidden"), 0)
    for beat in beats:
        now, was = [at(line, beat) for line in lines], [before(line, beat) for line in lines]
        if None in now:
            continue
        n = len(now)
        found["crossing"] += any(now[i] < now[i + 1] for i in range(n - 1))
        found["spacing"] += any(now[i] - now[i + 1] > 12 for i in range(n - 2))
        if None in was or any(abs(beat - end) < 0.01 for end in free):
            continue
        moved = [b - a for a, b in zip(was, now)]
        found["overlap"] += any(now[i + 1] > was[i] or now[i] < was[i + 1] for i in range(n - 1))
        found["leap"] += any(abs(m) > 12 or abs(m) in (6, 10, 11) for m in moved[1:])
        outer = (now[0] - now[-1]) % 12
        found["hidden"] += moved[0] * moved[-1] > 0 and outer in (0, 7) and outer != (was[0] - was[-1]) % 12 and abs(moved[0]) > 2
    return found


def chord(lines, beat):
    """(root, quality, bass class) of a beat, by the template that explains it best; None in silence."""
    weights = [0.0] * 12
    for line in lines:
        for start, end, key in line:
            within = min(end, beat + 1) - max(start, beat)
            if within > _NEAR:
                weights[key % 12] += within + (0.5 if start <= beat + _NEAR else 0)
    if not sum(weights):
        return None
    bass = at(lines[-1], beat)
    best = None
    for root in range(12):
        for quality, above in QUALITIES.items():
            classes = [(root + step) % 12 for step in above]
            inside = sum(weights[c] for c in classes)
            score = inside - (sum(weights) - inside) - 0.7 * sum(weights[c] == 0 for c in classes) - (0.35 if len(above) == 4 else 0)
            score += (0.4 if bass is not None and bass % 12 == root else 0) - (0.8 if weights[root] == 0 else 0)
            if best is None or score > best[0]:
                best = (score, root, quality)
    return best[1], best[2], None if bass is None else bass % 12


def life(lines, beats):
    """Notes a beat, semitones that inner voices go a beat, share of chords in root position, share of bars whose rhythm is another than the
    bar's before."""
    notes = sum(len(line) for line in lines) / len(beats)
    inner = [abs(b[2] - a[2]) for line in lines[1:-1] for a, b in zip(line, line[1:]) if b[0] - a[1] < _REST]
    chords = [found for beat in beats if (found := chord(lines, beat)) and found[2] is not None]
    rooted = sum(root == bass for root, _, bass in chords) / max(1, len(chords))
    return {"notes a beat": notes, "inner motion": sum(inner) / (len(lines) - 2) / len(beats), "root position": rooted}


def rhythm_changes(lines, bar, end):
    """Share of bars whose onsets under the melody aren't those of the bar before."""
    def onsets(number):
        return frozenset(
            (index, round((start - number * bar) * 12)) for index, line in enumerate(lines[1:]) for start, _, _ in line
            if number * bar <= start + _NEAR < (number + 1) * bar)
    bars = [onsets(number) for number in range(int(end / bar))]
    return sum(a != b for a, b in zip(bars, bars[1:])) / max(1, len(bars) - 1)


def chroma(parts, seconds=0.75, gains=None, frame=0.1):
    """Frames of 12: how much each pitch class sounds, parts with their gains."""
    end = max(end for part in parts for _, end, _ in part) * seconds
    frames = [[0.0] * 12 for _ in range(int(end / frame) + 1)]
    for part, gain in zip(parts, gains or [1.0] * len(parts)):
        for start, stop, key in part:
            for index in range(int(start * seconds / frame), min(len(frames), int(stop * seconds / frame - 1e-9) + 1)):
                within = min(stop * seconds, (index + 1) * frame) - max(start * seconds, index * frame)
                frames[index][key % 12] += gain * max(0.0, within) / frame
    return frames


def sim(a, b):
    """Mean cosine of two chromagrams; frames that are silent in one only count nought."""
    total, count = 0.0, 0
    for x, y in zip(a, b):
        lx, ly = sum(v * v for v in x) ** 0.5, sum(v * v for v in y) ** 0.5
        if lx < 1e-9 and ly < 1e-9:
            continue
        count += 1
        if lx > 1e-9 and ly > 1e-9:
            total += sum(p * q for p, q in zip(x, y)) / lx / ly
    return total / max(1, count)
