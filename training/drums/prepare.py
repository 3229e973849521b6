"""Makes the training set of kits: `python -m training.drums.prepare` (two minutes).

Recorded kits in many variations, and drum machines of our own, as features [N, FEATURES] with their pieces, kits and
captions, to `$CONSORT_DATA/drums/packed.npz` and `.json`. The split is by recorded kit; variations stay with it.
"""

import json
import time

import numpy as np

from ..data.paths import data_root
from . import hit as hm
from . import machines, pieces, vary, words
from .render import folder

SHAPE_DB = 70.0
COURSE = np.unique(np.round(np.linspace(0, 44, 10)).astype(int))
"""Times of the grid at which the model tells a mode's frequency; lines in between, constant after."""
CENTS_UNIT = 30.0
LEVELS = hm.ROWS * hm.TIMES
FEATURES = LEVELS + hm.MODES * len(COURSE)
VARIATIONS, SINGLE_VARIATIONS, MACHINES = 30, 8, 60
TIMPANI = (39, 42, 44, 46, 49, 51, 52, 53)
"""Keys on which General MIDI's orchestra kit has timpani and castanets; timpani on the toms' keys may stay."""
HELD_OUT = ("hydrogen-the-black-pearl-1-0", "hydrogen-audiophob", "timgm-0", "timgm-8", "timgm-25", "timgm-40", "shots-hat_zild", "shots-sn_dolf", "shots-bd_haus")


def features(levels, cents):
    """A hit as the model learns it: dB above its floor, 0…SHAPE_DB, then the modes' courses."""
    above = np.where(levels > hm.FLOOR_DB, levels - hm.total_db(levels).max() + SHAPE_DB, 0)
    above = np.clip(above, 0, SHAPE_DB)
    heard = above[: hm.MODES].max(1, keepdims=True) > 0
    return np.concatenate([above.ravel(), (cents[:, COURSE] * heard / CENTS_UNIT).ravel()]).astype(np.float16)


def table(feature):
    """Features back to (levels [ROWS, TIMES] with a total of 0 dB at most, cents [MODES, TIMES])."""
    above = np.asarray(feature[:LEVELS], np.float32).reshape(hm.ROWS, hm.TIMES)
    levels = np.where(above > 2, above - SHAPE_DB, hm.FLOOR_DB)
    course = np.asarray(feature[LEVELS:], np.float32).reshape(hm.MODES, len(COURSE)) * CENTS_UNIT
    cents = np.stack([np.interp(np.arange(hm.TIMES), COURSE, row) for row in course])
    return levels, cents


def recorded():
    """Recorded kits: (facts, {key: (levels, cents, level dB)}), without copies."""
    known = []
    for path in sorted(folder().glob("*.npz")):
        facts = json.loads(path.with_suffix(".json").read_text())
        data = np.load(path)
        hard = data["velocity"] >= 1
        kit = {}
        for i in np.flatnonzero(hard):
            if facts["id"].endswith("-48") and int(data["key"][i]) in TIMPANI:
                continue
            levels = data["levels"][i].astype(np.float32)
            kit[int(data["key"][i])] = (levels, data["cents"][i].astype(np.float32), float(data["peak"][i] + hm.total_db(levels).max()))
        # Kits of a SoundFont share their percussion, so what tells them apart is the drums and cymbals.
        prints = {key: hm.total_db(hit[0])[::3].round(1).tobytes() for key, hit in kit.items() if key < 54 or len(kit) < 20}
        same = max((np.mean([prints[k] == other.get(k) for k in prints]) for other in known), default=0)
        if same > 0.85 and len(kit) > 1:
            continue
        known.append(prints)
        yield facts, kit


def level_of_pieces(kits):
    """Usual level of each piece against the kick and snare of its kit, dB: the median over SoundFonts."""
    found = {key: [] for key in range(pieces.FIRST_KEY, pieces.LAST_KEY + 1)}
    for facts, kit in kits:
        if facts["source"] in ("fluid", "musescore", "timgm") and 36 in kit and 38 in kit:
            reference = (kit[36][2] + kit[38][2]) / 2
            for key, hit in kit.items():
                found[key].append(hit[2] - reference)
    return {key: float(np.clip(np.median(values), -14, 3)) if values else -6.0 for key, values in found.items()}


def main():
    begun, rng = time.time(), np.random.default_rng(17)
    out = data_root() / "drums"
    real = list(recorded())
    usual = level_of_pieces(real)
    rows, keys, kit_of, level, kits = [], [], [], [], []

    def add(name, split, styles, nouns, kit, amounts, part_amounts, levels=None):
        for key, (table_, cents) in kit.items():
            mine = {n: float(np.clip(amounts[n] + part_amounts.get(words.PART_OF.get(key), {}).get(n, 0) + rng.normal(0, 0.05) * (amounts[n] != 0), -1, 1)) for n in vary.MACROS}
            for n in vary.ONE_SIDED:
                mine[n] = max(mine[n], 0.0)
            rows.append(features(*vary.apply(table_, cents, key, mine)))
            keys.append(key)
            kit_of.append(len(kits))
            level.append(np.clip((levels or {}).get(key, rng.normal(0, 1.5)), -8, 8))
        kits.append(dict(name=name, split=split, size=len(kit), captions=words.captions(rng, styles, nouns, amounts, part_amounts)))

    def part_changes():
        chosen = {}
        for part in words.PARTS:
            if rng.random() < 0.15:
                macro = ("decay", "tilt", "tune", "punch")[int(rng.integers(4))]
                chosen[part] = {macro: float(rng.choice([-1, 1]) * rng.uniform(0.35, 0.9))}
        return chosen

    plain = {name: 0.0 for name in vary.MACROS}
    for facts, kit in real:
        styles, nouns = words.style_of(facts["name"])
        split = "test" if facts["id"] in HELD_OUT else "train"
        if split == "train" and facts["source"] == "timgm":
            split = "test"
        hits = {key: hit[:2] for key, hit in kit.items()}
        levels = None
        if 36 in kit and 38 in kit and facts["source"] in ("fluid", "musescore"):
            reference = (kit[36][2] + kit[38][2]) / 2
            levels = {key: hit[2] - reference - usual[key] for key, hit in kit.items()}
        many = 1 if split == "test" else (SINGLE_VARIATIONS if len(kit) == 1 else VARIATIONS)
        for turn in range(many):
            changed = plain if turn < max(1, many // 6) else vary.draw(rng)
            add(facts["id"], split, styles, nouns, hits, changed, part_changes() if turn and len(kit) > 1 else {}, levels)
    recorded_kits = len(kits)
    for style in machines.STYLES:
        styles, nouns = words.machine_style(style)
        for turn in range(MACHINES):
            amounts = plain if turn % 3 == 0 else vary.draw(rng, 0.25)
            add(f"machine-{style}", "train" if turn % 20 else "validation", styles, nouns, machines.draw(style, rng), amounts, part_changes())
    np.save(out / "features.npy", np.array(rows))
    np.savez(out / "packed.npz", key=np.array(keys, np.int16), kit=np.array(kit_of, np.int32), level=np.array(level, np.float32))
    (out / "packed.json").write_text(json.dumps(dict(kits=kits, usual_level=usual)))
    print(f"{len(real)} recorded kits, {len(kits)} kits with variations ({recorded_kits} recorded), {len(rows)} hits, {time.time() - begun:.0f} s")
    for kit in (kits[40], kits[300], kits[-100], kits[-500]):
        print(kit["name"], kit["captions"][:4])


if __name__ == "__main__":
    main()
