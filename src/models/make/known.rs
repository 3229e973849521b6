//! The steps from a known sound: a recorded note, or an instrument to vary.
//!
//! The note's code is completed to an instrument, and what the code left out of the note is carried
//! over (`carry`). Words and chance change the code; the changed one is completed too, and keeps
//! what the known sound has beyond its own completion.

mod changing;
mod finish;

use self::finish::known_anchors;
use super::listening::Listening;
use super::{Request, Source, Stage};
use crate::instrument::slots::{ANCHOR_KEYS, ANCHOR_VELOCITIES, MIDDLE_ANCHOR};
use crate::instrument::{Instrument, NoteModel};
use crate::models::codec::Decoded;
use crate::models::encoder::Encoding;
use crate::models::first_anchor::Drawing;
use crate::models::runtime::Runtime;
use crate::models::text::Encoded;
use crate::models::{Error, Models, choice, loudness};

/// An instrument in the making from a known sound.
#[derive(Debug)]
pub(super) struct Known {
    request: Request,
    next: Next,
    note: Option<Note>,
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
#[derive(Debug)]
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
        let key = ANCHOR_KEYS[self.anchor / ANCHOR_VELOCITIES.len()];
        choice::clarity(&model.levels, &model.cents, key, true)
    }
}

#[derive(Debug)]
enum Next {
    Start,
    Listen(Listening),
    LoadDecoder,
    Encode(Box<Encoding>),
    LoadText,
    Read,
    LoadFirst,
    /// Varies the note with the user's seed (`None`), or more like this one, which wasn't clear.
    Vary(Box<Drawing>, Option<Vec<f32>>),
    Steer,
    LoadCompletion,
    Complete,
    /// Codes of all anchors: of the known note, and of the changed one if it differs.
    Decode(Vec<f32>, Option<Vec<f32>>),
    DecodeChanged(Box<Decoded>, Vec<f32>),
}

impl Next {
    fn stage(&self) -> Stage {
        match self {
            Self::Listen(_) => Stage::Listening,
            Self::Start
            | Self::LoadDecoder
            | Self::LoadText
            | Self::LoadFirst
            | Self::LoadCompletion => Stage::Loading,
            Self::Encode(_) => Stage::Encoding,
            Self::Read => Stage::Reading,
            Self::Vary(..) | Self::Steer => Stage::Drawing,
            Self::Complete => Stage::Completing,
            Self::Decode(..) | Self::DecodeChanged(..) => Stage::Decoding,
        }
    }

    /// Share of the whole that is done before this step, by usual durations.
    fn done(&self) -> f32 {
        match self {
            Self::Start => 0.0,
            Self::Listen(_) => 0.05,
            Self::LoadDecoder => 0.25,
            Self::Encode(encoding) => 0.35 + 0.2 * encoding.done(),
            Self::LoadText => 0.55,
            Self::Read => 0.6,
            Self::LoadFirst => 0.65,
            Self::Vary(drawing, _) => 0.7 + 0.05 * drawing.done(),
            Self::Steer => 0.75,
            Self::LoadCompletion => 0.8,
            Self::Complete => 0.85,
            Self::Decode(..) => 0.9,
            Self::DecodeChanged(..) => 0.95,
        }
    }
}

impl Known {
    pub(super) fn new(request: Request) -> Self {
        Self {
            request,
            next: Next::Start,
            note: None,
            code: Vec::new(),
            changed: Vec::new(),
            words: None,
            origin: None,
            truncated: false,
            notice: None,
        }
    }

    pub(super) fn progress(&self) -> (Stage, f32) {
        (self.next.stage(), self.next.done())
    }

    /// The prompt was longer than the models read.
    pub(super) fn was_truncated(&self) -> bool {
        self.truncated
    }

    /// What the user may want to know about the sound, in a sentence.
    pub(super) fn notice(&self) -> Option<String> {
        self.notice.clone()
    }

