"""Which of the 16 families an instrument belongs to: by General MIDI number, by words in its name
and bank, else by what was measured."""

import re

from . import general_midi
from .general_midi import SOUNDFONTS

FAMILIES = [
    "bass", "brass", "chromatic percussion", "drum", "effect", "guitar", "keys", "mallet",
    "organ", "pad", "pluck", "reed", "strings", "synth lead", "voice", "wind",
]  # fmt: skip

DEFAULT_RANGES = {
    "bass": (28, 67), "brass": (40, 84), "chromatic percussion": (60, 103), "drum": (36, 84), "effect": (36, 96),
    "guitar": (40, 84), "keys": (24, 104), "mallet": (48, 96), "organ": (36, 96), "pad": (36, 96), "pluck": (40, 96),
    "reed": (46, 88), "strings": (36, 96), "synth lead": (36, 100), "voice": (43, 84), "wind": (58, 98),
}  # fmt: skip
"""Useful keys of each family, for instruments whose real range is not known."""

# (pattern, family, noun): the first that matches a name counts; the noun is what a player would say.
_WORDS = [
    (r"double bass|contrabass|upright|acoustic bass|ac.?bass", "bass", "upright bass"),
    (r"fretless", "bass", "fretless bass"),
    (r"slap", "bass", "slap bass"),
    (r"(acid|303|tb).?bass|bassline|acid\b", "bass", "acid bass"),
    (r"sub.?bass", "bass", "sub bass"),
    (r"(syn|synth|analog|analogue|moog|mini|saw|fm|digi).?(th)?.?bass?\b|synbas", "bass", "synth bass"),
    (r"bassoon|fagott?", "reed", "bassoon"),
    (r"bass.?drum|kick|bassdr", "drum", "bass drum"),
    (r"e\.? ?bass|el(ec)?.?bass|finger.?bass|pick.?bass|jazz.?bass|rick", "bass", "electric bass"),
    (r"bass\b|bass[0-9_ ]|^bass|bs\b|basss?[a-z]?$", "bass", "synth bass"),
    (r"rhodes|e\.? ?p(iano|no|\b)|elec.*p(ia)?no|epiano|el.?piano|electric piano|wurl|\bep\b|elecpno|e\.?grand|egrand|tine", "keys", "electric piano"),
    (r"clavi?n?e?t?\b|clavinet|syn.?clv|^clav", "keys", "clavinet"),
    (r"harpsi|cembalo|spinet|hpschd", "keys", "harpsichord"),
    (r"honky|tack.?p", "keys", "honky-tonk piano"),
    (r"toy.?piano", "keys", "toy piano"),
    (r"piano|pno\b|\bgrand\b|upright", "keys", "piano"),
    (r"church|pipe.?org|cathedr|pipes\b", "organ", "church organ"),
    (r"hammond|drawbar|b3\b|jazz.?org|rock.?org|\bperc.?org", "organ", "hammond organ"),
    (r"farfisa|vox.?(org|cont)|combo", "organ", "combo organ"),
    (r"accord|bandon|musette|concertina", "reed", "accordion"),
    (r"harmonica|blues.?harp", "reed", "harmonica"),
    (r"organ|orgel|\borg\b|porgan|[a-z]orgn?\b", "organ", "organ"),
    (r"glock|gloken", "chromatic percussion", "glockenspiel"),
    (r"celest", "chromatic percussion", "celesta"),
    (r"music.?box|musicbox|toy.?box", "chromatic percussion", "music box"),
    (r"tub.*bell|tubul|church.?bell|chime", "chromatic percussion", "tubular bells"),
    (r"steel.?(drum|pan)|steeldr", "chromatic percussion", "steel drum"),
    (r"bell|gamelan|gong|carill|crotal|tinkl", "chromatic percussion", "bell"),
    (r"vibr?a?phone|\bvibes?\b|^vib\b", "mallet", "vibraphone"),
    (r"marim", "mallet", "marimba"),
    (r"xylo|balaf", "mallet", "xylophone"),
    (r"kalimb|mbira|thumb.?p", "pluck", "kalimba"),
    (r"mallet|log.?drum|wood.?(blo|bl)", "mallet", "mallet"),
    (r"dist.*g(ui)?t|overdr|power.?g|metal.?g|rock.?guit|lead.?g(ui)?t", "guitar", "distorted guitar"),
    (r"nylon|classic.*guit|spanish|flamenc", "guitar", "nylon guitar"),
    (r"guitar|guit\b|g(ui)?tr\b|^git|gitar|strat|telecas|12.?str", "guitar", "guitar"),
    (r"sitar|tampura|sarod", "pluck", "sitar"),
    (r"banjo", "pluck", "banjo"),
    (r"koto|shami|guzheng|biwa|pipa", "pluck", "koto"),
    (r"dulcim|santu|cimbal|hammer.?d", "pluck", "dulcimer"),
    (r"pizz", "pluck", "pizzicato strings"),
    (r"\bharp\b|harp[0-9 ]|celtic.?h|^harp", "pluck", "harp"),
    (r"mandol|\blute\b|\boud\b|balala|bouzou|lyre|ukul|zither", "pluck", "lute"),
    (r"timp", "drum", "timpani"),
    (r"\btom|conga|bongo|tabla|snare|hi.?hat|cymb|clap|percus|drum|perc\b|taiko|block|castan|beat\b", "drum", "percussion"),
    (r"trump|^tpt|trpt|cornet", "brass", "trumpet"),
    (r"flugel|flugl", "brass", "flugelhorn"),
    (r"trombo|bone\b", "brass", "trombone"),
    (r"\btuba|euphon", "brass", "tuba"),
    (r"eng.*horn", "reed", "english horn"),
    (r"fr.*horn|horns?\b|horn[0-9 _]", "brass", "french horn"),
    (r"brass|brazz|^brs", "brass", "brass section"),
    (r"sax", "reed", "saxophone"),
    (r"clarin|\bclar", "reed", "clarinet"),
    (r"oboe|shanai|shehnai|duduk|zurna|crumh|shawm", "reed", "oboe"),
    (r"bagp|uillean", "reed", "bagpipe"),
    (r"\breed", "reed", "reed instrument"),
    (r"pan.?fl|pan.?pip|siku", "wind", "pan flute"),
    (r"picc", "wind", "piccolo"),
    (r"recorder|blockfl", "wind", "recorder"),
    (r"shaku|bamboo", "wind", "shakuhachi"),
    (r"whistl|ocarin|calliop|caliop", "wind", "whistle"),
    (r"flute|flut\b|flaut|^fl\b", "wind", "flute"),
    (r"wood.?wind|winds\b|bottle|blow", "wind", "woodwind"),
    (r"choir|choral|chorus.?of|ahh|aah|ooh|monk|gregor", "voice", "choir"),
    (r"vox|voic|vocal|voco|human|sing(er|ing)|soprano|tenor|larynx|throat", "voice", "voice"),
    (r"violin|fiddle|vln", "strings", "violin"),
    (r"viola\b", "strings", "viola"),
    (r"cello|celli", "strings", "cello"),
    (r"pad\b|pad[0-9_ ]|^pads?|atmos|ambien|drone|soundsc|space|heaven|dream|ether|nebul|cosm", "pad", "pad"),
    (r"string|strgs?|strng|\bstr\b|solina|ensemb|orchest|philh|bowed|\bbow\b", "strings", "string ensemble"),
    (r"sweep|noise|wind\b|storm|thund|\brain|siren|laser|ufo|alien|explo|helic|\bfx\b|effect|sfx|zap|bomb|engine|motor|train|ocean|surf|waves?\b|bubbl|bird|phone|alarm|robot|scream|ghost|horror", "effect", "sound effect"),
    (r"theremin", "synth lead", "theremin"),
    (r"pluck", "pluck", "plucked synth"),
    (r"lead|solo|sync|\bsaw|square|pulse|mono|moog|hoover|screamer", "synth lead", "synth lead"),
    (r"synth|poly|stab|keys?\b|comp\b", "keys", "synth"),
]  # fmt: skip
_WORDS = [(re.compile(pattern, re.I), family, noun) for pattern, family, noun in _WORDS]

