//! How loud a part is beside what it is added to: measured before it first sounds, with the sound that
//! plays it.

use super::asking::Sheet;
use super::files;
use crate::instrument::Instrument;
use crate::jobs::offline::{Player, Tail};
pub use crate::work::part::level::{gain_db, of, under};

/// Seconds of a part that it is measured by.
const MEASURED_SECONDS: f64 = 30.0;
/// How long what is measured rings on, seconds.
const RING_SECONDS: f64 = 0.5;

/// Plays a part's first variation offline, at no gain: the integrated loudness of its first thirty seconds, LUFS; nothing for
/// silence, or once `stop` says so. Any thread but audio; it works for as long as rendering takes.
#[must_use]
pub fn measure(
    sheet: &Sheet,
    instrument: &Instrument,
    rate: u32,
    stop: &dyn Fn() -> bool,
) -> Option<f64> {
    let mut player = Player::new(instrument, rate, sheet.keys(), stop, &mut |_| ())?;
    let steps = (MEASURED_SECONDS * sheet.bpm / 60.0 / sheet.pace).clamp(1.0, 1e6) as u32;
    let mut part = sheet.variations.first()?.clone();
    part.notes.retain(|note| note.step < steps);
    let beginning = Sheet {
        variations: vec![part],
        chosen: 0,
        ..sheet.clone()
    };
    let frames = files::play(
        &mut player,
        &beginning,
        rate,
        Tail::Seconds(RING_SECONDS),
        stop,
    )?;
    let side = |side: usize| frames.iter().map(|f| f[side]).collect::<Vec<f32>>();
    of(&side(0), &side(1), rate)
}

/// The sheet at the level that fits what was heard, where it has none yet.
#[must_use]
pub fn levelled(sheet: &Sheet, lufs: Option<f64>) -> Sheet {
    let fits = || gain_db(under(sheet.kind?, &sheet.words), lufs, sheet.context_lufs);
    let trim_db = sheet.trim_db.or_else(|| fits().map(|gain| gain as f32));
    Sheet {
        trim_db,
        ..sheet.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::super::sheet::UNTRIMMED_DB;
    use super::*;
    use crate::music::PartKind;

    #[test]
    fn a_part_comes_under_the_song_however_loud_that_is() {
        let gain = |words: &str, context_lufs| {
            let sheet = Sheet {
                words: words.to_owned(),
                kind: Some(PartKind::Drums),
                context_lufs,
                ..Sheet::default()
            };
            20.0 * levelled(&sheet, Some(-30.0)).gain().log10()
        };
        for (words, song, db) in [
            ("drums", Some(-23.0), 1.0),
            ("drums", Some(-8.0), 16.0),
            ("soft drums", Some(-8.0), 13.0),
            ("drums", None, UNTRIMMED_DB),
        ] {
            assert!((gain(words, song) - db).abs() < 1e-3, "{words} {song:?}");
        }
    }
}
