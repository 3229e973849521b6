"""Runs the matcher (`examples/matcher.rs`; ``$CONSORT_MATCHER``, otherwise ``target/release/examples/matcher``) on a library and mixes."""

import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from .plan import KEYS, ROLES, keys_of

REFERENCE_SECONDS = 0.5
BACKGROUNDS = 30
CHUNK = 40


def program():
    path = Path(os.environ.get("CONSORT_MATCHER", "target/release/examples/matcher"))
    if not path.exists():
        raise SystemExit(f"{path} is missing: cargo build --release --example matcher, or say in $CONSORT_MATCHER where it is.")
    return str(path)


def _run(*words):
    done = subprocess.run([program(), *map(str, words)], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"the matcher failed: {done.stderr.strip()}")
    return done.stdout.strip()


def _write(path, sounds):
    with open(path, "wb") as file:
        for sound in sounds:
            file.write(np.uint32(len(sound)).tobytes() + np.asarray(sound, "<f4").tobytes())


class Matcher:
    """Instruments `who` of a library, by their reference notes and by those of `kinds`, calibrated on what `backgrounds()` gives, sounds."""

    def __init__(self, library, who, backgrounds, file, kinds=("reference",), threads=1):
        self.library, self.who, self.threads = library, np.asarray(who), threads
        self.file = Path(file)
        names = sorted(set(library.family))
        if not self.file.exists():
            part = self.file.with_suffix(".part")
            with tempfile.TemporaryDirectory() as folder:
                with open(f"{folder}/notes", "wb") as out:
                    for i in self.who:
                        role = library.role[i]
                        keys = KEYS[list(ROLES)[role]] if role >= 0 else keys_of(library.family[i], (0, 127))
                        family = role if role >= 0 else 3 + names.index(library.family[i])
                        for place, row in enumerate(row for kind in kinds for row in library.rows(i, kind)):
                            sound = library.note(i, row)[: int(REFERENCE_SECONDS * 32_000)]
                            head = [family, *keys, int(place == 0), library.key(i, row), len(sound)]
                            out.write(np.array(head, "<u4").tobytes() + sound.astype("<f4").tobytes())
                print(_run("atoms", f"{folder}/notes", part), flush=True)
                _write(f"{folder}/backgrounds", backgrounds())
                print(_run("calibrate", part, f"{folder}/backgrounds"), flush=True)
            part.rename(self.file)

    def __call__(self, sounds):
        """How all instruments stand for each sound, [sounds, who]: higher is better."""
        found = []
        with tempfile.TemporaryDirectory() as folder:
            for start in range(0, len(sounds), CHUNK):
                _write(f"{folder}/mixes", sounds[start : start + CHUNK])
                self.said = _run("find", self.file, f"{folder}/mixes", f"{folder}/standings", self.threads)
                standing = np.fromfile(f"{folder}/standings", "<f4").reshape(-1, len(self.who), 2)
                found.append(standing[..., 1] + 1e5 * standing[..., 0])
        return np.concatenate(found)
