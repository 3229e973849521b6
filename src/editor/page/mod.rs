//! The instrument page: prompt, variations, sound, picture or factory library, knobs, morph, keyboard,
//! files; the library page; the settings; and the strip of the song below both. One file a row or card. [`stems`] is
//! the effect's page.

mod capture;
mod factory;
mod files;
mod focus;
mod header;
mod heard;
mod kit;
mod knobs;
mod library;
mod morph;
mod parts;
mod prompt;
mod routes;
mod settings;
mod song;
mod sound;
pub(super) mod stem;
pub(super) mod stems;
mod variations;

use std::path::Path;
use std::sync::Arc;

use egui::{Align, Layout, Rect, Ui, UiBuilder, pos2, vec2};

use super::widgets::spoken::{self, name_it};
use super::widgets::{keyboard, picture};
use super::{Controls, View, theme};
use crate::instrument::{Family, Instrument};
use crate::jobs::song::Source;
use crate::jobs::{Request, asks_for_kit};

/// Space around everything.
const MARGIN: f32 = 16.0;
const HEADER: f32 = 34.0;
const PROMPT: f32 = 62.0;
const VARIATIONS: f32 = 34.0;
const SOUND: f32 = 34.0;
const KEYBOARD: f32 = 92.0;
const FILES: f32 = 30.0;
const REPORT: f32 = 18.0;
/// Lower than this, margins included, a page has no room for keyboard and strip.
const BOTH: f32 = 722.0 + KEYBOARD + theme::GAP;

/// Seeds a prompt is tried with, side by side.
const VARIATION_NAMES: [&str; 4] = ["A", "B", "C", "D"];

/// What the page remembers between frames; nothing of it is saved.
pub struct State {
    prompt: String,
    family: Option<Family>,
    /// A drum kit is to be made whatever the prompt says.
    kit: bool,
    pieces: kit::Pieces,
    /// Seed of variation A; B, C and D follow.
    first_seed: u64,
    files: files::Files,
    sound: sound::SoundRow,
    browser: factory::Browser,
    morph: morph::Morph,
    library: library::LibraryPage,
    song: song::Strip,
    stem: stem::StemPage,
    settings: settings::SettingsPage,
    /// A failure that the user has read.
    dismissed: Option<String>,
    /// The key that the pointer holds.
    pressed: Option<u8>,
    picture: picture::Picture,
    /// The instrument whose recipe is in the fields.
    shown: Option<Arc<Instrument>>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            prompt: String::new(),
            family: None,
            kit: false,
            pieces: kit::Pieces::default(),
            first_seed: 1,
            files: files::Files::default(),
            sound: sound::SoundRow::default(),
            browser: factory::Browser::default(),
            morph: morph::Morph::default(),
            library: library::LibraryPage::default(),
            song: song::Strip::default(),
            stem: stem::StemPage::default(),
            settings: settings::SettingsPage::new(Path::new(""), false),
            dismissed: None,
            pressed: None,
            picture: picture::Picture::default(),
            shown: None,
        }
    }
}

impl State {
    /// A page whose files go to `folder` unless the user names another. Any thread.
    pub fn new(folder: &Path) -> Self {
        Self {
            files: files::Files::in_folder(folder),
            sound: sound::SoundRow::in_folder(folder),
            library: library::LibraryPage::in_folder(folder),
            stem: stem::StemPage::in_folder(folder),
            settings: settings::SettingsPage::new(folder, true),
            ..Self::default()
        }
    }

    /// The same page, with sounds browsed from `folder`. Any thread.
    #[must_use]
    pub fn with_sounds(self, folder: &Path) -> Self {
        Self {
            sound: sound::SoundRow::in_folder(folder),
            library: library::LibraryPage::in_folder(folder),
            ..self
        }
    }

    /// The folder where sounds were browsed last. Any thread.
    pub fn sounds(&self) -> &Path {
        self.sound.folder()
    }

    /// Lets go of what the pointer holds: the window is about to close.
    pub(in crate::editor) fn release(&mut self, controls: &dyn Controls) {
        let pressed = [self.pressed.take(), self.pieces.pressed.take()];
        for key in pressed.into_iter().flatten() {
            controls.key(key, None);
        }
    }

    /// Puts the recipe of a new instrument (made, undone to, or loaded) into the fields.
    fn follow(&mut self, instrument: Option<&Arc<Instrument>>) {
        let Some(instrument) = instrument else {
            return;
        };
        let known = self
            .shown
            .as_ref()
            .is_some_and(|shown| Arc::ptr_eq(shown, instrument));
        if known {
            return;
        }
        let recipe = &instrument.recipe;
        if !recipe.prompt.is_empty() && recipe.pack.is_some() && recipe.is_of_words() {
            self.prompt.clone_from(&recipe.prompt);
            self.family = recipe.family;
            self.kit = instrument.kit().is_some() && !asks_for_kit(&recipe.prompt);
            let page = VARIATION_NAMES.len() as u64;
            self.first_seed = recipe.seed.saturating_sub(1) / page * page + 1;
        }
        self.shown = Some(instrument.clone());
    }

    fn request(&self, variation: usize) -> Request {
        Request {
            prompt: self.prompt.trim().to_owned(),
            seed: self.first_seed.saturating_add(variation as u64),
            family: self.family,
            kit: self
                .wants_kit()
                .then(|| self.pieces.wish(self.shown.as_ref())),
            ..Request::default()
        }
    }

    /// Whether what is made next is a drum kit.
    fn wants_kit(&self) -> bool {
        self.kit || self.family.is_none() && asks_for_kit(&self.prompt)
    }

