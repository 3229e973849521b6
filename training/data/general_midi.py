"""General MIDI: names, families and real ranges of the 120 melodic programs."""

NAMES = [
    name.strip()
    for name in """
acoustic grand piano, bright acoustic piano, electric grand piano, honky-tonk piano, electric piano 1, electric piano 2, harpsichord, clavinet,
celesta, glockenspiel, music box, vibraphone, marimba, xylophone, tubular bells, dulcimer,
drawbar organ, percussive organ, rock organ, church organ, reed organ, accordion, harmonica, bandoneon,
nylon guitar, steel guitar, jazz guitar, clean electric guitar, muted guitar, overdriven guitar, distortion guitar, guitar harmonics,
acoustic bass, fingered bass, picked bass, fretless bass, slap bass 1, slap bass 2, synth bass 1, synth bass 2,
violin, viola, cello, contrabass, tremolo strings, pizzicato strings, orchestral harp, timpani,
string ensemble, slow strings, synth strings 1, synth strings 2, choir aahs, voice oohs, synth voice, orchestra hit,
trumpet, trombone, tuba, muted trumpet, french horn, brass section, synth brass 1, synth brass 2,
soprano sax, alto sax, tenor sax, baritone sax, oboe, english horn, bassoon, clarinet,
piccolo, flute, recorder, pan flute, bottle blow, shakuhachi, whistle, ocarina,
square lead, saw lead, calliope lead, chiffer lead, charang lead, voice lead, fifths lead, bass and lead,
new age pad, warm pad, polysynth pad, choir pad, bowed pad, metallic pad, halo pad, sweep pad,
rain effect, soundtrack effect, crystal effect, atmosphere effect, brightness effect, goblins effect, echoes effect, sci-fi effect,
sitar, banjo, shamisen, koto, kalimba, bagpipe, fiddle, shanai,
tinkle bell, agogo, steel drums, woodblock, taiko drum, melodic tom, synth drum, reverse cymbal
""".replace("\n", " ").split(",")
]
"""Plain names of programs 0–119."""

_FAMILY_RUNS = [
    (6, "keys"), (8, "keys"), (9, "chromatic percussion"), (11, "chromatic percussion"), (14, "mallet"), (15, "chromatic percussion"),
    (16, "pluck"), (21, "organ"), (22, "reed"), (23, "reed"), (24, "reed"), (32, "guitar"), (40, "bass"),
    (45, "strings"), (47, "pluck"), (48, "drum"), (52, "strings"), (55, "voice"), (56, "effect"), (64, "brass"),
    (72, "reed"), (80, "wind"), (88, "synth lead"), (96, "pad"), (104, "effect"), (109, "pluck"), (110, "reed"),
    (111, "strings"), (112, "reed"), (113, "chromatic percussion"), (114, "chromatic percussion"), (115, "mallet"),
    (119, "drum"), (120, "effect"),
]  # fmt: skip


def family(program):
    """Consort's family of a General MIDI program."""
    return next(name for end, name in _FAMILY_RUNS if program < end)


RANGES = {
    9: (79, 108), 10: (60, 96), 8: (60, 108), 11: (53, 89), 12: (45, 96), 13: (65, 108), 14: (60, 77), 15: (48, 86),
    24: (40, 84), 25: (40, 84), 26: (40, 84), 27: (40, 86), 28: (40, 84), 29: (40, 84), 30: (40, 84), 31: (52, 96),
    40: (55, 103), 41: (48, 91), 42: (36, 76), 43: (28, 60), 45: (36, 96), 46: (23, 103), 47: (36, 57),
    56: (55, 86), 57: (40, 74), 58: (28, 60), 59: (55, 84), 60: (34, 77), 61: (36, 84),
    64: (56, 88), 65: (49, 81), 66: (44, 76), 67: (36, 69), 68: (58, 91), 69: (52, 81), 70: (34, 74), 71: (50, 91),
    72: (74, 108), 73: (60, 96), 74: (65, 96), 75: (60, 96), 77: (55, 84), 79: (60, 84),
    104: (48, 77), 105: (48, 84), 106: (50, 79), 107: (55, 84), 108: (60, 84), 109: (58, 81), 110: (55, 96), 111: (58, 86),
}  # fmt: skip
"""Sounding range (lowest, highest MIDI key) of programs that have a narrower one than the keyboard."""

DRUM_LIKE = {47, 113, 115, 116, 117, 118, 119}
"""Programs without a clear pitch."""
KEEPS_TONE = {6, 16, 17, 18, 19, 20, 21, 23, 109}
"""Programs whose real instrument does not change its tone with how hard a key is struck."""
SOUNDFONTS = {"fluid", "opl3", "timgm", "musescore"}
"""Sources whose presets are General MIDI programs: ``program`` is "bank/number"."""
