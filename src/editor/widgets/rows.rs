//! A long list of which some rows are shown. Tab comes to one of them, arrows go through all.

use egui::accesskit::Role;
use egui::scroll_area::ScrollArea;
use egui::style::ScrollAnimation;
use egui::{Rect, Response, Sense, Ui, vec2};

use super::roving::{Roving, in_list};
use super::spoken;

/// Height of a row, points.
pub const ROW: f32 = 24.0;

/// Shows `count` rows, each by its number in the place of its response; which was clicked. UI thread.
pub fn rows(
    ui: &mut Ui,
    name: &str,
    count: usize,
    mut show: impl FnMut(&Ui, usize, &Response),
) -> Option<usize> {
    let mut clicked = None;
    let area = ScrollArea::vertical().auto_shrink([false, false]);
    area.show_rows(ui, ROW, count, |ui, shown| {
        spoken::group(ui, name, Role::ListBox);
        let pitch = ROW + ui.spacing().item_spacing.y;
        let top = ui.cursor().top() - shown.start as f32 * pitch;
        let page = shown.len();
        let mut roving = Roving::new(ui, "rows", (0, 0));
        for index in shown {
            let (_, rect) = ui.allocate_space(vec2(ui.available_width(), ROW));
            let response = roving.thing(ui, rect, (0, index as i32), Sense::click());
            show(ui, index, &response);
            if response.clicked() {
                clicked = Some(index);
            }
        }
        let to = roving.finish(ui, |spot, step| in_list(spot, step, count, page));
        if let Some((_, index)) = to {
            let top = top + index as f32 * pitch;
            let row = Rect::from_x_y_ranges(ui.max_rect().x_range(), top..=top + ROW);
            ui.scroll_to_rect_animation(row, None, ScrollAnimation::none());
        }
    });
    clicked
}
