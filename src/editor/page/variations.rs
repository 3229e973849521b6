//! Variations of the prompt, and the line that says what is going on.

use egui::{Button, CornerRadius, ProgressBar, RichText, Ui, vec2};

use super::{State, VARIATION_NAMES, name_it};
use crate::editor::widgets::spoken;
use crate::editor::{Controls, View, theme};
use crate::instrument::zone::PIANO_KEYS;
use crate::jobs::Status;

/// Shows the row.
pub(super) fn variations(ui: &mut Ui, state: &mut State, view: &View, controls: &dyn Controls) {
    let playing = view
        .instrument
        .as_ref()
        .and_then(|instrument| state.variation_of(instrument));
    ui.label(RichText::new("Variation").color(theme::TEXT_WEAK));
    ui.spacing_mut().item_spacing.x = 4.0;
    for (index, name) in VARIATION_NAMES.into_iter().enumerate() {
        let selected = playing == Some(index);
        let text = if selected {
            RichText::new(name).strong().color(theme::ON_ACCENT)
        } else {
            RichText::new(name)
        };
        let mut button = Button::new(text).min_size(vec2(38.0, 30.0));
        if selected {
            button = button.fill(theme::ACCENT);
        }
        let button = ui.add_enabled(!state.prompt.trim().is_empty(), button);
        name_it(&button, &format!("Variation {name}"), egui::Role::Button);
        spoken::pressed(&button, selected);
        let seed = state.request(index).seed;
        if button.on_hover_text(format!("Seed {seed}")).clicked() {
            controls.make(state.request(index));
        }
    }
    ui.add_space(12.0);
    status(ui, state, view, controls);
}

/// The line that says what is going on or what went wrong.
fn status(ui: &mut Ui, state: &mut State, view: &View, controls: &dyn Controls) {
    let wrong = match &view.status {
        Status::Failed(sentence) if state.dismissed.as_ref() != Some(sentence) => Some(sentence),
        _ => view.message.as_ref(),
    };
    if let Status::Working {
        stage, progress, ..
    } = &view.status
    {
        state.dismissed = None;
        let bar = ProgressBar::new(*progress)
            .desired_width(180.0)
            .desired_height(8.0)
            .corner_radius(CornerRadius::same(4))
            .fill(theme::READY);
        let bar = ui.add(bar);
        name_it(&bar, "Progress", egui::Role::ProgressIndicator);
        ui.add_space(6.0);
        ui.label(RichText::new(stage.label()).color(theme::TEXT_WEAK));
    } else if let Some(sentence) = wrong {
        let room = ui.available_width() - 90.0;
        ui.scope(|ui| {
            ui.set_max_width(room);
            let text = RichText::new(sentence).color(theme::WRONG);
            ui.add(egui::Label::new(text).truncate())
                .on_hover_text(sentence);
        });
        if ui.button("Dismiss").clicked() {
            state.dismissed = Some(sentence.clone());
            controls.dismiss();
        }
    } else if let Some(notice) = &view.notice {
        let text = RichText::new(notice).color(theme::TEXT_WEAK);
        ui.add(egui::Label::new(text).truncate())
            .on_hover_text(notice);
    } else {
        let kit = view
            .instrument
            .as_ref()
            .and_then(|instrument| instrument.kit());
        let total = kit.map_or(PIANO_KEYS.count(), |kit| kit.pieces().len()) as u32;
        let ready = view.ready_keys.count_ones();
        let text = if ready >= total {
            String::new()
        } else {
            format!("{ready} of {total} keys ready")
        };
        if !text.is_empty() {
            ui.label(RichText::new(text).color(theme::TEXT_WEAK));
        }
    }
}
