//! How large everything is drawn.

use egui::{Ui, WidgetInfo};

/// What can be chosen, per cent.
const PERCENT: [u8; 7] = [75, 90, 100, 125, 150, 175, 200];

/// Shows a menu of zooms; the window follows what is chosen.
pub fn zoom(ui: &mut Ui) {
    let now = 100.0 * ui.ctx().zoom_factor();
    let text = format!("{now:.0} %");
    let menu = ui.menu_button(&text, |ui| {
        for percent in PERCENT {
            let is = (now - f32::from(percent)).abs() < 0.5;
            if ui
                .selectable_label(is, format!("Zoom {percent} %"))
                .clicked()
            {
                ui.ctx().set_zoom_factor(f32::from(percent) / 100.0);
                ui.close();
            }
        }
    });
    menu.response.widget_info(|| {
        let name = format!("Zoom: {text}");
        WidgetInfo::labeled(egui::Role::Button, ui.is_enabled(), name)
    });
    menu.response.on_hover_text("How large the window is drawn");
}
