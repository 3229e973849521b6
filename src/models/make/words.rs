//! The steps from words alone: text vector, first note, the others, levels.

use super::{MAX_GUIDANCE, Request, Stage};
use crate::instrument::slots::{
    ANCHOR_KEYS, ANCHOR_VELOCITIES, MIDDLE_ANCHOR, PARTIAL_ROWS, ROWS, TIMES,
};
use crate::instrument::{AnchorSet, Body, Family, Instrument, Macros, Recipe};
use crate::models::carry::Notes;
use crate::models::choice::Candidate;
use crate::models::first_anchor::{Drawing, Wish};
use crate::models::pack::manifest::Flow;
use crate::models::pack::{Pack, TEXT_WIDTH};
use crate::models::prompt::{self, Prompt};
use crate::models::runtime::{self, Runtime};
use crate::models::text::{self, Encoded};
use crate::models::{Error, Models, choice, insist, intonation, loudness, tones};

/// An instrument in the making from words.
#[derive(Debug)]
pub(super) struct Words {
    request: Request,
    next: Next,
    prompt: Prompt,
    said: Encoded,
    notice: Option<String>,
}

#[derive(Debug)]
enum Next {
    Start,
    LoadText,
    Read,
    LoadFirst,
    LoadDecoder,
    LoadTimbre,
    /// Draws some notes; after these, none of which was clear, if there are any.
    Draw(Box<Drawing>, Vec<f32>),
    /// Chooses among drawn notes.
    Judge(Vec<f32>),
    LoadCompletion(Vec<f32>),
    Complete(Vec<f32>),
    Decode(Vec<f32>),
}

impl Next {
    fn stage(&self) -> Stage {
        match self {
            Self::Start
            | Self::LoadText
            | Self::LoadFirst
            | Self::LoadDecoder
            | Self::LoadTimbre
            | Self::LoadCompletion(_) => Stage::Loading,
            Self::Read => Stage::Reading,
            Self::Draw(..) | Self::Judge(_) => Stage::Drawing,
            Self::Complete(_) => Stage::Completing,
            Self::Decode(_) => Stage::Decoding,
        }
    }

    /// Share of the whole that is done before this step, by usual durations.
    fn done(&self) -> f32 {
        match self {
            Self::Start => 0.0,
            Self::LoadText => 0.1,
            Self::Read => 0.25,
            Self::LoadFirst => 0.3,
            Self::LoadDecoder => 0.4,
            Self::LoadTimbre => 0.45,
            Self::Draw(drawing, before) if before.is_empty() => 0.5 + 0.15 * drawing.done(),
            Self::Draw(drawing, _) => 0.65 + 0.1 * drawing.done(),
            Self::Judge(_) => 0.75,
            Self::LoadCompletion(_) => 0.8,
            Self::Complete(_) => 0.9,
            Self::Decode(_) => 0.95,
        }
    }
}

impl Words {
    pub(super) fn new(request: Request) -> Self {
        let (prompt, notice) = super::read(&request);
        Self {
            prompt,
            notice,
            request,
            next: Next::Start,
            said: Encoded::nothing(),
        }
    }

    pub(super) fn progress(&self) -> (Stage, f32) {
        (self.next.stage(), self.next.done())
    }

    /// The prompt was longer than the models read.
    pub(super) fn was_truncated(&self) -> bool {
        self.said.truncated
    }

    /// What the user may want to know about how the prompt was read, in a sentence.
    pub(super) fn notice(&self) -> Option<String> {
        self.notice.clone()
    }

    /// The next step; after the last one, the instrument.
    pub(super) fn step(&mut self, models: &mut Models) -> Result<Option<Instrument>, Error> {
        let next = std::mem::replace(&mut self.next, Next::Start);
        match self.advance(next, models)? {
            Ok(next) => {
                self.next = next;
                Ok(None)
            }
            Err(instrument) => Ok(Some(*instrument)),
        }
    }

