//! Basic Pitch: from any sound to which keys sound, which begin, and how far from the key they are.
//!
//! Bittner et al., "A lightweight instrument-agnostic model for polyphonic note transcription and
//! multipitch estimation" (ICASSP 2022). The published weights (Apache-2.0) travel inside Consort as
//! `cargo xtask setup` fetches them. The sound is heard in windows of two seconds that overlap.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use super::model::{Model, Origin, Usage};
use super::tensor::{Slot, Tensor};
use super::{Error, runtime};
use crate::analysis::posterior::{CONTOUR_BINS, Contours, KEYS, Posterior};
use crate::analysis::{Sound, audible};

/// The model; `None` when it wasn't there at build time.
const MODEL: Option<&[u8]> = include!(concat!(env!("OUT_DIR"), "/basic_pitch_asset.rs"));

/// Name and bytes of the model's file, if it is built in.
pub(super) fn file() -> Option<(&'static str, &'static [u8])> {
    MODEL.map(|bytes| (NAME, bytes))
}

/// The file's name.
const NAME: &str = "nmp.onnx";

/// Which one that is.
const PINNED: &str = include_str!("../../plugin-assets/basic_pitch.json");

/// The rate it hears, Hz.
const RATE: u32 = 22_050;
/// Samples from frame to frame.
const HOP: usize = 256;
/// Samples and frames of a window.
const WINDOW: usize = 43_844;
const FRAMES: usize = 172;
/// Frames at each end of a window that the next to it hears better.
const EDGE: usize = 15;
/// Samples from window to window.
const STEP: usize = WINDOW - 2 * EDGE * HOP;

const INPUT: &str = "serving_default_input_2:0";
/// The graph's own order is another.
const SOUNDS: &str = "StatefulPartitionedCall:1";
const BEGINS: &str = "StatefulPartitionedCall:2";
const CONTOUR: &str = "StatefulPartitionedCall:0";

/// The sound → keys model.
#[derive(Debug)]
pub struct BasicPitch {
    model: Model,
}

/// The file that Consort was built with.
struct BuiltIn {
    sha256: String,
}

impl Origin for BuiltIn {
    fn file(&self) -> &str {
        NAME
    }

    fn key(&self) -> String {
        format!("{} {}", self.file(), self.sha256)
    }

    fn bytes(&self) -> Result<Cow<'static, [u8]>, Error> {
        let bytes = MODEL.ok_or_else(|| {
            fault("is not built in; run `cargo xtask setup` and build Consort again.")
        })?;
        if self.sha256 != runtime::hex(&Sha256::digest(bytes)) {
            return Err(fault("is not the one it should be; install Consort again."));
        }
        Ok(bytes.into())
    }

    fn fault(&self, what: &str) -> Error {
        fault(what)
    }
}

fn fault(what: &str) -> Error {
    Error::Pack(format!("The transcription model {what}"))
}

impl BasicPitch {
    /// Loads it. Thread: any but audio.
    ///
    /// # Errors
    /// [`Error::Pack`] when it isn't built in, [`Error::Runtime`].
    pub fn load() -> Result<Self, Error> {
        let pinned: serde_json::Value =
            serde_json::from_str(PINNED).map_err(|_| fault("has a damaged description."))?;
        let sha256 = pinned["model_sha256"].as_str().unwrap_or_default();
        let origin = BuiltIn {
            sha256: sha256.to_owned(),
        };
        let row = |width| [None, Some(FRAMES), Some(width)];
        let inputs = [Slot::floats(INPUT, &[None, Some(WINDOW), Some(1)])];
        let outputs = [
            Slot::floats(SOUNDS, &row(KEYS)),
            Slot::floats(BEGINS, &row(KEYS)),
            Slot::floats(CONTOUR, &row(CONTOUR_BINS)),
        ];
        Ok(Self {
            model: Model::of(origin, Usage::Often, &inputs, &outputs)?,
        })
    }

    /// What sounds when. `go_on` is told the share done, 0..=1, after each window, and says whether to
    /// go on. Takes some 40 ms a second of sound, and 2 kB a frame of memory; there are 87 a second.
    /// Thread: as [`BasicPitch::load`].
    ///
    /// # Errors
    /// [`Error::Cancelled`], [`Error::Model`].
    pub fn listen(
        &mut self,
        sound: &Sound,
        go_on: &mut dyn FnMut(f32) -> bool,
    ) -> Result<(Posterior, Contours), Error> {
        let heard = sound.mono_at(RATE);
        let samples = led_in_and_out(&heard);
        let end = sound.seconds();
        let (mut posterior, mut contours) = (Posterior::default(), Contours::default());
        let length = EDGE * HOP + heard.len();
        for (index, start) in (0..length).step_by(STEP).enumerate() {
            let window = &samples[start..start + WINDOW];
            let [sounds, begins, contour] = self.hear(window)?;
            for frame in EDGE..FRAMES - EDGE {
                let samples = index * STEP + (frame - EDGE) * HOP;
                let seconds = samples as f64 / f64::from(RATE);
                if seconds >= end {
                    break;
                }
                posterior.seconds.push(seconds);
                posterior.sounds.push(row(&sounds, frame));
                posterior.begins.push(row(&begins, frame));
                contours.push(row(&contour, frame));
            }
            if !go_on((start + STEP) as f32 / length.max(start + STEP) as f32) {
                return Err(Error::Cancelled);
            }
        }
        // It hears notes in any noise, for it takes each window as loud as the next.
        let audible = audible::at(&heard, RATE, &posterior.seconds);
        for frame in (0..audible.len()).filter(|frame| !audible[*frame]) {
            posterior.sounds[frame] = [0.0; KEYS];
            posterior.begins[frame] = [0.0; KEYS];
            contours[frame] = [0.0; CONTOUR_BINS];
        }
        Ok((posterior, contours))
    }

    fn hear(&mut self, window: &[f32]) -> Result<[Vec<f32>; 3], Error> {
        let given = Tensor::floats(INPUT, &[1, WINDOW, 1], window);
        let outputs = [
            (SOUNDS, FRAMES * KEYS),
            (BEGINS, FRAMES * KEYS),
            (CONTOUR, FRAMES * CONTOUR_BINS),
        ];
        self.model.run(&[given], outputs)
    }
}

/// The sound with what comes before and after it, a window at least: where it begins or ends with a step, as an
/// offset does, that is led to zero, for a step is heard as a note.
fn led_in_and_out(sound: &[f32]) -> Vec<f32> {
    let lead = EDGE * HOP;
    let share = |at: usize| at as f32 / lead as f32;
    let (first, last) = match sound {
        [first, .., last] => (*first, *last),
        _ => (0.0, 0.0),
    };
    let mut samples: Vec<f32> = (0..lead).map(|at| first * share(at)).collect();
    samples.extend(sound);
    samples.extend((0..lead).rev().map(|at| last * share(at)));
    samples.resize(samples.len() + WINDOW, 0.0);
    samples
}

/// One frame of an output.
fn row<const N: usize>(all: &[f32], frame: usize) -> [f32; N] {
    std::array::from_fn(|index| all[frame * N + index])
}
