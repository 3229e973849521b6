"""Where each stream lies among the 30 tokens of a step, and how many ids it has; needs no torch."""

from . import degrees, gm, tokens
from .measure import CONTROLS

PIECES = len(gm.PIECES)
PITCHED = len(tokens.PITCHED)
STREAMS = PIECES + 1 + 2 * PITCHED
OFFSET = PIECES
NOTES = slice(PIECES + 1, PIECES + 1 + PITCHED)
TOUCHES = slice(PIECES + 1 + PITCHED, STREAMS)
BASS_TOKENS = tokens.FIRST + 12 * degrees.OCTAVES["bass"]
LEAD_TOKENS = tokens.FIRST + 12 * degrees.OCTAVES["lead"]
ROLES = ("absent", "given", "heard", "fill")
HEARD = 26
CONTROL_WIDTH = 2 * len(gm.PARTS) * len(CONTROLS)
SONG = 3  # log2(tempo / 110), minor, chords known


def masks(voicings):
    """The mask id of each of the 30 streams; what is below it can be played."""
    chords = tokens.FIRST + voicings
    return [tokens.DRUM_MASK] * PIECES + [tokens.OFFSET_MASK, BASS_TOKENS, *[chords] * 5, LEAD_TOKENS] + [tokens.TOUCH_MASK] * PITCHED