    /// The step after `next`, or the instrument (as `Err`, for it ends the row of steps).
    fn advance(
        &mut self,
        next: Next,
        models: &mut Models,
    ) -> Result<Result<Next, Box<Instrument>>, Error> {
        Ok(Ok(match next {
            Next::Start => {
                Runtime::get()?;
                Next::LoadText
            }
            Next::LoadText => {
                models.text()?;
                Next::Read
            }
            Next::Read => {
                let text = models.text()?;
                self.said = text.encode_read(&self.prompt)?;
                if !text.knows_any(&self.prompt.said) {
                    let words = text::shortened(&self.request.prompt);
                    self.notice = Some(prompt::unknown(&words, "made something"));
                }
                Next::LoadFirst
            }
            Next::LoadFirst => {
                models.first()?;
                Next::LoadDecoder
            }
            Next::LoadDecoder => {
                models.decoder()?;
                Next::LoadTimbre
            }
            Next::LoadTimbre => {
                models.timbre()?;
                let seeds = choice::seeds(self.request.seed);
                self.draw(models, &seeds[..choice::AT_FIRST], Vec::new())?
            }
            Next::Draw(mut drawing, before) => match models.first()?.step(&mut drawing)? {
                None => Next::Draw(drawing, before),
                Some(codes) => Next::Judge([before, codes].concat()),
            },
            Next::Judge(codes) => self.judge(codes, models)?,
            Next::LoadCompletion(code) => {
                models.completion()?;
                Next::Complete(code)
            }
            Next::Complete(code) => {
                let family = self.family(&models.pack().manifest().flow);
                let index = first_index(family, &models.pack().manifest().flow);
                let codes = models.completion()?.complete(&[(index, &code)], family)?;
                Next::Decode(codes)
            }
            Next::Decode(codes) => {
                let mut decoded = models.decoder()?.decode(&codes)?;
                runtime::settle();
                loudness::silence_floor(&mut decoded.levels);
                if self.is_judged(models) {
                    let family = self.family(&models.pack().manifest().flow);
                    let is_stiff = intonation::is_stiff(family);
                    let is_noisy = self.said.asked.is_noisy();
                    let (levels, cents) = (&mut decoded.levels, &mut decoded.cents);
                    intonation::refine(levels, cents, is_stiff, is_noisy);
                }
                let flow = &models.pack().manifest().flow;
                let first = first_index(self.family(flow), flow);
                let mut notes = Notes {
                    levels: &mut decoded.levels,
                    cents: &mut decoded.cents,
                };
                insist::insist(&mut notes, first, &self.said.asked, &flow.tones);
                loudness::to_reference(&mut decoded.levels);
                let anchors = AnchorSet::from_levels(&decoded.levels, &decoded.cents)
                    .map_err(|e| Error::Model(e.to_string()))?;
                return Ok(Err(Box::new(self.instrument(anchors, models.pack()))));
            }
        }))
    }

    fn draw(&self, models: &mut Models, seeds: &[u64], before: Vec<f32>) -> Result<Next, Error> {
        let flow = models.pack().manifest().flow.clone();
        let wish = self.wish(&flow);
        let first = models.first()?;
        let drawing = first.begin(wish, seeds, flow.steps, flow.temperature);
        Ok(Next::Draw(Box::new(drawing), before))
    }

    fn is_judged(&self, models: &Models) -> bool {
        let family = self.family(&models.pack().manifest().flow);
        choice::is_judged(family, &self.prompt.said)
    }

