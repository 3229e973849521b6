//! The picture of an instrument: its middle note, partials and noise over time.

use std::sync::Arc;

use egui::epaint::RectShape;
use egui::{
    Align2, Color32, ColorImage, Rect, Role, Sense, TextureHandle, TextureOptions, Ui, WidgetInfo,
    pos2, vec2,
};

use crate::editor::theme;
use crate::instrument::slots::{
    NOISE_ROWS, NOTE_SECONDS, PARTIAL_ROWS, band_edges, key_frequency, multiples, time_grid,
};
use crate::instrument::{Instrument, NoteModel};

/// Pixels of the picture, before it is stretched.
const WIDTH: usize = 360;
const HEIGHT: usize = 200;
/// Frequencies at the bottom and the top, Hz; the scale between is logarithmic.
const BOTTOM_HZ: f64 = 80.0;
const TOP_HZ: f64 = 15_500.0;
/// Levels drawn black and white, dB.
const DARK_DB: f32 = -78.0;
const BRIGHT_DB: f32 = -6.0;
/// The note drawn.
const KEY: u8 = 60;
const VELOCITY: u8 = 96;
/// Noise is spread over its band where a partial is one line: as loud, it is drawn fainter.
const NOISE_DIMMED_DB: f32 = 10.0;

/// The picture of the last instrument shown.
#[derive(Default)]
pub struct Picture {
    drawn: Option<(Arc<Instrument>, TextureHandle)>,
}

impl Picture {
    /// Shows the instrument over the whole of `rect`. UI thread.
    pub fn show(&mut self, ui: &mut Ui, rect: Rect, instrument: Option<&Arc<Instrument>>) {
        let response = ui.interact(rect, ui.scope_id().with("picture"), Sense::hover());
        response.widget_info(|| {
            let name = instrument.map_or("no instrument", |instrument| &instrument.name);
            WidgetInfo::labeled(Role::Image, true, format!("Picture of {name}"))
        });
        let painter = ui.painter().with_clip_rect(rect);
        painter.rect_filled(
            rect,
            theme::ROUND_SMALL,
            Color32::from_rgb(0x0d, 0x0e, 0x13),
        );
        let Some(instrument) = instrument else {
            return;
        };
        let fresh = self
            .drawn
            .as_ref()
            .is_some_and(|(drawn, _)| Arc::ptr_eq(drawn, instrument));
        if !fresh {
            let image = match instrument.note(KEY, VELOCITY) {
                Some(note) => draw(&note),
                None => ColorImage::filled([1, 1], Color32::TRANSPARENT),
            };
            let texture = ui
                .ctx()
                .load_texture("instrument", image, TextureOptions::LINEAR);
            self.drawn = Some((instrument.clone(), texture));
        }
        if let Some((_, texture)) = &self.drawn {
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            painter.add(
                RectShape::filled(rect, theme::ROUND, Color32::WHITE)
                    .with_texture(texture.id(), whole),
            );
        }
        let faint = Color32::from_white_alpha(110);
        for (hz, text) in [(200.0, "200 Hz"), (1000.0, "1 kHz"), (5000.0, "5 kHz")] {
            let y = rect.bottom() - place_of(hz) as f32 * rect.height();
            painter.hline(rect.x_range(), y, (1.0, Color32::from_white_alpha(14)));
            let at = pos2(rect.left() + 6.0, y - 2.0);
            painter.text(at, Align2::LEFT_BOTTOM, text, theme::small(), faint);
        }
        for (seconds, text) in [(0.1, "0.1 s"), (0.5, "0.5 s"), (3.0, "release")] {
            let x = rect.left() + place_at(seconds) * rect.width();
            painter.vline(x, rect.y_range(), (1.0, Color32::from_white_alpha(14)));
            let at = pos2(x + 4.0, rect.bottom() - 4.0);
            painter.text(at, Align2::LEFT_BOTTOM, text, theme::small(), faint);
        }
        // Which key it is, below the button that lies on the picture.
        let at = rect.right_top() + vec2(-8.0, 44.0);
        painter.text(at, Align2::RIGHT_TOP, "C4", theme::small(), faint);
    }
}

/// Height of a frequency in the picture, 0 to 1.
fn place_of(hz: f64) -> f64 {
    (hz / BOTTOM_HZ).ln() / (TOP_HZ / BOTTOM_HZ).ln()
}

/// Place of a moment from left to right, 0 to 1. The onset is stretched: that is where sounds
/// differ most.
fn place_at(seconds: f32) -> f32 {
    (seconds / NOTE_SECONDS).powf(0.42)
}

