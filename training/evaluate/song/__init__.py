"""`python -m training.evaluate song [timing|sections|levels|drums|calibration|speed]`: tempo, beats, bars, key and chords beside librosa and
Essentia; or how near tempi and beats are, where sections begin, how loud parts come; or of drums alone; or how often what is said with some
confidence is right; or how long all of it takes.

Needs the Debian packages `mma`, `fluidsynth` and the SoundFonts, and the packages in
`training/requirements-song.txt`. $CONSORT names the `consort` command.
"""

import importlib


def main(args):
    split = "validation" if args.validation else "test"
    module = lambda name: importlib.import_module(f".{name}", __package__)
    known = ("timing", "sections", "levels", "drums")
    if asked := next((name for name in known if name in args.parts), None):
        module(asked).measure(split, args.files)
        return "song", {}
    making = module("making")
    names = making.make(split, args.files)
    if asked := next((name for name in ("speed", "calibration") if name in args.parts), None):
        module(asked).measure(making.folder(split), names)
    else:
        report = module("report")
        truths, scores = report.compare(f"Songs ({split})", making.folder(split), names)
        report.by("metre", truths, scores)
    return "song", {}
