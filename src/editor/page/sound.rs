//! Instruments from a known sound: the file dropped here or browsed for, or what was captured; what to
//! change about it; and variations near the instrument that plays.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::text::LayoutJob;
use egui::{Align, Button, Key, Label, Layout, RichText, Slider, TextEdit, Ui, vec2};

use super::{capture, name_it};
use crate::analysis::sound_file::{ENDINGS, endings_and};
use crate::editor::widgets::file_browser::{FileBrowser, has_ending};
use crate::editor::widgets::spoken;
use crate::editor::{Controls, View, theme};
use crate::instrument::Instrument;
use crate::jobs::{Capture, Captured, Request, SoundFile, Source};

/// Endings of what the browser shows.
const SHOWN: [&str; ENDINGS.len() + 1] = endings_and(["consort"]);
const INSTRUMENT: [&str; 1] = ["consort"];
/// What a variation gives up to chance, unless the user says.
const USUAL_AMOUNT: f32 = 0.3;

/// What the row remembers between frames.
pub(super) struct SoundRow {
    browser: FileBrowser,
    /// The sound chosen last.
    sound: Option<SoundFile>,
    /// The capture taken up last.
    captured: Option<Arc<Captured>>,
    /// What to change about a sound or an instrument.
    changes: String,
    amount: f32,
    /// The seed of the next variation.
    seed: u64,
    /// What went wrong with a file: a sentence.
    fault: Option<String>,
}

impl Default for SoundRow {
    fn default() -> Self {
        Self::in_folder(Path::new(""))
    }
}

impl SoundRow {
    /// A row whose browser opens in `folder`.
    pub(super) fn in_folder(folder: &Path) -> Self {
        Self {
            browser: FileBrowser::new(folder, &SHOWN),
            sound: None,
            captured: None,
            changes: String::new(),
            amount: USUAL_AMOUNT,
            seed: 1,
            fault: None,
        }
    }

    /// The folder browsed last.
    pub(super) fn folder(&self) -> &Path {
        self.browser.folder()
    }

    fn request(&self, source: Source, amount: f32, seed: u64) -> Request {
        Request {
            source,
            amount,
            prompt: self.changes.trim().to_owned(),
            seed,
            ..Request::default()
        }
    }

    /// Takes a file that was chosen or dropped: a sound is made an instrument, an instrument opened.
    fn take(&mut self, file: PathBuf, controls: &dyn Controls) {
        self.fault = None;
        if has_ending(&file, &INSTRUMENT) {
            self.fault = controls.open(&file).err().map(|fault| fault.to_string());
        } else if has_ending(&file, &ENDINGS) {
            self.sound = Some(SoundFile {
                path: file,
                key: None,
                sound: None,
            });
            self.make(controls);
        } else {
            self.fault = Some(format!(
                "“{}” is no sound or instrument; use WAV, FLAC, AIFF, MP3, OGG or .consort.",
                name(&file)
            ));
        }
    }

    /// Makes the chosen sound an instrument.
    fn make(&mut self, controls: &dyn Controls) {
        self.fault = None;
        if let Some(sound) = self.sound.clone() {
            controls.make(self.request(Source::Sound(sound), 0.0, 1));
        }
    }

    /// Takes up what became of a capture: its sound is the one chosen from then on.
    fn take_up(&mut self, view: &View, controls: &dyn Controls) {
        match &view.capture {
            Some(Capture::Done(captured)) => {
                let known = self.captured.as_ref();
                if !known.is_some_and(|known| Arc::ptr_eq(known, captured)) {
                    self.sound = Some(captured.sound.clone());
                    self.fault.clone_from(&captured.notice);
                    self.captured = Some(captured.clone());
                }
            }
            Some(Capture::Failed(sentence)) => {
                self.fault = Some(sentence.clone());
                controls.cancel_capture();
            }
            _ => {}
        }
    }

    /// Makes a variation near an instrument; each time another one.
    fn vary(&mut self, instrument: &Arc<Instrument>, controls: &dyn Controls) {
        self.fault = None;
        let near = Source::Near(instrument.clone());
        controls.make(self.request(near, self.amount, self.seed));
        self.seed += 1;
    }
}

