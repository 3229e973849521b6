//! Version 1 of the payload: six macros, and a recipe of words only.

use serde::Deserialize;

use super::{FileError, PayloadV2, from_postcard};
use crate::instrument::{Family, Macros, Origin, PackVersion, Recipe};

#[derive(Deserialize)]
struct Payload {
    name: String,
    recipe: RecipeV1,
    macros: MacrosV1,
    level_changes: Vec<u8>,
    cents: Vec<i16>,
}

#[derive(Deserialize)]
struct RecipeV1 {
    prompt: String,
    seed: u64,
    family: Option<Family>,
    range: Option<(u8, u8)>,
    guidance: f32,
    pack: Option<PackVersion>,
    variation_of: Option<Origin>,
}

#[derive(Deserialize)]
struct MacrosV1 {
    brightness: f32,
    attack: f32,
    decay: f32,
    body: f32,
    width: f32,
    motion: f32,
}

/// A payload of version 1 as one of version 2; what is new has no effect.
pub(super) fn upgraded(unpacked: &[u8]) -> Result<PayloadV2, FileError> {
    let old: Payload = from_postcard(unpacked)?;
    Ok(PayloadV2 {
        name: old.name,
        recipe: Recipe {
            prompt: old.recipe.prompt,
            seed: old.recipe.seed,
            family: old.recipe.family,
            range: old.recipe.range,
            guidance: old.recipe.guidance,
            pack: old.recipe.pack,
            variation_of: old.recipe.variation_of,
            ..Recipe::default()
        },
        macros: Macros {
            brightness: old.macros.brightness,
            attack: old.macros.attack,
            decay: old.macros.decay,
            body: old.macros.body,
            width: old.macros.width,
            motion: old.macros.motion,
            ..Macros::default()
        },
        level_changes: old.level_changes,
        cents: old.cents,
    })
}
