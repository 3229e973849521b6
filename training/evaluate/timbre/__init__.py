"""What in my library sounds like this? Notes, mixes and words, held against the references of a library.

`python -m training.evaluate timbre [--mixes N] [--validation]`, and `… timbre mixes` for instruments in mixes as the paper asks
(`in_a_mix`). Queries are sounds of instruments never trained on ("unseen") or
trained on ("seen"), put together as sound; references are single notes (key 60, velocity 100) of all instruments. Beside the
shipped encoder: MFCCs, and the same network trained to classify (`training.sound.classes`). Needs no torch.
"""

import time
from pathlib import Path

import numpy as np

from ...data.paths import checkpoints_root
from ...nets.layout import SOUND_FAMILIES
from ..tables import show
from . import in_a_mix
from .library import ROLES, Library
from .listeners import Mfcc, Network
from .queries import Player, phrase_file
from .ranks import ranks, tops
from .words import families_heard, from_text

PAPERS_POOL = 1463 // 3  # candidates of each role in the paper's mix set
COLUMNS = ["top-1", "top-5"]


class Asked:
    """Listeners with the library's vectors as each hears them, and how they answer queries."""

    def __init__(self, args):
        self.library = library = Library(args.split)
        training = np.flatnonzero(library.split == "train")
        self.encoder = Network(Path(args.models) / "sound_encoder.onnx")
        self.listeners = {"shipped encoder": self.encoder}
        classes = checkpoints_root() / "sound_classes.onnx"
        if classes.exists():
            self.listeners["trained to classify"] = Network(classes)
        else:
            print(f"{classes.name} isn't among the checkpoints (python -m training.sound.classes): left out.")
        self.listeners["MFCCs"] = Mfcc(library.heard.references(training))
        references = library.heard.references(np.arange(len(library)))
        self.vectors = {name: [("", listener(references))] for name, listener in self.listeners.items()}
        shipped = self.vectors["shipped encoder"]
        shipped.append((", mean of 4 notes", library.with_more_notes(self.encoder, shipped[0][1])))

    def singles(self, queries):
        """Ranks among all instruments by one note and by four, of each listener."""
        query, right = queries.pairs()
        everyone = np.ones((1, len(self.library)), bool)
        for name, listener in self.listeners.items():
            heard = listener(queries.mels)[query]
            for reference, vectors in self.vectors[name]:
                yield name + reference, ranks(heard, vectors, right, everyone)

    def mixes(self, queries, most=None):
        """(listener, ranks within the role or the family, role or None of each) of all members."""
        query, right = queries.pairs()
        library, always = self.library, np.unique(right)
        role = np.array([next((r for r in ROLES if library.facts[i]["family"] in ROLES[r]), "") for i in right])
        pools = {}
        for i in np.unique(library.family[right]):
            name = SOUND_FAMILIES[i]
            together = next((families for families in ROLES.values() if name in families), (name,))
            pools[i] = library.pool([SOUND_FAMILIES.index(n) for n in together], most, always)
        among = np.array([pools[i] for i in library.family[right]])
        for name, listener in self.listeners.items():
            heard = listener(queries.mels)[query]
            for reference, vectors in self.vectors[name]:
                yield name + reference, ranks(heard, vectors, right, among), role


def _single(asked, groups):
    figures, rows = {}, []
    for name, queries in groups.items():
        for listener, found in asked.singles(queries):
            rows.append([f"{name}, {listener} ({len(found)})", *tops(found, 1, 5)])
            if listener == "shipped encoder" and name == "note, unseen":
                figures |= {"note top 1": rows[-1][1], "note top 5": rows[-1][2]}
    show(f"One instrument's sound among {len(asked.library)} references", COLUMNS, rows)
    return figures


def _papers(asked, queries, title, most=None):
    rows, figures = [], {}
    for listener, found, role in asked.mixes(queries, most):
        each = [top for name in ROLES for top in tops(found[role == name], 1, 5)]
        rows.append([listener, *tops(found, 1, 5), *each])
        if listener == "shipped encoder":
            figures = {"top 1": rows[-1][1], "top 5": rows[-1][2]} | {f"{name} top 1": each[2 * i] for i, name in enumerate(ROLES)}
    columns = [f"{name} {column}" for name in ("all", *ROLES) for column in COLUMNS]
    sizes = ", ".join(f"{name} {min(len(asked.library.of_role(name, np.arange(len(asked.library)))), most or 10**9)}" for name in ROLES)
    show(f"{title}; {len(queries.mels)} mixes, candidates: {sizes}", columns, rows)
    return figures


