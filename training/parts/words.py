"""Captions of parts: genre, feel, density, dynamics, rhythm, in many phrasings, from the groove's name and the measured roll."""

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


def _phrases(rng, part, traits, ranks, controls, swing, metre, tempo):
    """Adjectives that stand before the part, and what follows it."""
    before, after = [], []
    for control, side in levels(ranks, controls):
        if part == "drums" and control == "register":
            continue
        word = rng.choice((_LOW if side == "low" else _HIGH)[control])
        (after if " " in word else before).append(word)
    table = DRUM_WORDS if part == "drums" else PITCHED_WORDS
    for trait in sorted(traits):
        word = rng.choice(table[trait])
        (before if word in ("held", "sustained", "short", "staccato", "clipped", "offbeat", "walking", "arpeggiated", "half-time", "four on the floor") else after).append(word)
    if swing is not None and rng.random() < 0.4:
        word = rng.choice(_SWING[swing])
        (after if " " in word else before).append(word)
    if metre in _METRE and rng.random() < 0.3:
        after.append(rng.choice(_METRE[metre]))
    if rng.random() < 0.15:
        before.append(rng.choice(next(words for limit, words in _SPEED if tempo < limit)))
    rng.shuffle(before)
    rng.shuffle(after)
    return before, after


def caption(rng, part, stem, traits, ranks, controls, swing, metre, tempo):
    """One phrasing: now and then all that is known, mostly two or three things, sometimes the genre or the part alone."""
    before, after = _phrases(rng, part, traits, ranks, controls, swing, metre, tempo)
    amount = rng.choice((0, 1, 1, 2, 2, 3, 4))
    picked = [("before", w) for w in before] + [("after", w) for w in after]
    picked = rng.sample(picked, min(amount, len(picked)))
    words = genre(stem)
    style = (words[0] if rng.random() < 0.5 else rng.choice(words)) if rng.random() < (0.95 if amount == 0 else 0.75) else ""
    name = rng.choice(_PART[part])
    adjectives = [w for where, w in picked if where == "before"]
    follow = [w for where, w in picked if where == "after"]
    form = rng.random()
    if form < 0.75:
        text = " ".join([*adjectives, style, name]).strip()
        text += "".join((" " if w.startswith(("with", "on ", "in ", "without")) and i == 0 else ", ") + w for i, w in enumerate(follow))
    else:
        some = [w for w in [style, *adjectives, *follow] if w]
        rng.shuffle(some)
        text = (f"{name}: " if form < 0.85 else "") + ", ".join(some or [name])
    text = re.sub(r"\s+", " ", text).strip()
    if form < 0.75 and rng.random() < 0.3:
        text = rng.choice(("add ", "add some ", "give me ", "play ", "make it ")) + text
    return text


def whole(rng, stem, swing, metre, tempo, ranks):
    """A phrasing for several parts at once: genre, feel, density and dynamics of all."""
    words = genre(stem)
    style = words[0] if rng.random() < 0.5 else rng.choice(words)
    extra = []
    if swing is not None and rng.random() < 0.4:
        extra.append(rng.choice(_SWING[swing]))
    if metre in _METRE and rng.random() < 0.4:
        extra.append(rng.choice(_METRE[metre]))
    if rng.random() < 0.3:
        extra.append(rng.choice(next(w for limit, w in _SPEED if tempo < limit)))
    for control, side in levels(ranks[:2], ("density", "loudness")):
        if rng.random() < 0.6:
            extra.append(rng.choice((_LOW if side == "low" else _HIGH)[control]))
    rng.shuffle(extra)
    name = rng.choice(("arrangement", "band", "accompaniment", "backing", "groove", "rhythm section", ""))
    return re.sub(r"\s+", " ", ", ".join([f"{style} {name}".strip(), *extra[:2]]))
