//! How large everything is drawn.

use egui::{Role, Ui};

use super::spoken;

/// What can be chosen, per cent.
const PERCENT: [u8; 7] = [75, 90, 100, 125, 150, 175, 200];

/// Shows a menu of zooms; the window follows what is chosen.
pub fn zoom(ui: &mut Ui) {
    let now = 100.0 * ui.ctx().zoom_factor();
    let text = format!("{now:.0} %");
    let menu = ui.menu_button(&text, |ui| {
        for percent in PERCENT {
            let is = (now - f32::from(percent)).abs() < 0.5;
            let name = format!("Zoom {percent} %");
            let choice = ui.selectable_label(is, &name);
            spoken::name_it(&choice, &name, Role::MenuItemRadio);
            if choice.clicked() {
                ui.ctx().set_zoom_factor(f32::from(percent) / 100.0);
                ui.close();
            }
        }
    });
    spoken::name_it(&menu.response, &format!("Zoom: {text}"), Role::Button);
    menu.response.on_hover_text("How large the window is drawn");
}
