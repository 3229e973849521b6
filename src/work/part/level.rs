//! How loud a part is beside what it is added to.

use crate::analysis::Sound;
use crate::analysis::song::loudness;
use crate::music::PartKind;

/// A part is made at most so much louder or softer, dB.
const MOST_DB: f64 = 24.0;
/// What is heard as silent has no level to follow, LUFS.
const SILENT_LUFS: f64 = -60.0;

/// How far a part lies under the loudness of all else, LU: drums and melodies to the fore, what
/// accompanies behind them.
#[must_use]
pub fn under(kind: PartKind) -> f64 {
    match kind {
        PartKind::Drums | PartKind::Lead => 3.0,
        PartKind::Bass => 5.0,
        PartKind::Guitar | PartKind::Keys => 7.0,
        PartKind::Strings | PartKind::Brass | PartKind::Winds => 8.0,
    }
}

/// The gain, dB, that puts a part of `stem_lufs` beside what has `context_lufs`; nothing where either is
/// too soft to tell. Any thread.
#[must_use]
pub fn gain_db(kind: PartKind, stem_lufs: Option<f64>, context_lufs: Option<f64>) -> Option<f64> {
    let heard = |lufs: Option<f64>| lufs.filter(|lufs| *lufs > SILENT_LUFS);
    let gain = heard(context_lufs)? - under(kind) - heard(stem_lufs)?;
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
        let drums = PartKind::Drums;
        assert_eq!(gain_db(drums, Some(-20.0), Some(-14.0)), Some(3.0));
        assert_eq!(gain_db(drums, Some(-60.5), Some(-14.0)), None);
        assert_eq!(gain_db(drums, Some(-59.0), Some(-5.0)), Some(MOST_DB));
        assert_eq!(gain_db(drums, None, Some(-5.0)), None);
        let wave: Vec<f32> = (0..48_000)
            .map(|i| (f64::from(i) * 0.13).sin() as f32)
            .collect();
        let (loud, soft) = (of(&wave, &wave, 48_000), of(&[], &[], 48_000));
        assert!(loud.unwrap() > -3.0 && soft.is_none());
    }
}
