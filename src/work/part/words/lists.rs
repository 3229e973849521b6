//! The words that instructions are read by.

use super::Control;
use crate::music::PartKind;

/// Names of parts; the first name in an instruction counts.
pub(super) const PARTS: [(PartKind, &str); 8] = [
    (
        PartKind::Drums,
        "drum drums beat percussion kit groove brushes hats hi-hats snare kick",
    ),
    (PartKind::Bass, "bass bassline sub"),
    (PartKind::Guitar, "guitar guitars strumming banjo ukulele"),
    (
        PartKind::Keys,
        "keys piano pianos keyboard rhodes organ harpsichord clavinet",
    ),
    (
        PartKind::Strings,
        "strings string violins violas cellos orchestra pad pads",
    ),
    (
        PartKind::Brass,
        "brass horns horn trumpet trumpets trombone trombones",
    ),
    (
        PartKind::Winds,
        "winds woodwinds flute flutes clarinet oboe sax saxes saxophone",
    ),
    (PartKind::Lead, "lead melody solo counter-melody"),
];

/// Words for how much, with the control and how far: scores from −2 to 2.
pub(super) const AMOUNTS: [(&str, Control, f32); 8] = [
    (
        "sparse simple minimal sparser simpler",
        Control::Density,
        -1.5,
    ),
    (
        "busy dense driving busier denser full fancy complicated cluttered crowded overplay overplayed overplaying",
        Control::Density,
        1.5,
    ),
    (
        "soft quiet gentle light softer quieter delicate",
        Control::Loudness,
        -1.5,
    ),
    (
        "loud hard powerful heavy louder hard-hitting aggressive",
        Control::Loudness,
        1.5,
    ),
    ("square steady", Control::Syncopation, -1.0),
    ("syncopated off-beat offbeat", Control::Syncopation, 1.0),
    ("low deep", Control::Register, -1.2),
    ("high", Control::Register, 1.2),
];

/// Words that lie between "not" and what isn't to be so.
pub(super) const DEGREES: &str = "\
    a any as much many quite really so that the too very";

/// Words that deny what a clause goes on to say, as those do that end in "n't".
pub(super) const DENY_A_CLAUSE: &str = "\
    not never nothing nobody none cannot avoid dont doesnt isnt arent shouldnt wont cant \
    hardly";

/// Words that deny what is named right after them.
pub(super) const DENY_A_NAME: &str = "\
    no without less fewer skip minus";

/// Beyond these, what was denied before isn't any more.
pub(super) const BEYOND: &str = "\
    with just only instead because while then rather than";

/// Verbs that say something of their own after "and".
pub(super) const ORDERS: &str = "\
    make play keep add use go have";

/// Words between "don't" and a part that isn't wanted.
pub(super) const WANTING: &str = "\
    add want need use include give write play more another some please me";

/// After these something is told of a part, not asked for.
pub(super) const TELLING: &str = "\
    with for to under over behind like that which from of in on at against along between fit \
    fits follow follows make";

/// Beginnings of words that a part can follow, as they are in the parts' captions (`training/parts/words.py`), and
/// what people say besides: "jazz" is in "jazzy" and "jazzier".
pub(super) const HEARD_BEGINNINGS: &str = "\
    jazz swing bebop rock metal punk grunge bossa samba mambo salsa rhumba rumba bolero \
    merengue calypso latin afro cuban brazil tango reggae jamaica fusion blues shuffl boogie \
    funk groov techno tranc electro disco danc house jungle breakbeat ambient atmospher \
    countr bluegrass folk waltz march militar polka ragtime ballad motown gospel syncopat \
    arpeggi stacc legato sustain walk strum pick ghost accent human expressi energ relax";

/// Such words as they stand.
pub(super) const HEARD: &str = "\
    pop ska soul rnb trap drill dub hip-hop hiphop hop lo-fi lofi trip dnb oldies fifties \
    sixties seventies eighties nineties one-drop drop half-time double-time halftime \
    doubletime backbeat beat beats ride open closed fast faster slow slower mid-tempo \
    up-tempo uptempo straight even triplet triplets sixteenth sixteenths eighth eighths \
    quarter quarters notes note roots root fifth fifths octave octaves chords chord held \
    long longer short shorter skank tight tighter loose looser laid-back dramatic calm \
    calmer wild wilder happy sad dark bright different differently another else new again \
    variation vary";

/// Words of styles whose drums go another way, and of drums that are no kit's beat.
pub(in crate::work::part) const NO_BACKBEAT: &str = "\
    afrobeat ambient african ballet bebop big-band blast bolero bongo bongos bossa brush \
    brushed brushes calypso cha-cha cinematic claps clave conga congas cuban cumbia \
    dancehall dembow djembe dub free hand jazz jazzy latin mallets mambo march marching \
    merengue military minimal motown one-drop orchestral percussion reggae reggaeton rolls \
    rumba salsa samba shaker soca sparse sparser swing tabla taiko tango timpani train \
    tribal";

/// Words that ask for a part and say nothing about its sound.
pub(in crate::work::part) const OF_PLAYING: &str = "\
    add some give me play make it a an the please same but with without no and or in on at \
    of to bar bars fill fills end busy busier sparse sparser swung straight half-time \
    walking part line groove beat pattern only just more less louder softer them they be is \
    that that's too so many much any nothing fancy anything";

/// Whether a list has a word.
pub(in crate::work::part) fn has(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|listed| listed == word)
}
