//! Genre, mood and instruments, written anew.

use egui::{TextEdit, Ui};

use super::{Corrector, as_heard};
use crate::analysis::song::{Corrections, SongDescription};
use crate::editor::page::name_it;
use crate::jobs::song::Heard;

/// Tags that can be written.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Tag {
    Genre,
    Mood,
    Instruments,
}

impl Tag {
    const ALL: [(Self, &'static str); 3] = [
        (Self::Genre, "Genre"),
        (Self::Mood, "Mood"),
        (Self::Instruments, "Instruments"),
    ];

    /// What is heard, in words.
    fn heard(self, song: &SongDescription) -> String {
        match self {
            Self::Genre => song
                .tags
                .genres
                .first()
                .map_or(String::new(), |tag| tag.name.clone()),
            Self::Mood => song
                .mood
                .as_ref()
                .map_or(String::new(), |mood| mood.name.clone()),
            Self::Instruments => {
                let names = song.tags.instruments.iter().map(|tag| tag.name.as_str());
                names.collect::<Vec<_>>().join(", ")
            }
        }
    }

    fn is_told(self, told: &Corrections) -> bool {
        match self {
            Self::Genre => told.genre.is_some(),
            Self::Mood => told.mood.is_some(),
            Self::Instruments => told.instruments.is_some(),
        }
    }

    /// Tells it; nothing written is as heard.
    fn tell(self, told: &mut Corrections, written: &str) {
        let written = Some(written.trim().to_owned()).filter(|written| !written.is_empty());
        match self {
            Self::Genre => told.genre = written,
            Self::Mood => told.mood = written,
            Self::Instruments => {
                let list = |text: String| {
                    let names = text
                        .split(',')
                        .map(str::trim)
                        .filter(|name| !name.is_empty());
                    names.map(str::to_owned).collect()
                };
                told.instruments = written.map(list);
            }
        }
    }
}

impl Corrector {
    pub(super) fn tags(&mut self, ui: &mut Ui, heard: &Heard, told: &mut Corrections) {
        for (tag, name) in Tag::ALL {
            ui.horizontal(|ui| {
                ui.label(name);
                let before = tag.heard(&heard.description);
                let mut written = match &self.tag {
                    Some((open, written)) if *open == tag => written.clone(),
                    _ => before.clone(),
                };
                let field = TextEdit::singleline(&mut written).char_limit(120);
                let field = ui.add(field.desired_width(240.0).hint_text("none told"));
                name_it(&field, name, egui::Role::TextInput);
                if field.changed() {
                    self.tag = Some((tag, written.clone()));
                }
                if field.lost_focus() && self.tag.as_ref().is_some_and(|(open, _)| *open == tag) {
                    self.tag = None;
                    if written.trim() != before {
                        tag.tell(told, &written);
                    }
                }
                if as_heard(ui, &name.to_lowercase(), tag.is_told(&heard.told)) {
                    tag.tell(told, "");
                }
            });
        }
    }
}
