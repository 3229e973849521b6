"""`python -m training.evaluate codec|completion|text|flow|instruments|timbre|song|scores|transcription|drums|parts|stems|tags|orchestrate [PART ...] [--instruments N] [--validation] [--record]`.

With `--record` the main figures go into the models' manifest and model card.
"""

import argparse
import importlib
from pathlib import Path

from ..shipping import model_card


def main():
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description=__doc__)
    parser.add_argument("what", choices=("codec", "completion", "text", "flow", "instruments", "timbre", "song", "scores", "transcription", "drums", "parts", "stems", "tags", "orchestrate"))
    parser.add_argument("parts", nargs="*", help="parts of `instruments` or of `parts` (default all); of `song`: timing, sections, levels, drums, calibration or speed; of `scores`: calibration; of `timbre`: mixes")
    parser.add_argument("--models", type=Path, default=Path("plugin-assets/models"))
    parser.add_argument("--instruments", type=int, default=95, help="at most so many instruments (default 95)")
    parser.add_argument("--sounds", type=int, default=30, help="at most so many instruments rendered to sound")
    parser.add_argument("--seeds", type=int, default=10, help="draws of each prompt of `instruments` (default 10)")
    parser.add_argument("--pair-seeds", type=int, default=5, help="draws of each noun and attribute (default 5)")
    parser.add_argument("--keyboards", type=int, default=8, help="instruments with all 88 keys (default 8)")
    parser.add_argument("--mixes", type=int, default=5000, help="mixes of `timbre` (default 5000)")
    parser.add_argument("--files", type=int, help="songs of `song` (default 200), of each kind of `scores`, of each texture of `transcription` and of `drums` (default 50)")
    parser.add_argument("--songs", type=int, default=96, help="windows of `parts` and `stems` (default 96)")
    parser.add_argument("--sampler", nargs="*", default=[], metavar="NAME=NUMBER", help="settings of the sampler of `parts` instead of the pack's, as in kick=1.5")
    parser.add_argument("--validation", action="store_true", help="on the validation split, to choose settings by")
    parser.add_argument("--record", action="store_true", help="write the main figures beside the models")
    args = parser.parse_args()
    args.files = args.files or (200 if args.what == "song" else 50)
    others = args.what == "stems" and args.parts and set(args.parts) <= {"bands", "people", "recordings", "paper"}
    if not others and args.what not in ("instruments", "timbre", "song", "scores", "transcription", "drums", "tags", "orchestrate"):  # which need no torch
        importlib.import_module("torch").set_grad_enabled(False)
    args.split = "validation" if args.validation else "test"
    task, figures = importlib.import_module(f"training.evaluate.{args.what}").main(args)
    if args.record:
        model_card.record(args.models, task, {f"{args.split} {name}": value for name, value in figures.items()})


if __name__ == "__main__":
    main()
