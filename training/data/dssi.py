"""A small DSSI host: loads a synth plugin with ctypes and plays it without any audio device."""

import ctypes as C

import numpy as np

from .note_model import SAMPLE_RATE

_ULONG = C.c_ulong
_IS_INPUT, _IS_OUTPUT, _IS_CONTROL, _IS_AUDIO = 1, 2, 4, 8
_DEFAULT_MASK = 0x3C0
_FIXED_DEFAULTS = {0x200: 0.0, 0x240: 1.0, 0x280: 100.0, 0x2C0: 440.0}
_RANGE_DEFAULTS = {0x40: 0.0, 0x80: 0.25, 0xC0: 0.5, 0x100: 0.75, 0x140: 1.0}
NOTE_ON, NOTE_OFF, CONTROLLER = 6, 7, 10
ALL_SOUND_OFF = 120


class _RangeHint(C.Structure):
    _fields_ = [("hint", C.c_int), ("low", C.c_float), ("high", C.c_float)]


class _Ladspa(C.Structure):
    pass


_Ladspa._fields_ = [
    ("id", _ULONG),
    ("label", C.c_char_p),
    ("properties", C.c_int),
    ("name", C.c_char_p),
    ("maker", C.c_char_p),
    ("copyright", C.c_char_p),
    ("port_count", _ULONG),
    ("port_kinds", C.POINTER(C.c_int)),
    ("port_names", C.POINTER(C.c_char_p)),
    ("port_hints", C.POINTER(_RangeHint)),
    ("implementation", C.c_void_p),
    ("instantiate", C.CFUNCTYPE(C.c_void_p, C.POINTER(_Ladspa), _ULONG)),
    ("connect_port", C.CFUNCTYPE(None, C.c_void_p, _ULONG, C.c_void_p)),
    ("activate", C.CFUNCTYPE(None, C.c_void_p)),
    ("run", C.c_void_p),
    ("run_adding", C.c_void_p),
    ("set_run_adding_gain", C.c_void_p),
    ("deactivate", C.CFUNCTYPE(None, C.c_void_p)),
    ("cleanup", C.CFUNCTYPE(None, C.c_void_p)),
]


class _Program(C.Structure):
    _fields_ = [("bank", _ULONG), ("program", _ULONG), ("name", C.c_char_p)]


class _Event(C.Structure):
    """ALSA sequencer event; ``parameter`` and ``value`` overlay the fields of a controller."""

    _pack_ = 1
    _fields_ = [
        ("type", C.c_ubyte),
        ("flags", C.c_ubyte),
        ("tag", C.c_ubyte),
        ("queue", C.c_ubyte),
        ("tick", C.c_uint),
        ("tick_high", C.c_uint),
        ("source", C.c_ushort),
        ("destination", C.c_ushort),
        ("channel", C.c_ubyte),
        ("note", C.c_ubyte),
        ("velocity", C.c_ubyte),
        ("off_velocity", C.c_ubyte),
        ("parameter", C.c_uint),
        ("value", C.c_int),
    ]


class _Dssi(C.Structure):
    _fields_ = [
        ("version", C.c_int),
        ("ladspa", C.POINTER(_Ladspa)),
        ("configure", C.CFUNCTYPE(C.c_char_p, C.c_void_p, C.c_char_p, C.c_char_p)),
        ("get_program", C.CFUNCTYPE(C.POINTER(_Program), C.c_void_p, _ULONG)),
        ("select_program", C.CFUNCTYPE(None, C.c_void_p, _ULONG, _ULONG)),
        ("get_midi_controller", C.c_void_p),
        ("run_synth", C.CFUNCTYPE(None, C.c_void_p, _ULONG, C.c_void_p, _ULONG)),
        ("run_synth_adding", C.c_void_p),
        (
            "run_multiple_synths",
            C.CFUNCTYPE(None, _ULONG, C.POINTER(C.c_void_p), _ULONG, C.POINTER(C.c_void_p), C.POINTER(_ULONG)),
        ),
        ("run_multiple_synths_adding", C.c_void_p),
    ]


assert C.sizeof(_Event) == 28


def _default(hint):
    kind = hint.hint & _DEFAULT_MASK
    if kind in _RANGE_DEFAULTS:
        return hint.low + (hint.high - hint.low) * _RANGE_DEFAULTS[kind]
    return _FIXED_DEFAULTS.get(kind, 0.0)


class DssiSynth:
    """One instance of the first synth in a DSSI library, at 32 kHz.

    ``controls``: dict of control port name → one-element float32 array; write it to set the port.
    """

    BLOCK = 256

    def __init__(self, path):
        self._library = C.CDLL(path)
        describe = self._library.dssi_descriptor
        describe.restype = C.POINTER(_Dssi)
        describe.argtypes = [_ULONG]
        self._dssi = describe(0).contents
        ladspa = self._dssi.ladspa.contents
        self._handle = ladspa.instantiate(self._dssi.ladspa, SAMPLE_RATE)
        self.controls = {}
        self._outputs = []
        self._buffers = []
        for port in range(ladspa.port_count):
            kind = ladspa.port_kinds[port]
            buffer = np.zeros(self.BLOCK if kind & _IS_AUDIO else 1, np.float32)
            ladspa.connect_port(self._handle, port, buffer.ctypes.data)
            self._buffers.append(buffer)
            if kind & _IS_AUDIO and kind & _IS_OUTPUT:
                self._outputs.append(buffer)
            elif kind & _IS_CONTROL and kind & _IS_INPUT:
                buffer[0] = _default(ladspa.port_hints[port])
                self.controls[ladspa.port_names[port].decode("latin1")] = buffer
        if ladspa.activate:
            ladspa.activate(self._handle)

    def configure(self, key, value):
        """Sends a DSSI configure pair."""
        self._dssi.configure(self._handle, key.encode(), value.encode())

    def programs(self):
        """All programs as (bank, program, name)."""
        found = []
        while entry := self._dssi.get_program(self._handle, len(found)):
            entry = entry.contents
            found.append((entry.bank, entry.program, entry.name.decode("latin1")))
        return found

    def select_program(self, bank, program):
        self._dssi.select_program(self._handle, bank, program)

    def run(self, samples, events=()):
        """Renders ``samples`` (rounded up to whole blocks) in mono; ``events`` as
        (sample, type, a, b): note and velocity, or controller and value."""
        blocks = -(-samples // self.BLOCK)
        sound = np.zeros(blocks * self.BLOCK, np.float32)
        pending = sorted(events)
        for start in range(0, len(sound), self.BLOCK):
            now = [event for event in pending if start <= event[0] < start + self.BLOCK]
            queue = (_Event * max(1, len(now)))()
            for event, (sample, kind, a, b) in zip(queue, now):
                event.type, event.tick = kind, sample - start
                if kind == CONTROLLER:
                    event.parameter, event.value = a, b
                else:
                    event.note, event.velocity = a, b
            if self._dssi.run_synth:
                self._dssi.run_synth(self._handle, self.BLOCK, C.addressof(queue), len(now))
            else:
                handles = (C.c_void_p * 1)(self._handle)
                queues = (C.c_void_p * 1)(C.addressof(queue))
                self._dssi.run_multiple_synths(1, handles, self.BLOCK, queues, (_ULONG * 1)(len(now)))
            left, right = self._outputs[0], self._outputs[min(1, len(self._outputs) - 1)]
            sound[start : start + self.BLOCK] = (left + right) * 0.5
        return sound

