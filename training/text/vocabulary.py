"""The tokenizer: the teacher's word pieces, cut down to those that texts about sound use."""

import json
from collections import Counter
from pathlib import Path

import tokenizers

from ..nets.layout import MAX_TOKENS
from . import lexicon

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]


def build(teacher_file, texts, size, path):
    """Writes `tokenizer.json` (Hugging Face `tokenizers` format); returns the teacher's id of each kept piece."""
    spec = json.loads(Path(teacher_file).read_text())
    spec["padding"] = None
    spec["truncation"] = None
    full = tokenizers.Tokenizer.from_str(json.dumps(spec))
    vocabulary = spec["model"]["vocab"]
    letters = [c for c in vocabulary if len(c.removeprefix("##")) == 1 and c.removeprefix("##").isascii()]
    own = [w for group in lexicon.ATTRIBUTES.values() for w in group[0].replace("-", " ").split()]
    own += list(lexicon.instrument_of()) + list(lexicon.GENRES) + list(lexicon.PHRASINGS) + list(lexicon.INSTRUMENTS)
    first = Counter(t for e in full.encode_batch(own, add_special_tokens=False) for t in e.tokens)
    count = Counter(t for e in full.encode_batch(texts, add_special_tokens=False) for t in e.tokens)
    order = [*SPECIAL, *sorted(letters), *sorted(first), *(t for t, _ in count.most_common())]
    kept = [t for t in dict.fromkeys(order) if t in vocabulary][:size]
    spec["model"]["vocab"] = {token: i for i, token in enumerate(kept)}
    spec["added_tokens"] = [
        {**t, "id": kept.index(t["content"])} for t in spec["added_tokens"] if t["content"] in kept
    ]
    for token in ("[CLS]", "[SEP]"):
        spec["post_processor"]["special_tokens"][token]["ids"] = [kept.index(token)]
    spec["truncation"] = {"direction": "Right", "max_length": MAX_TOKENS, "strategy": "LongestFirst", "stride": 0}
    Path(path).write_text(json.dumps(spec, ensure_ascii=False))
    return [vocabulary[token] for token in kept]


def load(path):
    return tokenizers.Tokenizer.from_file(str(path))


def encode(tokenizer, texts):
    """Padded ids and mask, int64 [B, L] as nested lists."""
    encoded = tokenizer.encode_batch([t.lower() for t in texts])
    longest = max(len(e.ids) for e in encoded)
    ids = [e.ids + [0] * (longest - len(e.ids)) for e in encoded]
    mask = [[1] * len(e.ids) + [0] * (longest - len(e.ids)) for e in encoded]
    return ids, mask
