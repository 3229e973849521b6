"""What is left of an arrangement when it was heard in a mix instead of read: errors like those of the transcription.

Onsets found by the plugin's transcription have F1 .64 (bass), .71 (chords) and .56 (all of a band). These rates were set until
clean and misheard rolls of validation songs agree about as much: .66 (bass), .72 (chords), .72 (all parts as one stream; what a
band's other parts cover comes on top).
"""

import numpy as np

from . import degrees, tokens

DROPPED = {"bass": 0.38, "lead": 0.28, "chords": 0.36}
REPEATED = 0.03  # onsets heard where a note only rings on
GHOSTS = ((7, 0.16), (4, 0.08), (10, 0.05))  # semitones over a note, how often
_SEMITONES = np.array([degrees.SEMITONES[q] for q in degrees.QUALITIES])


def tables(voicings):
    """Degrees of each token [tokens, 12] bool and its lowest number, for basses, leads and voicings."""
    found = {}
    for kind in ("bass", "lead", "chords"):
        sets = voicings.sets if kind == "chords" else [(n,) for n in range(12 * degrees.OCTAVES[kind])]
        has, low = np.zeros((tokens.FIRST + len(sets), 12), bool), np.zeros(tokens.FIRST + len(sets), int)
        for i, numbers in enumerate(sets):
            has[tokens.FIRST + i, [n % 12 for n in numbers]] = True
            low[tokens.FIRST + i] = min(numbers, key=lambda n: (n // 12, n % 12))
        found[kind] = has, low
    return found


def corrupted_line(rng, note, kind):
    """A bass or lead as transcribed: onsets missing, octave errors, notes cut short."""
    note = note.copy()
    at = np.flatnonzero(note >= tokens.FIRST)
    lost = at[rng.random(len(at)) < DROPPED[kind]]
    for step in lost:
        # The note before rings on, or nothing is heard until the next onset.
        before = note[step - 1] if step else tokens.REST
        fill = tokens.HOLD if before != tokens.REST and rng.random() < 0.5 else tokens.REST
        end = step + 1
        while end < len(note) and note[end] == tokens.HOLD:
            end += 1
        note[step:end] = fill
    at = np.flatnonzero(note >= tokens.FIRST)
    high = 12 * (degrees.OCTAVES[kind] - 1)
    wrong = at[rng.random(len(at)) < 0.08]
    note[wrong] = tokens.FIRST + rng.integers(0, 12, len(wrong)) + 12 * ((note[wrong].astype(int) - tokens.FIRST) // 12)
    up = at[(rng.random(len(at)) < 0.08) & (note[at] < tokens.FIRST + high)]
    note[up] += 12
    for step in np.flatnonzero((note == tokens.HOLD) & (rng.random(len(note)) < REPEATED)):
        before = step
        while note[before] == tokens.HOLD:
            before -= 1
        note[step] = note[before]
    cut = (note == tokens.HOLD) & (rng.random(len(note)) < 0.15)
    for step in np.flatnonzero(cut):
        end = step
        while end < len(note) and note[end] == tokens.HOLD:
            note[end] = tokens.REST
            end += 1
    return note


def features(rng, note, rows, root, quality, table):
    """Heard harmony [S, 26] of the parts in `rows` of note [S, 7], one stream: begins, sounds, lowest key, any.

    Without `rng` nothing is misheard.
    """
    steps = len(note)
    begins, sounds = np.zeros((steps, 12), bool), np.zeros((steps, 12), bool)
    lowest = np.full(steps, 999)
    every = np.arange(steps)
    for row in rows:
        kind = tokens.KIND[tokens.PITCHED[row]]
        has, low = table[kind]
        token = note[:, row].astype(int)
        onset = token >= tokens.FIRST
        if rng is not None:
            onset &= rng.random(steps) >= DROPPED[kind]
            # Some come a step early or late.
            late = onset & (rng.random(steps) < 0.05)
            moved = np.roll(late, 1)
            moved[0] = False
            token = np.where(moved & ~onset, np.roll(token, 1), token)
            onset = (onset & ~late) | moved
        last = np.maximum.accumulate(np.where(onset, every, -1))
        alive = (last >= 0) & (onset | (token == tokens.HOLD))
        if rng is not None:
            alive &= onset | (rng.random(steps) > 0.1)
        last = np.maximum(last, 0)
        # Degrees are over the chord at the onset: as pitch classes, then over the chord of each step.
        classes = np.zeros((steps, 12), bool)
        np.put_along_axis(classes, (_SEMITONES[quality[last]] + root[last][:, None]) % 12, has[token[last]], 1)
        if rng is not None:
            chosen = has[token[last]].any(1)
            for over, often in GHOSTS:
                ghost = (rng.random(steps) < often)[last] & chosen
                classes |= np.roll(classes, over, 1) & ghost[:, None]
        here = np.take_along_axis(classes, (_SEMITONES[quality] + root[:, None]) % 12, 1)
        sounds |= here & alive[:, None]
        begins |= here & onset[:, None]
        number = low[token[last]]
        base = np.array([degrees.base(kind, r) for r in range(12)])[root[last]]
        key = base + 12 * (number // 12) + _SEMITONES[quality[last], number % 12]
        if rng is not None:
            key = key + np.where((rng.random(steps) < 0.1)[last], 12, 0)
        lowest = np.where(alive, np.minimum(lowest, key), lowest)
    any_ = lowest < 999
    return np.concatenate([begins, sounds, np.where(any_, (lowest - 52) / 16, 0)[:, None], any_[:, None]], 1).astype(np.float32)
