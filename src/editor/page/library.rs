//! The library page: ask by words, a file, the sidechain or an instrument; filter; hear; load.

mod asking;
mod chosen;
mod footer;
mod heard;
mod list;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::{Rect, Ui, UiBuilder, vec2};

use super::{State, on_card, row};
use crate::analysis::sound_file::{ENDINGS, endings_and};
use crate::editor::widgets::file_browser::FileBrowser;
use crate::editor::widgets::{keyboard, spoken};
use crate::editor::{Controls, LibraryOrder, View, theme};
use crate::jobs::librarian::{Question, Wish};
use crate::jobs::{Capture, Captured, SoundFile};
use crate::library::{EntryId, Filter};

const ASKING: f32 = 50.0;
const FILTERS: f32 = 30.0;
const HEARD: f32 = 30.0;
const CHOSEN: f32 = 34.0;
const FOOTER: f32 = 26.0;
const KEYBOARD: f32 = 92.0;

/// Files to ask with, and files to add.
const SOUNDS: [&str; ENDINGS.len() + 1] = endings_and(["sfz"]);
const INSTRUMENTS: [&str; ENDINGS.len() + 2] = endings_and(["sfz", "consort"]);

/// What the page remembers between frames.
pub(super) struct LibraryPage {
    /// It is shown instead of the instrument page.
    pub(super) shown: bool,
    /// It has been shown before.
    begun: bool,
    words: String,
    question: Question,
    filter: Filter,
    to_ask: FileBrowser,
    to_add: FileBrowser,
    /// A capture that has been asked with, or was there before.
    captured: Option<Arc<Captured>>,
    /// A capture was begun here.
    captures: bool,
    chosen: Option<EntryId>,
    /// Tags that are being typed, and whose.
    tags: Option<(EntryId, String)>,
}

impl Default for LibraryPage {
    fn default() -> Self {
        Self::in_folder(Path::new(""))
    }
}

impl LibraryPage {
    /// A page whose browsers open in `folder`.
    pub(super) fn in_folder(folder: &Path) -> Self {
        Self {
            shown: false,
            begun: false,
            words: String::new(),
            question: Question::All,
            filter: Filter::default(),
            to_ask: FileBrowser::new(folder, &SOUNDS),
            to_add: FileBrowser::new(folder, &INSTRUMENTS).with_folders("Add this folder"),
            captured: None,
            captures: false,
            chosen: None,
            tags: None,
        }
    }

    /// Asks the question anew, or another one.
    fn ask(&mut self, question: Question, controls: &dyn Controls) {
        self.question = question;
        let wish = Wish {
            question: self.question.clone(),
            filter: self.filter.clone(),
        };
        controls.library(LibraryOrder::Ask(wish));
    }

    fn ask_again(&mut self, controls: &dyn Controls) {
        self.ask(self.question.clone(), controls);
    }

    fn ask_with_file(&mut self, path: PathBuf, controls: &dyn Controls) {
        let sound = SoundFile {
            path,
            key: None,
            sound: None,
        };
        self.ask(Question::Sound(sound), controls);
    }

    /// A capture that was begun here is asked with when it is done.
    fn take_up(&mut self, view: &View, controls: &dyn Controls) {
        let Some(Capture::Done(captured)) = view.capture.as_ref().filter(|_| self.captures) else {
            return;
        };
        self.captures = false;
        let known = self.captured.replace(captured.clone());
        if !known.is_some_and(|known| Arc::ptr_eq(&known, captured)) {
            self.ask(Question::Sound(captured.sound.clone()), controls);
        }
    }
}

/// Shows the page in `rest`, below the header; without the keyboard where there is no room for it.
pub(super) fn page(
    ui: &mut Ui,
    mut rest: Rect,
    keys: bool,
    state: &mut State,
    view: &View,
    controls: &dyn Controls,
) {
    let page = &mut state.library;
    if !page.begun {
        page.begun = true;
        page.ask_again(controls);
    }
    page.take_up(view, controls);
    let dropped = ui.input(|input| input.raw.dropped_files.first().cloned());
    if let Some(file) = dropped {
        page.ask_with_file(file.path().to_owned(), controls);
    }
    let mut from_top = |height: f32, gap: f32| {
        let row = Rect::from_min_size(rest.min, vec2(rest.width(), height));
        rest.min.y += height + gap;
        row
    };
    let asking_rect = from_top(ASKING, 8.0);
    let filters_rect = from_top(FILTERS, 6.0);
    let heard_rect = view.library.asked.as_ref().map(|_| from_top(HEARD, 6.0));
    let mut from_bottom = |height: f32, gap: f32| {
        let row = rest.with_min_y(rest.bottom() - height);
        rest.max.y -= height + gap;
        row
    };
    let footer_rect = from_bottom(FOOTER, 6.0);
    let keys_rect = keys.then(|| from_bottom(KEYBOARD, 8.0));
    let chosen_rect = from_bottom(CHOSEN, 6.0);

    on_card(ui, asking_rect, |ui| {
        asking::asking(ui, page, view, controls)
    });
    row(ui, filters_rect, |ui| {
        asking::filters(ui, page, view, controls)
    });
    if let (Some(rect), Some(asked)) = (heard_rect, &view.library.asked) {
        row(ui, rect, |ui| heard::heard(ui, page, asked, controls));
    }
    ui.painter().rect_filled(rest, theme::ROUND, theme::CARD);
    ui.scope_builder(UiBuilder::new().max_rect(rest.shrink(8.0)), |ui| {
        list::list(ui, page, view, controls);
    });
    row(ui, chosen_rect, |ui| {
        chosen::chosen(ui, page, view, controls)
    });
    if let Some(rect) = keys_rect {
        spoken::grouped(ui, rect, "Keyboard", |ui| {
            keyboard::keyboard(ui, rect, view, controls, &mut state.pressed);
        });
    }
    row(ui, footer_rect, |ui| {
        footer::footer(ui, page, view, controls)
    });
    if let Some(file) = page.to_ask.show(ui) {
        page.ask_with_file(file, controls);
    }
    if let Some(path) = page.to_add.show(ui) {
        controls.library(LibraryOrder::Add(vec![path]));
    }
}
