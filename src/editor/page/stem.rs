//! The Stems page: what to add, the variations, their notes to be changed, recordings, level, sound and files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::{Button, DragValue, Label, Rect, RichText, Sense, TextEdit, Ui, pos2, vec2};
use nice_plug::params::internals::ParamPtr;
use nice_plug::params::{BoolParam, FloatParam, Param};

use super::{name_it, row};
use crate::analysis::sound_file::ENDINGS;
use crate::editor::host_window::drag_files;
use crate::editor::theme;
use crate::editor::widgets::clip_picture::ClipPicture;
use crate::editor::widgets::file_browser::{FileBrowser, has_ending};
use crate::editor::widgets::part_grid::Grid;
use crate::editor::widgets::spoken;
use crate::jobs::stem::asking::{Edit, Sheet, VARIATIONS};
use crate::jobs::stem::files::midi_file;
use crate::jobs::{MixSettings, PartTab, Said, Status, Stem, StemOrder, StemStatus};
use crate::music::PartKind;

/// Height of a row of buttons.
const ROW: f32 = 32.0;
/// Space between rows.
const GAP: f32 = 6.0;
/// Least height of the page.
pub(super) const LEAST: f32 = 4.0 * (ROW + GAP) + 150.0;

/// What the switch of separate outputs does.
const OUTPUTS: &str =
    "Pieces of a kit and parts leave on outputs of their own, where the host has them on";

/// What can be done with a stem, and on all pages. All methods are for the UI thread and return at once.
pub trait StemControls: Send + Sync {
    /// Gives the stem an order; the view shows what comes of it.
    fn stem(&self, order: StemOrder);
    /// Takes the user's last step back, whichever page it was made on.
    fn undo(&self);
    /// Makes it again.
    fn redo(&self);
    /// The user takes hold of a parameter.
    fn begin_edit(&self, param: ParamPtr);
    /// The user moves it to a normalised value, 0 to 1.
    fn edit(&self, param: ParamPtr, normalized: f32);
    /// The user lets go of it.
    fn end_edit(&self, param: ParamPtr);
}

/// What the page shows, and where it asks.
pub(super) struct Stemming<'a> {
    pub(super) stem: &'a Stem,
    pub(super) controls: &'a dyn StemControls,
    pub(super) level: &'a FloatParam,
    pub(super) on: &'a BoolParam,
    /// Whether the track is heard, where the plugin sits on one.
    pub(super) track: Option<&'a BoolParam>,
    /// Whether pieces and parts leave on outputs of their own, where the plugin has any.
    pub(super) outputs: Option<&'a BoolParam>,
}

/// What the page remembers between frames.
pub(super) struct StemPage {
    /// Whether the instrument's window shows it.
    pub(super) shown: bool,
    words: String,
    kind: Option<PartKind>,
    seed: u64,
    grid: Grid,
    /// The part that was dragged out last, and its file.
    dragged: Option<(Arc<Sheet>, PathBuf)>,
    /// Why none could be: a sentence.
    fault: Option<String>,
    amounts: [f32; 3],
    /// Recordings to add.
    browser: FileBrowser,
    picture: ClipPicture,
    /// Where the recording is dragged to, quarter notes.
    begins: Option<f64>,
}

impl Default for StemPage {
    fn default() -> Self {
        Self::in_folder(Path::new(""))
    }
}

impl StemPage {
    /// A page whose recordings are browsed from `folder`.
    pub(super) fn in_folder(folder: &Path) -> Self {
        Self {
            shown: false,
            words: String::new(),
            kind: None,
            seed: 0,
            grid: Grid::default(),
            dragged: None,
            fault: None,
            amounts: [0.0; 3],
            browser: FileBrowser::new(folder, &ENDINGS),
            picture: ClipPicture::default(),
            begins: None,
        }
    }

