//! The steps from words alone: text vector, first note, the others, levels.

use super::{MAX_GUIDANCE, Outcome, Request, Stage, Steps};
use crate::instrument::slots::{
    ANCHOR_KEYS, ANCHOR_VELOCITIES, MIDDLE_ANCHOR, PARTIAL_ROWS, ROWS, TIMES,
};
use crate::instrument::{AnchorSet, Body, Family, Instrument, Macros, Recipe};
use crate::models::carry::Notes;
use crate::models::choice::Candidate;
use crate::models::first_anchor::Wish;
use crate::models::pack::manifest::Flow;
use crate::models::pack::{Pack, TEXT_WIDTH};
use crate::models::prompt::{self, Prompt};
use crate::models::runtime::{self, Runtime};
use crate::models::text::{self, Encoded};
use crate::models::{Error, Models, choice, insist, intonation, loudness, tones};

/// An instrument in the making from words.
struct Words<'a> {
    request: &'a Request,
    prompt: Prompt,
    said: Encoded,
}

/// The instrument.
pub(super) fn make(
    request: &Request,
    models: &mut Models,
    steps: &mut Steps<'_>,
) -> Result<Outcome, Error> {
    let (prompt, mut notice) = super::read(request);
    Runtime::get()?;
    steps.next(Stage::Loading, 0.1)?;
    models.text()?;
    steps.next(Stage::Reading, 0.25)?;
    let text = models.text()?;
    let said = text.encode_read(&prompt)?;
    if !text.knows_any(&prompt.said) {
        let words = text::shortened(&request.prompt);
        notice = Some(prompt::unknown(&words, "made something"));
    }
    steps.next(Stage::Loading, 0.3)?;
    models.first()?;
    steps.next(Stage::Loading, 0.4)?;
    models.decoder()?;
    steps.next(Stage::Loading, 0.45)?;
    models.timbre()?;
    let words = Words {
        request,
        prompt,
        said,
    };
    let instrument = words.make(models, steps)?;
    Ok((instrument, words.said.truncated, notice))
}

impl Words<'_> {
    /// From the read prompt on.
    fn make(&self, models: &mut Models, steps: &mut Steps<'_>) -> Result<Instrument, Error> {
        let flow = models.pack().manifest().flow.clone();
        let family = self.family(&flow);
        let first = first_index(family, &flow);
        let code = self.draw(&flow, models, steps)?;
        steps.next(Stage::Loading, 0.8)?;
        models.completion()?;
        steps.next(Stage::Completing, 0.9)?;
        let codes = models.completion()?.complete(&[(first, &code)], family)?;
        steps.next(Stage::Decoding, 0.95)?;
        let mut decoded = models.decoder()?.decode(&codes)?;
        runtime::settle();
        loudness::silence_floor(&mut decoded.levels);
        if choice::is_judged(family, &self.prompt.said) {
            let is_stiff = intonation::is_stiff(family);
            let is_noisy = self.said.asked.is_noisy();
            let (levels, cents) = (&mut decoded.levels, &mut decoded.cents);
            intonation::refine(levels, cents, is_stiff, is_noisy);
        }
        let mut notes = Notes {
            levels: &mut decoded.levels,
            cents: &mut decoded.cents,
        };
        insist::insist(&mut notes, first, &self.said.asked, &flow.tones);
        loudness::to_reference(&mut decoded.levels);
        let anchors = AnchorSet::from_levels(&decoded.levels, &decoded.cents)
            .map_err(|e| Error::Model(e.to_string()))?;
        Ok(self.instrument(anchors, models.pack()))
    }

    /// Draws some notes and keeps the one that fits the prompt best; when none of them is clear, draws more.
    fn draw(
        &self,
        flow: &Flow,
        models: &mut Models,
        steps: &mut Steps<'_>,
    ) -> Result<Vec<f32>, Error> {
        let seeds = choice::seeds(self.request.seed);
        let (at_first, more) = seeds.split_at(choice::AT_FIRST);
        let mut codes = Vec::new();
        for (seeds, begins, long) in [(at_first, 0.5, 0.15), (more, 0.65, 0.1)] {
            let settings = (flow.steps, flow.temperature);
            let mut go_on = |done: f32| steps.next(Stage::Drawing, begins + long * done);
            let first = models.first()?;
            codes.extend(first.draw(self.wish(flow), seeds, settings, &mut go_on)?);
            steps.next(Stage::Drawing, 0.75)?;
            let candidates = self.judged(&codes, flow, models)?;
            let is_last = candidates.len() != choice::AT_FIRST;
            if is_last || candidates.iter().any(Candidate::is_clear) {
                let (kept, width) = (choice::best(&candidates), codes.len() / candidates.len());
                return Ok(codes[kept * width..(kept + 1) * width].to_vec());
            }
        }
        Ok(codes)
    }

    /// How clear each of the drawn notes is, and how well it fits the prompt.
    fn judged(
        &self,
        codes: &[f32],
        flow: &Flow,
        models: &mut Models,
    ) -> Result<Vec<Candidate>, Error> {
        let mut decoded = models.decoder()?.decode(codes)?;
        loudness::silence_floor(&mut decoded.levels);
        let family = self.family(flow);
        let place = first_index(family, flow) / ANCHOR_VELOCITIES.len();
        let vectors = models.timbre()?.notes(&decoded.levels, place)?;
        let is_judged = choice::is_judged(family, &self.prompt.said);
        let is_noisy = self.said.asked.is_noisy();
        let levels = decoded.levels.chunks(ROWS * TIMES);
        let notes = levels.zip(decoded.cents.chunks(PARTIAL_ROWS));
        let candidates = notes
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
            });
        Ok(candidates.collect())
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
        } = self.request;
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
