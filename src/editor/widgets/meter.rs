//! A thin level meter.

use egui::{Rect, Response, Role, Sense, Ui, vec2};

use super::spoken;
use crate::editor::theme;

/// Bottom of the scale, dB.
const FLOOR_DB: f32 = -60.0;
/// How fast the bar falls, of the whole scale per second.
const FALL: f32 = 0.8;

/// Shows a peak (linear) on a dB scale, falling slowly. `name` is for screen readers and the
/// pointer's hint. UI thread.
pub fn meter(ui: &mut Ui, name: &str, peak: f32, width: f32) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(width, 6.0), Sense::hover());
    let height = (1.0 - 20.0 * peak.max(1e-9).log10() / FLOOR_DB).clamp(0.0, 1.0);
    // Read first: the context is locked inside `data_mut`.
    let now = ui.input(|input| input.time);
    let shown = ui.data_mut(|data| {
        let (shown, since): &mut (f32, f64) =
            data.get_temp_mut_or_insert_with(response.id, || (0.0, now));
        *shown = height.max(*shown - FALL * (now - *since) as f32);
        *since = now;
        *shown
    });
    if shown > 0.0 {
        ui.ctx().request_repaint_after(theme::FRAME);
    }
    let bar = Rect::from_min_size(rect.min, vec2(rect.width() * shown, rect.height()));
    let colour = if peak > 1.0 {
        theme::WRONG
    } else {
        theme::READY
    };
    ui.painter().rect_filled(rect, 3, theme::FIELD);
    ui.painter().rect_filled(bar, 3, colour);
    spoken::name_it(&response, name, Role::Meter);
    // Whole decibels: what moves is told each time.
    let level = (FLOOR_DB * (1.0 - shown)).round();
    spoken::number(&response, level.into(), [FLOOR_DB.into(), 0.0]);
    response.on_hover_text(name)
}
