"""How good kits are: `python -m training.drums.evaluate [--folder plugin-assets/models]`.

* ceiling: recorded hits against their analysis, and against their code, as the error of `data.log_mel` by group of pieces;
* pieces: which group of pieces a judge takes a generated hit for. The judge finds the nearest recorded training hit, in features of
  the sound itself; its own rate on recorded hits of kits that the models never saw is printed beside it;
* prompts: what words do to decay, brightness and pitch;
* variety: distance between seeds as a share of that between recorded kits, distance to the nearest training hit, crest factor.
"""

import argparse
from pathlib import Path

import numpy as np

from ..shipping.shipped import Models
from . import hit as hm
from . import resynthesis
from .export import SETTINGS
from .net import CHARACTER, CODE, COMPONENTS
from .pieces import FIRST_KEY, GROUP_OF, PIECES
from .prepare import HELD_OUT, recorded

PROMPTS = (
    "tight 70s funk kit", "808", "brushes", "909 techno kit", "big rock drums in a hall", "lo-fi hip hop drums", "metal kit", "jazz kit",
    "chiptune drums", "orchestral percussion", "latin percussion", "warm dub drum machine",
)  # fmt: skip
PAIRS = (
    ("short tight kit", "long boomy kit", "decay"), ("dark warm kit", "bright crisp kit", "brightness"), ("deep low-tuned kit", "high-tuned small kit", "pitch"),
)  # fmt: skip
JUDGED = (36, 37, 38, 39, 42, 45, 46, 49, 51, 56, 60, 64, 67, 70, 71, 75, 81)


class Kits:
    """The shipped kit models, as the plugin runs them."""

    def __init__(self, folder):
        self.models = Models(folder)

    def draw(self, prompt, seed, guidance=SETTINGS["guidance"]):
        """(levels [47, 4, ROWS, TIMES], cents [47, MODES, TIMES]) of a kit."""
        text = self.models.text([prompt])
        noise = np.random.default_rng(seed)
        code = self._codes(text, np.eye(PIECES + 1)[[PIECES]], np.zeros((1, CHARACTER)), noise, guidance)
        character = np.tile(code[:, :CHARACTER], (PIECES, 1))
        piece = np.eye(PIECES + 1)[:PIECES]
        codes = self._codes(np.tile(text, (PIECES, 1)), piece, character, noise, guidance)
        return self.models.run["drum_decoder"].run(["levels", "cents"], dict(codes=codes, piece=piece.astype(np.float32)))

    def _codes(self, text, piece, character, noise, guidance):
        feeds = dict(noise=noise.standard_normal((len(piece), CODE + COMPONENTS)), text=text, piece=piece, character=character)
        feeds["guidance"] = np.full(len(piece), guidance)
        return self.models.run["drum_mixture"].run(None, {name: value.astype(np.float32) for name, value in feeds.items()})[0]


def seen(levels, cents):
    """What the judge looks at: power in the bands, modes put into theirs, over 20 times; in dB, loudest 0, [800]."""
    power = np.where(levels[hm.MODES :] > hm.FLOOR_DB, 10 ** (levels[hm.MODES :] / 10.0), 0)
    hertz = hm.MODE_CENTRES[:, None] * 2 ** (cents / 1200)
    for mode in range(hm.MODES):
        tone = np.where(levels[mode] > hm.FLOOR_DB, 10 ** (levels[mode] / 10.0), 0)
        band = np.clip(np.searchsorted(hm.nm.BAND_EDGES, hertz[mode]) - 1, 0, hm.BANDS - 1)
        np.add.at(power, (band, np.arange(hm.TIMES)), tone)
    decibels = 10 * np.log10(power[:, 2::3][:, :20] + 1e-9)
    return np.maximum(decibels - decibels.max(), -60).ravel()


def measures(levels, cents):
    """Seconds to −30 dB, centroid in octaves, mean frequency of the strongest mode in octaves."""
    total = hm.total_db(levels)
    above = np.flatnonzero(total > total.max() - 30)
    power = 10 ** (levels / 10.0) * np.gradient(hm.TIME_GRID)
    hertz = np.concatenate([hm.MODE_CENTRES[:, None] * 2 ** (cents / 1200), np.repeat(hm.nm.BAND_CENTRES[:, None], hm.TIMES, 1)])
    octave = np.log2(hertz)
    strongest = power[: hm.MODES].sum(1).argmax()
    return dict(
        decay=float(hm.TIME_GRID[above[-1]]),
        brightness=float((power * octave).sum() / power.sum()),
        pitch=float((power[strongest] * octave[strongest]).sum() / power[strongest].sum()),
    )


