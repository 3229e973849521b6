//! The effect's page: whose window it is, the song on its track, its parts, and where what is taken is saved;
//! or the settings.

use std::path::Path;

use egui::{Align, Layout, RichText, Ui};

use super::settings::SettingsPage;
use super::song::{self, Listening, Strip, song};
use super::stem::{self, StemControls, StemPage, Stemming};
use super::{FILES, HEADER, MARGIN, files, focus, header, row};
use crate::editor::theme;
use crate::editor::widgets::{meter, zoom};
use crate::jobs::song::Source;
use crate::jobs::{Song, SongOrder, Stem};
use crate::params::stems::StemsParams;

/// A moment of the plugin instance, as the page shows it.
#[derive(Clone, Debug, Default)]
pub struct StemsView {
    /// How it stands with listening to the track.
    pub song: Song,
    /// How it stands with the stem.
    pub stem: Stem,
    /// What undo changes, in words; nothing to undo otherwise.
    pub before: Option<String>,
    /// The same of redo.
    pub after: Option<String>,
    /// Highest sample on it since the view before (linear).
    pub peak: f32,
    /// Highest sample that has left since then, the stem in it (linear).
    pub output_peak: f32,
}

/// What the page can do. All methods are for the UI thread and return at once.
pub trait StemsControls: StemControls {
    /// How things are now. Call once a frame.
    fn view(&self) -> StemsView;
    /// The host's parameters.
    fn params(&self) -> &StemsParams;
    /// Listens to the track, and takes bars of it; [`StemsView::song`] shows what comes of it.
    fn song(&self, order: SongOrder);
}

/// What the page remembers between frames; nothing of it is saved.
pub struct StemsState {
    strip: Strip,
    stem: StemPage,
    files: files::Files,
    settings: SettingsPage,
}

impl Default for StemsState {
    fn default() -> Self {
        Self {
            strip: Strip::default(),
            stem: StemPage::default(),
            files: files::Files::default(),
            settings: SettingsPage::new(Path::new(""), false),
        }
    }
}

impl StemsState {
    /// A page whose files go to `folder` unless the user names another. Any thread.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self {
            files: files::Files::in_folder(folder),
            stem: StemPage::in_folder(folder),
            settings: SettingsPage::new(folder, true),
            ..Self::default()
        }
    }
}

/// Shows the page and does what the user asks. UI thread.
pub fn ui(ui: &mut Ui, state: &mut StemsState, controls: &dyn StemsControls) {
    let view = controls.view();
    let whole = ui.max_rect();
    ui.painter().rect_filled(whole, 0, theme::BACKGROUND);
    let inside = whole.shrink(MARGIN);
    let top = inside.with_max_y(inside.top() + HEADER);
    let bottom = inside.with_min_y(inside.bottom() - FILES);
    let between = inside
        .with_min_y(top.bottom() + 8.0)
        .with_max_y(bottom.top() - theme::GAP);
    // In a low window there is room for the song alone.
    let both = between.height() >= song::HEIGHT + theme::GAP + stem::LEAST;
    let strip = if both {
        between.with_max_y(between.top() + song::HEIGHT)
    } else {
        between
    };
    row(ui, top, |ui| {
        header::title(ui, "Consort Stems");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            header::gear(ui, &mut state.settings);
            zoom::zoom(ui);
            header::steps(ui, &view.before, &view.after, controls);
            ui.add_space(8.0);
            meter::meter(ui, "Output level", view.output_peak, header::METERS);
        });
    });
    if state.settings.shown {
        state.settings.show(ui, inside.with_min_y(between.top()));
        focus::follow(ui);
        return;
    }
    let listening = Listening {
        song: &view.song,
        peak: view.peak,
        source: Source::Track,
        order: &|order| controls.song(order),
    };
    let folder = state.files.place();
    song(ui, strip, &mut state.strip, &folder, &listening);
    if both {
        let params = controls.params();
        let stemming = Stemming {
            stem: &view.stem,
            controls,
            level: &params.level,
            on: &params.on,
            track: Some(&params.track),
            outputs: None,
        };
        let rest = between.with_min_y(strip.bottom() + theme::GAP);
        state.stem.show(ui, rest, &folder, &stemming);
    }
    row(ui, bottom, |ui| {
        ui.label(RichText::new("Folder").color(theme::TEXT_WEAK));
        files::place(ui, &mut state.files, "Where what is taken is saved");
    });
    focus::follow(ui);
}
