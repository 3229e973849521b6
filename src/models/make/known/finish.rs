//! The end of the way from a known sound: its anchors put together, its name and recipe.

use std::path::Path;

use super::Known;
use crate::instrument::slots::{ANCHOR_KEYS, ANCHOR_VELOCITIES, ANCHORS};
use crate::instrument::{AnchorSet, Body, Instrument, Macros, Origin, Recipe, SoundOrigin};
use crate::models::carry::{Notes, Residual, carry};
use crate::models::codec::Decoded;
use crate::models::make::Source;
use crate::models::{Error, Models, choice, insist, intonation, loudness, runtime, text};

impl Known<'_> {
    /// Puts the instrument together from the completed note and the completed changed one.
    pub(super) fn instrument(
        &self,
        mut decoded: Decoded,
        changed: Option<Decoded>,
        models: &Models,
    ) -> Result<Instrument, Error> {
        runtime::settle();
        let note = &self.note;
        let mut guess = decoded.clone();
        let mut base = notes(&mut decoded);
        match &self.request.source {
            Source::Near(instrument) => {
                let anchors = known_anchors(instrument)?;
                for index in 0..ANCHORS {
                    base.set(index, &anchors.note(index));
                }
            }
            Source::Words | Source::Sound(_) => {
                // Decoded notes are put in tune where the known one is.
                if note.clarity(&note.model) >= choice::CLEAR {
                    intonation::refine(base.levels, base.cents, true, true);
                }
                carry(&mut base, &note.model, note.key);
            }
        }
        if let Some(mut changed) = changed {
            let (guess, mut changed) = (notes(&mut guess), notes(&mut changed));
            let shares = self.shares();
            for index in 0..ANCHORS {
                let key = f64::from(ANCHOR_KEYS[index / ANCHOR_VELOCITIES.len()]);
                let (known, guess) = (base.note(index), guess.note(index));
                let residual = Residual::of(&known, &guess, key);
                let note = residual.added(&changed.note(index), shares);
                changed.set(index, &note);
            }
            return self.named(changed, models);
        }
        self.named(base, models)
    }

    fn named(&self, mut notes: Notes<'_>, models: &Models) -> Result<Instrument, Error> {
        let note = &self.note;
        let flow = &models.pack().manifest().flow;
        insist::insist(&mut notes, note.anchor, &self.timing(), &flow.tones);
        loudness::to_reference(notes.levels);
        let anchors = AnchorSet::from_levels(notes.levels, notes.cents)
            .map_err(|e| Error::Model(e.to_string()))?;
        let asked = self.request;
        let prompt = asked.prompt.trim();
        let made = Recipe {
            prompt: prompt.to_owned(),
            seed: asked.seed,
            family: asked.family,
            range: asked.range,
            guidance: asked.guidance.unwrap_or(flow.guidance),
            pack: Some(models.pack().version()),
            ..Recipe::default()
        };
        let (name, recipe, macros) = match &asked.source {
            Source::Near(instrument) => {
                let known = &instrument.recipe;
                let (name, prompt) = if self.words.is_some() {
                    (
                        joined(&instrument.name, prompt),
                        joined(&known.prompt, prompt),
                    )
                } else {
                    (varied(&instrument.name), known.prompt.clone())
                };
                let recipe = Recipe {
                    prompt,
                    family: asked.family.or(known.family),
                    range: asked.range.or(known.range),
                    variation_of: Some(Origin {
                        name: instrument.name.clone(),
                        seed: known.seed,
                    }),
                    sound: known.sound.clone(),
                    morphed_with: known.morphed_with.clone(),
                    ..made
                };
                (name, recipe, instrument.macros)
            }
            Source::Words | Source::Sound(_) => {
                let file = note.file.clone().unwrap_or_default();
                let stem = Path::new(&file).file_stem().unwrap_or_default();
                let name = joined(&stem.to_string_lossy(), prompt);
                let sound = Some(SoundOrigin {
                    name: file,
                    key: note.key as f32,
                });
                (name, Recipe { sound, ..made }, Macros::default())
            }
        };
        Ok(Instrument {
            name: text::shortened(&name),
            recipe,
            macros,
            body: Body::Keys(anchors),
        })
    }
}

/// The anchors of an instrument to vary; a kit has none.
pub(super) fn known_anchors(instrument: &Instrument) -> Result<&AnchorSet, Error> {
    instrument.anchors().ok_or_else(|| {
        let why = "A drum kit has no notes to vary; draw its pieces again instead.";
        Error::Prompt(why.into())
    })
}

pub(super) fn notes(decoded: &mut Decoded) -> Notes<'_> {
    Notes {
        levels: &mut decoded.levels,
        cents: &mut decoded.cents,
    }
}

/// "warm cello, darker".
fn joined(name: &str, words: &str) -> String {
    match (name.trim(), words) {
        ("", words) => words.to_owned(),
        (name, "") => name.to_owned(),
        (name, words) => format!("{name}, {words}"),
    }
}

/// "warm cello (variation)", once.
fn varied(name: &str) -> String {
    if name.ends_with("(variation)") {
        name.to_owned()
    } else {
        format!("{name} (variation)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_was_changed() {
        assert_eq!(joined("rhodes", "darker"), "rhodes, darker");
        assert_eq!(joined("", "darker"), "darker");
        assert_eq!(joined("rhodes", ""), "rhodes");
        assert_eq!(varied(&varied("rhodes")), "rhodes (variation)");
    }
}
