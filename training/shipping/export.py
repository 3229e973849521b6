"""Writes the shipped models: `python -m training.shipping.export [--out plugin-assets/models]`.

Each checkpoint becomes an ONNX file, checked against PyTorch on random input and timed on one thread; with them go
the tokenizer, `manifest.json`, `golden.json` and `MODEL_CARD.md`. `--only` needs the checkpoints of the models that it
names, and leaves the others, with all that is said of them, as they are. `--untrained` writes networks with random
weights under the same names and shapes, to program against.
"""

import argparse
import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import torch

from ..config import checkpoints
from ..data import sound_mel
from ..golden import models as golden
from ..nets.codec_net import CodecDecoder
from ..nets.complete_net import Completion
from ..nets.flow_net import FirstAnchor
from ..nets.layout import ANCHORS, CODE_WIDTH, FAMILIES, FRAMES, MAX_TOKENS, PARTIALS, ROWS, SAMPLE_RATE, SHAPE_WIDTH, SOUND_FAMILIES, TEXT_WIDTH, TONE_WIDTH
from ..nets.sound_net import TIMBRE_WIDTH, SoundEncoder
from ..nets.text_net import TextEncoder
from ..nets.timbre_net import BANDS, TimbreEncoder
from ..text import corpus, lexicon, vocabulary
from ..text.tones import TONES
from . import model_card
from .onnx_file import compare, export, milliseconds, session

LICENCE = "MIT OR Apache-2.0"
VERSION = "1"

TASKS = ("text_encoder", "first_anchor", "complete", "codec_decoder", "timbre_encoder", "sound_encoder")
CHECKPOINTS = dict(
    text_encoder="text",
    first_anchor="flow",
    complete="complete",
    codec_decoder="codec",
    timbre_encoder="timbre",
    sound_encoder="sound",
)
KINDS = dict(
    text_encoder=TextEncoder,
    first_anchor=FirstAnchor,
    complete=Completion,
    codec_decoder=CodecDecoder,
    timbre_encoder=TimbreEncoder,
    sound_encoder=SoundEncoder,
)
OUTPUTS = dict(
    text_encoder={"text_vector": ["B", TEXT_WIDTH], "tone": ["B", TONE_WIDTH], "doubt": ["B", TONE_WIDTH]},
    first_anchor={"denoised": ["B", CODE_WIDTH]},
    complete={"completed": ["B", len(ANCHORS), CODE_WIDTH]},
    codec_decoder={"levels": ["N", ROWS, FRAMES], "cents": ["N", PARTIALS], "change": ["M", SHAPE_WIDTH]},
    timbre_encoder={"note_vector": ["N", TEXT_WIDTH], "sound_vector": ["M", TEXT_WIDTH]},
    sound_encoder={
        "timbre": ["M", TIMBRE_WIDTH],
        "meaning": ["M", TEXT_WIDTH],
        "families": ["M", len(SOUND_FAMILIES)],
    },
)


def untrained(task, pieces):
    net = KINDS[task](pieces) if task == "text_encoder" else KINDS[task]()
    for parameter in net.parameters():
        if not parameter.abs().max() > 0:
            torch.nn.init.normal_(parameter, std=0.02)
    if task == "codec_decoder":
        torch.nn.init.constant_(net.shape.bias, 35.0)
    return net.fold() if task == "sound_encoder" else net


def trained(task):
    """The network of a checkpoint, and what training measured of it."""
    saved = torch.load(checkpoints() / f"{CHECKPOINTS[task]}.pt", weights_only=False)
    net = KINDS[task](**saved["settings"])
    net.load_state_dict(saved["net"])
    if task == "codec_decoder":
        net.prepare()
    return net, saved.get("quality", {})


