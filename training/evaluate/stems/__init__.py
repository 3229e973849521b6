"""Parts as the program writes them: `python -m training.evaluate stems [WHAT …] [--songs N]`. $CONSORT names the command.

| WHAT | |
|---|---|
| `drums`, `bass`, `guitar`, `keys`, `words`, `edits`, `style`, `foreign` | windows of unseen groove libraries (`unseen`); needs the packed parts |
| `bands`, `people`, `recordings`, `paper` | songs that others made, out of Debian packages: does a part fit them, is it like what people play |

The second row needs no torch: mido, numpy, soundfile, and fluidsynth with FluidR3; `recordings` also librosa and pyloudnorm, `paper` also musicnn.
"""

import importlib

OTHERS_SONGS = ("bands", "people", "recordings", "paper")


def main(args):
    figures = {}
    for name in [name for name in args.parts if name in OTHERS_SONGS]:
        figures |= importlib.import_module(f"training.evaluate.stems.{name}").measured(args.songs)
    rest = [name for name in args.parts if name not in OTHERS_SONGS]
    if rest or not args.parts:
        from . import unseen

        figures |= unseen.measured(args, rest)
    return "parts", figures
