"""Trains the note codec: `python -m training.instrument.codec [--config cpu]`.

It is fitted in closed form (`codec_fit`); then the decoder is trained on what is heard. Leaves `codec.pt`.
"""

import time

import torch

from ..config import arguments, checkpoints, save
from ..measure import slot_error
from ..nets.codec_net import SHAPE_DB, CodecDecoder
from ..nets.layout import ANCHORS, PARTIALS, SHAPE_WIDTH
from . import codec_fit as cf
from .anchors import load

KEYS = torch.tensor([key for key, _ in ANCHORS])
CELLS_A_STEP = 4096


class Encoder:
    """Note models to standardised codes. `dual` projects onto the basis, where that isn't orthonormal."""

    def __init__(self, mean, basis, offset_basis, centre, scale, rounds, dual=None):
        self.mean, self.basis, self.offset_basis = mean, basis, offset_basis
        self.centre, self.scale, self.rounds, self.dual = centre, scale, rounds, dual

    def raw(self, levels, cents, keys):
        x, peak = cf.shapes(levels, keys)
        shape = cf.encode(x, self.mean, self.basis, self.rounds, self.dual)
        return torch.cat([shape, peak[:, None], cf.offsets(levels, cents) @ self.offset_basis], 1)

    def __call__(self, levels, cents, keys):
        """Codes [N, 400] of levels [N, 176, 136] and cents [N, 136] at MIDI keys [N]."""
        return (self.raw(levels, cents, keys) - self.centre) / self.scale

    def mark(self):
        """A number that tells this encoder from another."""
        return float(self.basis.sum())

    def state(self):
        return dict(vars(self))


def encoder():
    """The encoder of the codec that was trained last."""
    return Encoder(**torch.load(checkpoints() / "codec.pt", weights_only=False)["encoder"])


def least_squares(matrix):
    """What projects onto the columns of `matrix` [cells, K]: [cells, K]."""
    return matrix @ torch.linalg.inv(matrix.T @ matrix)


class Plain:
    """Plain PCA of the same size, for comparison: shape only, the level as it is."""

    def __init__(self, mean, basis):
        self.mean, self.basis = mean.float(), basis.float()

    def decode(self, levels, keys):
        """Levels [N, 176, 136] after coding and decoding."""
        x, peak = cf.shapes(levels, keys)
        code = (x.clamp(min=0.0) - self.mean) @ self.basis
        shape = (code @ self.basis.T + self.mean).clamp(0.0, SHAPE_DB) - SHAPE_DB
        return shape.reshape(levels.shape) + peak[:, None, None]


def baseline():
    return Plain(**torch.load(checkpoints() / "codec_plain.pt"))


def error(decoder, encode, data, indices):
    """Mean slot error in dB over instruments (decoded against analysed), and the mean error of cents."""
    total, cents_total = [], []
    decoder.eval()
    with torch.no_grad():
        for i in indices:
            levels, cents = data.notes(i)
            got, got_cents = decoder.decode(encode(levels, cents, KEYS))
            use = data.sounding(i)
            total.append(slot_error(got, levels, KEYS)[use].mean())
            heard = cf.offsets(levels, torch.ones_like(cents))[use]
            cents_total.append(float(((got_cents - cents)[use].abs() * heard).sum() / heard.sum().clamp(min=1)))
    return float(torch.stack(total).mean()), sum(cents_total) / len(cents_total)


def linear(mean, basis, offset_basis, raw, rounds):
    """Decoder and encoder that stand for a fitted basis; codes standardised over `raw` [N, 400]."""
    centre, scale = raw.mean(0), raw.std(0).clamp(min=1e-3)
    centre[SHAPE_WIDTH + 1 :] = 0.0
    decoder = CodecDecoder()
    with torch.no_grad():
        decoder.shape.weight.copy_(basis * scale[:SHAPE_WIDTH])
        decoder.shape.bias.copy_(mean + basis @ centre[:SHAPE_WIDTH])
        decoder.level.copy_(torch.stack([centre[SHAPE_WIDTH], scale[SHAPE_WIDTH]]))
        decoder.offsets.weight.copy_(offset_basis * scale[SHAPE_WIDTH + 1 :])
        decoder.offsets.bias.zero_()
    return decoder, Encoder(mean, basis, offset_basis, centre, scale, rounds)


