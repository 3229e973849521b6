//! How large the library is, what is being added, made or wrong, and the way back.

use egui::{Align, CornerRadius, Label, Layout, ProgressBar, RichText, Ui};

use super::LibraryPage;
use crate::editor::page::name_it;
use crate::editor::{Controls, LibraryOrder, View, theme};
use crate::jobs::{Stage, Status};

/// Shows the row.
pub(super) fn footer(ui: &mut Ui, page: &mut LibraryPage, view: &View, controls: &dyn Controls) {
    let shelf = &view.library;
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let hint = "Adds .consort, SFZ and sound files, or a folder of them; the files stay where they are";
        if ui.button("Add files").on_hover_text(hint).clicked() {
            page.to_add.open();
        }
        if let Some(what) = &shelf.undo {
            let undo = ui.button("Undo change").on_hover_text(format!("Takes {what} back"));
            if undo.clicked() {
                controls.library(LibraryOrder::Undo);
            }
        }
        if let Some(adding) = shelf.adding {
            if ui.button("Stop adding").clicked() {
                controls.library(LibraryOrder::CancelAdding);
            }
            progress(ui, "Adding progress", adding.done as f32 / adding.total.max(1) as f32);
            let text = match adding.total {
                0 => "looking for files".to_owned(),
                total => format!("{} of {total}", adding.done),
            };
            ui.label(RichText::new(text).color(theme::TEXT_WEAK));
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| news(ui, view, controls));
    });
}

fn progress(ui: &mut Ui, name: &str, share: f32) {
    let bar = ProgressBar::new(share)
        .desired_width(110.0)
        .desired_height(8.0)
        .corner_radius(CornerRadius::same(4))
        .fill(theme::READY);
    let bar = ui.add(bar);
    name_it(&bar, name, egui::Role::ProgressIndicator);
}

/// What is being made or went wrong; else how large the library is.
fn news(ui: &mut Ui, view: &View, controls: &dyn Controls) {
    let shelf = &view.library;
    if let Status::Working {
        stage,
        progress: share,
        ..
    } = &view.status
        && *stage != Stage::Rendering
    {
        if ui.button("Cancel").clicked() {
            controls.cancel();
        }
        progress(ui, "Making progress", *share);
        ui.label(RichText::new(stage.label()).color(theme::TEXT_WEAK));
        return;
    }
    let failed = match &view.status {
        Status::Failed(sentence) => Some(sentence),
        _ => None,
    };
    let (wrong, of_library) = match (&shelf.message, &view.message, failed) {
        (Some(sentence), ..) => (Some(sentence), true),
        (None, Some(sentence), _) | (None, None, Some(sentence)) => (Some(sentence), false),
        (None, None, None) => (None, false),
    };
    if let Some(sentence) = wrong {
        if ui.small_button("Dismiss").clicked() {
            if of_library {
                controls.library(LibraryOrder::Dismiss);
            } else {
                controls.dismiss();
            }
        }
        let text = RichText::new(sentence).color(theme::WRONG);
        ui.add(Label::new(text).truncate()).on_hover_text(sentence);
        return;
    }
    let said = view.notice.as_ref().or(shelf.notice.as_ref());
    let count = || match shelf.entries {
        _ if !shelf.open => String::new(),
        1 => "1 instrument in the library".to_owned(),
        entries => format!("{entries} instruments in the library"),
    };
    let text = said.cloned().unwrap_or_else(count);
    let label = Label::new(RichText::new(&text).color(theme::TEXT_WEAK)).truncate();
    ui.add(label).on_hover_text(text);
}