    /// The next step; after the last one, the instrument.
    pub(super) fn step(&mut self, models: &mut Models) -> Result<Option<Instrument>, Error> {
        let next = std::mem::replace(&mut self.next, Next::Start);
        self.next = match next {
            Next::Start => self.start()?,
            Next::Listen(listening) => match listening.poll()? {
                None => Next::Listen(listening),
                Some(learned) => {
                    self.notice = learned.notice;
                    let key = learned.heard.key;
                    let place = nearest(key);
                    self.note = Some(Note {
                        model: learned.heard.note,
                        key,
                        anchor: place * ANCHOR_VELOCITIES.len()
                            + MIDDLE_ANCHOR % ANCHOR_VELOCITIES.len(),
                        file: Some(learned.name),
                    });
                    Next::LoadDecoder
                }
            },
            Next::LoadDecoder => {
                Runtime::get()?;
                models.decoder()?;
                let note = self.note()?;
                let anchor_key = ANCHOR_KEYS[note.anchor / ANCHOR_VELOCITIES.len()];
                Next::Encode(Box::new(Encoding::new(&note.model, note.key, anchor_key)))
            }
            Next::Encode(mut encoding) => match encoding.step(models.decoder()?)? {
                None => Next::Encode(encoding),
                Some(code) => {
                    self.changed.clone_from(&code);
                    self.code = code;
                    if self.wording().is_empty() && self.amount() == 0.0 {
                        Next::LoadCompletion
                    } else {
                        Next::LoadText
                    }
                }
            },
            Next::LoadText => {
                models.text()?;
                Next::Read
            }
            Next::Read => {
                self.read(models)?;
                Next::LoadFirst
            }
            Next::LoadFirst => {
                models.first()?;
                self.change(models)?
            }
            Next::Vary(mut drawing, own) => match models.first()?.step(&mut drawing)? {
                None => Next::Vary(drawing, own),
                Some(codes) => {
                    let codes = [own.unwrap_or_default(), codes].concat();
                    self.choose(&codes, models)?
                }
            },
            Next::Steer => {
                self.steer(models)?;
                Next::LoadCompletion
            }
            Next::LoadCompletion => {
                models.completion()?;
                Next::Complete
            }
            Next::Complete => {
                let anchor = self.note()?.anchor;
                let family = self.request.family;
                let mut complete = |code: &[f32]| {
                    let known = [(anchor, code)];
                    models.completion()?.complete(&known, family)
                };
                let codes = complete(&self.code)?;
                let changed = (self.changed != self.code).then(|| complete(&self.changed));
                Next::Decode(codes, changed.transpose()?)
            }
            Next::Decode(codes, changed) => {
                let decoded = decode(&codes, models)?;
                match changed {
                    None => return self.instrument(decoded, None, models).map(Some),
                    Some(changed) => Next::DecodeChanged(Box::new(decoded), changed),
                }
            }
            Next::DecodeChanged(decoded, changed) => {
                let changed = decode(&changed, models)?;
                return self.instrument(*decoded, Some(changed), models).map(Some);
            }
        };
        Ok(None)
    }

    fn start(&mut self) -> Result<Next, Error> {
        Ok(match &self.request.source {
            Source::Words => Next::Start,
            Source::Sound(file) => Next::Listen(Listening::begin(file.clone())?),
            Source::Near(instrument) => {
                let anchors = known_anchors(instrument)?;
                self.note = Some(Note {
                    model: anchors.note(MIDDLE_ANCHOR),
                    key: f64::from(ANCHOR_KEYS[MIDDLE_ANCHOR / ANCHOR_VELOCITIES.len()]),
                    anchor: MIDDLE_ANCHOR,
                    file: None,
                });
                Next::LoadDecoder
            }
        })
    }

    fn note(&self) -> Result<&Note, Error> {
        let lost = || Error::Sound("The sound was lost; choose it again.".to_owned());
        self.note.as_ref().ok_or_else(lost)
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