fn draw(note: &NoteModel) -> ColorImage {
    let columns: Vec<(usize, f32)> = (0..WIDTH)
        .map(|x| {
            let place = (x as f32 + 0.5) / WIDTH as f32;
            moment(NOTE_SECONDS * place.powf(1.0 / 0.42))
        })
        .collect();
    let mut power = vec![0.0f32; WIDTH * HEIGHT];
    let mut line = |row: usize, low: f64, high: f64, dimmed: f32| {
        let levels = note.row(row);
        let bottom = (low * HEIGHT as f64).max(0.0) as usize;
        let top = ((high * HEIGHT as f64).ceil().max(0.0) as usize).min(HEIGHT);
        for y in bottom..top {
            let pixels = &mut power[(HEIGHT - 1 - y) * WIDTH..][..WIDTH];
            for (pixel, &(time, share)) in pixels.iter_mut().zip(&columns) {
                let db = levels[time] + (levels[time + 1] - levels[time]) * share - dimmed;
                *pixel += 10f32.powf(db / 10.0);
            }
        }
    };
    for band in 0..NOISE_ROWS {
        let edges = &band_edges()[band..];
        let (low, high) = (place_of(edges[0].max(1.0)), place_of(edges[1]));
        line(PARTIAL_ROWS + band, low, high, NOISE_DIMMED_DB);
    }
    let pixel = 1.0 / HEIGHT as f64;
    for row in 0..PARTIAL_ROWS {
        let sharp = f64::from(note.cents[row] / 1200.0).exp2();
        for multiple in multiples(row) {
            let at = place_of(key_frequency(f64::from(KEY)) * multiple * sharp);
            if (0.0..1.0).contains(&at) {
                line(row, at - pixel / 2.0, at + pixel / 2.0, 0.0);
            }
        }
    }
    let pixels = power
        .iter()
        .map(|&power| {
            let db = 10.0 * power.max(1e-12).log10();
            colour((db - DARK_DB) / (BRIGHT_DB - DARK_DB))
        })
        .collect();
    ColorImage::new([WIDTH, HEIGHT], pixels)
}

/// The time grid's point before a moment, and the share of the way to the next.
fn moment(seconds: f32) -> (usize, f32) {
    let grid = time_grid();
    let after = grid
        .partition_point(|&time| time <= seconds)
        .clamp(1, grid.len() - 1);
    let (from, to) = (grid[after - 1], grid[after]);
    (after - 1, ((seconds - from) / (to - from)).clamp(0.0, 1.0))
}

/// Night blue over violet and orange to pale yellow.
fn colour(level: f32) -> Color32 {
    const STOPS: [[f32; 3]; 6] = [
        [13.0, 14.0, 19.0],
        [34.0, 27.0, 71.0],
        [104.0, 34.0, 104.0],
        [198.0, 72.0, 78.0],
        [255.0, 164.0, 72.0],
        [255.0, 243.0, 204.0],
    ];
    let at = level.clamp(0.0, 1.0) * (STOPS.len() - 1) as f32;
    let stop = (at as usize).min(STOPS.len() - 2);
    let share = at - stop as f32;
    let mix = |channel: usize| {
        let (from, to) = (STOPS[stop][channel], STOPS[stop + 1][channel]);
        (from + (to - from) * share) as u8
    };
    Color32::from_rgb(mix(0), mix(1), mix(2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instrument::slots::harmonic_row;

    #[test]
    fn a_partial_is_a_line_at_its_frequency_while_it_sounds() {
        let mut note = NoteModel::silent();
        let row = harmonic_row(4).unwrap();
        note.row_mut(row)[..64].fill(0.0);
        let image = draw(&note);
        let y = HEIGHT - 1 - (place_of(key_frequency(60.0) * 4.0) * HEIGHT as f64) as usize;
        let brightness = |x: usize, y: usize| {
            let pixel = image.pixels[y * WIDTH + x];
            u32::from(pixel.r()) + u32::from(pixel.g()) + u32::from(pixel.b())
        };
        let early = (place_at(0.05) * WIDTH as f32) as usize;
        let late = (place_at(1.0) * WIDTH as f32) as usize;
        assert!(brightness(early, y) > 600);
        assert!(brightness(late, y) < 60);
        assert!(brightness(early, y + 20) < 60);
    }

    #[test]
    fn moments_lie_within_the_grid() {
        assert_eq!(moment(0.0), (0, 0.0));
        let (last, share) = moment(NOTE_SECONDS);
        assert_eq!((last, share), (time_grid().len() - 2, 1.0));
    }
}
