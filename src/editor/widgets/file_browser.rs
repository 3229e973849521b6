//! A file browser inside the window: a folder's folders and files, chosen by mouse or keyboard.
//!
//! There is one field. What is typed there finds names in the folder; a whole path goes to that
//! folder or file; arrows mark a name, which a screen reader then says. It has the focus while the
//! browser is open, so that a host leaves the keys to the window; Tab goes on to the buttons.

use std::path::{Path, PathBuf};

use egui::{
    Align, Button, Id, Key, Label, Layout, Modal, Modifiers, RichText, Role, ScrollArea, Sense,
    TextEdit, Ui, vec2,
};

use super::spoken;
use crate::editor::theme;

/// Most names that are shown at a time.
const MOST_NAMES: usize = 500;
/// Size of the list, points.
const LIST: egui::Vec2 = vec2(520.0, 300.0);

/// A file browser; nothing is shown until it is opened.
pub struct FileBrowser {
    /// The folder it shows, or will show.
    folder: PathBuf,
    /// Endings of the files it shows, lower case.
    endings: &'static [&'static str],
    /// What the button that chooses the folder itself says, if there is one.
    whole: Option<&'static str>,
    open: Option<Open>,
}

/// What an open browser remembers between frames.
#[derive(Default)]
struct Open {
    entries: Vec<Entry>,
    /// Why the folder can't be shown.
    fault: Option<String>,
    typed: String,
    /// Place of the marked entry among those shown.
    marked: usize,
    /// The mark was moved by keys: bring it into view.
    follow: bool,
    /// Keys have moved the mark since anything was typed: it is what the keyboard is at.
    walks: bool,
    /// The field has had the focus.
    begun: bool,
}

#[derive(Clone)]
struct Entry {
    name: String,
    path: PathBuf,
    is_folder: bool,
}

