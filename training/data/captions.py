"""Captions: many ways in which a player could ask for an instrument.

Words come from the preset's name, its family, and measured descriptors: each descriptor is ranked
among all instruments and within the family, and extreme ranks become adjectives and features.
"""

import random
import re

import numpy as np

CAPTIONS = 14
SEED = 11

# descriptor, lowest rank, highest rank, adjectives, features ("with …")
_RULES = [
    ("brightness", 0.80, 1.01, "bright|bright|brilliant|crisp|shiny|sharp", "lots of treble|a bright tone|high overtones"),
    ("brightness", 0.00, 0.20, "dark|dark|mellow|muted|dull|muffled", "a dark tone|little treble|rolled-off highs"),
    ("brightness", 0.15, 0.45, "warm|warm|warm|round|mellow", "a warm tone|warmth"),
    ("air", 0.90, 1.01, "airy|glassy|sparkling|sizzling", "sparkle|an airy top end"),
    ("attack_s", 0.78, 1.01, "soft|swelling|gentle|slow", "a soft attack|a slow attack|a gentle swell"),
    ("attack_s", 0.93, 1.01, "slow|evolving|swelling", "a very slow attack|a long fade-in"),
    ("attack_s", 0.00, 0.15, "punchy|snappy|immediate", "a fast attack|a hard attack|an instant attack"),
    ("half_second_db", 0.80, 1.01, "plucky|short|percussive|staccato", "a short decay|a quick decay|no sustain"),
    ("decay_db", 0.65, 0.85, "decaying|plucked|struck", "a natural decay|a long decay"),
    ("decay_db", 0.00, 0.20, "sustained|steady|held", "full sustain|endless sustain"),
    ("release_s", 0.80, 1.01, "lingering|ringing|dreamy", "a long release|a long tail|a ringing release"),
    ("release_s", 0.00, 0.12, "tight|dry", "a short release|an abrupt end"),
    ("noise_db", 0.86, 1.01, "breathy|noisy|gritty|dirty|rough", "noise|breath noise|grit"),
    ("noise_db", 0.00, 0.15, "clean|pure|clear", "a clean tone|no noise"),
    ("attack_noise_db", 0.88, 1.01, "clicky|percussive", "a noisy attack|a click at the start"),
    ("hollow_db", 0.88, 1.01, "hollow|woody|square", "a hollow tone|mostly odd harmonics"),
    ("between_db", 0.86, 1.01, "metallic|clangorous|inharmonic|bell-like", "metallic overtones|inharmonic partials"),
    ("sub_db", 0.85, 1.01, "deep|sub|heavy|fat", "a sub octave|a deep low end|sub bass"),
    ("stretch_cents", 0.86, 1.01, "detuned|wide|thick|chorused", "detuned oscillators|a thick unison|chorus"),
    ("motion_db", 0.80, 1.01, "moving|shimmering|animated|phasing", "movement|shimmer|a moving tone"),
    ("motion_db", 0.00, 0.12, "static|steady|plain", "a steady tone|no movement"),
    ("tremolo_db", 0.88, 1.01, "pulsing|wobbling|tremolo", "tremolo|a pulsing volume"),
    ("sweep_octaves", 0.94, 1.01, "opening|brightening|sweeping", "a filter that opens|a tone that brightens as it is held"),
    ("sweep_octaves", 0.00, 0.07, "closing|fading|sweeping", "a filter that closes|a tone that darkens as it is held"),
    ("harmonics", 0.86, 1.01, "buzzy|rich|sawtooth", "rich harmonics|many overtones"),
    ("harmonics", 0.00, 0.15, "pure|sine-like|simple|smooth", "few overtones|a sine-like tone"),
    ("fundamental_db", 0.00, 0.12, "nasal|thin|reedy", "a thin sound|a weak fundamental"),
    ("fundamental_db", 0.80, 1.01, "round|smooth|full|full-bodied", "a strong fundamental|a full body"),
    ("velocity_octaves", 0.88, 1.01, "expressive|dynamic", "strong velocity response|a tone that opens up when played hard"),
]  # fmt: skip
_RULES = [(name, low, high, adjectives.split("|"), features.split("|")) for name, low, high, adjectives, features in _RULES]

