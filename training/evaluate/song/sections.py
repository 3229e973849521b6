"""Where the sections of a song begin: songs of known form, by `mma`, each kind of section with its own chords, energy and band."""

import json
import os
import random
import tempfile
from pathlib import Path

import mido
import numpy as np
import soundfile

from ..tables import show
from . import grooves, harmony, making, told

_FORMS = ("iABAB", "ABAB", "iAABA", "iABABCB", "ABACA", "iABABCBo", "AABABo", "iABCAB")
_LENGTHS = {"i": (4, 4, 8), "A": (8, 8, 16), "B": (8, 8, 4, 16), "C": (8, 4), "o": (4, 8)}
# Boundaries this near to one are found, bars.
_NEAR = 1


def measure(split, count):
    """Prints F1 of the boundaries, beside one every eight bars, and how often two sections are rightly alike or not."""
    folder = making.folder(f"{split}-sections")
    folder.mkdir(parents=True, exist_ok=True)
    scores = {"Consort": [], "Consort, within half a bar": [], "every 8 bars": []}
    pairs, counted = [], []
    for number in range(count):
        name = f"{number:04}"
        if not (folder / f"{name}.json").exists():
            _make(split, folder, name)
        truth = json.loads((folder / f"{name}.json").read_text())
        said = told.described(folder / f"{name}.flac", fast=True)["description"]
        bars = np.array(said["downbeats"])
        bar = truth["bar_seconds"]
        starts = _starts(said, bars)
        at = starts[1:]
        eights = [bars[i] for i in range(8, len(bars), 8)]
        true = np.array(truth["starts"][1:])
        scores["Consort"].append(_f1(true, at, (_NEAR + 0.25) * bar))
        scores["Consort, within half a bar"].append(_f1(true, at, 0.5 * bar))
        scores["every 8 bars"].append(_f1(true, eights, (_NEAR + 0.25) * bar))
        pairs += _pairs(truth, said, starts)
        counted.append((len(starts), len(truth["starts"])))
        if os.environ.get("SONG_BY_SONG"):
            form = " · ".join(f"{s['label']} {s['bars']}" for s in said.get("sections") or [])
            print(f"{name} {scores['Consort'][-1][2]:.2f} {' · '.join(f'{k} {n}' for k, n in truth['form'])}   {form}")
    rows = [(who, *[100 * float(np.mean([s[i] for s in all_])) for i in range(3)]) for who, all_ in scores.items()]
    show(f"Sections ({split}, {count} songs), boundaries within {_NEAR} bar, %", ("precision", "recall", "F1"), rows)
    said, true = np.array(counted, float).T
    print(f"sections told {said.mean():.1f} of {true.mean():.1f}; of pairs of sections, alike or not, right {100 * np.mean(pairs or [0]):.0f} %")


def _starts(said, bars):
    starts = []
    for section in said.get("sections") or []:
        number = section["first_bar"]
        if number < len(bars):
            starts.append(bars[number])
    return starts


