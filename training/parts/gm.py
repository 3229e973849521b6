"""General MIDI: which part an instrument belongs to, and which piece of the kit a drum key is."""

PARTS = ("drums", "bass", "guitar", "keys", "strings", "brass", "winds", "lead")
CHORDAL = ("guitar", "keys", "strings", "brass", "winds")

PIECES = (
    "kick", "snare", "stick", "clap", "closed hat", "pedal hat", "open hat", "low tom", "high tom", "crash", "ride", "shaker",
    "low hand drum", "high hand drum", "bell",
)  # fmt: skip
# The key that plays a piece. 15 pieces stand for all 47 keys.
PIECE_KEYS = (36, 38, 37, 39, 42, 44, 46, 45, 48, 49, 51, 70, 64, 63, 56)
_KEYS_OF = {
    "kick": (35, 36),
    "snare": (38, 40),
    "stick": (37,),
    "clap": (39,),
    "closed hat": (42,),
    "pedal hat": (44,),
    "open hat": (46,),
    "low tom": (41, 43, 45),
    "high tom": (47, 48, 50),
    "crash": (49, 52, 55, 57),
    "ride": (51, 53, 59),
    "shaker": (54, 58, 69, 70, 73, 74),
    "low hand drum": (61, 64, 66, 79),
    "high hand drum": (60, 62, 63, 65, 78),
    "bell": (56, 67, 68, 71, 72, 75, 76, 77, 80, 81),
}
_PIECE = {key: PIECES.index(piece) for piece, keys in _KEYS_OF.items() for key in keys}
CYMBALS = tuple(PIECES.index(p) for p in ("closed hat", "pedal hat", "open hat", "crash", "ride"))


def piece(key):
    """The piece of a drum key, or None for keys outside the General MIDI kit."""
    return _PIECE.get(key)


def part(name, program):
    """The part of a pitched track from its name and program, or None."""
    name = name.lower()
    if name.startswith(("bass", "walk")):
        return "bass"
    if name.startswith(("solo", "melody", "aria")):
        return "lead"
    if program < 24 or 96 <= program < 104:
        return "keys"
    if program < 32 or 104 <= program < 108:
        return "guitar"
    if program < 40:
        return "bass"
    if program < 56 or 88 <= program < 96 or program == 110:
        return "strings"
    if program < 64:
        return "brass"
    if program < 80 or program in (109, 111):
        return "winds"
    return "keys" if program < 88 else None
