"""What the sound encoder hears while it learns: notes, phrases and mixes put together of mel powers, under effects.

`Heard` holds the mel powers of `training.sound.hear`; `Drawer` draws batches of them. Powers add up but for the phases, which are
drawn; rooms, filters and noise are drawn anew for each sound, drive, chorus and codecs are in the powers already.
"""

import json
from dataclasses import dataclass

import numpy as np

from ..data import sound_mel
from ..data.paths import data_root
from ..nets.layout import SOUND_FAMILIES
from .hear import FRAMES, STEP_DB

POWER = 10 ** ((np.arange(256, dtype=np.float32) - 255) * STEP_DB / 10)
POWER[0] = 0.0
FAMILIES_AT_ONCE = 4
BATCH_FRAMES = (50, 75, 75, 75, 100, 150)  # mostly short: twice as many steps
PAPER = tuple(SOUND_FAMILIES.index(name) for name in ("chromatic percussion", "bass", "synth lead"))
LOUDER = [SOUND_FAMILIES.index(name) for name in ("chromatic percussion", "mallet", "drum", "pluck")]


def known(split):
    """Facts of the packed instruments and of the kits of a split, those that were heard."""
    root = data_root()
    facts = json.loads((root / "packed" / f"{split}.json").read_text())
    kits = json.loads((root / "kits.json").read_text()).values()
    for kit in kits:
        if kit["split"] == split:
            name = kit["name"].lower().rstrip(" 0123456789")
            said = ["drum kit", "drums", f"{name} drum kit", f"{name} drums", "a drum kit"]
            facts.append(dict(kit, family=SOUND_FAMILIES[-1], captions=said))
    return [fact for fact in facts if (root / "mels" / f"{fact['id']}.npz").exists()]


class Heard:
    """Mel powers of all notes of some instruments, as steps; `family` [N]; `clean`, `changed`: which of its rows sound."""

    def __init__(self, facts):
        self.facts = facts
        self.family = np.array([SOUND_FAMILIES.index(fact["family"]) for fact in facts])
        self.levels, self.loud, self.clean, self.changed = None, [], [], []
        for index, fact in enumerate(facts):
            with np.load(data_root() / "mels" / f"{fact['id']}.npz") as saved:
                levels, sounds = saved["levels"], saved["sounds"]
                self.loud.append(saved["loud"])
                whole = len(np.unique(saved["note"]))
            if self.levels is None:
                self.levels = np.zeros((len(facts), *levels.shape), np.uint8)
            self.levels[index] = levels
            rows = np.flatnonzero(sounds)
            self.clean.append(rows[rows < whole])
            self.changed.append(rows[rows >= whole])
        self.loud = np.array(self.loud)

    def __len__(self):
        return len(self.facts)

    def power(self, who, row):
        """Mel powers [..., 96, 150] of rows of instruments."""
        return POWER[self.levels[who, row]] * (10 ** (self.loud[who, row] / 10))[..., None, None]

    def references(self, who):
        """The log-mels by which instruments stand in a library."""
        return sound_mel.scaled(self.power(who, 0))


@dataclass
class Batch:
    """Instruments `who` [N] with `references`, `singles` of each, `mixes` [M] with `members` (rows of `who`, −1 none)."""

    who: np.ndarray
    references: np.ndarray
    singles: np.ndarray
    mixes: np.ndarray
    members: np.ndarray


def mixed(one, other, rng):
    """Powers of two sounds together: their phases meet as they may."""
    phase = rng.uniform(-0.8, 0.8, one.shape).astype(np.float32)
    return np.maximum(one + other + 2 * phase * np.sqrt(one * other), 0)


