"""A judge of genre that has heard real drums of training songs only, and what it says of real and of generated ones."""

import re

import numpy as np

from ...parts import gm, grid, measure

# Genres that a drum part can be told by, from the names of library files.
GENRES = {
    "swing": r"swing|jazz(?!rock|bossa|rhumba|waltz)|bebop|bigband|basie|broadway|gypsy|evansish|nitejazz|strut",
    "waltz": r"waltz",
    "latin": r"bossa|nova|samba|mambo|salsa|^son$|cha|rhumba|beguine|bolero|merengue|calypso|latin|tango|cuban",
    "rock": r"rock(?!128)|metal|punk|8beat|mtl|hrk|thr",
    "dance": r"techno|trance|rave|house|disco|dance|electric",
    "funk and soul": r"funk|soul|r\+b|rnb|rb$|hip|motown|trip",
    "ballad": r"ballad|lullaby|serenade|hymn|bald",
    "march and polka": r"march|polka|dixie|quickstep|foxtrot|charleston|ragtime|2beat",
    "country and folk": r"country|cntr|bluegrass|folk|western|hill",
}


def genre(stem):
    return next((name for name, pattern in GENRES.items() if re.search(pattern, stem)), None)


def features(roll):
    """What a listener may go by: each piece's hits at each quarter of the beat and beat of the bar, velocities, swing, density."""
    hit = np.minimum(roll.drums, 4).astype(float)
    bar = grid.STEPS_A_BAR[roll.metre]
    pattern = np.zeros((16, len(gm.PIECES)))
    by_bar = hit.reshape(8, bar, -1).mean(0)
    pattern[: min(bar, 16)] = by_bar[:16]
    swing = measure.swings(roll)
    late = (hit.any(1) * (roll.offset.astype(float) - 2)).reshape(8, bar).mean(0)[:16]
    extra = [0.5 if swing is None else swing, measure.onsets(roll, 0).mean(), bar == 16, bar == 12, roll.metre == "6/8"]
    return np.concatenate([pattern.ravel(), np.pad(late, (0, 16 - len(late))), (hit > 0).mean(0) * 4, np.array(extra, float) * 2])


class GenreJudge:
    """Regularised multinomial logistic regression."""

    def __init__(self, rolls, names, rounds=400, rate=0.3, decay=1e-3):
        self.names = sorted(set(names))
        x = np.stack([features(r) for r in rolls])
        self.mean, self.deviation = x.mean(0), x.std(0) + 0.1
        x = self._scaled(x)
        y = np.eye(len(self.names))[[self.names.index(n) for n in names]]
        weight = 1 / y.sum(0)[y.argmax(1)]
        weight /= weight.mean()
        self.w = np.zeros((x.shape[1], len(self.names)))
        for _ in range(rounds):
            p = self._probabilities(x)
            self.w -= rate * (x.T @ ((p - y) * weight[:, None]) / len(x) + decay * self.w)

    def _scaled(self, x):
        return np.c_[np.clip((x - self.mean) / self.deviation, -3, 3), np.ones(len(x))]

    def _probabilities(self, x):
        z = x @ self.w
        p = np.exp(z - z.max(1, keepdims=True))
        return p / p.sum(1, keepdims=True)

    def probabilities(self, rolls):
        """Of each genre, [rolls, genres]."""
        return self._probabilities(self._scaled(np.stack([features(r) for r in rolls])))

    def __call__(self, rolls):
        return [self.names[i] for i in self.probabilities(rolls).argmax(1)]


def learned(data):
    """The judge, from training windows of songs with other parts or without; one window in three is enough."""
    rolls, names = [], []
    for metre, group in data.groups.items():
        for row, w in enumerate(group["window"]):
            name = genre(data.facts[w]["stem"])
            if name and 0 in data.facts[w]["present"] and row % 3 == 0:
                rolls.append(data.rolls(metre, [row])[0])
                names.append(name)
    return GenreJudge(rolls, names)