_SAMPLED = {"fluid", "timgm", "musescore"}
_SOURCE_WORDS = {
    "opl3": "FM|retro|AdLib|DOS game|chiptune-like|OPL3", "hexter": "FM|digital|80s|DX7|eighties", "whysynth": "digital|synthetic|hybrid",
    "xsynth": "analog|vintage|subtractive", "zyn": "synthesized|synthetic|electronic", "amsynth": "analog|analogue|subtractive|vintage|electronic",
}  # fmt: skip
_ACOUSTIC = {"brass", "strings", "reed", "wind", "guitar", "mallet", "chromatic percussion", "voice", "pluck", "drum"}
_SYNONYMS = {
    "acoustic grand piano": "grand piano|piano|acoustic piano|concert piano", "bright acoustic piano": "bright piano|pop piano|piano",
    "electric grand piano": "electric grand|electric piano|CP80 piano", "electric piano": "electric piano|rhodes|e-piano|EP|tine piano",
    "clavinet": "clavinet|clav|funk clavinet", "harpsichord": "harpsichord|baroque harpsichord|cembalo", "drawbar organ": "drawbar organ|hammond organ|hammond",
    "hammond organ": "hammond organ|drawbar organ|tonewheel organ|B3 organ", "church organ": "church organ|pipe organ|cathedral organ",
    "nylon guitar": "nylon guitar|classical guitar|acoustic guitar|spanish guitar", "steel guitar": "steel-string guitar|acoustic guitar|folk guitar",
    "clean electric guitar": "clean electric guitar|clean guitar|electric guitar", "muted guitar": "muted guitar|palm-muted guitar",
    "overdriven guitar": "overdriven guitar|rock guitar|crunch guitar", "distortion guitar": "distorted guitar|metal guitar|lead guitar",
    "distorted guitar": "distorted guitar|overdriven guitar|rock guitar", "acoustic bass": "acoustic bass|upright bass|double bass",
    "upright bass": "upright bass|double bass|acoustic bass", "fingered bass": "fingered bass|electric bass|bass guitar", "picked bass": "picked bass|electric bass|bass guitar",
    "electric bass": "electric bass|bass guitar|finger bass", "slap bass": "slap bass|funk bass", "synth bass": "synth bass|bass|bass synth|synthesizer bass",
    "violin": "violin|solo violin|fiddle", "viola": "viola|solo viola", "cello": "cello|solo cello|violoncello", "contrabass": "contrabass|double bass|bowed bass",
    "string ensemble": "string ensemble|strings|string section|orchestra strings", "slow strings": "slow strings|string section|strings",
    "synth strings": "synth strings|string machine|strings", "pizzicato strings": "pizzicato strings|pizzicato|plucked strings", "orchestral harp": "harp|orchestral harp|concert harp",
    "choir aahs": "choir|choir aahs|vocal choir", "voice oohs": "voice oohs|vocal oohs|choir", "synth voice": "synth voice|synth choir|vocal pad", "voice": "voice|vocal|singing voice|vox",
    "choir": "choir|voices|vocal choir", "trumpet": "trumpet|solo trumpet", "french horn": "french horn|horn", "brass section": "brass section|brass|horn section|brass ensemble",
    "synth brass": "synth brass|brass synth|analog brass", "alto sax": "alto sax|saxophone|alto saxophone", "tenor sax": "tenor sax|saxophone|tenor saxophone",
    "saxophone": "saxophone|sax", "flute": "flute|concert flute", "pan flute": "pan flute|panpipes", "square lead": "square lead|square wave lead|synth lead",
    "saw lead": "saw lead|sawtooth lead|synth lead", "synth lead": "synth lead|lead|lead synth|synthesizer", "synth pad": "synth pad|pad|pad synth|soundscape",
    "pad": "pad|synth pad|ambient pad", "warm pad": "warm pad|pad|soft synth pad", "plucked synth": "plucked synth|pluck|synth pluck", "synth keys": "synth keys|synth|keyboard|poly synth",
    "synth": "synth|synthesizer|poly synth|synth keys", "bell": "bell|bells|bell sound", "synth bell": "synth bell|bell synth|digital bell", "organ": "organ|electric organ|keyboard organ",
    "percussion": "percussion|percussive hit|drum", "sound effect": "sound effect|effect|sfx|atmosphere", "vibraphone": "vibraphone|vibes", "marimba": "marimba|wooden mallets",
    "glockenspiel": "glockenspiel|bells", "koto": "koto|japanese koto", "sitar": "sitar|indian sitar", "accordion": "accordion|squeezebox", "lute": "lute|plucked strings|mandolin",
}  # fmt: skip
_SYNTHETIC = {"filter", "sawtooth", "square", "sine-like", "oscillators", "gritty", "dirty", "noisy", "rough", "grit", "noise", "phasing", "sub"}
"""Words that nobody says of an acoustic instrument."""
_BEFORE = ["a {}", "I want a {}", "give me a {}", "something like a {}", "play a {}"]
_AROUND = [*_BEFORE, "{} sound", "{} patch", "the sound of a {}"]


def readable_name(name):
    """A preset name as plain words, or ``None`` when it isn't any: "K4oid: OceanBrass2" → "ocean brass"."""
    name = re.sub(r"^[\w ]{1,6}:\s*", "", name)
    name = re.sub(r"([a-z])([A-Z])", r"\1 \2", name).replace("_", " ")
    words = re.findall(r"[A-Za-z][a-z']*|[A-Z]+", re.sub(r"[0-9]+", " ", name))
    text = " ".join(word.lower() for word in words if len(word) > 1)
    return text if len(text) >= 4 and re.search("[aeiouy]", text) else None


