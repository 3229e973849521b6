"""Drum machines of our own: kits drawn from ranges of parameters, written straight into the hit model.

What such machines do is what the model says: sines whose pitch falls, and noise in bands. So nothing has to be rendered
or analysed, and thousands of kits take a minute.
"""

import numpy as np

from ..data import note_model as nm
from . import hit as hm

T = hm.TIME_GRID
_DEFAULT = dict(
    kick=(42, 62), kick_sweep=(0.5, 2.2), kick_fall=(0.006, 0.05), kick_ring=(0.15, 0.9), kick_click=(-35, -8), drive=(0.0, 0.3),
    snare=(160, 240), snare_ring=(0.05, 0.2), snare_noise=(0.1, 0.35), snare_balance=(-6, 8), snare_hz=(1500, 6000),
    hat_hz=(6500, 10500), hat=(0.03, 0.09), hat_open=(0.25, 0.8), metal=(0.0, 1.0), clap_hz=(900, 1800), clap=(0.08, 0.3),
    tom=(75, 120), tom_sweep=(0.1, 0.8), tom_ring=(0.2, 0.7), cymbal=(0.8, 2.5), lowest=(30, 60), highest=(13000, 16000), blip=(0.02, 0.1),
)  # fmt: skip
STYLES = {
    "808": ("808|TR-808|tr808|eight-oh-eight|roland 808|hip hop 808|old school 808", dict(kick=(43, 56), kick_sweep=(0.2, 0.9), kick_fall=(0.004, 0.012), kick_ring=(0.5, 2.8), kick_click=(-40, -22), metal=(0.5, 1.0), snare=(165, 200), snare_noise=(0.12, 0.28), tom_sweep=(0.1, 0.3), drive=(0, 0.1))),
    "909": ("909|TR-909|tr909|nine-oh-nine|roland 909|house 909", dict(kick=(46, 60), kick_sweep=(1.4, 2.3), kick_fall=(0.015, 0.04), kick_ring=(0.25, 0.6), kick_click=(-16, -6), metal=(0.0, 0.4), snare=(180, 225), snare_noise=(0.18, 0.35), tom_sweep=(0.4, 0.9))),
    "606": ("606|TR-606|drumatix|acid|small analog", dict(kick=(58, 72), kick_sweep=(0.2, 0.8), kick_ring=(0.12, 0.25), hat_hz=(8000, 11000), snare=(190, 240), snare_noise=(0.08, 0.15), tom=(100, 140), metal=(0.6, 1.0))),
    "rhythm box": ("CR-78|rhythm box|vintage drum machine|60s organ drums|bossa rhythm box|beatbox|retro drum machine", dict(kick=(60, 85), kick_sweep=(0.1, 0.4), kick_ring=(0.1, 0.22), kick_click=(-40, -25), snare_noise=(0.06, 0.15), snare_balance=(2, 12), hat=(0.02, 0.05), hat_open=(0.1, 0.3), highest=(8000, 12000), tom=(110, 170))),
    "techno": ("techno|warehouse techno|berlin techno|rave|club", dict(kick=(44, 56), kick_sweep=(1.5, 2.8), kick_fall=(0.01, 0.04), kick_ring=(0.2, 0.5), kick_click=(-18, -4), drive=(0.3, 1.0), hat_open=(0.15, 0.4))),
    "house": ("house|deep house|disco house|dance|garage|club", dict(kick=(47, 58), kick_sweep=(1.0, 2.0), kick_ring=(0.2, 0.4), kick_click=(-18, -8), clap=(0.15, 0.3), hat_open=(0.2, 0.45), drive=(0, 0.3))),
    "minimal": ("minimal|glitch|clicks and cuts|microhouse|clicky electronic", dict(kick=(48, 70), kick_ring=(0.08, 0.2), snare_noise=(0.02, 0.07), snare_ring=(0.02, 0.05), hat=(0.008, 0.03), hat_open=(0.05, 0.15), clap=(0.02, 0.07), tom_ring=(0.05, 0.15), cymbal=(0.2, 0.6), blip=(0.005, 0.03))),
    "trap": ("trap|southern trap|drill|modern hip hop|sub-heavy trap", dict(kick=(38, 50), kick_sweep=(0.6, 1.6), kick_fall=(0.006, 0.02), kick_ring=(0.8, 3.0), kick_click=(-25, -10), hat=(0.015, 0.04), hat_hz=(8500, 11500), snare=(200, 260), snare_noise=(0.1, 0.22), snare_hz=(3500, 7000))),
    "electro": ("electro|electro funk|breakdance|robot|electronic|synth", dict(kick_ring=(0.25, 0.7), clap=(0.1, 0.25), metal=(0.3, 1.0), tom_sweep=(0.6, 1.6))),
    "synthwave": ("synthwave|80s electronic|eighties synth drums|simmons|new wave|synth pop|retrowave", dict(kick=(50, 65), kick_ring=(0.15, 0.3), snare=(150, 200), snare_noise=(0.3, 0.7), snare_balance=(0, 10), tom=(80, 130), tom_sweep=(1.0, 2.2), tom_ring=(0.35, 0.9), clap=(0.2, 0.5))),
    "industrial": ("industrial|harsh|noise|distorted electronic|EBM|hardcore|mechanical", dict(drive=(0.6, 1.0), snare_balance=(4, 14), kick_click=(-12, -2), kick_sweep=(1.5, 3.0), metal=(0.6, 1.0), clap=(0.2, 0.5), lowest=(40, 60))),
    "chip": ("chiptune|8-bit|video game|NES|retro game|arcade", dict(kick=(60, 110), kick_sweep=(1.5, 3.0), kick_fall=(0.02, 0.08), kick_ring=(0.08, 0.2), drive=(0.7, 1.0), snare_balance=(10, 18), hat=(0.01, 0.05), hat_hz=(4000, 8000), highest=(8000, 12000), tom_sweep=(1.0, 2.5), metal=(0, 0.2))),
    "dub": ("dub|reggae electronic|dub techno|deep|downtempo electronic", dict(kick=(40, 52), kick_ring=(0.4, 1.0), kick_click=(-40, -25), highest=(6000, 11000), snare_noise=(0.15, 0.5), hat_hz=(5000, 8000), drive=(0, 0.2))),
    "drum and bass": ("drum and bass|jungle|dnb|breakbeat electronic|neurofunk", dict(kick=(52, 70), kick_ring=(0.1, 0.25), kick_click=(-16, -6), snare=(195, 250), snare_ring=(0.08, 0.18), snare_noise=(0.12, 0.25), snare_hz=(2500, 6000), drive=(0.1, 0.5))),
    "ambient": ("ambient|soft electronic|meditative|airy|chillout", dict(kick_click=(-45, -35), kick_ring=(0.4, 1.2), snare_noise=(0.2, 0.6), snare_balance=(-2, 6), hat=(0.05, 0.12), cymbal=(2.0, 3.8), drive=(0, 0.05), metal=(0, 0.4))),
}  # fmt: skip


