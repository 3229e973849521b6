//! Instruments from and to files: a folder, what lies in it, and what became of it.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use egui::{Align, Button, CornerRadius, Label, Layout, ProgressBar, RichText, TextEdit, Ui, vec2};

use super::name_it;
use crate::editor::widgets::spoken;
use crate::editor::{Controls, View, theme};
use crate::jobs::Export;
use crate::models::ModelHost;

/// Most files that the menu shows.
const MOST_FILES: usize = 24;

/// What the row remembers between frames.
#[derive(Default)]
pub(super) struct Files {
    folder: String,
    /// What the menu shows while it is open.
    listed: Option<Vec<PathBuf>>,
    /// What became of the last file opened or saved: a sentence, and whether it went wrong.
    said: Option<(String, bool)>,
    /// The export when that was said: a later one is news again.
    known: Option<Export>,
}

impl Files {
    pub(super) fn in_folder(folder: &Path) -> Self {
        Self {
            folder: folder.display().to_string(),
            ..Self::default()
        }
    }

    /// The folder in the field, whatever it is.
    pub(super) fn place(&self) -> PathBuf {
        whole(&self.folder).unwrap_or_default()
    }

    fn say(&mut self, outcome: Result<String, String>, view: &View) {
        self.said = Some(match outcome {
            Ok(sentence) => (sentence, false),
            Err(sentence) => (sentence, true),
        });
        self.known.clone_from(&view.export);
    }

    /// The folder in the field, or a sentence.
    fn folder(&self) -> Result<PathBuf, String> {
        whole(&self.folder).ok_or_else(|| {
            format!(
                "\"{}\" is no whole path; write one that begins with {}.",
                self.folder.trim(),
                if cfg!(windows) { "a drive" } else { "/ or ~" }
            )
        })
    }
}

/// Shows the row.
pub(super) fn files(ui: &mut Ui, files: &mut Files, view: &View, controls: &dyn Controls) {
    ui.label(RichText::new("Folder").color(theme::TEXT_WEAK));
    // From the right, so that the field gets the room that is left.
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let ready = view.instrument.is_some() && !files.folder.trim().is_empty();
        export(ui, files, view, controls, ready);
        save(ui, files, view, controls, ready);
        open(ui, files, view, controls);
        place(ui, files, "Where instruments are saved");
    });
}

/// The field with the folder, over the width that is left.
pub(super) fn place(ui: &mut Ui, files: &mut Files, hint: &str) {
    let field = TextEdit::singleline(&mut files.folder)
        .id_salt("folder")
        .hint_text(hint)
        .align(egui::Align2::LEFT_CENTER);
    let field = ui.add_sized(vec2(ui.available_width(), 28.0), field);
    name_it(&field, "Folder", egui::Role::TextInput);
}

fn save(ui: &mut Ui, files: &mut Files, view: &View, controls: &dyn Controls, ready: bool) {
    let button = ui.add_enabled(ready, Button::new("Save"));
    let hint = "Saves the instrument as a .consort file in the folder";
    if button.on_hover_text(hint).clicked() {
        let save = |folder: PathBuf| controls.save(&folder).map_err(|fault| fault.to_string());
        let outcome = files.folder().and_then(save);
        let outcome = outcome.map(|file| format!("Saved {}.", file.display()));
        files.say(outcome, view);
    }
}

/// Export, or Cancel while one is written.
fn export(ui: &mut Ui, files: &mut Files, view: &View, controls: &dyn Controls, ready: bool) {
    let size = vec2(112.0, 30.0);
    if matches!(view.export, Some(Export::Working(_))) {
        if ui.add_sized(size, Button::new("Cancel export")).clicked() {
            controls.cancel_export();
        }
        return;
    }
    let button = ui.add_enabled(ready, Button::new("Export SFZ").min_size(size));
    let hint = "Writes the instrument for other samplers, as SFZ and WAV, to a folder of its own";
    if button.on_hover_text(hint).clicked() {
        match files.folder() {
            Ok(folder) => {
                files.said = None;
                controls.export(&folder);
            }
            Err(sentence) => files.say(Err(sentence), view),
        }
    }
}

