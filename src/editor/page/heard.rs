//! What is heard in what was taken, field by field, each of which the user can put right.

mod bars;
mod sections;
mod tags;

use std::path::Path;

use egui::containers::menu::{MenuButton, MenuConfig};
use egui::{Button, DragValue, Label, PopupCloseBehavior, RichText, ScrollArea, TextEdit, Ui};

use super::name_it;
use crate::analysis::song::Corrections;
use crate::analysis::song::corrections::TEMPI;
use crate::editor::theme;
use crate::editor::widgets::spoken;
use crate::jobs::SongOrder;
use crate::jobs::song::Heard;
use crate::music::{Key, Mode, Piece, key_name};
use bars::{bars, read};
use tags::Tag;

const WIDTH: f32 = 430.0;
/// Metres to choose from.
const METRES: [&str; 7] = ["4/4", "3/4", "2/4", "6/8", "12/8", "5/4", "7/8"];
/// Ratios of eighths to choose from, and what they are called.
const SWINGS: [(&str, f64); 3] = [("Straight", 1.0), ("Light swing", 1.5), ("Swing", 2.0)];

/// What the menu remembers between frames.
#[derive(Default)]
pub(super) struct Corrector {
    /// A tempo that is being dragged or written.
    bpm: Option<f64>,
    /// The same of the question for it.
    asked: Option<f64>,
    /// The bar whose chords are written anew, and what is written.
    bar: Option<(usize, String)>,
    /// What is written and is no chord.
    wrong: Option<String>,
    /// A tag that is written anew: which, and what is written.
    tag: Option<(Tag, String)>,
    /// First bars of sections that are written anew.
    sections: Option<String>,
}

impl Corrector {
    /// The menu's button.
    pub(super) fn menu(
        &mut self,
        ui: &mut Ui,
        heard: &Heard,
        folder: &Path,
        order: &dyn Fn(SongOrder),
    ) {
        // Several things may be put right one after another.
        let stays = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
        let (button, _) = MenuButton::new("Heard").config(stays).ui(ui, |ui| {
            ui.set_width(WIDTH);
            let room = (ui.ctx().content_rect().height() - 80.0).max(120.0);
            ScrollArea::vertical()
                .max_height(room)
                .show(ui, |ui| self.fields(ui, heard, folder, order));
        });
        button.on_hover_text("What is heard in it; each field can be put right");
    }

    fn fields(&mut self, ui: &mut Ui, heard: &Heard, folder: &Path, order: &dyn Fn(SongOrder)) {
        ui.add(Label::new(&heard.description.sentence).wrap());
        let mut told = heard.told.clone();
        whole(ui, heard, &mut told, folder, order);
        ui.separator();
        if !heard.follows {
            let hint = "The project remembers this: take the bars again to put it right.";
            ui.colored_label(theme::TEXT_WEAK, hint);
        }
        ui.add_enabled_ui(heard.follows, |ui| {
            self.tempo(ui, heard, &mut told);
            metre(ui, heard, &mut told, order);
            self.sections(ui, heard, &mut told);
            key(ui, heard, &mut told);
            self.chords(ui, heard, &mut told);
            swing(ui, heard, &mut told);
            self.tags(ui, heard, &mut told);
        });
        if told != heard.told {
            order(SongOrder::Tell {
                seen: Box::new(heard.told.clone()),
                told: Box::new(told),
            });
        }
        ui.separator();
        measured(ui, heard);
    }

    fn tempo(&mut self, ui: &mut Ui, heard: &Heard, told: &mut Corrections) {
        let song = &heard.description;
        let now = song.tempo.as_ref();
        ui.horizontal(|ui| {
            let sure = match now {
                None => "Tempo: none heard".to_owned(),
                Some(_) if heard.told.tempo.is_some() => "Tempo, as you say".to_owned(),
                Some(tempo) if tempo.from_host => "Tempo, the host's".to_owned(),
                Some(tempo) => format!("Tempo, {:.0} % sure", 100.0 * tempo.confidence),
            };
            ui.label(sure);
            let bpm = now.map_or(120.0, |tempo| tempo.bpm);
            bpm_field(ui, "Tempo", bpm, &mut self.bpm, &mut told.tempo);
            for (text, name, share) in [("½", "Half tempo", 0.5), ("2×", "Double tempo", 2.0)] {
                let button = ui.add_enabled(TEMPI.contains(&(bpm * share)), Button::new(text));
                name_it(&button, name, egui::Role::Button);
                if button.clicked() {
                    told.tempo = Some(bpm * share);
                }
            }
            let others = now.map_or(&[][..], |tempo| &tempo.alternatives);
            for other in others.iter().take(2) {
                let button = ui.button(format!("{:.0}?", other.bpm));
                let name = format!("Tempo {:.0} bpm", other.bpm);
                name_it(&button, &name, egui::Role::Button);
                if button.clicked() {
                    told.tempo = Some(other.bpm);
                }
            }
            if as_heard(ui, "tempo", heard.told.tempo.is_some()) {
                told.tempo = None;
            }
        });
        ui.horizontal(|ui| {
            let from_host = now.is_some_and(|tempo| tempo.from_host);
            if from_host || told.own_beats {
                ui.checkbox(&mut told.own_beats, "Not on the host's bars")
                    .on_hover_text("Listens for the beats instead: for what was played freely");
            }
        });
    }

