"""The committed models: the manifest tells the truth about the files, and they answer as they did when exported.

Needs numpy, onnxruntime and pytest; no torch.
"""

import hashlib
import json
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from training.drums.hearing import classes
from training.golden import models as golden
from training.nets.layout import ANCHORS, CODE_WIDTH, FAMILIES, FRAMES, PARTIALS, ROWS, SHAPE_WIDTH, SOUND_FAMILIES
from training.tags import labels

MODELS = Path(__file__).parents[2] / "plugin-assets" / "models"
MANIFEST = json.loads((MODELS / "manifest.json").read_text())
GOLDEN = json.loads((MODELS / MANIFEST["golden"]).read_text())
TASKS = {model["task"]: model for model in MANIFEST["models"]}
_sessions = {}


def session(task):
    if task not in _sessions:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        path = str(MODELS / TASKS[task]["file"])
        _sessions[task] = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return _sessions[task]


def test_manifest_agrees_with_the_code():
    assert MANIFEST["format"] == 2
    settings = {task: model.get("settings") for task, model in TASKS.items()}
    assert settings["first_anchor"]["code_width"] == CODE_WIDTH
    assert tuple(settings["first_anchor"]["families"]) == FAMILIES
    instruments = {"text_encoder", "timbre_encoder", "sound_encoder", "first_anchor", "complete", "codec_decoder"}
    assert set(TASKS) == instruments | {"drum_mixture", "drum_decoder", "drum_hearing", "parts", "song_tags"}
    assert len(settings["drum_hearing"]["thresholds"]) == classes.COUNT
    assert tuple(settings["song_tags"]["genres"]) == labels.GENRES
    assert [i["name"] for i in settings["song_tags"]["instruments"]] == list(labels.INSTRUMENTS)
    assert TASKS["sound_encoder"]["outputs"][2]["shape"] == ["M", len(SOUND_FAMILIES)]
    outputs = {o["name"]: o["shape"] for o in TASKS["codec_decoder"]["outputs"]}
    assert outputs == {"levels": ["N", ROWS, FRAMES], "cents": ["N", PARTIALS], "change": ["M", SHAPE_WIDTH]}


@pytest.mark.parametrize("entry", [*MANIFEST["models"], MANIFEST["tokenizer"]], ids=lambda e: e["file"])
def test_files_have_the_hash_in_the_manifest(entry):
    data = (MODELS / entry["file"]).read_bytes()
    assert hashlib.sha256(data).hexdigest() == entry["sha256"]
    assert len(data) == entry["bytes"]
    assert len(data) < 20e6, "a model file may have 20 MB at most"


@pytest.mark.parametrize("task", TASKS)
def test_inputs_and_outputs_are_those_of_the_manifest(task):
    def plain(values):
        return {v.name: [s if isinstance(s, int) else "free" for s in v.shape] for v in values}

    def told(values):
        return {v["name"]: [s if isinstance(s, int) else "free" for s in v["shape"]] for v in values}

    assert plain(session(task).get_inputs()) == told(TASKS[task]["inputs"])
    assert plain(session(task).get_outputs()) == told(TASKS[task]["outputs"])


@pytest.mark.parametrize("prompt", GOLDEN["prompts"], ids=lambda p: p["text"])
def test_text_encoder_answers_as_exported(prompt):
    ids = np.array([prompt["input_ids"]], np.int64)
    (vector,) = session("text_encoder").run(["text_vector"], dict(input_ids=ids, attention_mask=np.ones_like(ids)))
    assert abs(np.linalg.norm(vector) - 1) < 1e-4
    expected = prompt["text_vector"]
    assert golden.differences(expected, vector) < expected["tolerance"]


def test_padding_does_not_change_a_text_vector():
    ids = np.array([GOLDEN["prompts"][0]["input_ids"]], np.int64)
    padded, mask = np.pad(ids, ((0, 0), (0, 5))), np.pad(np.ones_like(ids), ((0, 0), (0, 5)))
    run = session("text_encoder").run
    alone = run(None, dict(input_ids=ids, attention_mask=np.ones_like(ids)))[0]
    assert np.abs(run(None, dict(input_ids=padded, attention_mask=mask))[0] - alone).max() < 1e-4


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=lambda c: c["model"])
def test_models_answer_as_exported(case):
    feeds = {name: golden.fill(spec) for name, spec in case["inputs"].items()}
    names = list(case["outputs"])
    for name, array in zip(names, session(case["model"]).run(names, feeds)):
        assert np.isfinite(array).all()
        assert golden.differences(case["outputs"][name], array) < case["outputs"][name]["tolerance"], name


def test_known_anchors_come_out_as_they_went_in():
    case = next(c for c in GOLDEN["cases"] if c["model"] == "complete")
    feeds = {name: golden.fill(spec) for name, spec in case["inputs"].items()}
    (completed,) = session("complete").run(None, feeds)
    known = feeds["known"] > 0
    assert np.array_equal(completed[known], feeds["codes"][known])
    assert not np.allclose(completed[~known], feeds["codes"][~known])


def test_first_anchors_are_drawn_at_anchor_keys():
    keys = {key for key, _ in ANCHORS}
    flow = TASKS["first_anchor"]["settings"]
    assert set(flow["anchor_key_by_family"]) == set(FAMILIES) == set(flow["range_by_family"])
    assert set(flow["anchor_key_by_family"].values()) <= keys
    assert all(0 <= low < high <= 127 for low, high in flow["range_by_family"].values())
