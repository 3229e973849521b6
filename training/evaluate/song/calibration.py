"""Stated confidence against what is right, and the temperature that would make the two agree."""

import json

import numpy as np

from ..tables import show
from . import confidence, report

NEAR = 0.04


def measure(folder, names):
    cases = {"tempo": [], "metre": [], "key": []}
    for name in names:
        truth = json.loads((folder / f"{name}.json").read_text())
        song = report.described(folder / f"{name}.flac")["description"]
        for field, case in _cases(truth, song).items():
            cases[field].append(case)
    for field, of in cases.items():
        shares = [share for share, _ in of]
        right = np.array([right for _, right in of], float)
        fitted = confidence.temperature(shares, right)
        for when, heat in (("as stated", 1.0), (f"divided by {fitted:.2f}", fitted)):
            stated = np.array([confidence.cooled(share, heat) for share in shares])
            rows = [(f"{low:.0%}–{high:.0%}", f"{n}", mean, share) for low, high, n, mean, share in confidence.bins(stated, right)]
            rows.append(("all", f"{len(right)}", 100 * stated.mean(), 100 * right.mean()))
            show(f"{field}, {when}: off by {100 * confidence.off_by(stated, right):.1f}, log loss "
                 f"{confidence.loss(stated, right):.3f}", ("files", "stated, %", "right, %"), rows)


def _cases(truth, song):
    """{field: (shares of the alternatives, the chosen one first; whether it is right)} of fields about which something is said."""
    cases = {}
    if tempo := song["tempo"]:
        shares = [tempo["confidence"]] + [other["confidence"] for other in tempo["alternatives"]]
        cases["tempo"] = shares, abs(tempo["bpm"] / truth["tempo"] - 1) <= NEAR
    if metre := song["metre"]:
        cases["metre"] = [metre["confidence"], 1 - metre["confidence"]], metre["name"] == truth["metre"]
    if key := song["key"]:
        shares = [key["confidence"]] + [other["confidence"] for other in key["alternatives"]]
        cases["key"] = shares, (key["tonic"], key["mode"]) == (truth["tonic"], truth["mode"])
    return cases
