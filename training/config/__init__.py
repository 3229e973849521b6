"""Settings of the training recipes (`cpu`, `gpu`, `smoke`), and where data and checkpoints lie."""

import argparse
import os
import tomllib
from pathlib import Path

import torch


def data_folder():
    """`CONSORT_DATA`, or `training/.data`."""
    return Path(os.environ.get("CONSORT_DATA", Path(__file__).parent.parent / ".data"))


def checkpoints():
    """`CONSORT_CHECKPOINTS`, or a folder beside the data."""
    folder = Path(os.environ.get("CONSORT_CHECKPOINTS", data_folder() / "checkpoints"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def arguments(description, step):
    """Command line of a training step: its settings as a namespace with `device`, `threads`, `fresh`."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--config", default="cpu", choices=("cpu", "gpu", "smoke"), help="which recipe (default cpu)")
    parser.add_argument("--threads", type=int, default=2, help="CPU threads (default 2)")
    parser.add_argument("--minutes", type=float, help="train this long instead of the recipe's time")
    parser.add_argument("--fresh", action="store_true", help="start anew instead of from the last checkpoint")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    settings = tomllib.loads((Path(__file__).parent / f"{args.config}.toml").read_text())[step]
    for key, value in vars(args).items():
        if value is not None:
            settings[key] = value
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    settings["device"] = "cuda" if args.config == "gpu" else "cpu"
    return argparse.Namespace(**settings)


def fast(device):
    """Matrix products in bfloat16: twice as fast on CPUs that have it (AVX-512 BF16, AMX) and on GPUs."""
    return torch.autocast(device, dtype=torch.bfloat16)


def save(state, path):
    """torch.save that leaves either the old file or the whole new one."""
    part = path.with_suffix(".part")
    torch.save(state, part)
    part.rename(path)
