"""Trains the network of tags: `python -m training.tags.train [--genre-by rhythm|encoder|all]`, a minute.

Of several seeds and of all epochs the one is kept that validation finds the best: the set is small.
"""

import argparse

import numpy as np
import torch
from torch.nn import functional

from ..config import checkpoints
from . import hear, labels
from .net import USED, WIDTH, SongTags

EPOCHS, BATCH = 160, 48
BETTER, COMMON, NEVER = 0.05, 0.9, 1.0


def losses(net, features, genres, instruments):
    logits, playing = net(features)
    known = ~torch.isnan(instruments)
    genre = functional.cross_entropy(logits, genres, label_smoothing=0.05)
    return genre, functional.binary_cross_entropy_with_logits(playing[known], instruments[known])


def train(genre_by, seed, data, validation):
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    features, genres, instruments = data
    net = SongTags(len(labels.GENRES), len(labels.INSTRUMENTS), genre_by)
    net.even(features)
    optimizer = torch.optim.AdamW(net.parameters(), 2e-3, weight_decay=0.3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, total_steps=EPOCHS * (len(features) // BATCH + 1))
    best = {"genres": 9e9, "instruments": 9e9}
    kept = {}
    for epoch in range(EPOCHS):
        net.train()
        for some in torch.from_numpy(rng.permutation(len(features))).split(BATCH):
            jitter = features[some] + 0.05 * torch.randn(len(some), WIDTH) / net.scale.clamp(max=50)
            optimizer.zero_grad()
            sum(losses(net, jitter, genres[some], instruments[some])).backward()
            optimizer.step()
            schedule.step()
        net.eval()
        with torch.no_grad():
            found = dict(zip(best, losses(net, *validation)))
        # Each tower is kept as it was at its best.
        for tower, loss in found.items():
            if float(loss) < best[tower]:
                best[tower] = float(loss)
                kept |= {name: value.clone() for name, value in net.state_dict().items() if name.startswith(tower)}
    net.load_state_dict(net.state_dict() | kept)
    return net.eval(), sum(best.values())


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

        best = max((round(float(t), 2) for t in np.arange(0.2, 0.85, 0.05)), key=lambda t: (f1(t), -abs(t - 0.5)))
        # What is hardly told better than by always saying it is never said, unless nearly every song has it.
        thresholds.append(best if f1(best) > f1(0) + BETTER or f1(0) > COMMON else NEVER)
    return thresholds


def tensors(split):
    features, genres, instruments, _ = hear.read(split)
    return torch.from_numpy(features), torch.from_numpy(genres), torch.from_numpy(instruments)


def accuracy(net, data):
    with torch.no_grad():
        return float((net(data[0])[0].argmax(1) == data[1]).float().mean())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--genre-by", choices=USED, default="rhythm")
    parser.add_argument("--seeds", type=int, default=5)
    args = parser.parse_args()
    torch.set_num_threads(1)
    data, validation = tensors("training"), tensors("validation")
    tries = [train(args.genre_by, seed, data, validation) for seed in range(args.seeds)]
    for net, loss in tries:
        print(f"validation loss {loss:.3f}, genre {accuracy(net, validation):.2f} (training {accuracy(net, data):.2f})")
    net = min(tries, key=lambda tried: tried[1])[0]
    thresholds = calibrate(net, validation)
    name = "song_tags" if args.genre_by == "rhythm" else f"song_tags_{args.genre_by}"
    torch.save(dict(net=net.state_dict(), genre_by=args.genre_by, thresholds=thresholds), checkpoints() / f"{name}.pt")
    print(f"{len(data[0])} songs; sharpness {float(net.sharpness):.2f}; {checkpoints() / name}.pt")


if __name__ == "__main__":
    main()
