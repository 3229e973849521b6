"""The General MIDI drum map, and which piece of it a name means."""

import re

FIRST_KEY, LAST_KEY = 35, 81
NAMES = (
    "kick 2|kick|side stick|snare|hand clap|snare 2|low floor tom|closed hi-hat|high floor tom|pedal hi-hat|low tom|"
    "open hi-hat|low-mid tom|high-mid tom|crash|high tom|ride|china|ride bell|tambourine|splash|cowbell|crash 2|vibraslap|"
    "ride 2|high bongo|low bongo|mute conga|open conga|low conga|high timbale|low timbale|high agogo|low agogo|cabasa|"
    "maracas|short whistle|long whistle|short guiro|long guiro|claves|high woodblock|low woodblock|mute cuica|open cuica|"
    "mute triangle|open triangle"
).split("|")
PIECES = len(NAMES)
assert PIECES == LAST_KEY - FIRST_KEY + 1

GROUPS = {
    "kick": (35, 36), "stick": (37, 75, 76, 77), "snare": (38, 40), "clap": (39,), "tom": (41, 43, 45, 47, 48, 50),
    "closed hat": (42, 44), "open hat": (46,), "cymbal": (49, 52, 55, 57), "ride": (51, 53, 59), "shaker": (54, 58, 69, 70, 73, 74),
    "bell": (56, 67, 68, 80, 81), "skin": (60, 61, 62, 63, 64, 65, 66), "voice": (71, 72, 78, 79),
}  # fmt: skip
"""Pieces that answer alike to how hard they are struck."""
GROUP_OF = {key: name for name, keys in GROUPS.items() for key in keys}

_MEANING = [
    (r"kick|bass ?drum|thump|^bd", (36, 35)), (r"rim ?click|side ?stick|^stick|^click", (37,)), (r"snare.*rimshot|rimshot", (40, 38)),
    (r"roll|swish|choke|semi", ()), (r"snare|^sn", (38, 40)), (r"clap", (39,)), (r"tom.*(low|floor)|(low|floor).*tom|tom 3", (41, 43)),
    (r"tom.*mid|mid.*tom|tom 2", (45, 47)), (r"tom.*hi|hi.*tom|tom 1", (50, 48)), (r"^tom", (45, 47)), (r"pedal.*(hh|hat)|(hh|hat).*(pedal|pd)", (44,)),
    (r"open.*(hh|hat)|(hh|hat).*(open|op\b|free)", (46,)), (r"(hh|hat)", (42,)), (r"ride.*(bell|cup)|paiste bell", (53,)),
    (r"china", (52,)), (r"splash", (55,)), (r"crash", (49, 57)), (r"ride", (51, 59)), (r"tambourine", (54,)), (r"cowbell", (56,)),
    (r"agogo low", (68,)), (r"agogo high", (67,)), (r"maraca", (70,)), (r"bongo hi", (60,)), (r"bongo lo", (61,)), (r"clave", (75,)),
    (r"woodblock hi", (76,)), (r"woodblock lo", (77,)), (r"whistle", (71,)), (r"conga 1|djembe\d tone", (63,)), (r"conga 2|djembe\d bass", (64,)),
    (r"djembe\d slap", (62,)), (r"head hit", (66, 65)), (r"bell hit", (68, 67)), (r"bell mute", (67,)),
]  # fmt: skip


def keys_of(name):
    """Keys that a piece called ``name`` may go to, best first; none when its name says nothing."""
    for pattern, keys in _MEANING:
        if re.search(pattern, name.lower()):
            return keys
    return ()