impl FileBrowser {
    /// A browser of files with one of these endings, to be opened in `folder`. Any thread.
    pub fn new(folder: &Path, endings: &'static [&'static str]) -> Self {
        Self {
            folder: folder.to_owned(),
            endings,
            whole: None,
            open: None,
        }
    }

    /// The same browser, where a button of this name chooses the folder itself. Any thread.
    #[must_use]
    pub fn with_folders(self, name: &'static str) -> Self {
        Self {
            whole: Some(name),
            ..self
        }
    }

    /// The folder looked at last. Any thread.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Opens it: where it was left, or as near to that as there still is a folder. UI thread.
    pub fn open(&mut self) {
        let there = self.folder.ancestors().find(|folder| folder.is_dir());
        let folder = there.map_or_else(home, Path::to_owned);
        self.go(&folder);
    }

    /// Shows it, if it is open, and returns the file that was chosen. UI thread, once a frame.
    pub fn show(&mut self, ui: &Ui) -> Option<PathBuf> {
        self.open.as_ref()?;
        let modal = Modal::new(Id::unique("file browser")).show(ui.ctx(), |ui| {
            ui.set_width(LIST.x);
            self.contents(ui)
        });
        if modal.inner.is_some() || modal.should_close() {
            self.open = None;
        }
        modal.inner
    }

    fn contents(&mut self, ui: &mut Ui) -> Option<PathBuf> {
        let mut close = false;
        let mut whole = false;
        let mut go = None;
        ui.horizontal(|ui| {
            if ui.button("Up").clicked() {
                go = self.folder.parent().map(Path::to_owned);
            }
            if ui.button("Home").clicked() {
                go = Some(home());
            }
            if let Some(name) = self.whole {
                whole = ui.button(name).clicked();
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                close = ui.add(Button::new("Close")).clicked();
                let path = self.folder.display().to_string();
                let text = RichText::new(&path).color(theme::TEXT_WEAK);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add(Label::new(text).truncate()).on_hover_text(path);
                });
            });
        });
        if whole {
            return Some(self.folder.clone());
        }
        let open = self.open.as_mut()?;
        let field = Id::unique("find a file");
        let keys = if open.begun && !ui.memory(|memory| memory.has_focus(field)) {
            Keys::default()
        } else {
            Keys::take(ui, open.typed.is_empty())
        };
        let field = TextEdit::singleline(&mut open.typed)
            .id(field)
            .hint_text("Type to find a file, or a whole path")
            .desired_width(LIST.x);
        let field = ui.add(field);
        spoken::name_it(&field, "Find a file", Role::TextInput);
        let goes_on = ui.input(|input| input.key_pressed(Key::Tab))
            || ui.memory(|memory| memory.focused().is_some());
        if !open.begun || field.lost_focus() && !goes_on {
            field.request_focus();
            open.begun = true;
        }
        if field.changed() {
            (open.marked, open.walks) = (0, false);
        }
        let shown = open.shown();
        open.move_mark(&keys, shown.len());
        let (clicked, marked) = open.list(ui, &shown);
        if let Some(marked) = marked.filter(|_| open.walks) {
            spoken::leads(&field, marked);
        }
        if keys.up_folder {
            go = self.folder.parent().map(Path::to_owned);
        }
        let typed = typed_path(&open.typed);
        let entered = match typed {
            Some(path) if keys.enter => Some(path),
            _ if keys.enter => shown.get(open.marked).map(|entry| entry.path.clone()),
            _ => None,
        };
        match clicked.or(entered) {
            Some(path) if path.is_dir() => go = Some(path),
            Some(path) if path.exists() => {
                if let Some(folder) = path.parent() {
                    self.folder = folder.to_owned();
                }
                return Some(path);
            }
            Some(path) => open.fault = Some(format!("“{}” isn't there.", path.display())),
            None => {}
        }
        if let Some(folder) = go {
            self.go(&folder);
        }
        if close {
            self.open = None;
        }
        None
    }

    fn go(&mut self, folder: &Path) {
        let mut open = Open::default();
        match entries(folder, self.endings) {
            Ok(entries) => open.entries = entries,
            Err(fault) => {
                open.fault = Some(format!(
                    "“{}” can't be shown ({fault}); choose another folder.",
                    folder.display()
                ));
            }
        }
        self.folder = folder.to_owned();
        self.open = Some(open);
    }
}

impl Open {
    /// The entries whose names contain what was typed.
    fn shown(&self) -> Vec<Entry> {
        let typed = self.typed.trim().to_lowercase();
        let finds = |entry: &&Entry| {
            typed_path(&typed).is_some() || entry.name.to_lowercase().contains(&typed)
        };
        let found = self.entries.iter().filter(finds);
        found.take(MOST_NAMES).cloned().collect()
    }

    fn move_mark(&mut self, keys: &Keys, count: usize) {
        self.follow = keys.down != keys.up;
        self.walks |= self.follow;
        self.marked = (self.marked + keys.down).saturating_sub(keys.up);
        self.marked = self.marked.min(count.saturating_sub(1));
    }

    /// Shows the list; what was clicked, and which widget is marked.
    fn list(&mut self, ui: &mut Ui, shown: &[Entry]) -> (Option<PathBuf>, Option<Id>) {
        let (mut clicked, mut at) = (None, None);
        let area = ScrollArea::vertical()
            .max_height(LIST.y)
            .auto_shrink([false, false]);
        area.show(ui, |ui| {
            if let Some(fault) = &self.fault {
                ui.label(RichText::new(fault).color(theme::WRONG));
            } else if shown.is_empty() {
                let nothing = "There are no sounds or instruments here.";
                ui.label(RichText::new(nothing).color(theme::TEXT_WEAK));
            }
            ui.spacing_mut().interact_size.y = 24.0;
            ui.spacing_mut().item_spacing.y = 2.0;
            spoken::group(ui, "Files", Role::ListBox);
            for (place, entry) in shown.iter().enumerate() {
                let marked = place == self.marked;
                let name = if entry.is_folder {
                    format!("{}/", entry.name)
                } else {
                    entry.name.clone()
                };
                // Reached from the field, by arrows.
                let button = Button::selectable(marked, &name).sense(Sense::CLICK);
                let button = button.truncate();
                let row = ui.add_sized(vec2(ui.available_width(), 24.0), button);
                spoken::name_it(&row, &name, Role::ListBoxOption);
                spoken::listed(&row, marked, place, shown.len());
                if marked && self.follow {
                    row.scroll_to_me(None);
                }
                if marked {
                    at = Some(row.id);
                }
                if row.clicked() {
                    clicked = Some(entry.path.clone());
                }
            }
        });
        (clicked, at)
    }
}

