"""Captions of kits: what a player could type to get one like it."""

import re

from . import machines, pieces, vary

_NOUNS = "drum kit|drum kit|kit|drums|drums|drum set|drumset|drum sounds"
_MACHINE_NOUNS = "drum machine|kit|drums|drum kit|beats|electronic drums|drum machine kit"
_HANDS = "percussion|percussion kit|hand drums|hand percussion"

_STYLES = [
    (r"brush", "brushes|brush|jazz brushes|brushed|brush kit|soft brushes|ballad brushes|swish brushes", _NOUNS),
    (r"jazz|bd jazz", "jazz|jazz|jazzy|bebop|swing|acoustic jazz|big band|small jazz|cool jazz", _NOUNS),
    (r"orchestra", "orchestral|orchestra|concert|symphonic|classical percussion|cinematic|timpani and concert drums|marching", _NOUNS + "|percussion"),
    (r"power", "power|rock|hard rock|stadium rock|arena|heavy metal|metal|big rock|loud", _NOUNS),
    (r"room", "room|acoustic room|live|studio room|ambient acoustic|rock|pop rock", _NOUNS),
    (r"808", machines.STYLES["808"][0] + "|rap|electro", _MACHINE_NOUNS),
    (r"electronic", "electronic|synth|80s electronic|simmons|electro pop|eighties", _MACHINE_NOUNS),
    (r"standard", "acoustic|standard|studio|pop|rock|natural|clean acoustic|general midi|plain", _NOUNS),
    (r"pearl", "acoustic|rock|modern rock|metal|punk|studio|pearl|hard rock|alternative rock", _NOUNS),
    (r"forzee", "acoustic|rock|studio|natural|tama|maple|progressive rock|realistic", _NOUNS),
    (r"millo", "acoustic|jazz rock|fusion|natural|funk|blues|vintage acoustic|soul|small acoustic", _NOUNS),
    (r"pacific", "acoustic|indie|indie rock|natural|folk|country|dry acoustic|garage rock", _NOUNS),
    (r"colombo", "acoustic|homemade|live|argentine rock|raw|natural|garage", _NOUNS),
    (r"acoustic drums", "acoustic|rock|studio|natural|funk|real", _NOUNS),
    (r"audiophob", "acoustic|garage|raw|demo|plain acoustic", _NOUNS),
    (r"empire", "electronic|industrial|dirty electronic|dark electro|experimental|EBM", _MACHINE_NOUNS),
    (r"hardelectro", "hard electro|electro|techno|hard techno|aggressive electronic", _MACHINE_NOUNS),
    (r"varibreaks", "breakbeat|drum and bass|jungle|sampled breaks|big beat|hip hop", _MACHINE_NOUNS),
    (r"rumpf", "electronic|glitch|experimental|IDM|beats|found sound", _MACHINE_NOUNS),
    (r"gimme", "latin|acoustic percussion|cajon|unplugged|world|bongo", _HANDS),
    (r"afrique", "african|djembe|west african|world|ethnic|tribal", _HANDS),
    (r"^128$", "FM|AdLib|DOS game|retro|OPL3|chip", _MACHINE_NOUNS),
    (r"tabla", "indian|tabla|bollywood|world|raga", _HANDS),
]  # fmt: skip
_LATIN = "latin|salsa|afro-cuban|brazilian|samba|conga and bongo"
_ACOUSTIC_RULES = [
    (lambda a: a["decay"] < -0.35 and a["room"] == 0, "70s|funk|70s funk|disco|motown|soul|r&b|seventies|tight funk"),
    (lambda a: a["decay"] < -0.3 and a["tilt"] < -0.2, "60s|vintage|beatles|tea-towel|dead 70s|retro|motown"),
    (lambda a: a["room"] > 0.5 and a["punch"] >= 0, "stadium|arena rock|bonham|big rock|led zeppelin style|epic|cinematic"),
    (lambda a: a["lofi"] > 0.4, "boom bap|hip hop|lo-fi hip hop|90s hip hop|chillhop|sampled|old school"),
    (lambda a: a["punch"] > 0.4 and a["tilt"] > 0.1, "metal|modern rock|punk|pop punk|modern"),
    (lambda a: a["punch"] < -0.4, "ballad|quiet|folk|acoustic session|soft rock"),
    (lambda a: a["gated"] > 0.3, "80s|phil collins style|new wave|power ballad|eighties pop"),
]
_FRAMES = ["{}", "{}", "{}", "{}", "a {}", "some {}", "I want a {}", "{} please", "make a {}", "{} for a song", "my {}", "give me {}"]
_PART_NAMES = {"kick": "kick|bass drum|kick drum", "snare": "snare|snare drum", "hat": "hi-hats|hats|hi-hat", "tom": "toms|tom-toms", "cymbal": "cymbals|crashes"}
PARTS = {"kick": ("kick",), "snare": ("snare", "clap", "stick"), "hat": ("closed hat", "open hat"), "tom": ("tom",), "cymbal": ("cymbal", "ride")}
PART_OF = {key: part for part, groups in PARTS.items() for key, group in pieces.GROUP_OF.items() if group in groups}


def style_of(name):
    """(style words, nouns) of a recorded kit."""
    for pattern, styles, nouns in _STYLES:
        if re.search(pattern, name.lower()):
            return styles.split("|"), nouns.split("|")
    return ["electronic", "synthetic", "sampled"], _MACHINE_NOUNS.split("|")


def is_acoustic(nouns):
    return "drum machine" not in nouns


def machine_style(style):
    return machines.STYLES[style][0].split("|"), _MACHINE_NOUNS.split("|")


def said(amounts):
    """(macro, sign) of what is worth saying, strongest first."""
    order = sorted(amounts, key=lambda name: -abs(amounts[name]))
    return [(name, 1 if amounts[name] > 0 else -1) for name in order if abs(amounts[name]) >= vary.SAID]


def captions(rng, styles, nouns, amounts, part_amounts, count=10):
    """`count` phrasings; a share leaves things out, as people do."""
    pick = lambda options: options[int(rng.integers(len(options)))]
    rules = [words.split("|") for rule, words in _ACOUSTIC_RULES if is_acoustic(nouns) and rule(amounts)]
    found = []
    for _ in range(count):
        adjectives = [pick(vary.WORDS[key].split("|")) for key in said(amounts) if rng.random() < 0.8]
        style = pick(styles)
        if rules and rng.random() < 0.6:
            style = pick(pick(rules)) if rng.random() < 0.6 else f"{pick(pick(rules))} {style}"
        if adjectives and rng.random() < 0.15:
            style = ""
        rng.shuffle(adjectives)
        words = [*adjectives[:3], style]
        if rng.random() < 0.8 or not any(words):
            words.append(pick(nouns))
        text = " ".join(word for word in words if word)
        parts = [(part, key) for part, each in part_amounts.items() for key in said(each)[:1]]
        if parts and rng.random() < 0.7:
            rng.shuffle(parts)
            phrases = [f"{pick(vary.WORDS[key].split('|')[:5])} {pick(_PART_NAMES[part].split('|'))}" for part, key in parts[:2]]
            text += " with " + " and ".join(f"a {p}" if not p.endswith("s") and rng.random() < 0.7 else p for p in phrases)
        text = pick(_FRAMES).format(text)
        if rng.random() < 0.15:
            text = text.capitalize()
        found.append(text)
    return found
