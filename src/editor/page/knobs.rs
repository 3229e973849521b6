//! The card of knobs.

use egui::{Button, RichText, Ui};
use nice_plug::params::FloatParam;

use crate::editor::widgets::{knob, spoken};
use crate::editor::{Controls, theme};
use crate::instrument::Macros;

/// Width of the card: four knobs.
pub(super) const WIDTH: f32 = 4.0 * knob::SIZE.x + 3.0 * 4.0 + 24.0;

/// Shows the card: the eight macros, and below them what acts on every note at once, four at a time.
pub(super) fn knobs(ui: &mut Ui, controls: &dyn Controls, more: impl FnOnce(&mut Ui)) {
    let params = controls.params();
    let row = |ui: &mut Ui, params: [&FloatParam; 4]| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            for param in params {
                knob::knob(ui, controls, param);
            }
        });
    };
    theme::card().show(ui, |ui| {
        ui.set_min_size(ui.available_size());
        ui.spacing_mut().item_spacing.y = 3.0;
        ui.label(RichText::new("SHAPE").small().color(theme::ACCENT));
        let macros = params.of_macros(&Macros::default());
        for four in macros.map(|(_, param, _)| param).as_chunks().0 {
            row(ui, *four);
        }
        let plays = tabs(ui, ["SOUND", "PLAY"]) == 1;
        row(
            ui,
            if plays {
                [
                    &params.fade_in,
                    &params.release_time,
                    &params.glide,
                    &params.tune,
                ]
            } else {
                [
                    &params.level,
                    &params.tone,
                    &params.stereo_width,
                    &params.velocity_curve,
                ]
            },
        );
        more(ui);
    });
}

/// Titles of which one is chosen; its index.
fn tabs(ui: &mut Ui, titles: [&str; 2]) -> usize {
    let id = ui.scope_id().with("tabs");
    let mut chosen = ui.data(|data| data.get_temp(id)).unwrap_or(0);
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = 15.0;
        ui.spacing_mut().button_padding.y = 0.0;
        for (index, title) in titles.into_iter().enumerate() {
            let colour = if index == chosen {
                theme::ACCENT
            } else {
                theme::TEXT_WEAK
            };
            let text = RichText::new(title).small().color(colour);
            let tab = ui.add(Button::new(text).frame(false));
            spoken::pressed(&tab, index == chosen);
            spoken::name_it(&tab, title, egui::Role::Tab);
            if tab.clicked() {
                chosen = index;
            }
        }
    });
    ui.data_mut(|data| data.insert_temp(id, chosen));
    chosen
}
