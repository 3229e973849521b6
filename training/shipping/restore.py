"""Checkpoints from the shipped models: `python -m training.shipping.restore`.

Checkpoints aren't kept in the repository; the shipped ONNX files hold the same weights, to int8. This makes
checkpoints of them again, so that one network can be trained further, or anew beside the others, without
retraining all. Nothing that is there already is overwritten.
"""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from ..config import checkpoints, save
from ..instrument.codec import Encoder, least_squares
from ..nets.codec_net import CodecDecoder
from ..nets.layout import CODE_WIDTH, SHAPE_WIDTH
from .export import CHECKPOINTS, KINDS
from .onnx_file import session


def weights(path):
    """The float tensors of an ONNX file by name, in the graph's order, packed ones unpacked."""
    tensors = {t.name: numpy_helper.to_array(t) for t in onnx.load(str(path)).graph.initializer}
    found = {}
    for name, array in tensors.items():
        if name.endswith(".int8"):
            found[name[:-5]] = array * tensors[name[:-5] + ".scale"]
        elif array.dtype == np.float32 and not name.endswith(".scale"):
            found[name] = array
    return {name: torch.from_numpy(np.array(array, np.float32)) for name, array in found.items()}


def fill(net, found):
    """Puts weights into `net`.

    The exporter renames matrices that it transposes, and norms that it spreads over maps, but keeps their order: each
    goes to the first parameter without a value that has its shape. It drops biases that are zero. What else the graph
    doesn't have stays as it is made.
    """
    state = net.state_dict()
    computed = dict(net.named_buffers())
    unknown = [array for name, array in found.items() if name not in state and name not in computed]
    nameless = [array for array in unknown if array.dim() == 2]
    spread = [array.flatten() for array in unknown if array.dim() == 3]
    for name, value in state.items():
        if name in found:
            value.copy_(found[name])
            continue
        here = [array.T for array in nameless] if value.dim() == 2 else spread
        at = next((i for i, array in enumerate(here) if array.shape == value.shape), None)
        if at is not None:
            value.copy_(here[at])
            (nameless if value.dim() == 2 else spread).pop(at)
        elif value.dim() == 1:
            value.zero_()
    # A column of numbers that is left over is no weight, but something that the network computes.
    if homeless := [tuple(array.shape) for array in nameless if array.shape[1] > 1]:
        raise SystemExit(f"weights of shapes {homeless} belong nowhere.")
    net.load_state_dict(state)
    return net.eval()


def set_level(net, path):
    """Mean and deviation of the level, which the exporter keeps as nameless numbers: read off two decoded notes."""
    codes = np.zeros((2, CODE_WIDTH), np.float32)
    codes[1, SHAPE_WIDTH] = 1.0
    run = session(path)
    feeds = {each.name: codes if each.name == "codes" else np.zeros((0, each.shape[1]), np.float32) for each in run.get_inputs()}
    with torch.no_grad():
        net.level.zero_()
        difference = torch.from_numpy(run.run(["levels"], feeds)[0]) - net.decode(torch.from_numpy(codes))[0]
        mean, higher = difference.flatten(1).median(1).values
        net.level.copy_(torch.stack([mean, higher - mean]))


def encoder_of(net):
    """An encoder for this decoder: least squares against its own matrix, in standardised codes."""
    matrix = net.shape.weight.detach()
    centre, scale = torch.zeros(CODE_WIDTH), torch.ones(CODE_WIDTH)
    centre[SHAPE_WIDTH], scale[SHAPE_WIDTH] = net.level.detach()
    offsets = net.offsets.weight.detach()
    return Encoder(
        net.shape.bias.detach(), matrix, least_squares(offsets), centre, scale, rounds=3, dual=least_squares(matrix)
    )


def empty(task, found):
    """A network of a task, with the sizes that can't be told from its class."""
    if task == "text_encoder":
        return KINDS[task](len(found["words.weight"]))
    if task == "sound_encoder":
        return KINDS[task](folded=True)
    return KINDS[task]()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, default=Path("plugin-assets/models"))
    args = parser.parse_args()
    folder = checkpoints()
    manifest = json.loads((args.models / "manifest.json").read_text())
    quality = {model["task"]: model["quality"] for model in manifest["models"]}
    if not (folder / "tokenizer.json").exists():
        shutil.copy(args.models / "tokenizer.json", folder / "tokenizer.json")
    for task, name in CHECKPOINTS.items():
        path, source = folder / f"{name}.pt", args.models / f"{task}.onnx"
        if path.exists() or not source.exists():
            print(f"{path.name}: left alone")
            continue
        found = weights(source)
        net = empty(task, found)
        fill(net, found)
        saved = dict(settings=net.settings, quality=quality.get(task, {}))
        if isinstance(net, CodecDecoder):
            set_level(net, source)
            saved["encoder"] = encoder_of(net).state()
        save(dict(saved, net=net.state_dict()), path)
        print(f"{path.name}: restored from {source.name}")


if __name__ == "__main__":
    main()
