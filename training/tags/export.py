"""Adds the network of tags to a pack: `python -m training.tags.export [--out plugin-assets/models]`."""

import argparse
from pathlib import Path

import torch

from ..config import checkpoints
from ..drums.export import put
from . import labels
from .net import WIDTH, SongTags

TASK = "song_tags"
TRAINING_DATA = "Arrangements by mma with random chords, played by the free soundfonts TimGM6mb and OPL-3 FM, as Consort hears them."


def load(name=TASK):
    """(network, thresholds) as trained."""
    saved = torch.load(checkpoints() / f"{name}.pt", weights_only=False)
    net = SongTags(len(labels.GENRES), len(labels.INSTRUMENTS))
    net.load_state_dict(saved["net"])
    return net.eval(), saved["thresholds"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("plugin-assets/models"))
    net, thresholds = load()
    feeds = dict(features=dict(shape=[2, WIDTH], wave=[0.5, 0.0731, 0.2]))
    outputs = dict(genres=["B", len(labels.GENRES)], instruments=["B", len(labels.INSTRUMENTS)])
    instruments = [dict(name=name, threshold=least) for name, least in zip(labels.INSTRUMENTS, thresholds)]
    settings = dict(genres=list(labels.GENRES), instruments=instruments)
    put(parser.parse_args().out, {TASK: (net, feeds, {0: "B"}, outputs)}, TRAINING_DATA, {TASK: settings}, {})


if __name__ == "__main__":
    main()