    /// Shows it in `rect`; what is saved goes to `folder`.
    pub(super) fn show(&mut self, ui: &mut Ui, rect: Rect, folder: &Path, stemming: &Stemming) {
        let mut rest = rect;
        let mut from_top = |height: f32| {
            let row = Rect::from_min_size(rest.min, vec2(rest.width(), height));
            rest.min.y += height + GAP;
            row
        };
        let (ask, parts, change) = (from_top(ROW), from_top(ROW), from_top(ROW));
        let bottom = Rect::from_min_max(pos2(rest.left(), rest.bottom() - ROW), rest.max);
        rest.max.y = bottom.top() - GAP;
        // One alone needs no list.
        let all = &stemming.stem.parts;
        let shows = |tab: &PartTab| !tab.chosen || tab.mix != MixSettings::default();
        if all.len() > 1 || all.iter().any(shows) {
            let list = Rect::from_min_size(rest.min, vec2(rest.width(), ROW));
            rest.min.y += ROW + GAP;
            row(ui, list, |ui| {
                super::parts::parts(ui, all, stemming.controls)
            });
        }
        row(ui, ask, |ui| self.asking(ui, stemming));
        row(ui, parts, |ui| self.parts(ui, stemming));
        row(ui, change, |ui| self.changing(ui, stemming));
        row(ui, bottom, |ui| self.playing(ui, folder, stemming));
        ui.painter().rect_filled(rest, theme::ROUND, theme::CARD);
        let inside = rest.shrink(8.0);
        match (&stemming.stem.sheet, &stemming.stem.recording) {
            (_, Some(recording)) => self.picture.show(ui, inside, recording),
            (Some(sheet), None) => {
                let playhead = stemming.stem.playhead;
                let orders = spoken::grouped(ui, inside, "Notes", |ui| {
                    self.grid.show(ui, inside, sheet, playhead)
                });
                for order in orders {
                    stemming.controls.stem(order);
                }
            }
            (None, None) => {
                let hint = "Take some bars of the song, say what to add (“jazzy drums”, “walking bass”), and press Add.";
                ui.put(
                    inside,
                    Label::new(RichText::new(hint).color(theme::TEXT_WEAK)).wrap(),
                );
            }
        }
        self.choosing(ui, stemming);
    }

    /// The browser of recordings, while it is open, and what is dropped here.
    fn choosing(&mut self, ui: &Ui, stemming: &Stemming) {
        let dropped = ui.input(|input| {
            let dropped = input.raw.dropped_files.first();
            dropped.map(|file| file.path().to_owned())
        });
        let Some(file) = self.browser.show(ui).or(dropped) else {
            return;
        };
        self.fault = None;
        if has_ending(&file, &ENDINGS) {
            let begins = None;
            stemming
                .controls
                .stem(StemOrder::AddRecording { file, begins });
        } else {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            self.fault = Some(format!(
                "“{name}” is no sound that Consort reads; add WAV, FLAC, AIFF, MP3 or OGG."
            ));
        }
    }

    fn asking(&mut self, ui: &mut Ui, stemming: &Stemming) {
        let order = |order| stemming.controls.stem(order);
        let width = (ui.available_width() - 450.0).max(160.0);
        let field = TextEdit::singleline(&mut self.words)
            .hint_text("add jazzy drums")
            .char_limit(400)
            .desired_width(width);
        let field = ui.add(field);
        name_it(&field, "Instruction", egui::Role::TextInput);
        let enter = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        let status = &stemming.stem.status;
        let works = matches!(status, StemStatus::Working(_) | StemStatus::Reading);
        let add = ui.add_enabled(!works, Button::new("Add"));
        let hint = "Writes three variations of a part that fits what was taken of the song, beside the others or in place of the one of its kind";
        if add.on_hover_text(hint).clicked() || enter && !works {
            self.seed += 1;
            order(StemOrder::Make {
                words: self.words.trim().to_owned(),
                kind: self.kind,
                seed: self.seed,
            });
        }
        let again = ui.add_enabled(
            !works && stemming.stem.sheet.is_some(),
            Button::new("Change"),
        );
        let hint = "Changes the part that is there as the words say: “busier”, “softer”; or, without such words, makes the chosen bars and pieces anew";
        if again.on_hover_text(hint).clicked() {
            self.seed += 1;
            let (bars, pieces) = self.grid.chosen(stemming.stem.sheet.as_deref());
            order(StemOrder::Again {
                words: self.words.trim().to_owned(),
                bars,
                pieces,
                seed: self.seed,
            });
        }
        let recording = ui.button("Add a recording…");
        let hint = "Adds a sound file as a part: it plays from the bars that were taken on, or from the next bar. Or drop it here";
        if recording.on_hover_text(hint).clicked() {
            self.browser.open();
        }
        match status {
            StemStatus::Working(_) | StemStatus::Reading => {
                if ui.button("Cancel").clicked() {
                    order(StemOrder::Cancel);
                }
                let text = match status {
                    StemStatus::Working(part) => format!("Writing: {:.0} %", 100.0 * part),
                    _ => "Reading …".to_owned(),
                };
                ui.label(RichText::new(text).color(theme::ACCENT));
            }
            StemStatus::Failed(why) => said(ui, why, theme::WRONG),
            StemStatus::Idle if self.fault.is_some() => {
                said(ui, self.fault.as_deref().unwrap_or_default(), theme::WRONG);
            }
            StemStatus::Idle => match &stemming.stem.said {
                Some(Said::Fault(sentence)) => said(ui, sentence, theme::WRONG),
                Some(Said::Note(sentence)) => said(ui, sentence, theme::TEXT_WEAK),
                None => {}
            },
        }
    }

