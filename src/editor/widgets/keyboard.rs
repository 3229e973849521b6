//! The 88 keys: they show what is held and what is ready, and play when clicked. One of them is reached by
//! Tab, the others by arrows: left and right, up and down an octave; Space and Enter play while they are
//! down.

use egui::accesskit::Action;
use egui::{Align2, Color32, CornerRadius, Key, Pos2, Rect, Response, Role, Sense, Ui, pos2, vec2};

use super::roving::{Roving, Spot, Step};
use super::spoken;

use crate::editor::{Controls, View, theme};
use crate::instrument::zone::PIANO_KEYS;

/// White keys of a piano.
const WHITE_KEYS: f32 = 52.0;
/// Width of a black key against a white one.
const BLACK_WIDTH: f32 = 0.58;
/// Length of a black key against a white one.
const BLACK_LENGTH: f32 = 0.62;
/// Velocity of a click at the near and the far end of a key.
const VELOCITY: (f32, f32) = (1.0, 0.25);
/// Velocity of a key that is played from the computer's keyboard or by a screen reader.
const PLAIN: f32 = 0.8;
/// How long a key is held that a screen reader presses, s.
const HELD: f64 = 0.6;
/// The key that Tab comes to first.
const MIDDLE_C: u8 = 60;

const NAMES: [&str; 12] = [
    "C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B",
];

/// Shows the keyboard over the whole of `rect`. `pressed` is the key that the pointer holds.
/// UI thread.
pub fn keyboard(
    ui: &mut Ui,
    rect: Rect,
    view: &View,
    controls: &dyn Controls,
    pressed: &mut Option<u8>,
) {
    let mut under_pointer = None;
    let mut down = false;
    let mut pressed_by_name = None;
    let mut roving = Roving::new(ui, "piano", (0, MIDDLE_C.into()));
    // Black keys last: they lie on top, for the eye and for the pointer.
    for black in [false, true] {
        for key in PIANO_KEYS.filter(|&key| is_black(key) == black) {
            let shape = key_rect(rect, key);
            let response = roving.thing(ui, shape, (0, key.into()), Sense::click_and_drag());
            spoken::name_it(&response, &name(key), Role::Button);
            if is_asked(ui, &response) {
                pressed_by_name = Some(key);
            }
            // A drag belongs to the key it began on, wherever the pointer has gone since.
            if response.is_pointer_button_down_on() {
                down = true;
                under_pointer = response.interact_pointer_pos();
            }
            paint(ui, shape, key, view, *pressed == Some(key));
        }
    }
    let by_keys = keyed(ui, &roving).map(|(_, key)| (key as u8, PLAIN));
    roving.finish(ui, next);
    let wanted = match under_pointer {
        Some(position) if down => key_at(rect, position),
        _ => by_keys.or(for_a_while(ui, pressed_by_name).map(|key| (key, PLAIN))),
    };
    if wanted.map(|(key, _)| key) != *pressed {
        if let Some(key) = pressed.take() {
            controls.key(key, None);
        }
        if let Some((key, velocity)) = wanted {
            controls.key(key, Some(velocity));
            *pressed = Some(key);
        }
    }
}

/// A screen reader presses it.
pub(super) fn is_asked(ui: &Ui, response: &Response) -> bool {
    ui.input(|input| input.has_accesskit_action_request(response.id, Action::Click))
}

/// The thing that is played as long as Space or Enter is down.
pub(super) fn keyed(ui: &Ui, roving: &Roving) -> Option<Spot> {
    let down = ui.input(|input| input.key_down(Key::Space) || input.key_down(Key::Enter));
    roving.focused().filter(|_| down)
}

/// A key that a screen reader has pressed, in this frame or not long ago.
pub(super) fn for_a_while(ui: &Ui, pressed: Option<u8>) -> Option<u8> {
    let id = ui.scope_id().with("pressed by name");
    let now = ui.input(|input| input.time);
    if let Some(key) = pressed {
        ui.data_mut(|data| data.insert_temp(id, (key, now + HELD)));
    }
    let (key, until): (u8, f64) = ui.data(|data| data.get_temp(id))?;
    let left = until - now;
    (left > 0.0).then(|| {
        let left = std::time::Duration::from_secs_f64(left);
        ui.ctx().request_repaint_after(left);
        key
    })
}

fn next((_, key): Spot, step: Step) -> Spot {
    let (low, high) = (i32::from(*PIANO_KEYS.start()), i32::from(*PIANO_KEYS.end()));
    let wanted = match step {
        Step::Left => key - 1,
        Step::Right => key + 1,
        Step::Up | Step::PageUp => key + 12,
        Step::Down | Step::PageDown => key - 12,
        Step::First => low,
        Step::Last => high,
    };
    (
        0,
        if (low..=high).contains(&wanted) {
            wanted
        } else {
            key
        },
    )
}