/// A menu of the folder's instruments.
fn open(ui: &mut Ui, files: &mut Files, view: &View, controls: &dyn Controls) {
    let mut chosen = None;
    let menu = ui.menu_button("Open", |ui| {
        let (folder, listed) = (&files.folder, &mut files.listed);
        let listed = listed.get_or_insert_with(|| whole(folder).map_or(Vec::new(), |at| list(&at)));
        if listed.is_empty() {
            ui.label("There are no .consort files in the folder.");
        }
        for file in &*listed {
            let name = file.file_stem().unwrap_or_default().to_string_lossy();
            if spoken::menu_item(ui, &name).clicked() {
                chosen = Some(file.clone());
                ui.close();
            }
        }
    });
    if menu.inner.is_none() {
        files.listed = None;
    }
    let hint = "Instruments in the folder, the newest first";
    menu.response.on_hover_text(hint);
    if let Some(file) = chosen {
        let outcome = controls.open(&file);
        let outcome = outcome.map(|()| format!("Opened {}.", file.display()));
        let outcome = outcome.map_err(|fault| fault.to_string());
        files.say(outcome, view);
    }
}

/// Shows the line under the row: how far an export is, and what became of the last file.
pub(super) fn report(ui: &mut Ui, files: &Files, view: &View) {
    let line = |ui: &mut Ui, sentence: &str, colour| {
        let text = RichText::new(sentence).color(colour);
        ui.add(Label::new(text).truncate()).on_hover_text(sentence);
    };
    let news = view
        .export
        .as_ref()
        .filter(|export| files.said.is_none() || files.known.as_ref() != Some(*export));
    match (news, &files.said) {
        (Some(Export::Working(progress)), _) => {
            let bar = ProgressBar::new(*progress)
                .desired_width(180.0)
                .desired_height(8.0)
                .corner_radius(CornerRadius::same(4))
                .fill(theme::READY);
            let bar = ui.add(bar);
            name_it(&bar, "Export progress", egui::Role::ProgressIndicator);
            ui.label(RichText::new("Exporting").color(theme::TEXT_WEAK));
        }
        (Some(Export::Done(file)), _) => {
            line(
                ui,
                &format!("Exported {}.", file.display()),
                theme::TEXT_WEAK,
            );
        }
        (Some(Export::Failed(sentence)), _) => line(ui, sentence, theme::WRONG),
        (None, Some((sentence, true))) => line(ui, sentence, theme::WRONG),
        (None, Some((sentence, false))) => line(ui, sentence, theme::TEXT_WEAK),
        (None, None) => {
            // What is computed otherwise than the user chose.
            if let Some(sentence) = ModelHost::told().pop() {
                line(ui, &sentence, theme::TEXT_WEAK);
            }
        }
    }
}

/// A path that doesn't depend on where the host was started; `~` is the user's own folder.
fn whole(text: &str) -> Option<PathBuf> {
    let text = text.trim();
    let path = match text.strip_prefix('~') {
        Some("") => dirs::home_dir()?,
        Some(rest) => dirs::home_dir()?.join(rest.strip_prefix(['/', '\\'])?),
        None => PathBuf::from(text),
    };
    path.is_absolute().then_some(path)
}

/// The `.consort` files in a folder, the newest first; or the file itself, if it is one.
pub(super) fn list(place: &Path) -> Vec<PathBuf> {
    let is_instrument = |path: &Path| path.extension().is_some_and(|end| end == "consort");
    if is_instrument(place) && place.is_file() {
        return vec![place.to_owned()];
    }
    let mut found: Vec<(SystemTime, PathBuf)> = std::fs::read_dir(place)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| is_instrument(&entry.path()))
        .map(|entry| {
            let changed = entry.metadata().and_then(|data| data.modified());
            (changed.unwrap_or(SystemTime::UNIX_EPOCH), entry.path())
        })
        .collect();
    found.sort_by(|a, b| b.cmp(a));
    found.truncate(MOST_FILES);
    found.into_iter().map(|(_, path)| path).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_whole_or_refused() {
        assert_eq!(whole(" /a/b "), Some("/a/b".into()));
        assert_eq!(whole("~"), dirs::home_dir());
        assert_eq!(whole("~/x"), dirs::home_dir().map(|home| home.join("x")));
        for relative in ["", "music", "./a", "~other/x"] {
            assert_eq!(whole(relative), None, "{relative:?}");
        }
    }

    #[test]
    fn a_folder_lists_its_instruments_and_a_file_itself() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["old.consort", "new.consort", "other.txt"] {
            std::fs::write(folder.path().join(name), name).unwrap();
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        let new = folder.path().join("new.consort");
        let listed = list(folder.path());
        assert_eq!(listed, [new.clone(), folder.path().join("old.consort")]);
        assert_eq!(list(&new), [new]);
        assert!(list(&folder.path().join("nowhere")).is_empty());
    }
}
