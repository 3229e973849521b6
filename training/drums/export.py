"""Adds the kit models to a pack: `python -m training.drums.export [--out plugin-assets/models]`.

Like `training.shipping.export`, after which it has to run again: ONNX files checked against PyTorch, entries in `manifest.json`, golden
outputs in `golden.json`.
"""

import argparse
import json
from pathlib import Path

import torch

from ..config import checkpoints
from ..golden import models as golden
from ..nets.layout import TEXT_WIDTH
from ..shipping import model_card
from ..shipping.onnx_file import compare, export, milliseconds, session
from . import hit as hm
from .net import CHARACTER, CODE, COMPONENTS, LAYERS, DrumDecoder, DrumMixture
from .pieces import PIECES

OUTPUTS = {
    "drum_mixture": {"codes": ["B", CODE]},
    "drum_decoder": {"levels": ["N", len(LAYERS), hm.ROWS, hm.TIMES], "cents": ["N", hm.MODES, hm.TIMES]},
}
SETTINGS = dict(guidance=4.0)
_SHOWN = (1, 3, 7, 46, PIECES)  # pieces of the golden inputs; the last is the kit itself


def _hot(*pieces):
    return [1.0 if i == piece else 0.0 for piece in pieces for i in range(PIECES + 1)]


def golden_inputs():
    """Fixed inputs, as `training.golden.models` writes them down."""
    n = len(_SHOWN)
    return {
        "drum_mixture": {
            "noise": dict(shape=[n, CODE + COMPONENTS], wave=[1.2, 0.731, 0.1]),
            "text": dict(shape=[n, TEXT_WIDTH], wave=[0.0884, 1.913, 0.5]),
            "piece": dict(shape=[n, PIECES + 1], values=_hot(*_SHOWN)),
            "character": dict(shape=[n, CHARACTER], wave=[1.0, 0.611, 0.2]),
            "guidance": dict(shape=[n], values=[1.0, 2.0, 0.5, 1.0, 3.0]),
        },
        "drum_decoder": {
            "codes": dict(shape=[4, CODE], wave=[0.8, 0.913, 0.3]),
            "piece": dict(shape=[4, PIECES + 1], values=_hot(*_SHOWN[:4])),
        },
    }


def networks():
    saved = torch.load(checkpoints() / "drums.pt", weights_only=False)
    mixture, decoder = DrumMixture(), DrumDecoder()
    mixture.load_state_dict(saved["net"])
    decoder.load_state_dict(saved["decoder"])
    return {"drum_mixture": mixture.eval(), "drum_decoder": decoder.eval()}


TRAINING_DATA = (
    "Drum hits of free kits and soundfonts in Debian, of one-shots in the public domain, and of a drum synthesizer of "
    "our own, with captions."
)


def put(out, models, training_data, settings, quality):
    """Writes {task: (network, golden inputs, {axis: name}, {output: shape})} into the pack in a folder, and the models' entries, with
    `settings` {task: its settings}, into its manifest."""
    manifest = json.loads((out / "manifest.json").read_text())
    written = json.loads((out / manifest["golden"]).read_text())
    manifest["models"] = [m for m in manifest["models"] if m["task"] not in models]
    written["cases"] = [c for c in written["cases"] if c["model"] not in models]
    like = manifest["models"][0]
    from ..shipping.export import sha256

    for task, (net, feeds, axes, outputs) in models.items():
        example = {name: torch.tensor(golden.fill(spec)) for name, spec in feeds.items()}
        path, names = out / f"{task}.onnx", list(outputs)
        export(net, example, names, path, {name: axes for name in example})
        got = session(path).run(names, {name: golden.fill(spec) for name, spec in feeds.items()})
        found = {name: golden.picked(name, array) for name, array in zip(names, got)}
        written["cases"].append(dict(model=task, inputs=feeds, outputs=found))
        entry = {key: like[key] for key in ("version", "licence")}
        entry |= dict(
            training_data=training_data,
            task=task,
            file=path.name,
            sha256=sha256(path),
            bytes=path.stat().st_size,
            inputs=[dict(name=n, shape=[axes.get(i, size) for i, size in enumerate(v.shape)]) for n, v in example.items()],
            outputs=[dict(name=n, shape=s) for n, s in outputs.items()],
            quality=quality,
        )
        if task in settings:
            entry["settings"] = settings[task]
        manifest["models"].append(entry)
        error = {name: f"{rms:.1e}" for name, (_, rms) in compare(net, example, names, path).items()}
        print(f"{task}: {path.stat().st_size / 1e6:.2f} MB, {milliseconds(path, example):.1f} ms for {len(example[list(example)[0]])}, against PyTorch {error}")
    (out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    (out / manifest["golden"]).write_text(json.dumps(written, ensure_ascii=False) + "\n")
    model_card.write(out / "MODEL_CARD.md", manifest)


def add(out):
    """Writes the kit models into the pack in a folder."""
    nets, labels = networks(), dict(drum_mixture="B", drum_decoder="N")
    models = {task: (nets[task], feeds, {0: labels[task]}, OUTPUTS[task]) for task, feeds in golden_inputs().items()}
    put(out, models, TRAINING_DATA, dict(drum_mixture=SETTINGS), {})


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("plugin-assets/models"))
    add(parser.parse_args().out)


if __name__ == "__main__":
    main()
