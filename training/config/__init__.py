"""Settings of the training recipes (`cpu`, `gpu`, `smoke`), and where data and checkpoints lie."""

import argparse
import tomllib
from pathlib import Path

import torch

from ..data.paths import checkpoints_root, data_root


def data_folder():
    """`CONSORT_DATA`, or `training/.data`."""
    return data_root()


def checkpoints():
    """`CONSORT_CHECKPOINTS`, or a folder beside the data."""
    folder = checkpoints_root()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def arguments(description, step, **choices):
    """Command line of a training step: its settings as a namespace with `device`, `threads`, `fresh`.

    `choices` are further options and what they may be; the recipe says which it is by default.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--config", default="cpu", choices=("cpu", "gpu", "smoke"), help="which recipe (default cpu)")
    parser.add_argument("--threads", type=int, default=2, help="CPU threads (default 2)")
    parser.add_argument("--minutes", type=float, help="train this long instead of the recipe's time")
    parser.add_argument("--fresh", action="store_true", help="start anew instead of from the last checkpoint")
    parser.add_argument("--seed", type=int, default=1)
    for name, values in choices.items():
        parser.add_argument(f"--{name}", choices=values, help="instead of the recipe's")
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
    """Matrix products in bfloat16 on GPUs and on CPUs that have it; others would take ten times as long for it."""
    has = device != "cpu" or torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return torch.autocast(device, dtype=torch.bfloat16, enabled=has)


def save(state, path):
    """torch.save that leaves either the old file or the whole new one."""
    part = path.with_suffix(".part")
    torch.save(state, part)
    part.rename(path)
