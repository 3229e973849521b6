"""Asking a plugin for bars of the song, where no window can be clicked: a preset asks for what a click
would (`plugin/context.rs`), and what was taken is read from the file that it is saved in."""

import json
import struct
import time
from pathlib import Path

import numpy as np

CONSORT = b"ConsortInstrumnt"
STEMS = b"ConsortStemsEfct"


def preset(path: Path, class_id: bytes, song: dict) -> str:
    """A preset with nothing in it but how the song is listened to."""
    state = json.dumps({"version": "0.1.0", "params": {}, "fields": {"song": json.dumps(song)}})
    state = state.encode()
    end = 48 + len(state)
    head = b"VST3" + struct.pack("<I", 1) + class_id.hex().upper().encode() + struct.pack("<Q", end)
    chunks = b"List" + struct.pack("<I", 1) + b"Comp" + struct.pack("<QQ", 48, len(state))
    path.write_bytes(head + state + chunks)
    return str(path)


class Music:
    """The user's music, in a folder of the test's own."""

    def __init__(self, folder: Path, monkeypatch):
        (folder / "user-dirs.dirs").write_text(f'XDG_MUSIC_DIR="{folder}"\n')
        monkeypatch.setenv("XDG_CONFIG_HOME", str(folder))
        # Only so are such orders followed.
        monkeypatch.setenv("CONSORT_TESTED", "1")
        self.songs = folder / "Consort" / "Captured songs"

    def taken(self) -> tuple[str, np.ndarray]:
        """What was saved last: its name, and its 24-bit numbers as (frames, 2). It is gone then."""
        began = time.monotonic()
        while not (files := list(self.songs.glob("*.wav"))):
            assert time.monotonic() - began < 60, "nothing was taken"
            time.sleep(0.05)
        assert len(files) == 1, files
        # It has its name once it is whole.
        data = files[0].read_bytes()
        files[0].unlink()
        start = data.index(b"data") + 8
        length = struct.unpack("<I", data[start - 4 : start])[0]
        numbers = np.frombuffer(data[start : start + length], np.uint8).reshape(-1, 3)
        numbers = numbers.astype(np.int64) @ [1, 1 << 8, 1 << 16]
        return files[0].stem, np.where(numbers < 1 << 23, numbers, numbers - (1 << 24)).reshape(-1, 2)


def noise(frames: int, seed: int = 0) -> np.ndarray:
    """Sound of which 24 bits keep every sample, as (2, frames)."""
    numbers = np.random.default_rng(seed).integers(-(2**23) + 1, 2**23, (2, frames))
    return (numbers / (2**23 - 1)).astype(np.float32)


def as_numbers(sound: np.ndarray) -> np.ndarray:
    """The 24-bit numbers that it is saved as, (frames, 2)."""
    return np.round(sound.T * np.float32(2**23 - 1)).astype(np.int64)