def example(task, batch, pieces):
    """Random input of a model, and its dynamic axes."""
    n, families = len(ANCHORS), torch.eye(len(FAMILIES))
    text = torch.nn.functional.normalize(torch.randn(batch, TEXT_WIDTH), dim=-1)
    keys, velocities = (torch.tensor([[float(a[i]) for a in ANCHORS]] * batch) for i in (0, 1))
    family = families[torch.arange(batch) % len(FAMILIES)]
    if task == "text_encoder":
        feeds = dict(input_ids=torch.randint(5, pieces, (batch, 9)), attention_mask=torch.ones(batch, 9).long())
    elif task == "first_anchor":
        note, span = torch.tensor([[64.0, 80.0]] * batch), torch.tensor([[30.0, 90.0]] * batch)
        feeds = dict(noisy=torch.randn(batch, CODE_WIDTH), time=torch.rand(batch) * 0.9, text=text, family=family)
        feeds |= dict(note=note, range=span, tone=torch.randn(batch, 2 * TONE_WIDTH))
    elif task == "complete":
        known = (torch.rand(batch, n) < 0.2).float()
        feeds = dict(codes=torch.randn(batch, n, CODE_WIDTH), known=known, key=keys, velocity=velocities)
        feeds |= dict(text=text, family=family)
    elif task == "timbre_encoder":
        feeds = dict(levels=torch.rand(batch, ROWS, FRAMES) * 60 - 70, key=torch.eye(9)[torch.arange(batch) % 9])
        feeds |= dict(mel=torch.rand(batch + 1, BANDS, 100))
    elif task == "sound_encoder":
        feeds = dict(mel=torch.rand(batch, sound_mel.BANDS, 500))
    else:
        feeds = dict(codes=torch.randn(batch, CODE_WIDTH), residual=torch.randn(batch + 1, ROWS * FRAMES))
    label = "N" if task == "codec_decoder" else "B"
    axes = {name: {0: label} for name in feeds}
    if task == "text_encoder":
        axes = {name: {0: label, 1: "L"} for name in feeds}
    elif task == "codec_decoder":
        axes["residual"] = {0: "M"}
    elif task == "timbre_encoder":
        axes = dict(levels={0: "N"}, key={0: "N"}, mel={0: "M", 2: "T"})
    elif task == "sound_encoder":
        axes = dict(mel={0: "M", 2: "T"})
    return feeds, axes


def shapes(feeds, axes):
    return [dict(name=n, shape=[axes[n].get(i, s) for i, s in enumerate(f.shape)]) for n, f in feeds.items()]


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def family_vectors(out, tokenizer):
    """The text vector that stands for each family: the mean over its name and its instruments' names."""
    run = session(out / "text_encoder.onnx")
    vectors = {}
    for family in FAMILIES:
        names = [family] + [n for i in lexicon.INSTRUMENTS[family] for n in lexicon.names_of(family, i)]
        ids, mask = vocabulary.encode(tokenizer, names)
        mean = run.run(None, dict(input_ids=ids, attention_mask=mask))[0].mean(0)
        vectors[family] = [round(float(v), 5) for v in mean / np.linalg.norm(mean)]
    return vectors


def write_golden(path, out, tokenizer, only):
    """Runs the exported files on the golden inputs; what is written of other models stays."""
    earlier = json.loads(path.read_text()) if path.exists() else dict(prompts=[], cases=[])
    prompts = earlier["prompts"]
    if "text_encoder" in only:
        run, prompts = session(out / "text_encoder.onnx"), []
        for text in golden.PROMPTS:
            ids, mask = vocabulary.encode(tokenizer, [text])
            (vector,) = run.run(["text_vector"], dict(input_ids=ids, attention_mask=mask))
            prompts.append(dict(text=text, input_ids=ids[0], text_vector=golden.picked("text_vector", vector)))
    cases = {case["model"]: case for case in earlier["cases"]}
    for task, feeds in golden.inputs().items():
        if task not in only:
            continue
        run = session(out / f"{task}.onnx")
        names = list(OUTPUTS[task])
        got = run.run(names, {name: golden.fill(spec) for name, spec in feeds.items()})
        outputs = {name: golden.picked(name, array) for name, array in zip(names, got)}
        cases[task] = dict(model=task, inputs=feeds, outputs=outputs)
    text = json.dumps(dict(format=1, prompts=prompts, cases=list(cases.values())), ensure_ascii=False)
    path.write_text(text + "\n")


