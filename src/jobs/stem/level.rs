//! How loud a part is beside what it is added to: measured before it first sounds, with the sound that
//! plays it.

use super::asking::Sheet;
use super::files;
use super::sheet::UNTRIMMED_DB;
use crate::instrument::Instrument;
use crate::jobs::offline::{Player, Tail};
pub use crate::work::part::level::{gain_db, of, under};

/// No peak of a part as it is made leaves above this, dBFS: however loud the song is, it alone doesn't
/// clip. (What a round's end rings into the next one's beginning is within the rest.)
const PEAK_DBFS: f32 = -1.5;
/// Seconds of a part that it is measured by.
const MEASURED_SECONDS: f64 = 30.0;
/// How long what is measured rings on, seconds.
const RING_SECONDS: f64 = 0.5;

/// What a part comes to with its sound, at no gain.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measured {
    /// Integrated loudness of the first thirty seconds of its first variation, LUFS; nothing for silence.
    pub lufs: Option<f64>,
    /// The highest sample of each variation, in its busiest thirty seconds.
    pub peaks: Vec<f32>,
}

/// Plays a part's variations offline; nothing is measured once `stop` says so. Any thread but audio; it
/// works for as long as rendering takes.
#[must_use]
pub fn measure(
    sheet: &Sheet,
    instrument: &Instrument,
    rate: u32,
    stop: &dyn Fn() -> bool,
) -> Measured {
    let mut measured = Measured::default();
    let keys = sheet.keys();
    let Some(mut player) = Player::new(instrument, rate, keys, stop, &mut |_| ()) else {
        return measured;
    };
    let steps = (MEASURED_SECONDS * sheet.bpm / 60.0 / sheet.pace).clamp(1.0, 1e6) as u32;
    let mut play = |variation: usize, from: u32| {
        let some = stretch(sheet, variation, from, steps);
        player.silence();
        files::play(&mut player, &some, rate, Tail::Seconds(RING_SECONDS), stop)
    };
    let peak = |frames: &[[f32; 2]]| frames.iter().flatten().fold(0.0f32, |a, x| a.max(x.abs()));
    for variation in 0..sheet.variations.len() {
        let busiest = busiest(sheet, variation, steps);
        let Some(frames) = play(variation, busiest) else {
            return measured;
        };
        measured.peaks.push(peak(&frames));
        let beginning = match (variation, busiest) {
            (0, 0) => Some(frames),
            (0, _) => play(0, 0),
            _ => None,
        };
        if let Some(frames) = beginning {
            let side = |side: usize| frames.iter().map(|f| f[side]).collect::<Vec<f32>>();
            measured.lufs = of(&side(0), &side(1), rate);
        }
    }
    measured
}

/// Where the `steps` steps begin in which a variation is played hardest.
fn busiest(sheet: &Sheet, variation: usize, steps: u32) -> u32 {
    let notes = &sheet.variations[variation].notes;
    let power = |from: u32| -> u64 {
        let inside = notes
            .iter()
            .filter(|n| (from..from + steps).contains(&n.step));
        inside.map(|note| u64::from(note.velocity).pow(2)).sum()
    };
    let last = (sheet.steps as u32).saturating_sub(steps);
    let bars = (0..=last).step_by(sheet.bar.max(1));
    bars.map(|from| (power(from), std::cmp::Reverse(from)))
        .max()
        .map_or(0, |(_, from)| from.0)
}

/// A part of these steps of a variation only.
fn stretch(sheet: &Sheet, variation: usize, from: u32, steps: u32) -> Sheet {
    let mut part = sheet.variations[variation].clone();
    part.notes
        .retain(|note| (from..from + steps).contains(&note.step));
    part.notes.iter_mut().for_each(|note| note.step -= from);
    Sheet {
        variations: vec![part],
        chosen: 0,
        ..sheet.clone()
    }
}

/// The sheet at the level that fits what was heard, where it has none yet, and with the ceilings that keep
/// its variations from clipping.
#[must_use]
pub fn levelled(sheet: &Sheet, measured: &Measured) -> Sheet {
    let fits = || gain_db(sheet.kind?, measured.lufs, sheet.context_lufs);
    let trim_db = sheet.trim_db.or_else(|| fits().map(|gain| gain as f32));
    let sheet = sheet.clone();
    ceiled(&Sheet { trim_db, ..sheet }, measured)
}

/// The same at the level it has. Ceilings above that aren't kept.
#[must_use]
pub fn ceiled(sheet: &Sheet, measured: &Measured) -> Sheet {
    let trim = sheet.trim_db.unwrap_or(UNTRIMMED_DB);
    let ceiling = |peak: &f32| PEAK_DBFS - 20.0 * peak.max(1e-6).log10();
    let ceilings = measured.peaks.iter().map(ceiling);
    let ceilings = ceilings.map(|ceiling| Some(ceiling).filter(|ceiling| *ceiling < trim));
    let mut ceilings_db: Vec<Option<f32>> = ceilings.collect();
    while ceilings_db.pop_if(|ceiling| ceiling.is_none()).is_some() {}
    Sheet {
        ceilings_db,
        ..sheet.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::PartKind;

    #[test]
    fn no_level_lets_a_part_clip() {
        let levelled = |context_lufs, peaks: &[f32]| {
            let measured = Measured {
                lufs: Some(-30.0),
                peaks: peaks.to_vec(),
            };
            let sheet = Sheet {
                kind: Some(PartKind::Drums),
                context_lufs,
                ..Sheet::default()
            };
            levelled(&sheet, &measured)
        };
        let db = |sheet: &Sheet| 20.0 * sheet.gain().log10();
        let fits = levelled(Some(-20.0), &[0.1, 1.0]);
        assert!((db(&fits) - 7.0).abs() < 1e-3, "as loud as fits");
        let other = Sheet { chosen: 1, ..fits };
        assert!((db(&other) - PEAK_DBFS).abs() < 1e-3, "it would clip");
        assert_eq!(other.trim_db, Some(7.0), "the others keep their level");
        let unheard = levelled(None, &[1.0]);
        assert_eq!(unheard.trim_db, None);
        assert!((db(&unheard) - UNTRIMMED_DB).abs() < 1e-3);
        let loud = levelled(None, &[10.0]);
        assert!((db(&loud) - (PEAK_DBFS - 20.0)).abs() < 1e-3);
    }
}
