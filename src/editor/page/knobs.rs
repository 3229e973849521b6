//! The card of knobs.

use egui::{RichText, Ui};

use crate::editor::widgets::knob;
use crate::editor::{Controls, theme};

/// Width of the card: four knobs.
pub(super) const WIDTH: f32 = 4.0 * knob::SIZE.x + 3.0 * 4.0 + 24.0;

/// Shows the card.
pub(super) fn knobs(ui: &mut Ui, controls: &dyn Controls) {
    let params = controls.params();
    let group = |ui: &mut Ui, title: &str, add: &mut dyn FnMut(&mut Ui)| {
        ui.label(RichText::new(title).small().color(theme::ACCENT));
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            add(ui);
        });
    };
    theme::card().show(ui, |ui| {
        ui.set_min_size(ui.available_size());
        ui.spacing_mut().item_spacing.y = 4.0;
        group(ui, "SHAPE", &mut |ui| {
            knob::knob(ui, controls, &params.brightness);
            knob::knob(ui, controls, &params.decay);
            knob::knob(ui, controls, &params.body);
            knob::knob(ui, controls, &params.motion);
        });
        group(ui, "SOUND", &mut |ui| {
            knob::knob(ui, controls, &params.level);
            knob::knob(ui, controls, &params.tone);
            knob::knob(ui, controls, &params.width);
            knob::knob(ui, controls, &params.velocity_curve);
        });
        group(ui, "PLAY", &mut |ui| {
            knob::knob(ui, controls, &params.attack);
            knob::knob(ui, controls, &params.release);
            knob::knob(ui, controls, &params.glide);
            knob::knob(ui, controls, &params.tune);
        });
    });
}
