"""The sampler of the parts network, exactly as the plugin runs it.

Given: tokens [S, 30] in which what is to be filled in holds its stream's mask id, and the network's other inputs.

Random numbers. `uniform(seed, call, which, step, stream)` in (0, 1): with all arithmetic modulo 2^64,
    n = ((call * 2 + which) * 256 + step) * 32 + stream
    z = seed + (n + 1) * 0x9E3779B97F4A7C15
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;  z = z ^ (z >> 31)
    u = ((z >> 40) + 0.5) / 2^24
`call` counts the network calls of this sampling from 0; `which` is 0 to choose a token, 1 to choose where.

Two phases: first drum pieces and notes (`EARLY` streams, K = `early_steps` calls), then the drums' offset and the touches (`LATE`
streams, K = `late_steps`). A phase whose streams hold no mask is skipped and its calls aren't counted. With n masks of the
phase's streams at its beginning, call k = 0 … K-1 of a phase does:

1. Logits of one batch of three: c, of the inputs as they are; x, with text and controls all zero; v, with those and `heard` zero, the
   roles given and heard turned to absent, and the tokens of such parts silent (0, offset 2, `NO_TOUCH`). In f32
   l = v + `context` * (x - v) + `words` * (c - x): the strengths of the other parts (of the kick's logits `kick`: it goes with the bass) and of
   what is said.
2. For each masked token of the phase's streams, in order of (step, stream), in f64: p = softmax(l / T), T the temperature of the
   phase; the token is the first j with p[0] + … + p[j] > u, or the last if there is none. Bars share their numbers, so that where
   their chances are alike they get the same pattern (over other chords: notes are degrees), and what the network wants different
   becomes different: u = uniform(seed, 0, 0, q, stream) where q is step mod beat if the stream is a piece that keeps time (hats, ride,
   shaker: `STEADY`) and uniform(seed, 1, 1, step mod beat, stream) < `steady`, else step mod bar if uniform(seed, 1, 0, step mod bar,
   stream) < `alike`, else step mod (2 * bar). A bar has S / 8 steps, a beat 4, in 6/8 (metre 2 of `place`) 6. The same u at every call.
3. Each chosen token scores ln p[j] * w - ln(-ln u(which = 1)) with the weight w = `confidence` (0: any order).
4. Kept masked are the floor(n * cos(pi / 2 * (k + 1) / K)) tokens that score lowest, none at the last call; of equal scores the earlier in
   order is revealed first. The others get their token.

In the end (`finish`): a hold that follows a rest, or begins the eight bars, becomes a rest; a touch where no note begins becomes
`NO_TOUCH`; the drums' offset where nothing is hit becomes 0 (id 2). Only where it was masked at the beginning.
"""

from dataclasses import dataclass

import numpy as np

from . import gm, grid, tokens
from . import net_layout as net


@dataclass(frozen=True)
class Settings:
    early_steps: int = 10
    late_steps: int = 2
    words: float = 2.0
    context: float = 1.25
    kick: float = 2.0
    temperature: float = 0.95
    late_temperature: float = 0.7
    confidence: float = 0.0
    alike: float = 0.8
    steady: float = 0.8


_MASK64 = (1 << 64) - 1


