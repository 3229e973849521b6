"""What tags there are: genres from the names of grooves, instruments from General MIDI programs."""

import re

# Parts of library files' names → genre; the first that fits. What a single tune stands for (reggae) can't be learnt.
_GENRES = (
    (r"bossa|nova", "bossa nova"),
    (r"samba|mambo|salsa|^son$|cubanguitar|chacha|rhumba|beguine|bolero|merengue|calypso|quando|latin|desert|afro", "latin"),
    (r"tango", "tango"),
    (r"jazzrock|fusion|fus|lfusion", "fusion"),
    (r"68blus|blues|blus|shuffle|boggie|boogie|shfl", "blues"),
    (r"swing|jazz|evansish|strut|gypsy|broadway|showtune|softshoe|bebop|bigband|basie", "jazz"),
    (r"funk|r\+b|rnb|modernrb|mellowrb|^rb|soul|motown|dsoul", "soul and funk"),
    (r"hiphop|hip-hop|trip|techno|trance|rave|house|disco|dance|electricpop|dnb|ambient", "electronic"),
    (r"country|cntr|bluegrass|hillcountry|western|zydeco|folk", "country and folk"),
    (r"waltz", "waltz"),
    (r"march|polka|foxtrot|quickstep|charleston|ragtime|2beatp|dixie", "old-time dance"),
    (r"ballad|lullaby|serenade|bald|boneym|hymn|spiritual", "ballad"),
    (r"twist|50s|60s|jive|oldie|k50|slowrock", "rock and roll"),
    (r"rock|beat|pop|80s|metal|mtl|hrk|punk", "pop and rock"),
)  # fmt: skip
GENRES = tuple(sorted({genre for _, genre in _GENRES}))

# Name → General MIDI programs.
_PROGRAMS = {
    "piano": range(0, 4),
    "electric piano": (4, 5),
    "harpsichord": (6, 7),
    "mallets": range(8, 16),
    "organ": range(16, 21),
    "accordion": range(21, 24),
    "acoustic guitar": (24, 25),
    "electric guitar": range(26, 32),
    "bass": range(32, 40),
    "strings": range(40, 52),
    "choir": range(52, 55),
    "brass": range(56, 64),
    "saxophone": range(64, 68),
    "woodwinds": range(68, 80),
    "synthesizer": (*range(80, 104),),
    "plucked strings": range(104, 109),
}
INSTRUMENTS = ("drums", *_PROGRAMS)
_OF = {program: name for name, programs in _PROGRAMS.items() for program in programs}
# Below this share of all that sounds, an instrument isn't heard; above the second it is.
FAINT, HEARD = 0.01, 0.04
# Notes of drums are written very short.
DRUMS = 0.02


def genre(stem):
    """The genre of a library file, or None."""
    return next((genre for pattern, genre in _GENRES if re.search(pattern, stem.lower())), None)


def instruments(programs):
    """For each of INSTRUMENTS 1 where it plays, 0 where it doesn't, None where it is too faint to say."""
    share = dict.fromkeys(INSTRUMENTS, 0.0)
    for program, part in programs.items():
        name = "drums" if program == "drums" else _OF.get(int(program))
        if name:
            share[name] += part
    share["drums"] /= DRUMS
    return [1 if s >= HEARD else 0 if s < FAINT else None for s in share.values()]
