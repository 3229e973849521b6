//! What a sound is: the listening half of "drop a sound in, play the instrument".
//!
//! A sound file becomes a [`Sound`]; in it the note to learn from is found ([`segment`]), its pitch
//! ([`pitch`]), and the note is written down as partials and noise over time, as the models know
//! notes ([`Analysis`], [`crate::instrument::note`]). [`listen`] does all of it.
//!
//! | module | what it is |
//! |---|---|
//! | [`sound_file`] | files to sound |
//! | [`sound`] | sound as numbers; to one channel at 32 kHz |
//! | [`segment`] | which stretch is the note |
//! | [`pitch`] | its pitch, exactly |
//! | [`timing`] | its times on the model's grid |
//! | [`note`] | the note as levels and frequency offsets |
//! | `envelope` | loudness over time; where a note is let go |
//! | `correlate` | autocorrelation, for the pitch |
//! | `bell`, `struck` | the strike note of a bell; of tubes and bars as well |
//! | `spectrum` | windowed spectra |
//! | `partials`, `noise`, `levels` | the parts of the analysis of a note |
//! | `onset` | the note's beginning, held against its rendering |
//! | `extend` | what a short note doesn't tell |
//! | [`matcher`] | which known sounds play in a mix |
//! | [`mel`] | the spectrogram that the sound encoder hears |
//! | [`song`] | what a song is like: tempo, beats, key, chords |
//! | [`audible`] | where there is anything to hear |
//! | [`posterior`] | which keys sound when, as a transcription model hears it |
//! | [`notes`] | from those likelihoods to notes |
//! | [`transcript`] | the same without overtones ([`overtones`]), each stroke of a bell one note ([`bell_notes`]), and as loud as it is ([`note_levels`]) |
//! | `beginning` | the spectrum of a note's beginning, for both |
//! | [`strokes`] | from likelihoods of drum strokes to the strokes |
//! | [`score`] | from those notes to a song that MIDI files can hold |
//!
//! Nothing here needs a model. All of it is for a background thread, never the audio thread.

pub mod audible;
mod beginning;
mod bell;
pub mod bell_notes;
mod correlate;
mod envelope;
mod extend;
mod levels;
pub mod matcher;
pub mod mel;
mod noise;
pub mod note;
pub mod note_levels;
pub mod notes;
mod onset;
pub mod overtones;
mod partials;
pub mod pitch;
pub mod posterior;
pub mod score;
pub mod segment;
pub mod song;
pub mod sound;
pub mod sound_file;
mod spectrum;
pub mod strokes;
mod struck;
#[cfg(test)]
mod tests;
pub mod timing;
pub mod transcript;

pub use mel::Mel;
pub use note::Analysis;
pub use pitch::Pitch;
pub use posterior::Posterior;
pub use segment::Segment;
pub use sound::{Sound, SoundError};
pub use sound_file::{Extent, ReadError};
pub use spectrum::SAMPLE_RATE;
pub use timing::Timing;

use crate::instrument::NoteModel;
use crate::instrument::slots::key_frequency;

/// The key that a sound without pitch is taken for.
const KEY_WITHOUT_PITCH: f64 = 60.0;

/// The note heard in a sound.
#[derive(Clone, Debug)]
pub struct Heard {
    /// The note, its loudest moment at 0 dB: what an instrument's middle anchor would be. Its
    /// partials are multiples of [`Heard::key`]'s frequency.
    pub note: NoteModel,
    /// The MIDI key it sounds on, with its fraction: 69 is A4 = 440 Hz. 60 for a sound without
    /// pitch.
    pub key: f64,
    /// `None` for a sound without pitch, such as most drums.
    pub pitch: Option<Pitch>,
    /// Where in the sound the note is, samples at [`SAMPLE_RATE`].
    pub segment: Segment,
    /// Level of its loudest moment, dB, full scale.
    pub loudest_db: f32,
}

/// Listens to a sound: finds the note to learn from and analyses it. `key`: its MIDI key, right
/// within half a semitone, where that is known better than the sound tells. Takes some 0.1 s for
/// one note, half a second for half a minute. Any thread but audio.
///
/// # Errors
/// [`SoundError::Silent`] when nothing rises above the noise in its first
/// [half a minute](segment::LONGEST_SEARCHED).
pub fn listen(sound: &Sound, key: Option<f64>) -> Result<Heard, SoundError> {
    let mono = sound.for_analysis();
    let segment = segment::find(&mono).ok_or(SoundError::Silent)?;
    let note = segment.cut(&mono);
    let held = (segment.timing.held * f64::from(SAMPLE_RATE)) as usize;
    let pitch = match key {
        Some(key) => Some(Pitch {
            hertz: key_frequency(key),
            confidence: 1.0,
        }),
        None => pitch::find(&note[..held.clamp(1, note.len())]),
    };
    let given = pitch.map_or(key_frequency(KEY_WITHOUT_PITCH), |pitch| pitch.hertz);
    let analysis = Analysis::of(&note, given, segment.timing);
    let loudest_db = analysis.loudest_db();
    let key = match pitch {
        Some(_) => 69.0 + 12.0 * (analysis.fundamental / 440.0).log2(),
        None => KEY_WITHOUT_PITCH,
    };
    let mut learned = analysis.note(loudest_db);
    onset::correct(&mut learned, &note, key, loudest_db, segment.timing.held);
    Ok(Heard {
        note: learned,
        key,
        pitch,
        segment,
        loudest_db,
    })
}
