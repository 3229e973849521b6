"""Parts for unseen grooves and progressions: `python -m training.evaluate parts [drums|bass|guitar|keys|style|copies|distribution|edits …] [--songs N]`.

Each figure stands beside real parts, a real part of another song, that of the nearest training song, and an unconditional model's.
"""

from pathlib import Path

import numpy as np

from ...parts import heard, measure, windows
from . import agreement, answers, copies, distribution, edits, style

PARTS = {"drums": 0, "bass": 1, "guitar": 2, "keys": 3}
ALL = (*PARTS, "style", "copies", "distribution", "edits")


def _table(rows):
    names = list(dict.fromkeys(name for row in rows.values() for name in row))
    print(f"{'':22s}" + "".join(f"{name:>16s}" for name in names))
    for label, row in rows.items():
        print(f"{label:22s}" + "".join(f"{row[name]:16.3f}" if name in row else f"{'–':>16s}" for name in names), flush=True)


def _mean(found):
    names = {name for one in found for name in one}
    return {name: float(np.nanmean([one[name] for one in found if name in one])) for name in sorted(names)}


def compare(asker, train, part, count):
    """{whose part: {figure: mean}} for parts of unseen songs."""
    from . import judge as judges

    places = asker.songs(part, count)
    rolls = answers.rolls_of(asker.data, places)
    texts = asker.captions(rolls, part)
    made = {
        "real": rolls,
        "of another song": answers.shuffled(asker.data, places, part, asker.voicings),
        "nearest in training": answers.nearest(train, rolls, part, asker.voicings),
        "unconditional": asker.answer(rolls, part, [None] * len(rolls), given=[]),
        "words alone": asker.answer(rolls, part, texts, given=[]),
        "context alone": asker.answer(rolls, part, [None] * len(rolls)),
        "context heard": asker.answer(rolls, part, texts, heard=True),
        "context and words": asker.answer(rolls, part, texts),
    }
    table = heard.tables(asker.voicings)
    judge = judges.train(train, part, asker.voicings, table)
    rows = {}
    for label, some in made.items():
        found = []
        for new, roll in zip(some, rolls):
            context = [p for p in roll.facts["present"] if p != part]
            one = agreement.rhythm(new, part, roll, context)
            if part:
                one |= agreement.harmony(new, part, roll, asker.voicings)
            else:
                one["kicks a beat"] = (new.drums[:, measure.P["kick"]] > 0).sum() / measure.quarters(new)
            one["onsets a beat"] = measure.measure(new, part, asker.voicings)[0]
            found.append(one)
        rows[label] = _mean(found) | {"judged real": judges.verdicts(judge, some, part, rolls, table)}
    right = (rows["real"]["judged real"] + 1 - rows["of another song"]["judged real"]) / 2
    return rows, right


def main(args):
    chosen = [p for p in args.parts or ALL]
    asker = answers.Asker(Path(args.models), args.split, args.sampler)
    train = windows.Windows("train")
    count, figures = args.songs, {}
    print(f"{count} {args.split} songs, settings {asker.settings}")
    for name in chosen:
        if name in PARTS:
            rows, right = compare(asker, train, PARTS[name], count)
            print(f"\n{name}; the judge tells real from shuffled pairs in {right:.3f} of cases")
            _table(rows)
            for label in ("real", "of another song", "context and words"):
                figures |= {f"{name} {label} {k}": v for k, v in rows[label].items() if k != "onsets a beat"}
            figures[f"{name} judge accuracy"] = right
        elif name == "style":
            figures |= _style(asker, train, count)
        elif name == "copies":
            for part in (0, 1):
                places = asker.songs(part, count)
                rolls = answers.rolls_of(asker.data, places)
                known = copies.known(train, part)
                real, made = copies.share(rolls, part, known), copies.share(asker.answer(rolls, part, asker.captions(rolls, part)), part, known)
                label = "drums" if part == 0 else "bass"
                print(f"\n{label}: bars (and all eight bars) that training has, too: generated {made[0]:.3f} ({made[1]:.3f}), real {real[0]:.3f} ({real[1]:.3f})")
                figures |= {f"{label} bars as in training": made[0], f"{label} real bars as in training": real[0]}
        elif name == "distribution":
            for label, part in PARTS.items():
                figures |= _distribution(asker, train, label, part, count)
        elif name == "edits":
            figures |= _edits(asker, count)
    return "parts", figures