def _others(asked, groups):
    rows, figures = [], {}
    for name, queries in groups.items():
        for listener, found, _ in asked.mixes(queries):
            if "mean of" not in listener:
                rows.append([f"{name}, {listener} ({len(queries.mels)})", *tops(found, 1, 5)])
            if listener == "shipped encoder":
                figures |= {f"{name} top 1": rows[-1][1], f"{name} top 5": rows[-1][2]}
    show("Other mixes, ranked within the family among all instruments", COLUMNS, rows)
    return figures


def _text(asked, args):
    library = asked.library
    (meanings,) = asked.encoder.all(library.heard.references(library.unseen), ["meaning"])
    own, shared, count, share = from_text(Path(args.models), [library.facts[i] for i in library.unseen], meanings)
    title = f"{count} captions to {len(meanings)} unseen instruments ({share:.0%} of them written for several)"
    show(title, ["recall at 1", "at 5", "at 10"], [["the very instrument", *own], ["any with that caption", *shared]])
    return {"caption to its instrument at 1": own[0], "caption to its instrument at 10": own[2], "caption to one with it at 1": shared[0]}


def _families(asked, queries):
    """Which families are heard in mixes of unseen instruments."""
    truth = np.zeros((len(queries.mels), len(SOUND_FAMILIES)), bool)
    query, who = queries.pairs()
    truth[query, asked.library.family[who]] = True
    (logits,) = asked.encoder.all(queries.mels, ["families"])
    rows, bins, error = families_heard(logits, truth)
    show(f"Families heard in {len(truth)} mixes of 1 to 4 unseen instruments, at 0.5", ["precision", "recall", "share of mixes"], rows)
    show(f"Confidence; error {error:.3f}", ["how many", "mean confidence", "right"], bins)
    return {"families precision": rows[-1][1], "families recall": rows[-1][2], "families calibration error": error}


def main(args):
    if "mixes" in args.parts:
        return in_a_mix.main(args)
    began = time.time()
    asked = Asked(args)
    library, count = asked.library, args.mixes
    unseen, seen, some = library.unseen, library.seen, max(count // 5, 1)
    print(f"{len(library)} instruments: {len(unseen)} unseen ({args.split}), {len(seen)} seen; {time.time() - began:.0f} s", flush=True)
    player = Player(library, 1)
    fewer = player.rng.permutation(seen)[: len(unseen)]
    whole = {"note, unseen": player.singles(np.repeat(unseen, 2)), "note, seen": player.singles(np.repeat(fewer, 2))}
    whole["under effects, unseen"] = player.singles(unseen, changed=True)
    whole["1 s, unseen"] = player.singles(unseen, seconds=1.0)
    phrased = np.array([i for i in unseen if phrase_file(library.facts[i]).exists()], int)
    if len(phrased):
        whole["phrase of 6 s, unseen"] = player.singles(phrased, note=player.phrase)
    figures = _single(asked, whole)
    print(f"({time.time() - began:.0f} s)", flush=True)
    if not all(len(library.of_role(role, group)) for role in ROLES for group in (unseen, seen)):
        print("There aren't instruments of all roles: no mixes.")
        return "sound_encoder", figures
    papers = player.heard(player.papers_groups(unseen, count))
    found = _papers(asked, papers, "Mixes as in the paper, unseen, among all instruments")
    figures |= {f"mix {name}": value for name, value in found.items()}
    found = _papers(asked, papers, "The same among as many candidates as in the paper, where there are", PAPERS_POOL)
    figures |= {f"mix of the paper's size {name}": value for name, value in found.items()}
    _papers(asked, player.heard(player.papers_groups(seen, count // 2)), "Mixes as in the paper, seen, among all instruments")
    print(f"({time.time() - began:.0f} s)", flush=True)
    two, four = (player.groups(unseen, several, some) for several in (2, 4))
    three = player.papers_groups(unseen, some)
    others = {"2 instruments": player.heard(two), "4 instruments": player.heard(four)}
    others["the paper's, under effects"] = player.heard(three, changed=True)
    others["the paper's, 1 s"] = player.heard(three, seconds=1.0, late=0.0)
    if len(phrased):
        others["the paper's, of phrases of 6 s"] = player.heard(player.papers_groups(phrased, some), note=player.phrase, late=0.0)
        others["3 instruments, of phrases of 6 s"] = player.heard(player.groups(phrased, 3, some), note=player.phrase, late=0.0)
    figures |= _others(asked, others)
    figures |= _text(asked, args)
    groups = [group for several in (1, 2, 3, 4) for group in player.groups(unseen, several, max(some // 2, 1))]
    figures |= _families(asked, player.heard(groups))
    print(f"\n{time.time() - began:.0f} s")
    return "sound_encoder", figures