/// Keys that the browser takes before its field sees them.
#[derive(Default)]
struct Keys {
    up: usize,
    down: usize,
    enter: bool,
    up_folder: bool,
}

impl Keys {
    fn take(ui: &Ui, field_is_empty: bool) -> Self {
        ui.input_mut(|input| {
            let mut take = |key| input.consume_key(Modifiers::NONE, key);
            Self {
                up: usize::from(take(Key::ArrowUp)),
                down: usize::from(take(Key::ArrowDown)),
                enter: take(Key::Enter),
                up_folder: field_is_empty && take(Key::Backspace),
            }
        })
    }
}

fn home() -> PathBuf {
    dirs::home_dir().unwrap_or_else(|| std::path::MAIN_SEPARATOR_STR.into())
}

/// What was typed as a path, if it is a whole one: file managers copy files as `file://` too.
fn typed_path(typed: &str) -> Option<PathBuf> {
    let typed = typed.trim();
    let path = match (typed.strip_prefix("file://"), typed.strip_prefix('~')) {
        (Some(rest), _) => PathBuf::from(rest.replace("%20", " ")),
        (None, Some(rest)) => home().join(rest.trim_start_matches(['/', '\\'])),
        (None, None) => PathBuf::from(typed),
    };
    path.is_absolute().then_some(path)
}

/// Whether a file has one of these endings, in upper or lower case. Any thread.
pub fn has_ending(path: &Path, endings: &[&str]) -> bool {
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    let ending = ending.to_lowercase();
    endings.contains(&ending.as_str())
}

/// What a folder shows: its folders, then its files with these endings, by name; hidden ones not.
fn entries(folder: &Path, endings: &[&str]) -> std::io::Result<Vec<Entry>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)?.flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        // Links count as what they lead to.
        let is_folder = path.is_dir();
        if !name.starts_with('.') && (is_folder || has_ending(&path, endings)) {
            found.push(Entry {
                name,
                path,
                is_folder,
            });
        }
    }
    found.sort_by_cached_key(|entry| (!entry.is_folder, entry.name.to_lowercase()));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_come_first_and_other_files_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.wav", "A.WAV", "c.txt", ".hidden.wav", "tone.consort"] {
            std::fs::write(folder.path().join(name), "x").unwrap();
        }
        std::fs::create_dir(folder.path().join("Zoo")).unwrap();
        let names = |endings: &[&str]| -> Vec<String> {
            let entries = entries(folder.path(), endings).unwrap();
            entries.into_iter().map(|entry| entry.name).collect()
        };
        assert_eq!(names(&["wav"]), ["Zoo", "A.WAV", "b.wav"]);
        assert_eq!(names(&["consort"]), ["Zoo", "tone.consort"]);
        assert!(entries(&folder.path().join("nowhere"), &["wav"]).is_err());
    }

    #[test]
    fn whole_paths_are_told_from_names() {
        assert_eq!(typed_path(" /a/b "), Some("/a/b".into()));
        assert_eq!(typed_path("file:///a/b%20c.wav"), Some("/a/b c.wav".into()));
        assert_eq!(typed_path("~/x"), Some(home().join("x")));
        assert_eq!(typed_path("cello"), None);
    }
}