def uniform(seed, call, which, step, stream):
    """Uniform numbers for arrays of steps and streams."""
    n = ((call * 2 + which) * 256 + np.asarray(step, np.uint64)) * np.uint64(32) + np.asarray(stream, np.uint64)
    with np.errstate(over="ignore"):
        z = np.uint64(seed & _MASK64) + (n + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return ((z >> np.uint64(40)).astype(np.float64) + 0.5) / 2.0**24


EARLY = tuple(range(net.PIECES)) + tuple(range(net.NOTES.start, net.NOTES.stop))
LATE = (net.OFFSET,) + tuple(range(net.TOUCHES.start, net.TOUCHES.stop))
KICK = gm.PIECES.index("kick")
STEADY = tuple(gm.PIECES.index(piece) for piece in ("closed hat", "pedal hat", "open hat", "ride", "shaker"))
ORDER = ("tokens", "role", "chord", "heard", "place", "song", "text", "controls")


def of_stream(outputs, stream):
    """Logits [S, ids] of one stream, of the network's six outputs for one example."""
    drums, offset, bass, lead, chords, touch = outputs
    if stream < net.PIECES:
        return drums[:, stream]
    if stream == net.OFFSET:
        return offset
    row = stream - net.NOTES.start
    if row < 7:
        return bass if row == 0 else lead if row == 6 else chords[:, row - 1]
    return touch[:, stream - net.TOUCHES.start]


def sample(run, inputs, masks, seed, settings=Settings()):
    """Fills in the masks of `inputs["tokens"]` [S, 30]; `run(*arrays with a batch axis)` gives six arrays."""
    (done,) = sample_many(run, [inputs], masks, [seed], settings)
    return done


def sample_many(run, several, masks, seeds, settings=Settings()):
    """As `sample`, for several requests of one metre at once: the same answers, faster."""
    masks = np.asarray(masks)
    now = [np.array(inputs["tokens"]) for inputs in several]
    missing = [tokens_ == masks for tokens_ in now]
    calls = [0] * len(several)
    for streams, count, temperature in (
        (EARLY, settings.early_steps, settings.temperature),
        (LATE, settings.late_steps, settings.late_temperature),
    ):
        totals = [int((t[:, streams] == masks[list(streams)]).sum()) for t in now]
        active = [i for i, total in enumerate(totals) if total]
        for k in range(count if active else 0):
            logits = _logits(run, [several[i] | dict(tokens=now[i]) for i in active], settings)
            for outputs, i in zip(logits, active):
                keep = int(np.floor(totals[i] * np.cos(np.pi / 2 * (k + 1) / count))) if k + 1 < count else 0
                _reveal(now[i], masks, streams, outputs, seeds[i], calls[i], keep, temperature, settings, _beat(several[i]))
                calls[i] += 1
    return [finish(tokens_, was) for tokens_, was in zip(now, missing)]


def _logits(run, several, settings):
    said = [np.stack([inputs[name] for inputs in several]) for name in ORDER]
    unsaid = [array * 0 if name in ("text", "controls") else array for name, array in zip(ORDER, said)]
    alone = [unconditional(name, array, said) for name, array in zip(ORDER, said)]
    outputs = run(*[np.concatenate(three) for three in zip(said, unsaid, alone)])
    n = len(several)
    words, context = np.float32(settings.words), [np.float32(settings.context)] * len(outputs)
    context[0] = np.full((net.PIECES, 1), settings.context, np.float32)
    context[0][KICK] = settings.kick
    mixed = [v + by * (x - v) + words * (c - x) for by, (c, x, v) in zip(context, ((o[:n], o[n : 2 * n], o[2 * n :]) for o in outputs))]
    return [[o[i] for o in mixed] for i in range(n)]


def _beat(inputs):
    return 6 if np.ndim(inputs["place"]) > 1 and inputs["place"][0, 0] == grid.METRES.index("6/8") else 4


def unconditional(name, array, said):
    """An input as if neither words nor other parts were known."""
    if name in ("text", "controls", "heard"):
        return array * 0
    known = np.isin(said[ORDER.index("role")], (net.ROLES.index("given"), net.ROLES.index("heard")))
    if name == "role":
        return np.where(known, net.ROLES.index("absent"), array)
    if name == "tokens":
        array = array.copy()
        for example, parts in zip(array, known):
            for part in np.flatnonzero(parts):
                if part == 0:
                    example[:, : net.PIECES], example[:, net.OFFSET] = 0, grid.REACH
                else:
                    example[:, net.PIECES + part], example[:, net.TOUCHES.start + part - 1] = tokens.REST, tokens.NO_TOUCH
    return array


def _reveal(now, masks, streams, outputs, seed, call, keep, temperature, settings, beat):
    found, bar = [], len(now) // grid.BARS
    for stream in streams:
        at = np.flatnonzero(now[:, stream] == masks[stream])
        if not len(at):
            continue
        logits = of_stream(outputs, stream)[at].astype(np.float64) / temperature
        p = np.exp(logits - logits.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        among = uniform(seed, 1, 0, at % bar, np.full(len(at), stream))
        same = np.where(among < settings.alike, at % bar, at % (2 * bar))
        if stream in STEADY:
            steady = uniform(seed, 1, 1, at % beat, np.full(len(at), stream)) < settings.steady
            same = np.where(steady, at % beat, same)
        number = uniform(seed, 0, 0, same, np.full(len(at), stream))
        more = np.cumsum(p, 1) > number[:, None]
        chosen = np.where(more.any(1), more.argmax(1), p.shape[1] - 1)
        where = -np.log(-np.log(uniform(seed, call, 1, at, np.full(len(at), stream))))
        score = np.log(np.maximum(p[np.arange(len(at)), chosen], 1e-300)) * settings.confidence + where
        found += list(zip(-score, at.tolist(), [stream] * len(at), chosen.tolist()))
    found.sort()
    for _, step, stream, token in found[: len(found) - keep]:
        now[step, stream] = token


def finish(done, missing):
    """Puts right what can't be played."""
    done = done.copy()
    for row in range(7):
        note, touch = net.NOTES.start + row, net.TOUCHES.start + row
        for step in np.flatnonzero(missing[:, note] & (done[:, note] == tokens.HOLD)):
            if step == 0 or done[step - 1, note] == tokens.REST:
                done[step, note] = tokens.REST
        silent = missing[:, touch] & (done[:, note] < tokens.FIRST)
        done[silent, touch] = tokens.NO_TOUCH
    still = missing[:, net.OFFSET] & ~(done[:, : net.PIECES] > 0).any(1)
    done[still, net.OFFSET] = grid.REACH
    return done
