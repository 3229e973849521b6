"""Plays and analyses all recorded kits: `python -m training.drums.render` (resumable, about 15 minutes on one core).

`$CONSORT_DATA/drums/kits/ID.npz` gets the strokes of a kit: `levels` [N, ROWS, TIMES] dB, `cents` [N, MODES, TIMES], `key` [N],
`velocity` [N] (1 the hardest), `peak` [N] dB; `ID.json` its name and source.
"""

import hashlib
import json
import time

import numpy as np

from ..data.paths import data_root
from .analyse import analyse
from .sources import kits


def folder():
    path = data_root() / "drums" / "kits"
    path.mkdir(parents=True, exist_ok=True)
    return path


def _one(kit, seen):
    """The strokes of a kit as arrays. Sounds that another kit of the same source has, are analysed once."""
    found = []
    for key, velocity, sound in kit.strokes():
        peak = float(np.abs(sound).max())
        mark = hashlib.sha1(np.round(sound[:8000] / peak * 500).astype(np.int16).tobytes()).hexdigest()
        if mark not in seen:
            seen[mark] = analyse(sound / peak)
        levels, cents = seen[mark]
        found.append((levels, cents, key, velocity, 20 * np.log10(peak)))
    if not found:
        return None
    levels, cents, key, velocity, peak = (np.array(x) for x in zip(*found))
    return dict(levels=levels.astype(np.float16), cents=cents.astype(np.float16), key=key, velocity=velocity, peak=peak)


def main():
    out, seen, begun = folder(), {}, time.time()
    for kit in kits():
        path = out / f"{kit.id}.npz"
        if path.exists():
            continue
        begin = time.time()
        arrays = _one(kit, seen)
        if arrays is None:
            print(f"{kit.id}: nothing in it", flush=True)
            continue
        (out / f"{kit.id}.json").write_text(json.dumps(dict(id=kit.id, name=kit.name, source=kit.source)))
        part = path.with_name("part.npz")
        np.savez_compressed(part, **arrays)
        part.rename(path)
        print(f"{kit.id} ({kit.name}): {len(arrays['key'])} strokes, {time.time() - begin:.0f} s", flush=True)
    print(f"{len(list(out.glob('*.npz')))} kits, {time.time() - begun:.0f} s")


if __name__ == "__main__":
    main()
