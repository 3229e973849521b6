//! The notes of a part: pieces or keys from top to bottom, steps from left to right. A click puts a
//! note there or takes it away, a drag up or down plays it harder or softer, one to the side earlier
//! or later. With the keyboard: arrows go about, Space does what a click does, and arrows with Shift drag.

mod notes;
mod walk;

use std::collections::BTreeSet;

use egui::{Align2, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::roving::Roving;
use super::spoken;
use crate::editor::theme;
use crate::jobs::StemOrder;
use crate::jobs::stem::asking::Sheet;
use crate::music::{PartKind, key_name};

/// Bars side by side.
pub const BARS_SHOWN: usize = 4;
/// Width of the names, height of the bars' names.
const NAMES: f32 = 92.0;
const HEADS: f32 = 20.0;
/// Least height of a row with its name.
const LEAST_NAMED: f32 = 9.0;
/// Keys that are shown around a pitched part's, and most rows.
const AROUND: u8 = 2;
const MOST_ROWS: usize = 40;

/// Pieces of a kit with their General MIDI keys, from the top.
const PIECES: [(&str, u8); 15] = [
    ("Crash", 49),
    ("Ride", 51),
    ("Open hat", 46),
    ("Pedal hat", 44),
    ("Closed hat", 42),
    ("Shaker", 70),
    ("Bell", 56),
    ("High hand drum", 63),
    ("Low hand drum", 64),
    ("High tom", 48),
    ("Low tom", 45),
    ("Clap", 39),
    ("Side stick", 37),
    ("Snare", 38),
    ("Kick", 36),
];

/// What the grid remembers between frames.
#[derive(Default)]
pub struct Grid {
    /// The first bar that is shown.
    first: usize,
    /// Bars and pieces that are chosen to be made anew.
    bars: BTreeSet<usize>,
    pieces: BTreeSet<u8>,
    /// A note that is being dragged: its step and key, and how far.
    dragged: Option<(u32, u8, egui::Vec2)>,
}

impl Grid {
    /// What is chosen to be made anew of a sheet: bars, and keys of pieces; all where one is empty.
    pub fn chosen(&self, sheet: Option<&Sheet>) -> (Vec<bool>, Vec<u8>) {
        let count = sheet.map_or(0, Sheet::bars);
        let any = self.bars.iter().any(|bar| *bar < count);
        let bars = (0..count).map(|bar| self.bars.contains(&bar));
        let bars = if any { bars.collect() } else { Vec::new() };
        (bars, self.pieces.iter().copied().collect())
    }

    /// Which bars are shown, to choose from.
    pub fn pages(&mut self, ui: &mut Ui, sheet: &Sheet) {
        let bars = sheet.bars();
        if bars <= BARS_SHOWN {
            return;
        }
        ui.label("Bars");
        ui.spacing_mut().item_spacing.x = 2.0;
        for first in (0..bars).step_by(BARS_SHOWN).take(12) {
            let last = (first + BARS_SHOWN).min(bars);
            let name = format!("{}–{last}", first + 1);
            let spoken = format!("Bars {} to {last}", first + 1);
            if spoken::radio(ui, self.first == first, name, &spoken).clicked() {
                self.first = first;
            }
        }
    }

    /// Shows it; what the user asks for.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        sheet: &Sheet,
        playhead: Option<f64>,
    ) -> Vec<StemOrder> {
        let mut orders = Vec::new();
        let bars = sheet.bars();
        if self.first >= bars {
            self.first = 0;
        }
        let shown = self.first..(self.first + BARS_SHOWN).min(bars);
        let steps = sheet.line(shown.start)..sheet.line(shown.end);
        let field = Rect::from_min_max(rect.min + vec2(NAMES, HEADS), rect.max);
        let width = field.width() / steps.len().max(1) as f32;
        let rows = rows(sheet);
        let height = field.height() / rows.len().max(1) as f32;
        let mut roving = Roving::new(ui, "part", (0, 0));
        self.heads(ui, &mut roving, rect, field, shown, sheet, &mut orders);
        let kit = sheet.kind == Some(PartKind::Drums);
        for (number, (name, key)) in rows.iter().enumerate() {
            let top = field.top() + number as f32 * height;
            let place = Rect::from_min_size(pos2(rect.left(), top), vec2(NAMES - 4.0, height));
            if kit {
                self.piece(
                    ui,
                    &mut roving,
                    place,
                    number,
                    (name, *key),
                    sheet,
                    &mut orders,
                );
            } else {
                write_name(ui, place, name);
            }
            for step in steps.clone() {
                let left = field.left() + (step - steps.start) as f32 * width;
                let cell = Rect::from_min_size(pos2(left, top), vec2(width, height));
                let spot = walk::cell(number, step);
                let cell = roving.thing(ui, cell, spot, Sense::click_and_drag());
                self.cell(ui, &cell, sheet, (step as u32, *key), name, &mut orders);
            }
        }
        let walked = walk::Field::new(sheet, rows.len(), steps.start);
        let to = roving.finish(ui, |spot, step| walked.next(spot, step));
        // Those bars are shown that one comes to.
        if let Some(step) = to.and_then(|spot| walk::step_of(sheet, spot)) {
            self.first = sheet.bar_of(step) / BARS_SHOWN * BARS_SHOWN;
        }
        let painter = ui.painter();
        for step in steps.clone() {
            let within = step - sheet.line(sheet.bar_of(step));
            if !within.is_multiple_of(4) {
                continue;
            }
            let at = field.left() + (step - steps.start) as f32 * width;
            let strong = within == 0;
            let colour = if strong {
                theme::TEXT_WEAK
            } else {
                theme::LINE
            };
            painter.vline(at, field.y_range(), (1.0, colour));
        }
        if let Some(at) = playhead.filter(|at| steps.contains(&(*at as usize))) {
            let x = field.left() + (at as f32 - steps.start as f32) * width;
            painter.vline(x, field.y_range(), (2.0, theme::READY));
        }
        orders
    }

    /// Names of bars: a click chooses one to be made anew; beside it its lock.
    #[expect(clippy::too_many_arguments, reason = "all that is drawn")]
    fn heads(
        &mut self,
        ui: &Ui,
        roving: &mut Roving,
        rect: Rect,
        field: Rect,
        shown: std::ops::Range<usize>,
        sheet: &Sheet,
        orders: &mut Vec<StemOrder>,
    ) {
        let steps = sheet.line(shown.end) - sheet.line(shown.start);
        let step = field.width() / steps.max(1) as f32;
        let first = sheet.line(shown.start);
        for bar in shown {
            let left = field.left() + (sheet.line(bar) - first) as f32 * step;
            let width = (sheet.line(bar + 1) - sheet.line(bar)) as f32 * step;
            let head = Rect::from_min_size(pos2(left, rect.top()), vec2(width, HEADS));
            let (name, lock) = head.split_left_right_at_x(head.right() - 40.0);
            let mut thing = |rect: Rect, lock| {
                roving.thing(ui, rect.shrink(0.5), walk::head(bar, lock), Sense::click())
            };
            let (name, lock) = (thing(name, false), thing(lock, true));
            let text = format!("Bar {}", bar + 1);
            if chip(ui, &name, &text, &text, self.bars.contains(&bar)) && !self.bars.remove(&bar) {
                self.bars.insert(bar);
            }
            let locked = sheet.locked_bars.get(bar).copied().unwrap_or(false);
            if chip(ui, &lock, "keep", &format!("Keep bar {}", bar + 1), locked) {
                orders.push(StemOrder::LockBar(bar, !locked));
            }
        }
    }

    /// The name of a kit's piece, with its lock.
    #[expect(clippy::too_many_arguments, reason = "all that is drawn")]
    fn piece(
        &mut self,
        ui: &Ui,
        roving: &mut Roving,
        place: Rect,
        row: usize,
        (name, key): (&str, u8),
        sheet: &Sheet,
        orders: &mut Vec<StemOrder>,
    ) {
        let (left, lock) = place.split_left_right_at_x(place.right() - 30.0);
        let mut thing = |rect: Rect, lock| {
            roving.thing(ui, rect.shrink(0.5), walk::name(row, lock), Sense::click())
        };
        let (left, lock) = (thing(left, false), thing(lock, true));
        if chip(ui, &left, name, name, self.pieces.contains(&key)) && !self.pieces.remove(&key) {
            self.pieces.insert(key);
        }
        let locked = sheet.locked_pieces.contains(&key);
        let keep = format!("Keep {}", name.to_lowercase());
        if chip(ui, &lock, "keep", &keep, locked) {
            orders.push(StemOrder::LockPiece(key, !locked));
        }
    }
}

