//! The morph row: which instrument to go towards, and how far.

use std::path::{Path, PathBuf};

use egui::{Align, Layout, RichText, ScrollArea, Slider, Ui};

use super::{files, name_it, prompt};
use crate::editor::widgets::spoken;
use crate::editor::{Controls, Other, View, theme};
use crate::instrument::Family;
use crate::instrument::factory::{self, Kind};

/// Height of the menus' lists, points.
const LIST: f32 = 260.0;

/// What the row remembers between frames.
#[derive(Default)]
pub(super) struct Morph {
    /// The folder's files while the menu shows them.
    listed: Option<Vec<PathBuf>>,
    /// What went wrong last.
    wrong: Option<String>,
}

/// Shows the row.
pub(super) fn morph(
    ui: &mut Ui,
    state: &mut Morph,
    folder: &Path,
    view: &View,
    controls: &dyn Controls,
) {
    let line = ui.text_style_height(&egui::TextStyle::Small) + 2.0;
    ui.spacing_mut().interact_size.y = line;
    ui.horizontal(|ui| {
        ui.label(RichText::new("MORPH").small().color(theme::ACCENT));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let with = view.morph_with.as_ref().map(|(name, _)| name.as_str());
            let text = state.wrong.as_deref().or(with);
            let text = text.unwrap_or("no other instrument chosen");
            let colour = if state.wrong.is_some() {
                theme::WRONG
            } else {
                theme::TEXT_WEAK
            };
            let text_shown = RichText::new(text).small().color(colour);
            ui.add(egui::Label::new(text_shown).truncate())
                .on_hover_text(text);
        });
    });
    ui.spacing_mut().interact_size.y = 26.0;
    ui.horizontal(|ui| {
        if let Some(other) = menu(ui, state, folder, view) {
            let chosen = controls.morph_with(&other);
            state.wrong = chosen.err().map(|fault| fault.to_string());
        }
        slider(ui, state, view, controls);
    });
}

fn slider(ui: &mut Ui, state: &mut Morph, view: &View, controls: &dyn Controls) {
    let share = view.morph_with.as_ref().map_or(0.0, |(_, share)| *share);
    let mut percent = share * 100.0;
    let slider = Slider::new(&mut percent, 0.0..=100.0)
        .show_value(false)
        .step_by(1.0);
    ui.spacing_mut().slider_width = (ui.available_width() - 44.0).max(40.0);
    let slider = ui.add_enabled(view.morph_with.is_some(), slider);
    name_it(&slider, "Morph", egui::Role::Slider);
    let text = format!("{percent:.0} %");
    spoken::worth(&slider, &text);
    ui.label(RichText::new(text).small());
    if slider.changed() {
        let morphed = controls.morph(percent / 100.0);
        state.wrong = morphed.err().map(|fault| fault.to_string());
    }
}

/// The instruments that there are to morph with; the one that was picked.
fn menu(ui: &mut Ui, state: &mut Morph, folder: &Path, view: &View) -> Option<Other> {
    let mut chosen = None;
    let button = ui.menu_button("Morph with…", |ui| {
        let mut pick = |ui: &mut Ui, text: &str, other: Other| {
            if spoken::menu_item(ui, text).clicked() {
                chosen = Some(other);
                ui.close();
            }
        };
        ui.menu_button("Earlier instruments", |ui| {
            for (index, name) in view.earlier.iter().enumerate() {
                pick(ui, name, Other::Earlier(index));
            }
        });
        for family in Family::ALL {
            let entries = factory::entries().iter();
            let mut entries = entries
                .filter(|entry| entry.family == family && entry.kind == Kind::Instrument)
                .peekable();
            if entries.peek().is_some() {
                ui.menu_button(prompt::title(family), |ui| {
                    for entry in entries {
                        pick(ui, &entry.name, Other::Factory(entry.name.clone()));
                    }
                });
            }
        }
        ui.menu_button("Files in the folder", |ui| {
            let listed = state.listed.get_or_insert_with(|| files::list(folder));
            if listed.is_empty() {
                ui.label("There are no .consort files in the folder.");
            }
            ScrollArea::vertical().max_height(LIST).show(ui, |ui| {
                for file in &*listed {
                    let name = file.file_stem().unwrap_or_default().to_string_lossy();
                    pick(ui, &name, Other::File(file.clone()));
                }
            });
        });
    });
    if button.inner.is_none() {
        state.listed = None;
    }
    let hint = "Chooses the instrument that the slider goes towards";
    button.response.on_hover_text(hint);
    chosen
}
