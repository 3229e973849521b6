//! Notes to sound.
//!
//! [`plan`](fn@plan) makes the empty instrument, [`order`] says which columns are needed first, and
//! [`render_columns`] fills them, one callback a column. [`note`] renders one note alone.
//!
//! | module | what it is |
//! |---|---|
//! | `plan` | which columns there are |
//! | `shape` | macros, on levels |
//! | `loops` | where a sound loops, how it decays and ends |
//! | `envelope` | levels to amplitudes over time |
//! | `partials` | the sines |
//! | `unison` | detune, on sines |
//! | `noise` | the noise |
//! | `vectors` | eight numbers at once |
//! | `column` | all of that, for one key at all velocities |
//! | `hit`, `strike` | a piece of a kit at all velocities; macros on its levels |

mod column;
mod envelope;
mod hit;
mod loops;
mod noise;
mod partials;
mod plan;
mod shape;
mod strike;
mod unison;
mod vectors;

#[cfg(test)]
mod tests;

use std::ops::ControlFlow;

pub use plan::{frame_rate, order, plan};

use self::column::{Job, Sound};
use self::envelope::{Envelopes, Motion};
use self::loops::Loop;
use self::noise::NoiseBank;
use super::slots::{MIDDLE_ANCHOR, SILENT_DB, key_frequency};
use super::zone::Column;
use super::{Body, Instrument, Macros, NoteModel};

/// The velocities of a column's layers.
pub const VELOCITIES: [u8; LAYERS] = [32, 64, 96, 127];
/// How many those are.
pub const LAYERS: usize = 4;

/// Amplitude of a sine at the instrument's reference (0 dB): −18 dBFS. The loudest velocity is
/// some 10 dB above it, and chords must fit.
const REFERENCE: f32 = 0.125;
/// The same for kits, whose loudest pieces are near 0 dB and short.
const KIT_REFERENCE: f32 = 0.25;
/// An instrument whose middle note isn't at its reference is made so, within these dB.
const MOST_CORRECTION_DB: f32 = 24.0;

/// Renders the columns of [`plan()`] whose indices are in `order`, calling `ready` with
/// each as it is done. Stops when `cancelled` says so (asked every few milliseconds) or `ready`
/// breaks. The same instrument, rate and macros give the same bits whatever the order.
/// Any thread but audio.
pub fn render_columns(
    instrument: &Instrument,
    host_rate: f32,
    macros: &Macros,
    order: &[u8],
    cancelled: &dyn Fn() -> bool,
    ready: &mut dyn FnMut(u8, Box<Column>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let rate = frame_rate(host_rate);
    let job = Job {
        macros: macros.bounded(),
        rate,
        gain: gain(instrument),
        bank: NoiseBank::shared(rate),
    };
    let columns = plan::columns();
    for &index in order {
        let place = usize::from(index);
        let rendered = match &instrument.body {
            Body::Keys(anchors) => {
                let Some(&keys) = columns.get(place) else {
                    continue;
                };
                column::render(&job, anchors, keys, cancelled)
            }
            Body::Kit(kit) => {
                let Some(piece) = kit.pieces().get(place) else {
                    continue;
                };
                hit::render(&job, piece, kit.strokes(), cancelled)
            }
        };
        match rendered {
            Some(column) => ready(index, Box::new(column))?,
            None => return ControlFlow::Break(()),
        }
    }
    ControlFlow::Continue(())
}

/// Renders one note just as its numbers say, mono, onset and release as on the model's time grid
/// (released at 3 s), without loop, tuning or macros; a level of 0 dB is a sine of amplitude 1.
/// `seconds` up to 4 are described by the model. Any thread but audio.
pub fn note(note: &NoteModel, key: u8, seconds: f32, rate: f32) -> Vec<f32> {
    let envelopes = Envelopes::new(
        std::slice::from_ref(note).try_into().expect("one note"),
        1.0,
        rate,
        None,
        Motion::default(),
    );
    let sound = Sound {
        rate: f64::from(rate),
        hz: key_frequency(f64::from(key)),
        envelopes: &envelopes,
        cents: &note.cents,
        place: None,
        key,
    };
    let length = (seconds.max(0.0) * rate) as usize;
    let mono = Macros {
        width: -1.0,
        ..Macros::default()
    };
    let frames = sound.frames(&NoiseBank::shared(rate), length, &mono, &|| false);
    let [frames] = frames.expect("nobody cancels it");
    frames.iter().map(|frame| frame[0]).collect()
}

/// Changes a note by the macros that act on levels: brightness, attack, decay and body.
/// Any thread but audio.
pub fn shape(note: &mut NoteModel, macros: &Macros) {
    shape::apply(note, macros);
}

/// Amplitude of 0 dB in an instrument's columns.
fn gain(instrument: &Instrument) -> f32 {
    let Body::Keys(anchors) = &instrument.body else {
        return KIT_REFERENCE;
    };
    let middle = anchors.note(MIDDLE_ANCHOR).total_levels();
    let loudest = middle.into_iter().fold(SILENT_DB, f32::max);
    let correction = (-loudest).clamp(-MOST_CORRECTION_DB, MOST_CORRECTION_DB);
    REFERENCE * 10f32.powf(correction / 20.0)
}

/// A number in 0..1 that looks random and is the same everywhere (SplitMix64 of both).
fn chance(a: u64, b: u64) -> f64 {
    let mut z = a
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .wrapping_add(b)
        .wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
}
