//! The pieces of a drum kit that a part is written for, each with its General MIDI key.

/// A piece of a kit. Several keys of General MIDI count as one: both kicks, all low toms.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub enum Piece {
    /// Bass drum.
    Kick,
    /// Snare drum.
    Snare,
    /// Side stick, or hands clapped.
    Stick,
    /// Hi-hat, closed or by the pedal.
    ClosedHat,
    /// Hi-hat, open.
    OpenHat,
    /// Toms down from the low one.
    LowTom,
    /// Toms up from the low-mid one.
    HighTom,
    /// Crash, splash or China cymbal.
    Crash,
    /// Ride cymbal or its bell.
    Ride,
    /// Maracas, tambourine, cabasa, guiro.
    Shaker,
    /// Congas, bongos, timbales.
    HandDrum,
    /// Cowbell, agogo, woodblock, claves, triangle.
    Bell,
}

impl Piece {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Kick,
        Self::Snare,
        Self::Stick,
        Self::ClosedHat,
        Self::OpenHat,
        Self::LowTom,
        Self::HighTom,
        Self::Crash,
        Self::Ride,
        Self::Shaker,
        Self::HandDrum,
        Self::Bell,
    ];

    /// The General MIDI key that stands for it. Any thread.
    #[must_use]
    pub fn key(self) -> u8 {
        match self {
            Self::Kick => 36,
            Self::Snare => 38,
            Self::Stick => 37,
            Self::ClosedHat => 42,
            Self::OpenHat => 46,
            Self::LowTom => 43,
            Self::HighTom => 48,
            Self::Crash => 49,
            Self::Ride => 51,
            Self::Shaker => 70,
            Self::HandDrum => 62,
            Self::Bell => 56,
        }
    }

    /// What it is called. Any thread.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Kick => "kick",
            Self::Snare => "snare",
            Self::Stick => "stick",
            Self::ClosedHat => "closed hat",
            Self::OpenHat => "open hat",
            Self::LowTom => "low tom",
            Self::HighTom => "high tom",
            Self::Crash => "crash",
            Self::Ride => "ride",
            Self::Shaker => "shaker",
            Self::HandDrum => "hand drum",
            Self::Bell => "bell",
        }
    }
}
