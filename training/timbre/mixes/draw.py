"""Batches for the late-interaction encoder: phrases of instruments of a few families, mixed as powers, and references of many of the same families."""

from dataclasses import dataclass

import numpy as np

from ...data import sound_mel
from ...data.paths import data_root
from ...nets.layout import SOUND_FAMILIES
from ...sound.batches import POWER, Drawer, mixed
from . import mels, phrases

FRAMES_A_SECOND = 50
REFERENCE_FRAMES = 75
ROLES = [SOUND_FAMILIES.index(name) for name in ("bass", "synth lead", "chromatic percussion", "mallet")]
HEARD_DB = -30.0
"""A member this far below the mix counts as heard."""


@dataclass
class Batch:
    """Log-mels of mixes [M, 96, T] and of references [N, 96, T]; `family` [N]; `members` [M, families of the batch] indices of references
    or −1; `heard` [M, 17]: 1, 0, or −1 where a member is too quiet to tell."""

    mixes: np.ndarray
    references: np.ndarray
    family: np.ndarray
    members: np.ndarray
    heard: np.ndarray


class PhraseDrawer:
    """Draws batches of the instruments `who` of a library."""

    def __init__(self, library, who, rng, references=40, mixes=32, families=4, frames=200):
        self.library, self.rng = library, rng
        self.references, self.mixes, self.families, self.frames = references, mixes, families, frames
        self.levels = mels.levels(data_root())
        index = mels.index(data_root())
        self.notes = [index.get(fact["id"]) for fact in library.facts]
        number = np.array([SOUND_FAMILIES.index(name) for name in library.family])
        self.of = {f: np.array([i for i in who if number[i] == f and self.notes[i]]) for f in range(len(SOUND_FAMILIES))}
        self.of = {f: members for f, members in self.of.items() if len(members) >= 8}

    def power(self, who, row, frames=None):
        """Mel powers [96, T] of a note as loud as it was played."""
        first, count, loud = self.notes[who][row]
        count = min(count, frames or count)
        return POWER[self.levels[first : first + count].T] * np.float32(10 ** (loud / 10))

    def phrase(self, who, bpm, scale):
        """A track as `phrases.phrase` makes it, as mel powers, its loudest frame at 1."""
        rng, struck = self.rng, phrases.is_struck(self.library, who)
        rows, often = phrases.in_scale(self.library, who, ("reference", "grid", "phrase"), scale)
        shares = phrases.STRUCK_SHARES if struck else phrases.BASS_SHARES if self.library.family[who] == "bass" else phrases.SHARES
        out, at, beat = np.zeros((sound_mel.BANDS, self.frames), np.float32), float(rng.integers(0, 5)), FRAMES_A_SECOND * 60 / bpm
        at -= rng.random() * 2 * beat
        while at < self.frames:
            length = rng.choice(phrases.LENGTHS, p=shares) * beat
            if at + length > 0 and (struck or rng.random() >= phrases.SILENT):
                note = self.power(who, int(rng.choice(rows, p=often)), int(length) + 1)
                start = int(at)
                note = note[:, max(-start, 0) :][:, : self.frames - max(start, 0)]
                here = out[:, max(start, 0) : max(start, 0) + note.shape[1]]
                here += note
            at += length
        return out / max(out.sum(0).max(), 1e-12)

    def choose(self):
        """Families of a batch: often the paper's three, else any."""
        rng, there = self.rng, list(self.of)
        if rng.random() < 0.5:
            struck = ROLES[2] if rng.random() < 0.75 or ROLES[3] not in self.of else ROLES[3]
            chosen = [f for f in (*ROLES[:2], struck) if f in self.of]
        else:
            chosen = []
        size = np.array([np.sqrt(len(self.of[f])) for f in there])
        while len(chosen) < min(self.families, len(there)):
            f = there[rng.choice(len(there), p=size / size.sum())]
            if f not in chosen:
                chosen.append(f)
        return chosen

    def batch(self):
        rng, chosen = self.rng, self.choose()
        who = [rng.permutation(self.of[f])[: self.references] for f in chosen]
        starts = np.cumsum([0, *map(len, who)])
        mixes = np.zeros((self.mixes, sound_mel.BANDS, self.frames), np.float32)
        members = np.full((self.mixes, len(chosen)), -1)
        heard = np.zeros((self.mixes, len(SOUND_FAMILIES)), np.float32)
        for mix, row, plays in zip(mixes, members, heard):
            there = rng.random(len(chosen)) < 0.72
            there[rng.integers(len(chosen))] = True
            bpm, root = rng.uniform(phrases.SLOWEST, phrases.FASTEST), int(rng.integers(12))
            scale = {(root + step) % 12 for step in phrases.SCALES[rng.integers(len(phrases.SCALES))]}
            loud = {}
            for place in np.flatnonzero(there):
                member = int(rng.integers(len(who[place])))
                track = self.phrase(who[place][member], bpm, scale)
                struck = phrases.is_struck(self.library, who[place][member])
                track *= np.float32(10 ** rng.uniform(-0.5, 0.5) * (10 ** rng.uniform(0, 1.3) if struck else 1))
                row[place], loud[place] = starts[place] + member, track.sum()
                mix[:] = mixed(mix, track, rng)
            total = sum(loud.values())
            for place, each in loud.items():
                plays[chosen[place]] = 1 if each > total * 10 ** (HEARD_DB / 10) else -1
        if rng.random() < 0.5:
            mixes = Drawer.disturb(self, mixes)
        told = []
        for i in np.concatenate(who):
            row = 0 if rng.random() < 0.7 else int(rng.integers(len(self.notes[i])))
            note = self.power(i, row, REFERENCE_FRAMES)
            told.append(np.pad(note, ((0, 0), (0, REFERENCE_FRAMES - note.shape[1]))))
        family = np.repeat(chosen, [len(each) for each in who])
        return Batch(sound_mel.scaled(mixes), sound_mel.scaled(np.array(told)), family, members, heard)