/// "C4" is the middle C, MIDI key 60. Any thread.
pub fn name(key: u8) -> String {
    format!(
        "{}{}",
        NAMES[usize::from(key % 12)],
        i16::from(key / 12) - 1
    )
}

fn is_black(key: u8) -> bool {
    matches!(key % 12, 1 | 3 | 6 | 8 | 10)
}

/// White keys left of this key, counted from the lowest.
fn whites_before(key: u8) -> f32 {
    (*PIANO_KEYS.start()..key)
        .filter(|&key| !is_black(key))
        .count() as f32
}

fn key_rect(rect: Rect, key: u8) -> Rect {
    let width = rect.width() / WHITE_KEYS;
    let left = rect.left() + whites_before(key) * width;
    if is_black(key) {
        let half = width * BLACK_WIDTH / 2.0;
        Rect::from_min_max(
            pos2(left - half, rect.top()),
            pos2(left + half, rect.top() + rect.height() * BLACK_LENGTH),
        )
    } else {
        Rect::from_min_size(pos2(left, rect.top()), vec2(width, rect.height()))
    }
}

/// The key at a place, and how hard a click there plays.
fn key_at(rect: Rect, position: Pos2) -> Option<(u8, f32)> {
    let black = PIANO_KEYS.filter(|&key| is_black(key));
    let white = PIANO_KEYS.filter(|&key| !is_black(key));
    let key = black
        .chain(white)
        .find(|&key| key_rect(rect, key).contains(position))?;
    let shape = key_rect(rect, key);
    let near = (position.y - shape.top()) / shape.height();
    Some((key, VELOCITY.1 + (VELOCITY.0 - VELOCITY.1) * near))
}

fn paint(ui: &Ui, shape: Rect, key: u8, view: &View, pressed: bool) {
    let bit = 1u128 << key;
    let held = pressed || view.held_keys & bit != 0;
    let ready = view.ready_keys & bit != 0;
    let black = is_black(key);
    let fill = match (held, ready, black) {
        (true, _, false) => theme::ACCENT,
        (true, _, true) => Color32::from_rgb(0xe0, 0x8e, 0x38),
        (false, true, false) => Color32::from_rgb(0xe4, 0xe6, 0xec),
        (false, true, true) => Color32::from_rgb(0x20, 0x23, 0x2c),
        (false, false, false) => Color32::from_rgb(0x52, 0x58, 0x66),
        (false, false, true) => Color32::from_rgb(0x33, 0x38, 0x44),
    };
    let corner = if black { 2 } else { 3 };
    let round = CornerRadius {
        nw: 0,
        ne: 0,
        sw: corner,
        se: corner,
    };
    let body = if black {
        shape
    } else {
        shape.shrink2(vec2(0.5, 0.0))
    };
    let painter = ui.painter();
    if black {
        painter.rect_filled(body.expand2(vec2(1.0, 0.0)), round, theme::BACKGROUND);
    }
    painter.rect_filled(body, round, fill);
    if black && ready && !held {
        let face = Rect::from_min_max(body.min + vec2(1.5, 0.0), body.max - vec2(1.5, 5.0));
        painter.rect_filled(face, 2, Color32::from_rgb(0x35, 0x3a, 0x47));
    }
    if key.is_multiple_of(12) {
        painter.text(
            body.center_bottom() - vec2(0.0, 4.0),
            Align2::CENTER_BOTTOM,
            name(key),
            egui::FontId::proportional(9.0),
            Color32::from_rgb(0x5a, 0x60, 0x70),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_is_found_at_its_own_centre() {
        let rect = Rect::from_min_size(pos2(10.0, 5.0), vec2(1040.0, 100.0));
        for key in PIANO_KEYS {
            let (found, velocity) = key_at(rect, key_rect(rect, key).center()).unwrap();
            assert_eq!(found, key, "{}", name(key));
            assert!((0.0..=1.0).contains(&velocity));
        }
        assert_eq!(key_at(rect, pos2(0.0, 0.0)), None);
        let (soft, hard) = (pos2(12.0, 8.0), pos2(12.0, 104.0));
        assert!(key_at(rect, soft).unwrap().1 < key_at(rect, hard).unwrap().1);
    }

    #[test]
    fn keys_have_the_names_of_a_piano() {
        assert_eq!(name(60), "C4");
        assert_eq!(name(21), "A0");
        assert_eq!(name(108), "C8");
        assert_eq!(
            key_rect(Rect::from_min_size(pos2(0.0, 0.0), vec2(52.0, 1.0)), 108).right(),
            52.0
        );
    }
}