_BANKS = {
    "Bass": "bass", "Brass": "brass", "Choir and Voice": "voice", "Guitar": "guitar", "Organ": "organ", "Pads": "pad",
    "Plucked": "pluck", "Reed and Wind": "reed", "Rhodes": "keys", "Strings": "strings", "SynthPiano": "keys", "Noises": "effect",
    "Cormi_Noise": "effect",
}  # fmt: skip
"""Families that ZynAddSubFX's bank names stand for."""

_FALLBACK_NOUNS = {
    "bass": "synth bass", "drum": "percussion", "effect": "sound effect", "pluck": "plucked synth", "pad": "synth pad",
    "keys": "synth keys", "synth lead": "synth lead", "chromatic percussion": "synth bell",
}  # fmt: skip


def by_name(name):
    """(family, noun) that the words of a preset name stand for, or ``None``."""
    spaced = re.sub(r"([a-z])([A-Z])", r"\1 \2", re.sub(r"^(FB|K4oid|X|dly):\s*", "", name)).replace("_", " ")
    return next(((family, noun) for pattern, family, noun in _WORDS if pattern.search(spaced)), None)


def by_measure(facts, pitched):
    """Family from descriptors alone (see ``descriptors``)."""
    if not pitched:
        return "drum" if facts["decay_db"] > 35 and facts["half_second_db"] > 15 else "effect"
    if facts["noise_db"] > -3 or facts["sweep_octaves"] < -4:
        return "effect"
    if facts["attack_s"] > 0.12:
        return "pad"
    if facts["decay_db"] > 22:
        if facts["between_db"] > -10 and facts["brightness"] > -12:
            return "chromatic percussion"
        return "pluck" if facts["half_second_db"] > 9 else "keys"
    if facts["centroid_hz"] < 420 and facts["brightness"] < -24:
        return "bass"
    return "synth lead" if facts["release_s"] < 0.5 else "pad"


def classify(meta, facts, pitched):
    """(family, noun, how): ``how`` is "midi", "name", "bank" or "measured"."""
    if meta["source"] in SOUNDFONTS:
        program = int(meta["program"].split("/")[1])
        named = by_name(meta["name"])
        noun = named[1] if named and int(meta["program"].split("/")[0]) else general_midi.NAMES[program].rstrip(" 12")
        return general_midi.family(program), noun, "midi"
    named = by_name(meta["name"])
    if named:
        return *named, "name"
    if meta["source"] == "zyn" and meta["bank"] in _BANKS:
        family = _BANKS[meta["bank"]]
        return family, _FALLBACK_NOUNS.get(family, family), "bank"
    family = by_measure(facts, pitched)
    return family, _FALLBACK_NOUNS[family], "measured"


def useful_range(meta, family, valid_keys):
    """(lowest, highest) useful MIDI key."""
    low, high = DEFAULT_RANGES[family]
    if meta["source"] in SOUNDFONTS:
        low, high = general_midi.RANGES.get(int(meta["program"].split("/")[1]), (low, high))
    return max(low, min(valid_keys) - 6), min(high, max(valid_keys) + 6)
