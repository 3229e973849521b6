"""`python -m training.evaluate orchestrate [--validation]`: melodies, and whole pieces, arranged for their own ensemble and counted beside
the real score: what a teacher of harmony marks, and how much is going on; chords and keys; SIM, beside chance (the next piece, moved
into the same key).

Needs `music21` and `mido`, and the example `arrange` (`cargo build --release --example arrange`; $CONSORT_ARRANGE names another).
"""

import json
import os
import subprocess
import tempfile
from pathlib import Path

ASKED = {"chorale": "SATB", "quartet": "string quartet"}
_TRIADS = {"maj": (4, 7), "7": (4, 7), "maj7": (4, 7), "min": (3, 7), "min7": (3, 7), "dim": (3, 6), "hdim7": (3, 6), "dim7": (3, 6)}


def main(args):
    from . import pieces

    chosen = list(pieces.chosen(args.split == "validation"))
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        for kind in ASKED:
            for parts, of in ((1, "melody"), (4, "whole")):
                some = [piece for piece in chosen if piece.kind == kind]
                made = arrange(some, parts, Path(folder))
                figures |= compare(f"{kind}s, from the {of} ({len(some)}, {args.split})", some, made, parts)
    return "orchestrate", figures


def arrange(some, parts, folder):
    """[(lines, what is told)] of each piece."""
    from . import pieces

    jobs = []
    for piece in some:
        source, target = folder / f"{piece.name}.{parts}.in.mid", folder / f"{piece.name}.{parts}.out.mid"
        pieces.write(source, piece, parts)
        jobs.append((f"{source}|{ASKED[piece.kind]}|{target}|1", target))
    listed = folder / "list"
    listed.write_text("\n".join(job for job, _ in jobs))
    subprocess.run([os.environ.get("CONSORT_ARRANGE", "target/release/examples/arrange"), listed], check=True)
    return [(pieces.lines_of(target), json.loads(Path(f"{target}.json").read_text())) for _, target in jobs]


def compare(title, some, made, parts):
    from . import measures

    sums = {"made": {}, "real": {}}
    right = third = beats_told = keys = 0
    likeness, stem, chance = [], [], []
    for index, (piece, (lines, told)) in enumerate(zip(some, made)):
        end = max(part[-1][1] for part in piece.lines)
        beats = [float(beat) for beat in range(int(end))]
        free = [stop for start, stop, _ in piece.lines[0] if stop - start >= 2 or any(abs(start - at) < 1e-3 for at in piece.fermatas)]
        for name, one in (("made", lines), ("real", piece.lines)):
            counted = {"beats": len(beats), "parallels": measures.parallels(one, free)} | measures.standing(one, beats, free)
            counted |= {key: value * len(beats) for key, value in measures.life(one, beats).items()}
            counted["texture changes"] = measures.rhythm_changes(one, piece.metre[0] * 4 / piece.metre[1], end) * len(beats)
            for key, value in counted.items():
                sums[name][key] = sums[name].get(key, 0) + value
        for beat in beats:
            true = measures.chord(piece.lines, beat)
            heard = [one for one in told["chords"] if one["start"] <= beat + 1e-3]
            if true and heard:
                wanted = [true[0], *_TRIADS[true[1]]]
                beats_told += 1
                right += heard[-1]["chord"] == wanted
                third += heard[-1]["chord"] == wanted or wanted in heard[-1]["others"]
        keys += told["tonic"] == piece.lines[-1][-1][2] % 12
        source = measures.chroma(piece.lines[:parts])
        likeness.append(measures.sim(source, measures.chroma(lines)))
        stem.append(measures.sim(measures.chroma(piece.lines[:1]), measures.chroma(lines[:1])))
        other, shift = made[(index + 1) % len(made)], told["tonic"] - made[(index + 1) % len(made)][1]["tonic"]
        moved = [[(start, stop, key + shift) for start, stop, key in part] for part in other[0]]
        chance.append(measures.sim(source, measures.chroma(moved)))
    print(f"\n{title}\n")
    kinds = ("parallels", "hidden", "crossing", "overlap", "spacing", "leap")
    lively = ("notes a beat", "inner motion", "root position", "texture changes")
    print("| | beats | " + " | ".join(kinds + lively) + " |\n|" + "---|" * (len(kinds + lively) + 2))
    for name, sum_ in sums.items():
        hundred = [f"{100 * sum_[kind] / sum_['beats']:.2f}" for kind in kinds]
        print(f"| {name} | {sum_['beats']} | " + " | ".join(hundred + [f"{sum_[kind] / sum_['beats']:.2f}" for kind in lively]) + " |")
    mean = lambda values: sum(values) / max(1, len(values))
    found = {"chords": right / beats_told, "chord among three": third / beats_told, "key": keys / len(some), "SIM": mean(likeness),
             "SIM by chance": mean(chance), "SIM of the melody's stem": mean(stem)}
    print("; ".join(f"{name} {value:.3f}" for name, value in found.items()))
    return {f"{title}: {name}": value for name, value in found.items()}
