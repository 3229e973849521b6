"""What is asked of the network: from a roll, which parts to fill in, what else is known, and what is said, to its inputs."""

import numpy as np

from . import gm, heard, tokens, windows
from . import net_layout as net
from .measure import CONTROLS


def streams_of(part):
    """The streams of a part, as a list of columns."""
    if part == 0:
        return list(range(net.PIECES + 1))
    return [net.PIECES + part, net.PIECES + 7 + part]


def control_numbers(asked):
    """The 64 numbers of {(part, control name): score}; a score is -2 (least of what training has) to 2."""
    score, said = np.zeros((len(gm.PARTS), len(CONTROLS)), np.float32), np.zeros((len(gm.PARTS), len(CONTROLS)), np.float32)
    for (part, name), value in asked.items():
        at = part, CONTROLS.index(name)
        score[at], said[at] = value, 1.0
    return np.concatenate([score.ravel(), said.ravel()])


def score_of(rank):
    """A rank (0 to 1) among training parts as a control's score."""
    return 4 * (rank - 0.5)


def fill(roll, targets, masks, text=None, asked=None, given=(), heard_parts=(), region=None, rng=None, table=None):
    """Inputs that ask for `targets` of a roll (its `facts` have tempo, tonic, mode).

    `given` parts are known exactly; `heard_parts` only as one stream of harmony (with errors by `rng`); others aren't known. Of the
    targets, what `region` [S, 30] leaves out is kept as it is.
    """
    whole = windows.stack(roll)
    seen = np.zeros_like(whole)
    seen[:, net.OFFSET] = 2
    seen[:, net.TOUCHES] = tokens.NO_TOUCH
    role = np.zeros(len(gm.PARTS), np.int64)
    for part in given:
        role[part] = net.ROLES.index("given")
        seen[:, streams_of(part)] = whole[:, streams_of(part)]
    for part in targets:
        role[part] = net.ROLES.index("fill")
        columns = streams_of(part)
        seen[:, columns] = whole[:, columns]
        hide = np.ones((len(whole), len(columns)), bool) if region is None else region[:, columns]
        seen[:, columns] = np.where(hide, np.array(masks)[columns], seen[:, columns])
    fact = roll.facts
    root, quality = roll.root.astype(int), roll.quality.astype(int)
    rows = [p - 1 for p in heard_parts if p > 0]
    harmony = heard.features(rng, roll.note, rows, root, quality, table) if rows else np.zeros((len(whole), net.HEARD), np.float32)
    return dict(
        tokens=seen, role=role, chord=np.stack([(root - fact["tonic"]) % 12, root, quality], 1).astype(np.int64), heard=harmony,
        place=windows.place(roll.metre), song=np.array([np.log2(fact["tempo"] / 110), fact["mode"] == "minor", fact.get("heard") != "key only"], np.float32),
        text=np.zeros(256, np.float32) if text is None else np.asarray(text, np.float32), controls=control_numbers(asked or {}),
    )  # fmt: skip


def region_of(edit, roll):
    """Which drum tokens an edit draws again [S, 30]: busier only adds hits, sparser only takes some away, softer and louder keep all
    places where nothing is hit. With it goes the control moved that way (`score_of` where the part is now, up or down by 1.2)."""
    region = np.zeros((roll.steps, net.STREAMS), bool)
    hit = (roll.drums > 0) & (roll.drums < tokens.DRUM_MASK)
    region[:, : net.PIECES] = ~hit if edit == "busier" else hit
    if edit == "busier":
        # Pieces that don't play don't begin to.
        region[:, : net.PIECES] &= hit.any(0)
    return region
