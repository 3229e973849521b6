"""`python -m training.evaluate scores [--files N]`: excerpts of real scores, played by a SoundFont, described beside rivals.

Chorales by Bach, some with human Roman-numeral analyses, and movements by Haydn, Mozart, Beethoven, Robert and Clara Schumann,
of music21's corpus: to evaluate only, nothing is trained on them or set by them. Needs what `song` needs. $CONSORT names the
`consort` command.
"""


def main(args):
    from ..song import report
    from . import pieces, playing

    chosen = pieces.chosen(args.files)
    names = [piece.name for piece in chosen if playing.make(piece)]
    truths, scores = report.compare("Scores", playing.folder(), names)
    report.by("kind", truths, scores)
    report.by("metre", truths, scores)
    report.by("playing", truths, scores)
    return "scores", {}
