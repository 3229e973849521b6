//! The user's model packs: what each does, one more, one less.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::{RichText, TextEdit, Ui};
use parking_lot::Mutex;

use super::{LOOKS, sentence};
use crate::editor::page::name_it;
use crate::editor::theme;
use crate::editor::widgets::file_browser::FileBrowser;
use crate::models::{Pack, PackSet, packs, runtime};

/// What the section remembers between frames.
pub(super) struct Packs {
    folder: String,
    browser: FileBrowser,
    known: Arc<Mutex<Known>>,
    /// It has been shown before.
    begun: bool,
}

/// What there is.
#[derive(Default)]
struct Known {
    /// Somebody is looking: files are read.
    looks: bool,
    /// What it is and does, and its folder where it can be taken away.
    packs: Vec<(String, Option<PathBuf>)>,
    /// Why others aren't used, and where they are.
    faults: Vec<(String, PathBuf)>,
    /// What could not be done.
    fault: Option<String>,
}

/// What is done to the list.
enum Change {
    Add(PathBuf),
    Remove(PathBuf),
}

impl Packs {
    pub(super) fn new(folder: &Path) -> Self {
        Self {
            folder: String::new(),
            browser: FileBrowser::new(folder, &[]).with_folders("Use this folder"),
            known: Arc::default(),
            begun: false,
        }
    }

    pub(super) fn show(&mut self, ui: &mut Ui) {
        if !std::mem::replace(&mut self.begun, true) {
            self.look(None);
        }
        ui.label(RichText::new("Model packs").heading());
        let about = "A pack is a folder with a manifest.json and models; it comes before what is inside Consort, for what it has a model for.";
        sentence(ui, about, theme::TEXT_WEAK);
        ui.add_space(8.0);
        let mut change = None;
        ui.horizontal(|ui| {
            let width = (ui.available_width() - 170.0).max(160.0);
            let field = TextEdit::singleline(&mut self.folder)
                .hint_text("A pack's folder")
                .desired_width(width);
            let field = ui.add(field);
            name_it(&field, "Folder of a model pack", egui::Role::TextInput);
            let browse = ui.button("Browse…");
            name_it(&browse, "Browse for a model pack", egui::Role::Button);
            if browse.clicked() {
                self.browser.open();
            }
            let path = self.folder.trim();
            let add = ui.add_enabled(!path.is_empty(), egui::Button::new("Add pack"));
            if add.clicked() {
                change = Some(Change::Add(path.into()));
            }
        });
        if let Some(path) = self.browser.show(ui) {
            self.folder = path.display().to_string();
        }
        ui.add_space(8.0);
        let known = self.known.lock();
        for (text, folder) in &known.packs {
            sentence(ui, text, theme::TEXT);
            if let Some(folder) = folder
                && remove(ui, folder)
            {
                change = Some(Change::Remove(folder.clone()));
            }
        }
        for (fault, folder) in &known.faults {
            sentence(ui, fault, theme::WRONG);
            if remove(ui, folder) {
                change = Some(Change::Remove(folder.clone()));
            }
        }
        if let Some(fault) = &known.fault {
            sentence(ui, fault, theme::WRONG);
        }
        if known.looks {
            ui.ctx().request_repaint_after(LOOKS);
        }
        drop(known);
        if change.is_some() {
            self.look(change);
        }
    }

    /// Changes the list, if there is a change, and looks what there is then: elsewhere, for all files of a new pack
    /// are read.
    fn look(&self, change: Option<Change>) {
        let known = Arc::clone(&self.known);
        known.lock().looks = true;
        let work = move || {
            let changed = match change {
                None => Ok(()),
                Some(Change::Add(path)) => packs::add(&path).map(|_| ()),
                Some(Change::Remove(path)) => packs::remove(&path).map(|_| ()),
            };
            let set = PackSet::open();
            let fault = changed.err().or(set.as_ref().err().cloned());
            let set = set.unwrap_or_default();
            let faults = set.faults().iter();
            *known.lock() = Known {
                looks: false,
                packs: set.packs().iter().map(described).collect(),
                faults: faults
                    .map(|(folder, error)| (error.to_string(), folder.clone()))
                    .collect(),
                fault: fault.map(|error| error.to_string()),
            };
        };
        if runtime::spawn("consort-packs", work).is_err() {
            self.known.lock().looks = false;
        }
    }
}

/// Whether a pack is to be taken away.
fn remove(ui: &mut Ui, folder: &Path) -> bool {
    let button = ui.button("Remove");
    let name = format!("Remove the pack in {}", folder.display());
    name_it(&button, &name, egui::Role::Button);
    button.clicked()
}

fn described(pack: &Pack) -> (String, Option<PathBuf>) {
    let manifest = pack.manifest();
    let tasks: Vec<String> = manifest
        .models
        .iter()
        .map(|model| model.task.replace('_', " "))
        .collect();
    let text = format!(
        "{} {} ({}): {}",
        manifest.name,
        manifest.version,
        manifest.licence,
        tasks.join(", ")
    );
    (text, pack.folder().map(Path::to_owned))
}
