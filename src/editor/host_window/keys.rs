//! Which keys are the page's, and what egui is told of them.

use egui::{Event, Key};

use super::keyboard::Typed;
use super::output;

/// What a key can mean in a page, besides text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edits {
    /// A text field is edited.
    Text,
    /// A button or knob has the focus.
    Control,
    /// Nothing has it.
    Nothing,
}

impl Edits {
    /// What has the focus in the page.
    pub(super) fn of(ctx: &egui::Context) -> Self {
        if ctx.text_edit_focused() {
            Self::Text
        } else if ctx.egui_wants_keyboard_input() {
            Self::Control
        } else {
            Self::Nothing
        }
    }

    /// Whether a key means something to the page; all others are the host's.
    pub(super) fn want(self, typed: &Typed) -> bool {
        let Some(key) = typed.key else {
            return self == Self::Text && typed.text.is_some();
        };
        if typed.modifiers.command {
            return self.want_command(key);
        }
        match self {
            Self::Text => !is_function(key) && !typed.modifiers.alt || typed.text.is_some(),
            Self::Control => key == Key::Tab || moves_or_presses(key),
            Self::Nothing => key == Key::Tab,
        }
    }

    fn want_command(self, key: Key) -> bool {
        use Key as K;
        let zooms = matches!(key, K::Plus | K::Equals | K::Minus | K::Num0);
        let edits = matches!(key, K::A | K::C | K::V | K::X | K::Y | K::Z)
            || matches!(key, K::Backspace | K::Delete)
            || moves_or_presses(key) && key != K::Space;
        zooms && self != Self::Nothing || edits && self == Self::Text
    }
}

fn is_function(key: Key) -> bool {
    let number = key.name().strip_prefix('F');
    number.is_some_and(|number| number.parse::<u8>().is_ok())
}

/// Whether a button or knob that has the focus takes it.
fn moves_or_presses(key: Key) -> bool {
    use Key as K;
    matches!(
        key,
        K::ArrowLeft | K::ArrowRight | K::ArrowUp | K::ArrowDown
    ) || matches!(key, K::Home | K::End | K::PageUp | K::PageDown)
        || matches!(key, K::Enter | K::Space | K::Escape)
}

/// What egui is told of a key.
pub(super) fn events(typed: &Typed) -> Vec<Event> {
    let mut events = Vec::new();
    let command = typed.pressed && typed.modifiers.command;
    match typed.key {
        Some(Key::C) if command => events.push(Event::Copy),
        Some(Key::X) if command => events.push(Event::Cut),
        Some(Key::V) if command => {
            events.extend(output::pasted().map(Event::Paste));
        }
        _ => {}
    }
    if let Some(key) = typed.key {
        events.push(Event::Key {
            key,
            physical_key: None,
            pressed: typed.pressed,
            repeat: typed.repeat,
            modifiers: typed.modifiers,
        });
    }
    let text = typed.text.clone().filter(|_| typed.pressed);
    events.extend(text.map(Event::Text));
    events
}

#[cfg(test)]
mod tests {
    use super::super::keyboard::RawKey;
    use super::*;
    use egui::Modifiers;

    fn typed(key: Key, text: Option<&str>, modifiers: Modifiers) -> Typed {
        Typed {
            key: Some(key),
            text: text.map(str::to_owned),
            pressed: true,
            repeat: false,
            modifiers,
            raw: RawKey::default(),
        }
    }

    #[test]
    fn a_field_takes_text_and_what_edits_it_and_leaves_the_rest_to_the_host() {
        let (plain, ctrl) = (Modifiers::NONE, Modifiers::COMMAND | Modifiers::CTRL);
        for (key, text, held, wanted) in [
            (Key::W, Some("w"), plain, true),
            (Key::Space, Some(" "), plain, true),
            (Key::Enter, None, plain, true),
            (Key::Backspace, None, plain, true),
            (Key::F5, None, plain, false),
            (Key::F, Some("f"), plain, true),
            (Key::S, None, ctrl, false),
            (Key::C, None, ctrl, true),
            (Key::ArrowLeft, None, ctrl, true),
            (Key::Space, None, ctrl, false),
            (Key::Plus, None, ctrl, true),
        ] {
            let key = typed(key, text, held);
            assert_eq!(Edits::Text.want(&key), wanted, "{key:?}");
        }
    }

    #[test]
    fn a_control_takes_what_moves_and_presses_it_and_nothing_takes_only_the_tabulator() {
        for (key, control, nothing) in [
            (Key::Space, true, false),
            (Key::ArrowUp, true, false),
            (Key::Escape, true, false),
            (Key::Tab, true, true),
            (Key::W, false, false),
            (Key::F5, false, false),
        ] {
            let typed = typed(key, None, Modifiers::NONE);
            assert_eq!(Edits::Control.want(&typed), control, "{key:?}");
            assert_eq!(Edits::Nothing.want(&typed), nothing, "{key:?}");
        }
    }

    #[test]
    fn copying_is_told_beside_the_key() {
        let ctrl = Modifiers::COMMAND | Modifiers::CTRL;
        let told = events(&typed(Key::C, None, ctrl));
        assert!(matches!(told[..], [Event::Copy, Event::Key { .. }]));
        let told = events(&typed(Key::W, Some("w"), Modifiers::NONE));
        assert!(matches!(&told[..], [Event::Key { .. }, Event::Text(text)] if text == "w"));
    }
}
