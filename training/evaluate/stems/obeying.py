"""Does the program do as it is told: words, edits of a part that is there, genres. Contexts are MIDI files of unseen songs."""

import tempfile

import numpy as np

from ...parts import gm, tokens, words
from ..parts import answers, edits, style
from . import program

HATS = [gm.PIECES.index(piece) for piece in ("closed hat", "pedal hat", "open hat")]


def _hats(roll):
    return float((roll.drums[:, HATS] > 0).any(1).mean())


def _fill(roll):
    """How much the last bar differs from what most bars do, less what the others differ."""
    hit = (roll.drums > 0).reshape(8, -1)
    usual = hit.mean(0) > 0.5
    apart = (hit ^ usual).sum(1)
    return float(apart[7] - apart[:7].mean())


WORDS = edits.WORDS | {"a fill in bar 8": (_fill, "drums with a fill in bar 8", "drums, no fills", 1)}
# name: (what is measured, the words, direction)
EDITS = {
    "busier": (edits._density, "busier", 1),
    "sparser": (edits._density, "sparser", -1),
    "louder": (edits._loud, "louder", 1),
    "softer": (edits._loud, "softer", -1),
    "sixteenth hats": (_hats, "same but with sixteenth hats", 1),
    "half-time": (edits._three, "half-time", 1),
}


def _songs(asker, count, able):
    """Rolls of unseen songs that a judge or a measure is able to judge."""
    places = [(m, r) for m, r in asker.songs(0, 3 * count) if able(asker.data.rolls(m, [r])[0])]
    return answers.rolls_of(asker.data, places[:count])


def _right(before, after, direction):
    """Share that moves the right way, equal as half, and the means."""
    able = ~(np.isnan(before) | np.isnan(after))
    right = (np.sign(after - before) * direction + 1) / 2
    return float(right[able].mean()), float(after[able].mean()), float(before[able].mean())


def by_words(asker, train, count):
    """Words against their opposite, or against nothing special."""
    rolls, figures = _songs(asker, count, lambda roll: roll.metre == "4/4"), {}
    with tempfile.TemporaryDirectory() as place:
        contexts = program.Contexts(place, rolls, 0, asker.voicings)
        for name, (what, text, other, direction) in WORDS.items():
            of = lambda text: np.array([np.nan if roll is None else what(roll) for roll, _ in contexts.ask([text] * len(rolls))])
            right, a, b = _right(of(other), of(text), direction)
            print(f"  {name:26s} {right:.2f} ({a:.2f}, {b:.2f})", flush=True)
            figures[f"words {name}"] = right
    return figures


def by_edits(asker, train, count):
    """Edits of the part that fits the song: they move what they say, and leave the bars that they aren't asked to change."""
    rolls, figures = _songs(asker, count, lambda roll: roll.metre == "4/4"), {}
    with tempfile.TemporaryDirectory() as place:
        contexts = program.Contexts(place, rolls, 0, asker.voicings)
        first = contexts.ask(asker.captions(rolls, 0))
        before = [roll for roll, _ in first]
        again = lambda *more: [("--again", file, *more) for _, file in first]
        for name, (what, text, direction) in EDITS.items():
            after = [roll for roll, _ in contexts.ask([text] * len(rolls), again())]
            right, a, b = _right(np.array([what(r) for r in before]), np.array([what(r) for r in after]), direction)
            print(f"  {name:26s} {right:.2f} ({a:.2f}, before {b:.2f})", flush=True)
            figures[f"edit {name}"] = right
        after = [roll for roll, _ in contexts.ask(asker.captions(rolls, 0), again("--bars", "3-3", "--seed", "7"))]
        # What is near the bar line may belong to the bar before.
        bars = lambda roll: [n for n in tokens.decode(roll, asker.voicings) if not 2 * 96 - 2 <= n[1] < 3 * 96 + 2]
        kept = float(np.mean([bars(a) == bars(b) for a, b in zip(before, after)]))
        changed = float(np.mean([not np.array_equal(a.drums, b.drums) for a, b in zip(before, after)]))
        print(f"  bar 3 alone: all others kept in {kept:.2f} of songs, changed in {changed:.2f}", flush=True)
    return figures | {"bar 3 alone, others kept": kept}


def by_style(asker, train, count):
    """Genres by a judge that has heard real parts alone."""
    judge = style.learned(train)
    rolls = _songs(asker, count, lambda roll: style.genre(roll.facts["stem"]))
    true = [style.genre(roll.facts["stem"]) for roll in rolls]
    with tempfile.TemporaryDirectory() as place:
        contexts = program.Contexts(place, rolls, 0, asker.voicings)
        made = [roll for roll, _ in contexts.ask([f"{words.genre(roll.facts['stem'])[0]} drums" for roll in rolls])]
    rate = lambda some: float(np.mean([a == b for a, b in zip(judge(some), true)]))
    found = {"genre, real": rate(rolls), "genre, by its name": rate(made)}
    print("  " + ", ".join(f"{name} {value:.3f}" for name, value in found.items()), flush=True)
    return found


ALL = {"words": by_words, "edits": by_edits, "style": by_style}