    /// The question for the tempo of what has no beat that is heard for certain, with the field for the answer.
    pub(super) fn ask_tempo(&mut self, ui: &mut Ui, heard: &Heard, order: &dyn Fn(SongOrder)) {
        let tempo = heard.description.tempo.as_ref();
        if tempo.is_some_and(|tempo| !tempo.is_unsure()) || !heard.follows {
            return;
        }
        let bpm = tempo.map_or(120.0, |tempo| tempo.bpm);
        let mut told = heard.told.clone();
        ui.horizontal(|ui| {
            ui.label(RichText::new("Its tempo?").color(theme::WRONG))
                .on_hover_text("Consort can't hear the beat of this well: give its tempo.");
            bpm_field(
                ui,
                "Tempo of the song",
                bpm,
                &mut self.asked,
                &mut told.tempo,
            );
        });
        if told != heard.told {
            order(SongOrder::Tell {
                seen: Box::new(heard.told.clone()),
                told: Box::new(told),
            });
        }
    }

    fn chords(&mut self, ui: &mut Ui, heard: &Heard, told: &mut Corrections) {
        let bars = bars(&heard.description);
        if bars.is_empty() {
            return;
        }
        ui.label("Chords, bar by bar");
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 3.0;
            for (number, bar) in bars.iter().enumerate() {
                let chosen = self
                    .bar
                    .as_ref()
                    .is_some_and(|(chosen, _)| *chosen == number);
                let cell = ui.selectable_label(chosen, &bar.chords);
                let name = format!("Chords of bar {}: {}", number + 1, bar.chords);
                name_it(&cell, &name, egui::Role::Button);
                if cell.clicked() {
                    self.bar = Some((number, bar.chords.clone()));
                    self.wrong = None;
                }
            }
        });
        let Some((number, written)) = &mut self.bar else {
            return;
        };
        let Some(bar) = bars.get(*number) else {
            self.bar = None;
            return;
        };
        let mut done = false;
        ui.horizontal(|ui| {
            ui.label(format!("Bar {}", *number + 1));
            let field = ui.add(TextEdit::singleline(written).desired_width(150.0));
            name_it(&field, "Chords of the bar", egui::Role::TextInput);
            field
                .clone()
                .on_hover_text("Such as “Am D7”, which are half a bar each, or “–” for none");
            let enter = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
            if ui.button("Set chords").clicked() || enter {
                match read(written, bar) {
                    Ok(chords) => {
                        told.forget_chord(bar.start, bar.end);
                        chords.into_iter().for_each(|chord| told.tell_chord(chord));
                        done = true;
                    }
                    Err(fault) => self.wrong = Some(fault.to_string()),
                }
            }
            let is_told = heard.told.chords.iter();
            let mut is_told = is_told.filter(|c| c.end > bar.start && c.start < bar.end);
            if as_heard(ui, "chords", is_told.next().is_some()) {
                told.forget_chord(bar.start, bar.end);
                done = true;
            }
        });
        if let Some(sentence) = &self.wrong {
            ui.colored_label(theme::WRONG, sentence);
        }
        if done {
            (self.bar, self.wrong) = (None, None);
        }
    }
}

/// A tempo that is told once it is let go, or written to its end; `state` is what is dragged or written.
fn bpm_field(ui: &mut Ui, name: &str, bpm: f64, state: &mut Option<f64>, told: &mut Option<f64>) {
    let mut shown = state.unwrap_or(bpm);
    let field = DragValue::new(&mut shown).range(TEMPI).max_decimals(1);
    let field = ui.add(field.suffix(" bpm").update_while_editing(false));
    name_it(&field, name, egui::Role::SpinButton);
    match field.dragged() {
        true => *state = Some(shown),
        false if state.take().is_some() || field.changed() => *told = Some(shown),
        false => {}
    }
}

/// Back to what was heard, if it isn't what is shown; whether that is asked for.
fn as_heard(ui: &mut Ui, what: &str, is_told: bool) -> bool {
    is_told && {
        let button = ui.button("As heard");
        name_it(&button, &format!("{what} as heard"), egui::Role::Button);
        button.clicked()
    }
}

/// All that was told taken back; and the notes to be saved.
fn whole(
    ui: &mut Ui,
    heard: &Heard,
    told: &mut Corrections,
    folder: &Path,
    order: &dyn Fn(SongOrder),
) {
    ui.horizontal(|ui| {
        let all = Button::new("All as heard");
        if ui
            .add_enabled(heard.follows && !heard.told.is_empty(), all)
            .clicked()
        {
            *told = Corrections::default();
        }
        let hint = "Saves its notes in the folder, as a MIDI file on the song's beats";
        let has_notes = !heard.notes.is_empty() || !heard.strokes.is_empty();
        let save = Button::new("Save MIDI");
        let save = ui.add_enabled(folder.is_absolute() && has_notes, save);
        if save.on_hover_text(hint).clicked() {
            order(SongOrder::SaveNotes(folder.to_owned()));
            ui.close();
        }
    });
}