def write_model(task, path, pieces, use_random):
    """Exports a model to `path`, checks it against PyTorch; returns its entry in the manifest."""
    net, quality = (untrained(task, pieces), {}) if use_random else trained(task)
    feeds, axes = example(task, 3, pieces)
    export(net, feeds, list(OUTPUTS[task]), path, axes)
    other, _ = example(task, 1 if task != "codec_decoder" else 27, pieces)
    difference = compare(net, other, list(OUTPUTS[task]), path)
    for name, (largest, typical) in difference.items():
        if typical > 0.05:
            raise SystemExit(f"{path.name}: {name} differs from PyTorch by {typical:.1%} of its size (RMS).")
    spent = milliseconds(path, other)
    size = path.stat().st_size / 1e6
    print(f"{path.name}: {size:.1f} MB, {spent:.2f} ms, differs from PyTorch by {difference}", flush=True)
    return dict(
        task=task,
        file=path.name,
        sha256=sha256(path),
        bytes=path.stat().st_size,
        version=VERSION,
        inputs=shapes(feeds, axes),
        outputs=[dict(name=n, shape=s) for n, s in OUTPUTS[task].items()],
        sample_rate=SAMPLE_RATE if task in ("codec_decoder", "sound_encoder") else None,
        licence=LICENCE,
        training_data=model_card.TRAINING_DATA[task],
        quality=dict(quality, milliseconds_one_thread=round(spent, 2)),
    )


def make_tokenizer(path, use_random):
    """The tokenizer that was trained; else the one that is there, or one to program against."""
    known = checkpoints() / "tokenizer.json"
    if known.exists():
        shutil.copy(known, path)
    elif use_random and not path.exists():
        from ..text.train import teacher_folder

        vocabulary.build(teacher_folder() / "tokenizer.json", corpus.build(20_000, 20_000), 6500, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("plugin-assets/models"))
    parser.add_argument("--untrained", action="store_true", help="random weights, to program against")
    parser.add_argument("--only", nargs="*", default=TASKS, choices=TASKS, help="export these, keep the other files")
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    args.out.mkdir(parents=True, exist_ok=True)
    written, tokenizer_file = args.out / "manifest.json", args.out / "tokenizer.json"
    if "text_encoder" in args.only:
        make_tokenizer(tokenizer_file, args.untrained)
    tokenizer = vocabulary.load(tokenizer_file)
    earlier = json.loads(written.read_text()) if written.exists() else dict(models=[])
    models = {model["task"]: model for model in earlier["models"]}
    made = [task for task in TASKS if task in args.only or task not in models]
    for task in made:
        models[task] = write_model(task, args.out / f"{task}.onnx", tokenizer.get_vocab_size(), args.untrained)
    settings = models["first_anchor"].get("settings") or next(
        (model.get("settings") for model in earlier["models"] if model["task"] == "first_anchor"), None
    )
    if settings is None or {"text_encoder", "first_anchor"} & set(made):
        settings = dict(code_width=CODE_WIDTH, families=list(FAMILIES)) | model_card.flow_settings()
        settings |= dict(family_text_vectors=family_vectors(args.out, tokenizer))
        if not args.untrained:
            table = torch.load(checkpoints() / "tones.pt")["table"]
            settings["tones"] = [dict(name=n, quantiles=[round(float(v), 4) for v in row]) for n, row in zip(TONES, table)]
    models["first_anchor"]["settings"] = settings
    write_golden(args.out / "golden.json", args.out, tokenizer, made)
    manifest = earlier | dict(
        format=2,
        name="Consort built-in models" + (" (untrained)" if args.untrained else ""),
        version=VERSION,
        licence=LICENCE,
        models=[models[task] for task in (*TASKS, *(task for task in models if task not in TASKS))],
        tokenizer=dict(
            file="tokenizer.json", sha256=sha256(tokenizer_file), bytes=tokenizer_file.stat().st_size, max_tokens=MAX_TOKENS
        ),
        golden="golden.json",
    )
    written.write_text(json.dumps(manifest, indent=1) + "\n")
    if args.only == TASKS and (checkpoints() / "drums.pt").exists():
        from ..drums import export as drums

        drums.add(args.out)
    if not args.untrained:
        model_card.write(args.out / "MODEL_CARD.md", json.loads(written.read_text()))
    total = sum(f.stat().st_size for f in args.out.iterdir()) / 1e6
    print(f"{args.out}: {total:.1f} MB in all")


if __name__ == "__main__":
    main()
