"""Captions of parts: genre, feel, density, dynamics, rhythm, in many phrasings, from the groove's name and the measured roll."""

import random
import re

# Parts of library names → words for the genre, the usual one first.
_GENRES = (
    (r"jazzwaltz|modernjazzwaltz", ("jazz waltz", "jazzy waltz", "swing waltz")),
    (r"^w-rock|^rock\d*$|basicrock|digitalrock|poprock|rock34|beat8|8beat\d*$|pop$|^pop\d*$|bubblerock|softrock|worldpop", ("rock", "pop rock", "classic rock")),
    (r"hardrock|heavymetal|metal|mtl|hrk|thr|punk", ("hard rock", "heavy metal", "heavy rock")),
    (r"bossa|nova", ("bossa nova", "bossa", "soft latin jazz")),
    (r"samba", ("samba", "brazilian samba", "fast latin")),
    (r"mambo", ("mambo", "latin", "cuban mambo")),
    (r"salsa|^son$|cubanguitar", ("salsa", "latin", "cuban")),
    (r"chacha", ("cha-cha", "latin", "cha cha cha")),
    (r"rhumba|jazzrhumba|beguine|bolero", ("rhumba", "slow latin", "bolero")),
    (r"merengue|calypso|quando", ("calypso", "caribbean", "latin")),
    (r"latin|desert|afro", ("latin", "latin groove", "afro-latin")),
    (r"tango", ("tango", "argentine tango", "dramatic tango")),
    (r"reggae", ("reggae", "jamaican", "one drop reggae")),
    (r"^ska", ("ska", "upbeat ska", "fast jamaican")),
    (r"bebop|fastswing|fastbigband", ("fast swing", "bebop", "up-tempo jazz")),
    (r"bigband|basie|westernswing|countryswing", ("big band swing", "big band jazz", "swing")),
    (r"jazzrock|fusion|fus|lfusion", ("jazz fusion", "fusion", "jazz rock")),
    (r"swing|jazz|evansish|nitejazz|mellowjazz|strut|easyswing|gypsy|broadway|showtune|softshoe", ("jazz", "swing", "jazzy", "swing jazz")),
    (r"68blus|blues|blus|shuffle|boggie|boogie|shfl", ("blues shuffle", "blues", "shuffle")),
    (r"funk", ("funk", "funky", "tight funk")),
    (r"hiphop|hip-hop|trip", ("hip hop", "hip-hop beat", "trip hop")),
    (r"r\+b|rnb|modernrb|mellowrb|^rb|soul|motown|dsoul", ("soul", "r&b", "motown soul")),
    (r"techno|trance|rave", ("techno", "trance", "electronic dance")),
    (r"house|disco|dance|electricpop", ("disco", "dance", "house")),
    (r"dnb", ("drum and bass", "breakbeat", "jungle")),
    (r"ambient", ("ambient", "electronic ambient", "atmospheric")),
    (r"country|cntr|bluegrass|hillcountry|western|zydeco|dixie$", ("country", "bluegrass", "country western")),
    (r"folk", ("folk", "acoustic folk", "folky")),
    (r"waltz", ("waltz", "three-four waltz", "viennese waltz")),
    (r"march", ("march", "military march", "marching band")),
    (r"polka|foxtrot|quickstep|charleston|ragtime|2beatp|dixie|bwmarch", ("old-time", "ragtime", "ballroom dance")),
    (r"ballad|lullaby|serenade|bald|boneym|hymn|spiritual", ("ballad", "slow ballad", "gentle ballad")),
    (r"twist|50s|60s|jive|oldie|k50|slowrock", ("rock and roll", "fifties rock", "oldies")),
    (r"16beat|beat16|80s|slow16", ("pop", "sixteen-beat pop", "eighties pop")),
    (r"", ("pop", "light pop")),
)  # fmt: skip
DRUM_WORDS = {
    "four on the floor": ("four on the floor", "with a steady kick on every beat", "four-to-the-floor kick"),
    "backbeat": ("with a backbeat", "snare on two and four", "backbeat"),
    "half-time": ("half-time", "half-time feel", "with a half-time snare"),
    "ghost notes": ("with ghost notes", "ghosted snare"),
    "ride": ("with ride cymbal", "on the ride", "ride cymbal groove"),
    "hi-hat": ("with hi-hat", "on the hi-hat", "hi-hat groove"),
    "sixteenth hats": ("with sixteenth hi-hats", "fast hi-hats", "sixteenth-note hats"),
    "open hats": ("with open hi-hats", "open hats"),
    "side-stick": ("with side-stick", "cross-stick", "rimshot groove"),
    "claps": ("with claps", "handclaps"),
    "shaker": ("with shaker", "shaker and tambourine", "with maracas"),
    "hand percussion": ("with congas", "congas and bongos", "hand percussion"),
    "bell": ("with cowbell", "cowbell and claves", "with clave"),
    "toms": ("with toms", "tom-heavy", "tom groove"),
    "no cymbals": ("no cymbals", "without cymbals", "no hats or cymbals"),
    "only kick and snare": ("only kick and snare", "just kick and snare"),
    "no kick": ("no kick", "without bass drum"),
    "fill": ("with a fill", "with a drum fill at the end", "ending in a fill"),
}
PITCHED_WORDS = {
    "held": ("held", "sustained", "long notes", "pad-like"),
    "short": ("short", "staccato", "short notes", "clipped"),
    "offbeats": ("offbeat", "on the offbeats", "skank"),
    "walking": ("walking", "walking quarter notes", "walking line"),
    "roots": ("root notes", "simple roots", "plain roots"),
    "roots and fifths": ("roots and fifths", "alternating root and fifth", "two-beat"),
    "octaves": ("octaves", "octave jumps", "disco octaves"),
    "arpeggio": ("arpeggiated", "arpeggios", "broken chords", "picking"),
    "line": ("single notes", "single line", "counter-melody"),
    "sixteenths": ("sixteenth notes", "driving sixteenths"),
    "on the beat": ("on the beat", "quarter notes", "on every beat"),
}
_LOW = {
    "density": ("sparse", "simple", "minimal", "laid-back", "open"),
    "loudness": ("soft", "quiet", "gentle", "light", "delicate"),
    "syncopation": ("straight on the beat", "steady", "square"),
    "register": ("low", "deep", "in a low register"),
}
_HIGH = {
    "density": ("busy", "dense", "driving", "active", "full"),
    "loudness": ("loud", "hard", "powerful", "strong", "heavy"),
    "syncopation": ("syncopated", "off-beat", "groovy"),
    "register": ("high", "bright register", "in a high register"),
}
_PART = {
    "drums": ("drums", "drums", "drum groove", "drum beat", "beat", "drum part"),
    "bass": ("bass", "bass", "bass line", "bass part"),
    "guitar": ("guitar", "guitar", "rhythm guitar", "guitar part"),
    "keys": ("keys", "piano", "keyboard", "piano chords", "electric piano"),
    "strings": ("strings", "string section", "strings part", "violins"),
    "brass": ("brass", "horns", "brass section", "horn part"),
    "winds": ("winds", "woodwinds", "saxes and flutes", "wind section"),
    "lead": ("lead", "melody", "solo line", "lead line"),
}
_SWING = {True: ("swung", "with a swing feel", "swinging", "triplet feel"), False: ("straight", "straight eighths", "even eighths")}
_METRE = {"3/4": ("in three", "waltz time", "3/4"), "6/8": ("in six-eight", "6/8", "compound time"), "5/4": ("in five", "5/4", "five-four")}
_SPEED = ((78, ("slow",)), (104, ("relaxed", "mid-tempo")), (140, ("mid-tempo",)), (170, ("fast", "up-tempo")), (999, ("very fast", "up-tempo")))


