"""What the network hears of a sound: a log-mel of 80 bands, 100 frames a second, windows of 32 ms at 32 kHz."""

from ...data import sound_mel

BANDS, WINDOW, HOP = 80, 1024, 320
FRAMES_A_SECOND = sound_mel.RATE // HOP
_BANK = sound_mel.bank(WINDOW, BANDS)


def powers(sound):
    """Mel powers [80, frames] of a sound [samples]."""
    return sound_mel.powers(sound, WINDOW, HOP, _BANK)


def drum_mel(sound):
    """The network's input [80, frames] for a whole sound: 1 is the loudest cell, 0 is 80 dB below it."""
    return sound_mel.scaled(powers(sound))
