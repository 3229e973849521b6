"""`python -m training.evaluate song [drums|calibration|speed]`: tempo, beats, bars, key and chords beside librosa and Essentia;
or of drums alone; or how often what is said with some confidence is right; or how long all of it takes.

Needs the Debian packages `mma`, `fluidsynth` and the SoundFonts, and the packages in
`training/requirements-song.txt`. $CONSORT names the `consort` command.
"""


def main(args):
    from . import calibration, drums, making, report, speed

    split = "validation" if args.validation else "test"
    if "drums" in args.parts:
        drums.measure(split, args.files)
    elif "speed" in args.parts:
        speed.measure(making.folder(split), making.make(split, args.files))
    elif "calibration" in args.parts:
        calibration.measure(making.folder(split), making.make(split, args.files))
    else:
        names = making.make(split, args.files)
        truths, scores = report.compare(f"Songs ({split})", making.folder(split), names)
        report.by("metre", truths, scores)
    return "song", {}
