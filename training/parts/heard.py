"""What is left of an arrangement when it was heard in a mix instead of read: errors like those of the transcription.

Onsets found by the plugin's transcription have F1 .64 (bass), .71 (chords) and .56 (all of a band). These rates were set until
clean and misheard rolls of validation songs agree about as much: .66 (bass), .72 (chords), .72 (all parts as one stream; what a
band's other parts cover comes on top).
"""

import numpy as np

from . import degrees, gm, grid, tokens

DROPPED = {"bass": 0.38, "lead": 0.28, "chords": 0.36}
HARDER = (0.5, 1.6)  # of all parts in a recording
REPEATED = 0.03  # onsets heard where a note only rings on
# Drums in a band (F1 of kick .84, snare .76, hats .80 and .43, crash .23, ride .54, hand drums .67): how often a hit isn't heard, and
# what is heard instead in half of those.
MISSED = (0.14, 0.2, 0.45, 0.3, 0.18, 0.4, 0.5, 0.4, 0.45, 0.65, 0.4, 0.4, 0.35, 0.35, 0.5)
TAKEN_FOR = {
    "stick": "snare", "clap": "snare", "open hat": "closed hat", "pedal hat": "closed hat", "low tom": "kick", "high tom": "snare", "crash": "ride",
    "ride": "closed hat", "shaker": "closed hat", "low hand drum": "kick", "high hand drum": "stick", "bell": "ride",
}  # fmt: skip
# Hits that nobody played, of all steps where something begins: kick, snare, closed hat.
INVENTED = (("kick", 0.04), ("snare", 0.04), ("closed hat", 0.07))
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


def corrupted_drums(rng, drums, offset, begins):
    """Drums [S, 15] and their offsets [S] as transcribed; `begins` [S]: where another part begins a note."""
    steps, heard = len(drums), drums.copy()
    lost = (drums > 0) & (rng.random(drums.shape) < np.array(MISSED))
    heard[lost] = 0
    for step, piece in zip(*np.nonzero(lost)):
        other = TAKEN_FOR.get(gm.PIECES[piece])
        if other and rng.random() < 0.5:
            heard[step, gm.PIECES.index(other)] = drums[step, piece]
    anything = begins | (drums > 0).any(1)
    for piece, often in INVENTED:
        new = anything & (rng.random(steps) < often)
        row = gm.PIECES.index(piece)
        heard[:, row] = np.where(new & (heard[:, row] == 0), rng.integers(1, 3, steps), heard[:, row])
    hit = heard > 0
    heard = np.where(hit, np.clip(heard + rng.choice((-1, 0, 1), heard.shape, p=(0.2, 0.6, 0.2)), 1, tokens.LEVELS), 0)
    moved = np.clip(offset + rng.choice((-1, 0, 1), steps, p=(0.2, 0.6, 0.2)), 0, grid.OFFSETS - 1)
    return heard, np.where(hit.any(1), moved, grid.REACH)


def features(rng, note, rows, root, quality, table):
    """Heard harmony [S, 26] of the parts in `rows` of note [S, 7], one stream: begins, sounds, lowest key, any.

    Without `rng` nothing is misheard.
    """
    steps = len(note)
    begins, sounds = np.zeros((steps, 12), bool), np.zeros((steps, 12), bool)
    lowest = np.full(steps, 999)
    every = np.arange(steps)
    # Some recordings are heard better than others.
    harder = rng.uniform(*HARDER) if rng is not None else 1.0
    for row in rows:
        kind = tokens.KIND[tokens.PITCHED[row]]
        has, low = table[kind]
        token = note[:, row].astype(int)
        onset = token >= tokens.FIRST
        if rng is not None:
            onset &= rng.random(steps) >= DROPPED[kind] * harder
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
