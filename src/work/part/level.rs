//! How loud a part is beside what it is added to.

use super::words::{self, Control, Edit};
use crate::analysis::Sound;
use crate::analysis::song::loudness;
use crate::models::prompt::in_english;
use crate::music::PartKind;
use crate::style;

/// A part is made at most so much louder or softer, dB.
const MOST_DB: f64 = 40.0;
/// What is heard as silent has no level to follow, LUFS.
const SILENT_LUFS: f64 = -60.0;
/// What "soft" and "loud" change the level by, LU, and how much more "very" does.
const SAID_LU: f64 = 3.0;
const VERY: f64 = 2.0;
/// Words that say so.
const VERY_WORDS: [&str; 6] = ["very", "much", "really", "extremely", "way", "far"];

/// How far a part lies under the loudness of all else, LU, unless words say more.
fn usual(kind: PartKind) -> f64 {
    match kind {
        PartKind::Lead => 4.0,
        PartKind::Drums | PartKind::Bass => 6.0,
        PartKind::Guitar | PartKind::Keys => 8.0,
        PartKind::Strings | PartKind::Brass | PartKind::Winds => 9.0,
    }
}

/// How far a part from these words lies under the loudness of all else, LU: as far as its kind usually does, or as the style they name
/// says; higher or lower where they say louder or softer. Any thread but audio.
#[must_use]
pub fn under(kind: PartKind, words: &str) -> f64 {
    let words = words::for_part(words, kind).words;
    let style = style::named(&words, &|style| style.under(kind).is_some());
    let styled = style.and_then(|named| named.style.under(kind));
    styled.unwrap_or(usual(kind)) - louder(&words)
}

/// How much louder than usual the words want it, LU.
fn louder(words: &str) -> f64 {
    let said = words::read(words);
    let loudness = said.controls.iter();
    let asked = loudness
        .filter(|(control, _)| *control == Control::Loudness)
        .map(|(_, amount)| f64::from(amount.signum()))
        .next_back();
    let edited = match said.edit {
        Some(Edit::Louder) => Some(1.0),
        Some(Edit::Softer) => Some(-1.0),
        _ => None,
    };
    let english = in_english(words).to_lowercase();
    let very = english.split(|c: char| !c.is_alphanumeric());
    let very = very.into_iter().any(|word| VERY_WORDS.contains(&word));
    SAID_LU * edited.or(asked).unwrap_or(0.0) * if very { VERY } else { 1.0 }
}

/// The gain, dB, that puts a part of `stem_lufs` so many LU under what has `context_lufs`; nothing where either is
/// too soft to tell. Any thread.
#[must_use]
pub fn gain_db(under: f64, stem_lufs: Option<f64>, context_lufs: Option<f64>) -> Option<f64> {
    let heard = |lufs: Option<f64>| lufs.filter(|lufs| *lufs > SILENT_LUFS);
    let gain = heard(context_lufs)? - under - heard(stem_lufs)?;
    Some(gain.clamp(-MOST_DB, MOST_DB))
}

/// The loudness of what was rendered, LUFS; nothing for silence, or what is shorter than 0.4 s. Any
/// thread but audio.
#[must_use]
pub fn of(left: &[f32], right: &[f32], rate: u32) -> Option<f64> {
    let sound = Sound::new(vec![left.to_vec(), right.to_vec()], rate).ok()?;
    loudness::integrated(&sound, &|| false).ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_come_beside_the_song_and_silence_changes_nothing() {
        assert_eq!(gain_db(6.0, Some(-20.0), Some(-14.0)), Some(0.0));
        assert_eq!(gain_db(6.0, Some(-60.5), Some(-14.0)), None);
        assert_eq!(gain_db(3.0, Some(-59.0), Some(-5.0)), Some(MOST_DB));
        assert_eq!(gain_db(6.0, None, Some(-5.0)), None);
        let wave: Vec<f32> = (0..48_000)
            .map(|i| (f64::from(i) * 0.13).sin() as f32)
            .collect();
        let (loud, soft) = (of(&wave, &wave, 48_000), of(&[], &[], 48_000));
        assert!(loud.unwrap() > -3.0 && soft.is_none());
    }

    #[test]
    fn words_and_styles_move_the_level() {
        let drums = |words: &str| under(PartKind::Drums, words);
        assert_eq!(drums("drums"), 6.0);
        assert_eq!(drums("soft drums"), 9.0);
        assert_eq!(drums("very soft drums with brushes"), 12.0);
        assert_eq!(drums("leises Schlagzeug"), 9.0);
        assert_eq!(drums("louder"), 3.0);
        assert_eq!(drums("too loud"), 9.0);
        assert_eq!(drums("soft bass and loud drums"), 3.0);
        assert_eq!(under(PartKind::Bass, "bass"), 6.0);
        assert!(under(PartKind::Bass, "roots reggae bass") < 6.0);
    }
}
