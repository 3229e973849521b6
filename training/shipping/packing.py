"""Small ONNX files: large weights are stored as int8 with a scale per row or column, and unpacked at load.

The graph holds `Cast(int8) * scale`, which ONNX Runtime folds into a float constant when it opens the model.
Arithmetic stays in float, so a model gives the same answer on every machine, to rounding.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SMALLEST = 4096  # weights with fewer elements stay as they are


def quantise(weight):
    """int8 values and the scales (broadcastable) that lose least: per row or per column of a matrix."""
    best = None
    for axis in (0, 1):
        scale = np.abs(weight).max(1 - axis, keepdims=True) / 127.0
        scale = np.maximum(scale, 1e-12).astype(np.float32)
        packed = np.clip(np.round(weight / scale), -127, 127).astype(np.int8)
        error = float(((packed * scale - weight) ** 2).mean())
        if best is None or error < best[0]:
            best = (error, packed, scale)
    return best[1], best[2]


def pack(model):
    """Replaces the large float matrices of an ONNX model in place; returns the model."""
    graph, added, kept = model.graph, [], []
    for tensor in graph.initializer:
        weight = numpy_helper.to_array(tensor)
        if tensor.data_type != TensorProto.FLOAT or weight.ndim not in (2, 4) or weight.size < SMALLEST:
            kept.append(tensor)
            continue
        # A convolution's kernel is a matrix too, with a row for each output channel.
        packed, scale = quantise(weight.reshape(len(weight), -1))
        if weight.ndim == 4:
            scale = np.maximum(np.abs(weight).max((1, 2, 3), keepdims=True) / 127.0, 1e-12).astype(np.float32)
            packed = np.round(weight / scale).astype(np.int8)
        name = tensor.name
        kept.append(numpy_helper.from_array(packed, name + ".int8"))
        kept.append(numpy_helper.from_array(scale, name + ".scale"))
        added.append(helper.make_node("Cast", [name + ".int8"], [name + ".float"], to=TensorProto.FLOAT))
        added.append(helper.make_node("Mul", [name + ".float", name + ".scale"], [name]))
    nodes = added + list(graph.node)
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(kept)
    graph.node.extend(nodes)
    del graph.value_info[:]
    onnx.checker.check_model(model)
    return model
