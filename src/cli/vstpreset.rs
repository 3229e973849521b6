//! The VST3 preset container: a header with the plugin's class id, chunks of data, and a list of
//! the chunks at the end. All numbers are little-endian.
//!
//! Consort's presets have one chunk, `Comp`: the component's state.

/// Bytes before the first chunk: magic, version, class id as 32 hex digits, offset of the list.
const HEADER: usize = 4 + 4 + 32 + 8;
const VERSION: u32 = 1;

/// A preset for the plugin `class_id` that holds `state`.
pub fn write(class_id: &[u8; 16], state: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER + state.len() + 64);
    bytes.extend_from_slice(b"VST3");
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    bytes.extend_from_slice(hex(class_id).as_bytes());
    bytes.extend_from_slice(&((HEADER + state.len()) as u64).to_le_bytes());
    bytes.extend_from_slice(state);
    bytes.extend_from_slice(b"List");
    bytes.extend_from_slice(&1u32.to_le_bytes());
    bytes.extend_from_slice(b"Comp");
    bytes.extend_from_slice(&(HEADER as u64).to_le_bytes());
    bytes.extend_from_slice(&(state.len() as u64).to_le_bytes());
    bytes
}

/// A preset that was read.
#[derive(Debug, PartialEq, Eq)]
pub struct Preset<'a> {
    /// The plugin's class id as hex digits.
    pub class_id: &'a str,
    /// The component's state.
    pub state: &'a [u8],
}

/// Reads a preset; `None` when it is damaged or holds no component state.
pub fn read(bytes: &[u8]) -> Option<Preset<'_>> {
    let class_id = std::str::from_utf8(bytes.get(8..40)?).ok()?;
    let list = bytes.get(usize::try_from(number(bytes, 40)?).ok()?..)?;
    let entries = list.strip_prefix(b"List")?.get(4..)?;
    let entry = entries
        .chunks_exact(20)
        .find(|entry| entry.starts_with(b"Comp"))?;
    let start = usize::try_from(number(entry, 4)?).ok()?;
    let length = usize::try_from(number(entry, 12)?).ok()?;
    let state = bytes.get(start..start.checked_add(length)?)?;
    Some(Preset { class_id, state })
}

fn number(bytes: &[u8], at: usize) -> Option<u64> {
    bytes
        .get(at..)?
        .first_chunk()
        .map(|bytes| u64::from_le_bytes(*bytes))
}

fn hex(class_id: &[u8; 16]) -> String {
    class_id.iter().map(|byte| format!("{byte:02X}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back_and_cuts_are_seen() {
        let bytes = write(b"0123456789abcdef", b"some state");
        let preset = Preset {
            class_id: "30313233343536373839616263646566",
            state: b"some state",
        };
        assert_eq!(read(&bytes), Some(preset));
        for length in 0..bytes.len() {
            assert_eq!(read(&bytes[..length]), None, "cut at {length}");
        }
    }
}
