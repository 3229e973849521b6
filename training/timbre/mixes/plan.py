"""Which notes of an instrument are played: those by which its kind is told, its reference, more for a library, and for phrases."""

import random

from ...data import families, general_midi
from ...data.general_midi import SOUNDFONTS

ROLES = {"bass": ("bass",), "lead": ("synth lead",), "percussion": ("chromatic percussion", "mallet")}
"""The three members of the paper's mixes, and the families that play them."""
KEYS = {"bass": (28, 55), "lead": (48, 84), "percussion": (55, 96)}
"""Keys that a member plays, (lowest, highest): about those that its parts have in Slakh."""
TOLD_BY = ((54, 80), (64, 80), (74, 80), (44, 80), (84, 80))
"""(key, velocity) of the notes that are analysed: the first three tell pitch and family, all of them near-duplicates."""
REFERENCE_SECONDS, GRID_SECONDS = 2.5, 1.2
IN_ROLE, OTHERS = (18, 2.0), (8, 1.5)
"""How many notes phrases are put together of, and how long they are."""


def role_of(family):
    """The member of the paper's mixes that a family plays, or ``None``."""
    return next((role for role, members in ROLES.items() if family in members), None)


def role_by_name(preset):
    """The role of a preset as far as its name or its General MIDI number tells."""
    if preset.source in SOUNDFONTS:
        return role_of(general_midi.family(preset.program[1]))
    named = families.by_name(preset.name)
    return role_of(named[0]) if named else None


def keys_of(family, useful):
    """(lowest, highest) key that an instrument of a family plays, within what is ``useful`` where that is wide enough."""
    role = role_of(family)
    low, high = KEYS[role] if role else families.DEFAULT_RANGES[family]
    if not role:  # the middle three quarters
        low, high = low + (high - low) // 8, high - (high - low) // 8
    lowest, highest = max(low, useful[0]), min(high, useful[1])
    return (lowest, highest) if highest - lowest >= 12 else (low, high)


def notes(identifier, family, keys):
    """(kind, key, velocity, seconds) of an instrument's notes: its reference (middle key, velocity 100), then a grid, then phrases'."""
    low, high = keys
    middle, quarter = (low + high) // 2, (high - low) // 4
    plan = [("reference", middle, 100, REFERENCE_SECONDS)]
    grid = ((middle - quarter, 100), (middle + quarter, 100), (middle, 60), (middle, 125))
    plan += [("grid", key, velocity, GRID_SECONDS) for key, velocity in grid]
    rng = random.Random(f"mixes/{identifier}")
    several, seconds = IN_ROLE if role_of(family) else OTHERS
    drawn = rng.sample(range(low, high + 1), min(several, high + 1 - low))
    return plan + [("phrase", key, round(rng.triangular(45, 127, 100)), seconds) for key in drawn]
