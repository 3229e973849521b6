"""Adds the parts network to a pack: `python -m training.parts.export [--out plugin-assets/models]`, after `training.shipping.export`.

Writes `parts.onnx`, `parts.json` (all that is needed to make its inputs and read its outputs), its entry in `manifest.json`, and
`tests/golden/parts.json`: inputs, logits, and one whole sampling. What the tensors mean is said in `net.Parts`, `request.fill` and
`sample`; in the ONNX file steps come as bars of M quarters of four steps, [B, 8, M, 4, …] instead of [B, S, …], and places as
[B, 8, M, 3], the same numbers in the same order; outputs, too.
"""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from torch import nn

from ..config import checkpoints
from ..shipping.onnx_file import compare, export, milliseconds, session
from . import degrees, gm, grid, measure, request, sample, tokens, windows
from . import net_layout as layout
from .net import Parts

OUTPUTS = ("drums", "offset", "bass", "lead", "chords", "touch")
TRAINING_DATA = (
    "Arrangements by MMA (Musical MIDI Accompaniment) with its groove libraries, of chord progressions and melodies drawn by rule, with captions; "
    "no recordings and no scores."
)
GOLDEN = Path("tests/golden/parts.json")


class InBars(nn.Module):
    """The network with steps as bars of quarters of four."""

    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, tokens, role, chord, heard, place, song, text, controls):
        flat = [x.flatten(1, 3) for x in (tokens, chord, heard)]
        outputs = self.net(flat[0], role, flat[1], flat[2], place.flatten(1, 2), song, text, controls)
        return tuple(o.unflatten(1, (8, -1, 4)) for o in outputs)


def network():
    saved = torch.load(checkpoints() / "parts_best.pt", weights_only=False, map_location="cpu")
    net = Parts(**saved["settings"])
    net.load_state_dict(saved["net"])
    return InBars(net.eval()), saved


STEPPED = ("tokens", "chord", "heard")


def in_bars(name, array):
    """An input [B, …] with steps, or places of patches, as bars."""
    shape = array.shape
    if name in STEPPED:
        return np.ascontiguousarray(array.reshape(shape[0], 8, -1, 4, shape[-1]))
    return np.ascontiguousarray(array.reshape(shape[0], 8, -1, shape[-1])) if name == "place" else array


def one_example(inputs):
    """A request's inputs with a batch axis, as torch tensors."""
    return {name: torch.tensor(in_bars(name, np.asarray(inputs[name])[None])) for name in sample.ORDER}


def runner(run):
    """`run` of `sample` on an ONNX Runtime session: folds steps to bars and back."""

    def call(*arrays):
        found = run.run(list(OUTPUTS), {name: in_bars(name, array) for name, array in zip(sample.ORDER, arrays)})
        return [o.reshape(o.shape[0], -1, *o.shape[4:]) for o in found]

    return call


def vocabulary(data, settings):
    return dict(
        format=1,
        parts=list(gm.PARTS),
        pieces=[dict(name=name, key=key) for name, key in zip(gm.PIECES, gm.PIECE_KEYS)],
        piece_of_key={str(key): gm.piece(key) for key in range(35, 82)},
        steps_a_bar=grid.STEPS_A_BAR,
        metres=list(grid.METRES),
        bars=grid.BARS,
        ticks_a_quarter=grid.TICKS,
        ticks_a_step=grid.STEP,
        largest_offset=grid.REACH,
        velocity_edges=list(tokens.VELOCITY_EDGES),
        velocities=list(tokens.VELOCITIES),
        rest=tokens.REST,
        hold=tokens.HOLD,
        first_onset=tokens.FIRST,
        no_touch=tokens.NO_TOUCH,
        masks=layout.masks(len(data.voicings.sets)),
        roles=list(layout.ROLES),
        controls=list(measure.CONTROLS),
        qualities=list(degrees.QUALITIES),
        semitones=[list(degrees.SEMITONES[q]) for q in degrees.QUALITIES],
        lowest_root=degrees.LOWEST_ROOT,
        octaves=degrees.OCTAVES,
        voicings=[list(s) for s in data.voicings.sets],
        quantiles=[[[round(float(v), 4) for v in row] for row in part] for part in data.quantiles.transpose(0, 2, 1)],
        sampler=asdict(settings),
    )  # fmt: skip