def crest(levels, cents):
    """Peak over root mean square of the first 100 ms of the rendered sound, dB."""
    sound = resynthesis.render(levels, cents, 0.1)
    return 20 * np.log10(np.abs(sound).max() / (np.sqrt((sound**2).mean()) + 1e-9))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("plugin-assets/models"))
    parser.add_argument("--seeds", type=int, default=4)
    args = parser.parse_args()
    train, test = {}, {}
    for facts, kit in recorded():
        held = facts["id"] in HELD_OUT or facts["source"] == "timgm"
        for key, (levels, cents, _) in kit.items():
            (test if held else train).setdefault(key, []).append((levels, cents))
    keys = [key for key in JUDGED if key in train]
    known = np.array([seen(*hit) for key in train for hit in train[key]])
    known_key = np.array([key for key in train for _ in train[key]])

    def judged(hits, key, leave_out=False):
        """Shares of hits taken for the key's group, and their distances to the nearest known hit, dB."""
        looks = np.array([seen(*hit) for hit in hits])
        apart = np.abs(looks[:, None] - known[None]).mean(2)
        if leave_out:
            apart[apart < 0.05] = np.inf
        nearest = apart.argmin(1)
        return [GROUP_OF[known_key[i]] == GROUP_OF[key] for i in nearest], apart.min(1)

    kits = Kits(args.folder)
    drawn = {(prompt, seed): kits.draw(prompt, seed) for prompt in PROMPTS for seed in range(args.seeds)}
    print("| group | judge on unseen recordings | on generated hits | generated: dB to nearest | recorded: dB to nearest | crest generated | recorded |")
    print("|---|---|---|---|---|---|---|")
    sums = np.zeros((2, 2))
    for group in dict.fromkeys(GROUP_OF[key] for key in keys):
        right, far, peaks = ([], []), ([], []), ([], [])
        for key in (k for k in keys if GROUP_OF[k] == group):
            made = [(levels[key - FIRST_KEY][-1], cents[key - FIRST_KEY]) for levels, cents in drawn.values()]
            for side, hits in enumerate((test.get(key, []), made)):
                if hits:
                    ok, apart = judged(hits, key)
                    right[side].extend(ok)
                    far[side].extend(apart)
                    peaks[side].extend(crest(*hit) for hit in hits[:6])
        sums += [[sum(side), len(side)] for side in right]
        mean = [(f"{100 * np.mean(r):.0f} %" if r else "–") for r in right]
        print(f"| {group} | {mean[0]} | {mean[1]} | {np.mean(far[1]):.1f} | {np.mean(far[0]) if far[0] else np.nan:.1f} | {np.mean(peaks[1]):.1f} | {np.mean(peaks[0]) if peaks[0] else np.nan:.1f} |")
    rates = sums[:, 0] / sums[:, 1]
    print(f"all: judge {100 * rates[0]:.0f} % on {sums[0, 1]:.0f} recordings, {100 * rates[1]:.0f} % on {sums[1, 1]:.0f} generated hits")

    right = {}
    for low, high, name in PAIRS:
        moved = []
        for seed in range(2 * args.seeds):
            one, other = kits.draw(low, seed), kits.draw(high, seed)
            for key in (36, 38, 42, 45, 49):
                if name == "pitch" and key not in (36, 45):
                    continue
                at = key - FIRST_KEY
                a, b = (measures(kit[0][at][-1], kit[1][at])[name] for kit in (one, other))
                moved.append(b > a)
        right[name] = np.mean(moved)
    print("moves the right way: " + ", ".join(f"{name} {100 * share:.0f} %" for name, share in right.items()))

    def spread(kits_):
        """Mean distance between kits, piece by piece."""
        found = [np.abs(seen(*a[key]) - seen(*b[key])).mean() for i, a in enumerate(kits_) for b in kits_[:i] for key in a if key in b]
        return np.mean(found)

    of_prompt = [spread([{k: (kit[0][k - FIRST_KEY][-1], kit[1][k - FIRST_KEY]) for k in (36, 38, 42, 49)} for (p, _), kit in drawn.items() if p == prompt]) for prompt in PROMPTS]
    real = spread([{k: hit[:2] for k, hit in kit.items() if k in (36, 38, 42, 49)} for facts, kit in recorded() if len(kit) > 8])
    print(f"between seeds of a prompt {np.mean(of_prompt):.1f} dB, between recorded kits {real:.1f} dB: {100 * np.mean(of_prompt) / real:.0f} %")


if __name__ == "__main__":
    main()
