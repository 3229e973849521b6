//! What is dragged: files, as text in the two ways that programs ask for.

use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf, absolute};

/// The same files twice.
pub(super) struct Offer {
    /// As `text/uri-list`.
    pub(super) uris: String,
    /// As `text/plain`: paths, a line each.
    pub(super) text: String,
}

impl Offer {
    pub(super) fn new(paths: &[PathBuf]) -> io::Result<Self> {
        let paths = paths.iter().map(absolute).collect::<io::Result<Vec<_>>>()?;
        let text: Vec<_> = paths.iter().map(|path| path.to_string_lossy()).collect();
        Ok(Self {
            uris: paths.iter().map(|path| uri(path)).collect(),
            text: text.join("\n"),
        })
    }
}

/// A line of its own, as the list wants it.
fn uri(path: &Path) -> String {
    let mut uri = String::from("file://");
    for byte in path.as_os_str().as_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => {
                uri.push(char::from(*byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_have_anything_in_them() -> io::Result<()> {
        let offer = Offer::new(&[
            "/tmp/warm cello.wav".into(),
            "/tmp/Bläser 100%#?.mid".into(),
        ])?;
        assert_eq!(
            offer.uris,
            "file:///tmp/warm%20cello.wav\r\nfile:///tmp/Bl%C3%A4ser%20100%25%23%3F.mid\r\n"
        );
        assert_eq!(offer.text, "/tmp/warm cello.wav\n/tmp/Bläser 100%#?.mid");
        Ok(())
    }
}
