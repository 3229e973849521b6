"""Are drums like those of people: how bars differ, where fills and crashes fall, ghost notes, velocities, how many hits.

Beside each mean stands what nine in ten of the people's songs lie between (5 to 95 %), and how many of ours lie there, too. What is made is what
`bands` asks for, of the same bars.
"""

import numpy as np

from ...parts import gm
from ..tables import show
from . import asked, bands, songs

_SNARE, _CRASH = gm.PIECES.index("snare"), gm.PIECES.index("crash")
_FILLING = [gm.PIECES.index(piece) for piece in ("snare", "low tom", "high tom")]
GHOST = 50  # a snare softer than that
WINDOW = 8


def grid(song, notes):
    """Loudest velocity of each piece at each sixteenth [bars, steps, pieces]."""
    found = np.zeros((song.bars * song.bar * bands.STEPS, len(gm.PIECES)))
    for start, _, key, velocity in notes:
        step, piece = round(start * bands.STEPS), gm.piece(key)
        if piece is not None and step < len(found):
            found[step, piece] = max(found[step, piece], velocity)
    return found.reshape(song.bars, -1, len(gm.PIECES))


def apart(hit, lag):
    """Mean Jaccard distance of bars so far apart."""
    one, other = hit[:-lag], hit[lag:]
    either = (one | other).sum((1, 2))
    return float(np.mean(1 - (one & other).sum((1, 2))[either > 0] / either[either > 0])) if either.any() else np.nan


def distinct(hit):
    """How many different bars eight have."""
    windows = [hit[at : at + WINDOW] for at in range(0, len(hit) - WINDOW + 1, WINDOW)]
    return float(np.mean([len({bar.tobytes() for bar in window}) for window in windows]))


def phase(hit):
    """(the bar of a phrase that most crashes begin, of all crashes the share there); nothing where there are fewer than two."""
    crashes = hit[:, : bands.STEPS, _CRASH].any(1)
    if crashes.sum() < 2:
        return None
    counts = np.bincount(np.flatnonzero(crashes) % songs.PHRASE, minlength=songs.PHRASE)
    return int(counts.argmax()), float(counts.max() / counts.sum())


def figures(song, notes):
    loud = grid(song, notes)
    hit = loud > 0
    last = hit[:, -bands.STEPS :, _FILLING].sum((1, 2))
    found = {
        "distance of bars, next": apart(hit, 1),
        "distance of bars, next but one": apart(hit, 2),
        "distinct bars of 8": distinct(hit),
        "hits a bar": float(hit.sum() / len(hit)),
        "ghosts a bar": float(((loud[:, :, _SNARE] > 0) & (loud[:, :, _SNARE] < GHOST)).sum() / len(hit)),
        "crashes a bar": float(hit[:, :, _CRASH].sum() / len(hit)),
        "velocities in use": float(len(np.unique(loud[hit]))),
    }
    if crashed := phase(hit):
        ends = (np.arange(len(hit)) + 1) % songs.PHRASE == crashed[0]
        found |= {
            "crashes on one bar of 4": crashed[1],
            "snares, toms of the last beat before it": float(last[ends].mean()),
            "snares, toms of other last beats": float(last[~ends].mean()),
        }
    at = np.arange(hit.shape[1])
    for place, some in {"1, 3": at % 8 == 0, "2, 4": at % 8 == 4, "offbeats": at % 4 == 2, "sixteenths": at % 2 == 1}.items():
        values = loud[:, some][hit[:, some]]
        found[f"velocity on {place}"] = float(values.mean()) if len(values) else np.nan
    return found


def same_phase(song, notes):
    """Whether crashes begin the same bar of a phrase as the people's; nothing where either has no such bar."""
    one, other = phase(grid(song, song.notes("drums")) > 0), phase(grid(song, notes) > 0)
    return None if not one or not other or one[1] < 0.6 else float(one[0] == other[0])


def measured(count):
    every, kept = {}, {}
    for source in ("Freedoom", "OpenTTD"):
        some = [song for song in songs.band_songs(source) if song.metre == "4/4"][:count]
        every[f"{source}, people"] = [figures(song, song.notes("drums")) for song in some]
        for heard in (False, True):
            for words in bands.asking(source, "drums")[: 1 if heard else None]:
                made = [(song, asked.notes(song, "drums", bands.worded(words, song), heard)) for song in some]
                label = f"{source}, {'heard' if heard else 'MIDI'}, “{bands.worded(words, some[0])}”"
                every[label] = [figures(song, notes) for song, notes in made if notes]
                kept[label] = [one for song, notes in made if notes and (one := same_phase(song, notes)) is not None]
    people = [one for label, some in every.items() if label.endswith("people") for one in some]
    names = list(dict.fromkeys(name for one in people for name in one))
    of = lambda some, name: np.array([one[name] for one in some if not np.isnan(one.get(name, np.nan))])
    table, result = [], {}
    for name in names:
        least, most = np.quantile(of(people, name), (0.05, 0.95))
        cells = [f"{least:.2f} to {most:.2f}"]
        for label, some in every.items():
            values = of(some, name)
            inside = float(((values >= least) & (values <= most)).mean()) if len(values) else np.nan
            cells.append("–" if not len(values) else f"{values.mean():.2f}" + ("" if label.endswith("people") else f" ({inside:.0%})"))
            result[f"{label} {name}"] = float(values.mean()) if len(values) else None
        table.append((name, *cells))
    show(f"Drums beside people's ({', '.join(f'{label} {len(some)}' for label, some in every.items())}): mean, share within", ["people", *every], table)
    rows = [(label, float(np.mean(some)) if some else None, str(len(some))) for label, some in kept.items()]
    show("Crashes begin the same bar of a phrase as the people's", ["share", "songs"], rows)
    return result
