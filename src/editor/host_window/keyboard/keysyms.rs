//! egui's keys by X11's symbols, and by place where a layout has no Latin letters.

use egui::Key;
use xkbcommon_dl::keysyms as x;

/// The key that a symbol stands for.
pub(super) fn key(symbol: u32) -> Option<Key> {
    Some(match symbol {
        x::Return | x::KP_Enter | x::ISO_Enter => Key::Enter,
        x::Escape => Key::Escape,
        x::Tab | x::KP_Tab | x::ISO_Left_Tab => Key::Tab,
        x::BackSpace => Key::Backspace,
        x::space | x::KP_Space => Key::Space,
        x::Insert | x::KP_Insert => Key::Insert,
        x::Delete | x::KP_Delete => Key::Delete,
        x::Home | x::KP_Home => Key::Home,
        x::End | x::KP_End => Key::End,
        x::Page_Up | x::KP_Page_Up => Key::PageUp,
        x::Page_Down | x::KP_Page_Down => Key::PageDown,
        x::Left | x::KP_Left => Key::ArrowLeft,
        x::Right | x::KP_Right => Key::ArrowRight,
        x::Up | x::KP_Up => Key::ArrowUp,
        x::Down | x::KP_Down => Key::ArrowDown,
        x::XF86_Copy => Key::Copy,
        x::XF86_Cut => Key::Cut,
        x::XF86_Paste => Key::Paste,
        x::F1..=x::F35 => return Key::from_name(&format!("F{}", symbol - x::F1 + 1)),
        x::KP_Multiply..=x::KP_9 => return latin(symbol & 0x7f),
        _ => return latin(symbol),
    })
}

fn latin(symbol: u32) -> Option<Key> {
    let c = char::from_u32(symbol).filter(char::is_ascii_graphic)?;
    Key::from_name(c.encode_utf8(&mut [0; 4]))
}

/// Whether a symbol is of the keypad. What those do hangs on NumLock.
pub(super) fn is_keypad(symbol: u32) -> bool {
    (x::KP_Space..=x::KP_Equal).contains(&symbol)
}

/// Whether a symbol is a letter of another script, on a key that has a Latin one for commands.
pub(super) fn is_foreign(symbol: u32) -> bool {
    matches!(symbol, 0x400..=0x11ff | 0x0100_0370..=0x0110_ffff)
}

/// The Latin letter at a place, on the keyboards that most layouts are for.
pub(super) fn letter_at(keycode: u8) -> Option<Key> {
    let (row, first) = match keycode {
        24..=33 => ("QWERTYUIOP", 24),
        38..=46 => ("ASDFGHJKL", 38),
        52..=58 => ("ZXCVBNM", 52),
        _ => return None,
    };
    let at = usize::from(keycode - first);
    Key::from_name(row.get(at..=at)?)
}

/// Which of a key event's modifiers a symbol is itself.
pub(super) fn modifier(symbol: u32) -> Option<egui::Modifiers> {
    match symbol {
        x::Shift_L | x::Shift_R => Some(egui::Modifiers::SHIFT),
        x::Control_L | x::Control_R => Some(egui::Modifiers::CTRL),
        x::Alt_L | x::Alt_R | x::Meta_L | x::Meta_R => Some(egui::Modifiers::ALT),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_have_their_keys() {
        assert_eq!(key(u32::from('c')), Some(Key::C));
        assert_eq!(key(u32::from('-')), Some(Key::Minus));
        assert_eq!(key(x::F12), Some(Key::F12));
        assert_eq!(key(x::KP_4), Some(Key::Num4));
        assert_eq!(key(x::KP_Left), Some(Key::ArrowLeft));
        assert_eq!(key(x::KP_Add), Some(Key::Plus));
        assert_eq!(key(x::ISO_Left_Tab), Some(Key::Tab));
        assert_eq!(key(x::Cyrillic_es), None);
        assert_eq!(key(x::Shift_L), None);
    }

    #[test]
    fn other_scripts_have_latin_letters_by_place() {
        assert!(is_foreign(x::Cyrillic_es) && is_foreign(x::Greek_alpha));
        assert!(!is_foreign(x::odiaeresis) && !is_foreign(x::dead_acute) && !is_foreign(x::F1));
        assert_eq!(letter_at(54), Some(Key::C));
        assert_eq!(letter_at(24), Some(Key::Q));
        assert_eq!(letter_at(58), Some(Key::M));
        assert_eq!(letter_at(34), None);
    }
}
