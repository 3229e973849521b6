"""Queries as sound: notes, mixes of notes and of phrases, under effects. Each gives log-mels, and who plays."""

from dataclasses import dataclass

import numpy as np

from ...data import effects, sound_mel
from ...data.note_model import SAMPLE_RATE
from ...data.paths import data_root
from .library import ROLES

SILENT = 0.25
LOUDER = 4.0  # the paper's gain of percussion
LATEST = 0.3  # seconds after which a member of a mix begins


def phrase_file(fact):
    return data_root() / "phrases" / f"{fact['id']}.npy"


@dataclass
class Queries:
    """Log-mels [Q, 96, T] and the instruments in each, `members` [Q, 4], −1 none."""

    mels: np.ndarray
    members: np.ndarray

    def pairs(self):
        """(query, instrument) of every member."""
        query, place = np.nonzero(self.members >= 0)
        return query, self.members[query, place]


class Player:
    """Plays queries of a library's instruments; the same ones for the same seed."""

    def __init__(self, library, seed):
        self.library, self.rng = library, np.random.default_rng(seed)

    def other_note(self, who):
        """One of an instrument's notes by which it doesn't stand in the library, neither by one note nor by four."""
        return self.library.note(who, self.rng.choice(self.library.playing(who)))

    def phrase(self, who):
        """What an instrument was heard to play, by `training.timbre.phrases`."""
        return np.load(phrase_file(self.library.facts[who])).astype(np.float32) / 32767

    def sum(self, members, sounds, changed, late):
        """Notes at full scale, percussion at four times, together."""
        mix = np.zeros(max(len(sound) for sound in sounds), np.float32)
        for who, sound in zip(members, sounds):
            sound = effects.disturbed(sound, self.rng) if changed and self.rng.random() < 0.5 else sound
            start = int(self.rng.random() * late * SAMPLE_RATE)
            gain = LOUDER if self.library.facts[who]["family"] in ROLES["percussion"] else 1.0
            mix[start:] += gain * sound[: len(mix) - start]
        return effects.disturbed(mix / max(np.abs(mix).max(), 1e-6), self.rng) if changed else mix

    def heard(self, groups, note=None, changed=False, seconds=None, late=LATEST):
        """The queries that groups of instruments make."""
        mels, members = [], np.full((len(groups), 4), -1)
        for row, group in zip(members, groups):
            row[: len(group)] = group
            sound = self.sum(group, [(note or self.other_note)(who) for who in group], changed, late)
            sound = sound[: int(seconds * SAMPLE_RATE)] if seconds else sound
            mels.append(sound_mel.sound_mel(sound))
        return Queries(np.array(mels), members)

    def singles(self, instruments, **how):
        return self.heard([[i] for i in instruments], late=0.0, **how)

    def papers_groups(self, instruments, count):
        """Percussion, bass and synth lead, each silent with p = 0.25, not all."""
        of = [self.library.of_role(role, instruments) for role in ROLES]
        groups = []
        while len(groups) < count:
            group = [self.rng.choice(members) for members in of if self.rng.random() >= SILENT]
            groups += [group] if group else []
        return groups

    def groups(self, instruments, several, count):
        """`several` instruments of different families."""
        family = self.library.family[instruments]
        there = np.unique(family)
        several = min(several, len(there))
        return [
            [self.rng.choice(instruments[family == which]) for which in self.rng.choice(there, several, replace=False)]
            for _ in range(count)
        ]