def ranks(values, groups):
    """Rank 0…1 of each value: mean of its rank among all and within its group."""
    values, groups = np.asarray(values, float), np.asarray(groups)

    def rank(part):
        order = np.argsort(np.argsort(part, kind="stable"), kind="stable")
        # Equal values share their middle rank.
        result = np.zeros(len(part))
        for value in np.unique(part):
            same = part == value
            result[same] = (order[same].mean() + 0.5) / len(part)
        return result

    everywhere, within = rank(values), np.full(len(values), 0.5)
    for group in np.unique(groups):
        member = groups == group
        if member.sum() >= 8:
            within[member] = rank(values[member])
        else:
            within[member] = everywhere[member]
    return (everywhere + within) / 2


def _words(rank_of, acoustic):
    """Adjective groups and feature groups that the ranks call for."""
    adjectives, features = [], []
    for name, low, high, adjective, feature in _RULES:
        if acoustic:
            adjective = [word for word in adjective if word not in _SYNTHETIC]
            feature = [text for text in feature if not _SYNTHETIC & set(text.split())]
            if not adjective or not feature:
                continue
        if low <= rank_of.get(name, 0.5) < high:
            adjectives.append(adjective)
            features.append(feature)
    return adjectives, features


def _article(text):
    """Puts "a", "an" or nothing in front of what follows."""
    if re.search(r"(strings|voices|vibes|bells|horns|mallets|winds|panpipes)\b", text):
        text = re.sub(r"\ba (?!\w+ (attack|decay|release|tone|swell|end|sound|patch))", "", text, count=1)
    return re.sub(r"\ba (?=[aeiou])", "an ", text)


def captions(instrument, rank_of):
    """About ``CAPTIONS`` different phrasings for one instrument, always the same ones; the plain noun first.

    ``instrument``: dict with ``id``, ``source``, ``name``, ``family``, ``noun``, ``named`` (how the
    family was found); ``rank_of``: descriptor name → rank 0…1.
    """
    rng = random.Random(f"{SEED}/{instrument['id']}")
    acoustic = instrument["source"] in _SAMPLED and instrument["family"] in _ACOUSTIC
    adjectives, features = _words(rank_of, acoustic)
    nouns = _SYNONYMS.get(instrument["noun"], instrument["noun"]).split("|")
    name = readable_name(instrument["name"])
    if acoustic:
        sources = ["acoustic", "realistic", "sampled", "natural", "orchestral"]
    else:
        sources = _SOURCE_WORDS.get(instrument["source"], "sampled").split("|")

    def adjective(count):
        chosen = rng.sample(adjectives, min(count, len(adjectives)))
        return [rng.choice(group) for group in chosen] or [rng.choice(sources)]

    def feature(count):
        chosen = rng.sample(features, min(count, len(features)))
        return " and ".join(rng.choice(group) for group in chosen) or "a plain tone"

    def noun():
        return rng.choice(nouns)

    makers = [
        lambda: noun(),
        lambda: f"{adjective(1)[0]} {noun()}",
        lambda: f"{adjective(1)[0]} {noun()}",
        lambda: f"{' '.join(dict.fromkeys(adjective(2)))} {noun()}",
        lambda: f"{', '.join(dict.fromkeys(adjective(3)))} {noun()}",
        lambda: f"{noun()} with {feature(1)}",
        lambda: f"{adjective(1)[0]} {noun()} with {feature(1)}",
        lambda: f"{' '.join(dict.fromkeys(adjective(2)))} {noun()} with {feature(2)}",
        lambda: f"{rng.choice(sources)} {noun()}",
        lambda: f"{adjective(1)[0]} {rng.choice(sources)} {noun()}",
        lambda: f"{adjective(1)[0]} {instrument['family']}",
        lambda: f"{instrument['family']}, {', '.join(dict.fromkeys(adjective(3)))}",
        lambda: f"{noun()} that is {' and '.join(dict.fromkeys(adjective(2)))}",
    ]
    found = [nouns[0], makers[1]()]
    if name and name != nouns[0]:
        found += [name, f"{name}, {adjective(1)[0]} {noun()}"]
    for attempt in range(200):
        if len(dict.fromkeys(found)) >= CAPTIONS:
            break
        text = makers[attempt % len(makers)]()
        if "," not in text and rng.random() < 0.4:
            text = rng.choice(_BEFORE if " with " in text or " that " in text else _AROUND).format(text)
        found.append(_article(text))
    return list(dict.fromkeys(found))[:CAPTIONS]