def genre(stem):
    """Words for the genre of a library file, the usual one first."""
    return next(words for pattern, words in _GENRES if re.search(pattern, stem.lower()))


def levels(ranks, controls):
    """[(control, "low" or "high")] for ranks (0 to 1 among the part's own kind) that stand out."""
    return [(c, "low" if r < 0.22 else "high") for c, r in zip(controls, ranks) if r < 0.22 or r > 0.78]


_FIRST = ("held", "sustained", "short", "staccato", "clipped", "offbeat", "walking", "arpeggiated", "half-time", "four on the floor")
VARIANTS = 3  # phrasings of the same things: captions repeat between windows, and each has to be encoded only once


def _facts(part, traits, ranks, controls, swing, metre, tempo):
    """All that can be said of a part: (kind, what)."""
    found = [(c, side) for c, side in levels(ranks, controls) if part != "drums" or c != "register"]
    found += [("trait", trait) for trait in sorted(traits)]
    if swing is not None:
        found.append(("swing", swing))
    if metre in _METRE:
        found.append(("metre", metre))
    return found


def _said(rng, part, kind, what):
    """(whether it stands before the part, the words)."""
    if kind == "trait":
        word = rng.choice((DRUM_WORDS if part == "drums" else PITCHED_WORDS)[what])
        return word in _FIRST, word
    if kind == "swing":
        word = rng.choice(_SWING[what])
    elif kind == "metre":
        return False, rng.choice(_METRE[what])
    elif kind == "speed":
        return True, rng.choice(what)
    else:
        word = rng.choice((_LOW if what == "low" else _HIGH)[kind])
    return " " not in word, word