    /// Keeps the note that fits the prompt best; when none of the first is clear, draws more.
    fn judge(&self, codes: Vec<f32>, models: &mut Models) -> Result<Next, Error> {
        let flow = models.pack().manifest().flow.clone();
        let width = flow.code_width;
        let mut decoded = models.decoder()?.decode(&codes)?;
        loudness::silence_floor(&mut decoded.levels);
        let place = first_index(self.family(&flow), &flow) / ANCHOR_VELOCITIES.len();
        let vectors = models.timbre()?.notes(&decoded.levels, place)?;
        let (is_judged, is_noisy) = (self.is_judged(models), self.said.asked.is_noisy());
        let levels = decoded.levels.chunks(ROWS * TIMES);
        let notes = levels.zip(decoded.cents.chunks(PARTIAL_ROWS));
        let candidates: Vec<Candidate> = notes
            .zip(vectors.chunks(TEXT_WIDTH))
            .map(|((levels, cents), vector)| {
                let scores = tones::scores(levels, cents, ANCHOR_KEYS[place], &flow.tones);
                let clarity = if is_judged {
                    choice::clarity(levels, cents, ANCHOR_KEYS[place], is_noisy)
                } else {
                    choice::CLEAR
                };
                let both = vector.iter().zip(&self.said.vector);
                Candidate {
                    clarity,
                    likeness: both.map(|(note, said)| note * said).sum(),
                    distance: self.said.asked.distance(&scores),
                }
            })
            .collect();
        if candidates.len() == choice::AT_FIRST && !candidates.iter().any(Candidate::is_clear) {
            let seeds = choice::seeds(self.request.seed);
            return self.draw(models, &seeds[choice::AT_FIRST..], codes);
        }
        let kept = choice::best(&candidates);
        Ok(Next::LoadCompletion(
            codes[kept * width..(kept + 1) * width].to_vec(),
        ))
    }

    fn wish(&self, flow: &Flow) -> Wish {
        let family = self.family(flow);
        let usual = family.and_then(|family| flow.range_by_family.get(family.name()).copied());
        let index = first_index(family, flow);
        Wish {
            text: self.said.vector.clone(),
            asked: self.said.asked.clone(),
            family,
            note: (
                ANCHOR_KEYS[index / ANCHOR_VELOCITIES.len()],
                ANCHOR_VELOCITIES[index % ANCHOR_VELOCITIES.len()],
            ),
            range: self.request.range.or(usual),
            guidance: self.guidance(flow),
        }
    }

    fn guidance(&self, flow: &Flow) -> f32 {
        let asked = self
            .request
            .guidance
            .filter(|guidance| guidance.is_finite());
        asked.unwrap_or(flow.guidance).clamp(0.0, MAX_GUIDANCE)
    }

    /// The family asked for, else the one whose text vector is nearest to the prompt's, if the
    /// pack has such vectors.
    fn family(&self, flow: &Flow) -> Option<Family> {
        let nearness = |family: &Family| {
            let vector = flow.family_text_vectors.get(family.name())?;
            Some(
                vector
                    .iter()
                    .zip(&self.said.vector)
                    .map(|(a, b)| a * b)
                    .sum::<f32>(),
            )
        };
        self.request.family.or_else(|| {
            let scored = Family::ALL
                .into_iter()
                .filter_map(|family| Some((family, nearness(&family)?)));
            scored
                .max_by(|a, b| a.1.total_cmp(&b.1))
                .map(|(family, _)| family)
        })
    }

    fn instrument(&self, anchors: AnchorSet, pack: &Pack) -> Instrument {
        let Request {
            prompt,
            seed,
            family,
            range,
            ..
        } = &self.request;
        let prompt = prompt.trim().to_owned();
        Instrument {
            name: text::shortened(&prompt),
            recipe: Recipe {
                prompt,
                seed: *seed,
                family: *family,
                range: *range,
                guidance: self.guidance(&pack.manifest().flow),
                pack: Some(pack.version()),
                ..Recipe::default()
            },
            macros: Macros::default(),
            body: Body::Keys(anchors),
        }
    }
}

/// The anchor to draw first: of the family's usual key, at medium velocity.
fn first_index(family: Option<Family>, flow: &Flow) -> usize {
    let key = family.and_then(|family| flow.anchor_key_by_family.get(family.name()));
    let place = key.and_then(|key| ANCHOR_KEYS.iter().position(|each| each == key));
    place.map_or(MIDDLE_ANCHOR, |place| {
        place * ANCHOR_VELOCITIES.len() + MIDDLE_ANCHOR % ANCHOR_VELOCITIES.len()
    })
}
