//! The top: whose window it is, which instrument plays, how loud, and the way back.

use egui::{Align, Button, Layout, Rect, RichText, Sense, Stroke, Ui, Vec2, pos2, vec2};

use super::settings::SettingsPage;
use super::stem::StemControls;
use super::{State, name_it};
use crate::editor::widgets::{meter, zoom};
use crate::editor::{Controls, View, theme};
use crate::models::ModelHost;

/// Width of the level meters.
pub(super) const METERS: f32 = 90.0;

/// Shows the row: what it chooses is shown from now on.
pub(super) fn header(ui: &mut Ui, state: &mut State, view: &View, controls: &dyn Controls) {
    title(ui, "Consort");
    ui.add_space(10.0);
    let shown = match (state.stem.shown, state.library.shown) {
        _ if state.settings.shown => usize::MAX,
        (true, _) => 2,
        (false, library) => usize::from(library),
    };
    for (page, name) in ["Instrument", "Library", "Stems"].into_iter().enumerate() {
        let tab = ui.selectable_label(shown == page, name);
        name_it(&tab, &format!("{name} page"), egui::Role::Tab);
        if tab.clicked() {
            (state.library.shown, state.stem.shown) = (page == 1, page == 2);
            state.settings.shown = false;
        }
    }
    let shown = state.song.is_shown(&view.song);
    let song = ui.selectable_label(shown, "Song");
    name_it(&song, "Song strip", egui::Role::Button);
    let hint = "Listens to the song on Consort's sidechain, and takes bars of it";
    if song.on_hover_text(hint).clicked() {
        state.song.choose(!shown);
    }
    ui.add_space(10.0);
    let name = view.instrument.as_ref().map_or("", |i| i.name.as_str());
    let room = (ui.available_width() - 440.0).max(80.0);
    ui.scope(|ui| {
        ui.set_max_width(room);
        let text = RichText::new(name).size(15.0).color(theme::ACCENT);
        ui.add(egui::Label::new(text).truncate().selectable(false));
    });
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        gear(ui, &mut state.settings);
        zoom::zoom(ui);
        steps(ui, &view.before, &view.after, controls);
        ui.add_space(8.0);
        let meters = vec2(METERS, 16.0);
        ui.allocate_ui_with_layout(meters, Layout::top_down(Align::Min), |ui| {
            ui.spacing_mut().item_spacing.y = 4.0;
            meter::meter(ui, "Output level", view.peak, METERS);
            meter::meter(ui, "Sidechain level", view.sidechain_peak, METERS);
        });
    });
}

/// Undo and redo, of all pages, from the right; what each is about, if there is anything.
pub(super) fn steps(
    ui: &mut Ui,
    before: &Option<String>,
    after: &Option<String>,
    controls: &dyn StemControls,
) {
    let step = |ui: &mut Ui, text: &str, target: &Option<String>| {
        let button = ui.add_enabled(target.is_some(), Button::new(text));
        let hint = format!("{text}: nothing to {}", text.to_lowercase());
        let hint = target
            .as_ref()
            .map_or(hint, |name| format!("{text}: {name}"));
        button.on_hover_text(hint).clicked()
    };
    if step(ui, "Redo", after) {
        controls.redo();
    }
    if step(ui, "Undo", before) {
        controls.undo();
    }
}

/// Leads to the settings and back; it has another colour while something there isn't as it was chosen.
pub(super) fn gear(ui: &mut Ui, settings: &mut SettingsPage) {
    let told = ModelHost::told().pop();
    let room = Button::selectable(settings.shown, "").min_size(vec2(28.0, 24.0));
    let gear = ui.add(room);
    let colour = match told {
        Some(_) => theme::WRONG,
        None => ui.style().interact(&gear).text_color(),
    };
    let (middle, line) = (gear.rect.center(), Stroke::new(1.5, colour));
    ui.painter().circle_stroke(middle, 4.5, line);
    for tooth in 0..8 {
        let way = Vec2::angled(tooth as f32 * std::f32::consts::FRAC_PI_4);
        let tooth = [middle + way * 5.0, middle + way * 8.0];
        ui.painter().line_segment(tooth, line);
    }
    name_it(&gear, "Settings", egui::Role::Button);
    let hint = told.as_deref().unwrap_or("Settings");
    if gear.on_hover_text(hint).clicked() {
        settings.shown ^= true;
    }
}

/// Whose window it is.
pub(super) fn title(ui: &mut Ui, name: &str) {
    logo(ui);
    ui.label(RichText::new(name).heading().strong());
}

/// Five bars of a chord.
fn logo(ui: &mut Ui) {
    let (rect, _) = ui.allocate_exact_size(vec2(26.0, 24.0), Sense::hover());
    for (index, height) in [0.45, 0.8, 1.0, 0.65, 0.35].into_iter().enumerate() {
        let bar = Rect::from_center_size(
            pos2(rect.left() + 3.0 + index as f32 * 5.0, rect.center().y),
            vec2(3.0, rect.height() * height),
        );
        ui.painter().rect_filled(bar, 1.5, theme::ACCENT);
    }
}
