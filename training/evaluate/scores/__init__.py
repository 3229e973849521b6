"""`python -m training.evaluate scores [calibration] [--files N] [--validation]`: excerpts of real scores, played by a SoundFont, described
beside rivals; or how often what is said with some confidence is right.

Chorales by Bach, some with human Roman-numeral analyses, and movements by Haydn, Mozart, Beethoven, Robert and Clara Schumann,
of music21's corpus: to evaluate only, nothing is trained on them or set by them. Validation has other chorales, on other SoundFonts, than these
and than those that bars are counted over. Needs what `song` needs. $CONSORT names the `consort` command.
"""


def main(args):
    from ..song import calibration, making, report
    from . import pieces, playing

    if args.validation:
        folder, fonts, chosen = making.folder("training"), making.FONTS["training"], pieces.validation()
    else:
        folder, fonts, chosen = playing.folder(), playing.FONTS, pieces.chosen(args.files)
    names = [piece.name for piece in chosen if playing.make(piece, folder, fonts)]
    if "calibration" in args.parts:
        calibration.measure(folder, names)
        return "scores", {}
    truths, scores = report.compare(f"Scores ({args.split})", folder, names, with_rivals=not args.validation)
    report.by("kind", truths, scores)
    report.by("metre", truths, scores)
    report.by("playing", truths, scores)
    return "scores", {}