def _f1(true, said, near):
    """(precision, recall, F1), each boundary once."""
    left, hits = list(true), 0
    for at in said:
        close = [t for t in left if abs(t - at) <= near]
        if close:
            left.remove(min(close, key=lambda t: abs(t - at)))
            hits += 1
    precision, recall = hits / max(len(said), 1), hits / max(len(true), 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def _pairs(truth, said, starts):
    """Of each two true sections: whether those that are told at their middles are alike as they are."""
    sections = said.get("sections") or []
    ends = truth["starts"][1:] + [truth["end"]]
    middles = [(a + b) / 2 for a, b in zip(truth["starts"], ends)]
    letters = [sections[max(sum(s <= m for s in starts) - 1, 0)]["label"] if starts else "" for m in middles]
    kinds = [kind for kind, _ in truth["form"]]
    count = range(len(kinds))
    return [float((letters[a] == letters[b]) == (kinds[a] == kinds[b])) for a in count for b in count if a < b]


def _make(split, folder, name):
    for attempt in range(20):
        rng = random.Random(f"sections {split} {name} {attempt}")
        groove = grooves.draw(split, rng)
        if groove[0] == "4/4":
            try:
                return _song(rng, groove, split, folder, name)
            except (ValueError, OSError, making.subprocess.CalledProcessError):
                continue
    raise SystemExit(f"{name} can't be made.")


def _song(rng, groove, split, folder, name):
    _, beats_a_bar, unit, groove = groove
    felt = rng.uniform(84, 150)
    kinds = {}
    form = []
    for kind in rng.choice(_FORMS):
        if kind not in kinds:
            kinds[kind] = rng.choice(_LENGTHS[kind])
        form.append((kind, kinds[kind]))
    tonic, mode, _ = harmony.progression(rng, 4, beats_a_bar, unit)
    loops = {kind: _loop(rng, tonic, mode, beats_a_bar) for kind in "ABC"}
    if rng.random() < 0.15:  # a chorus that is only fuller
        loops["B"] = loops["A"]
    loops["i"] = loops["o"] = loops["A"]
    chords, bars = [], 0
    for kind, count in form:
        chords += [(bars + bar, beat, *chord) for bar in range(count) for beat, *chord in loops[kind][bar % len(loops[kind])]]
        bars += count
    with tempfile.TemporaryDirectory() as place:
        source, midi, wav = (Path(place) / n for n in ("song.mma", "song.mid", "song.wav"))
        source.write_text(making._source(rng, felt * unit, groove, chords, bars))
        making._run(["mma", "-f", str(midi), str(source)], place)
        file = mido.MidiFile(midi)
        times = making._set_tempo(rng, file, felt * unit, 0.0, bars * beats_a_bar)
        _arrange(rng, file, form, beats_a_bar)
        file.save(midi)
        making._play(making._SOUNDS / rng.choice(making.FONTS[split]), midi, wav)
        sound, rate = soundfile.read(wav, dtype="float32")
    end = times[bars * beats_a_bar]
    sound = sound[: int((end + 1.0) * rate)]
    if np.abs(sound).max() < 1e-3:
        raise ValueError("too quiet")
    starts = np.cumsum([0] + [count for _, count in form])[:-1]
    fact = dict(groove=groove, form=form, starts=[times[int(s) * beats_a_bar] for s in starts], end=end,
                bar_seconds=beats_a_bar / unit * 60 / felt, tempo=felt)
    soundfile.write(folder / f"{name}.flac", sound / max(float(np.abs(sound).max()), 0.5) * 0.9, rate)
    (folder / f"{name}.json").write_text(json.dumps(fact))


def _loop(rng, tonic, mode, beats):
    """Chords of four or eight bars, as [[(beat, root, quality, bass)] of each bar]."""
    _, _, chords = harmony.progression(random.Random(rng.random()), 8, beats, 1)
    scale = {"major": ((0, "maj"), (5, "maj"), (7, "maj"), (9, "min"), (2, "min"), (4, "min")),
             "minor": ((0, "min"), (5, "min"), (7, "min"), (8, "maj"), (3, "maj"), (10, "maj"))}[mode]
    count = rng.choice((4, 4, 8))
    loop = []
    for bar in range(count):
        root, quality = rng.choice(scale)
        loop.append([(0, (root + tonic) % 12, quality, None)])
    return loop


def _arrange(rng, file, form, beats_a_bar):
    """Each kind of section with its own band, as loud as that kind is."""
    pitched = sorted({m.channel for t in file.tracks for m in t if m.type == "note_on" and m.channel != 9})
    thin = set(rng.sample(pitched, max(len(pitched) // 2, 1))) if pitched else set()
    same = rng.random() < 0.2  # only the chords differ
    levels = {"i": 0.75, "A": 0.85, "B": 1.0, "C": 0.8, "o": 0.75}
    quiet = {"i": {9} | thin if rng.random() < 0.6 else {9}, "A": thin if rng.random() < 0.4 else set(), "B": set(),
             "C": {9} if rng.random() < 0.5 else set(), "o": set()}
    edges, at = [], 0
    for kind, count in form:
        edges.append((at, kind))
        at += count * beats_a_bar * file.ticks_per_beat
    where = lambda tick: [kind for start, kind in edges if start <= tick + 60][-1] if edges else "A"
    for track in file.tracks:
        now, before, kept, gone = 0, 0, [], set()
        for message in track:
            now += message.time
            if message.type == "note_on" and message.velocity:
                kind = where(now)
                if message.channel in quiet[kind] and not (same and kind in "AB"):
                    gone.add((message.channel, message.note))
                    continue
                gone.discard((message.channel, message.note))
                level = 0.9 if same else levels[kind]
                message = message.copy(velocity=max(1, min(127, round(message.velocity * level))))
            elif message.type in ("note_on", "note_off") and (message.channel, message.note) in gone:
                continue
            kept.append(message.copy(time=now - before))
            before = now
        track[:] = kept