/// The name of a row whose keys can't be chosen.
fn write_name(ui: &Ui, place: Rect, name: &str) {
    if place.height() >= LEAST_NAMED {
        let (at, align) = (place.right_center(), Align2::RIGHT_CENTER);
        ui.painter()
            .text(at, align, name, theme::small(), theme::TEXT_WEAK);
    }
}

/// A small thing to click, with a name for screen readers; whether it was.
fn chip(ui: &Ui, response: &Response, text: &str, name: &str, chosen: bool) -> bool {
    let rect = response.rect;
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, chosen, name));
    let painter = ui.painter();
    if chosen {
        painter.rect_filled(rect, 3.0, theme::ACCENT.gamma_multiply(0.35));
    } else if response.hovered() {
        painter.rect_filled(rect, 3.0, theme::FIELD_HOVERED);
    }
    if rect.height() >= LEAST_NAMED {
        let colour = if chosen {
            theme::ACCENT
        } else {
            theme::TEXT_WEAK
        };
        let at = rect.left_center() + vec2(3.0, 0.0);
        painter
            .with_clip_rect(rect)
            .text(at, Align2::LEFT_CENTER, text, theme::small(), colour);
    }
    response.clicked()
}

/// Names and keys of the rows, from the top.
fn rows(sheet: &Sheet) -> Vec<(String, u8)> {
    if sheet.kind == Some(PartKind::Drums) {
        return PIECES.map(|(name, key)| (name.to_owned(), key)).into();
    }
    let keys = sheet
        .variations
        .iter()
        .flat_map(|part| part.notes.iter().map(|note| note.key));
    let (low, high) = keys.fold((127, 0), |(low, high), key| (key.min(low), key.max(high)));
    let (low, high) = if low > high { (48, 60) } else { (low, high) };
    let (low, high) = (low.saturating_sub(AROUND), (high + AROUND).min(127));
    let keys = (low..=high).rev().take(MOST_ROWS);
    keys.map(|key| (key_name(key), key)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_chosen_is_made_anew() {
        let sheet = Sheet {
            steps: 128,
            bar: 16,
            ..Sheet::default()
        };
        let mut grid = Grid::default();
        assert_eq!(grid.chosen(Some(&sheet)), (Vec::new(), Vec::new()));
        grid.bars.insert(2);
        grid.bars.insert(60);
        grid.pieces.insert(38);
        let (bars, pieces) = grid.chosen(Some(&sheet));
        assert_eq!(
            (bars.len(), bars.iter().filter(|bar| **bar).count(), pieces),
            (8, 1, vec![38])
        );
    }
}
