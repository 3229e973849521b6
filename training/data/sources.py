"""The sources of instruments: what each offers, and how one of its presets is selected.

A source has ``name``, ``presets()`` (cheap, needs no synth running where possible) and
``select(preset)``, which readies the synth and returns it for ``playing.play``; ``reset()`` makes
the next ``select`` start a new synth (a filter that blew up stays blown up).
"""

import base64
import hashlib
import os
import re
import time
from dataclasses import dataclass, field
from pathlib import Path

from . import general_midi, zyn_banks
from .dssi import DssiSynth
from .playing import silence
from .soundfonts import SoundFont

_NOT_A_PATCH = re.compile(r"<|==|\binit|\btest\b|^preset$", re.I)


def _is_patch(name):
    """Not an empty slot, a heading or a template in a synth's list."""
    return bool(name.strip()) and not _NOT_A_PATCH.search(name.strip())


DSSI = Path("/usr/lib/dssi")
SOUNDFONT_FOLDER = Path("/usr/share/sounds")


@dataclass(frozen=True)
class Preset:
    """One instrument of a source; ``program`` is what the source needs to select it."""

    source: str
    bank: str
    name: str
    program: tuple = field(hash=False, compare=False)

    @property
    def id(self):
        word = re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")[:24] or "preset"
        digest = hashlib.sha1(f"{self.source}/{self.bank}/{self.program_key}".encode()).hexdigest()[:6]
        return f"{self.source}-{word}-{digest}"

    @property
    def program_key(self):
        return "/".join(str(part) for part in self.program if isinstance(part, (int, str)))


class SoundFontSource:
    """General MIDI programs 0–119 of a SoundFont, every bank except the drum bank."""

    def __init__(self, name, path):
        self.name = name
        self._path = SOUNDFONT_FOLDER / path
        self._font = None

    def _load(self):
        if self._font is None:
            self._font = SoundFont(self._path)
        return self._font

    def presets(self):
        return [
            Preset(self.name, f"{bank:03d}", general_midi.NAMES[program] if name.isdigit() else name, (bank, program))
            for bank, program, name in self._load().presets()
            if bank < 128 and program < 120 and not name.endswith("Expr.")
        ]

    def select(self, preset):
        self._load().select(*preset.program)
        return self._font

    def reset(self):
        self._font = None


class _DssiSource:
    def __init__(self):
        self._synth = None

    def reset(self):
        self._synth = None


