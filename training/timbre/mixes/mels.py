"""Mel powers of the notes in one file, so that training mixes powers instead of sounds: `python -m training.timbre.mixes.mels` (minutes).

``mix-mels.u8`` in the data folder: uint8 [frames, 96], steps below each note's loudest cell; ``mix-mels.json``: for each instrument's id its
notes as (first frame, frames, dB of the loudest cell as played). Resumable; training reads what is there. Instruments of the roles come first.
"""

import json
import time

import numpy as np

from ...data import sound_mel
from ...data.paths import data_root
from ...sound.hear import encode
from .library import Library

FILE = "mix-mels"
LONGEST = 75
"""Frames of a note that are kept."""
AT_ONCE = 100
"""Instruments after which the index is written."""


def index(root):
    """What is there: notes by instrument."""
    path = root / f"{FILE}.json"
    return json.loads(path.read_text()) if path.exists() else {}


def levels(root):
    """All frames, uint8 [frames, 96], memory-mapped."""
    return np.memmap(root / f"{FILE}.u8", np.uint8, "r").reshape(-1, sound_mel.BANDS)


def main():
    begun, library, root = time.time(), Library(), data_root()
    known = index(root)
    at = max((first + count for notes in known.values() for first, count, _ in notes), default=0)
    used = [who for who in range(len(library)) if library.split[who] != "test" and library.facts[who]["id"] not in known]
    used.sort(key=lambda who: library.role[who] < 0)
    part = root / f"{FILE}.json.part"
    with open(root / f"{FILE}.u8", "r+b" if known else "wb") as file:
        file.seek(at * sound_mel.BANDS)
        for made, who in enumerate(used, 1):
            notes = []
            for row in range(len(library.facts[who]["notes"])):
                note = library.note(who, row)[: LONGEST * sound_mel.HOP]
                steps, loud = encode(sound_mel.powers(note)[None])
                file.write(np.ascontiguousarray(steps[0].T).tobytes())
                notes.append((at, steps.shape[2], round(float(loud[0] + 20 * np.log10(library.peak(who, row))), 2)))
                at += steps.shape[2]
            known[library.facts[who]["id"]] = notes
            if made % AT_ONCE == 0 or made == len(used):
                file.flush()
                part.write_text(json.dumps(known))
                part.rename(root / f"{FILE}.json")
                print(f"{made} of {len(used)} instruments, {at} frames, {time.time() - begun:.0f} s", flush=True)


if __name__ == "__main__":
    main()
