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

    /// The piece that a key of General MIDI strikes, if it is one of these. Any thread.
    #[must_use]
    pub const fn of_key(key: u8) -> Option<Self> {
        Some(match key {
            35 | 36 => Self::Kick,
            38 | 40 => Self::Snare,
            37 | 39 => Self::Stick,
            42 | 44 => Self::ClosedHat,
            46 => Self::OpenHat,
            41 | 43 | 45 => Self::LowTom,
            47 | 48 | 50 => Self::HighTom,
            49 | 52 | 55 | 57 => Self::Crash,
            51 | 53 | 59 => Self::Ride,
            54 | 69 | 70 | 73 | 74 => Self::Shaker,
            60..=66 => Self::HandDrum,
            56 | 67 | 68 | 75..=77 | 80 | 81 => Self::Bell,
            _ => return None,
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_piece_is_struck_by_the_key_that_stands_for_it() {
        for piece in Piece::ALL {
            assert_eq!(Piece::of_key(piece.key()), Some(piece));
        }
        let keys = (0..=u8::MAX).filter(|key| Piece::of_key(*key).is_some());
        assert_eq!(keys.count(), 42);
        assert_eq!(Piece::of_key(34), None);
    }
}