class Hexter(_DssiSource):
    """Yamaha DX7 voices from hexter's patch files."""

    name = "hexter"
    VOICE = 128
    NAME = slice(118, 128)

    def presets(self):
        found, seen = [], set()
        for path in sorted(Path("/usr/share/hexter").glob("*.dx7")):
            data = path.read_bytes()
            for slot in range(len(data) // self.VOICE):
                voice = data[slot * self.VOICE : (slot + 1) * self.VOICE]
                if voice[: self.NAME.start] not in seen:
                    seen.add(voice[: self.NAME.start])
                    name = voice[self.NAME].decode("latin1").strip()
                    found.append(Preset(self.name, path.stem, name, (slot, voice)))
        return found

    @staticmethod
    def _encode(block):
        """hexter's own text form of a patch bank: 7-bit bytes in base 64, with a checksum."""
        bits = "".join(format(byte & 127, "07b") for byte in block)
        bits += "0" * (-len(bits) % 8)
        letters = base64.b64encode(int(bits, 2).to_bytes(len(bits) // 8, "big")).decode().rstrip("=")
        letters = letters[: -(-len(block) * 7 // 6)]
        return f"{len(block)} {letters} {sum(byte & 127 for byte in block)}"

    def select(self, preset):
        if self._synth is None:
            self._synth = DssiSynth(str(DSSI / "hexter.so"))
        voice = preset.program[1]
        self._synth.configure("patches0", self._encode(voice * 32))
        self._synth.select_program(0, 0)
        self._synth.run(2048)
        return self._synth


class WhySynth(_DssiSource):
    """WhySynth's patch files, its effect (delay, reverb) off."""

    name = "whysynth"

    def _load(self):
        if self._synth is None:
            self._synth = DssiSynth(str(DSSI / "whysynth.so"))
        return self._synth

    def presets(self):
        return [
            Preset(self.name, str(bank), name.strip(), (bank, program))
            for bank, program, name in self._load().programs()
            if _is_patch(name)
        ]

    def select(self, preset):
        synth = self._load()
        synth.select_program(*preset.program)
        synth.controls["Effect Mode"][0] = 0
        synth.run(2048)
        silence(synth)
        return synth


class XSynth(_DssiSource):
    """Xsynth-DSSI's built-in patches."""

    name = "xsynth"

    def _load(self):
        if self._synth is None:
            self._synth = DssiSynth(str(DSSI / "xsynth-dssi.so"))
        return self._synth

    def presets(self):
        return [
            Preset(self.name, str(bank), name.strip(), (bank, program))
            for bank, program, name in self._load().programs()
            if _is_patch(name)
        ]

    def select(self, preset):
        synth = self._load()
        synth.select_program(*preset.program)
        if "Glide Time" in synth.controls:
            synth.controls["Glide Time"][0] = 0.984375
        synth.run(2048)
        silence(synth)
        return synth


class AmSynth(_DssiSource):
    """amsynth's bank files, written to its control ports (it ignores program changes)."""

    name = "amsynth"

    def presets(self):
        found, seen = [], set()
        for path in sorted(Path("/usr/share/amsynth/banks").iterdir()):
            for slot, text in enumerate(path.read_text(errors="replace").split("<preset>")[1:]):
                lines = text.split("\n")
                name = lines[0].replace("<name>", "").strip()
                words = [line.split() for line in lines[1:]]
                values = tuple(sorted((w[1], float(w[2])) for w in words if len(w) == 3 and w[0] == "<parameter>"))
                if values and values not in seen:
                    seen.add(values)
                    found.append(Preset(self.name, path.name.split(".")[0], name, (slot, values)))
        return found

    def select(self, preset):
        if self._synth is None:
            self._synth = DssiSynth(str(DSSI / "amsynth_dssi.so"))
            self._defaults = {name: float(port[0]) for name, port in self._synth.controls.items()}
        values = self._defaults | dict(preset.program[1]) | {"portamento_time": 0.0, "reverb_wet": 0.0}
        for name, port in self._synth.controls.items():
            port[0] = values[name]
        silence(self._synth)
        self._synth.run(2048)
        return self._synth


class ZynAddSubFx(_DssiSource):
    """ZynAddSubFX's banks without reverb and echo (see ``zyn_banks``)."""

    name = "zyn"
    _NOT_AN_INSTRUMENT = re.compile(r"drum|arp|kit|seq|loop|rhythm", re.I)

    def __init__(self, cache, installed=zyn_banks.INSTALLED):
        super().__init__()
        self._home, self._installed = Path(cache) / "zyn-home", installed

    def _load(self):
        if self._synth is None:
            zyn_banks.prepare(self._home, self._installed)
            before = os.environ.get("HOME", "/")
            os.environ["HOME"] = str(self._home)
            self._synth = DssiSynth(str(DSSI / "libzynaddsubfx_dssi.so"))
            self._programs = self._synth.programs()
            os.environ["HOME"] = before
        return self._synth

    def presets(self):
        self._load()
        folders = sorted(path.name for path in (self._home / "banks").iterdir())
        return [
            Preset(self.name, folders[bank], name, (bank, program))
            for bank, program, name in self._programs
            if not self._NOT_AN_INSTRUMENT.search(name + folders[bank])
        ]

    def select(self, preset):
        """Programs load in another thread: wait, then let it run until it is there."""
        synth = self._load()
        synth.select_program(*preset.program)
        for _ in range(3):
            time.sleep(0.1)
            synth.run(1024)
        silence(synth)
        return synth


def all_sources(cache):
    """Every source by name; ``cache``: folder for files that a source must write."""
    sources = [
        SoundFontSource("fluid", "sf2/FluidR3_GM.sf2"),
        SoundFontSource("opl3", "sf2/OPL-3_FM_128M.sf2"),
        SoundFontSource("timgm", "sf2/TimGM6mb.sf2"),
        SoundFontSource("musescore", "sf3/MuseScore_General.sf3"),
        Hexter(),
        WhySynth(),
        XSynth(),
        ZynAddSubFx(cache),
        AmSynth(),
    ]
    return {source.name: source for source in sources}
