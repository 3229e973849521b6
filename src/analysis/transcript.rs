//! From what a transcription model heard in a sound to its notes.

use super::notes::{self, Decoding, HeardNote};
use super::posterior::{Contours, Posterior};
use super::sound::Sound;
use super::{bell_notes, note_levels, overtones};

/// The notes of a sound, sorted by their start, without overtones and those of bells, and as loud as they are. Any thread but audio.
#[must_use]
pub fn of(sound: &Sound, posterior: &Posterior, contours: &Contours) -> Vec<HeardNote> {
    let decoded = notes::decode(posterior, contours, Decoding::default());
    let mono = sound.for_analysis();
    let joined = bell_notes::joined(decoded, &mono, posterior);
    let mut notes = overtones::left_out(joined, &mono, posterior);
    let samples = sound.channels().iter().flatten();
    let peak = samples.fold(0.0f32, |peak, x| peak.max(x.abs()));
    note_levels::measure(&mut notes, &mono, peak);
    notes
}
