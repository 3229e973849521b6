"""Adds the network that hears drums to a pack: `python -m training.drums.hearing.export [--out plugin-assets/models]`."""

import argparse
from pathlib import Path

import torch

from ...config import checkpoints
from ...nets.drum_hearing_net import DrumHearing
from ..export import put
from .classes import COUNT
from .mel import BANDS

TASK = "drum_hearing"
TRAINING_DATA = (
    "Grooves of mma and of our own played on drum kits of free soundfonts, of Hydrogen, and of a drum synthesizer of our own, "
    "with bands played by free soundfonts in Debian."
)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("plugin-assets/models"))
    saved = torch.load(checkpoints() / f"{TASK}.pt", weights_only=False)
    net = DrumHearing(**saved["settings"])
    net.load_state_dict(saved["net"])
    feeds = dict(mel=dict(shape=[1, BANDS, 60], wave=[0.5, 0.0413, 0.0]))
    outputs = dict(onsets=["B", COUNT, "T"], velocities=["B", COUNT, "T"])
    settings = dict(thresholds=saved["thresholds"])
    put(parser.parse_args().out, {TASK: (net.eval(), feeds, {0: "B", 2: "T"}, outputs)}, TRAINING_DATA, {TASK: settings}, saved["quality"])


if __name__ == "__main__":
    main()
