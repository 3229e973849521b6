"""Words about sounds: what players call instruments and how they describe tone, grouped by meaning.

Each group is a set of words that mean nearly the same sound; groups that are opposites name each other. The text
encoder learns the groups by contrast, and prompts for training are phrased from them.
"""

import random

# name -> (words, opposite)
ATTRIBUTES = {
    "bright": ("bright brilliant shiny sparkling crisp sharp glittering treble-heavy shimmering radiant crystalline vivid", "dark"),
    "dark": ("dark dull muted murky dim shadowy black low-passed closed gloomy somber muffled", "bright"),
    "warm": ("warm cozy mellow rich rounded velvety smooth-toned honeyed lush", "cold"),
    "cold": ("cold icy glassy sterile frosty frozen clinical chilly", "warm"),
    "soft": ("soft gentle delicate tender quiet subtle light faint", "aggressive"),
    "aggressive": ("aggressive hard harsh biting screaming brutal angry fierce heavy raging", "soft"),
    "plucky": ("plucky plucked snappy short staccato percussive picked pinched fast-decaying", "sustained"),
    "sustained": ("sustained long held continuous droning endless steady legato", "plucky"),
    "slow attack": ("slow-attack swelling fading-in swell gradual slow soft-attack rising blooming", "fast attack"),
    "fast attack": ("fast-attack punchy immediate clicky hard-hitting tight snappy-attack", "slow attack"),
    "long release": ("long-release lingering ringing trailing reverberant decaying-slowly tailing resonating", "short release"),
    "short release": ("short-release dry tight damped choked clipped abrupt", "long release"),
    "noisy": ("noisy breathy airy hissing windy whispery dusty lo-fi", "pure"),
    "pure": ("pure clean simple sine-like plain clear transparent flute-like", "noisy"),
    "hollow": ("hollow woody square-wave clarinet-like nasal-hollow empty odd-harmonic", "full"),
    "full": ("full thick fat big huge wide massive rich-bodied dense", "hollow"),
    "thin": ("thin reedy narrow small weak tinny skinny", "full"),
    "metallic": ("metallic clangy steely brassy-metal bell-like inharmonic clanging iron", "wooden"),
    "wooden": ("wooden woody organic natural oaken timber-like", "metallic"),
    "detuned": ("detuned chorused wobbly out-of-tune supersaw unison beating spread", "pure"),
    "distorted": ("distorted gritty dirty fuzzy overdriven crunchy saturated crushed raw", "pure"),
    "sub": ("sub deep low subby bottom-heavy boomy rumbling", "thin"),
    "high": ("high high-pitched high-register treble soprano", "sub"),
    "moving": ("moving evolving modulated animated shifting morphing sweeping pulsing wobbling", "static"),
    "static": ("static still unmoving flat constant stable", "moving"),
    "vibrato": ("vibrato tremolo trembling quivering shaking singing", "static"),
    "vintage": ("vintage retro old analog classic antique seventies", "digital"),
    "digital": ("digital modern synthetic futuristic electronic clean-digital fm", "vintage"),
    "acoustic": ("acoustic real natural live unplugged orchestral", "electronic"),
    "electronic": ("electronic synthetic artificial synth synthesized electric", "acoustic"),
    "dreamy": ("dreamy ethereal ambient heavenly floating atmospheric misty spacey hazy", "aggressive"),
    "eerie": ("eerie spooky scary haunting ghostly creepy sinister horror tense", "happy"),
    "happy": ("happy cheerful playful cute joyful sunny toy-like childish", "eerie"),
    "sad": ("sad melancholic lonely mournful sorrowful wistful", "happy"),
    "epic": ("epic cinematic majestic grand powerful heroic dramatic soaring", "soft"),
}

