//! The strip that listens to the song, on the sidechain or the track, and takes bars of it.

use std::path::Path;

use egui::text::LayoutJob;
use egui::{Align, Button, Label, Layout, Rect, RichText, Ui, UiBuilder, pos2, vec2};

use super::heard::Corrector;
use super::{name_it, routes, row};
use crate::analysis::song::live::Now;
use crate::editor::theme;
use crate::editor::widgets::{meter, spoken, waveform::Waveform};
use crate::jobs::song::{BARS, Hearing, Progress, Song, Source};
use crate::jobs::{Said, SongOrder};

/// Height of the instrument's strip: as much as the keyboard's, whose place it takes in a low window.
pub(super) const HEIGHT: f32 = super::KEYBOARD;
/// Height of its buttons.
const BUTTONS: f32 = 28.0;
/// Width of the text beside the picture.
const TEXT: f32 = 206.0;
/// Height of a row of it.
const ROW: f32 = 15.0;
/// Most rows of a sentence.
const SENTENCE: usize = 3;
/// Width of the level meter.
const METER: f32 = 50.0;

/// What the strip shows and asks for.
pub(super) struct Listening<'a> {
    pub(super) song: &'a Song,
    /// Highest sample since the frame before.
    pub(super) peak: f32,
    pub(super) source: Source,
    pub(super) order: &'a dyn Fn(SongOrder),
}

/// What the strip remembers between frames.
#[derive(Default)]
pub(super) struct Strip {
    /// Shown or hidden by the user; otherwise it is shown while Consort listens.
    chosen: Option<bool>,
    waveform: Waveform,
    corrector: Corrector,
}

impl Strip {
    /// Whether it is shown.
    pub(super) fn is_shown(&self, song: &Song) -> bool {
        self.chosen.unwrap_or(song.listens)
    }

    /// Shows or hides it.
    pub(super) fn choose(&mut self, shown: bool) {
        self.chosen = Some(shown);
    }
}

/// Shows the strip in `rect`; what is saved goes to `folder`.
pub(super) fn song(
    ui: &mut Ui,
    rect: Rect,
    strip: &mut Strip,
    folder: &Path,
    listening: &Listening,
) {
    let song = listening.song;
    ui.painter().rect_filled(rect, theme::ROUND, theme::CARD);
    let inside = rect.shrink2(vec2(12.0, 6.0));
    let buttons = inside.with_max_y(inside.top() + BUTTONS);
    let below = inside.with_min_y(buttons.bottom() + 4.0);
    row(ui, buttons, |ui| {
        ui.spacing_mut().interact_size.y = BUTTONS;
        switch(ui, listening);
        ui.add_enabled_ui(song.listens, |ui| match &song.progress {
            Some(progress) => waiting(ui, progress, listening),
            None => taking(ui, listening),
        });
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            saving(ui, strip, folder, listening);
        });
    });
    let text = below.with_max_x(below.left() + TEXT);
    ui.scope_builder(UiBuilder::new().max_rect(text), |ui| {
        if let Some(heard) = song.heard_in_it() {
            strip.corrector.ask_tempo(ui, heard, listening.order);
        }
        about(ui, listening);
    });
    let picture = below.with_min_x(text.right() + 8.0);
    match &song.taken {
        Some(taken) => {
            let heard = song.heard_in_it().map(|heard| &heard.description);
            strip.waveform.show(ui, picture, taken, heard);
        }
        None => {
            let field = picture.with_min_y(picture.top() + 13.0);
            ui.painter()
                .rect_filled(field, theme::ROUND_SMALL, theme::FIELD);
        }
    }
}

/// The switch, the level, and how many bars.
fn switch(ui: &mut Ui, listening: &Listening) {
    let mut listens = listening.song.listens;
    let hint = match listening.source {
        Source::Sidechain => {
            "Remembers the last two minutes of what is routed into Consort's sidechain"
        }
        Source::Track => "Remembers the last two minutes of this track",
    };
    if ui
        .checkbox(&mut listens, "Listen")
        .on_hover_text(hint)
        .changed()
    {
        (listening.order)(SongOrder::Listen(listens));
    }
    meter::meter(ui, "Song level", listening.peak, METER);
    ui.spacing_mut().item_spacing.x = 3.0;
    ui.spacing_mut().button_padding.x = 7.0;
    ui.add_space(5.0);
    for bars in BARS {
        let chosen = listening.song.bars == bars;
        let name = format!("{bars} {}", plural(bars));
        if spoken::radio(ui, chosen, bars.to_string(), &name).clicked() {
            (listening.order)(SongOrder::Bars(bars));
        }
    }
    ui.label(RichText::new("bars").color(theme::TEXT_WEAK));
    ui.spacing_mut().item_spacing.x = 8.0;
    ui.add_space(5.0);
}

fn plural(bars: u32) -> &'static str {
    if bars == 1 { "bar" } else { "bars" }
}

fn taking(ui: &mut Ui, listening: &Listening) {
    let last = Button::new("Take last").min_size(vec2(76.0, BUTTONS));
    let hint =
        "Takes the last bars that were heard whole; while the song stands still, as many seconds";
    if ui.add(last).on_hover_text(hint).clicked() {
        (listening.order)(SongOrder::TakeLast);
    }
    let next = Button::new("From next bar").min_size(vec2(100.0, BUTTONS));
    let hint = "Waits for the next bar and takes the bars from there";
    if ui.add(next).on_hover_text(hint).clicked() {
        (listening.order)(SongOrder::FromNextBar);
    }
}

