//! A part added to its song: only the sum is limited, and the song stays as loud as it is.

use crate::engine::limiter::Limiter;

/// What the song may lose where nothing else is told, dB.
const MOST_LOST_DB: f64 = 1.0;
/// A part that costs the song more is turned down in steps of this, dB, at most so often: it is to stay beside the song.
const STEP_DB: f64 = 1.0;
const STEPS: usize = 2;
/// Frames that are limited at once.
const BLOCK: usize = 4096;
/// Samples below this say nothing of the limiter's gain.
const AUDIBLE: f32 = 1e-4;

/// A song with a part in it.
pub struct Mixed {
    pub left: Vec<f32>,
    pub right: Vec<f32>,
    /// How much louder the song is in it than alone, dB: what was told, and what the limiter took.
    pub song_db: f64,
    /// And the part.
    pub part_db: f64,
}

/// Adds a part to a song whose level is changed by `song_db`, dB. Where nothing is told and the limiter would take
/// more than a decibel from the song, the part is turned down instead, as far as two decibels do.
pub fn mixed(song: [&[f32]; 2], part: [&[f32]; 2], rate: u32, song_db: Option<f64>) -> Mixed {
    let mut part_db = 0.0;
    let alone = limited(song, [&[], &[]], rate, (0.0, 0.0)).song_db;
    for _ in 0..STEPS {
        let mixed = limited(song, part, rate, (song_db.unwrap_or(0.0), part_db));
        // What a song loses without the part isn't the part's doing.
        let lost = alone.min(0.0) - mixed.song_db;
        let all_lost = -mixed.song_db;
        if song_db.is_some() || all_lost <= MOST_LOST_DB || lost <= 0.1 {
            return mixed;
        }
        part_db -= STEP_DB;
    }
    limited(song, part, rate, (0.0, part_db))
}

fn limited(
    song: [&[f32]; 2],
    part: [&[f32]; 2],
    rate: u32,
    (song_db, part_db): (f64, f64),
) -> Mixed {
    let gain = |db: f64| 10f64.powf(db / 20.0) as f32;
    let (of_song, of_part) = (gain(song_db), gain(part_db));
    let frames = song[0].len().max(part[0].len());
    let at = |samples: &[f32], frame: usize| samples.get(frame).copied().unwrap_or(0.0);
    let sum = |side: usize| -> Vec<f32> {
        let both = |frame| of_song * at(song[side], frame) + of_part * at(part[side], frame);
        (0..frames).map(both).collect()
    };
    let [mut left, mut right] = [sum(0), sum(1)];
    let mut limiter = Limiter::default();
    limiter.prepare(rate as f32);
    let (mut before, mut after) = (0.0f64, 0.0f64);
    let sides = left.chunks_mut(BLOCK).zip(right.chunks_mut(BLOCK));
    for (number, (left, right)) in sides.enumerate() {
        let whole = [left.to_vec(), right.to_vec()];
        limiter.limit(left, right, true);
        for (side, limited) in [&*left, &*right].into_iter().enumerate() {
            for (frame, (whole, limited)) in whole[side].iter().zip(limited).enumerate() {
                let held = match whole.abs() > AUDIBLE {
                    true => f64::from(limited / whole),
                    false => 1.0,
                };
                let power = f64::from(at(song[side], number * BLOCK + frame)).powi(2);
                before += power;
                after += power * held * held;
            }
        }
    }
    let held = if before > 0.0 { after / before } else { 1.0 };
    Mixed {
        left,
        right,
        song_db: song_db + 10.0 * held.max(1e-12).log10(),
        part_db,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 48_000;

    /// A loud master, its peaks rounded off, and strokes over it twice a second.
    fn loud(stroke: f32) -> (Vec<f32>, Vec<f32>) {
        let waves = |i: f32| (0.02 * i).sin() + 0.7 * (0.031 * i).sin() + 0.5 * (0.0071 * i).sin();
        let song = (0..96_000).map(|i| 0.88 * (2.0 * waves(i as f32)).tanh());
        let part = (0..96_000).map(|i| {
            let since = (i % 24_000) as f32;
            stroke * (0.06 * since).sin() * (-since / 800.0).exp()
        });
        (song.collect(), part.collect())
    }

    #[test]
    fn the_sum_is_limited_and_the_song_stays() {
        for stroke in [0.2, 0.5, 2.0, 30.0] {
            let (song, part) = loud(stroke);
            let mixed = mixed([&song, &song], [&part, &part], RATE, None);
            let peak = mixed.left.iter().fold(0.0f32, |peak, x| peak.max(x.abs()));
            assert!(peak <= 0.9, "{stroke}: {peak}");
            assert!(mixed.song_db > -3.0, "{stroke}: {} dB", mixed.song_db);
            assert!(mixed.part_db >= -2.0, "{stroke}: {}", mixed.part_db);
        }
        // What is soft is the plain sum.
        let (song, part) = loud(0.5);
        let soft = |x: &[f32]| x.iter().map(|x| 0.1 * x).collect::<Vec<f32>>();
        let (song, part) = (soft(&song), soft(&part));
        let mixed = mixed([&song, &song], [&part, &part], RATE, None);
        let plain = song.iter().zip(&part).map(|(a, b)| a + b);
        assert!(mixed.left.iter().copied().eq(plain) && mixed.song_db == 0.0);
        let told = super::mixed([&song, &song], [&part, &part], RATE, Some(-6.0));
        assert!((told.song_db + 6.0).abs() < 1e-6);
    }
}