# family -> instrument -> other names for it
INSTRUMENTS = {
    "bass": {
        "electric bass": "bass guitar, fingered bass, finger bass, picked bass, precision bass, jazz bass",
        "slap bass": "slapped bass, funk bass",
        "fretless bass": "fretless",
        "upright bass": "double bass pizzicato, jazz upright, standup bass, acoustic bass",
        "synth bass": "analog bass, moog bass, bass synth, electronic bass, minimoog bass",
        "sub bass": "subbass, deep sub, 808 bass, low sub",
        "acid bass": "303, tb-303 bass, squelchy bass, resonant bass",
        "reese bass": "drum and bass bass, dnb bass, growl bass, dubstep bass, wobble bass",
    },
    "brass": {
        "trumpet": "horn lead, muted trumpet, cornet, flugelhorn",
        "trombone": "bass trombone, slide trombone",
        "french horn": "horn, horns, horn section",
        "tuba": "sousaphone, euphonium",
        "brass section": "brass ensemble, big band brass, brass stabs",
        "synth brass": "analog brass, oberheim brass, jump brass, poly brass",
    },
    "chromatic percussion": {
        "glockenspiel": "glock, orchestra bells",
        "tubular bells": "church bell, chimes, tower bells, cathedral bell",
        "bell": "bells, fm bell, hand bell, crystal bells, tinkle bell",
        "celesta": "celeste",
        "music box": "musical box, toy box",
        "steel drum": "steel pan, steelpan",
        "dulcimer": "hammered dulcimer, santur, cimbalom",
        "gong": "tam-tam, singing bowl, tibetan bowl",
    },
    "drum": {
        "taiko drum": "taiko, big drum",
        "tom": "melodic tom, floor tom, tom tom, synth drum",
        "timpani": "kettledrum, timpani roll",
        "kick": "kick drum, bass drum",
        "snare": "snare drum, clap",
        "woodblock": "wood block, claves, agogo",
        "conga": "bongo, djembe, hand drum, tabla",
        "cymbal": "hi-hat, crash, reverse cymbal",
    },
    "effect": {
        "sound effect": "fx, effect, noise effect, sweep, riser, laser, zap",
        "rain": "rain fx, water, sea shore, ocean, wind noise, thunder",
        "sci-fi": "alien, spaceship, robot, computer, ufo",
        "noise": "white noise, static, hiss, machine, engine",
        "goblins": "monster, ghost, atmosphere fx, soundscape, texture",
    },
    "guitar": {
        "acoustic guitar": "nylon guitar, classical guitar, steel string guitar, spanish guitar, folk guitar, twelve string guitar",
        "electric guitar": "clean guitar, jazz guitar, stratocaster, telecaster, hollow body guitar",
        "distorted guitar": "overdriven guitar, rock guitar, metal guitar, power chord guitar, fuzz guitar",
        "muted guitar": "palm muted guitar, muted electric guitar, funk guitar",
        "guitar harmonics": "harmonics guitar, flageolet guitar",
    },
    "keys": {
        "piano": "grand piano, acoustic piano, concert grand, upright piano, honky-tonk piano, steinway",
        "electric piano": "rhodes, e-piano, ep, wurlitzer, wurly, suitcase piano, dx7 electric piano, fender rhodes",
        "clavinet": "clav, funk clav, d6",
        "harpsichord": "cembalo, spinet, clavichord, baroque keyboard",
        "synth keys": "poly synth, polysynth, synth piano, keyboard",
    },
    "mallet": {
        "marimba": "bass marimba, rosewood marimba",
        "vibraphone": "vibes, vibraharp",
        "xylophone": "xylo, wooden bars",
        "kalimba": "thumb piano, mbira",
        "balafon": "bamboo mallets, log drum, wooden mallets",
    },
    "organ": {
        "hammond organ": "drawbar organ, b3, tonewheel organ, jazz organ, rock organ, percussive organ",
        "church organ": "pipe organ, cathedral organ, principal organ",
        "reed organ": "harmonium, pump organ",
        "accordion": "squeezebox, bandoneon, concertina, tango accordion, musette",
        "combo organ": "farfisa, vox continental, transistor organ, synth organ",
    },
    "pad": {
        "pad": "synth pad, warm pad, analog pad, ambient pad, background pad, space pad",
        "string pad": "string machine, solina, synth string pad, ensemble pad",
        "choir pad": "vocal pad, halo pad, angel pad",
        "sweep pad": "filter sweep pad, evolving pad, motion pad",
        "drone": "dark drone, texture pad, ambient drone, atmosphere",
    },
    "pluck": {
        "harp": "orchestral harp, concert harp, celtic harp, lyre",
        "banjo": "five string banjo, mandolin, ukulele",
        "koto": "shamisen, guzheng, sitar, oud, zither, lute",
        "pizzicato strings": "pizzicato, pizz, plucked strings",
        "synth pluck": "pluck, plucked synth, edm pluck, trance pluck, short synth, stab",
    },
    "reed": {
        "saxophone": "sax, alto sax, tenor sax, soprano sax, baritone sax",
        "clarinet": "bass clarinet",
        "oboe": "english horn, cor anglais, shawm, double reed",
        "bassoon": "contrabassoon",
        "harmonica": "mouth harp, blues harp",
        "bagpipe": "bag pipes, hurdy gurdy",
    },
    "strings": {
        "violin": "fiddle, solo violin",
        "viola": "solo viola",
        "cello": "violoncello, solo cello",
        "contrabass": "double bass arco, bowed bass, bowed contrabass",
        "string ensemble": "strings, string section, orchestra strings, string orchestra, bowed strings, bowed string",
        "tremolo strings": "trembling strings, suspense strings",
        "synth strings": "analog strings, electronic strings",
    },
    "synth lead": {
        "synth lead": "lead, lead synth, solo synth, mono lead, monosynth",
        "saw lead": "sawtooth lead, supersaw lead, trance lead, saw wave",
        "square lead": "square wave lead, chiptune lead, 8-bit lead, pulse lead, game boy",
        "sync lead": "hard sync lead, screaming lead, distorted lead",
        "calliope lead": "soft lead, sine lead, whistle lead, portamento lead, theremin",
        "charang": "guitar lead synth, fifths lead, bass and lead",
    },
    "voice": {
        "choir": "choir aahs, voice aahs, chorus, vocal ensemble, monks, gregorian choir",
        "voice": "solo voice, vocal, singer, human voice, female voice, male voice, voice oohs, humming",
        "synth voice": "vocoder, vox, synth choir, robot voice, formant synth, talking synth",
    },
    "wind": {
        "flute": "concert flute, alto flute, wooden flute",
        "piccolo": "small flute, fife",
        "recorder": "block flute, tin whistle, penny whistle",
        "pan flute": "pan pipes, panpipe, zampona",
        "shakuhachi": "bamboo flute, bottle blow, blown bottle, ney",
        "ocarina": "whistle, whistling",
    },
}

