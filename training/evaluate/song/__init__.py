"""`python -m training.evaluate song`: tempo, beats, bars, key and chords beside librosa and Essentia.

Needs the Debian packages `mma`, `fluidsynth` and the SoundFonts, and the packages in
`training/requirements-song.txt`. $CONSORT names the `consort` command.
"""

from . import making, report


def main(args):
    split = "validation" if args.validation else "test"
    names = making.make(split, args.files)
    truths, scores = report.compare(f"Songs ({split})", making.folder(split), names)
    report.by_metre(truths, scores)
    return "song", {}
