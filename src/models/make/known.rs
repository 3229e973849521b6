//! From a known sound: a recorded note, or an instrument to vary.
//!
//! The note's code is completed to an instrument, and what the code left out of the note is carried
//! over (`carry`). Words and chance change the code; the changed one is completed too, and keeps
//! what the known sound has beyond its own completion.

mod changing;
mod finish;

use self::finish::known_anchors;
use super::listening::listen_to;
use super::{Outcome, Request, SoundFile, Stage, Steps};
use crate::instrument::slots::{ANCHOR_KEYS, ANCHOR_VELOCITIES, MIDDLE_ANCHOR};
use crate::instrument::{Instrument, NoteModel};
use crate::models::codec::Decoded;
use crate::models::runtime::Runtime;
use crate::models::text::Encoded;
use crate::models::{Error, Models, choice, encoder, loudness};

/// An instrument in the making from a known sound.
struct Known<'a> {
    request: &'a Request,
    note: Note,
    /// The known note's code, and what words and chance made of it.
    code: Vec<f32>,
    changed: Vec<f32>,
    /// The words that change it, and those that it was made from.
    words: Option<Encoded>,
    origin: Option<Encoded>,
    truncated: bool,
    notice: Option<String>,
}

/// The known note.
struct Note {
    model: NoteModel,
    /// MIDI key with its fraction.
    key: f64,
    /// The anchor it is coded as.
    anchor: usize,
    /// Name of its file, if it has one.
    file: Option<String>,
}

impl Note {
    /// Of this note or of what is made of it: its noise is its own.
    fn clarity(&self, model: &NoteModel) -> f32 {
        choice::clarity(&model.levels, &model.cents, self.anchor_key(), true)
    }

    fn anchor_key(&self) -> u8 {
        ANCHOR_KEYS[self.anchor / ANCHOR_VELOCITIES.len()]
    }
}

/// The instrument of a sound's note.
pub(super) fn from_sound(
    request: &Request,
    file: &SoundFile,
    models: &mut Models,
    steps: &mut Steps<'_>,
) -> Result<Outcome, Error> {
    steps.next(Stage::Listening, 0.05)?;
    let learned = listen_to(file)?;
    let key = learned.heard.key;
    let note = Note {
        model: learned.heard.note,
        key,
        anchor: nearest(key) * ANCHOR_VELOCITIES.len() + MIDDLE_ANCHOR % ANCHOR_VELOCITIES.len(),
        file: Some(learned.name),
    };
    Known::new(request, note, learned.notice).make(models, steps)
}

/// A variation of an instrument.
pub(super) fn near(
    request: &Request,
    instrument: &Instrument,
    models: &mut Models,
    steps: &mut Steps<'_>,
) -> Result<Outcome, Error> {
    let anchors = known_anchors(instrument)?;
    let note = Note {
        model: anchors.note(MIDDLE_ANCHOR),
        key: f64::from(ANCHOR_KEYS[MIDDLE_ANCHOR / ANCHOR_VELOCITIES.len()]),
        anchor: MIDDLE_ANCHOR,
        file: None,
    };
    Known::new(request, note, None).make(models, steps)
}

impl<'a> Known<'a> {
    fn new(request: &'a Request, note: Note, notice: Option<String>) -> Self {
        Self {
            request,
            note,
            code: Vec::new(),
            changed: Vec::new(),
            words: None,
            origin: None,
            truncated: false,
            notice,
        }
    }

    fn make(mut self, models: &mut Models, steps: &mut Steps<'_>) -> Result<Outcome, Error> {
        steps.next(Stage::Loading, 0.25)?;
        Runtime::get()?;
        let decoder = models.decoder()?;
        let keys = (self.note.key, self.note.anchor_key());
        let mut go_on = |done: f32| steps.next(Stage::Encoding, 0.35 + 0.2 * done);
        self.code = encoder::encode(&self.note.model, keys, decoder, &mut go_on)?;
        self.changed.clone_from(&self.code);
        if !self.wording().is_empty() || self.amount() != 0.0 {
            steps.next(Stage::Loading, 0.55)?;
            models.text()?;
            steps.next(Stage::Reading, 0.6)?;
            self.read(models)?;
            steps.next(Stage::Loading, 0.65)?;
            models.first()?;
            if self.amount() != 0.0 {
                self.vary(models, steps)?;
            }
            if self.words.is_some() {
                steps.next(Stage::Drawing, 0.75)?;
                self.steer(models)?;
            }
        }
        steps.next(Stage::Loading, 0.8)?;
        models.completion()?;
        steps.next(Stage::Completing, 0.85)?;
        let (anchor, family) = (self.note.anchor, self.request.family);
        let mut complete = |code: &[f32]| {
            let known = [(anchor, code)];
            models.completion()?.complete(&known, family)
        };
        let codes = complete(&self.code)?;
        let changed = (self.changed != self.code).then(|| complete(&self.changed));
        let changed = changed.transpose()?;
        steps.next(Stage::Decoding, 0.9)?;
        let decoded = decode(&codes, models)?;
        let changed = match changed {
            None => None,
            Some(changed) => {
                steps.next(Stage::Decoding, 0.95)?;
                Some(decode(&changed, models)?)
            }
        };
        let instrument = self.instrument(decoded, changed, models)?;
        Ok((instrument, self.truncated, self.notice))
    }
}

/// Index of the anchor key nearest to a key.
fn nearest(key: f64) -> usize {
    let apart = |place: usize| (f64::from(ANCHOR_KEYS[place]) - key).abs();
    (0..ANCHOR_KEYS.len())
        .min_by(|&a, &b| apart(a).total_cmp(&apart(b)))
        .unwrap_or(MIDDLE_ANCHOR / ANCHOR_VELOCITIES.len())
}

fn decode(codes: &[f32], models: &mut Models) -> Result<Decoded, Error> {
    let mut decoded = models.decoder()?.decode(codes)?;
    loudness::silence_floor(&mut decoded.levels);
    Ok(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_goes_to_the_nearest_anchor() {
        let key = |key| ANCHOR_KEYS[nearest(key)];
        let found = [key(-3.0), key(60.2), key(58.9), key(200.0)];
        assert_eq!(found, [24, 64, 54, 104]);
    }
}
