//! The words that instructions are read by.

use super::Control;
use crate::music::PartKind;

/// Names of parts; the first name in an instruction counts.
pub(super) const PARTS: [(PartKind, &[&str]); 8] = [
    (
        PartKind::Drums,
        &[
            "drum",
            "drums",
            "beat",
            "percussion",
            "kit",
            "groove",
            "brushes",
            "hats",
            "hi-hats",
            "snare",
            "kick",
        ],
    ),
    (PartKind::Bass, &["bass", "bassline", "sub"]),
    (
        PartKind::Guitar,
        &["guitar", "guitars", "strumming", "banjo", "ukulele"],
    ),
    (
        PartKind::Keys,
        &[
            "keys",
            "piano",
            "pianos",
            "keyboard",
            "rhodes",
            "organ",
            "harpsichord",
            "clavinet",
        ],
    ),
    (
        PartKind::Strings,
        &[
            "strings",
            "string",
            "violins",
            "violas",
            "cellos",
            "orchestra",
            "pad",
            "pads",
        ],
    ),
    (
        PartKind::Brass,
        &[
            "brass",
            "horns",
            "horn",
            "trumpet",
            "trumpets",
            "trombone",
            "trombones",
        ],
    ),
    (
        PartKind::Winds,
        &[
            "winds",
            "woodwinds",
            "flute",
            "flutes",
            "clarinet",
            "oboe",
            "sax",
            "saxes",
            "saxophone",
        ],
    ),
    (
        PartKind::Lead,
        &["lead", "melody", "solo", "counter-melody"],
    ),
];

/// Names of pieces of the kit, as the parts network calls them.
pub(super) const PIECES: [(&[&str], &[&str]); 12] = [
    (&["kick", "kicks", "bass drum"], &["kick"]),
    (&["snare", "snares"], &["snare", "stick"]),
    (
        &["rimshot", "side-stick", "sidestick", "cross-stick"],
        &["stick"],
    ),
    (&["clap", "claps", "handclaps"], &["clap"]),
    (
        &["hat", "hats", "hi-hat", "hi-hats", "hihat", "hihats"],
        &["closed hat", "pedal hat", "open hat"],
    ),
    (
        &["cymbal", "cymbals"],
        &["closed hat", "pedal hat", "open hat", "crash", "ride"],
    ),
    (&["crash", "crashes"], &["crash"]),
    (&["ride", "rides"], &["ride"]),
    (&["tom", "toms"], &["low tom", "high tom"]),
    (&["shaker", "shakers", "tambourine", "maracas"], &["shaker"]),
    (
        &["conga", "congas", "bongo", "bongos", "hand drums"],
        &["low hand drum", "high hand drum"],
    ),
    (
        &["bell", "bells", "cowbell", "clave", "claves", "woodblock"],
        &["bell"],
    ),
];

/// Words for how much, with the control and how far: scores from −2 to 2.
pub(super) const AMOUNTS: [(&[&str], Control, f32); 8] = [
    (
        &["sparse", "simple", "minimal", "sparser", "simpler"],
        Control::Density,
        -1.5,
    ),
    (
        &[
            "busy",
            "dense",
            "driving",
            "busier",
            "denser",
            "full",
            "fancy",
            "complicated",
            "cluttered",
            "crowded",
            "overplay",
            "overplayed",
            "overplaying",
        ],
        Control::Density,
        1.5,
    ),
    (
        &[
            "soft", "quiet", "gentle", "light", "softer", "quieter", "delicate",
        ],
        Control::Loudness,
        -1.5,
    ),
    (
        &[
            "loud",
            "hard",
            "powerful",
            "heavy",
            "louder",
            "hard-hitting",
            "aggressive",
        ],
        Control::Loudness,
        1.5,
    ),
    (&["square", "steady"], Control::Syncopation, -1.0),
    (
        &["syncopated", "off-beat", "offbeat"],
        Control::Syncopation,
        1.0,
    ),
    (&["low", "deep"], Control::Register, -1.2),
    (&["high"], Control::Register, 1.2),
];

/// Words that lie between "not" and what isn't to be so.
pub(super) const DEGREES: [&str; 12] = [
    "a", "any", "as", "much", "many", "quite", "really", "so", "that", "the", "too", "very",
];
