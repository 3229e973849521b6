"""Fits the kit models, two minutes: `python -m training.drums.train` (again after the text encoder has changed).

Needs `training.drums.prepare`, and the shipped text encoder, whose vectors of the captions are what it learns from.
"""

import argparse
import hashlib
import json
from time import time as now

import numpy as np
import torch
from torch import nn

from ..config import checkpoints, save
from ..data.paths import data_root
from ..shipping.shipped import Models
from . import codec
from .net import CHARACTER, CODE, COMPONENTS, KIT, WORDS, DrumMixture
from .pieces import FIRST_KEY, PIECES

RIDGE = 0.05


def load():
    """(features memory-mapped, key, kit, level as tensors, facts)."""
    folder = data_root() / "drums"
    packed = np.load(folder / "packed.npz")
    facts = json.loads((folder / "packed.json").read_text())
    features = np.load(folder / "features.npy", mmap_mode="r")
    return features, *(torch.tensor(packed[name].astype(kind)) for name, kind in (("key", "int64"), ("kit", "int64"), ("level", "float32"))), facts


def text_vectors(kits, count):
    """Vectors of all captions [K, C, 256] by the shipped text encoder; kept until captions or encoder change."""
    models = Models()
    captions = [kit["captions"][:count] for kit in kits]
    flat = [c for each in captions for c in each]
    encoder = next(m for m in models.manifest["models"] if m["task"] == "text_encoder")
    mark = hashlib.sha256("\n".join([encoder["sha256"], *flat]).encode()).hexdigest()[:16]
    kept = data_root() / "drums" / f"text-{mark}.npy"
    if kept.exists():
        return torch.tensor(np.load(kept))
    order = sorted(range(len(flat)), key=lambda i: len(flat[i]))
    vectors = np.zeros((len(flat), 256), np.float32)
    for start in range(0, len(order), 256):
        some = order[start : start + 256]
        vectors[some] = models.text([flat[i] for i in some])
    vectors = vectors.reshape(len(kits), -1, 256)
    np.save(kept, vectors)
    return torch.tensor(vectors)


def characters(codes, piece, kit, count, train):
    """What the pieces of each kit have in common, [K, 16] of unit variance: the leading directions of their mean
    difference from the usual piece. Also which kits have pieces enough to tell."""
    mean = torch.stack([codes[(piece == p) & train].mean(0) if ((piece == p) & train).any() else codes.new_zeros(CODE) for p in range(PIECES)])
    apart = codes - mean[piece]
    total = torch.zeros(count, CODE).index_add_(0, kit, apart)
    number = torch.zeros(count).index_add_(0, kit, torch.ones(len(kit)))
    common = total / number.clamp(min=1)[:, None]
    known = number >= 6
    _, _, directions = torch.svd_lowrank(common[known] - common[known].mean(0), q=CHARACTER, niter=4)
    found = (common - common[known].mean(0)) @ directions
    return found / found[known].std(0), known


def words_of(text, weight):
    """A linear map of text vectors to WORDS numbers, of unit variance over captions: weight [WORDS, 256], bias."""
    flat = text.reshape(-1, text.shape[-1])
    count = weight.repeat_interleave(text.shape[1])
    mean = (flat * count[:, None]).sum(0) / count.sum()
    apart = (flat - mean) * count[:, None].sqrt()
    _, _, directions = torch.svd_lowrank(apart[torch.randperm(len(apart))[:12_000]], q=WORDS + 8, niter=4)
    directions = directions[:, :WORDS]
    deviation = ((((flat - mean) @ directions) ** 2 * count[:, None]).sum(0) / count.sum()).sqrt()
    matrix = (directions / deviation).T
    return matrix, -(matrix @ mean)


def clusters(x, weight, rounds=15):
    """Weighted k-means of rows: which of COMPONENTS each is in; starts from rows far apart."""
    centres = x[torch.multinomial(weight, 1)]
    apart = ((x - centres) ** 2).sum(1)
    for _ in range(min(COMPONENTS, len(x)) - 1):
        pick = torch.multinomial((apart * weight).clamp(min=1e-9), 1)
        centres = torch.cat([centres, x[pick]])
        apart = torch.minimum(apart, ((x - x[pick]) ** 2).sum(1))
    for _ in range(rounds):
        member = torch.cdist(x, centres).argmin(1)
        hot = nn.functional.one_hot(member, len(centres)).float() * weight[:, None]
        total = hot.sum(0)[:, None]
        centres = torch.where(total > 0, hot.T @ x / total.clamp(min=1e-9), centres)
    return member


