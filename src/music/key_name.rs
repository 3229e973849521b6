//! Keys by the names musicians use.

/// The key's name: 60 is "C4", 61 "C#4". Any thread but audio: it allocates.
#[must_use]
pub fn key_name(key: u8) -> String {
    const NAMES: [&str; 12] = [
        "C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B",
    ];
    format!(
        "{}{}",
        NAMES[usize::from(key % 12)],
        i16::from(key / 12) - 1
    )
}
