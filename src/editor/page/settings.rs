//! The settings: what the user chooses once for all projects. A section each, one below the other.

mod packs;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use egui::{Button, Label, Rect, RichText, ScrollArea, TextEdit, Ui, UiBuilder};
use parking_lot::Mutex;

use super::{name_it, spoken};
use crate::editor::theme;
use crate::editor::widgets::file_browser::FileBrowser;
use crate::models::backend::Report;
use crate::models::provider::{self, Choice, Found, Provider};
use crate::models::settings::Settings;
use crate::models::{ModelHost, runtime};

/// How often the page looks whether a library has been looked at.
const LOOKS: Duration = Duration::from_millis(100);

/// What the page remembers between frames.
pub(super) struct SettingsPage {
    /// It is shown instead of the instrument page.
    pub(super) shown: bool,
    /// What is chosen here holds for later, too.
    keeps: bool,
    /// It has been shown before.
    begun: bool,
    /// The ONNX Runtime, as typed.
    library: String,
    browser: FileBrowser,
    looked: Arc<Mutex<Looked>>,
    packs: packs::Packs,
    /// What could not be done, in a sentence.
    fault: Option<String>,
}

/// What a library has to compute with.
#[derive(Clone, Debug, Default)]
enum Looked {
    #[default]
    Not,
    Now,
    Found(Vec<Found>),
    Fault(String),
}

impl SettingsPage {
    /// A page whose choices are kept or not, and whose browser opens in `folder`.
    pub(super) fn new(folder: &Path, keeps: bool) -> Self {
        Self {
            shown: false,
            keeps,
            begun: false,
            library: String::new(),
            browser: FileBrowser::new(folder, &["so", "dll", "dylib"])
                .with_folders("Use this folder"),
            looked: Arc::default(),
            packs: packs::Packs::new(folder),
            fault: None,
        }
    }

    /// Shows all of it in `rest`, below the header.
    pub(super) fn show(&mut self, ui: &mut Ui, rest: Rect) {
        ui.painter().rect_filled(rest, theme::ROUND, theme::CARD);
        ui.scope_builder(UiBuilder::new().max_rect(rest.shrink(16.0)), |ui| {
            ScrollArea::vertical().show(ui, |ui| {
                ui.set_min_width(ui.available_width());
                self.computing(ui);
                ui.add_space(20.0);
                self.packs.show(ui);
            });
        });
        if let Some(path) = self.browser.show(ui) {
            self.library = path.display().to_string();
            self.look(ui);
        }
    }

    /// What models are computed with.
    fn computing(&mut self, ui: &mut Ui) {
        let (choice, report) = ModelHost::get().report();
        if !std::mem::replace(&mut self.begun, true) {
            let library = choice.library.as_deref().map(|path| path.display());
            self.library = library.map_or_else(String::new, |path| path.to_string());
            self.look(ui);
        }
        ui.label(RichText::new("Computing").heading());
        sentence(
            ui,
            "The CPU does everything. With an ONNX Runtime that has others (CUDA, CoreML, DirectML, OpenVINO, WebGPU), they can do it, too.",
            theme::TEXT_WEAK,
        );
        ui.add_space(8.0);
        ui.horizontal(|ui| self.naming(ui));
        ui.add_space(8.0);
        ui.vertical(|ui| self.offering(ui, &choice));
        ui.add_space(8.0);
        standing(ui, &choice, &report);
        if let Some(fault) = &self.fault {
            sentence(ui, fault, theme::WRONG);
        }
    }

    /// What there is, to choose from.
    fn offering(&mut self, ui: &mut Ui, choice: &Choice) {
        spoken::group(ui, "Computes with", egui::Role::RadioGroup);
        self.offer(ui, choice, None);
        let looked = self.looked.lock().clone();
        match &looked {
            Looked::Not => {}
            Looked::Now => {
                sentence(ui, "Looking what there is…", theme::TEXT_WEAK);
                ui.ctx().request_repaint_after(LOOKS);
            }
            Looked::Found(found) => {
                for found in found {
                    self.offer(ui, choice, Some(found));
                }
                if found.is_empty() && self.library().is_some() {
                    let nothing = "That ONNX Runtime finds nothing but the CPU here.";
                    sentence(ui, nothing, theme::TEXT_WEAK);
                }
            }
            Looked::Fault(fault) => sentence(ui, fault, theme::WRONG),
        }
    }