fn metre(ui: &mut Ui, heard: &Heard, told: &mut Corrections, order: &dyn Fn(SongOrder)) {
    let now = heard.description.metre.as_ref().map(|metre| metre.metre);
    ui.horizontal(|ui| {
        ui.label("Metre");
        ui.spacing_mut().item_spacing.x = 2.0;
        for name in METRES {
            let metre = name.parse().ok();
            if spoken::radio(ui, metre == now, name, name).clicked() {
                told.metre = metre;
            }
        }
        if as_heard(ui, "metre", heard.told.metre.is_some()) {
            told.metre = None;
        }
        ui.add_space(8.0);
        ui.label("Bars");
        for (text, name, beats) in [
            ("earlier", "Bars a beat earlier", -1),
            ("later", "Bars a beat later", 1),
        ] {
            let button = ui.add_enabled(now.is_some(), Button::new(text));
            name_it(&button, name, egui::Role::Button);
            if button.clicked() {
                told.downbeat += beats;
            }
        }
        let tap = ui.add_enabled(now.is_some(), Button::new("Tap 1"));
        name_it(&tap, "Tap the first beat of a bar", egui::Role::Button);
        if tap
            .on_hover_text("While the song plays: press it where a bar begins")
            .clicked()
        {
            order(SongOrder::TapDownbeat);
        }
        if as_heard(ui, "bars", heard.told.downbeat != 0) {
            told.downbeat = 0;
        }
    });
}

fn key(ui: &mut Ui, heard: &Heard, told: &mut Corrections) {
    let key = heard.description.key.as_ref();
    ui.horizontal(|ui| {
        ui.label(match key {
            None => "Key: none heard".to_owned(),
            Some(key) if heard.told.key.is_some() => format!("Key: {}, as you say", key.name),
            Some(key) => format!("Key: {}, {:.0} % sure", key.name, 100.0 * key.confidence),
        });
        if as_heard(ui, "key", heard.told.key.is_some()) {
            told.key = None;
        }
    });
    for mode in [Mode::Major, Mode::Minor] {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            ui.spacing_mut().button_padding.x = 4.0;
            for other in Key::all().filter(|key| key.mode == mode) {
                let name = other.to_string();
                let tonic = name.split(' ').next().unwrap_or_default();
                let short = match mode {
                    Mode::Major => tonic.to_owned(),
                    Mode::Minor => format!("{tonic}m"),
                };
                let is_now = key.is_some_and(|key| key.key() == other);
                if spoken::radio(ui, is_now, short, &name).clicked() {
                    told.key = Some(other);
                }
            }
        });
    }
}

fn swing(ui: &mut Ui, heard: &Heard, told: &mut Corrections) {
    ui.horizontal(|ui| {
        ui.label(match heard.description.swing {
            None => "Swing: none heard".to_owned(),
            Some(swing) => format!("Swing: {:.2} to 1", swing.ratio),
        });
        for (name, ratio) in SWINGS {
            let chosen = heard.told.swing == Some(ratio);
            if spoken::radio(ui, chosen, name, name).clicked() {
                told.swing = Some(ratio);
            }
        }
        if as_heard(ui, "swing", heard.told.swing.is_some()) {
            told.swing = None;
        }
    });
}

/// What is measured, so that there is nothing to put right.
fn measured(ui: &mut Ui, heard: &Heard) {
    let song = &heard.description;
    let mut line = |name: &str, value: String| {
        ui.horizontal(|ui| {
            ui.label(RichText::new(name).color(theme::TEXT_WEAK));
            ui.label(value);
        });
    };
    if let Some(density) = song.density {
        line("Density", format!("{density:.1} onsets a beat"));
    }
    if let Some(register) = &song.register {
        let (low, high) = (key_name(register.lowest), key_name(register.highest));
        line("Register", format!("{low} to {high}"));
    }
    if let Some(loudness) = song.loudness_lufs {
        line("Loudness", format!("{loudness:.1} LUFS"));
    }
    line("Notes", heard.notes.len().to_string());
    line("Drums", drums(heard));
}

/// How often each piece of a kit is struck.
fn drums(heard: &Heard) -> String {
    let count = |piece: &Piece| heard.strokes.iter().filter(|s| s.piece == *piece).count();
    let pieces = Piece::ALL.iter().map(|piece| (piece.name(), count(piece)));
    let heard: Vec<String> = pieces
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| format!("{name} {count}"))
        .collect();
    if heard.is_empty() {
        "none heard".to_owned()
    } else {
        heard.join(", ")
    }
}
