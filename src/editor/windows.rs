//! Each plugin's page in its windows.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use nice_plug::context::gui::GuiContext;

use super::host_window::{ConsortEditor, Page, RepaintNotifier, Sizes, WindowSize};
use super::{Controls, State, StemsControls, StemsState, stems_ui, ui};
use crate::instrument::export::music_folder;

/// Sizes of the instrument's windows.
pub static INSTRUMENT_SIZES: Sizes = Sizes {
    usual: (1000, 742),
    smallest: (860, 722),
};
/// Sizes of the effect's windows.
pub static STEMS_SIZES: Sizes = Sizes {
    usual: (960, 640),
    smallest: (860, 560),
};

/// The instrument's windows; `connect` makes the controls of one, given the host's ear for parameter
/// changes. Main thread.
pub fn instrument_window(
    connect: impl Fn(GuiContext) -> Box<dyn Controls> + Send + Sync + 'static,
    size: Arc<WindowSize>,
    notifier: RepaintNotifier,
) -> ConsortEditor {
    // Where sounds were browsed last.
    let sounds = Arc::new(Mutex::new(music_folder()));
    let open = move |host| {
        Box::new(InstrumentPage {
            controls: connect(host),
            state: State::new(&music_folder()).with_sounds(&folder(&sounds)),
            sounds: sounds.clone(),
        }) as Box<dyn Page>
    };
    ConsortEditor::new("Consort", Arc::new(open), size, notifier)
}

/// The effect's windows, likewise. Main thread.
pub fn stems_window(
    connect: impl Fn(GuiContext) -> Box<dyn StemsControls> + Send + Sync + 'static,
    size: Arc<WindowSize>,
    notifier: RepaintNotifier,
) -> ConsortEditor {
    let open = move |host| {
        Box::new(StemsPage {
            controls: connect(host),
            state: StemsState::new(&music_folder()),
        }) as Box<dyn Page>
    };
    ConsortEditor::new("Consort Stems", Arc::new(open), size, notifier)
}

struct InstrumentPage {
    controls: Box<dyn Controls>,
    state: State,
    sounds: Arc<Mutex<PathBuf>>,
}

impl Page for InstrumentPage {
    fn show(&mut self, ui_: &mut egui::Ui) {
        ui(ui_, &mut self.state, &*self.controls);
    }
}

impl Drop for InstrumentPage {
    fn drop(&mut self) {
        self.state.release(&*self.controls);
        *folder(&self.sounds) = self.state.sounds().to_owned();
    }
}

fn folder(sounds: &Mutex<PathBuf>) -> MutexGuard<'_, PathBuf> {
    sounds.lock().unwrap_or_else(PoisonError::into_inner)
}

struct StemsPage {
    controls: Box<dyn StemsControls>,
    state: StemsState,
}

impl Page for StemsPage {
    fn show(&mut self, ui: &mut egui::Ui) {
        stems_ui(ui, &mut self.state, &*self.controls);
    }
}
