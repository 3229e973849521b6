"""Do parts fit songs that nobody here made? A part is taken out of a song and asked for anew; beside it stand the part that was there,
those of other songs (moved into this one's key), and the one of that other song whose rest has the rhythm most like this one's rest.

The gap is what is missing to the real part, as a share of real ↔ another song's: 0 fits as well as what was there, 1 no better than
what was made for another song. Its range is that of nine in ten draws of the songs (bootstrap).
"""

import numpy as np

from ...parts import gm, measure
from ..tables import show
from . import asked, songs

STEPS = 4  # a quarter
OTHERS = 5  # parts of other songs beside each
PARTS = ("drums", "bass", "guitar", "keys")
HEARD = ("drums", "bass")  # which are also asked for of recordings
STYLES = {"Freedoom": "rock"}  # what nearly all of its songs are
GOAL = 0.2
_KRUMHANSL = {
    "major": (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
    "minor": (6.33, 2.68, 3.52, 5.38, 2.6, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
}


def loudness(notes, length):
    """Summed velocity of what begins at each sixteenth of so many quarters."""
    found = np.zeros(round(length * STEPS))
    for start, _, _, velocity in notes:
        if (step := round(start * STEPS)) < len(found):
            found[step] += velocity
    return found


def kicks(notes):
    return [n for n in notes if gm.piece(n[2]) == gm.PIECES.index("kick")]


def together(one, other):
    """F1 of onsets."""
    return 2 * ((one > 0) & (other > 0)).sum() / max((one > 0).sum() + (other > 0).sum(), 1)


def correlation(a, b):
    return float(np.corrcoef(a, b)[0, 1]) if a.std() and b.std() else np.nan


def chord_tones(notes, rest):
    """Share of notes whose pitch class sounds in the rest; of those over which anything sounds."""
    starts, ends, classes = (np.array([n[i] for n in rest]) for i in (0, 1, 2))
    found = []
    for start, _, key, _ in notes:
        sounding = classes[(starts - 0.1 <= start) & (start < ends - 0.05)] % 12
        if len(sounding):
            found.append(key % 12 in sounding)
    return float(np.mean(found)) if found else np.nan


def fit(song, part, notes):
    """{figure: how well notes go with the rest of a song}."""
    length = song.bars * song.bar
    mine, rest = loudness(notes, length), song.rest(part)
    found = {"accents": correlation(mine, sum(loudness(track.notes, length) for track in rest))}
    if part == "drums" and song.has("bass"):
        found["kick and bass"] = together(loudness(kicks(notes), length), loudness(song.notes("bass"), length))
    if part == "bass":
        found["kick and bass"] = together(mine, loudness(kicks(song.notes("drums")), length))
    if part != "drums":
        found["chord tones"] = chord_tones(notes, [n for track in rest if track.part != "drums" for n in track.notes])
    found["metre"] = correlation(mine, measure.weights(song.metre, len(mine)))
    found["onsets a beat"] = float((mine > 0).sum() / length)
    return found


def key(song, part):
    """The tonic that the rest's pitch classes are most like."""
    weight = np.zeros(12)
    for track in song.rest(part):
        for start, end, note, _ in track.notes if track.part != "drums" else ():
            weight[note % 12] += end - start
    like = {(tonic, mode): np.corrcoef(np.roll(profile, tonic), weight)[0, 1] for mode, profile in _KRUMHANSL.items() for tonic in range(12)}
    return max(like, key=like.get)[0] if weight.std() else 0


def borrowed(song, other, part):
    """Another song's part, in this one's key, as often as it takes."""
    up = 0 if part == "drums" else (key(song, part) - key(other, part) + 6) % 12 - 6
    span = other.bars * other.bar
    times = -(-song.bars // other.bars)
    moved = [(a + n * span, b + n * span, note + up, velocity) for n in range(times) for a, b, note, velocity in other.notes(part)]
    return [n for n in moved if n[0] < song.bars * song.bar]


def _profile(song, part):
    """Where in the bar the rest's instruments begin."""
    found = []
    for kind in gm.PARTS:
        hits = loudness(song.notes(kind) if kind != part else (), song.bars * song.bar) > 0
        found.append(hits.reshape(song.bars, -1).mean(0))
    return np.concatenate(found)


def nearest(song, others, part):
    mine = _profile(song, part)
    return min(others, key=lambda other: np.abs(mine - _profile(other, part)).sum())


def rows(source, some, pool, part):
    """{whose: [a song's figures, or nothing]}."""
    found = {"real": [fit(song, part, song.notes(part)) for song in some], "of another song": [], "of the most similar other": []}
    for number, song in enumerate(some):
        others = [other for other in pool if other.metre == song.metre and other.has(part) and other.name != song.name]
        rng = np.random.default_rng(number)
        chosen = [others[i] for i in rng.permutation(len(others))[:OTHERS]]
        several = [fit(song, part, borrowed(song, other, part)) for other in chosen]
        found["of another song"].append({name: float(np.nanmean([one[name] for one in several])) for name in several[0]} if several else None)
        found["of the most similar other"].append(fit(song, part, borrowed(song, nearest(song, others, part), part)) if others else None)
    for heard in (False, True) if part in HEARD else (False,):
        for words in asking(source, part)[: 1 if heard else None]:
            made = [asked.notes(song, part, worded(words, song), heard) for song in some]
            label = f"{'heard' if heard else 'MIDI'}, “{words.replace('STYLE', STYLES.get(source, 'GENRE'))}”"
            found[label] = [notes and fit(song, part, notes) for song, notes in zip(some, made)]
    return found


def asking(source, part):
    """What is asked for: the style's part where the style is known (recordings: this alone), and just the part."""
    styled = f"STYLE {part}"
    return {"Freedoom": (styled, part) if part == "drums" else (styled,), "OpenTTD": (part,), "MMA": (styled,)}[source]


def worded(words, song):
    return words.replace("STYLE", song.genre or STYLES.get(song.source, "")).strip()


def gap(real, other, ours):
    """(what is missing to the real part, least, most) of real ↔ another song's; nothing where so few songs don't tell these apart."""
    able = np.array([[a, b, c] for a, b, c in zip(real, other, ours) if not np.isnan([a, b, c]).any()])
    apart = able[:, 0] - able[:, 1] if len(able) >= 4 else np.zeros(1)
    if apart.mean() <= max(1.64 * apart.std() / np.sqrt(len(apart)), 0.02):
        return None
    of = lambda some: (some[:, 0] - some[:, 2]).mean() / max((some[:, 0] - some[:, 1]).mean(), 0.02)
    draws = np.random.default_rng(1).integers(len(able), size=(400, len(able)))
    least, most = np.quantile([of(able[draw]) for draw in draws], (0.05, 0.95))
    return float(of(able)), float(least), float(most)


def printed(source, part, found):
    """Prints a table with the gaps; its figures."""
    names = list(dict.fromkeys(name for one in found["real"] if one for name in one))
    of = lambda label, name: np.array([one.get(name, np.nan) if one else np.nan for one in found[label]])
    mean = lambda label, name: None if np.isnan(of(label, name)).all() else float(np.nanmean(of(label, name)))
    counts = {label: str(sum(bool(one) for one in some)) for label, some in found.items()}
    show(f"{source}: {part}", [*names, "songs"], [(label, *[mean(label, name) for name in names], counts[label]) for label in found])
    figures = {f"{source} {part} {label} {name}": mean(label, name) for label in found for name in names}
    compared = [name for name in ("kick and bass", "accents", "chord tones") if name in names]
    gaps = []
    for label in [label for label in found if label not in ("real", "of another song")]:
        some = [gap(of("real", name), of("of another song", name), of(label, name)) for name in compared]
        gaps.append((label, *[one and f"{one[0]:.2f} ({one[1]:.2f} to {one[2]:.2f}){' ✓' if one[0] <= GOAL else ''}" for one in some]))
        figures |= {f"{source} {part} {label} gap of {name}": one[0] for name, one in zip(compared, some) if one}
    show(f"{source}: {part}, gap (goal {GOAL})", compared, gaps)
    return figures


def measured(count):
    """At most so many songs of each source."""
    figures = {}
    for part in PARTS:
        for source in songs.SOURCES:
            pool = songs.band_songs(source)
            some = [song for song in pool if song.has(part) and len(song.notes(part)) >= song.bars][:count]
            if len(some) >= 4:
                figures |= printed(source, part, rows(source, some, pool, part))
    return figures