class _Draft:
    """A hit in the making."""

    def __init__(self):
        self.levels = np.full((hm.ROWS, hm.TIMES), hm.FLOOR_DB)
        self.cents = np.zeros((hm.MODES, hm.TIMES))
        self.free = np.ones(hm.MODES, bool)

    def tone(self, hertz, db, ring, sweep=0.0, fall=0.02, rise=0.0005, hold=0.0):
        """A sine: its last frequency, level, seconds to −60 dB, octaves it starts above, seconds of that fall."""
        course = hertz * 2 ** (sweep * np.exp(-T / fall))
        zone = int(np.clip(hm.zone_of(hertz), 0, hm.MODES - 1)) if 30 < hertz < 9900 else None
        if zone is None:
            return self
        zone = min(np.flatnonzero(self.free), key=lambda z: abs(z - zone), default=None)
        if zone is None:
            return self
        self.free[zone] = False
        level = db - 60 * np.maximum(T - hold, 0) / ring + 20 * np.log10(np.clip(T / max(rise, 1e-6), 0.03, 1))
        self.levels[zone] = np.where(level > hm.FLOOR_DB, level, hm.FLOOR_DB)
        self.cents[zone] = 1200 * np.log2(course / hm.MODE_CENTRES[zone])
        return self

    def hiss(self, db, low, high, ring, order=12.0, over_time=None, tilt=0.0, hold=0.0):
        """Noise between two frequencies (dB of the whole of it), falling by `order` dB an octave outside."""
        octaves_out = np.maximum(np.log2(low / nm.BAND_CENTRES), 0) + np.maximum(np.log2(nm.BAND_CENTRES / high), 0)
        shape = 10 * np.log10(nm.BAND_WIDTHS) - order * octaves_out + tilt * np.log2(nm.BAND_CENTRES / np.sqrt(low * high))
        shape -= 10 * np.log10((10 ** (shape / 10)).sum())
        # Highs die away sooner.
        rings = ring * np.clip((nm.BAND_CENTRES / np.sqrt(low * high)) ** -0.12, 0.5, 1.6)
        course = -60 * np.maximum(T - hold, 0) / rings[:, None] if over_time is None else over_time
        rows = self.levels[hm.MODES :]
        added = db + shape[:, None] + course
        total = 10 * np.log10(10 ** (rows / 10) + 10 ** (added / 10))
        self.levels[hm.MODES :] = np.where(total > hm.FLOOR_DB + 0.5, total, hm.FLOOR_DB)
        return self

    def done(self):
        return self.levels, self.cents


