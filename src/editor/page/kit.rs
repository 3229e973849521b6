//! The kit view: pads, and what can be done with the piece played last.

use std::sync::Arc;

use egui::{RichText, Ui};

use super::{State, name_it};
use crate::editor::widgets::{pads, spoken};
use crate::editor::{Controls, View, theme};
use crate::instrument::Instrument;
use crate::instrument::kit::piece_name;
use crate::jobs::{KitWish, Request};

/// Height of the row above the pads.
const ROW: f32 = 38.0;

/// What the view remembers.
#[derive(Default)]
pub(super) struct Pieces {
    /// The key of the pad that the pointer holds.
    pub(super) pressed: Option<u8>,
    /// The piece played last.
    chosen: Option<u8>,
    /// Keys of the pieces that the next kit keeps: bit *k* is MIDI key *k*.
    locked: u128,
}

impl Pieces {
    /// What a new kit should keep of the present instrument.
    pub(super) fn wish(&self, present: Option<&Arc<Instrument>>) -> KitWish {
        KitWish {
            from: present.filter(|_| self.locked != 0).cloned(),
            kept: self.locked,
            pieces_seed: None,
        }
    }
}

/// Shows the kit, if the instrument is one; says whether it is.
pub(super) fn kit(ui: &mut Ui, state: &mut State, view: &View, controls: &dyn Controls) -> bool {
    let instrument = view.instrument.as_ref();
    let Some((instrument, kit)) = instrument.and_then(|i| Some((i, i.kit()?))) else {
        if let Some(key) = state.pieces.pressed.take() {
            controls.key(key, None);
        }
        return false;
    };
    let whole = ui.max_rect();
    let (top, mut rest) = whole.split_top_bottom_at_y(whole.top() + ROW);
    rest.min.y += 4.0;
    let builder = egui::UiBuilder::new()
        .max_rect(top)
        .layout(egui::Layout::left_to_right(egui::Align::Center));
    ui.scope_builder(builder, |ui| piece(ui, state, instrument, controls));
    let Pieces {
        pressed,
        chosen,
        locked,
    } = &mut state.pieces;
    let look = (pressed, *chosen, *locked);
    let clicked = spoken::grouped(ui, rest, "Pads", |ui| {
        pads::pads(ui, rest, kit, view, controls, look)
    });
    if let Some(key) = clicked {
        state.pieces.chosen = Some(key);
    }
    true
}

/// The row of the chosen piece.
fn piece(ui: &mut Ui, state: &mut State, instrument: &Arc<Instrument>, controls: &dyn Controls) {
    let kit = instrument.kit();
    let chosen = state
        .pieces
        .chosen
        .and_then(|key| Some((kit?.piece(key)?, piece_name(key)?)));
    let Some((piece, name)) = chosen else {
        let hint = "Click a pad to play it, harder towards its top.";
        ui.label(RichText::new(hint).color(theme::TEXT_WEAK));
        return;
    };
    let bit = 1u128 << piece.key();
    ui.label(RichText::new(name).strong());
    let mut locked = state.pieces.locked & bit != 0;
    let lock = ui.checkbox(&mut locked, "Keep");
    name_it(&lock, &format!("Keep the {name}"), egui::Role::CheckBox);
    if lock
        .on_hover_text("The next kit has this piece as it is")
        .changed()
    {
        state.pieces.locked ^= bit;
    }
    let redraw = ui.add_enabled(!locked, egui::Button::new("Redraw"));
    name_it(&redraw, &format!("Redraw the {name}"), egui::Role::Button);
    if redraw
        .on_hover_text("Another such piece; the others stay")
        .clicked()
    {
        controls.make(redrawn(instrument, piece.key(), piece.seed()));
    }
    if state.pieces.locked != 0 && ui.button("Keep none").clicked() {
        state.pieces.locked = 0;
    }
}

/// The same kit with another piece at `key`, which was drawn with `seed`.
fn redrawn(instrument: &Arc<Instrument>, key: u8, seed: u64) -> Request {
    let recipe = &instrument.recipe;
    Request {
        prompt: recipe.prompt.clone(),
        seed: recipe.seed,
        guidance: Some(recipe.guidance),
        kit: Some(KitWish {
            from: Some(instrument.clone()),
            kept: !(1u128 << key),
            pieces_seed: Some(seed.wrapping_add(1)),
        }),
        ..Request::default()
    }
}
