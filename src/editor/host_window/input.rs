//! What baseview hears becomes what egui understands.

use baseview::{MouseButton, ScrollDelta};
use egui::{Event, Key, Modifiers, MouseWheelUnit, PointerButton, TouchPhase, vec2};
use keyboard_types::{Key as Said, KeyState, KeyboardEvent};

/// The modifier keys that are down.
pub(super) fn modifiers(held: keyboard_types::Modifiers) -> Modifiers {
    let mac = cfg!(target_os = "macos");
    Modifiers {
        alt: held.alt(),
        ctrl: held.ctrl(),
        shift: held.shift(),
        mac_cmd: mac && held.meta(),
        command: if mac { held.meta() } else { held.ctrl() },
    }
}

/// A button of the mouse, where egui knows it.
pub(super) fn button(button: MouseButton) -> Option<PointerButton> {
    Some(match button {
        MouseButton::Left => PointerButton::Primary,
        MouseButton::Right => PointerButton::Secondary,
        MouseButton::Middle => PointerButton::Middle,
        MouseButton::Back => PointerButton::Extra1,
        MouseButton::Forward => PointerButton::Extra2,
        _ => return None,
    })
}

/// A turn of the wheel; pixels are divided by `scale`, pixels a point.
pub(super) fn wheel(delta: ScrollDelta, scale: f32, modifiers: Modifiers) -> Event {
    // To the right is what a wheel's left shows, but on macOS.
    let side = if cfg!(target_os = "linux") { -1.0 } else { 1.0 };
    let (unit, delta) = match delta {
        ScrollDelta::Lines { x, y } => (MouseWheelUnit::Line, vec2(side * x, y)),
        ScrollDelta::Pixels { x, y } => (MouseWheelUnit::Point, vec2(side * x, y) / scale),
    };
    Event::MouseWheel {
        unit,
        delta,
        modifiers,
        phase: TouchPhase::Move,
        source: egui::MouseWheelSource::Unknown,
    }
}

/// A key that baseview heard: on Windows and macOS all of them, on X11 those that a host passes on.
pub(super) fn key(said: &KeyboardEvent) -> (Option<Key>, Option<String>) {
    let modifiers = modifiers(said.modifiers);
    match &said.key {
        Said::Character(text) => {
            let key = if text == " " {
                Some(Key::Space)
            } else {
                Key::from_name(text).or_else(|| Key::from_name(&text.to_uppercase()))
            };
            let plain = said.state == KeyState::Down && !modifiers.ctrl && !modifiers.command;
            let visible = !text.is_empty() && !text.chars().any(char::is_control);
            (key, (plain && visible).then(|| text.clone()))
        }
        Said::Named(name) => (Key::from_name(&name.to_string()), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyboard_types::{Code, NamedKey};

    fn down(key: Said, held: keyboard_types::Modifiers) -> KeyboardEvent {
        KeyboardEvent {
            state: KeyState::Down,
            key,
            code: Code::Unidentified,
            modifiers: held,
            ..KeyboardEvent::default()
        }
    }

    #[test]
    fn keys_are_known_by_their_names_and_letters_are_text() {
        let none = keyboard_types::Modifiers::empty();
        for (name, becomes) in [
            (NamedKey::Enter, Key::Enter),
            (NamedKey::Escape, Key::Escape),
            (NamedKey::ArrowLeft, Key::ArrowLeft),
            (NamedKey::Backspace, Key::Backspace),
            (NamedKey::PageDown, Key::PageDown),
            (NamedKey::Tab, Key::Tab),
            (NamedKey::F5, Key::F5),
        ] {
            let heard = key(&down(Said::Named(name), none));
            assert_eq!(heard, (Some(becomes), None), "{name:?}");
        }
        let letter = |text: &str, held| key(&down(Said::Character(text.into()), held));
        assert_eq!(letter("w", none), (Some(Key::W), Some("w".into())));
        assert_eq!(letter(" ", none), (Some(Key::Space), Some(" ".into())));
        assert_eq!(letter("é", none), (None, Some("é".into())));
        assert_eq!(letter("\r", none).1, None);
        let ctrl = keyboard_types::Modifiers::CONTROL;
        assert_eq!(letter("c", ctrl), (Some(Key::C), None));
    }

    #[test]
    fn the_wheel_scrolls_up_when_turned_up() {
        let up = wheel(
            ScrollDelta::Lines { x: 0.0, y: 1.0 },
            1.0,
            Modifiers::default(),
        );
        assert!(matches!(up, Event::MouseWheel { delta, .. } if delta.y == 1.0));
    }
}
