"""Spaces that no model of ours was trained in: a speaker encoder's, and one that was taught to tell instruments.

The speaker encoder is Resemblyzer's (GE2E, Apache-2.0; PyPI package `resemblyzer`, its weights alone): three LSTM layers
over 40 mel bands, computed here in numpy. It was trained to tell voices by their timbre, whatever they say. Notes of one
instrument at other keys are too far apart there to be found by each other. So its vectors and mel cepstra are turned
together by a linear discriminant analysis, as is usual with speaker vectors, taught by real instruments of banks that
our models never saw (`Discriminant`). How well a space tells instruments is measured by `separation`.
"""

import importlib.util
import pickle
import struct
from collections import OrderedDict
from functools import cache
from pathlib import Path

import numpy as np
from scipy import fft, signal

from ...data.note_model import SAMPLE_RATE

RATE, FRAMES, SIZE, HOP, BANDS = 16_000, 160, 400, 160, 40
LOUDNESS_DB = -30.0
CEPSTRA = 20
WIDTH = 256 + 4 * CEPSTRA  # of `both`
SECONDS = 2.0  # of a note that are listened to


class _Storage:
    """What a tensor of a file in torch's old format says about itself; its numbers come later in the file."""

    def __init__(self, key, offset, shape):
        self.key, self.offset, self.shape = key, offset, shape


class _Unpickler(pickle.Unpickler):
    """Reads torch's old format without torch, and makes nothing but plain things and `_Storage`."""

    def persistent_load(self, saved):
        return saved[2]

    def find_class(self, module, name):
        if name == "_rebuild_tensor_v2":
            return lambda storage, offset, size, *_: _Storage(storage, offset, size)
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if module == "torch" and name.endswith("Storage"):
            return name
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a file of weights")


def _weights(path):
    """Arrays by name of a file of float32 tensors."""
    with open(path, "rb") as file:
        for _ in range(3):  # magic number, version, machine
            _Unpickler(file).load()
        tensors = _Unpickler(file).load()["model_state"]
        data = {}
        for key in _Unpickler(file).load():
            (count,) = struct.unpack("<q", file.read(8))
            data[key] = np.frombuffer(file.read(4 * count), np.float32)
    flat = {name: data[t.key][t.offset : t.offset + int(np.prod(t.shape))] for name, t in tensors.items()}
    return {name: flat[name].reshape(t.shape) for name, t in tensors.items()}


@cache
def _network():
    found = importlib.util.find_spec("resemblyzer")
    if found is None:
        raise SystemExit("The embedding is missing: pip install --no-deps resemblyzer==0.1.4")
    return _weights(Path(found.origin).parent / "pretrained.pt")


def _hertz_to_mel(hertz):
    hertz = np.asarray(hertz, np.float64)
    return np.where(hertz < 1000, hertz * 3 / 200, 15 + np.log(np.maximum(hertz, 1) / 1000) * 27 / np.log(6.4))


def _mel_to_hertz(mel):
    return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp((mel - 15) * np.log(6.4) / 27))