def fit_piece(net, row, codes, told, weight, metric):
    """Fills a piece's row of the mixture: codes [N, CODE] (0 where unused), told [N, C, WORDS + CHARACTER] for C captions."""
    member = clusters(codes * metric, weight)
    hot = nn.functional.one_hot(member, COMPONENTS).float() * weight[:, None]
    total = hot.sum(0)
    share = (hot / total.clamp(min=1e-9)).T
    middle = told.mean(1)
    means, of_told = share @ codes, share @ middle
    left, apart = codes - means[member], told - of_told[member][:, None]
    # How words and character move a code within its kind: ridge regression over all kinds.
    inside = apart.mean(1)
    gram = (inside * weight[:, None]).T @ inside
    slopes = torch.linalg.solve(gram + RIDGE * weight.sum() * torch.eye(gram.shape[0]), (inside * weight[:, None]).T @ left)
    left = left - inside @ slopes
    variance = share @ left**2
    overall = (weight[:, None] * left**2).sum(0) / weight.sum()
    # Small kinds borrow the variance of all.
    scales = ((variance * total[:, None] + overall * 4) / (total[:, None] + 4)).sqrt()
    spread = (weight[:, None, None] * apart**2).sum((0, 1)) / (weight.sum() * told.shape[1])
    with torch.no_grad():
        net.means.weight[:, row] = means.reshape(-1)
        net.scales.weight[:, row] = scales.reshape(-1)
        net.told.weight[:, row] = of_told.reshape(-1)
        net.weights.weight[:, row] = torch.where(total > 0, (total / total.sum()).clamp(min=1e-6).log(), torch.tensor(-1e4))
        net.slopes.weight[:, row] = slopes.reshape(-1)
        # Numbers of a text aren't independent: all of them together are trusted half.
        net.sharpness.weight[:, row] = 0.5 / spread.clamp(min=0.05)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--captions", type=int, default=6, help="captions read of each kit (default 6)")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    begun = now()
    features, key, kit, level, facts = load()
    piece, kits = key - FIRST_KEY, facts["kits"]
    train_kit = torch.tensor([k["split"] == "train" for k in kits])
    kept = data_root() / "drums" / "codes.pt"
    if kept.exists() and kept.stat().st_mtime > (data_root() / "drums" / "features.npy").stat().st_mtime:
        saved = torch.load(kept)
        decoder, codes = codec.DrumDecoder(), saved["codes"]
        decoder.load_state_dict(saved["decoder"])
    else:
        train = train_kit[kit]
        decoder, encode = codec.fit(features[np.flatnonzero(train.numpy())], facts["usual_level"])
        chunks = range(0, len(features), 4096)
        codes = torch.cat([encode(torch.tensor(np.asarray(features[i : i + 4096], np.float32)), level[i : i + 4096]) for i in chunks])
        save(dict(codes=codes, decoder=decoder.state_dict()), kept)
    decoder.requires_grad_(False)
    print(f"{len(codes)} hits coded, {now() - begun:.0f} s", flush=True)
    codes = codes.clamp(-6, 6)
    text = text_vectors(kits, args.captions)
    train = train_kit[kit]
    character, known = characters(codes, piece, kit, len(kits), train)
    # Recorded kits and machines count alike, and single sounds little.
    machine = torch.tensor([k["name"].startswith("machine") for k in kits])
    weight = torch.where(machine, 0.8, 1.4) * torch.where(known, 1.0, 0.4)
    net = DrumMixture().requires_grad_(False)
    net.words.weight.copy_((of_words := words_of(text[train_kit], weight[train_kit]))[0])
    net.words.bias.copy_(of_words[1])
    words = net.words(text)
    told = torch.cat([words, character[:, None].expand(-1, words.shape[1], -1) * known[:, None, None]], -1)
    metric = decoder.shape.weight.norm(dim=0)
    metric[-1] = 3.0 * metric.median()
    for row in range(PIECES):
        mine = torch.nonzero((piece == row) & train)[:, 0]
        fit_piece(net, row, codes[mine], told[kit[mine]], weight[kit[mine]], metric)
    mine = torch.nonzero(known & train_kit)[:, 0]
    alone = told[mine].clone()
    alone[..., WORDS:] = 0
    fit_piece(net, KIT, nn.functional.pad(character[mine], (0, CODE - CHARACTER)), alone, weight[mine], torch.ones(CODE))
    print(f"mixture fitted, {now() - begun:.0f} s in all", flush=True)
    save(dict(net=net.state_dict(), decoder=decoder.state_dict()), checkpoints() / "drums.pt")


if __name__ == "__main__":
    main()