# attribute -> what a sound with it has
FEATURES = {
    "bright": "high harmonics|lots of treble|sparkle|a bright tone|high overtones",
    "dark": "a dark tone|little treble|rolled-off highs",
    "warm": "warmth|a warm tone|a warm low end",
    "soft": "a soft touch|light bowing|a gentle tone",
    "aggressive": "bite|aggression|an edge",
    "plucky": "a short decay|a quick decay|no sustain",
    "sustained": "endless sustain|a long sustain|full sustain",
    "slow attack": "a slow attack|a soft attack|a long fade-in|a gentle swell",
    "fast attack": "a fast attack|attack|a hard attack|a click|a sharp transient",
    "long release": "a long release|a long tail|a ringing release",
    "short release": "a short release|an abrupt end",
    "noisy": "breath|noise|breath noise|hiss|air|bow noise",
    "pure": "a pure tone|a clean tone",
    "hollow": "a hollow tone|mostly odd harmonics",
    "full": "body|a full sound|thickness",
    "thin": "a thin sound|little body|a weak fundamental",
    "metallic": "metallic overtones|a metallic ring|inharmonic partials",
    "wooden": "a wooden body|a woody tone",
    "detuned": "detuned oscillators|chorus|a thick unison|detuning",
    "distorted": "distortion|grit|fuzz|overdrive",
    "sub": "sub bass|low end|a sub octave|bass",
    "moving": "movement|motion|modulation|shimmer",
    "static": "a steady tone|no movement",
    "vibrato": "vibrato|a singing vibrato|sparse vibrato|tremolo",
}

GENRES = (
    "jazz rock funk techno house trance ambient classical film folk blues pop metal hip-hop lo-fi disco reggae "
    "baroque drum-and-bass dubstep synthwave new-age industrial gospel country latin celtic video-game horror "
    "science-fiction meditation"
).split()

PHRASINGS = (
    "{t}",
    "a {t}",
    "{t} sound",
    "the sound of a {t}",
    "{t} patch",
    "{t} preset",
    "{t} tone",
    "I want a {t}",
    "give me a {t}",
    "something like a {t}",
    "{t} instrument",
    "{t} for {g}",
    "{g} {t}",
    "{t} for a {g} track",
    "please make a {t}",
    "{t}, {g} style",
)


