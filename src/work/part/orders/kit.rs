//! Pieces of a kit as people name them, and what each usually plays.

/// A piece, or several that people name together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kit {
    /// Bass drum.
    Kick,
    /// Snare drum.
    Snare,
    /// Side stick.
    Stick,
    /// Hands clapped.
    Clap,
    /// Hi-hat, in all ways.
    Hat,
    /// Hi-hat, open.
    OpenHat,
    /// Hi-hat, by foot.
    PedalHat,
    /// Toms.
    Tom,
    /// Crash, splash, China.
    Crash,
    /// Ride and its bell.
    Ride,
    /// All of metal that is on stands.
    Cymbal,
    /// Shaker, cabasa, maracas.
    Shaker,
    /// Tambourine.
    Tambourine,
    /// Congas.
    Conga,
    /// Bongos.
    Bongo,
    /// Timbales.
    Timbale,
    /// Cowbell, agogo.
    Cowbell,
    /// Claves.
    Clave,
    /// Woodblock.
    Woodblock,
    /// Triangle.
    Triangle,
}

/// Piece, its words, its keys (the usual first), and its usual figure.
const KIT: [(Kit, &str, &[u8], &str); 20] = [
    (Kit::Kick, "kick kicks", &[36, 35], "1 3"),
    (Kit::Snare, "snare snares", &[38, 40], "2 4"),
    (Kit::Stick, "stick sticks", &[37], "2 4"),
    (Kit::Clap, "clap claps handclap handclaps", &[39], "2 4"),
    (Kit::Hat, "hat hats", &[42, 44, 46], "eighths"),
    (Kit::OpenHat, "openhat", &[46], "offbeats"),
    (Kit::PedalHat, "pedalhat", &[44], "2 4"),
    (Kit::Tom, "tom toms", &[45, 41, 43, 47, 48, 50], "2& 4&"),
    (
        Kit::Crash,
        "crash crashes splash china",
        &[49, 52, 55, 57],
        "1",
    ),
    (Kit::Ride, "ride rides", &[51, 53, 59], "eighths"),
    (
        Kit::Cymbal,
        "cymbal cymbals",
        &[42, 44, 46, 49, 51, 52, 53, 55, 57, 59],
        "eighths",
    ),
    (
        Kit::Shaker,
        "shaker shakers maracas cabasa guiro",
        &[70, 69, 73, 82],
        "eighths",
    ),
    (Kit::Tambourine, "tambourine tambourines", &[54], "2 4"),
    (Kit::Conga, "conga congas", &[64, 63, 62], "1& 2 3 4 4&"),
    (Kit::Bongo, "bongo bongos", &[60, 61], "eighths"),
    (Kit::Timbale, "timbale timbales", &[65, 66], "1 2& 4"),
    (
        Kit::Cowbell,
        "cowbell cowbells agogo",
        &[56, 67, 68],
        "beats",
    ),
    (Kit::Clave, "clave claves", &[75], "1 2& 4"),
    (Kit::Woodblock, "woodblock woodblocks", &[76, 77], "beats"),
    (Kit::Triangle, "triangle triangles", &[81, 80], "eighths"),
];

impl Kit {
    /// The piece that a word names.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        let mut all = KIT.iter();
        let found = all.find(|(_, names, ..)| names.split(' ').any(|name| name == word));
        found.map(|(kit, ..)| *kit)
    }

    fn facts(self) -> &'static (Kit, &'static str, &'static [u8], &'static str) {
        &KIT[self as usize]
    }

    /// Its keys of General MIDI, the usual one first.
    #[must_use]
    pub fn keys(self) -> &'static [u8] {
        self.facts().2
    }

    /// What the network calls what goes with it when it is denied: without a snare there is no side stick.
    pub(in crate::work::part) fn groups(self) -> &'static [&'static str] {
        match self {
            Self::Kick => &["kick"],
            Self::Snare => &["snare", "stick"],
            Self::Stick => &["stick"],
            Self::Clap => &["clap"],
            Self::Hat => &["closed hat", "pedal hat", "open hat"],
            Self::OpenHat => &["open hat"],
            Self::PedalHat => &["pedal hat"],
            Self::Tom => &["low tom", "high tom"],
            Self::Crash => &["crash"],
            Self::Ride => &["ride"],
            Self::Cymbal => &["closed hat", "pedal hat", "open hat", "crash", "ride"],
            Self::Shaker | Self::Tambourine => &["shaker"],
            Self::Conga | Self::Bongo | Self::Timbale => &["low hand drum", "high hand drum"],
            Self::Cowbell | Self::Clave | Self::Woodblock | Self::Triangle => &["bell"],
        }
    }

    /// All names that the network has.
    pub(in crate::work::part) fn all_groups() -> Vec<&'static str> {
        let all = KIT
            .iter()
            .flat_map(|(kit, ..)| kit.groups().iter().copied());
        all.collect()
    }

    /// The key that it is played on.
    #[must_use]
    pub fn key(self) -> u8 {
        self.keys()[0]
    }

    /// Where it usually plays.
    pub(super) fn figure(self) -> &'static str {
        self.facts().3
    }

    /// Whether time may be kept on it.
    pub(in crate::work::part) fn keeps_time(self) -> bool {
        matches!(self, Self::Hat | Self::OpenHat | Self::Ride | Self::Shaker)
    }

    /// Whether it is a piece of the kit that a key strikes.
    pub(super) fn strikes(pieces: &[Self], key: u8) -> bool {
        pieces.iter().any(|kit| kit.keys().contains(&key))
    }
}
