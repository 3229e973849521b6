"""The text that the encoder is distilled on: phrases about sounds, and WordNet's definitions and words.

WordNet's files come with the Debian package `wordnet-base`; its licence permits this use with notice.
"""

import random
from pathlib import Path

from . import lexicon

WORDNET = Path("/usr/share/wordnet")
LONGEST = 60  # letters of a definition: prompts are short too
SOUND = (
    "sound music musical instrument tone note pitch string voice bell drum horn pipe reed noise loud soft song sing "
    "vibrat reson percuss keyboard timbre harmon melod acoust electr bright dark warm cold metal wood glass air breath"
).split()


def wordnet(limit, rng):
    """Definitions and words; those about sound and quality first, then a random choice of the rest."""
    if not WORDNET.exists():
        raise SystemExit(f"{WORDNET} is missing: install WordNet first (Debian: apt install wordnet-base).")
    near, far = [], []
    for part in ("adj", "adv", "noun", "verb"):
        for line in (WORDNET / f"data.{part}").read_text(errors="replace").splitlines():
            if line.startswith("  ") or "|" not in line:
                continue
            fields, gloss = line.split("|", 1)
            fields = fields.split()
            count = int(fields[3], 16)
            words = [fields[4 + 2 * i].replace("_", " ").split("(")[0] for i in range(count)]
            gloss = gloss.strip().split('; "')[0]
            if len(gloss) > LONGEST:
                continue
            about_sound = part == "adj" or any(s in gloss for s in SOUND)
            into = near if about_sound else far
            into.append(f"{words[0]}: {gloss}")
            into.extend(words[:2])
            if '"' in line and about_sound:
                into.append(line.split('"')[1])
    rng.shuffle(near)
    rng.shuffle(far)
    return (near + far)[:limit]


def build(phrase_count, wordnet_count, seed=1, captions=()):
    """Distinct lower-case texts, the captions given among them."""
    rng = random.Random(seed)
    texts = list(captions) + lexicon.phrases(phrase_count, seed)[1] + wordnet(wordnet_count, rng)
    for family, instruments in lexicon.INSTRUMENTS.items():
        for instrument in instruments:
            texts += [family, *lexicon.names_of(family, instrument)] * 1
    for attribute in lexicon.ATTRIBUTES:
        texts += lexicon.words_of(attribute)
    seen = dict.fromkeys(t.lower().strip() for t in texts if t.strip())
    texts = list(seen)
    rng.shuffle(texts)
    return texts