    fn parts(&mut self, ui: &mut Ui, stemming: &Stemming) {
        ui.spacing_mut().item_spacing.x = 3.0;
        ui.spacing_mut().button_padding.x = 8.0;
        let auto = spoken::radio(ui, self.kind.is_none(), "As said", "As said");
        if auto
            .on_hover_text("The part that the words name, or drums")
            .clicked()
        {
            self.kind = None;
        }
        for kind in PartKind::ALL {
            let chosen = self.kind == Some(kind);
            if spoken::radio(ui, chosen, kind.name(), kind.name()).clicked() {
                self.kind = Some(kind);
            }
        }
        let Some(sheet) = &stemming.stem.sheet else {
            return;
        };
        ui.add_space(14.0);
        for variation in 0..sheet.variations.len().min(VARIATIONS) {
            let name = char::from(b'A' + variation as u8).to_string();
            let spoken = format!("Variation {name}");
            if spoken::radio(ui, sheet.chosen == variation, name, &spoken).clicked() {
                stemming.controls.stem(StemOrder::Choose(variation));
            }
        }
        ui.add_space(10.0);
        let made = format!(
            "{}: {}",
            sheet.kind.map_or("Part", PartKind::name),
            sheet.title
        );
        ui.add(Label::new(RichText::new(made).color(theme::TEXT_WEAK)).truncate());
    }

    fn changing(&mut self, ui: &mut Ui, stemming: &Stemming) {
        let stem = stemming.stem;
        let order = |order| stemming.controls.stem(order);
        ui.spacing_mut().button_padding.x = 8.0;
        let button = |ui: &mut Ui, text: &str, name: &str, can: bool, asked: StemOrder| {
            let button = ui.add_enabled(can, Button::new(text));
            name_it(&button, name, egui::Role::Button);
            if button.clicked() {
                order(asked);
            }
        };
        if stem.sheet.is_some() || stem.recording.is_some() {
            button(ui, "Clear", "Clear part", true, StemOrder::Clear);
        }
        if let Some(recording) = &stem.recording {
            ui.add_space(8.0);
            let begins = self.beginning(ui, recording.begins());
            begins.into_iter().map(StemOrder::Begin).for_each(order);
        }
        let Some(sheet) = &stem.sheet else {
            return;
        };
        ui.add_space(8.0);
        type Change = fn(f32) -> Edit;
        let changes: [(&str, Change); 3] = [
            ("Quantise", Edit::Quantise),
            ("Swing", Edit::Swing),
            ("Humanise", Edit::Humanise),
        ];
        for ((name, edit), amount) in changes.into_iter().zip(&mut self.amounts) {
            if ui.button(name).clicked() {
                order(StemOrder::Edit(edit(*amount)));
            }
            let mut percent = 100.0 * *amount;
            let field = DragValue::new(&mut percent).range(0.0..=100.0).suffix(" %");
            let field = ui.add(field.max_decimals(0));
            name_it(&field, &format!("{name} amount"), egui::Role::SpinButton);
            *amount = percent / 100.0;
        }
        ui.add_space(8.0);
        let mut repeats = sheet.repeats;
        let hint = "Plays it over and over in step with the song; otherwise in its own bars only";
        if ui
            .checkbox(&mut repeats, "Repeat")
            .on_hover_text(hint)
            .changed()
        {
            order(StemOrder::Repeat(repeats));
        }
        self.grid.pages(ui, sheet);
    }

    /// Where a recording begins; where the user puts it.
    fn beginning(&mut self, ui: &mut Ui, begins: f64) -> Option<f64> {
        let mut shown = self.begins.unwrap_or(begins);
        ui.label("Begins at");
        let field = DragValue::new(&mut shown).suffix(" quarter notes");
        let field = field.speed(0.25).max_decimals(3);
        let field = ui.add(field.update_while_editing(false));
        name_it(&field, "Begins at quarter note", egui::Role::SpinButton);
        if field.dragged() {
            self.begins = Some(shown);
            return None;
        }
        let dragged = self.begins.take();
        dragged.or_else(|| field.changed().then_some(shown))
    }

