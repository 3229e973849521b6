"""Training examples: which parts are to be filled in, what of the others is known, what is masked, what is said."""

import numpy as np

from . import gm, grid, heard, tokens, variations, windows
from . import net_layout as net
from .measure import CONTROLS
from .request import streams_of

# How often a part is the one that is asked for.
WANTED = np.array([6.0, 3.0, 2.0, 2.0, 1.0, 1.0, 1.0, 0.7])


class Batches:
    """Draws examples of some splits. In a share `vary` of them the places of a bar change (`variations.varied`); in a share `held` what is
    known of the song are chords that are held, and now and then a melody: whoever plays along has to play more than those."""

    def __init__(self, *splits, seed=0, vary=0.0, held=0.0):
        self.vary, self.held = vary, held
        self.data = windows.Windows(*splits)
        self.rng = np.random.default_rng(seed)
        self.vectors = windows.text_vectors(self.data.captions)
        self.masks = np.array(net.masks(len(self.data.voicings.sets)))
        self.table = heard.tables(self.data.voicings)
        self.metres = list(self.data.groups)
        # Rare metres more often than their share.
        sizes = np.array([len(self.data.groups[m]["window"]) for m in self.metres], float)
        self.weights = sizes**0.75 / (sizes**0.75).sum()
        self.chances = {}
        for metre in self.metres:
            facts = [self.data.facts[w] for w in self.data.groups[metre]["window"]]
            alone = np.array([0.5 if f["drums_only"] else 1.0 for f in facts])
            self.chances[metre] = alone / alone.sum()

    def draw(self, size):
        """One batch: inputs of the network by name, the true tokens, and which tokens are to be guessed."""
        rng = self.rng
        metre = self.metres[rng.choice(len(self.metres), p=self.weights)]
        group = self.data.groups[metre]
        rows = rng.choice(len(group["window"]), size, p=self.chances[metre])
        return self.make(metre, [self.example(metre, row) for row in rows])

    def make(self, metre, examples):
        """Stacks examples of one metre."""
        inputs = {name: np.stack([e[0][name] for e in examples]) for name in examples[0][0]}
        inputs["place"] = np.repeat(windows.place(metre)[None], len(examples), 0)
        return inputs, np.stack([e[1] for e in examples]), np.stack([e[2] for e in examples])

    def example(self, metre, row):
        rng, group = self.rng, self.data.groups[metre]
        fact = self.data.facts[group["window"][row]]
        present = fact["present"]
        truth = np.concatenate([group["drums"][row], group["offset"][row][:, None], group["note"][row], group["touch"][row]], 1).astype(np.int64)
        changed = ()
        if rng.random() < self.vary:
            truth, changed = variations.varied(rng, metre, truth, (fact["swing"] or 0) > 0.3)
        targets = self._targets(present)
        others = [p for p in present if p not in targets]
        mode = rng.choice(("given", "heard", "none"), p=(0.45, 0.4, 0.15)) if others else "none"
        root, quality, shown = group["root"][row], group["quality"][row], truth
        chordal = [p for p in others if gm.PARTS[p] in gm.CHORDAL]
        if chordal and rng.random() < self.held:
            shown = variations.held(rng, metre, truth, root, quality)
            others = [int(rng.choice(chordal))]
            if 7 in present and 7 not in targets and rng.random() < 0.3:
                shown[:, streams_of(7)] = truth[:, streams_of(7)]
                others.append(7)
        inputs = self.context(shown, root, quality, fact, targets, others, mode)
        region = self._region(metre, targets)
        hidden = self._hidden(region, len(truth))
        seen = inputs["tokens"]
        for part in targets:
            streams = streams_of(part)
            seen[:, streams] = truth[:, streams]
        seen[hidden] = np.broadcast_to(self.masks, seen.shape)[hidden]
        self._say(inputs, fact, group["scores"][row], targets, changed)
        ask = hidden.copy()
        # Touches and offsets mean something only where notes begin.
        ask[:, net.TOUCHES] &= truth[:, net.NOTES] >= tokens.FIRST
        ask[:, net.OFFSET] &= (truth[:, : net.PIECES] > 0).any(1)
        return inputs, truth, ask

    def _targets(self, present):
        rng = self.rng
        chance = WANTED[present] / WANTED[present].sum()
        count = rng.choice((1, 2, 3, 8), p=(0.58, 0.18, 0.07, 0.17))
        return sorted(int(p) for p in rng.choice(present, min(count, len(present)), replace=False, p=chance))

    def context(self, truth, root, quality, fact, targets, others, mode):
        """Inputs that say nothing yet: the context as given, heard or unknown, chords, song."""
        rng, steps = self.rng, len(truth)
        seen = silent(steps)
        role = np.zeros(len(gm.PARTS), np.int64)
        role[targets] = net.ROLES.index("fill")
        harmony = np.zeros((steps, net.HEARD), np.float32)
        if mode == "given":
            keep = [p for p in others if rng.random() < 0.85] if rng.random() < 0.7 else [int(rng.choice(others))]
            for part in keep:
                role[part] = net.ROLES.index("given")
                seen[:, streams_of(part)] = truth[:, streams_of(part)]
        elif mode == "heard":
            rows = [p - 1 for p in others if p > 0]
            for part, kind in ((1, "bass"), (7, "lead")):
                # The plugin tells no parts apart; a line that it is given by itself is rather read than heard.
                if part in others and rng.random() < 0.3:
                    role[part] = net.ROLES.index("heard")
                    seen[:, net.PIECES + part] = heard.corrupted_line(rng, truth[:, net.PIECES + part], kind)
                    if rng.random() < 0.5:
                        rows.remove(part - 1)
            if 0 in others and rng.random() < 0.8:
                role[0] = net.ROLES.index("given")
                seen[:, streams_of(0)] = truth[:, streams_of(0)]
                if rng.random() < 0.8:
                    begins = (truth[:, net.NOTES][:, rows] >= tokens.FIRST).any(1)
                    seen[:, : net.PIECES], seen[:, net.OFFSET] = heard.corrupted_drums(rng, truth[:, : net.PIECES], truth[:, net.OFFSET], begins)
            if rows:
                harmony = heard.features(rng, truth[:, net.NOTES], rows, root.astype(int), quality.astype(int), self.table)
        chord = np.stack([(root.astype(int) - fact["tonic"]) % 12, root, quality], 1).astype(np.int64)
        song = np.array([np.log2(fact["tempo"] / 110), fact["mode"] == "minor", fact["heard"] != "key only"], np.float32)
        return dict(tokens=seen, role=role, chord=chord, heard=harmony, place=None, song=song, text=None, controls=None)

    def _region(self, metre, targets):
        """Which tokens of the parts asked for are missing: all, some bars, or some pieces of the kit."""
        rng = self.rng
        steps = grid.BARS * grid.STEPS_A_BAR[metre]
        region = np.zeros((steps, net.STREAMS), bool)
        for part in targets:
            region[:, streams_of(part)] = True
        kind = rng.choice(("all", "bars", "pieces"), p=(0.7, 0.15, 0.15))
        if kind == "bars":
            bars = rng.choice(grid.BARS, rng.integers(1, 5), replace=False)
            inside = np.isin(np.arange(steps) // grid.STEPS_A_BAR[metre], bars)
            region &= inside[:, None]
        if kind == "pieces" and 0 in targets:
            kept = rng.random(net.PIECES) < rng.uniform(0.2, 0.9)
            region[:, : net.PIECES] &= ~kept
            if kept.any() and rng.random() < 0.5:
                region[:, net.OFFSET] = False
        return region

    def _hidden(self, region, steps):
        """Noise: a share of the region is masked; touches and offsets come after the notes."""
        rng = self.rng
        hidden = region.copy()
        share = np.cos(np.pi / 2 * rng.random())
        late = [net.OFFSET, *range(net.TOUCHES.start, net.TOUCHES.stop)]
        early = [s for s in range(net.STREAMS) if s not in late]
        if rng.random() < 0.8:
            hidden[:, early] &= rng.random((steps, len(early))) < share
        else:
            hidden[:, early] = False
            hidden[:, late] &= rng.random((steps, len(late))) < share
        return hidden

    def _say(self, inputs, fact, scores, targets, changed):
        """Words and numbers; of parts whose places changed only what is said of all parts, and mostly nothing."""
        rng = self.rng
        captions, told = fact["captions"], not set(targets) & set(changed)
        of = captions["all"] if not told or (len(targets) > 1 and rng.random() < 0.6) or rng.random() < 0.2 else captions[str(rng.choice(targets))]
        inputs["text"] = self.vectors[rng.choice(of)].astype(np.float32) * (rng.random() >= (0.15 if told else 0.6))
        score, said = np.zeros((len(gm.PARTS), len(CONTROLS)), np.float32), np.zeros((len(gm.PARTS), len(CONTROLS)), np.float32)
        if told and rng.random() < 0.35:
            for part in targets:
                said[part] = rng.random(len(CONTROLS)) < 0.5
            score = (4 * (scores - 0.5) + rng.normal(0, 0.2, scores.shape)).astype(np.float32) * said
        inputs["controls"] = np.concatenate([score.ravel(), said.ravel()])


def silent(steps):
    """Tokens of parts that don't play."""
    seen = np.zeros((steps, net.STREAMS), np.int64)
    seen[:, net.OFFSET] = grid.REACH
    seen[:, net.TOUCHES] = tokens.NO_TOUCH
    return seen
