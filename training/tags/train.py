"""Trains the network of tags: `python -m training.tags.train [--used all|encoder|rhythm]`, a minute.

Of several seeds and of all epochs the one is kept that validation finds the best: the set is small.
"""

import argparse

import numpy as np
import torch
from torch.nn import functional

from ..config import checkpoints
from . import hear, labels
from .net import ENCODER, WIDTH, SongTags

USED = {"all": (0, WIDTH), "encoder": (0, ENCODER), "rhythm": (ENCODER, WIDTH)}
EPOCHS, BATCH = 160, 48


def loss_of(net, features, genres, instruments):
    logits, playing = net(features)
    known = ~torch.isnan(instruments)
    genre = functional.cross_entropy(logits, genres, label_smoothing=0.05)
    plays = functional.binary_cross_entropy_with_logits(playing[known], instruments[known])
    return genre + 2 * plays


def train(used, seed, data, validation):
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    features, genres, instruments = data
    net = SongTags(len(labels.GENRES), len(labels.INSTRUMENTS), used=USED[used])
    net.even(features)
    optimizer = torch.optim.AdamW(net.parameters(), 2e-3, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, total_steps=EPOCHS * (len(features) // BATCH + 1))
    best = (9e9, None)
    for epoch in range(EPOCHS):
        net.train()
        for some in torch.from_numpy(rng.permutation(len(features))).split(BATCH):
            jitter = features[some] + 0.05 * torch.randn(len(some), WIDTH) / net.scale.clamp(max=50)
            optimizer.zero_grad()
            loss_of(net, jitter, genres[some], instruments[some]).backward()
            optimizer.step()
            schedule.step()
        net.eval()
        with torch.no_grad():
            found = float(loss_of(net, *validation))
        if found < best[0]:
            best = found, {k: v.clone() for k, v in net.state_dict().items()}
    net.load_state_dict(best[1])
    return net.eval(), best[0]


def calibrate(net, validation):
    """The temperature of genres, and the threshold of each instrument, by validation."""
    features, genres, instruments = validation
    with torch.no_grad():
        logits, playing = net(features)
    losses = {t: float(functional.cross_entropy(logits * t, genres)) for t in np.arange(0.3, 2.05, 0.05)}
    net.sharpness.fill_(float(min(losses, key=losses.get)))
    sure, thresholds = torch.sigmoid(playing).numpy(), []
    for column in range(sure.shape[1]):
        truth = instruments[:, column].numpy()
        known = ~np.isnan(truth)

        def f1(threshold):
            said = sure[known, column] >= threshold
            right = (said & (truth[known] == 1)).sum()
            # Half a song on either side, so that rare ones don't go to the ends.
            return (2 * right + 0.5) / (said.sum() + (truth[known] == 1).sum() + 1)

        thresholds.append(max((round(float(t), 2) for t in np.arange(0.2, 0.85, 0.05)), key=lambda t: (f1(t), -abs(t - 0.5))))
    return thresholds


def tensors(split):
    features, genres, instruments, _ = hear.read(split)
    return torch.from_numpy(features), torch.from_numpy(genres), torch.from_numpy(instruments)


def accuracy(net, data):
    with torch.no_grad():
        return float((net(data[0])[0].argmax(1) == data[1]).float().mean())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--used", choices=USED, default="all")
    parser.add_argument("--seeds", type=int, default=5)
    args = parser.parse_args()
    torch.set_num_threads(1)
    data, validation = tensors("training"), tensors("validation")
    tries = [train(args.used, seed, data, validation) for seed in range(args.seeds)]
    for net, loss in tries:
        print(f"validation loss {loss:.3f}, genre {accuracy(net, validation):.2f} (training {accuracy(net, data):.2f})")
    net = min(tries, key=lambda tried: tried[1])[0]
    thresholds = calibrate(net, validation)
    name = "song_tags" if args.used == "all" else f"song_tags_{args.used}"
    torch.save(dict(net=net.state_dict(), used=args.used, thresholds=thresholds), checkpoints() / f"{name}.pt")
    print(f"{len(data[0])} songs; sharpness {float(net.sharpness):.2f}; {checkpoints() / name}.pt")


if __name__ == "__main__":
    main()