def train_decoder(decoder, codes, x, args):
    """Fits the decoder to what is heard: L1 on random cells, both-silent cells free, quiet ones light."""
    decoder.train()
    optimiser = torch.optim.Adam(decoder.shape.parameters())
    minutes = getattr(args, "minutes", args.minutes)
    begin, step, recent = time.time(), 0, []
    while (spent := (time.time() - begin) / 60) < minutes:
        for group in optimiser.param_groups:
            group["lr"] = 2e-5 * (1 - spent / minutes) * min(1.0, (step + 1) / 30)
        pick = torch.randint(len(codes), (args.batch,))
        cells = torch.randint(cf.CELLS, (CELLS_A_STEP,))
        truth = x[pick][:, cells].float()
        guess = torch.nn.functional.linear(
            codes[pick, :SHAPE_WIDTH], decoder.shape.weight[cells], decoder.shape.bias[cells]
        ).clamp(0.0, SHAPE_DB)
        heard = ((torch.maximum(truth, guess.detach()) - 5.0) / 15.0).clamp(0.0, 1.0) * (truth >= 0)
        loss = ((guess - truth).abs() * heard).sum() / heard.sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        step += 1
        recent.append(loss.item())
        if step % 100 == 0:
            print(f"{spent:.1f} min, step {step}, loss {sum(recent[-100:]) / 100:.3f} dB", flush=True)


def main():
    args = arguments(__doc__, "codec")
    torch.set_grad_enabled(False)
    data = load()
    train, held_out = data.split("train"), data.split("validation")[:40]
    pairs = [(i, a) for i in train for a in range(len(ANCHORS)) if data.sounding(i)[a]]
    order = torch.randperm(len(pairs), generator=torch.Generator().manual_seed(args.seed))[: args.fit_notes]
    pairs = [pairs[int(n)] for n in order]
    x = torch.empty(len(pairs), cf.CELLS, dtype=torch.float16)
    peaks, bent = torch.empty(len(pairs)), torch.empty(len(pairs), PARTIALS)
    for start in range(0, len(pairs), 512):
        some = pairs[start : start + 512]
        levels, cents = data.some_notes(some)
        at = KEYS[[a for _, a in some]]
        x[start : start + len(some)], peaks[start : start + len(some)] = cf.shapes(levels, at)
        bent[start : start + len(some)] = cf.offsets(levels, cents)
    print(f"{len(train)} training instruments, {len(pairs)} notes fitted, {len(held_out)} held out", flush=True)
    offset_basis = cf.upright(cf.offset_basis(bent))
    quality = {}
    mean, basis = cf.plain(x, SHAPE_WIDTH)
    save(dict(mean=mean, basis=basis.half()), checkpoints() / "codec_plain.pt")
    for name, rounds in (("plain PCA", 1), ("censored PCA", 3)):
        began = time.time()
        if rounds > 1:
            mean, basis = cf.censored(x, mean, basis, args.rounds)
        basis = cf.upright(basis)
        shape = torch.cat([cf.encode(c, mean, basis, rounds) for c in cf.chunks(x)])
        raw = torch.cat([shape, peaks[:, None], bent @ offset_basis], 1)
        decoder, encode = linear(mean, basis, offset_basis, raw, rounds)
        slot, cents = error(decoder, encode, data, held_out)
        quality[f"{name.lower().replace(' ', '_')}_validation_db"] = round(slot, 3)
        print(f"{name}: held-out error {slot:.3f} dB, offsets {cents:.2f} cents, {time.time() - began:.0f} s", flush=True)
    codes = (raw - encode.centre) / encode.scale
    with torch.enable_grad():
        train_decoder(decoder, codes, x, args)
    slot, cents = error(decoder, encode, data, held_out)
    quality["shipped_validation_db"] = round(slot, 3)
    quality["offsets_validation_cents"] = round(cents, 2)
    print(f"trained decoder: held-out error {slot:.3f} dB", flush=True)
    saved = dict(net=decoder.state_dict(), settings=decoder.settings, encoder=encode.state(), quality=quality)
    save(saved, checkpoints() / "codec.pt")



if __name__ == "__main__":
    main()
