//! What keys mean: text by the user's layout and locale, and egui's keys.

use x11rb::protocol::xproto::KeyButMask;
use x11rb::xcb_ffi::XCBConnection;

use super::compose::{Compose, Step};
use super::core_map::{CoreMap, character};
use super::layout::Layout;
use super::{RawKey, Typed, keysyms};

/// The layout, as well as it could be had.
enum Map {
    Xkb(Layout),
    Core(CoreMap),
}

impl Map {
    fn new(link: &XCBConnection) -> Self {
        Layout::new().map_or_else(|| Self::Core(CoreMap::new(link)), Self::Xkb)
    }

    fn symbol(&self, key: &RawKey) -> u32 {
        match self {
            Self::Xkb(layout) => layout.symbol(key),
            Self::Core(map) => map.symbol(key),
        }
    }

    fn plain(&self, key: &RawKey) -> Vec<u32> {
        match self {
            Self::Xkb(layout) => layout.plain(key),
            Self::Core(map) => map.plain(key),
        }
    }

    fn text(&self, key: &RawKey) -> Option<String> {
        match self {
            Self::Xkb(layout) => layout.text(key),
            Self::Core(map) => character(map.symbol(key)).map(String::from),
        }
    }
}

/// Reads keys. Loads nothing before the first.
#[derive(Default)]
pub(super) struct Reader {
    map: Option<Map>,
    /// None: not tried yet. Some(None): not to be had.
    compose: Option<Option<Compose>>,
}

impl Reader {
    /// The layout has changed: reads it anew for the next key.
    pub(super) fn forget_layout(&mut self) {
        self.map = None;
    }

    /// Forgets a sequence of dead keys that was begun.
    pub(super) fn reset(&mut self) {
        if let Some(Some(compose)) = &mut self.compose {
            compose.reset();
        }
    }

    /// One key. Its order among the others matters.
    pub(super) fn read(
        &mut self,
        link: &XCBConnection,
        raw: RawKey,
        pressed: bool,
        repeat: bool,
    ) -> Typed {
        let map = self.map.get_or_insert_with(|| Map::new(link));
        let symbol = map.symbol(&raw);
        let plain = map.plain(&raw);
        let mut key = key(symbol, &plain, raw.keycode);
        let mut text = None;
        if pressed && !commands(raw.state) {
            let compose = self.compose.get_or_insert_with(Compose::new);
            match compose
                .as_mut()
                .map_or(Step::Plain, |compose| compose.feed(symbol))
            {
                Step::Plain => text = map.text(&raw),
                Step::Held => key = None,
                Step::Text(composed) => (key, text) = (None, Some(composed)),
            }
        } else if pressed && key.is_some() {
            self.reset();
        }
        Typed {
            key,
            text: text.filter(|text| !text.contains(char::is_control)),
            pressed,
            repeat,
            modifiers: modifiers(raw.state, symbol, pressed),
            raw,
        }
    }
}

/// The key by its symbol without modifiers, else with them (digits in France), else by another group of
/// the layout, or by its place, if its letter isn't Latin.
fn key(symbol: u32, plain: &[u32], keycode: u8) -> Option<egui::Key> {
    if keysyms::is_keypad(symbol) {
        return keysyms::key(symbol);
    }
    let first = plain.first().copied().unwrap_or_default();
    let own = keysyms::key(first).or_else(|| keysyms::key(symbol));
    if own.is_some() || !keysyms::is_foreign(first) {
        return own;
    }
    let latin = plain.iter().find_map(|symbol| keysyms::key(*symbol));
    latin.or_else(|| keysyms::letter_at(keycode))
}

/// Whether held modifiers make a key a command, not text. AltGr doesn't.
fn commands(state: u16) -> bool {
    state & u16::from(KeyButMask::CONTROL | KeyButMask::MOD1 | KeyButMask::MOD4) != 0
}

/// Those held after the key.
fn modifiers(state: u16, symbol: u32, pressed: bool) -> egui::Modifiers {
    let own = keysyms::modifier(symbol).unwrap_or_default();
    let held = |bit: KeyButMask, own: bool| {
        if own {
            pressed
        } else {
            state & u16::from(bit) != 0
        }
    };
    let ctrl = held(KeyButMask::CONTROL, own.ctrl);
    egui::Modifiers {
        alt: held(KeyButMask::MOD1, own.alt),
        ctrl,
        shift: held(KeyButMask::SHIFT, own.shift),
        mac_cmd: false,
        command: ctrl,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_named_by_what_is_printed_on_it() {
        let of = |symbol: char, plain: &[char], keycode| {
            let plain: Vec<u32> = plain.iter().copied().map(u32::from).collect();
            key(symbol.into(), &plain, keycode)
        };
        assert_eq!(of('C', &['c'], 54), Some(egui::Key::C));
        assert_eq!(of('1', &['&'], 10), Some(egui::Key::Num1));
        assert_eq!(of('ö', &['ö', ';'], 47), None);
        let es = 0x6d3;
        assert_eq!(key(es, &[es], 54), Some(egui::Key::C));
        assert_eq!(key(es, &[es, u32::from('x')], 54), Some(egui::Key::X));
    }

    #[test]
    fn a_modifier_counts_from_its_own_event_on() {
        let ctrl = u16::from(KeyButMask::CONTROL);
        let left = xkbcommon_dl::keysyms::Control_L;
        assert!(modifiers(0, left, true).command);
        assert!(!modifiers(ctrl, left, false).ctrl);
        assert!(modifiers(ctrl, u32::from('c'), true).ctrl);
    }
}
