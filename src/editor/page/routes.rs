//! How the sidechain is routed, host by host.

use egui::text::LayoutJob;
use egui::{Label, Ui};

use crate::editor::theme;

/// Where the sidechain's source is chosen, by host.
const ROUTES: [(&str, &str); 7] = [
    (
        "Ableton Live",
        "unfold Consort's device, switch Sidechain on and choose a track under Audio From.",
    ),
    (
        "Ardour",
        "open Pin Connections of Consort, add a sidechain and connect tracks to it.",
    ),
    (
        "Bitwig Studio",
        "choose a track in the sidechain chooser of Consort's device.",
    ),
    (
        "Cubase",
        "switch Side-Chain on at the top of Consort's window, then send tracks to it.",
    ),
    (
        "FL Studio",
        "sidechain a mixer track to Consort's, then choose it in the wrapper's Processing tab.",
    ),
    (
        "Reaper",
        "send tracks to channels 3/4 of Consort's track, and join those to the sidechain pins.",
    ),
    (
        "Studio One",
        "press Sidechain at the top of Consort's window and choose the tracks.",
    ),
];

/// A menu that says it.
pub(super) fn menu(ui: &mut Ui) {
    ui.menu_button("How to route", |ui| {
        ui.set_max_width(430.0);
        for (host, route) in ROUTES {
            let mut line = LayoutJob::default();
            let format = |colour| egui::TextFormat::simple(theme::body(), colour);
            line.append(&format!("{host}: "), 0.0, format(theme::ACCENT));
            line.append(route, 0.0, format(theme::TEXT));
            ui.add(Label::new(line).wrap());
        }
    });
}