/// Shows the row, and the browser while it is open.
pub(super) fn sound(ui: &mut Ui, row: &mut SoundRow, view: &View, controls: &dyn Controls) {
    let hovers = ui.input(|input| !input.raw.hovered_files.is_empty());
    let dropped = ui.input(|input| input.raw.dropped_files.first().cloned());
    if let Some(file) = dropped {
        row.take(file.path().to_owned(), controls);
    }
    row.take_up(view, controls);
    ui.label(RichText::new("Sound").color(theme::TEXT_WEAK));
    let running = view.capture.as_ref().filter(|c| c.is_running());
    if running.is_some() {
        capture::running(ui, view, controls);
    } else {
        let button = Button::new("Browse").min_size(vec2(70.0, 30.0));
        let hint =
            "Makes an instrument of a sound file: WAV, FLAC, AIFF, MP3 or OGG; opens .consort";
        if ui.add(button).on_hover_text(hint).clicked() {
            controls.prepare();
            row.browser.open();
        }
        if capture::button(ui, controls) {
            row.fault = None;
        }
    }
    // From the right, so that the name gets the room that is left.
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        near(ui, row, view, controls);
        changes(ui, row, controls);
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            about(ui, row, running, hovers);
        });
    });
    if let Some(file) = row.browser.show(ui) {
        row.take(file, controls);
    }
}

/// The sound's name, or what can be done here, or what went wrong.
fn about(ui: &mut Ui, row: &SoundRow, running: Option<&Capture>, hovers: bool) {
    let (text, colour) = match (running, &row.fault, &row.sound) {
        _ if hovers => ("Drop the sound to play it".to_owned(), theme::ACCENT),
        (Some(running), ..) => (capture::text(running), theme::ACCENT),
        (None, Some(fault), _) => return wrong(ui, fault),
        (None, None, Some(sound)) => (name(&sound.path), theme::TEXT),
        (None, None, None) => ("A sound with one note in it".to_owned(), theme::TEXT_WEAK),
    };
    ui.add(Label::new(RichText::new(&text).color(colour)).truncate())
        .on_hover_text(text);
}

/// A sentence in two small lines, the room that there is.
fn wrong(ui: &mut Ui, sentence: &str) {
    let mut lines = LayoutJob::simple(
        sentence.to_owned(),
        theme::small(),
        theme::WRONG,
        ui.available_width(),
    );
    lines.wrap.max_rows = 2;
    ui.add(Label::new(lines).wrap()).on_hover_text(sentence);
}

/// What to change, and the button that makes the sound an instrument (again).
fn changes(ui: &mut Ui, row: &mut SoundRow, controls: &dyn Controls) {
    let ready = row.sound.is_some();
    let button = ui.add_enabled(ready, Button::new("Make"));
    let made = button
        .on_hover_text("Makes the sound an instrument, changed as the words say")
        .clicked();
    let field = TextEdit::singleline(&mut row.changes)
        .id_salt("changes")
        .hint_text("darker, softer attack")
        .align(egui::Align2::LEFT_CENTER);
    let field = ui.add_sized(vec2(170.0, 28.0), field);
    name_it(&field, "Changes", egui::Role::TextInput);
    if field.gained_focus() {
        controls.prepare();
    }
    let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if made || entered && ready {
        row.make(controls);
    }
}

/// Variations near the instrument that plays.
fn near(ui: &mut Ui, row: &mut SoundRow, view: &View, controls: &dyn Controls) {
    let slider = Slider::new(&mut row.amount, 0.05..=1.0).show_value(false);
    ui.spacing_mut().slider_width = 80.0;
    let slider = ui.add(slider);
    name_it(&slider, "Variation amount", egui::Role::Slider);
    spoken::worth(&slider, &format!("{:.0} %", 100.0 * row.amount));
    slider.on_hover_text("How far a variation goes from the instrument");
    let button = ui.add_enabled(view.instrument.is_some(), Button::new("Vary"));
    let hint = "Makes another instrument near the one that plays, changed as the words say";
    if let Some(instrument) = &view.instrument
        && button.on_hover_text(hint).clicked()
    {
        row.vary(instrument, controls);
    }
}

fn name(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
