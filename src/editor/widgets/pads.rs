//! The pads of a drum kit: they show what is held and what is ready, and play when clicked. One of them is
//! reached by Tab, the others by arrows; Space and Enter play while they are down.

use egui::{Align2, Color32, FontId, Pos2, Rect, Role, Sense, Stroke, StrokeKind, Ui, pos2, vec2};

use super::keyboard::{for_a_while, is_asked, keyed};
use super::roving::{Roving, Spot, Step};
use super::spoken;
use crate::editor::{Controls, View, theme};
use crate::instrument::Kit;
use crate::instrument::kit::piece_name;

/// Pads side by side.
const COLUMNS: usize = 8;
/// Points between pads.
const GAP: f32 = 4.0;
/// Velocity of a click at the bottom and at the top of a pad.
const VELOCITY: (f32, f32) = (0.25, 1.0);
/// Velocity of a pad that is played from the computer's keyboard or by a screen reader.
const PLAIN: f32 = 0.8;

/// Shows the pads over the whole of `rect`, lowest key at the top left. `pressed` is the key that
/// the pointer holds; `marked` are keys drawn as locked, bit *k* being key *k*. Returns the key of a
/// pad that was clicked. UI thread.
pub fn pads(
    ui: &mut Ui,
    rect: Rect,
    kit: &Kit,
    view: &View,
    controls: &dyn Controls,
    (pressed, chosen, marked): (&mut Option<u8>, Option<u8>, u128),
) -> Option<u8> {
    let count = kit.pieces().len();
    let mut wanted = None;
    let mut pressed_by_name = None;
    let mut roving = Roving::new(ui, "pads", (0, 0));
    for (index, piece) in kit.pieces().iter().enumerate() {
        let key = piece.key();
        let shape = pad_rect(rect, index, count);
        let response = roving.thing(ui, shape, spot(index), Sense::click_and_drag());
        let name = piece_name(key).unwrap_or("Piece");
        spoken::name_it(&response, name, Role::Button);
        if is_asked(ui, &response) {
            pressed_by_name = Some(key);
        }
        if response.is_pointer_button_down_on() {
            let velocity = response
                .interact_pointer_pos()
                .map_or(VELOCITY.1, |position| velocity_at(shape, position));
            wanted = Some((key, velocity));
        }
        let bit = 1u128 << key;
        let look = Look {
            held: *pressed == Some(key) || view.held_keys & bit != 0,
            ready: view.ready_keys & bit != 0,
            chosen: chosen == Some(key),
            locked: marked & bit != 0,
        };
        paint(ui, shape, name, look);
    }
    let by_keys = keyed(ui, &roving).and_then(|spot| kit.pieces().get(index(spot)));
    roving.finish(ui, |spot, step| next(spot, step, count));
    let by_name = for_a_while(ui, pressed_by_name);
    let otherwise = by_keys.map(|piece| piece.key()).or(by_name);
    let wanted = wanted.or(otherwise.map(|key| (key, PLAIN)));
    let begun = wanted.map(|(key, _)| key);
    if begun == *pressed {
        return None;
    }
    if let Some(key) = pressed.take() {
        controls.key(key, None);
    }
    let (key, velocity) = wanted?;
    controls.key(key, Some(velocity));
    *pressed = Some(key);
    Some(key)
}

fn pad_rect(rect: Rect, index: usize, count: usize) -> Rect {
    let rows = count.div_ceil(COLUMNS).max(1);
    let cell = vec2(rect.width() / COLUMNS as f32, rect.height() / rows as f32);
    let place = vec2(
        (index % COLUMNS) as f32 * cell.x,
        (index / COLUMNS) as f32 * cell.y,
    );
    Rect::from_min_size(rect.min + place, cell - vec2(GAP, GAP))
}

fn spot(index: usize) -> Spot {
    ((index / COLUMNS) as i32, (index % COLUMNS) as i32)
}

fn index((row, column): Spot) -> usize {
    row as usize * COLUMNS + column as usize
}

/// Where a key leads among so many pads.
fn next((row, column): Spot, step: Step, count: usize) -> Spot {
    let last = COLUMNS as i32 - 1;
    let wanted = match step {
        Step::Left => (row, (column - 1).max(0)),
        Step::Right => (row, (column + 1).min(last)),
        Step::Up | Step::PageUp => ((row - 1).max(0), column),
        Step::Down | Step::PageDown => (row + 1, column),
        Step::First => (0, 0),
        Step::Last => spot(count.saturating_sub(1)),
    };
    if index(wanted) < count {
        wanted
    } else {
        (row, column)
    }
}

fn velocity_at(shape: Rect, position: Pos2) -> f32 {
    let height = ((shape.bottom() - position.y) / shape.height()).clamp(0.0, 1.0);
    VELOCITY.0 + (VELOCITY.1 - VELOCITY.0) * height
}

struct Look {
    held: bool,
    ready: bool,
    chosen: bool,
    locked: bool,
}

fn paint(ui: &Ui, shape: Rect, name: &str, look: Look) {
    let (fill, ink) = match (look.held, look.ready) {
        (true, _) => (theme::ACCENT, theme::ON_ACCENT),
        (false, true) => (Color32::from_rgb(0x35, 0x3a, 0x47), theme::TEXT),
        (false, false) => (Color32::from_rgb(0x22, 0x25, 0x2e), theme::TEXT_WEAK),
    };
    let painter = ui.painter().with_clip_rect(shape);
    painter.rect_filled(shape, theme::ROUND_SMALL, fill);
    if look.chosen {
        let edge = Stroke::new(1.5, theme::ACCENT);
        painter.rect_stroke(shape, theme::ROUND_SMALL, edge, StrokeKind::Inside);
    }
    if look.locked {
        let corner =
            Rect::from_min_size(pos2(shape.right() - 9.0, shape.top() + 4.0), vec2(5.0, 5.0));
        painter.rect_filled(corner, 1.0, theme::READY);
    }
    painter.text(
        shape.center(),
        Align2::CENTER_CENTER,
        name,
        FontId::proportional(11.0),
        ink,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pads_lie_apart_inside_and_the_top_is_loud() {
        let rect = Rect::from_min_size(pos2(10.0, 20.0), vec2(600.0, 240.0));
        let pads: Vec<Rect> = (0..47).map(|index| pad_rect(rect, index, 47)).collect();
        for (i, pad) in pads.iter().enumerate() {
            assert!(rect.contains_rect(*pad));
            assert!(pads[..i].iter().all(|other| !other.intersects(*pad)));
        }
        let (top, bottom) = (pads[0].center_top(), pads[0].center_bottom());
        assert!(velocity_at(pads[0], top) > velocity_at(pads[0], bottom) + 0.7);
    }
}