/// How far the bars are that are waited for, and the buttons that end it.
fn waiting(ui: &mut Ui, progress: &Progress, listening: &Listening) {
    let mut end = |text: &str, name: &str, order: SongOrder| {
        let button = ui.add(Button::new(text).min_size(vec2(56.0, BUTTONS)));
        name_it(&button, name, egui::Role::Button);
        if button.clicked() {
            (listening.order)(order);
        }
    };
    end("Stop", "Stop taking bars", SongOrder::Stop);
    end("Cancel", "Cancel taking bars", SongOrder::Cancel);
    let text = match progress {
        Progress::Waiting => "Waiting for a bar".to_owned(),
        Progress::Bars(whole) => format!("Bar {} of {}", whole + 1, listening.song.bars),
        Progress::Seconds(seconds) => format!("{seconds:.1} s, no bars"),
    };
    ui.label(RichText::new(text).color(theme::ACCENT));
}

/// From the right: what can be done with what was taken, or how to get anything.
fn saving(ui: &mut Ui, strip: &mut Strip, folder: &Path, listening: &Listening) {
    ui.spacing_mut().button_padding.x = 9.0;
    if listening.song.taken.is_some() {
        let saves = folder.is_absolute();
        let hint = "Saves what was taken in the folder, as 24-bit WAV";
        let button = ui.add_enabled(saves, Button::new("Save WAV"));
        if button.on_hover_text(hint).clicked() {
            (listening.order)(SongOrder::Save(folder.to_owned()));
        }
    }
    if let Some(heard) = listening.song.heard_in_it() {
        strip.corrector.menu(ui, heard, folder, listening.order);
    }
    if listening.source == Source::Sidechain {
        routes::menu(ui);
    }
}

/// What plays now, in words.
fn playing(now: &Now) -> String {
    match now.chord {
        Some(chord) => format!("Now: {}, {chord}", now.key),
        None => format!("Now: {}", now.key),
    }
}

/// What was taken, or what went wrong, or what to do.
fn about(ui: &mut Ui, listening: &Listening) {
    let song = listening.song;
    ui.spacing_mut().item_spacing.y = 1.0;
    let small = |ui: &mut Ui, text: &str, colour, rows: usize| {
        let width = ui.available_width();
        let mut lines = LayoutJob::simple(text.to_owned(), theme::small(), colour, width);
        lines.wrap.max_rows = rows;
        ui.add(Label::new(lines).wrap()).on_hover_text(text);
    };
    // As many as there is room for.
    let mut rows = (ui.available_height() / ROW).max(3.0) as usize;
    let mut line = |ui: &mut Ui, text: &str, colour, most: usize| {
        if rows > 0 {
            small(ui, text, colour, most.min(rows));
        }
        rows = rows.saturating_sub(most);
    };
    if let Some(now) = &song.now {
        line(ui, &playing(now), theme::ACCENT, 1);
    }
    if let Some(taken) = &song.taken {
        let title = format!("{}, {:.1} s", taken.title(), taken.seconds());
        line(ui, &title, theme::TEXT, 1);
    } else if let Some(heard) = song.heard_in_it() {
        line(
            ui,
            &format!("{}, from the project", heard.title),
            theme::TEXT,
            1,
        );
    }
    match (&song.said, &song.hearing) {
        (Some(Said::Fault(_)), _) | (_, None) => {}
        (_, Some(Hearing::Working(part))) => {
            let text = format!("Hearing key, chords and notes: {:.0} %", part * 100.0);
            line(ui, &text, theme::ACCENT, 1);
        }
        (said, Some(Hearing::Done(heard))) => {
            let rows = if said.is_some() { 1 } else { SENTENCE };
            line(ui, &heard.description.sentence, theme::TEXT, rows);
        }
        (_, Some(Hearing::Failed(sentence))) => line(ui, sentence, theme::WRONG, SENTENCE),
    }
    if rows == 0 {
        return;
    }
    match (&song.said, song.listens, song.heard) {
        (Some(Said::Fault(sentence)), ..) => small(ui, sentence, theme::WRONG, rows),
        (Some(Said::Note(sentence)), ..) => small(ui, sentence, theme::TEXT_WEAK, rows),
        (None, false, _) => {
            let hint = match listening.source {
                Source::Sidechain => "Route tracks into Consort's sidechain and switch Listen on.",
                Source::Track => "Switch Listen on and let the song play.",
            };
            small(ui, hint, theme::TEXT_WEAK, rows);
        }
        (None, true, _) if song.quiet => {
            let hint = match listening.source {
                Source::Sidechain => "Nothing plays on the sidechain: see “How to route”.",
                Source::Track => "Nothing plays on this track.",
            };
            small(ui, hint, theme::WRONG, rows);
        }
        (None, true, 0) => small(ui, "Listening", theme::TEXT_WEAK, rows),
        (None, true, heard) => {
            let text = format!("Listening: {heard} whole {} heard", plural(heard));
            small(ui, &text, theme::TEXT_WEAK, rows);
        }
    }
}

/// Where the strip goes, from the page's room; the page gets the rest.
pub(super) fn place(rest: &mut Rect) -> Rect {
    let strip = Rect::from_min_max(pos2(rest.left(), rest.bottom() - HEIGHT), rest.max);
    rest.max.y -= HEIGHT + theme::GAP;
    strip
}
