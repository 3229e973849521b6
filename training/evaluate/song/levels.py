"""How loud parts come beside songs that are soft, ordinary and loud, by `consort stem --mix`."""

import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import soundfile

from ..tables import show
from . import loudness, making

LEVELS = (-23.0, -14.0, -8.0)
PARTS = ("drums", "bass", "guitar", "keys", "lead")


def measure(split, count):
    """Prints a row for each part and level, over the first songs of a split."""
    rows = []
    for part in PARTS:
        for level in LEVELS:
            found = [_one(split, name, part, level) for name in making.make(split, count)]
            mean = lambda figure: float(np.mean([f[figure] for f in found]))
            rows.append((f"{part}, song at {level:.0f} LUFS", mean("file"), mean("mix"), max(f["peak"] for f in found), mean("song")))
    columns = ("part's file under the song, LU", "in the mix, LU", "highest true peak of the mix, dBTP", "song's gain in the mix, dB")
    show(f"Levels ({split}, {count} songs)", columns, rows)


def _one(split, name, part, level):
    with tempfile.TemporaryDirectory() as place:
        song, rate = soundfile.read(making.folder(split) / f"{name}.flac", always_2d=True)
        song = loudness.mastered(song, rate, level)
        soundfile.write(Path(place) / "song.wav", song, rate, subtype="FLOAT")
        command = [os.environ.get("CONSORT", "target/release/consort"), "stem", "song.wav", "--part", part, "--mix", "--out", "."]
        subprocess.run(command, cwd=place, check=True, capture_output=True, timeout=900)
        alone, _ = soundfile.read(Path(place) / f"song-{part}-A.wav", always_2d=True)
        mix, _ = soundfile.read(Path(place) / f"song-{part}-A-mix.wav", always_2d=True)
    length = max(len(song), len(alone), len(mix))
    song, alone, mix = (np.vstack([x, np.zeros((length - len(x), 2))]) for x in (np.broadcast_to(song, (len(song), 2)), alone, mix))
    both = np.stack([song.ravel(), alone.ravel()], 1)
    gains = np.linalg.lstsq(both, mix.ravel(), rcond=None)[0]
    db = 20 * np.log10(np.maximum(gains, 1e-9))
    under = loudness.lufs(alone, rate) - loudness.lufs(song, rate)
    return dict(file=under, mix=under + db[1] - db[0], peak=loudness.true_peak(mix), song=float(db[0]))
