//! A stretch of the song on its bars.

use std::sync::Arc;

use egui::{Align2, Color32, Rect, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::analysis::song::SongDescription;
use crate::editor::theme;
use crate::jobs::song::Taken;

/// Room for the bar numbers, above the sound.
const NUMBERS: f32 = 13.0;
/// Bars narrower than this have no number.
const NARROW: f32 = 22.0;
/// Beats nearer to each other than this have no line.
const DENSE: f32 = 5.0;
/// Sound softer than this isn't drawn larger.
const SOFT: f32 = 0.05;

/// What is drawn, worked out once.
#[derive(Default)]
pub struct Waveform {
    of: Option<Arc<Taken>>,
    /// Lowest and highest sample of each column, ±1 for the loudest.
    columns: Vec<(f32, f32)>,
}

impl Waveform {
    /// Shows `taken` over the whole of `rect`: its sound, a line for each beat and bar, the bars'
    /// numbers, and the chords that are heard. UI thread.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        taken: &Arc<Taken>,
        heard: Option<&SongDescription>,
    ) {
        let width = rect.width().max(1.0) as usize;
        let known = self.of.as_ref().is_some_and(|of| Arc::ptr_eq(of, taken));
        if !known || self.columns.len() != width {
            self.columns = columns(&taken.frames, width);
            self.of = Some(taken.clone());
        }
        let painter = ui.painter();
        let sound = rect.with_min_y(rect.top() + NUMBERS);
        painter.rect_filled(sound, theme::ROUND_SMALL, theme::FIELD);
        let frames = taken.frames.len().max(1) as f32;
        let x = |frame: usize| rect.left() + rect.width() * frame as f32 / frames;
        let line = |frame: usize, colour: Color32| {
            painter.vline(x(frame), sound.y_range(), Stroke::new(1.0, colour));
        };
        let beats = taken.beats.len() as f32;
        for beat in &taken.beats {
            if beat.frame > 0 && !beat.is_downbeat && rect.width() > beats * DENSE {
                line(beat.frame, theme::LINE);
            }
        }
        draw(ui, sound, &self.columns);
        let narrow = rect.width() < taken.bars.len() as f32 * NARROW;
        for (index, bar) in taken.bars.iter().enumerate() {
            if bar.frame > 0 {
                line(bar.frame, theme::TEXT_WEAK);
            }
            if !narrow || index % 4 == 0 {
                let at = pos2(x(bar.frame) + 1.0, rect.top() - 1.0);
                let number = bar.number.to_string();
                painter.text(
                    at,
                    Align2::LEFT_TOP,
                    number,
                    theme::small(),
                    theme::TEXT_WEAK,
                );
            }
        }
        chords(ui, sound, taken, heard);
        let response = ui.interact(rect, ui.scope_id().with("waveform"), Sense::hover());
        let name = format!("Taken: {}", taken.title());
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, &name));
    }
}

/// The names of the chords where they begin, those that have room.
fn chords(ui: &Ui, sound: Rect, taken: &Taken, heard: Option<&SongDescription>) {
    let painter = ui.painter();
    let x =
        |seconds: f64| sound.left() + sound.width() * (seconds / taken.seconds().max(1e-9)) as f32;
    for chord in heard.iter().flat_map(|heard| &heard.chords) {
        let name = painter.layout_no_wrap(chord.name.clone(), theme::small(), theme::TEXT);
        if name.size().x + 3.0 <= x(chord.end) - x(chord.start) {
            let at = pos2(x(chord.start) + 3.0, sound.bottom() - name.size().y);
            let behind = Rect::from_min_size(at, name.size()).expand2(vec2(2.0, 0.0));
            painter.rect_filled(behind, theme::ROUND_SMALL, theme::CARD);
            painter.galley(at, name, theme::TEXT);
        }
    }
}

/// Draws columns from the left of `rect` on, a point each.
pub(super) fn draw(ui: &Ui, rect: Rect, columns: &[(f32, f32)]) {
    let half = 0.5 * (rect.height() - 4.0);
    let y = |level: f32| rect.center().y - level * half;
    for (index, (low, high)) in columns.iter().enumerate() {
        ui.painter().vline(
            rect.left() + index as f32 + 0.5,
            y(*high) - 0.5..=y(*low) + 0.5,
            Stroke::new(1.0, theme::READY),
        );
    }
}

/// The lowest and highest sample of each of so many columns.
pub(super) fn columns(frames: &[[f32; 2]], count: usize) -> Vec<(f32, f32)> {
    let bounds = |frames: &[[f32; 2]]| {
        let samples = frames.iter().flatten();
        samples.fold((0.0f32, 0.0f32), |(low, high), x| {
            (low.min(*x), high.max(*x))
        })
    };
    let (low, high) = bounds(frames);
    let scale = 1.0 / high.max(-low).max(SOFT);
    (0..count)
        .map(|index| {
            let edge = |index: usize| index * frames.len() / count;
            let (low, high) = bounds(&frames[edge(index)..edge(index + 1)]);
            (low * scale, high * scale)
        })
        .collect()
}
