//! MIDI keys as people write them: `60`, `C4`, `f#3`, `Bb-1`; ranges as `36-84` or `C2-C6`.

/// Why words aren't keys: what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// Not one.
    #[error("'{0}' is no key; write a MIDI number from 0 to 127 or a name such as C4 or F#3")]
    NoKey(String),
    /// A range from a key to a lower one.
    #[error("'{0}' runs downwards; write the lower key first, as in C2-C6")]
    Downwards(String),
    /// Not two.
    #[error("'{0}' is no range of keys; write LO-HI, as in 36-84 or C2-C6")]
    NoRange(String),
}

/// A key as a number 0..=127 or a name; C4 is 60.
pub fn key(text: &str) -> Result<u8, KeyFault> {
    parse(text).ok_or_else(|| KeyFault::NoKey(text.to_owned()))
}

/// A range of keys, both ends included: `LO-HI` with LO ≤ HI.
pub fn range(text: &str) -> Result<(u8, u8), KeyFault> {
    // A name may hold a minus of its own (C-1), so every minus is tried as the middle one.
    let ends = text
        .match_indices('-')
        .find_map(|(middle, _)| Some((parse(&text[..middle])?, parse(&text[middle + 1..])?)));
    match ends {
        Some((low, high)) if low <= high => Ok((low, high)),
        Some(_) => Err(KeyFault::Downwards(text.to_owned())),
        None => Err(KeyFault::NoRange(text.to_owned())),
    }
}

fn parse(text: &str) -> Option<u8> {
    let text = text.trim();
    if let Ok(number) = text.parse::<u8>() {
        return Some(number).filter(|&key| key < 128);
    }
    let mut rest = text.chars();
    let step = match rest.next()?.to_ascii_uppercase() {
        'C' => 0,
        'D' => 2,
        'E' => 4,
        'F' => 5,
        'G' => 7,
        'A' => 9,
        'B' => 11,
        _ => return None,
    };
    let rest = rest.as_str();
    let (sharp, octave) = match rest.chars().next()? {
        '#' | '♯' => (1, rest.strip_prefix(['#', '♯'])?),
        'b' | '♭' => (-1, rest.strip_prefix(['b', '♭'])?),
        _ => (0, rest),
    };
    let octave: i32 = octave
        .parse()
        .ok()
        .filter(|octave| (-1..=9).contains(octave))?;
    u8::try_from((octave + 1) * 12 + step + sharp)
        .ok()
        .filter(|&key| key < 128)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::key_name as name;

    #[test]
    fn every_name_reads_back() {
        for number in 0..128 {
            assert_eq!(key(&name(number)), Ok(number));
            assert_eq!(key(&number.to_string()), Ok(number));
        }
        assert_eq!(key("Bb-1"), Ok(10));
        assert_eq!(key("f♯3"), Ok(54));
        for bad in ["", "128", "-1", "H4", "C", "C10", "G#9", "é4", "C4x", "♯"] {
            assert!(key(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn ranges() {
        assert_eq!(range("36-84"), Ok((36, 84)));
        assert_eq!(range("C-1-C2"), Ok((0, 36)));
        assert_eq!(range("c2 - c6"), Ok((36, 84)));
        for bad in ["", "-", "36", "84-36", "36-200", "é-é"] {
            assert!(range(bad).is_err(), "{bad}");
        }
    }
}