def caption(rng, part, stem, traits, ranks, controls, swing, metre, tempo):
    """One phrasing: now and then all that is known, mostly two or three things, sometimes the genre or the part alone."""
    facts = _facts(part, traits, ranks, controls, swing, metre, tempo)
    amount = rng.choice((0, 1, 1, 2, 2, 3))
    picked = sorted(rng.sample(facts, min(amount, len(facts))), key=str)
    if rng.random() < 0.1:
        picked.append(("speed", next(words for limit, words in _SPEED if tempo < limit)))
    names = genre(stem)
    with_genre = rng.random() < (0.95 if not picked else 0.75)
    # How it is said depends on what is said alone.
    rng = random.Random(f"{part} {names if with_genre else None} {picked} {rng.randrange(VARIANTS)}")
    style = rng.choice((names[0], *names)) if with_genre else ""
    name = rng.choice(_PART[part])
    said = [_said(rng, part, *fact) for fact in picked]
    adjectives, follow = [w for first, w in said if first], [w for first, w in said if not first]
    rng.shuffle(adjectives)
    rng.shuffle(follow)
    form = rng.random()
    if form < 0.75:
        text = " ".join([*adjectives, style, name]).strip()
        text += "".join((" " if w.startswith(("with", "on ", "in ")) and i == 0 else ", ") + w for i, w in enumerate(follow))
        if rng.random() < 0.3:
            text = rng.choice(("add ", "add some ", "give me ", "play ", "make it ")) + text
    else:
        some = [w for w in [style, *adjectives, *follow] if w]
        rng.shuffle(some)
        text = (f"{name}: " if form < 0.85 else "") + ", ".join(some or [name])
    return re.sub(r"\s+", " ", text).strip()


def whole(rng, stem, swing, metre, tempo, ranks):
    """A phrasing for several parts at once: genre, feel, density and dynamics of all."""
    facts = _facts("all", (), ranks[:2], ("density", "loudness"), swing, metre, tempo)
    facts.append(("speed", next(words for limit, words in _SPEED if tempo < limit)))
    picked = sorted(rng.sample(facts, min(rng.choice((0, 1, 1, 2)), len(facts))), key=str)
    names = genre(stem)
    rng = random.Random(f"all {names} {picked} {rng.randrange(VARIANTS)}")
    name = rng.choice(("arrangement", "band", "accompaniment", "backing", "groove", "rhythm section", ""))
    said = [_said(rng, "all", *fact)[1] for fact in picked]
    rng.shuffle(said)
    return ", ".join([f"{rng.choice((names[0], *names))} {name}".strip(), *said])
