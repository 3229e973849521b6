"""Codes of all notes: `python -m training.encode`, after `training.codec` or when the data set has grown.

Writes `codes.pt`; instruments coded before by the same codec are not coded again.
"""

import torch

from .anchors import load
from .codec import KEYS, encoder
from .config import checkpoints, save


def stored(data):
    """Codes [I, 27, 400] of all instruments of the data set, float32."""
    saved = torch.load(checkpoints() / "codes.pt", weights_only=False)
    if saved["names"] != data.names:
        raise SystemExit("The codes are those of another data set: run python -m training.encode.")
    return saved["codes"].float()


@torch.no_grad()
def main():
    data, encode = load(), encoder()
    path, mark = checkpoints() / "codes.pt", float(encode.basis.sum())
    known = {}
    if path.exists():
        saved = torch.load(path, weights_only=False)
        if saved["codec"] == mark:
            known = dict(zip(saved["names"], saved["codes"]))
    codes = []
    for i, name in enumerate(data.names):
        if name not in known:
            levels, cents = data.notes(i)
            known[name] = encode(levels, cents, KEYS).half()
        codes.append(known[name])
        if (i + 1) % 200 == 0:
            print(f"coded {i + 1} of {len(data)} instruments", flush=True)
    save(dict(codes=torch.stack(codes), names=data.names, codec=mark), path)


if __name__ == "__main__":
    main()