def draw(style, rng):
    """A kit: {key: (levels, cents)} for all keys of the map."""
    ranges = _DEFAULT | STYLES[style][1]
    p = {name: rng.uniform(*span) for name, span in ranges.items()}
    for name in ("kick_ring", "hat_open", "cymbal", "snare_noise"):
        p[name] = float(np.exp(rng.uniform(*np.log(ranges[name]))))
    jitter = lambda share=0.06: float(np.exp(rng.normal(0, share)))
    metal_hz = rng.uniform(0.85, 1.2) * np.array([205, 304, 370, 523, 540, 800]) * rng.uniform(0.9, 1.1, 6)
    kit = {}

    def kick(tune, ring, click):
        d = _Draft().tone(p["kick"] * tune, 0, p["kick_ring"] * ring, p["kick_sweep"], p["kick_fall"], hold=0.02 * (1 + p["drive"] * 3))
        for order, harmonic in enumerate((2, 3, 5)):
            if p["drive"] > 0.15:
                d.tone(p["kick"] * tune * harmonic, -30 + 22 * p["drive"] - 5 * order, p["kick_ring"] * ring * 0.7, p["kick_sweep"], p["kick_fall"], hold=0.03 * p["drive"])
        d.hiss(p["kick_click"] + click, 800, 5000, rng.uniform(0.006, 0.03), 6)
        return d.hiss(-30 + 18 * p["drive"], 150, 3000, 0.1 + 0.2 * p["drive"], 6).done()

    def snare(tune, balance, noise):
        d = _Draft().tone(p["snare"] * tune, -balance / 2, p["snare_ring"] * 2.5, rng.uniform(0, 0.35), 0.012)
        d.tone(p["snare"] * tune * rng.uniform(1.6, 2.0), -balance / 2 - rng.uniform(2, 9), p["snare_ring"] * 2, 0.1, 0.01)
        d.hiss(balance / 2 - 2, p["snare_hz"] * 0.5, min(p["highest"], p["snare_hz"] * 3), p["snare_noise"] * 2.2 * noise, 9)
        return d.hiss(-8, 1500, 9000, 0.02, 6).done()

    def metal(db, low, high, ring, tonal, order=10):
        d = _Draft().hiss(db, low, min(high, p["highest"]), ring, order, tilt=rng.uniform(-1, 1))
        if tonal > 0.3:
            for hz in np.sort(np.outer(metal_hz, rng.choice([7, 9, 11, 13], 3)).ravel())[:: rng.integers(3, 6)]:
                if low * 0.5 < hz < high:
                    d.tone(hz, db - 16 + 8 * tonal + rng.normal(0, 3), ring * jitter(0.2))
        return d.hiss(db - 6, low, high, 0.012, order).done()

    kit[36], kit[35] = kick(1, 1, 0), kick(jitter(0.15), rng.uniform(0.5, 1.0), rng.uniform(-6, 3))
    balance = p["snare_balance"]
    kit[38], kit[40] = snare(1, balance, 1), snare(jitter(0.2), balance + rng.uniform(-5, 5), jitter(0.3))
    rim = rng.uniform(1400, 2400)
    kit[37] = _Draft().tone(rim, -2, rng.uniform(0.03, 0.09)).tone(rim * rng.uniform(0.25, 0.35), -6, 0.06).hiss(-12, 1500, 8000, 0.015, 6).done()
    gap = rng.uniform(0.007, 0.013)
    bursts = np.max([np.where(T >= k * gap, -60 * (T - k * gap) / 0.022, -90) for k in range(3)] + [np.where(T >= 3 * gap, -3 - 60 * (T - 3 * gap) / (p["clap"] * 2.2), -90)], 0)
    kit[39] = _Draft().hiss(0, p["clap_hz"] * 0.8, p["clap_hz"] * 1.6, 1, 9, over_time=bursts[None]).hiss(-10, 2000, 8000, 0.02, 6, over_time=bursts[None] - 8).done()
    high = min(p["highest"], p["hat_hz"] * 1.6)
    for key, ring, db in ((42, p["hat"], 0), (44, p["hat"] * rng.uniform(0.6, 1.3), -3), (46, p["hat_open"], 0)):
        kit[key] = metal(db, p["hat_hz"] * 0.75, high, ring * 2.2, p["metal"])
    for step, key in enumerate((41, 43, 45, 47, 48, 50)):
        hertz = p["tom"] * 2 ** (step * rng.uniform(2.4, 3.2) / 12)
        d = _Draft().tone(hertz, 0, p["tom_ring"] * 2 * 0.93**step, p["tom_sweep"], rng.uniform(0.02, 0.09))
        kit[key] = d.tone(hertz * 1.6, -20 + 10 * p["drive"], p["tom_ring"]).hiss(-22 + rng.uniform(-6, 8), 300, 5000, 0.06, 6).done()
    for key, low, ring, tonal in ((49, 3500, 1, 0.3), (57, 4200, 0.85, 0.3), (52, 2500, 0.9, 0.2), (55, 5000, 0.4, 0.2)):
        kit[key] = metal(0, low * jitter(), p["highest"], p["cymbal"] * 1.5 * ring, tonal * p["metal"] * 2, 8)
    for key, hz, ring in ((51, 5500, 0.9), (59, 6200, 0.8), (53, 4000, 0.8)):
        levels, cents = metal(-4, hz * jitter(), p["highest"], p["cymbal"] * ring, 0.6 * p["metal"], 9)
        kit[key] = levels, cents
        if key == 53:
            kit[key] = _Draft().tone(rng.uniform(700, 1100), -2, 1.2).tone(rng.uniform(1800, 2600), -5, 0.9).tone(rng.uniform(3200, 4200), -8, 0.7).hiss(-14, 4000, 12000, 0.8, 8).done()
    kit[54] = metal(0, 7000, p["highest"], rng.uniform(0.1, 0.3), 0.5)
    low_bell = rng.uniform(520, 580)
    d = _Draft()
    for hz, db in ((low_bell, 0), (low_bell * 1.48, 0), (low_bell * 3, -12), (low_bell * 4.44, -13), (low_bell * 5, -17)):
        d.tone(hz, db, rng.uniform(0.2, 0.5))
    kit[56] = d.hiss(-20, 500, 4000, 0.02, 6).done()
    rattle = -60 * T / rng.uniform(0.9, 1.6) + np.where(np.sin(2 * np.pi * rng.uniform(22, 32) * T) > 0, 0.0, -14.0)
    kit[58] = _Draft().hiss(0, 1800, 5000, 1, 9, over_time=rattle[None]).done()
    skins = rng.uniform(0.9, 1.15)
    for key, hz, ring, slap in ((60, 400, 0.18, -14), (61, 290, 0.22, -16), (62, 260, 0.07, -6), (63, 250, 0.3, -16), (64, 180, 0.35, -18), (65, 330, 0.3, -8), (66, 230, 0.35, -10)):
        hz = hz * skins * jitter(0.05)
        d = _Draft().tone(hz, 0, ring, rng.uniform(0, 0.25), 0.02).tone(hz * rng.uniform(1.5, 2.2), -14, ring * 0.6)
        kit[key] = d.hiss(slap + rng.uniform(-4, 4), 800, 5000, 0.03, 6).done()
    for key, hz in ((67, rng.uniform(900, 1200)), (68, rng.uniform(620, 800))):
        kit[key] = _Draft().tone(hz, 0, 0.35).tone(hz * 2.4, -8, 0.25).tone(hz * 4.1, -16, 0.2).hiss(-22, 2000, 8000, 0.015, 6).done()
    swell = np.minimum(0, 20 * np.log10(np.clip(T / 0.02, 0.05, 1)))
    for key, length in ((69, 0.1), (70, 0.06)):
        kit[key] = _Draft().hiss(0, 5500, p["highest"], 1, 12, over_time=(swell - 60 * np.maximum(T - 0.02, 0) / length / 2)[None]).done()
    for key, length in ((71, 0.12), (72, 0.5)):
        hz = rng.uniform(2200, 2700)
        d = _Draft().tone(hz, -2, 0.15, rise=0.01, hold=length).tone(hz * 1.06, -5, 0.15, rise=0.01, hold=length)
        kit[key] = d.hiss(-14, 2000, 6000, 0.15, 9, hold=length).done()
    for key, length in ((73, 0.08), (74, 0.4)):
        comb = np.where(np.sin(2 * np.pi * rng.uniform(25, 45) * T) > -0.3, 0.0, -12.0) + np.where(T < length, 0, -60 * (T - length) / 0.08)
        kit[key] = _Draft().hiss(0, 2500, 7000, 1, 9, over_time=comb[None]).done()
    for key, hz, ring in ((75, rng.uniform(2200, 2700), 0.06), (76, rng.uniform(1100, 1500), 0.09), (77, rng.uniform(700, 950), 0.1)):
        kit[key] = _Draft().tone(hz, 0, ring * 1.5).tone(hz * 2.6, -16, ring).hiss(-20, 2000, 8000, 0.01, 6).done()
    for key, length, bend in ((78, 0.12, 0.5), (79, 0.25, -0.6)):
        hz = rng.uniform(350, 550)
        d = _Draft().tone(hz, 0, 0.12, bend, length / 2, rise=0.01, hold=length).tone(hz * 2, -8, 0.1, bend, length / 2, rise=0.01, hold=length)
        kit[key] = d.tone(hz * 3, -14, 0.1, bend, length / 2, rise=0.01, hold=length).hiss(-24, 500, 3000, 0.2, 6).done()
    hz = rng.uniform(2800, 3400)
    for key, ring in ((80, 0.15), (81, rng.uniform(1.5, 3.0))):
        d = _Draft()
        for ratio, db in ((1, -4), (1.42, 0), (1.9, -5), (2.6, -9)):
            d.tone(hz * ratio, db, ring * jitter(0.2))
        kit[key] = d.hiss(-14, 5000, 14000, ring * 0.5, 9).done()
    return kit
