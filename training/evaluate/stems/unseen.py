"""Parts for windows of unseen groove libraries: `python -m training.evaluate stems [drums|bass|guitar|keys … words|edits|style|foreign] [--songs N]`.

The rest of an unseen song goes to `consort stem` as a MIDI file, and as a recording of it (SoundFonts that nothing was tuned on), once with
tempo and metre told, as a host does, once without. What comes back is put on the song's true bars and held against the real part, one of
another song, and the nearest training song's. `words`, `edits` and `style`: does the program do as it is told; `foreign`: contexts that no groove
library made.
"""

import tempfile
from pathlib import Path

from ...parts import measure, windows
from ..parts import PARTS, _mean, _table, agreement, answers
from . import foreign, obeying, program

OTHERS = obeying.ALL | {"foreign": foreign.by_foreign}


def answered(rolls, part, texts, voicings):
    """{how the context was given: a roll of each song}."""
    with tempfile.TemporaryDirectory() as place:
        contexts = program.Contexts(place, rolls, part, voicings)
        contexts.record()
        rolls_of = lambda answers: [roll for roll, _ in answers]
        return {
            "written": rolls_of(contexts.ask(texts)),
            "heard, told": rolls_of(contexts.ask(texts, [program.told(roll) for roll in rolls], contexts.sounds)),
            "heard": rolls_of(contexts.ask(texts, files=contexts.sounds)),
        }


def figures_of(made, rolls, part, voicings):
    found = []
    for new, roll in zip(made, rolls):
        if new is None:
            continue
        one = agreement.rhythm(new, part, roll, [p for p in roll.facts["present"] if p != part])
        if part:
            one |= agreement.harmony(new, part, roll, voicings)
        one["onsets a beat"] = measure.measure(new, part, voicings)[0]
        one["hardly plays"] = float(measure.onsets(new, part).sum() < 4)
        found.append(one)
    return _mean(found) | {"songs": len(found)}


def measured(args, parts):
    asker, train, figures = answers.Asker(Path(args.models), args.split), windows.Windows("train"), {}
    for name in parts or ("drums", "bass", *OTHERS):
        if name in OTHERS:
            print(f"\n{name}, by the program")
            figures |= {f"program {key}": value for key, value in OTHERS[name](asker, train, args.songs).items()}
            continue
        part = PARTS[name]
        places = asker.songs(part, args.songs)
        rolls = answers.rolls_of(asker.data, places)
        made = {
            "real": rolls,
            "of another song": answers.shuffled(asker.data, places, part, asker.voicings),
            "nearest in training": answers.nearest(train, rolls, part, asker.voicings),
        } | answered(rolls, part, asker.captions(rolls, part), asker.voicings)
        rows = {label: figures_of(some, rolls, part, asker.voicings) for label, some in made.items()}
        print(f"\n{name}, {len(rolls)} {args.split} songs, by the program")
        _table(rows)
        figures |= {f"{name} {label} {key}": value for label, row in rows.items() for key, value in row.items()}
    return figures
