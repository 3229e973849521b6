"""Hear and see parts: `python -m training.evaluate.parts.listen OUT [--words "jazzy drums"] [--part 0] [--songs 4] [--validation]`.

For each song writes NAME-real.wav and NAME-made.wav (its context with the real and with the model's part, by fluidsynth), and
rolls.png, real above made.
"""

import argparse
import subprocess
from pathlib import Path

import mido

from ...parts import draw, grid, tokens
from . import answers

PROGRAMS = (0, 33, 25, 0, 48, 61, 66, 73)
FONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")


def midi(roll, voicings, tempo):
    """Eight bars as a MIDI file."""
    file = mido.MidiFile(ticks_per_beat=grid.TICKS * 20)
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=round(60e6 / tempo))])
    events = []
    for part, program in enumerate(PROGRAMS):
        track.append(mido.Message("program_change", channel=9 if part == 0 else part, program=program))
    for part, start, length, key, velocity in tokens.decode(roll, voicings):
        channel = 9 if part == 0 else part
        events += [(start * 20, 1, channel, key, velocity), ((start + length) * 20 - 2, 0, channel, key, 0)]
    now = 0
    for at, on, channel, key, velocity in sorted(events):
        track.append(mido.Message("note_on" if on else "note_off", channel=channel, note=key, velocity=velocity, time=at - now))
        now = at
    file.tracks.append(track)
    return file


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--words", help="instead of the part's own caption")
    parser.add_argument("--part", type=int, default=0)
    parser.add_argument("--songs", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--validation", action="store_true")
    parser.add_argument("--models", type=Path, default=Path("plugin-assets/models"))
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    asker = answers.Asker(args.models, "validation" if args.validation else "test")
    rolls = answers.rolls_of(asker.data, asker.songs(args.part, args.songs, args.seed))
    texts = [args.words] * len(rolls) if args.words else asker.captions(rolls, args.part)
    made = asker.answer(rolls, args.part, texts, seed=args.seed)
    for roll, new, text in zip(rolls, made, texts):
        name = f"{roll.facts['family'].replace('/', '-')}-{roll.facts['number']}-{roll.facts['first']}"
        print(f"{name}: \"{text}\"")
        both = answers.merged(roll, new, args.part)
        for what, some in (("real", roll), ("made", both)):
            path = args.out / f"{name}-{what}.mid"
            midi(some, asker.voicings, roll.facts["tempo"]).save(path)
            subprocess.run(["fluidsynth", "-ni", "-q", "-g", "0.6", "-F", str(path.with_suffix(".wav")), str(FONT), str(path)], check=True)
    pairs = [r for roll, new in zip(rolls, made) for r in (roll, answers.merged(roll, new, args.part))]
    draw.save(args.out / "rolls.png", draw.picture(pairs, asker.voicings, 5))


if __name__ == "__main__":
    main()
