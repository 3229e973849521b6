//! Strings of both worlds: CLAP's are UTF-8 in fixed arrays, VST3's mostly UTF-16.

use std::ffi::c_char;

use vst3::Steinberg::char16;

/// Longest text that a host may hand over, in UTF-16 units: what has no end by then has none.
const MOST: usize = 1 << 16;

/// As much of `text` as fits, ended by a zero.
pub fn to_utf16(text: &str, into: &mut [char16]) {
    let Some(room) = into.len().checked_sub(1) else {
        return;
    };
    let mut end = 0;
    for character in text.chars() {
        if end + character.len_utf16() > room {
            break;
        }
        let mut pair = [0; 2];
        for unit in character.encode_utf16(&mut pair) {
            into[end] = *unit as char16;
            end += 1;
        }
    }
    into[end] = 0;
}

/// As many bytes of `text` as fit, ended by a zero.
pub fn to_bytes(text: &str, into: &mut [c_char]) {
    let Some(room) = into.len().checked_sub(1) else {
        return;
    };
    for (to, from) in into.iter_mut().zip(text.bytes().take(room)) {
        *to = from as c_char;
    }
    into[text.len().min(room)] = 0;
}

/// The text of a CLAP array, up to its zero.
pub fn from_bytes(array: &[c_char]) -> String {
    let text: Vec<u8> = array.iter().map(|c| *c as u8).collect();
    let end = text.iter().position(|byte| *byte == 0);
    String::from_utf8_lossy(&text[..end.unwrap_or(text.len())]).into_owned()
}

/// The text of a VST3 string.
///
/// # Safety
/// `text` is null, or ends in a zero.
pub unsafe fn from_utf16(text: *const char16) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: not read beyond its zero.
    let units = (0..MOST).map(|at| unsafe { *text.add(at) } as u16);
    let units: Vec<u16> = units.take_while(|unit| *unit != 0).collect();
    String::from_utf16_lossy(&units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_between_characters_and_end_in_zero() {
        let mut room = [7; 6];
        to_utf16("a🎹b🎹", &mut room);
        // SAFETY: it ends in a zero.
        assert_eq!(unsafe { from_utf16(room.as_ptr()) }, "a🎹b");
        let mut room = [1; 4];
        to_bytes("Consort", &mut room);
        assert_eq!(from_bytes(&room), "Con");
        to_utf16("x", &mut []);
        to_bytes("x", &mut []);
        // SAFETY: null is allowed.
        assert_eq!(unsafe { from_utf16(std::ptr::null()) }, "");
    }
}
