"""Golden outputs: fixed inputs and a few numbers of what each model answers, so that any runtime can be checked.

An input is given by its `values`, or as a `wave` [amplitude, step, phase]: element i (row by row) is
`amplitude * sin(step * i + phase)`, computed in double precision. An output is given by `values` at flat indices
`at`, each within `tolerance`.
"""

import numpy as np

from ..nets.layout import ANCHORS, CODE_WIDTH, FAMILIES, FRAMES, ROWS, TEXT_WIDTH, TONE_WIDTH

PROMPTS = ("warm cello", "bright pluck", "Dark evolving PAD, slow attack!", "glockenspiel", "какой-то звук")
POINTS = 24
TOLERANCE = {"text_vector": 0.002, "denoised": 0.01, "completed": 0.01, "levels": 0.05, "cents": 0.05, "codes": 0.01, "change": 0.01, "note_vector": 0.003, "sound_vector": 0.003, "timbre": 0.003, "meaning": 0.003, "families": 0.03, "onsets": 0.05, "velocities": 0.01, "genres": 0.01, "instruments": 0.01}


def fill(spec, kind=np.float32):
    """The array that a golden input stands for."""
    if "wave" in spec:
        amplitude, step, phase = spec["wave"]
        count = int(np.prod(spec["shape"]))
        return (amplitude * np.sin(step * np.arange(count, dtype=np.float64) + phase)).astype(kind).reshape(spec["shape"])
    return np.asarray(spec["values"], kind).reshape(spec["shape"])


def one_hot(*families):
    return [1.0 if name == family else 0.0 for family in families for name in FAMILIES]


def inputs():
    """Fixed inputs of each model, except the text encoder's, which come from the prompts."""
    n = len(ANCHORS)
    known = [[1.0 if i == 13 else 0.0 for i in range(n)], [1.0 if i in (4, 17, 21) else 0.0 for i in range(n)]]
    return {
        "first_anchor": {
            "noisy": dict(shape=[2, CODE_WIDTH], wave=[1.2, 0.731, 0.1]),
            "time": dict(shape=[2], values=[0.0, 0.6]),
            "text": dict(shape=[2, TEXT_WIDTH], wave=[0.0884, 1.913, 0.5]),
            "family": dict(shape=[2, len(FAMILIES)], values=one_hot("strings", "bass")),
            "note": dict(shape=[2, 2], values=[64, 80, 44, 120]),
            "range": dict(shape=[2, 2], values=[36, 81, 0, 0]),
            "tone": dict(shape=[2, 2 * TONE_WIDTH], wave=[1.0, 0.717, 0.2]),
        },
        "complete": {
            "codes": dict(shape=[2, n, CODE_WIDTH], wave=[1.0, 0.377, 0.2]),
            "known": dict(shape=[2, n], values=sum(known, [])),
            "key": dict(shape=[2, n], values=[k for k, _ in ANCHORS] * 2),
            "velocity": dict(shape=[2, n], values=[v for _, v in ANCHORS] * 2),
            "text": dict(shape=[2, TEXT_WIDTH], wave=[0.0884, 1.913, 0.5]),
            "family": dict(shape=[2, len(FAMILIES)], values=one_hot("strings", "bass")),
        },
        "codec_decoder": {
            "codes": dict(shape=[2, CODE_WIDTH], wave=[0.8, 0.913, 0.3]),
            "residual": dict(shape=[1, ROWS * FRAMES], wave=[6.0, 0.0713, 0.3]),
        },
        "timbre_encoder": {
            "levels": dict(shape=[1, ROWS, FRAMES], wave=[40.0, 0.0313, 4.0]),
            "key": dict(shape=[1, 9], values=[0, 0, 0, 0, 1, 0, 0, 0, 0]),
            "mel": dict(shape=[2, 64, 50], wave=[0.5, 0.0413, 0.0]),
        },
        "sound_encoder": {
            "mel": dict(shape=[2, 96, 60], wave=[0.5, 0.0413, 0.0]),
        },
    }


def picked(name, array):
    """The numbers kept of an output."""
    flat = array.reshape(-1)
    at = np.unique(np.linspace(0, flat.size - 1, POINTS).round().astype(int))
    return dict(
        shape=list(array.shape),
        at=at.tolist(),
        values=[round(float(v), 5) for v in flat[at]],
        tolerance=TOLERANCE[name],
    )


def differences(expected, array):
    """Largest difference of an array to a golden output; infinite when the shape differs."""
    if list(array.shape) != expected["shape"]:
        return float("inf")
    return float(np.abs(array.reshape(-1)[expected["at"]] - np.asarray(expected["values"])).max())
