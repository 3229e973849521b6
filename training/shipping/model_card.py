"""What is said about the models beside their weights: default settings, training data, the model card."""

import json

from ..data.families import DEFAULT_RANGES
from ..nets.layout import FAMILIES

TRAINING_DATA = dict(
    text_encoder="Distilled from all-MiniLM-L6-v2 (Apache-2.0) on phrases of our own and WordNet 3.0; aligned with "
    "captions of the rendered instruments.",
    first_anchor="Notes rendered from presets of free synthesizers and free soundfonts in Debian, with captions.",
    complete="Notes rendered from presets of free synthesizers and free soundfonts in Debian.",
    codec_decoder="Notes rendered from presets of free synthesizers and free soundfonts in Debian.",
    timbre_encoder="Notes rendered from presets of free synthesizers and free soundfonts in Debian, with captions.",
    sound_encoder="Notes and mixes of notes of presets of free synthesizers and free soundfonts in Debian, with captions, "
    "and grooves on drum kits of those soundfonts and of Hydrogen.",
)

# The anchor drawn first (MIDI key): in the middle of a family's useful keys, where its instruments are most themselves.
ANCHOR_KEYS = {family: 64 for family in FAMILIES}
ANCHOR_KEYS |= {"bass": 44, "chromatic percussion": 84, "drum": 54, "guitar": 54, "wind": 74}


def flow_settings():
    """Default settings of the sampler, chosen on the validation split.

    Guidance 1.5, 2, 3, 5: family right by the nearest real notes 38, 49, 64, 81 %; seeds differ by 27.9, 27.0, 25.0,
    22.3 dB, real instruments of a family by 26.6 dB. 3 keeps nearly all of the variety.
    """
    return dict(
        steps=16,
        guidance=4.0,
        temperature=1.0,
        anchor_velocity=80,
        anchor_key_by_family=ANCHOR_KEYS,
        range_by_family={family: list(span) for family, span in DEFAULT_RANGES.items()},
    )


def record(folder, task, figures):
    """Adds measured figures (name: number) to a model's entry in the manifest, and to the card.

    Without a task they are those of whole instruments (name: number or text).
    """
    manifest = json.loads((folder / "manifest.json").read_text())
    if task is None:
        said = {name: value if isinstance(value, str) else round(float(value), 3) for name, value in figures.items()}
        manifest["instruments"] = manifest.get("instruments", {}) | said
    else:
        (entry,) = (model for model in manifest["models"] if model["task"] == task)
        entry["quality"] |= {name.replace(" ", "_"): round(float(value), 3) for name, value in figures.items()}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    write(folder / "MODEL_CARD.md", manifest)


def write(path, manifest):
    rows = []
    if manifest.get("instruments"):
        rows.append("## Instruments (`python -m training.evaluate instruments`)\n\n| measured | value |\n| --- | --- |")
        rows += [f"| {name} | {value} |" for name, value in manifest["instruments"].items()]
        rows.append("")
    for model in manifest["models"]:
        rows.append(f"## {model['task']} (`{model['file']}`, version {model['version']})\n")
        rows.append(f"Trained on: {model['training_data']}\n")
        rows.append("| measured | value |\n| --- | --- |")
        rows += [f"| {name.replace('_', ' ')} | {value} |" for name, value in model["quality"].items()]
        rows.append("")
    path.write_text(CARD.format(rows="\n".join(rows)))


CARD = """# Model card: Consort's built-in models

From a short prompt to an instrument: the text encoder turns the prompt into a vector, the first-anchor flow draws
the code of one note, the completion gives the codes of the other 26 anchor notes (9 keys by 3 velocities), and the
codec decoder turns codes into levels of partials and noise bands over time. The sound is rendered from those.
The sound encoder hears any sound or mix of up to ten seconds: what it is like (`timbre`, to look it up in a library by
reference notes), what it means (`meaning`, in the space of the prompts) and which families play (`families`, logits whose
sigmoid is how often they are right, on validation mixes). Shapes, hashes and default settings are in `manifest.json`,
fixed inputs with expected outputs in `golden.json`.

The parts network fills in parts of an arrangement, eight bars at a time: drums, bass, guitar, keys, strings, brass, winds, lead,
given the others (as notes, or as heard), chords, tempo and a prompt. `parts.json` has what its tokens mean.

Use: music. They know sounds of synthesizers and General MIDI soundfonts; prompts outside that world are answered
with the nearest such sound. English prompts only. Trained by `training/` of this repository from data that anyone
can render again; the test instruments were never trained or tuned on. What was tried and what failed is in
`training/EXPERIMENTS.md`.

Licence: MIT OR Apache-2.0. The text encoder is derived from all-MiniLM-L6-v2 (Apache-2.0) and WordNet 3.0
(WordNet licence, Princeton University).

Known weaknesses: sounds of fixed pitch, moving noise, FM bells, strong LFOs; one average motion instead of a
random one; few real instruments behind rare families. The release of what has died away before it isn't changed by words;
guitars, leads, pads and keys are often not heard as such by a judge. The beginning of a slow recorded sound is cut; the onset of a
recorded note is rebuilt worse than resampling it would. "Not" is understood by a rule, not by the encoder. Drums:
"high-tuned" and "low-tuned" aren't understood.

Parts were learned from what a program (MMA) arranges: its grooves are regular, its styles are those of its libraries (much jazz,
latin, pop and ballroom, little electronic and no recorded music), dynamics and timing are a program's. Melodies are drawn by
rule, so leads are the weakest part. 4/4, 3/4, 6/8; there are few grooves in 5/4. It was trained for an hour on a core.

The sound encoder was trained for little more than half an hour on a core or two, with 3,215 instruments and 157 drum
kits. It finds one instrument's sound far more often than an instrument in a mix, and basses and leads in a mix seldom. Of
the families that play in a mix it names an eighth: a confidence below 0.5 doesn't say that a family isn't there (drum
kits and chromatic percussion are heard more often).

Text encoder's heads, flow and timbre encoder were trained on with 3,976 instruments, codec and completion with 4,377.
The split is a hash of names, but what sounds nearly alike goes one way together, and with fewer instruments some
groups fall apart: a few test instruments of the one may have been training instruments of the other.

{rows}"""
