"""Text vectors of the captions of instruments, by the shipped text encoder; kept in the data folder between runs."""

import hashlib
import os
from pathlib import Path

import numpy as np
import torch

from ..data.paths import data_root
from ..shipping.onnx_file import session
from ..text import vocabulary

MODELS = Path("plugin-assets/models")
AT_ONCE = 256


def _vectors(texts):
    """{text: vector} of texts, from the file or through the encoder."""
    encoder = MODELS / "text_encoder.onnx"
    file = data_root() / f"caption-vectors-{hashlib.sha256(encoder.read_bytes()).hexdigest()[:8]}.npz"
    known = {}
    if file.exists():
        with np.load(file) as saved:
            known = dict(zip(saved["texts"].tolist(), saved["vectors"]))
    missing = sorted(set(texts) - set(known), key=len)
    tokenizer, run = vocabulary.load(MODELS / "tokenizer.json"), session(encoder)
    for start in range(0, len(missing), AT_ONCE):
        part = missing[start : start + AT_ONCE]
        ids, mask = vocabulary.encode(tokenizer, part)
        known |= zip(part, run.run(["text_vector"], dict(input_ids=np.array(ids), attention_mask=np.array(mask)))[0])
    if missing:
        part = file.with_suffix(f".{os.getpid()}.npz")
        np.savez(part, texts=np.array(list(known)), vectors=np.array(list(known.values()), np.float32))
        part.rename(file)
    return known


class Captions:
    """Text vectors of the captions of instruments, to be drawn from."""

    def __init__(self, facts):
        known = _vectors([caption for fact in facts for caption in fact["captions"]])
        texts = sorted({caption for fact in facts for caption in fact["captions"]})
        self.vectors = torch.from_numpy(np.array([known[text] for text in texts], np.float32))
        at = {text: index for index, text in enumerate(texts)}
        self.of = [[at[caption] for caption in fact["captions"]] for fact in facts]

    def one_of(self, who, rng):
        return self.vectors[[rng.choice(self.of[i]) for i in who]]

    def some(self, count, rng):
        return self.vectors[rng.integers(len(self.vectors), size=count)]
