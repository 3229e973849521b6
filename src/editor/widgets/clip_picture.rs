//! A recording as a picture, and where it begins.

use std::sync::Arc;

use egui::{Align2, Rect, Sense, Ui, WidgetInfo};

use super::waveform::{columns, draw};
use crate::editor::theme;
use crate::jobs::stem::recording::Recording;

/// Room for what is said of it, above the sound.
const WORDS: f32 = 16.0;

/// What is drawn, worked out once.
#[derive(Default)]
pub struct ClipPicture {
    of: Option<Arc<Recording>>,
    /// Lowest and highest sample of each column, ±1 for the loudest.
    columns: Vec<(f32, f32)>,
}

impl ClipPicture {
    /// Shows `recording` over the whole of `rect`, as soon as its sound is there. UI thread.
    pub fn show(&mut self, ui: &mut Ui, rect: Rect, recording: &Arc<Recording>) {
        let width = rect.width().max(1.0) as usize;
        let known = self
            .of
            .as_ref()
            .is_some_and(|of| Arc::ptr_eq(of, recording));
        if !known || self.columns.len() != width {
            let frames = recording.frames();
            self.columns = frames.map_or_else(Vec::new, |frames| columns(&frames, width));
            self.of = Some(recording.clone());
        }
        let words = words(recording);
        let painter = ui.painter();
        painter.text(
            rect.left_top(),
            Align2::LEFT_TOP,
            &words,
            theme::small(),
            theme::TEXT_WEAK,
        );
        let sound = rect.with_min_y(rect.top() + WORDS);
        painter.rect_filled(sound, theme::ROUND_SMALL, theme::FIELD);
        draw(ui, sound, &self.columns);
        let response = ui.interact(rect, ui.scope_id().with("recording"), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, &words));
    }
}

/// "verse.wav, 3:25, begins 16 quarter notes into the song".
fn words(recording: &Recording) -> String {
    let seconds = recording.seconds().round() as u64;
    let begins = (recording.begins() * 100.0).round() / 100.0;
    let begins = match begins == 0.0 {
        true => "begins with the song".to_owned(),
        false => format!("begins {begins} quarter notes into the song"),
    };
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    format!("{}, {minutes}:{seconds:02}, {begins}", recording.name())
}
