"""One network to one ONNX file: exported, packed, checked against PyTorch and timed."""

import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch

from .packing import pack

OPSET = 18


def session(path):
    """An ONNX Runtime session on one CPU thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def export(net, example, outputs, path, dynamic):
    """Writes `net` to `path`.

    `example` maps input names to tensors; `dynamic` maps input names to {axis: name}.
    """
    net = net.eval()
    names = list(example)
    dims = {}
    shapes = {
        name: {axis: dims.setdefault(label, torch.export.Dim(label, min=0, max=4096)) for axis, label in axes.items()}
        for name, axes in dynamic.items()
    }
    program = torch.onnx.export(
        net,
        tuple(example.values()),
        input_names=names,
        output_names=outputs,
        dynamic_shapes=shapes,
        opset_version=OPSET,
        dynamo=True,
        verbose=False,
    )
    model = pack(program.model_proto)
    # The exporter notes source lines of the machine it ran on; a shipped model says nothing of them.
    del model.metadata_props[:]
    model.doc_string = ""
    for node in model.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    for value in [*model.graph.input, *model.graph.output]:
        del value.metadata_props[:]
    del model.graph.metadata_props[:]
    del model.functions[:]
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, str(path))


def compare(net, feeds, outputs, path):
    """Largest difference and root mean square difference to PyTorch, as a share of each output's RMS."""
    with torch.no_grad():
        expected = net.eval()(*feeds.values())
    expected = expected if isinstance(expected, tuple) else (expected,)
    run = session(path)
    got = run.run(outputs, {name: value.numpy() for name, value in feeds.items()})
    report = {}
    for name, a, b in zip(outputs, expected, got):
        a = a.numpy()
        size = float(np.sqrt((a**2).mean())) + 1e-9
        report[name] = (float(np.abs(a - b).max()) / size, float(np.sqrt(((a - b) ** 2).mean())) / size)
    return report


def milliseconds(path, feeds, repeats=20):
    """CPU time of the fastest of several calls on one thread, so that a busy machine counts little."""
    run = session(path)
    feeds = {name: value.numpy() for name, value in feeds.items()}
    times = []
    for _ in range(repeats):
        start = time.process_time()
        run.run(None, feeds)
        times.append(time.process_time() - start)
    return float(min(times) * 1000)
