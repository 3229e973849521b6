//! Names of files and folders that every system accepts.

use crate::music::key_name;
use std::path::{Path, PathBuf};

/// Longest name, in characters.
const LONGEST: usize = 60;
/// Names that Windows keeps for devices.
const RESERVED: [&str; 4] = ["con", "prn", "aux", "nul"];

/// `name` as the name of a file or folder: letters, digits, spaces and `-_` only, so that it works
/// on every system and within an SFZ; `instrument` when nothing is left. Any thread.
pub fn safe_name(name: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '_');
    let replaced: String = name
        .chars()
        .map(|c| if allowed(c) { c } else { ' ' })
        .collect();
    let words: Vec<&str> = replaced.split_whitespace().collect();
    let short: String = words.join(" ").chars().take(LONGEST).collect();
    let short = short.trim();
    let lower = short.to_lowercase();
    let device = RESERVED.contains(&lower.as_str())
        || (lower.len() == 4 && (lower.starts_with("com") || lower.starts_with("lpt")));
    if short.is_empty() {
        "instrument".into()
    } else if device {
        format!("{short} instrument")
    } else {
        short.into()
    }
}

/// A path in `parent` that doesn't exist yet: `name`, `name 2`, `name 3`…, each with `ending`.
pub(super) fn free(parent: &Path, name: &str, ending: &str) -> PathBuf {
    let numbered = (2..).map(|number| parent.join(format!("{name} {number}{ending}")));
    std::iter::once(parent.join(format!("{name}{ending}")))
        .chain(numbered)
        // A link that leads nowhere is there, too.
        .find(|path| path.symlink_metadata().is_err())
        .expect("numbers don't end")
}

/// A key's name in a file's name: middle C (key 60) is `C4`, the key above `Cs4`.
pub(super) fn note_name(key: u8) -> String {
    key_name(key).replace('#', "s")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_everywhere() {
        assert_eq!(safe_name("warm cello"), "warm cello");
        assert_eq!(safe_name("../../etc/passwd"), "etc passwd");
        assert_eq!(safe_name("a:b*c?\"<>|\\ d. "), "a b c d");
        assert_eq!(safe_name("バイオリン"), "instrument");
        assert_eq!(safe_name(""), "instrument");
        assert_eq!(safe_name("NUL"), "NUL instrument");
        assert_eq!(safe_name("com1"), "com1 instrument");
        assert_eq!(safe_name(&"x".repeat(10_000)).len(), LONGEST);
    }

    #[test]
    fn middle_c_is_c4() {
        assert_eq!(
            (note_name(60), note_name(21), note_name(61)),
            ("C4".into(), "A0".into(), "Cs4".into())
        );
    }
}