@cache
def _bank():
    """Slaney's mel filters of equal area, as the encoder was trained with."""
    edges = _mel_to_hertz(np.linspace(0, _hertz_to_mel(RATE / 2), BANDS + 2))
    bins = np.arange(SIZE // 2 + 1) * RATE / SIZE
    up = (bins - edges[:-2, None]) / np.diff(edges)[:-1, None]
    down = (edges[2:, None] - bins) / np.diff(edges)[1:, None]
    return (np.maximum(0, np.minimum(up, down)) * (2 / (edges[2:] - edges[:-2]))[:, None]).astype(np.float32)


def mels(sound):
    """Mel powers [FRAMES, BANDS] of a note at 32 kHz, brought to one loudness."""
    sound = signal.resample_poly(sound[: int(SECONDS * SAMPLE_RATE)], RATE, SAMPLE_RATE).astype(np.float32)
    sound = sound * 10 ** (LOUDNESS_DB / 20) / (np.sqrt(np.mean(sound**2)) + 1e-9)
    sound = np.pad(sound, (SIZE // 2, max(0, FRAMES * HOP + SIZE - len(sound))))
    frames = np.lib.stride_tricks.sliding_window_view(sound, SIZE)[::HOP][:FRAMES] * signal.get_window("hann", SIZE).astype(np.float32)
    return (np.abs(fft.rfft(frames, axis=1)) ** 2) @ _bank().T


def _sigmoid(x):
    return 0.5 * np.tanh(0.5 * x) + 0.5


def _lstm(x, into, again, bias):
    hidden = cell = np.zeros((len(x), again.shape[1]), np.float32)
    said, result = x @ into.T + bias, []
    for now in range(x.shape[1]):
        i, f, g, o = np.split(said[:, now] + hidden @ again.T, 4, 1)
        cell = cell * _sigmoid(f) + np.tanh(g) * _sigmoid(i)
        hidden = np.tanh(cell) * _sigmoid(o)
        result.append(hidden)
    return np.stack(result, 1)


def speaker(powers, batch=128):
    """Unit vectors [N, 256] of mel powers [N, FRAMES, BANDS]."""
    net, vectors = _network(), []
    for start in range(0, len(powers), batch):
        x = np.asarray(powers[start : start + batch], np.float32)
        for layer in range(3):
            into, again = net[f"lstm.weight_ih_l{layer}"], net[f"lstm.weight_hh_l{layer}"]
            x = _lstm(x, into, again, net[f"lstm.bias_ih_l{layer}"] + net[f"lstm.bias_hh_l{layer}"])
        raw = np.maximum(x[:, -1] @ net["linear.weight"].T + net["linear.bias"], 0)
        vectors.append(raw / (np.linalg.norm(raw, axis=1, keepdims=True) + 1e-9))
    return np.concatenate(vectors) if vectors else np.zeros((0, 256), np.float32)


def cepstra(powers):
    """Means and deviations of 20 mel cepstra and of their changes [N, 80], from mel powers."""
    level = 10 * np.log10(np.asarray(powers, np.float64) + 1e-10)
    level = np.maximum(level, level.max((1, 2), keepdims=True) - 80)
    c = fft.dct(level, axis=2, norm="ortho")[:, :, 1 : CEPSTRA + 1]
    change = np.diff(c, axis=1)
    return np.concatenate([c.mean(1), c.std(1), change.mean(1), change.std(1)], 1)


def both(powers):
    """Speaker vectors and cepstra side by side [N, 336], brought to about the same size."""
    return np.concatenate([3.0 * speaker(powers), 0.1 * cepstra(powers)], 1)


def speaker_part(x):
    """The speaker vectors in `both`."""
    return x[:, :256] / 3.0


class Discriminant:
    """Speaker vectors and cepstra, turned so that notes of one instrument are near and others far: [N, 24], of length 1."""

    DIRECTIONS, SHRINKAGE = 24, 0.02

    def __init__(self, x, owners):
        owners = np.unique(owners, return_inverse=True)[1]
        counts = np.bincount(owners)[:, None]
        means = np.zeros((len(counts), x.shape[1]))
        np.add.at(means, owners, x)
        means /= counts
        inside = (x - means[owners]) / np.sqrt(counts)[owners]
        inside = inside.T @ inside / len(counts)
        inside = (1 - self.SHRINKAGE) * inside + self.SHRINKAGE * np.trace(inside) / len(inside) * np.eye(len(inside))
        values, vectors = np.linalg.eigh(inside)
        whiten = vectors / np.sqrt(values)
        _, turn = np.linalg.eigh(np.cov(means @ whiten, rowvar=False))
        self.mean, self.turn = x.mean(0), whiten @ turn[:, : -self.DIRECTIONS - 1 : -1]

    def __call__(self, x):
        x = (x - self.mean) @ self.turn
        return x / np.linalg.norm(x, axis=1, keepdims=True)


def separation(vectors, instruments):
    """Share of notes whose nearest note of all others is of the same instrument; and what chance gives."""
    instruments = np.asarray(instruments)
    near = vectors @ vectors.T
    np.fill_diagonal(near, -np.inf)
    same = instruments[:, None] == instruments
    return float((instruments[near.argmax(1)] == instruments).mean()), float((same.sum(1) - 1).mean() / (len(instruments) - 1))


def within(vectors, instruments):
    """Mean similarity of the notes of each instrument, by instrument."""
    result = {}
    for name in dict.fromkeys(instruments):
        mine = vectors[[i for i, other in enumerate(instruments) if other == name]]
        if len(mine) > 1:
            result[name] = float(((mine.sum(0) ** 2).sum() - len(mine)) / (len(mine) * (len(mine) - 1)))
    return result


def frechet(a, b):
    """Fréchet distance of two sets of vectors taken as normal distributions."""
    ca, cb = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    values, vectors = np.linalg.eigh(ca)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    cross = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ cb @ root), 0)).sum()
    return float(((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(ca) + np.trace(cb) - 2 * cross)
