"""Codes of all notes: `python -m training.instrument.encode`, after `training.instrument.codec` or when the data set has grown.

Writes `codes.pt`; instruments coded before by the same codec are not coded again.
"""

import torch

from ..config import checkpoints, save
from .anchors import load
from .codec import KEYS, encoder

TOGETHER = 10  # instruments coded at once


def stored(data):
    """Codes [I, 27, 400] of all instruments of the data set, float32."""
    saved = torch.load(checkpoints() / "codes.pt", weights_only=False)
    if saved["names"] != data.names:
        raise SystemExit("The codes are those of another data set: run python -m training.instrument.encode.")
    return saved["codes"].float()


@torch.no_grad()
def main():
    data, encode = load(), encoder()
    path, mark = checkpoints() / "codes.pt", encode.mark()
    known = {}
    if path.exists():
        saved = torch.load(path, weights_only=False)
        if saved["codec"] == mark:
            known = dict(zip(saved["names"], saved["codes"]))
    new = [i for i, name in enumerate(data.names) if name not in known]
    for start in range(0, len(new), TOGETHER):
        some = new[start : start + TOGETHER]
        levels, cents = (torch.cat(parts) for parts in zip(*(data.notes(i) for i in some)))
        codes = encode(levels, cents, KEYS.repeat(len(some))).half()
        known.update(zip((data.names[i] for i in some), codes.reshape(len(some), len(KEYS), -1)))
        if (start // TOGETHER) % 20 == 0:
            print(f"coded {start + len(some)} of {len(new)} new instruments", flush=True)
    codes = [known[name] for name in data.names]
    save(dict(codes=torch.stack(codes), names=data.names, codec=mark), path)


if __name__ == "__main__":
    main()
