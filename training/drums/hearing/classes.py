"""The pieces that are told apart: their names, the General MIDI keys that count as one, and the key it is written as."""

PIECES = {
    "kick": (36, 35), "snare": (38, 40), "stick": (37, 39), "closed hat": (42, 44), "open hat": (46,), "low tom": (43, 41, 45),
    "high tom": (48, 47, 50), "crash": (49, 57, 52, 55), "ride": (51, 59, 53), "shaker": (70, 54, 58, 69, 73, 74),
    "hand drum": (62, 60, 61, 63, 64, 65, 66, 78, 79), "bell": (56, 67, 68, 75, 76, 77, 80, 81),
}  # fmt: skip
NAMES = tuple(PIECES)
COUNT = len(NAMES)
KEYS = tuple(keys[0] for keys in PIECES.values())
CLASS_OF = {key: index for index, keys in enumerate(PIECES.values()) for key in keys}
