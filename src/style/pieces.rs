//! The pieces that styles name, each with its General MIDI key and whose hands it takes.

/// Name, key, group (what an instruction bans together with it), and whether the drummer strikes it by hand.
const PIECES: [(&str, u8, &str, Limb); 33] = [
    ("kick", 36, "kick", Limb::Foot),
    ("snare", 38, "snare", Limb::Hand),
    ("stick", 37, "stick", Limb::Hand),
    ("clap", 39, "clap", Limb::Other),
    ("closed hat", 42, "closed hat", Limb::Hand),
    ("pedal hat", 44, "pedal hat", Limb::Foot),
    ("open hat", 46, "open hat", Limb::Hand),
    ("low tom", 45, "low tom", Limb::Hand),
    ("floor tom", 41, "low tom", Limb::Hand),
    ("high tom", 48, "high tom", Limb::Hand),
    ("crash", 49, "crash", Limb::Hand),
    ("splash", 55, "crash", Limb::Hand),
    ("china", 52, "crash", Limb::Hand),
    ("ride", 51, "ride", Limb::Hand),
    ("ride bell", 53, "ride", Limb::Hand),
    ("shaker", 70, "shaker", Limb::Other),
    ("tambourine", 54, "shaker", Limb::Other),
    ("cabasa", 69, "shaker", Limb::Other),
    ("guiro", 73, "shaker", Limb::Other),
    ("low conga", 64, "low hand drum", Limb::Other),
    ("high conga", 63, "high hand drum", Limb::Other),
    ("muted conga", 62, "high hand drum", Limb::Other),
    ("low bongo", 61, "low hand drum", Limb::Other),
    ("high bongo", 60, "high hand drum", Limb::Other),
    ("low timbale", 66, "low hand drum", Limb::Other),
    ("high timbale", 65, "high hand drum", Limb::Other),
    ("cowbell", 56, "bell", Limb::Other),
    ("low agogo", 68, "bell", Limb::Other),
    ("high agogo", 67, "bell", Limb::Other),
    ("claves", 75, "bell", Limb::Other),
    ("woodblock", 76, "bell", Limb::Other),
    ("triangle", 81, "bell", Limb::Other),
    ("muted triangle", 80, "bell", Limb::Other),
];

/// Who plays a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limb {
    /// One of the drummer's two hands.
    Hand,
    /// A foot.
    Foot,
    /// Somebody else.
    Other,
}

/// How many there are.
pub const COUNT: usize = PIECES.len();

/// The number of a piece by its name. Any thread.
#[must_use]
pub fn named(name: &str) -> Option<usize> {
    PIECES.iter().position(|piece| piece.0 == name)
}

/// Its name. Any thread.
#[must_use]
pub fn name(piece: usize) -> &'static str {
    PIECES[piece].0
}

/// Its General MIDI key. Any thread.
#[must_use]
pub fn key(piece: usize) -> u8 {
    PIECES[piece].1
}

/// The name of the pieces that are banned together with it. Any thread.
#[must_use]
pub fn group(piece: usize) -> &'static str {
    PIECES[piece].2
}

/// Who plays it. Any thread.
#[must_use]
pub fn limb(piece: usize) -> Limb {
    PIECES[piece].3
}

/// Whether time is kept on it, so that it plays alike on every beat. Any thread.
#[must_use]
pub fn keeps_time(piece: usize) -> bool {
    let name = PIECES[piece].0;
    matches!(group(piece), "closed hat" | "pedal hat" | "ride" | "shaker") || name == "open hat"
}
