"""`python -m training.evaluate transcription [--files N]`: notes of songs written down, held against the notes played.

Songs are arranged and played as in `training.evaluate.song`, by texture: a melody alone, a bass, chords, all of these, and with
drums. Beside `consort transcribe` stands Basic Pitch's own Python with the same weights; both are scored by mir_eval, and against
each other (parity). Needs what `song` needs and `training/requirements-transcription.txt`. $CONSORT names the `consort` command.
"""

import contextlib
import io
import json
import logging
import os
import subprocess
import tempfile
import warnings
from pathlib import Path

import mir_eval
import numpy as np

from ..tables import show
from . import textures


def ours(path):
    """[(start, end, key)] by `consort transcribe`."""
    with tempfile.TemporaryDirectory() as place:
        command = [os.environ.get("CONSORT", "consort"), "transcribe", str(path), "--out", f"{place}/x.mid", "--json"]
        told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return [(note["start"], note["end"], note["key"]) for note in told["notes"]]


def reference():
    """The same by Basic Pitch's own Python."""
    warnings.filterwarnings("ignore")
    logging.disable(logging.CRITICAL)
    import basic_pitch
    from basic_pitch.inference import Model, predict

    model = Model(str(Path(basic_pitch.__file__).parent / "saved_models/icassp_2022/nmp.onnx"))

    def hear(path):
        with contextlib.redirect_stdout(io.StringIO()):
            _, _, events = predict(str(path), model)
        return [event[:3] for event in events]

    return hear


def f1(found, played, with_offset=False):
    """Notes whose key is right and whose onset is within 50 ms; with their ends too, if asked."""
    if not found or not played:
        return float(not found and not played)
    arrays = []
    for notes in (played, found):
        spans = np.array([[start, max(end, start + 0.01)] for start, end, _ in notes])
        arrays += [spans, mir_eval.util.midi_to_hz(np.array([key for *_, key in notes], float))]
    kind = dict() if with_offset else dict(offset_ratio=None)
    return mir_eval.transcription.precision_recall_f1_overlap(*arrays, **kind)[2]


def main(args):
    listeners = {"consort transcribe": ours, "Basic Pitch's own Python": reference()}
    rows, parity = [], []
    for texture in textures.TEXTURES:
        heard = {name: [] for name in listeners}
        for path, played in textures.make(args.split, texture, args.files):
            found = {name: listener(path) for name, listener in listeners.items()}
            for name, notes in found.items():
                heard[name].append((f1(notes, played), f1(notes, played, True)))
            parity.append(f1(*found.values()))
        for name, scores in heard.items():
            rows.append((f"{texture}: {name}", *np.mean(scores, 0)))
    show(f"Notes, F1 ({args.split}, {args.files} files a texture)", ["onset", "and offset"], rows)
    print(f"parity of the two: F1 {np.mean(parity):.4f}, worst of {len(parity)} files {np.min(parity):.4f}")
    return "transcription", {}