def words_of(attribute):
    return ATTRIBUTES[attribute][0].split()


def names_of(family, instrument):
    return [instrument] + [n.strip() for n in INSTRUMENTS[family][instrument].split(",")]


def instrument_of():
    """Every instrument name and synonym -> (family, instrument)."""
    return {
        name: (family, instrument)
        for family, instruments in INSTRUMENTS.items()
        for instrument in instruments
        for name in names_of(family, instrument)
    }


def without(attribute, rng):
    """How one asks for `attribute` by what it isn't, or None: "no attack" is a slow attack."""
    opposite = ATTRIBUTES[attribute][1]
    # What is itself a lack of something isn't denied: nobody says "without no movement".
    had = [f for f in FEATURES.get(opposite, "").split("|") if f and not f.startswith(("no ", "little ", "a weak"))]
    if had and rng.random() < 0.65:
        thing = rng.choice(had)
        return rng.choice(("without {}", "with no {}", "no {}", "not much {}", "less {}")).format(thing.removeprefix("a ").removeprefix("an "))
    return rng.choice(("not {}", "not too {}", "never {}", "but not {}")).format(rng.choice(words_of(opposite)))


def draw_meaning(rng):
    """A random sound in words' terms: (family, instrument, attributes), attributes without opposites."""
    family = rng.choice(list(INSTRUMENTS))
    instrument = rng.choice(list(INSTRUMENTS[family]))
    attributes = []
    for name in rng.sample(list(ATTRIBUTES), rng.choice((0, 1, 1, 2, 2, 3))):
        if all(ATTRIBUTES[name][1] != other and ATTRIBUTES[other][1] != name for other in attributes):
            attributes.append(name)
    return family, instrument, tuple(attributes)


def phrase(meaning, rng, exact=0.35):
    """One way to say a meaning. `exact`: the chance that a plain name is used instead of a synonym."""
    family, instrument, attributes = meaning
    noun = instrument if rng.random() < exact else rng.choice(names_of(family, instrument))
    if rng.random() < 0.06:
        noun = family
    adjectives = [a if rng.random() < exact and " " not in a else rng.choice(words_of(a)) for a in attributes]
    adjectives = [a.replace("-", " ") if rng.random() < 0.5 else a for a in adjectives]
    rng.shuffle(adjectives)
    style = rng.random()
    features = [rng.choice(FEATURES[a].split("|")) for a in attributes if a in FEATURES]
    denied = [words for a in attributes if (words := without(a, rng))]
    if not adjectives:
        text = noun
    elif style < 0.1 and len(denied) == len(attributes):
        text = noun + ", " + ", ".join(denied)
    elif style < 0.2 and len(features) == len(attributes):
        text = f"{noun} with {', '.join(features[:-1])}{' and ' if features[1:] else ''}{features[-1]}"
    elif style < 0.28 and denied:
        # The last is denied, the others are said.
        said = [rng.choice(words_of(a)) for a in attributes[:-1]]
        text = f"{' '.join([*said, noun])}{rng.choice((', ', ' '))}{without(attributes[-1], rng)}"
    elif style < 0.36:
        text = rng.choice(("like a {n} but {a}", "a {n} but {a}", "{n}-like, {a}", "similar to a {n}, but {a}")).format(
            n=noun, a=" and ".join(adjectives)
        )
    elif style < 0.44 and features:
        text = f"a {noun} with {features[0]}, {' and '.join(adjectives[1:] or adjectives)}"
    elif style < 0.75:
        text = (", " if rng.random() < 0.2 else " ").join(adjectives) + " " + noun
    elif style < 0.9:
        text = noun + rng.choice((", ", " that sounds ", ": ", " but ")) + (" and " if rng.random() < 0.5 else ", ").join(adjectives)
    else:
        text = adjectives[0] + " " + noun + (" with a " + " ".join(adjectives[1:]) + " tone" if adjectives[1:] else "")
    if rng.random() < 0.45:
        text = rng.choice(PHRASINGS).format(t=text, g=rng.choice(GENRES))
    return text


def phrases(count, seed):
    """`count` random phrases with their meanings."""
    rng = random.Random(seed)
    meanings = [draw_meaning(rng) for _ in range(count)]
    return meanings, [phrase(m, rng) for m in meanings]
