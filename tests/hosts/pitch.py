"""How well in tune instruments are: prompts × all keys of a piano, heard by librosa.

pYIN says where a note is, to a quarter of a semitone and within an octave and a half, so that a
wrong octave shows; YIN then measures it to a fraction of a cent. Run it by
`cargo xtask evaluate pitch`; the numbers are printed.
"""

import argparse
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import librosa
import numpy as np

from tests.hosts.playing import KEYS, Player, make_preset

# Sounds that have a pitch: drums and effects have none to be wrong.
PROMPTS = [
    "warm cello", "bright violin", "soft flute", "mellow clarinet", "dark oboe",
    "grand piano", "electric piano", "church organ", "drawbar organ", "plucked harp",
    "nylon guitar", "picked bass", "synth bass", "saw lead", "square lead",
    "soft pad", "string ensemble", "brass section", "muted trumpet", "marimba",
    "bright trumpet", "dark french horn", "tuba", "alto sax", "bassoon",
    "english horn", "breathy pan flute", "recorder", "piccolo", "whistle",
    "solo viola", "contrabass", "pizzicato strings", "slow strings", "choir",
    "warm voice", "harpsichord", "clavinet", "bright electric piano", "vibraphone",
    "music box", "koto", "kalimba", "plucked synth", "steel guitar",
    "clean electric guitar", "fretless bass", "warm synth brass", "hollow square pad", "detuned lead",
]
RATE = 48_000
# Each key alone: held, then time for its release.
HELD, APART = 0.9, 1.6
# Farther off than this is a wrong note, not a note out of tune.
GROSS_CENTS = 150.0
# Partials above this say little about pitch, and low notes need none of them.
QUIET = 1e-4


def key_hz(key: int) -> float:
    return 440.0 * 2.0 ** ((key - 69) / 12.0)


def pitch_cents(sound: np.ndarray, key: int, rate: int = RATE) -> float | None:
    """Cents from the key's frequency; `None` when no pitch is heard."""
    hz = key_hz(key)
    # High notes have few samples a period; between them YIN guesses.
    up = 4 if key >= 60 else 1
    if up > 1:
        sound, rate = librosa.resample(sound, orig_sr=rate, target_sr=rate * up), rate * up
    frame = 2 ** int(np.ceil(np.log2(max(2048 * min(up, 2), 5 * rate / hz))))
    hop = frame // 4
    coarse, voiced, _ = librosa.pyin(
        sound, fmin=hz / 2.4, fmax=min(hz * 2.4, rate / 4), sr=rate, frame_length=frame,
        # Two octaves a frame: the longest way within the range.
        hop_length=hop, resolution=0.25, max_transition_rate=2 * rate / hop,
    )
    if not voiced.any():
        return None
    rough = 1200 * np.log2(np.nanmedian(coarse) / hz)
    if abs(rough) > GROSS_CENTS:
        return float(rough)
    # librosa's YIN compares fewer samples the longer the period, and so errs upwards: on a perfect
    # sine by some 50 cents over the periods in a frame. So the frame is nearly the whole sound.
    frame = 2 ** int(np.log2(len(sound)))
    fine = librosa.yin(
        sound, fmin=hz / 1.2, fmax=hz * 1.2, sr=rate, frame_length=frame,
        hop_length=(len(sound) - frame) // 4 or 1, center=False,
    )
    return float(1200 * np.log2(np.median(fine) / hz))


def chromatic(preset: Path) -> list[np.ndarray]:
    """Each key's steady part, mono."""
    player = Player(preset, RATE)
    sounds = []
    for key in KEYS:
        sound = player.play([(key, 90, 0.0, HELD)], APART).mean(axis=0)
        # After the attack, before the release.
        sounds.append(sound[int(0.1 * RATE) : int(HELD * RATE)])
    return sounds


def measure(prompt: str) -> tuple[str, list[float | None]]:
    with tempfile.TemporaryDirectory() as folder:
        sounds = chromatic(make_preset(prompt, Path(folder)))
    errors = []
    for key, sound in zip(KEYS, sounds):
        loud = np.sqrt(np.mean(sound**2)) > QUIET
        errors.append(pitch_cents(sound, key) if loud else None)
    return prompt, errors


def numbers(errors: list[float | None]) -> tuple[float, float, int, int]:
    """Median and 95% of the cents of tuned notes; notes that aren't tuned; notes without a pitch."""
    heard = [error for error in errors if error is not None]
    tuned = np.abs([error for error in heard if abs(error) <= GROSS_CENTS])
    median, most = (np.median(tuned), np.percentile(tuned, 95)) if len(tuned) else (np.nan,) * 2
    return median, most, len(heard) - len(tuned), len(errors) - len(heard)


def summary(errors: list[float | None]) -> str:
    median, most, wrong, unheard = numbers(errors)
    return (
        f"median {median:5.2f} cents, 95% within {most:6.2f} cents; "
        f"wrong octave or note {wrong:3d}, no pitch heard {unheard:3d}, of {len(errors)} notes"
    )


def is_in_tune(errors: list[float | None]) -> bool:
    median, most, wrong, unheard = numbers(errors)
    return bool(median <= 3.0 and most <= 10.0 and wrong + unheard <= 0.02 * len(errors))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prompts", type=int, default=len(PROMPTS), help="only the first so many")
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    every, off = [], []
    with ProcessPoolExecutor(arguments.workers) as pool:
        for prompt, errors in pool.map(measure, PROMPTS[: arguments.prompts]):
            print(f"{prompt:16} {summary(errors)}", flush=True)
            every += errors
            off += [] if is_in_tune(errors) else [prompt]
    print(f"{'all':16} {summary(every)}")
    if off:
        print(f"not in tune: {', '.join(off)}")
    return 1 if off else 0


if __name__ == "__main__":
    sys.exit(main())
