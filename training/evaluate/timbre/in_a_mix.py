"""Which instruments play in this mix, as the paper asks: `python -m training.evaluate timbre mixes [--mixes N] [--validation]`.

Queries and references are of `training.timbre.mixes`: every mix of the same seed, made anew; a member is looked for by its one reference note
among all instruments of its role (otherwise of its family), those of training included. Ranks are kept in ``mix-ranks/`` of the data folder,
so that a long run goes on where it was stopped, and a longer one adds to it. The matcher's settings were chosen on mixes of training
instruments (it learns nothing of them).
"""

import json
import time

import numpy as np

from ...data import effects, sound_mel
from ...data.paths import checkpoints_root, data_root
from ...timbre.mixes import phrases
from ...timbre.mixes.library import Library
from ...timbre.mixes.matcher import BACKGROUNDS, Matcher
from ...timbre.mixes.plan import ROLES
from ..tables import show
from .in_a_mix_listeners import Late, Vectors
from .listeners import Mfcc, Network
from .ranks import tops

CHUNK, THREADS = 20, 2
PAPER = {"the paper, trained on AudioSet and its mixes": (0.842, 0.964)}


def paper(library, rng, who, **how):
    members = phrases.groups(library, 1, rng, who)[0]
    return members, phrases.stems(library, members, rng, **how)


def several(library, rng, who, count):
    members = phrases.families(library, 1, count, rng, who)[0]
    return members, phrases.stems(library, members, rng)


def together(tracks):
    mix = tracks.sum(0)
    return [mix / max(np.abs(mix).max(), 1e-9)]


def alone(tracks):
    return [track / max(np.abs(track).max(), 1e-9) for track in tracks]


def strong_room(mix, rng):
    """A room that nothing was trained in: noise that falls by 60 dB in half a second, its first sound 28 dB below."""
    response = rng.normal(0, 0.04, 9600) * np.exp(-np.arange(9600) / 2200)
    response[0] = 1
    return np.convolve(mix, response)[: len(mix)].astype(np.float32)


# Name: who plays, how it is put together, what is done to it.
QUERIES = {
    "as in the paper": (paper, together, None),
    "without the reference among the notes": (lambda *of: paper(*of, kinds=("phrase",)), together, None),
    "percussion as loud as the others": (lambda *of: paper(*of, gain=1.0), together, None),
    "stems alone": (paper, alone, None),
    "the first second": (paper, together, lambda mix, rng: mix[:32_000]),
    "strong room": (paper, together, strong_room),
    "under effects": (paper, together, effects.disturbed),
    "2 instruments of any families": (lambda *of: several(*of, 2), together, None),
    "4 instruments of any families": (lambda *of: several(*of, 4), together, None),
}


def queries(library, name, split, numbers):
    """Sounds and members of some queries, by number; of each sound whose ranks are asked for."""
    make, put, change = QUERIES[name]
    who = library.split == split
    for number in numbers:
        rng = np.random.default_rng([list(QUERIES).index(name), ("test", "validation", "train").index(split), number])
        members, tracks = make(library, rng, who)
        sounds = put(tracks)
        sounds = [np.asarray(change(sound, rng), np.float32) for sound in sounds] if change else sounds
        yield from ((sound, [member] if len(sounds) > 1 else members) for sound, member in zip(sounds, members if len(sounds) > 1 else [None]))


def ranks_of(library, standing, members):
    """Rank of each member among the instruments of its role, or of its family where it has none."""
    found = []
    for member in members:
        role = library.role[member]
        rivals = library.role == role if role >= 0 else library.family == library.family[member]
        found.append([int(role), int(((standing > standing[member]) & rivals).sum())])
    return found


class Kept:
    """Ranks by listener, kinds of queries and split, on disk."""

    def __init__(self, root):
        self.folder = root / "mix-ranks"
        self.folder.mkdir(exist_ok=True)

    def path(self, *words):
        return self.folder / ("-".join(word.replace(" ", "_").replace(",", "") for word in words) + ".json")

    def read(self, *words):
        path = self.path(*words)
        return json.loads(path.read_text()) if path.exists() else []

    def write(self, ranks, *words):
        part = self.path(*words).with_suffix(".part")
        part.write_text(json.dumps(ranks))
        part.rename(self.path(*words))


