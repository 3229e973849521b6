//! The row of parts: which one is shown, which are heard, and how the one that is shown is mixed.

use egui::{Button, DragValue, RichText, Ui};

use super::name_it;
use super::stem::StemControls;
use crate::editor::theme;
use crate::editor::widgets::spoken;
use crate::jobs::{MixSettings, PartTab, StemOrder};

/// Shows them. UI thread.
pub(super) fn parts(ui: &mut Ui, parts: &[PartTab], controls: &dyn StemControls) {
    ui.spacing_mut().item_spacing.x = 3.0;
    ui.spacing_mut().button_padding.x = 8.0;
    let mix = |tab: &PartTab, mix: MixSettings| controls.stem(StemOrder::Mix(tab.part, mix));
    for tab in parts {
        let text = if tab.works {
            format!("{} …", tab.name)
        } else {
            tab.name.clone()
        };
        let spoken = format!("Part {}", tab.name);
        if spoken::radio(ui, tab.chosen, text, &spoken).clicked() {
            controls.stem(StemOrder::Show(tab.part));
        }
        let mute = MixSettings {
            mute: !tab.mix.mute,
            ..tab.mix
        };
        if switch(ui, "M", &format!("Mute {}", tab.name), tab.mix.mute) {
            mix(tab, mute);
        }
        let solo = MixSettings {
            solo: !tab.mix.solo,
            ..tab.mix
        };
        if switch(ui, "S", &format!("Solo {}", tab.name), tab.mix.solo) {
            mix(tab, solo);
        }
        ui.add_space(8.0);
    }
    let Some(tab) = parts.iter().find(|tab| tab.chosen) else {
        return;
    };
    let mut gain = tab.mix.gain_db;
    let field = DragValue::new(&mut gain).range(-60.0..=12.0).suffix(" dB");
    let field = ui.add(field.max_decimals(1).speed(0.2));
    name_it(
        &field,
        &format!("Gain of {}", tab.name),
        egui::Role::SpinButton,
    );
    if field.changed() {
        let gain_db = gain;
        mix(tab, MixSettings { gain_db, ..tab.mix });
    }
    let mut percent = 100.0 * tab.mix.pan;
    let field = DragValue::new(&mut percent)
        .range(-100.0..=100.0)
        .custom_formatter(|percent, _| match percent.round() {
            0.0 => "Centre".to_owned(),
            percent if percent < 0.0 => format!("{:.0} % L", -percent),
            percent => format!("{percent:.0} % R"),
        });
    let field = ui.add(field.max_decimals(0));
    name_it(
        &field,
        &format!("Pan of {}", tab.name),
        egui::Role::SpinButton,
    );
    if field.changed() {
        let pan = percent / 100.0;
        mix(tab, MixSettings { pan, ..tab.mix });
    }
}

/// A small switch; whether it was pressed.
fn switch(ui: &mut Ui, text: &str, name: &str, on: bool) -> bool {
    let colour = if on { theme::ACCENT } else { theme::TEXT_WEAK };
    let button = ui.add(Button::new(RichText::new(text).color(colour)).selected(on));
    name_it(&button, name, egui::Role::Button);
    spoken::pressed(&button, on);
    button.on_hover_text(name).clicked()
}