def golden(data, call, masks, settings):
    """One window of validation, drums to be filled in by words: inputs, some logits, and what the sampler makes of it."""
    metre, row = "4/4", 0
    roll = data.rolls(metre, [row])[0]
    text = np.sin(1.913 * np.arange(256) + 0.5).astype(np.float32) * np.float32(0.0884)
    given = [p for p in roll.facts["present"] if p not in (0, 1)]
    inputs = request.fill(roll, [0, 1], masks, text, {(0, "density"): 1.0}, given)
    outputs = call(*[inputs[name][None] for name in sample.ORDER])
    points = {}
    for name, array in zip(OUTPUTS, outputs):
        flat = array.reshape(-1)
        at = np.unique(np.linspace(0, flat.size - 1, 24).round().astype(int))
        points[name] = dict(at=at.tolist(), values=[round(float(v), 5) for v in flat[at]], tolerance=0.01)
    seed = 20_261_126
    done = sample.sample(call, inputs, masks, seed, settings)
    return dict(
        text_wave=[0.0884, 1.913, 0.5],
        tempo=roll.facts["tempo"],
        tonic=roll.facts["tonic"],
        inputs={name: np.asarray(inputs[name]).reshape(-1).round(6).tolist() for name in sample.ORDER if name != "text"},
        logits=points,
        uniform=[[*args, float(sample.uniform(*args))] for args in ((1, 0, 0, 0, 0), (99, 3, 1, 127, 29), (2**40, 15, 0, 159, 16))],
        seed=seed,
        sampled=done.reshape(-1).tolist(),
        notes=[list(map(int, n)) for n in tokens.decode(windows.unstack(done, roll), data.voicings) if n[0] < 2],
    )


def add(out, settings):
    from ..shipping.export import sha256

    data = windows.Windows("validation")
    net, saved = network()
    masks = layout.masks(len(data.voicings.sets))
    roll = data.rolls("4/4", [0])[0]
    one = one_example(request.fill(roll, [0], masks, given=[p for p in roll.facts["present"] if p]))
    example = {name: torch.cat([value, value]) for name, value in one.items()}
    path = out / "parts.onnx"
    axes = {name: {0: "B", 2: "M"} if name in (*STEPPED, "place") else {0: "B"} for name in example}
    export(net, example, list(OUTPUTS), path, axes)
    error = {name: f"{rms:.1e}" for name, (_, rms) in compare(net, example, list(OUTPUTS), path).items()}
    call = runner(session(path))
    (out / "parts.json").write_text(json.dumps(vocabulary(data, settings)) + "\n")
    manifest = json.loads((out / "manifest.json").read_text())
    like = manifest["models"][0]
    shapes = [["B" if i == 0 else "M" if i in axes[n] else int(d) for i, d in enumerate(v.shape)] for n, v in example.items()]
    old = next((m for m in manifest["models"] if m["task"] == "parts"), {})
    entry = {key: like[key] for key in ("version", "licence")} | dict(
        training_data=TRAINING_DATA, task="parts", file=path.name, sha256=sha256(path), bytes=path.stat().st_size,
        vocabulary=dict(file="parts.json", sha256=sha256(out / "parts.json")),
        inputs=[dict(name=n, shape=s) for n, s in zip(example, shapes)],
        outputs=[dict(name=n, shape=["B", 8, "M", *map(int, o.shape[3:])]) for n, o in zip(OUTPUTS, net(*example.values()))],
        quality=old.get("quality", {}),
    )  # fmt: skip
    manifest["models"] = [m for m in manifest["models"] if m["task"] != "parts"] + [entry]
    (out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    GOLDEN.write_text(json.dumps(golden(data, call, masks, settings)) + "\n")
    print(
        f"parts: {path.stat().st_size / 1e6:.2f} MB, {saved['steps']} steps, {milliseconds(path, one):.1f} ms a call, {milliseconds(path, example):.1f} ms with "
        f"guidance, against PyTorch {error}"
    )


def resettle(out, settings):
    """Other settings of the sampler for the network that is there: `parts.json`, its entry, golden values."""
    from ..shipping.export import sha256

    data, path = windows.Windows("validation"), out / "parts.json"
    words = json.loads(path.read_text()) | dict(sampler=asdict(settings))
    path.write_text(json.dumps(words) + "\n")
    manifest = json.loads((out / "manifest.json").read_text())
    entry = next(m for m in manifest["models"] if m["task"] == "parts")
    entry["vocabulary"]["sha256"] = sha256(path)
    (out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    data.voicings = tokens.Voicings(words["voicings"])
    GOLDEN.write_text(json.dumps(golden(data, runner(session(out / "parts.onnx")), words["masks"], settings)) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("plugin-assets/models"))
    parser.add_argument("--sampler-only", action="store_true", help="keep the network; write `sample.Settings` and the golden values anew")
    args = parser.parse_args()
    with torch.no_grad():
        (resettle if args.sampler_only else add)(args.out, sample.Settings())


if __name__ == "__main__":
    main()