def asked(library, kept, listener, name, kind, split, count):
    """Ranks [members, (role, rank)] of a listener for so many queries, those known from before or asked now."""
    ranks = kept.read(name, kind, split)
    for start in range(len(ranks), count, CHUNK):
        found = list(queries(library, kind, split, range(start, min(start + CHUNK, count))))
        standings = listener([sound for sound, _ in found])
        each = len(found) // (min(start + CHUNK, count) - start)
        own = [ranks_of(library, standing, members) for standing, (_, members) in zip(standings, found)]
        ranks += [sum(own[i : i + each], []) for i in range(0, len(own), each)]
        kept.write(ranks, name, kind, split)
    return np.array(sum(ranks[:count], []))


def listeners(library, models):
    references = [sound_mel.sound_mel(library.note(i, 0)) for i in range(len(library))]
    training = [references[i] for i in np.flatnonzero(library.split == "train")[::4]]
    found = {"MFCCs": Vectors(Mfcc(training), references), "shipped encoder": Vectors(Network(models / "sound_encoder.onnx"), references)}
    state = checkpoints_root() / "late_state.pt"
    if state.exists():
        found["late interaction"] = Late(state, library)
    found["matcher"] = InRoles(library)
    return found


class InRoles:
    """The matcher among the instruments of the three roles, or `among` all where any family may play."""

    def __init__(self, library, everyone=None):
        self.library, self.everyone = library, everyone
        rng = np.random.default_rng(99)

        def backgrounds():
            groups = phrases.groups(library, BACKGROUNDS, rng, library.split == "train")
            return [phrases.stems(library, members, rng).sum(0) for members in groups]

        who = np.arange(len(library)) if everyone else np.flatnonzero(library.role >= 0)
        name = "mix-all.atoms" if everyone else "mix-roles.atoms"
        self.matcher = Matcher(library, who, backgrounds, data_root() / name, threads=THREADS)

    def __call__(self, sounds):
        standings = np.full((len(sounds), len(self.library)), -np.inf, np.float32)
        standings[:, self.matcher.who] = self.matcher(sounds)
        return standings

    def among_all(self):
        return InRoles(self.library, True)


def main(args):
    began, library, kept = time.time(), Library(), Kept(data_root())
    unseen = args.split
    heard = listeners(library, args.models)
    sizes = ", ".join(f"{role} {(library.role == place).sum()}" for place, role in enumerate(ROLES))
    print(f"{len(library)} instruments ({sizes}), unseen {(library.split == unseen).sum()}; {time.time() - began:.0f} s", flush=True)
    figures, everywhere = {}, None
    for kind in QUERIES:
        rows = [[name, *figure, *[None] * 6] for name, figure in PAPER.items()] if kind == "as in the paper" else []
        count = args.mixes if kind == "as in the paper" else max(args.mixes // 5, 1)
        for split in (unseen, "train"):
            many = count if split == unseen else max(count // 2, 1)
            for name, listener in heard.items():
                if name == "matcher" and "any families" in kind:
                    listener = everywhere = everywhere or listener.among_all()
                ranks = asked(library, kept, listener, name, kind, split, many)
                each = [top for role in range(3) for top in tops(ranks[ranks[:, 0] == role, 1], 1, 5)]
                row = [*tops(ranks[:, 1], 1, 5), *each]
                rows.append([f"{name}, {'unseen' if split == unseen else 'seen'} ({many})", *row])
                if split == unseen:
                    figures |= {f"{kind}, {name} top 1": row[0], f"{kind}, {name} top 5": row[1]}
        columns = [f"{name} {place}" for name in ("all", *ROLES) for place in ("top-1", "top-5")]
        show(f"Mixes: {kind}", columns, rows)
        print(f"({time.time() - began:.0f} s)", flush=True)
    return "sound_encoder", figures
