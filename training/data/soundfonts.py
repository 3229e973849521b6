"""Plays SoundFont presets through libfluidsynth (ctypes, float output, no reverb or chorus)."""

import ctypes as C
import ctypes.util

import numpy as np
from scipy import fft

from .dssi import CONTROLLER, NOTE_OFF, NOTE_ON
from .note_model import SAMPLE_RATE


def _library():
    name = ctypes.util.find_library("fluidsynth")
    if not name:
        raise SystemExit("libfluidsynth is missing: install the package libfluidsynth3.")
    library = C.CDLL(name)
    for function in ("new_fluid_settings", "new_fluid_synth", "fluid_synth_get_sfont_by_id", "fluid_sfont_iteration_next"):
        getattr(library, function).restype = C.c_void_p
    library.fluid_preset_get_name.restype = C.c_char_p
    return library


class SoundFont:
    """A loaded SoundFont on one channel."""

    def __init__(self, path):
        self._fluid = _library()
        # No audio drivers: the settings would look for devices, and none is needed.
        self._fluid.fluid_audio_driver_register((C.c_char_p * 1)(None))
        settings = C.c_void_p(self._fluid.new_fluid_settings())
        self._fluid.fluid_settings_setnum(settings, b"synth.sample-rate", C.c_double(SAMPLE_RATE))
        self._fluid.fluid_settings_setnum(settings, b"synth.gain", C.c_double(0.8))
        self._fluid.fluid_settings_setint(settings, b"synth.reverb.active", 0)
        self._fluid.fluid_settings_setint(settings, b"synth.chorus.active", 0)
        self._fluid.fluid_settings_setint(settings, b"synth.dynamic-sample-loading", 1)
        self._fluid.fluid_set_log_function(3, None, None)
        self._fluid.fluid_set_log_function(2, None, None)
        self._synth = C.c_void_p(self._fluid.new_fluid_synth(settings))
        self._id = self._fluid.fluid_synth_sfload(self._synth, str(path).encode(), 1)
        if self._id < 0:
            raise SystemExit(f"cannot load the SoundFont {path}: install its Debian package (see training/README.md).")

    def presets(self):
        """All presets as (bank, program, name)."""
        font = C.c_void_p(self._fluid.fluid_synth_get_sfont_by_id(self._synth, self._id))
        self._fluid.fluid_sfont_iteration_start(font)
        found = []
        while preset := self._fluid.fluid_sfont_iteration_next(font):
            preset = C.c_void_p(preset)
            found.append(
                (
                    self._fluid.fluid_preset_get_banknum(preset),
                    self._fluid.fluid_preset_get_num(preset),
                    self._fluid.fluid_preset_get_name(preset).decode("latin1").strip(),
                )
            )
        return sorted(found)

    def select(self, bank, program):
        self._fluid.fluid_synth_system_reset(self._synth)
        self._fluid.fluid_synth_program_select(self._synth, 0, self._id, bank, program)

    def _write(self, samples):
        left, right = np.zeros(samples, np.float32), np.zeros(samples, np.float32)
        if samples:
            pointers = left.ctypes.data_as(C.c_void_p), right.ctypes.data_as(C.c_void_p)
            self._fluid.fluid_synth_write_float(self._synth, samples, pointers[0], 0, 1, pointers[1], 0, 1)
        return (left + right) * 0.5

    def run(self, samples, events=()):
        """Renders ``samples`` in mono with ``events`` (sample, kind, a, b) as in ``dssi``."""
        pieces, done = [], 0
        for sample, kind, a, b in sorted(events):
            pieces.append(self._write(sample - done))
            done = sample
            if kind == NOTE_ON:
                self._fluid.fluid_synth_noteon(self._synth, 0, a, b)
            elif kind == NOTE_OFF:
                self._fluid.fluid_synth_noteoff(self._synth, 0, a)
            elif kind == CONTROLLER:
                self._fluid.fluid_synth_all_sounds_off(self._synth, 0)
        pieces.append(self._write(samples - done))
        return np.concatenate(pieces)


def velocity_tilt(sound, key, velocity):
    """Makes quiet layers darker and loud ones a little brighter, as real instruments are.

    General MIDI SoundFonts mostly change loudness only. Above ``2 f0`` (at least 250 Hz) the
    spectrum is tilted by −3 dB per octave at velocity 40 and +1 dB per octave at velocity 120,
    in proportion in between, at most −15 and +5 dB. Zero phase.
    """
    slope = 3.0 * (velocity - 80) / 40 if velocity < 80 else 1.0 * (velocity - 80) / 40
    if slope == 0:
        return sound
    corner = max(2 * 440 * 2 ** ((key - 69) / 12), 250.0)
    length = fft.next_fast_len(len(sound) + SAMPLE_RATE // 8, real=True)
    hertz = np.arange(length // 2 + 1) * SAMPLE_RATE / length
    octaves = np.clip(np.log2(np.maximum(hertz, 1) / corner), 0, 5)
    spectrum = fft.rfft(sound, length) * (10 ** (slope * octaves / 20)).astype(np.float32)
    return fft.irfft(spectrum, length)[: len(sound)].astype(np.float32)
