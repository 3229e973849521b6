//! The hearing of drums: any sound → how surely each piece of a kit is struck, a hundred times a
//! second, and how hard. Dilated convolutions over a log-mel, trained by `training.drums.hearing`.

use super::model::{Model, Usage};
use super::tensor::{Slot, Tensor};
use super::{Error, Pack};
use crate::analysis::mel::{DRUM_BANDS, DRUM_FRAMES};
use crate::analysis::strokes::Strikes;
use crate::analysis::{Mel, SAMPLE_RATE, Sound};
use crate::music::Piece;

/// Frames that are heard at once, and so many of them at each end only for what is between.
const WINDOW: usize = 3000;
const EDGE: usize = 150;
const PIECES: usize = Piece::ALL.len();

/// The sound → strokes model.
#[derive(Debug)]
pub struct DrumHearing {
    model: Model,
    thresholds: [f32; PIECES],
}

impl DrumHearing {
    /// Loads it. Thread: any but audio.
    ///
    /// # Errors
    /// [`Error::Pack`] or [`Error::Runtime`].
    pub fn load(pack: &Pack) -> Result<Self, Error> {
        let rows = |name, width| Slot::floats(name, &[None, Some(width), None]);
        let outputs = [rows("onsets", PIECES), rows("velocities", PIECES)];
        let inputs = [rows("mel", DRUM_BANDS)];
        let model = Model::load(pack, "drum_hearing", Usage::Often, &inputs, &outputs)?;
        let settings = pack.manifest().drum_hearing.as_ref();
        let thresholds = settings.and_then(|s| s.thresholds.as_slice().try_into().ok());
        let thresholds = thresholds.ok_or_else(|| {
            pack.fault("doesn't say from when on a drum counts as heard; install the pack again.")
        })?;
        Ok(Self { model, thresholds })
    }

    /// What is struck when; nothing in silence. `go_on` is told the share done, 0..=1, and says
    /// whether to go on. Takes some 15 ms a second of sound. Thread: as [`DrumHearing::load`].
    ///
    /// # Errors
    /// [`Error::Cancelled`], [`Error::Model`].
    pub fn listen(
        &mut self,
        sound: &Sound,
        go_on: &mut dyn FnMut(f32) -> bool,
    ) -> Result<Strikes, Error> {
        let mut strikes = Strikes::new(DRUM_FRAMES as f64, self.thresholds);
        let Some(mel) = Mel::for_drums(&sound.mono_at(SAMPLE_RATE)) else {
            return Ok(strikes);
        };
        for start in (0..mel.frames).step_by(WINDOW - 2 * EDGE) {
            let from = start.saturating_sub(EDGE);
            let to = mel.frames.min(start + WINDOW - EDGE);
            let [onsets, velocities] = self.hear(&mel, from..to)?;
            let length = to - from;
            for frame in start - from..(length).min(WINDOW - 2 * EDGE + start - from) {
                let row = |all: &[f32]| std::array::from_fn(|p| all[p * length + frame]);
                let sure = row(&onsets).map(|logit: f32| 1.0 / (1.0 + (-logit).exp()));
                strikes.push(sure, row(&velocities));
            }
            if !go_on(to as f32 / mel.frames as f32) {
                return Err(Error::Cancelled);
            }
        }
        Ok(strikes)
    }

    fn hear(&mut self, mel: &Mel, frames: std::ops::Range<usize>) -> Result<[Vec<f32>; 2], Error> {
        let length = frames.len();
        let rows = mel.cells.chunks_exact(mel.frames);
        let cells: Vec<f32> = rows
            .flat_map(|row| row[frames.clone()].iter().copied())
            .collect();
        let mel = Tensor::floats("mel", &[1, DRUM_BANDS, length], &cells);
        let count = PIECES * length;
        self.model
            .run(&[mel], [("onsets", count), ("velocities", count)])
    }
}
