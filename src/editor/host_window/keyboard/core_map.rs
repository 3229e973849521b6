//! The keyboard layout as the core protocol has it, for systems without libxkbcommon: Latin only, and no
//! dead keys.

use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt, KeyButMask};
use xkbcommon_dl::keysyms;

use super::RawKey;

/// Symbols of each key, a row a key: plain and with Shift, the same in the second group, with AltGr.
pub(super) struct CoreMap {
    first: u8,
    width: usize,
    symbols: Vec<u32>,
}

impl CoreMap {
    /// As it is now; empty if it can't be had.
    pub(super) fn new(link: &impl Connection) -> Self {
        let first = link.setup().min_keycode;
        let count = link
            .setup()
            .max_keycode
            .saturating_sub(first)
            .saturating_add(1);
        let map = link
            .get_keyboard_mapping(first, count)
            .ok()
            .and_then(|map| map.reply().ok());
        let (width, symbols) = map
            .map(|map| (map.keysyms_per_keycode.into(), map.keysyms))
            .unwrap_or_default();
        Self {
            first,
            width,
            symbols,
        }
    }

    fn at(&self, key: &RawKey, column: usize) -> u32 {
        let row = usize::from(key.keycode.saturating_sub(self.first));
        let symbol = self.symbols.get(row * self.width + column);
        symbol
            .copied()
            .filter(|_| column < self.width)
            .unwrap_or_default()
    }

    /// What the key stands for with its modifiers.
    pub(super) fn symbol(&self, key: &RawKey) -> u32 {
        let held = |bit: KeyButMask| key.state & u16::from(bit) != 0;
        let pair = if held(KeyButMask::MOD5) {
            4
        } else {
            self.group(key)
        };
        let keypad = is_keypad(self.at(key, 1)) && held(KeyButMask::MOD2);
        let shift = held(KeyButMask::SHIFT) != keypad;
        let plain = self.at(key, pair);
        match self.at(key, pair + usize::from(shift)) {
            0 => upper(plain, shift || held(KeyButMask::LOCK)),
            symbol => upper(symbol, held(KeyButMask::LOCK)),
        }
    }

    /// What it stands for without modifiers: in the group in use first, then in the other.
    pub(super) fn plain(&self, key: &RawKey) -> Vec<u32> {
        let now = self.group(key);
        [self.at(key, now), self.at(key, 2 - now)]
            .into_iter()
            .filter(|symbol| *symbol != 0)
            .collect()
    }

    /// The column where the group in use begins.
    fn group(&self, key: &RawKey) -> usize {
        if key.state >> 13 & 3 == 0 || self.at(key, 2) == 0 {
            0
        } else {
            2
        }
    }
}

fn is_keypad(symbol: u32) -> bool {
    (keysyms::KP_Space..=keysyms::KP_9).contains(&symbol)
}

fn upper(symbol: u32, yes: bool) -> u32 {
    let letter = matches!(symbol, 0x61..=0x7a | 0xe0..=0xf6 | 0xf8..=0xfe);
    if yes && letter { symbol - 0x20 } else { symbol }
}

/// The character that a symbol stands for.
pub(super) fn character(symbol: u32) -> Option<char> {
    match symbol {
        0x20..=0x7e | 0xa0..=0xff => char::from_u32(symbol),
        0x0100_0100..=0x0110_ffff => char::from_u32(symbol - 0x0100_0000),
        keysyms::KP_Multiply..=keysyms::KP_9 => char::from_u32(symbol & 0x7f),
        _ => None,
    }
}
