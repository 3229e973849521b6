"""The table of "Subtractive Training" (drums put into music) on songs of bands: Fréchet distance (FD), Kullback-Leibler divergence (KLD) and
inception score (IS) of mixes with our drums against the true mixes, by what musicnn hears in ten seconds of each.

The drums are made for a recording of the rest, with its tempo told, and played by our own kit, and by the SoundFont that plays everything else, so
that sound and notes are told apart. FD is between other songs' true mixes and these (halves of the songs, several times), so true mixes have one,
too: the ratio to it is what counts. The paper has FD 5.55, its baseline 27.6, by other features of other music.
"""

import tempfile
from pathlib import Path

import numpy as np
import soundfile
from scipy import linalg, signal

from ..tables import show
from . import asked, bands, songs, tagger

SECONDS = 10.0
DIMENSIONS = 32  # of the features, those in which true mixes differ most
HALVINGS = 8


def heard(path):
    """Mono sound at the tagger's rate."""
    sound, rate = soundfile.read(path, always_2d=True)
    return signal.resample_poly(sound.mean(1), tagger.RATE, rate)


def drummed(song, notes):
    """Drums alone, played by the SoundFont that plays the rest."""
    with tempfile.TemporaryDirectory() as place:
        midi = Path(place) / "drums.mid"
        asked.write(midi, song, [songs.Track("drums", None, tuple(notes))])
        return heard(asked.played(midi))


def cut(song, *sounds, last=False):
    """Ten seconds of a mix, from the second phrase on, or its last."""
    length = round(song.bars * song.bar * 60 / song.bpm * tagger.RATE)
    mix = np.zeros(length)
    for sound in sounds:
        mix[: len(sound)] += sound[:length]
    span = round(SECONDS * tagger.RATE)
    start = length - span if last else min(round(songs.PHRASE * song.bar * 60 / song.bpm * tagger.RATE), length - span)
    return mix[max(start, 0) :][:span]


def mixes(song, pool):
    """{whose drums: ten seconds of sound}; nothing where the program refuses."""
    words = bands.worded(bands.asking(song.source, "drums")[0], song)
    made = asked.ask(song, "drums", words, heard=True, sound=True)
    others = [other for other in pool if other.metre == song.metre and other.name != song.name]
    if not made or not others:
        return None
    other = others[np.random.default_rng(len(song.name)).integers(len(others))]
    rest, real = heard(asked.context(song, "drums", heard=True)), drummed(song, song.notes("drums"))
    return {
        "true": cut(song, rest, real),
        "true, later": cut(song, rest, real, last=True),
        "ours, by the SoundFont": cut(song, rest, drummed(song, made["quarters"])),
        "ours, by our kit": cut(song, rest, heard(made["variations"][0]["wav"])),
        "of another song": cut(song, rest, drummed(song, bands.borrowed(song, other, "drums"))),
        "none": cut(song, rest),
    }


def frechet(one, other):
    """Between Gaussians fitted to rows."""
    a, b = np.cov(one, rowvar=False), np.cov(other, rowvar=False)
    root = linalg.sqrtm(a @ b)
    return float(((one.mean(0) - other.mean(0)) ** 2).sum() + np.trace(a + b - 2 * root.real))


def tags_of(chances):
    """What is heard in a song, as shares."""
    mean = chances.mean(0)
    return mean / mean.sum()


def divergence(true, other):
    return float((true * np.log(true / np.maximum(other, 1e-9))).sum())


def inception(chances):
    shares = chances / chances.sum(1, keepdims=True)
    return float(np.exp((shares * np.log(shares / shares.mean(0))).sum(1).mean()))


def table(tags, features):
    """Rows of figures by whose drums; `tags` and `features` are {whose: [a song's windows]}."""
    every = np.concatenate(features["true"])
    axes = np.linalg.svd(every - every.mean(0), full_matrices=False)[2][:DIMENSIONS]
    small = {label: [one @ axes.T for one in some] for label, some in features.items()}
    rng, count = np.random.default_rng(1), len(features["true"])
    halves = [np.array_split(rng.permutation(count), 2) for _ in range(HALVINGS)]
    halves = [pair for one, other in halves for pair in ((one, other), (other, one))]
    of = lambda label, some: np.concatenate([small[label][i] for i in some])
    rows = []
    for label in features:
        apart = float(np.mean([frechet(of(label, one), of("true", other)) for one, other in halves]))
        same = frechet(of(label, range(count)), of("true", range(count)))
        unlike = float(np.mean([divergence(tags_of(a), tags_of(b)) for a, b in zip(tags["true"], tags[label])]))
        rows.append((label, apart, same, unlike, inception(np.concatenate(tags[label]))))
    real = next(row for row in rows if row[0] == "true")[1]
    return [(label, apart, apart / real, *rest) for label, apart, *rest in rows]


def measured(count):
    found = {source: songs.band_songs(source) for source in songs.SOURCES}
    pool = [song for some in found.values() for song in some]
    # A few of each source first, where not all are asked for.
    some = [some[number] for number in range(max(map(len, found.values()))) for some in found.values() if number < len(some)][:count]
    judge, tags, features = tagger.Tagger(), {}, {}
    for song in some:
        for label, sound in (mixes(song, pool) or {}).items():
            chances, before = judge(sound)
            tags.setdefault(label, []).append(chances)
            features.setdefault(label, []).append(before)
    rows = table(tags, features)
    columns = ("FD, other songs' true mixes", "ratio to true", "FD, same songs", "KLD", "IS")
    show(f"Mixes with drums by musicnn, {len(tags['true'])} songs of {SECONDS:.0f} s", columns, rows)
    return {f"mixes {label} {name}": value for label, *values in rows for name, value in zip(columns, values)}
