"""The exported models as the plugin runs them: prompt to codes to levels, through ONNX Runtime."""

import json
from pathlib import Path

import numpy as np

from ..nets.layout import ANCHORS, CODE_WIDTH, FAMILIES, FRAMES, ROWS, TEXT_WIDTH, TONE_WIDTH
from ..text import vocabulary
from .onnx_file import session

ASKED, VARIED, MOST = 0.5, 0.6, 2.2  # as in the plugin's `tones`
BANDS = 64
KEYS = np.array([key for key, _ in ANCHORS], np.float32)
VELOCITIES = np.array([velocity for _, velocity in ANCHORS], np.float32)


class Models:
    """Sessions of one pack; arrays in and out are float32."""

    def __init__(self, folder=Path("plugin-assets/models")):
        folder = Path(folder)
        self.manifest = json.loads((folder / "manifest.json").read_text())
        self.settings = {model["task"]: model.get("settings") for model in self.manifest["models"]}
        self.tokenizer = vocabulary.load(folder / self.manifest["tokenizer"]["file"])
        self.run = {model["task"]: session(folder / model["file"]) for model in self.manifest["models"]}

    def text(self, prompts):
        """Text vectors [B, 256]."""
        return self._read("text_vector", prompts) if prompts else np.zeros((0, TEXT_WIDTH), np.float32)

    def _read(self, what, prompts):
        ids, mask = vocabulary.encode(self.tokenizer, prompts)
        return self.run["text_encoder"].run([what], dict(input_ids=np.array(ids), attention_mask=np.array(mask)))[0]

    def tones(self, prompts, seed):
        """What the flow is told of tones [B, 24]: scores drawn as the prompts ask, where they ask."""
        score, doubt = self._read("tone", prompts), self._read("doubt", prompts)
        said = (np.abs(score) >= ASKED).astype(np.float32)
        drawn = score + VARIED * doubt * np.random.default_rng(seed).standard_normal(score.shape)
        return np.concatenate([drawn.clip(-MOST, MOST) * said, said], 1).astype(np.float32)

    def hear(self, levels, keys):
        """Timbre vectors [N, 256] of notes [N, 176, 136] dB at anchor keys [N]."""
        hot = (np.asarray(keys)[:, None] == np.unique(KEYS)).astype(np.float32)
        feeds = dict(levels=levels.astype(np.float32), key=hot, mel=np.zeros((1, BANDS, 16), np.float32))
        return self.run["timbre_encoder"].run(["note_vector"], feeds)[0]

    def first(self, text, family, note, span, seed, guidance=None, steps=None, temperature=None, tone=None):
        """Codes [B, 400] of first anchors; every condition has B rows."""
        tone = np.zeros((len(text), 2 * TONE_WIDTH), np.float32) if tone is None else tone
        flow = self.settings["first_anchor"]
        guidance = flow["guidance"] if guidance is None else guidance
        temperature = flow["temperature"] if temperature is None else temperature
        random = np.random.default_rng(seed)
        x = (random.standard_normal((len(text), CODE_WIDTH)) * temperature).astype(np.float32)
        times = np.linspace(0, 1, (steps or flow["steps"]) + 1, dtype=np.float32)
        net = self.run["first_anchor"]
        for now, then in zip(times[:-1], times[1:]):
            said = dict(noisy=x, time=np.full(len(x), now), text=text, family=family, note=note, range=span, tone=tone)
            data = net.run(None, said)[0]
            if guidance != 1.0:
                unsaid = dict(said, text=text * 0, family=family * 0, range=span * 0, tone=tone * 0)
                free = net.run(None, unsaid)[0]
                data = free + guidance * (data - free)
            x = data if then == 1 else x + (then - now) / (1 - now) * (data - x)
        return x

    def complete(self, codes, known, text=None, family=None):
        """Codes of all anchors [B, 27, 400] from those known."""
        batch = len(codes)
        return self.run["complete"].run(
            None,
            dict(
                codes=codes.astype(np.float32),
                known=known.astype(np.float32),
                key=np.tile(KEYS, (batch, 1)),
                velocity=np.tile(VELOCITIES, (batch, 1)),
                text=np.zeros((batch, TEXT_WIDTH), np.float32) if text is None else text,
                family=np.zeros((batch, len(FAMILIES)), np.float32) if family is None else family,
            ),
        )[0]

    def decode(self, codes):
        """Levels [N, 176, 136] and cents [N, 136]."""
        nothing = np.zeros((0, ROWS * FRAMES), np.float32)
        return self.run["codec_decoder"].run(["levels", "cents"], dict(codes=codes.astype(np.float32), residual=nothing))

    def conditions(self, families, say_family=True):
        """One-hot family, note and range of each family's name (None: not said), as the plugin chooses them."""
        flow = self.settings["first_anchor"]
        hot = np.zeros((len(families), len(FAMILIES)), np.float32)
        note, span = np.zeros((len(families), 2), np.float32), np.zeros((len(families), 2), np.float32)
        for i, family in enumerate(families):
            note[i] = [flow["anchor_key_by_family"].get(family, 64), flow["anchor_velocity"]]
            if family is not None and say_family:
                hot[i, FAMILIES.index(family)] = 1.0
                span[i] = flow["range_by_family"][family]
        return hot, note, span

    def guess_family(self, prompts):
        """The family whose text vector lies nearest to each prompt's, as the plugin chooses."""
        vectors = self.settings["first_anchor"]["family_text_vectors"]
        near = self.text(prompts) @ np.array([vectors[family] for family in FAMILIES], np.float32).T
        return [FAMILIES[i] for i in near.argmax(1)]