    /// Which variation of the prompt in the field an instrument is.
    fn variation_of(&self, instrument: &Instrument) -> Option<usize> {
        (0..VARIATION_NAMES.len()).find(|&variation| {
            let request = self.request(variation);
            instrument.recipe.is_of_words()
                && instrument.recipe.prompt == request.prompt
                && instrument.recipe.family == request.family
                && instrument.recipe.seed == request.seed
                && instrument.kit().is_some() == request.kit.is_some()
        })
    }
}

/// Shows the page and does what the user asks. UI thread.
pub fn ui(ui: &mut Ui, state: &mut State, controls: &dyn Controls) {
    let view = controls.view();
    state.follow(view.instrument.as_ref());
    let whole = ui.max_rect();
    ui.painter().rect_filled(whole, 0, theme::BACKGROUND);

    let inside = whole.shrink(MARGIN);
    let header_rect = inside.with_max_y(inside.top() + HEADER);
    row(ui, header_rect, |ui| {
        header::header(ui, state, &view, controls);
    });
    let mut rest = inside.with_min_y(header_rect.bottom() + 8.0);
    let mut keys = true;
    if state.song.is_shown(&view.song) {
        let strip = song::place(&mut rest);
        keys = whole.height() >= BOTH;
        let folder = state.files.place();
        let listening = song::Listening {
            song: &view.song,
            peak: view.sidechain_peak,
            source: Source::Sidechain,
            order: &|order| controls.song(order),
        };
        song::song(ui, strip, &mut state.song, &folder, &listening);
    }
    if !keys && let Some(key) = state.pressed.take() {
        controls.key(key, None);
    }
    if state.settings.shown {
        if let Some(key) = state.pressed.take() {
            controls.key(key, None);
        }
        state.settings.show(ui, rest);
    } else if state.stem.shown {
        if let Some(key) = state.pressed.take() {
            controls.key(key, None);
        }
        let params = controls.params();
        let folder = state.files.place();
        let stemming = stem::Stemming {
            stem: &view.stem,
            controls,
            level: &params.stem_level,
            on: &params.stem_on,
            track: None,
            outputs: Some(&params.separate_outputs),
        };
        state.stem.show(ui, rest, &folder, &stemming);
    } else if state.library.shown {
        library::page(ui, rest, keys, state, &view, controls);
    } else {
        instrument(ui, rest, keys, state, &view, controls);
    }
    focus::follow(ui);
}

/// The instrument page; without its keyboard where there is no room for it.
fn instrument(
    ui: &mut Ui,
    mut rest: Rect,
    keys: bool,
    state: &mut State,
    view: &View,
    controls: &dyn Controls,
) {
    let mut from_top = |height: f32, gap: f32| {
        let row = Rect::from_min_size(rest.min, vec2(rest.width(), height));
        rest.min.y += height + gap;
        row
    };
    let prompt_rect = from_top(PROMPT, 8.0);
    let variations_rect = from_top(VARIATIONS, 8.0);
    let sound_rect = from_top(SOUND, 8.0);
    let mut from_bottom = |height: f32, gap: f32| {
        let row = Rect::from_min_max(pos2(rest.left(), rest.bottom() - height), rest.max);
        rest.max.y -= height + gap;
        row
    };
    let report_rect = from_bottom(REPORT, 4.0);
    let files_rect = from_bottom(FILES, theme::GAP);
    let keys_rect = keys.then(|| from_bottom(KEYBOARD, theme::GAP));
    let split = rest.right() - knobs::WIDTH;
    let picture_rect = Rect::from_min_max(rest.min, pos2(split - theme::GAP, rest.bottom()));
    let knobs_rect = Rect::from_min_max(pos2(split, rest.top()), rest.max);

    on_card(ui, prompt_rect, |ui| {
        prompt::prompt(ui, state, view, controls)
    });
    row(ui, variations_rect, |ui| {
        variations::variations(ui, state, view, controls);
    });
    row(ui, sound_rect, |ui| {
        sound::sound(ui, &mut state.sound, view, controls);
    });
    ui.scope_builder(UiBuilder::new().max_rect(picture_rect), |ui| {
        if state.browser.is_open() {
            factory::browser(ui, picture_rect, &mut state.browser, view, controls);
        } else if !kit::kit(ui, state, view, controls) {
            state
                .picture
                .show(ui, picture_rect, view.instrument.as_ref());
        }
        factory::button(ui, picture_rect, &mut state.browser);
    });
    ui.scope_builder(UiBuilder::new().max_rect(knobs_rect), |ui| {
        knobs::knobs(ui, controls, |ui| {
            let folder = state.files.place();
            morph::morph(ui, &mut state.morph, &folder, view, controls);
        });
    });
    if let Some(rect) = keys_rect {
        spoken::grouped(ui, rect, "Keyboard", |ui| {
            keyboard::keyboard(ui, rect, view, controls, &mut state.pressed);
        });
    }
    row(ui, files_rect, |ui| {
        files::files(ui, &mut state.files, view, controls);
    });
    row(ui, report_rect, |ui| {
        files::report(ui, &state.files, view);
    });
}

/// Things side by side, centred on the row's height.
fn row(ui: &mut Ui, rect: Rect, add: impl FnOnce(&mut Ui)) {
    let layout = Layout::left_to_right(Align::Center);
    ui.scope_builder(UiBuilder::new().max_rect(rect).layout(layout), add);
}

fn on_card(ui: &mut Ui, rect: Rect, add: impl FnOnce(&mut Ui)) {
    ui.painter().rect_filled(rect, theme::ROUND, theme::CARD);
    row(ui, rect.shrink2(vec2(12.0, 10.0)), add);
}
