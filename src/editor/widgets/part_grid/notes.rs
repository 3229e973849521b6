//! A step of the grid and the note that may be there: clicked, dragged, or moved by keys.

use egui::{Color32, Key, Modifiers, Rect, Response, Role, Ui, WidgetInfo, vec2};

use super::Grid;
use crate::editor::theme;
use crate::editor::widgets::spoken;
use crate::jobs::StemOrder;
use crate::jobs::stem::asking::{Edit, Sheet};
use crate::music::{GridNote, PartKind};

/// Velocity of a point of dragging; steps of a point to the side.
const HARDER: f32 = 1.0;
const LATER: f32 = 0.01;
/// Points that a key drags: to the side, and up or down.
const BY_KEY: egui::Vec2 = vec2(5.0, 8.0);

impl Grid {
    /// One step of one row, which `response` is about.
    pub(super) fn cell(
        &mut self,
        ui: &Ui,
        response: &Response,
        sheet: &Sheet,
        (step, key): (u32, u8),
        name: &str,
        orders: &mut Vec<StemOrder>,
    ) {
        let cell = response.rect;
        let note = sheet.part().and_then(|part| part.note_at(step, key));
        let note = note.copied();
        let bar = sheet.bar_of(step as usize);
        response.widget_info(|| {
            let within = step as usize - sheet.line(bar);
            let text = format!("{name}, bar {}, step {}", bar + 1, within + 1);
            WidgetInfo::selected(Role::CheckBox, true, note.is_some(), text)
        });
        if response.clicked() {
            orders.push(StemOrder::Edit(Edit::Toggle { step, key }));
        }
        let mut shown = note;
        if let Some(note) = note {
            spoken::worth(response, &in_words(&note));
            self.drag(response, note, &mut shown, orders);
            let way = keyed(ui, response);
            if way != egui::Vec2::ZERO {
                orders.push(order(note, way));
            }
        }
        let painter = ui.painter();
        if response.hovered() {
            painter.rect_filled(cell.shrink(0.5), 2.0, theme::FIELD_HOVERED);
        } else if bar.is_multiple_of(2) {
            painter.rect_filled(cell.shrink(0.5), 2.0, theme::FIELD);
        }
        if let Some(note) = shown {
            let long = if sheet.kind == Some(PartKind::Drums) {
                1.0
            } else {
                note.length
            };
            let at = cell.translate(vec2(note.offset * cell.width(), 0.0));
            let bar = Rect::from_min_size(at.min, vec2(cell.width() * long, cell.height()));
            let strength = 0.3 + 0.7 * f32::from(note.velocity) / 127.0;
            painter.rect_filled(bar.shrink(1.0), 2.0, colour(strength));
        }
    }

    /// A note that is dragged: harder or softer by height, earlier or later to the side.
    fn drag(
        &mut self,
        response: &Response,
        note: GridNote,
        shown: &mut Option<GridNote>,
        orders: &mut Vec<StemOrder>,
    ) {
        let (step, key) = (note.step, note.key);
        if response.dragged() {
            let before = self.dragged.filter(|(s, k, _)| (*s, *k) == (step, key));
            let way = before.map_or(egui::Vec2::ZERO, |(.., way)| way) + response.drag_delta();
            self.dragged = Some((step, key, way));
            *shown = Some(moved(note, way));
        } else if response.drag_stopped()
            && let Some((.., way)) = self.dragged.take()
        {
            orders.push(order(note, way));
        }
    }
}

/// How hard and when, for who doesn't see it.
fn in_words(note: &GridNote) -> String {
    let percent = (note.offset.abs() * 100.0).round();
    let when = match note.offset {
        _ if percent == 0.0 => String::new(),
        early if early < 0.0 => format!(", {percent} % of a step early"),
        _ => format!(", {percent} % of a step late"),
    };
    format!("velocity {}{when}", note.velocity)
}

/// How far keys drag the note that has the keyboard: arrows with Shift.
fn keyed(ui: &Ui, response: &Response) -> egui::Vec2 {
    if !response.has_focus() {
        return egui::Vec2::ZERO;
    }
    let count = |key| {
        let of = |input: &mut egui::InputState| input.count_and_consume_key(Modifiers::SHIFT, key);
        ui.input_mut(of) as f32
    };
    let right = count(Key::ArrowRight) - count(Key::ArrowLeft);
    let down = count(Key::ArrowDown) - count(Key::ArrowUp);
    vec2(right, down) * BY_KEY
}

/// What is asked for when a note is dragged so far.
fn order(note: GridNote, way: egui::Vec2) -> StemOrder {
    let (step, key) = (note.step, note.key);
    let moved = moved(note, way);
    StemOrder::Edit(if moved.offset == note.offset {
        let velocity = moved.velocity;
        Edit::Velocity {
            step,
            key,
            velocity,
        }
    } else {
        let offset = moved.offset;
        Edit::Nudge { step, key, offset }
    })
}

/// A note dragged so far: the longer direction counts.
fn moved(note: GridNote, way: egui::Vec2) -> GridNote {
    if way.x.abs() > way.y.abs() {
        let offset = (note.offset + way.x * LATER).clamp(-0.5, 0.5);
        GridNote { offset, ..note }
    } else {
        let velocity = f32::from(note.velocity) - way.y * HARDER;
        let velocity = velocity.clamp(1.0, 127.0) as u8;
        GridNote { velocity, ..note }
    }
}

fn colour(strength: f32) -> Color32 {
    theme::ACCENT.gamma_multiply(strength)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_way_counts() {
        let note = GridNote {
            step: 3,
            offset: 0.0,
            length: 1.0,
            key: 38,
            velocity: 90,
        };
        let harder = moved(note, vec2(2.0, -20.0));
        assert_eq!((harder.velocity, harder.offset), (110, 0.0));
        let later = moved(note, vec2(30.0, 4.0));
        assert!(
            later.velocity == 90 && (later.offset - 0.3).abs() < 1e-6,
            "{later:?}"
        );
        assert_eq!(in_words(&later), "velocity 90, 30 % of a step late");
        assert_eq!(in_words(&harder), "velocity 110");
        assert_eq!(moved(note, vec2(0.0, 900.0)).velocity, 1);
    }
}
