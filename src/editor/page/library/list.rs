//! What was found: a click plays it.

use egui::{Rect, Response, RichText, Role, Ui, pos2, vec2};

use super::LibraryPage;
use crate::editor::page::{name_it, prompt};
use crate::editor::widgets::{rows::rows, spoken};
use crate::editor::{Controls, LibraryOrder, View, theme};
use crate::library::Hit;

/// Shows the list, or why it is empty.
pub(super) fn list(ui: &mut Ui, page: &mut LibraryPage, view: &View, controls: &dyn Controls) {
    let shelf = &view.library;
    if shelf.hits.is_empty() {
        let text = match (&shelf.message, shelf.asking || !shelf.open, shelf.adding) {
            (Some(_), ..) => "",
            (None, true, _) | (None, _, Some(_)) => "Looking …",
            (None, false, None) => {
                "Nothing fits; ask for something else, or add instruments below."
            }
        };
        ui.label(RichText::new(text).color(theme::TEXT_WEAK));
    }
    let hits = shelf.hits.clone();
    let clicked = rows(
        ui,
        "Instruments found",
        hits.len(),
        |ui, index, response| {
            let entry = &hits[index].entry;
            let plays = view.auditioned == Some(entry.id);
            let chosen = page.chosen == Some(entry.id);
            name_it(response, &entry.name, Role::ListBoxOption);
            spoken::listed(response, chosen, index, hits.len());
            let scored = shelf.question.is_some();
            row(ui, &hits[index], response, plays, chosen, scored);
        },
    );
    if let Some(index) = clicked {
        let id = hits[index].entry.id;
        page.chosen = Some(id);
        controls.library(LibraryOrder::Audition(id));
    }
}

/// One entry.
fn row(ui: &Ui, hit: &Hit, response: &Response, plays: bool, chosen: bool, scored: bool) {
    let (entry, rect) = (&hit.entry, response.rect);
    let fill = match (plays, chosen || response.hovered()) {
        (true, _) => theme::ACCENT.gamma_multiply(0.25),
        (false, true) => theme::FIELD_HOVERED,
        (false, false) => theme::FIELD.gamma_multiply(0.5),
    };
    let painter = ui.painter().with_clip_rect(rect);
    painter.rect_filled(rect.shrink2(vec2(0.0, 1.0)), theme::ROUND_SMALL, fill);
    let about = format!(
        "{} · {} · {}",
        prompt::title(entry.family),
        entry.kind.name(),
        entry.tags.join(", ")
    );
    let score = scored.then(|| format!("{:.0} %", hit.score.max(0.0) * 100.0));
    let inside = rect.shrink2(vec2(8.0, 0.0));
    let columns = [
        (0.02, entry.name.as_str(), theme::TEXT),
        (0.4, about.as_str(), theme::TEXT_WEAK),
        (0.94, score.as_deref().unwrap_or_default(), theme::READY),
    ];
    if entry.favourite {
        let at = inside.left_center() + vec2(2.0, 0.0);
        painter.circle_filled(at, 3.0, theme::ACCENT);
    }
    let ends = [0.39, 0.93, 1.0];
    for ((at, text, colour), end) in columns.into_iter().zip(ends) {
        let x = |share: f32| inside.left() + inside.width() * share;
        let cell = Rect::from_min_max(pos2(x(at), rect.top()), pos2(x(end), rect.bottom()));
        let text = painter.layout_no_wrap(text.to_owned(), theme::small(), colour);
        let place = cell.left_center() - vec2(0.0, text.size().y / 2.0);
        painter.with_clip_rect(cell).galley(place, text, colour);
    }
    response.clone().on_hover_text(&about);
    let favourite = if entry.favourite { "Favourite · " } else { "" };
    let score = score.map_or(String::new(), |score| format!("{score} · "));
    spoken::describe(response, &format!("{favourite}{score}{about}"));
}
