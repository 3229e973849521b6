"""Splits instruments into train, validation and test: never a sound on two sides."""

from collections import Counter

from .making import hash_split, name_stem

SHARED_SAMPLES = ("fluid", "musescore")
"""SoundFonts made of largely the same recordings: a program of one goes with that of the other."""


def assign(instruments, groups, before=None):
    """(cluster, split) of each instrument, as two lists; a split is "train", "validation" or "test".

    Everything joined by near-duplicate ``groups``, by source and name without numbers, or by
    shared samples is one cluster and goes one way: where a member went ``before`` (id → split),
    else where the draw of one of its members (a hash of its name) sends it. When a newcomer joins
    instruments that went different ways, the way of most counts and the others are dropped: ``None``.
    """
    before = before or {}
    parent = {}

    def root(item):
        parent.setdefault(item, item)
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    for index, instrument in enumerate(instruments):
        parent[root(index)] = root(("group", int(groups[index])))
        stem = name_stem(instrument["name"])
        if stem:
            parent[root(index)] = root(("name", instrument["source"], stem))
        if instrument["source"] in SHARED_SAMPLES:
            parent[root(index)] = root(("samples", instrument["program"]))
    roots = [root(index) for index in range(len(instruments))]
    number = {cluster: index for index, cluster in enumerate(dict.fromkeys(roots))}
    members = {}
    for index, cluster in enumerate(roots):
        members.setdefault(cluster, []).append(index)
    splits = [None] * len(instruments)
    for indices in members.values():
        placed = Counter(sorted(before[instruments[index]["id"]] for index in indices if instruments[index]["id"] in before))
        leader = min((instruments[index] for index in indices), key=lambda instrument: instrument["id"][::-1])
        way = placed.most_common(1)[0][0] if placed else hash_split(leader["draw"])
        for index in indices:
            splits[index] = way if before.get(instruments[index]["id"], way) == way else None
    return [number[cluster] for cluster in roots], splits
