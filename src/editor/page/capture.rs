//! Capturing a sound from the sidechain: its button, and what shows while it goes on.

use egui::{Button, Ui, vec2};

use super::name_it;
use crate::editor::widgets::meter;
use crate::editor::{Controls, View};
use crate::jobs::Capture;

/// Width of the level meter.
const METER: f32 = 50.0;

/// Shows the button; whether a capture began.
pub(super) fn button(ui: &mut Ui, controls: &dyn Controls) -> bool {
    let button = Button::new("Capture").min_size(vec2(70.0, 30.0));
    let hint = "Takes the next sound on Consort's sidechain, up to 8 seconds, to make an \
                instrument of";
    let clicked = ui.add(button).on_hover_text(hint).clicked();
    if clicked {
        controls.prepare();
        controls.capture();
    }
    clicked
}

/// Shows the buttons that end it, and how loud it is.
pub(super) fn running(ui: &mut Ui, view: &View, controls: &dyn Controls) {
    let mut end = |text: &str, name: &str| {
        let button = ui.add(Button::new(text).min_size(vec2(60.0, 30.0)));
        name_it(&button, name, egui::Role::Button);
        button.clicked()
    };
    if end("Stop", "Stop capture") {
        controls.stop_capture();
    }
    if end("Cancel", "Cancel capture") {
        controls.cancel_capture();
    }
    meter::meter(ui, "Capture level", view.sidechain_peak, METER);
}

/// How far it is.
pub(super) fn text(capture: &Capture) -> String {
    match capture {
        Capture::Taking(seconds) => format!("{seconds:.1} s captured"),
        _ => "Waiting for a sound on the sidechain".to_owned(),
    }
}