    /// The field with the library.
    fn naming(&mut self, ui: &mut Ui) {
        ui.label("ONNX Runtime");
        let width = (ui.available_width() - 170.0).max(160.0);
        let field = TextEdit::singleline(&mut self.library)
            .hint_text("Consort's own; or a library, its folder, or a plugin")
            .desired_width(width);
        let field = ui.add(field);
        name_it(&field, "ONNX Runtime library", egui::Role::TextInput);
        let enter = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        if ui.button("Browse…").clicked() {
            self.browser.open();
        }
        let look = ui.add(Button::new("Look"));
        let hint = "Looks what that library can compute with on this machine";
        if look.on_hover_text(hint).clicked() || enter {
            self.look(ui);
        }
    }

    fn library(&self) -> Option<PathBuf> {
        let text = self.library.trim();
        (!text.is_empty()).then(|| PathBuf::from(text))
    }

    /// Has the library looked at, elsewhere: it may take seconds.
    fn look(&mut self, ui: &Ui) {
        // What was asked before is answered to nobody.
        self.looked = Arc::new(Mutex::new(Looked::Now));
        let (looked, library) = (Arc::clone(&self.looked), self.library());
        let begun = runtime::spawn("consort-providers", move || {
            let found = provider::find(library.as_deref());
            *looked.lock() = match found {
                Ok(found) => Looked::Found(found),
                Err(error) => Looked::Fault(error.to_string()),
            };
        });
        if begun.is_err() {
            *self.looked.lock() = Looked::Not;
        }
        ui.ctx().request_repaint_after(LOOKS);
    }

    /// One to choose; the CPU where nothing was found.
    fn offer(&mut self, ui: &mut Ui, choice: &Choice, found: Option<&Found>) {
        let offered = Choice {
            provider: found.map_or(Provider::Cpu, |found| found.provider),
            device: found.map(|found| found.device.clone()),
            library: self.library(),
        };
        let chosen = match choice.provider {
            Provider::Cpu => offered.provider == Provider::Cpu,
            _ => {
                offered.provider == choice.provider
                    && offered.library == choice.library
                    && (choice.device.is_none() || offered.device == choice.device)
            }
        };
        let name = found.map_or_else(
            || "CPU".to_owned(),
            |found| format!("{}: {}", found.provider.name(), found.name),
        );
        // A click on what is chosen tries it again.
        if spoken::radio(ui, chosen, &name, &name).clicked() {
            ModelHost::get().choose(offered.clone());
            let kept = match self.keeps {
                true => Settings::change(|settings| settings.compute = offered),
                false => Ok(()),
            };
            self.fault = kept.err().map(|fault| fault.to_string());
        }
    }
}

/// How it stands with what is chosen.
fn standing(ui: &mut Ui, choice: &Choice, report: &Report) {
    let provider = choice.provider.name();
    let text = match (&report.device, choice.provider) {
        (_, Provider::Cpu) => return,
        (Some(device), _) => format!(
            "{provider} computes on {device}; the output of {} was found to be the CPU's.",
            match report.checked {
                1 => "one model".to_owned(),
                count => format!("{count} models"),
            }
        ),
        (None, _) if report.told.is_empty() => {
            format!(
                "{provider} begins with the next thing to compute, and is compared with the CPU then."
            )
        }
        (None, _) => "The CPU computes.".to_owned(),
    };
    sentence(ui, &text, theme::TEXT_WEAK);
    for told in &report.told {
        sentence(ui, told, theme::WRONG);
    }
}

fn sentence(ui: &mut Ui, text: &str, colour: egui::Color32) {
    ui.add(Label::new(RichText::new(text).color(colour)).wrap());
}
