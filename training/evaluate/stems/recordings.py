"""Parts for recordings out of Debian packages of games: do they begin when the song's notes begin, how loud are they beside it, do basses and
guitars have its harmony, how long does it take.

Both the song's onsets and the part's are found in sound by one detector, so that its lateness cancels out; beside the distance of those that lie
within 60 ms stands that of the same part moved by a share of a beat, because in a dense song something is always near. Needs librosa, pyloudnorm.
"""

import json
import resource
import time
import warnings

import numpy as np
import soundfile

from ...data.paths import data_root
from ..tables import show
from . import asked, program, songs

SECONDS, FROM, LONG = 32.0, 30.0, 240.0
REACH = 0.06
MOVED = (0.13, 0.29, 0.41)  # beats
# Files that are played at the same time, in the packages' /usr/share.
SONGS = {
    "feelings": ("games/fretsonfire/data/songs/sectoid/Feelings/song.ogg", "games/fretsonfire/data/songs/sectoid/Feelings/guitar.ogg"),
    "chaos god": ("games/fretsonfire/data/songs/muldjord/chaos_god/song.ogg", "games/fretsonfire/data/songs/muldjord/chaos_god/guitar.ogg"),
    "mainzik": ("games/frozen-bubble/snd/frozen-mainzik-1p.ogg",),
    "chipdisko": ("games/supertux2/music/antarctic/chipdisko.ogg",),
    "forest": ("games/supertux2/music/forest/forest2.ogg",),
    "frantic": ("games/wesnoth/1.16/data/core/music/frantic.ogg",),
    "minstrels": ("games/wesnoth/1.16/data/core/music/traveling_minstrels.ogg",),
    "caribbean": ("hyperrogue/music/hr-savino-caribbean.ogg",),
}
ASKED = ("rock drums", "jazz drums", "bossa drums", "house drums", "walking bass", "reggae skank guitar")


def recording(name, begin=FROM, seconds=SECONDS):
    """A WAV file of some seconds of a song."""
    path = data_root() / "others" / "recordings" / f"{name} {seconds:.0f}.wav"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        mixed = 0.0
        for file in SONGS[name]:
            file = songs.packaged(f"usr/share/{file}")
            rate = soundfile.info(file).samplerate
            sound, _ = soundfile.read(file, start=int(begin * rate), frames=int(seconds * rate), always_2d=True)
            mixed = mixed + sound
        soundfile.write(path, 0.9 * mixed / np.abs(mixed).max(), rate)
    return path


def ask(file, words, *options):
    """What the program says, with the seconds and processor seconds that it took in all; nothing where it refuses."""
    kept = asked.folder() / f"{file.stem} {words} {' '.join(options)}.json"
    if not kept.exists():
        used = lambda: sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
        start, before = time.monotonic(), used()
        said = program.answer(file, words, words.split()[-1], "--out", kept.with_suffix(""), "--force", *options)
        if said:
            said |= {"seconds_in_all": time.monotonic() - start, "processor_seconds": used() - before}
        kept.write_text(json.dumps(said))
    return json.loads(kept.read_text())


def onsets(path):
    """Seconds at which something begins."""
    import librosa

    sound, rate = librosa.load(path, sr=44_100)
    strength = librosa.onset.onset_strength(y=sound, sr=rate, hop_length=128, n_fft=1024, lag=6, max_size=3, n_mels=96)
    return librosa.onset.onset_detect(onset_envelope=strength, sr=rate, hop_length=128, units="time")


def distances(mine, theirs):
    """Those to the nearest of the others, of all that have one within reach."""
    if not len(mine) or not len(theirs):
        return np.zeros(0)
    after = np.clip(np.searchsorted(theirs, mine), 1, len(theirs) - 1) if len(theirs) > 1 else np.zeros(len(mine), int)
    both = np.stack([mine - theirs[after - 1], mine - theirs[after]])
    nearest = np.take_along_axis(both, np.abs(both).argmin(0)[None], 0)[0]
    return nearest[np.abs(nearest) <= REACH]


