"""What a description of a song is worth, held against its truth."""

import mir_eval
import numpy as np

# Columns of the tables, in order, in percent.
FIGURES = ("tempo", "octave", "beats", "downbeats", "metre", "key", "chords", "sevenths")
_NAMES = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


def score(truth, said):
    """{figure: 0..1 or None}. `said`: tempo (bpm), beats, downbeats (s), metre, key (tonic, mode),
    chords ([(start, end, label)]), each None where nothing is said. A truth may lack its key (tonic None) and chords."""
    no_chords = said["chords"] is None or truth["chords"] is None
    return dict(
        tempo=_near(said["tempo"], truth["tempo"]),
        octave=max(_near(said["tempo"], truth["tempo"] * factor) for factor in (1, 2, 3, 1 / 2, 1 / 3)),
        beats=_f_measure(truth["beats"], said["beats"]),
        downbeats=None if said["downbeats"] is None else _f_measure(truth["downbeats"], said["downbeats"]),
        metre=None if said["metre"] is None else float(said["metre"] == truth["metre"]),
        key=None if truth["tonic"] is None else _key(truth, said["key"]),
        chords=None if no_chords else _chords(truth["chords"], said["chords"], mir_eval.chord.majmin),
        sevenths=None if no_chords else _chords(truth["chords"], said["chords"], mir_eval.chord.sevenths),
    )


def _near(tempo, true):
    return float(tempo is not None and abs(tempo / true - 1) <= 0.02)


def _f_measure(true, said):
    trim = mir_eval.beat.trim_beats
    true, said = trim(np.array(true)), trim(np.array(said or []))
    return float(mir_eval.beat.f_measure(true, said)) if len(said) else 0.0


def _key(truth, key):
    if key is None:
        return 0.0
    written = lambda tonic, mode: f"{_NAMES[tonic % 12]} {mode}"
    return float(mir_eval.key.weighted_score(written(truth["tonic"], truth["mode"]), written(*key)))


def _chords(true, said, compare):
    """Share of the time at which they agree, of that which the vocabulary covers."""
    intervals = np.array([[c["start"], c["end"]] for c in true])
    labels = [c["label"] for c in true]
    said = [c for c in said if c[1] > c[0]] or [(0.0, float(intervals[-1, 1]), "N")]
    other, other_labels = mir_eval.util.adjust_intervals(
        np.array([c[:2] for c in said]), [c[2] for c in said], intervals.min(), intervals.max(), "N", "N"
    )
    merged, a, b = mir_eval.util.merge_labeled_intervals(intervals, labels, other, other_labels)
    agree = compare(a, b)
    return float(mir_eval.chord.weighted_accuracy(agree, mir_eval.util.intervals_to_durations(merged)))