def _distribution(asker, train, label, part, count):
    places = asker.songs(part, count)
    rolls = answers.rolls_of(asker.data, places)
    texts = asker.captions(rolls, part)
    made = {
        "real": rolls,
        "nearest in training": answers.nearest(train, rolls, part, asker.voicings),
        "unconditional": asker.answer(rolls, part, [None] * len(rolls), given=[]),
        "context and words": asker.answer(rolls, part, texts),
    }
    space, judge = distribution.Space(train, part, asker.voicings), style.learned(train) if part == 0 else None
    real, found = space(rolls), {}
    print(f"\n{label}: Fréchet distance to real parts over that of two real halves" + (", diversity" if judge else ""))
    for name, some in made.items():
        found[f"{label} {name} frechet"] = distribution.over_halves(space(some), real)
        if judge:
            found[f"{label} {name} diversity"] = distribution.diversity(judge, some)
        print(f"  {name:22s} " + "  ".join(f"{v:.3f}" for k, v in found.items() if k.startswith(f"{label} {name} ")), flush=True)
    return found


def _style(asker, train, count):
    judge = style.learned(train)
    places = [(m, r) for m, r in asker.songs(0, 3 * count) if style.genre(asker.data.facts[asker.data.groups[m]["window"][r]]["stem"])][:count]
    rolls = answers.rolls_of(asker.data, places)
    true = [style.genre(r.facts["stem"]) for r in rolls]
    from ...parts import words

    texts = [f"{words.genre(r.facts['stem'])[0]} drums" for r in rolls]
    rate = lambda some: float(np.mean([a == b for a, b in zip(judge(some), true)]))
    found = dict(
        real=rate(rolls),
        words_and_context=rate(asker.answer(rolls, 0, texts)),
        words_alone=rate(asker.answer(rolls, 0, texts, given=[])),
        unconditional=rate(asker.answer(rolls, 0, [None] * len(rolls), given=[])),
        most_frequent=max(true.count(n) for n in set(true)) / len(true),
    )
    print(f"\ngenre of drums by a judge of {len(judge.names)} genres: " + ", ".join(f"{k.replace('_', ' ')} {v:.3f}" for k, v in found.items()))
    # A genre asked for by name, where nothing else is known but tempo and chords.
    asked = {"swing": "jazzy swing drums", "rock": "rock drums", "latin": "bossa nova drums", "dance": "disco drums", "funk and soul": "funky drums", "march and polka": "march drums"}
    some = [r for r in rolls if r.metre == "4/4"][:16]
    for name, text in asked.items():
        alone = judge(asker.answer(some, 0, [text] * len(some), given=[], seed=2))
        print(f"  \"{text}\", nothing else known: judged {name} in {np.mean([s == name for s in alone]):.2f}", flush=True)
        found[f"asked_{name}"] = float(np.mean([s == name for s in alone]))
    return {f"genre {k.replace('_', ' ')}": v for k, v in found.items()}


def _edits(asker, count):
    rolls = [r for r in answers.rolls_of(asker.data, asker.songs(0, min(count, 24))) if r.metre == "4/4"]
    found, figures = edits.by_words(asker, rolls), {}
    print(f"\nwords, {len(rolls)} songs: share where they move the measure the right way (mean with them, with the opposite or nothing special)")
    for name, (right, a, b) in found.items():
        print(f"  {name:26s} {right:.2f} ({a:.2f}, {b:.2f})", flush=True)
        figures[f"words {name}"] = right
    print("edits: share that moves the right way (before, after)")
    for name, (right, a, b) in edits.by_controls(asker, rolls).items():
        print(f"  {name:26s} {right:.2f} ({a:.2f}, {b:.2f})", flush=True)
        figures[f"edit {name}"] = right
    for name, found in edits.regions(asker, rolls).items():
        print(f"  {name}: " + ", ".join(f"{k} {v:.3f}" for k, v in found.items()), flush=True)
        figures |= {f"region {name} {k}": v for k, v in found.items()}
    return figures
