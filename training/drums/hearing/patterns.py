"""Drum parts that no arranger wrote: grooves with fills, rolls and percussion, and strokes at random, so that every piece is heard
with every other. A part is [(seconds, key, velocity)]."""

_TOMS = (50, 48, 47, 45, 43, 41)
_LOOP = {
    "straight": {36: (0, 8, 10), 38: (4, 12)}, "four": {36: (0, 4, 8, 12), 38: (4, 12)}, "half": {36: (0, 6), 38: (8,)},
    "break": {36: (0, 2, 10, 11), 38: (4, 7, 9, 12, 15)}, "tresillo": {36: (0, 3, 6, 8, 11, 14), 38: (4, 12)}, "drop": {36: (8,), 37: (8,)},
    "double": {36: tuple(range(0, 16, 2)), 38: (4, 12)}, "swing": {36: (0, 8), 37: (4, 12), 44: (4, 12)},
}  # fmt: skip


def draw(rng, seconds):
    """A part of `seconds`, by a `random.Random`."""
    return _scatter(rng, seconds) if rng.random() < 0.15 else _groove(rng, seconds)


def _scatter(rng, seconds):
    keys = rng.sample([36, 38, 37, 39, 42, 44, 46, *_TOMS, 49, 57, 51, 53, 54, 70, 62, 63, 64, 56, 76], rng.randint(3, 10))
    now, hits, pace = 0.0, [], rng.uniform(0.08, 0.5)
    while (now := now + max(rng.expovariate(1 / pace), 0.02)) < seconds:
        hits.append((now, rng.choice(keys), rng.randint(25, 127)))
    return hits


def _groove(rng, seconds):
    triple = rng.random() < 0.2
    bar_steps = 12 if triple else 16
    step = 60 / rng.uniform(65, 180) / (bar_steps // 4)
    swing = 0.0 if triple else rng.choice((0.0, 0.0, 0.0, 0.2, 0.33))
    loop = {key: list(steps) for key, steps in _LOOP[rng.choice(list(_LOOP))].items()}
    for key in list(loop):
        loop[key] = [s * bar_steps // 16 if triple else s for s in loop[key] if rng.random() < 0.93]
        loop[key] += [rng.randrange(bar_steps) for _ in range(rng.choice((0, 0, 1, 2)))]
    top = rng.choice((42, 42, 42, 51, 51, 46, 59, 53, 44, None))
    every = rng.choice((1, 2, 2, 2, 4)) if not triple else rng.choice((1, 2, 3))
    extra = rng.sample((54, 70, 69, 62, 63, 64, 60, 61, 56, 76, 37, 39), rng.choice((0, 0, 1, 1, 2)))
    patterns = {key: [s for s in range(bar_steps) if rng.random() < rng.choice((0.2, 0.5))] for key in extra}
    ghosts, loud = rng.random() * 0.12, rng.uniform(0.6, 1.0)
    hits, bar = [], 0
    while bar * bar_steps * step < seconds:
        fill = rng.random() < 0.25
        fill_from = bar_steps - rng.choice((4, 8, bar_steps)) if fill else bar_steps
        if rng.random() < 0.3:
            hits.append((bar, 0, rng.choice((49, 57, 52, 55)), rng.randint(80, 127)))
        for s in range(bar_steps):
            accent = 1.0 if s % (bar_steps // 4) == 0 else 0.75
            if s >= fill_from:
                if rng.random() < 0.75:
                    hits.append((bar, s, rng.choice((38, 38, *_TOMS)), rng.randint(60, 127)))
                if rng.random() < 0.3:
                    hits.append((bar, s, 36, rng.randint(70, 120)))
                continue
            for key, steps in (*loop.items(), *patterns.items()):
                if s in steps:
                    hits.append((bar, s, key, rng.randint(70, 127) if key in loop else rng.randint(40, 110)))
            if top and s % every == 0 and rng.random() < 0.95:
                key = 46 if top == 42 and rng.random() < 0.08 else top
                hits.append((bar, s, key, int(rng.randint(55, 115) * accent)))
            if rng.random() < ghosts:
                hits.append((bar, s, 38, rng.randint(20, 50)))
        bar += 1
    return [
        (max((b * bar_steps + s + swing * (s % 2)) * step + rng.gauss(0, 0.004), 0.0), key, max(min(int(v * loud), 127), 8))
        for b, s, key, v in hits
    ]