    fn playing(&mut self, ui: &mut Ui, folder: &Path, stemming: &Stemming) {
        let controls = stemming.controls;
        ui.spacing_mut().button_padding.x = 8.0;
        switch(ui, controls, stemming.on, "Stem");
        if let Some(track) = stemming.track {
            switch(ui, controls, track, "Track");
        }
        if let Some(outputs) = stemming.outputs {
            switch(ui, controls, outputs, "Outs").on_hover_text(OUTPUTS);
        }
        level(ui, controls, stemming.level);
        ui.add_space(6.0);
        let sound = sounds(stemming.stem);
        let can = stemming.stem.sheet.is_some();
        let other = ui.add_enabled(can, Button::new("Other sound"));
        let hint = "Makes another instrument for the part from the words in the field";
        if other.on_hover_text(hint).clicked() {
            self.seed += 1;
            controls.stem(StemOrder::Sound(self.words.trim().to_owned(), self.seed));
        }
        let saves = folder.is_absolute();
        let recorded = stemming.stem.recording.as_ref();
        let recorded = recorded.is_some_and(|recording| recording.frames().is_some());
        let width = (ui.available_width() - 190.0).max(60.0);
        ui.add_sized(
            [width, ROW],
            Label::new(RichText::new(sound).color(theme::TEXT_WEAK)).truncate(),
        );
        let midi = Button::new("Save MIDI").sense(Sense::click_and_drag());
        let midi = ui.add_enabled(can && saves, midi);
        name_it(&midi, "Save part as MIDI", egui::Role::Button);
        if midi.clicked() {
            controls.stem(StemOrder::SaveMidi(folder.to_owned()));
        }
        if let Some(sheet) = &stemming.stem.sheet
            && midi.drag_started()
        {
            self.drag_midi(ui, sheet, folder);
        }
        midi.on_hover_text("Saves the part; or drag it from here onto a track");
        let wav = ui.add_enabled((can || recorded) && saves, Button::new("Save WAV"));
        name_it(&wav, "Save part as WAV", egui::Role::Button);
        if wav.clicked() {
            controls.stem(StemOrder::SaveWav(folder.to_owned()));
        }
    }
}

impl StemPage {
    /// The part is dragged out of the window, as a file in `folder`: that of the last time, if it is the same.
    fn drag_midi(&mut self, ui: &Ui, sheet: &Arc<Sheet>, folder: &Path) {
        let known = self.dragged.take();
        let known = known.filter(|(of, file)| Arc::ptr_eq(of, sheet) && file.exists());
        let file = known.map_or_else(|| midi_file(sheet, folder), |(_, file)| Ok(file));
        self.fault = file.as_ref().err().map(ToString::to_string);
        if let Ok(file) = file {
            drag_files(ui.ctx(), vec![file.clone()]);
            self.dragged = Some((sheet.clone(), file));
        }
    }
}

/// What plays the part, in words.
fn sounds(stem: &Stem) -> String {
    if let Some(recording) = &stem.recording {
        return match (recording.frames(), recording.fault()) {
            (Some(_), _) => format!("Recording: {}", recording.name()),
            (None, Some(fault)) => fault.to_string(),
            (None, None) => "Reading the recording …".to_owned(),
        };
    }
    match (&stem.sound_status, &stem.sound) {
        (Status::Working { progress, .. }, _) => {
            format!("Making the sound: {:.0} %", 100.0 * progress)
        }
        (Status::Failed(why), _) => why.clone(),
        (Status::Idle, Some(name)) => format!("Sound: {name}"),
        (Status::Idle, None) => "Sound: none yet".to_owned(),
    }
}

fn said(ui: &mut Ui, sentence: &str, colour: egui::Color32) {
    let label = Label::new(RichText::new(sentence).color(colour)).truncate();
    ui.add(label).on_hover_text(sentence);
}

/// A parameter that is on or off.
fn switch(
    ui: &mut Ui,
    controls: &dyn StemControls,
    param: &BoolParam,
    text: &str,
) -> egui::Response {
    let mut on = param.value();
    let field = ui.checkbox(&mut on, text);
    name_it(&field, param.name(), egui::Role::CheckBox);
    if field.changed() {
        set(controls, param, f32::from(u8::from(on)));
    }
    field
}

fn set(controls: &dyn StemControls, param: &impl Param, normalized: f32) {
    let pointer = param.as_ptr();
    controls.begin_edit(pointer);
    controls.edit(pointer, normalized);
    controls.end_edit(pointer);
}

/// The level, dB.
fn level(ui: &mut Ui, controls: &dyn StemControls, param: &FloatParam) {
    let decibels = |gain: f32| 20.0 * gain.max(1e-3).log10();
    let mut shown = decibels(param.value());
    let field = DragValue::new(&mut shown).range(-60.0..=12.0).suffix(" dB");
    let field = ui.add(field.max_decimals(1).speed(0.2));
    name_it(&field, param.name(), egui::Role::SpinButton);
    if field.drag_started() {
        controls.begin_edit(param.as_ptr());
    }
    if field.changed() {
        let normalized = param.preview_normalized(10f32.powf(shown / 20.0));
        if field.dragged() {
            controls.edit(param.as_ptr(), normalized);
        } else {
            set(controls, param, normalized);
        }
    }
    if field.drag_stopped() {
        controls.end_edit(param.as_ptr());
    }
}
