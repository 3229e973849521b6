//! What can be done with the entry that was clicked.

use egui::{Align, Key, Layout, RichText, TextEdit, Ui, vec2};

use super::LibraryPage;
use crate::editor::page::name_it;
use crate::editor::{Controls, LibraryOrder, View, theme};
use crate::jobs::librarian::Question;
use crate::library::Entry;

/// Shows the row.
pub(super) fn chosen(ui: &mut Ui, page: &mut LibraryPage, view: &View, controls: &dyn Controls) {
    let hits = &view.library.hits;
    let hit = hits.iter().find(|hit| Some(hit.entry.id) == page.chosen);
    let Some(entry) = hit.map(|hit| &hit.entry) else {
        let hint = "Click an instrument to hear it, then play it on the keyboard.";
        ui.label(RichText::new(hint).color(theme::TEXT_WEAK));
        return;
    };
    if ui
        .button("Load")
        .on_hover_text("Keeps it and goes to its page")
        .clicked()
    {
        controls.library(LibraryOrder::Load(entry.id));
        page.shown = false;
    }
    let hint = "Finds what sounds like it";
    if ui.button("Find similar").on_hover_text(hint).clicked() {
        page.ask(Question::Entry(entry.id), controls);
    }
    let button = ui.selectable_label(entry.favourite, "Favourite");
    if button.clicked() {
        controls.library(LibraryOrder::Favourite(entry.id, !entry.favourite));
    }
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let hint = "Takes it out of the library; its file stays";
        if ui.button("Remove").on_hover_text(hint).clicked() {
            controls.library(LibraryOrder::Remove(entry.id));
        }
        tags(ui, page, entry, controls);
    });
}

/// Its tags, with commas between; Enter keeps them.
fn tags(ui: &mut Ui, page: &mut LibraryPage, entry: &Entry, controls: &dyn Controls) {
    let joined = || entry.tags.join(", ");
    let mut typed = match &page.tags {
        Some((id, typed)) if *id == entry.id => typed.clone(),
        _ => joined(),
    };
    let field = TextEdit::singleline(&mut typed)
        .id_salt("tags")
        .hint_text("Tags")
        .align(egui::Align2::LEFT_CENTER);
    let field = ui.add_sized(vec2(ui.available_width(), 28.0), field);
    name_it(&field, "Tags", egui::Role::TextInput);
    let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if entered {
        let tags = typed
            .split(',')
            .map(str::trim)
            .filter(|tag| !tag.is_empty());
        let tags = tags.map(str::to_owned).collect();
        controls.library(LibraryOrder::Tags(entry.id, tags));
    }
    page.tags = (field.has_focus() && !entered).then_some((entry.id, typed));
}