class Drawer:
    """Draws batches; `rng` is a numpy generator."""

    def __init__(self, heard, rng, effects=True):
        self.heard, self.rng, self.effects = heard, rng, effects
        counts = np.bincount(heard.family, minlength=len(SOUND_FAMILIES))
        weight = 1 / np.sqrt(counts[heard.family])
        self.weight = weight / weight.sum()
        share = np.sqrt(counts)
        share[list(PAPER)] *= 2
        self.share = share / share.sum()

    def voice(self, who, frames, rows=None):
        """One instrument playing: a note, or some after and over each other; mel power [96, frames], loudest cell 1."""
        rng, heard = self.rng, self.heard
        out = np.zeros((sound_mel.BANDS, frames), np.float32)
        start = int(rng.integers(12)) if frames > 60 else int(rng.integers(4))
        changed = self.effects and len(heard.changed[who]) and rng.random() < 0.35
        rows = heard.changed[who] if changed else heard.clean[who] if rows is None else rows
        several = frames > FRAMES + 20 or rng.random() < 0.3
        step = 6 * 8 ** rng.random()
        for _ in range(int(rng.integers(2, 6)) if several else 1):
            if start >= frames:
                break
            row = rows[rng.integers(len(rows))]
            note = self.heard.power(who, row)[:, : frames - start]
            if several and rng.random() < 0.5:  # damped when the next one comes
                cut = max(int(step), 4)
                note = note * np.exp(-0.6 * np.maximum(np.arange(note.shape[1]) - cut, 0), dtype=np.float32)
            here = out[:, start : start + note.shape[1]]
            here[:] = mixed(here, note * np.float32(10 ** rng.uniform(-0.5, 0)), rng)
            start += int(step * rng.choice([0, 1, 1, 1, 2]))
        return out / max(out.max(), 1e-12)

    def disturb(self, power):
        """Filters, rooms and noise over mel powers [B, 96, T], each sound's own."""
        rng, (count, bands, frames) = self.rng, power.shape
        band = np.linspace(0, 1, bands, dtype=np.float32)
        curve = np.zeros((count, bands), np.float32)
        for _ in range(3):
            rate, phase = 1 + 7 * rng.random((count, 1)), 6.3 * rng.random((count, 1))
            curve += rng.normal(0, 3, (count, 1)) * np.sin(rate * band + phase)
        slope = rng.normal(0, 14, (count, 1)) * (rng.random((count, 1)) < 0.3)
        curve = curve * (rng.random((count, 1)) < 0.5) + slope * (band - 0.5)
        power = power * (10 ** (curve / 10)).astype(np.float32)[..., None]
        wet = 0.08 * rng.random((count, 1)) * (rng.random((count, 1)) < 0.35)
        keep = np.exp(-0.02 * 13.8 / (0.2 * 12 ** rng.random((count, 1)))).astype(np.float32)
        if (roomy := np.flatnonzero(wet)).size:
            tail, wet, keep = np.zeros((len(roomy), bands), np.float32), wet[roomy].astype(np.float32), keep[roomy]
            dry = power[roomy]
            for frame in range(frames):
                power[roomy, :, frame] += wet * tail
                tail = keep * tail + dry[:, :, frame]
        hissing = rng.random((count, 1)) < 0.35
        level = np.where(hissing, rng.uniform(-85, -35, (count, 1)), -140) + rng.uniform(-20, 20, (count, 1)) * (band - 0.5)
        hiss = (10 ** (level / 10)).astype(np.float32)[..., None] * rng.uniform(0.3, 1.7, power.shape).astype(np.float32)
        return power + power.max((1, 2), keepdims=True) * hiss

    def finished(self, power):
        return sound_mel.scaled(self.disturb(power) if self.effects else power)

    def groups(self, who, count):
        """Members of mixes [count, 4]: rows of `who` of different families, −1 where there is none."""
        rng, family = self.rng, self.heard.family[who]
        members = np.full((count, 4), -1)
        of = [np.flatnonzero(family == index) for index in range(len(SOUND_FAMILIES))]
        there = np.array([index for index, rows in enumerate(of) if len(rows)])
        for row in members:
            if rng.random() < 0.4:
                chosen = [index for index in PAPER if len(of[index]) and rng.random() < 0.8]
            else:
                share = np.sqrt([len(of[index]) for index in there])
                several = min(int(rng.choice([2, 3, 4], p=[0.4, 0.35, 0.25])), len(there))
                chosen = rng.choice(there, several, replace=False, p=share / share.sum())
            for place, index in enumerate(chosen):
                row[place] = of[index][rng.integers(len(of[index]))]
        return members[(members >= 0).any(1)]

    def mix(self, who, members, frames):
        """Mel powers of mixes of instruments."""
        out = np.zeros((len(members), sound_mel.BANDS, frames), np.float32)
        for power, row in zip(out, members):
            for place in row[row >= 0]:
                gain = self.rng.uniform(-8, 8)
                if self.heard.family[who[place]] in LOUDER:
                    gain += 12 * self.rng.random()
                power[:] = mixed(power, self.voice(who[place], frames) * np.float32(10 ** (gain / 10)), self.rng)
        return out

    def instruments(self, count):
        """Different instruments of a few families, as many of each where there are."""
        there = np.flatnonzero(self.share)
        families = self.rng.choice(there, min(FAMILIES_AT_ONCE, len(there)), replace=False, p=self.share[there])
        each = count // len(families)
        of = [np.flatnonzero(self.heard.family == family) for family in families]
        return np.concatenate([self.rng.choice(rows, min(each, len(rows)), replace=False) for rows in of])

    def batch(self, instruments, mixes):
        rng = self.rng
        who = self.instruments(instruments)
        row = np.array([0 if rng.random() < 0.8 else rng.choice(self.heard.clean[index]) for index in who])
        frames = int(rng.choice(BATCH_FRAMES))
        singles = np.array([self.voice(index, frames) for index in who])
        members = self.groups(who, mixes)
        return Batch(
            who,
            sound_mel.scaled(self.heard.power(who, row)[..., :frames]),
            self.finished(singles),
            self.finished(self.mix(who, members, frames)),
            members,
        )
