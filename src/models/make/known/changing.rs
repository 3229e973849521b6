//! What chance and words change about a known sound.

use super::{Known, decode, finish};
use crate::instrument::slots::{ANCHOR_KEYS, ANCHOR_VELOCITIES};
use crate::models::carry::{Residual, Shares};
use crate::models::first_anchor::Wish;
use crate::models::make::{Source, Stage, Steps};
use crate::models::prompt::{self, Prompt};
use crate::models::text::{self, Encoded};
use crate::models::tones::{Asked, Tone};
use crate::models::{Error, Models, choice, insist, steering};

impl Known<'_> {
    pub(super) fn amount(&self) -> f32 {
        let amount = self.request.amount;
        if amount.is_finite() {
            amount.clamp(0.0, 1.0)
        } else {
            0.0
        }
    }

    /// What a changed note keeps of what the known one has beyond its code.
    pub(super) fn shares(&self) -> Shares {
        let keep = match self.request.source {
            Source::Near(_) => 1.0 - self.amount(),
            Source::Words | Source::Sound(_) => 1.0,
        };
        Shares {
            level: keep,
            motion: 1.0,
            cents: keep,
        }
    }

    /// The words that change the sound; empty without any, or where they are those it was made from.
    pub(super) fn wording(&self) -> String {
        let prompt = self.request.prompt.trim();
        match &self.request.source {
            Source::Near(instrument) if instrument.recipe.prompt == prompt => String::new(),
            _ => steering::wording(&Prompt::change(prompt)),
        }
    }

    /// What the words ask of the course of a note: that can be done to any sound.
    pub(super) fn timing(&self) -> Asked {
        let timing = [Tone::Attack, Tone::HalfSecond, Tone::Release];
        let words = self.words.as_ref();
        words.map_or_else(Asked::nothing, |words| words.asked.clone().only(&timing))
    }

    pub(super) fn read(&mut self, models: &mut Models) -> Result<(), Error> {
        let wording = self.wording();
        if !wording.is_empty() {
            let text = models.text()?;
            let encoded = text.encode(&wording)?;
            if !text.knows_any(&Prompt::change(&self.request.prompt)) {
                let words = text::shortened(&self.request.prompt);
                self.notice
                    .get_or_insert_with(|| prompt::unknown(&words, "changed the sound"));
            }
            self.truncated = encoded.truncated;
            self.words = Some(encoded);
        }
        if let Source::Near(instrument) = &self.request.source {
            // Words of its own that can't be read are no reason not to vary it.
            let recipe = &instrument.recipe;
            let prompt = Prompt::read(&recipe.prompt);
            let prompt = prompt.or_by_chance(recipe.seed, recipe.family, false);
            self.origin = models.text()?.encode_read(&prompt).ok();
        }
        Ok(())
    }

    /// Changes the code by chance; when the note of the user's own seed isn't as clear as the known one, by
    /// others until one is.
    pub(super) fn vary(&mut self, models: &mut Models, steps: &mut Steps<'_>) -> Result<(), Error> {
        let flow = models.pack().manifest().flow.clone();
        let guidance = self.request.guidance.unwrap_or(flow.guidance);
        let (width, near) = (self.code.len(), (self.code.as_slice(), self.amount()));
        let is_clear = self.note.clarity(&self.note.model) >= choice::CLEAR;
        let seeds = choice::seeds(self.request.seed);
        let mut codes = Vec::new();
        let mut kept = 0;
        for seeds in [&seeds[..1], &seeds[1..]] {
            let wish = self.wish(self.origin.clone(), guidance);
            let mut go_on = |done: f32| steps.next(Stage::Drawing, 0.7 + 0.05 * done);
            let first = models.first()?;
            codes.extend(first.draw_near(wish, seeds, near, flow.steps, &mut go_on)?);
            if !is_clear {
                break;
            }
            let mut decoded = decode(&codes, models)?;
            let decoded = finish::notes(&mut decoded);
            let clarity = |n: usize| self.note.clarity(&decoded.note(n));
            let clarities: Vec<f32> = (0..codes.len() / width).map(clarity).collect();
            kept = choice::first_clear(&clarities);
            if clarities.len() > 1 || clarities[0] >= choice::CLEAR {
                break;
            }
        }
        self.changed = codes[kept * width..(kept + 1) * width].to_vec();
        Ok(())
    }

    fn wish(&self, said: Option<Encoded>, guidance: f32) -> Wish {
        let anchor = self.note.anchor;
        let said = said.unwrap_or_else(Encoded::nothing);
        Wish {
            text: said.vector,
            asked: said.asked,
            family: None,
            note: (
                ANCHOR_KEYS[anchor / ANCHOR_VELOCITIES.len()],
                ANCHOR_VELOCITIES[anchor % ANCHOR_VELOCITIES.len()],
            ),
            range: None,
            guidance,
        }
    }

    /// Changes the code as the words say.
    pub(super) fn steer(&mut self, models: &mut Models) -> Result<(), Error> {
        let wish = self.wish(self.words.clone(), 1.0);
        let seed = self.request.seed;
        let direction = models.first()?.direction(&wish, &self.changed, seed)?;
        let moved = |strength: f32| -> Vec<f32> {
            let both = self.changed.iter().zip(&direction);
            both.map(|(code, way)| code + strength * way).collect()
        };
        let wording = self.wording();
        let note = &self.note;
        // Words that the models understand the wrong way round are taken backwards.
        for way in [1.0, -1.0] {
            let mut tried = [self.code.as_slice(), &self.changed].concat();
            for strength in steering::STRENGTHS {
                tried.extend(moved(way * strength));
            }
            let mut decoded = decode(&tried, models)?;
            let decoded = finish::notes(&mut decoded);
            let guess = decoded.note(0);
            let residual = Residual::of(&note.model, &guess, note.key);
            // As it will sound: with what the known note has beyond its code.
            let kept = |n: usize| residual.added(&decoded.note(n), self.shares()).levels;
            let after: Vec<f32> = (0..steering::STRENGTHS.len())
                .flat_map(|n| kept(n + 2))
                .collect();
            if let Some(strength) = steering::strength(&kept(1), &after, &wording) {
                self.changed = moved(way * strength);
                return Ok(());
            }
        }
        if insist::insists(&self.timing()) {
            return Ok(());
        }
        self.notice = Some(format!(
            "Nothing near this sound is “{}”, so it stays as it is.",
            self.request.prompt.trim()
        ));
        Ok(())
    }
}