def alignment(part, song, beat):
    mine, theirs = onsets(part), onsets(song)
    near = distances(mine, theirs)
    moved = [distances(mine + share * beat, theirs) for share in MOVED]
    return {
        "ms to the song's onsets": 1000 * float(np.median(np.abs(near))) if len(near) else np.nan,
        "later by": 1000 * float(np.median(near)) if len(near) else np.nan,
        "moved": 1000 * float(np.median(np.abs(np.concatenate(moved)))),
        "near": len(near) / max(len(mine), 1),
        "near, moved": float(np.mean([len(one) for one in moved])) / max(len(mine), 1),
    }


def loudness(part, song):
    """Loudness units above the song's."""
    import pyloudnorm

    (one, rate), (other, other_rate) = soundfile.read(part), soundfile.read(song)
    return float(pyloudnorm.Meter(rate).integrated_loudness(one) - pyloudnorm.Meter(other_rate).integrated_loudness(other))


def harmony(notes, song, downbeats):
    """Share of bars, and whether on the whole, in which the song's chroma is most like the part's pitch classes as they are, of twelve transpositions."""
    import librosa

    sound, rate = librosa.load(song, sr=22_050)
    chroma = librosa.feature.chroma_cqt(y=sound, sr=rate, hop_length=1024)
    times = librosa.times_like(chroma, sr=rate, hop_length=1024)
    like = []
    for start, end in zip(downbeats, downbeats[1:]):
        mine = np.zeros(12)
        for a, b, key, _ in notes:
            mine[key % 12] += max(min(b, end) - max(a, start), 0)
        theirs = chroma[:, (times >= start) & (times < end)].mean(1)
        if mine.std() and theirs.std():
            like.append([np.corrcoef(np.roll(mine, up), theirs)[0, 1] for up in range(12)])
    like = np.array(like)
    return {"bars in tune": float((like.argmax(1) == 0).mean()), "in tune": float(like.mean(0).argmax() == 0)} if len(like) else {}


def figures(name, words):
    file = recording(name)
    said = ask(file, words)
    if not said:
        return {"refused": 1.0}
    made, heard = said["variations"][0], said["description"]
    wav = made["wav"]
    found = {"refused": 0.0} | alignment(wav, file, 60 / heard["tempo"]["bpm"]) | {"LU beside the song": loudness(wav, file)}
    if "drums" not in words:
        found |= harmony(program.notes_of(made["midi"]), file, heard["downbeats"])
    return found | {"s to write": said["seconds_a_part"], "s to listen": said["seconds_listening"], "processor s": said["processor_seconds"]}


def measured(count):
    warnings.filterwarnings("ignore", category=FutureWarning)
    some, result = list(SONGS)[:count], {}
    found = {(name, words): figures(name, words) for words in ASKED for name in some}
    names = list(dict.fromkeys(name for one in found.values() for name in one))
    mean = lambda every, name: float(np.nanmean([one[name] for one in every if name in one])) if any(name in one for one in every) else None
    for title, labels, of in (
        ("Parts for recordings, by what is asked", ASKED, lambda label, at: at[1] == label),
        ("Parts for recordings, by song", some, lambda label, at: at[0] == label),
    ):
        rows = {label: [one for at, one in found.items() if of(label, at)] for label in labels} | {"all": list(found.values())}
        show(title, names, [(label, *[mean(every, name) for name in names]) for label, every in rows.items()])
        result |= {f"recordings {label} {name}": mean(every, name) for label, every in rows.items() for name in names}
    times = [("8 bars of 32 s", ask(recording(some[0]), "rock drums", "--bars", "5-12", "--midi-only", "--variations", "5"))]
    times.append((f"a song of {LONG:.0f} s", ask(recording(some[0], 0.0, LONG), "rock drums", "--midi-only")))
    keys = ("seconds_listening", "seconds_a_part", "seconds_in_all", "processor_seconds")
    show("Seconds (goals: 8 bars 0.5, a song 5)", keys, [(label, *[said[key] for key in keys]) for label, said in times if said])
    return result
