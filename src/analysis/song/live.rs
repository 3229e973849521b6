//! Key and chord while a song plays, half a second at a time.

use std::collections::VecDeque;

use super::chroma::{Chroma, Keys};
use super::{Stopped, chords, key, salience};
use crate::analysis::spectrum::RATE;
use crate::music::{Chord, Key};

/// Seconds between two looks.
pub const STEP: f64 = 0.5;
/// Seconds of sound that a look needs: the last step, and what the windows of its spectra reach.
pub const CONTEXT: f64 = 1.0;
/// Looks that count, the last 16 s.
const REMEMBERED: usize = 32;
/// Fewer make no key.
const LEAST: usize = 4;

/// What is heard now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Now {
    /// The key of the last 16 s.
    pub key: Key,
    /// How sure it is, 0..=1.
    pub confidence: f64,
    /// The chord of the last half second, if one is clear.
    pub chord: Option<Chord>,
}

/// Follows a song.
#[derive(Debug, Default)]
pub struct Live {
    chroma: VecDeque<Chroma>,
}

impl Live {
    /// Hears the last [`CONTEXT`] seconds, mono at [`crate::analysis::SAMPLE_RATE`], of which the last
    /// [`STEP`] are new. Takes some 10 ms on a slow core. `None` while too little was heard. Any thread
    /// but audio.
    pub fn hear(&mut self, sound: &[f32]) -> Option<Now> {
        let heard: Result<_, Stopped> = salience::of(sound, &|| false);
        let keys = Keys::of_salience(&heard.ok()?);
        let end = sound.len() as f64 / RATE;
        let mut chroma = keys.between(&[(end - STEP).max(0.0), end]).pop()?;
        // Each look is scaled by its own loudest moment.
        let power: f32 = sound.iter().map(|x| x * x).sum::<f32>() / sound.len().max(1) as f32;
        chroma.level *= power.sqrt().sqrt();
        if self.chroma.len() == REMEMBERED {
            self.chroma.pop_front();
        }
        self.chroma.push_back(chroma);
        for (index, chroma) in self.chroma.iter_mut().enumerate() {
            (chroma.start, chroma.end) = (index as f64 * STEP, (index + 1) as f64 * STEP);
        }
        if self.chroma.len() < LEAST {
            return None;
        }
        let chroma = self.chroma.make_contiguous();
        let fits = chords::fits(chroma);
        let costs = chords::costs(&vec![None; chroma.len()], 4);
        let found = key::find(chroma, &fits, &costs, None)?;
        let (key, confidence) = found.keys[0];
        let state = *found.path.last()?;
        Some(Now {
            key,
            confidence,
            chord: (state != chords::NONE).then(|| chords::chord(state)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::Mode;

    /// A second of a chord of harmonic tones.
    fn chord(keys: [i32; 3]) -> Vec<f32> {
        let tone = |key: &i32, seconds: f64| -> f64 {
            let turn = std::f64::consts::TAU * 440.0 * (f64::from(key - 69) / 12.0).exp2();
            (1..=5)
                .map(|n| (turn * seconds * f64::from(n)).sin() / f64::from(n * n))
                .sum()
        };
        let at = |frame: usize| {
            keys.iter()
                .map(|key| tone(key, frame as f64 / RATE))
                .sum::<f64>()
        };
        (0..RATE as usize)
            .map(|frame| 0.1 * at(frame) as f32)
            .collect()
    }

    #[test]
    fn chords_are_followed_and_the_key_becomes_clear() {
        let (c, f, g) = (
            chord([60, 64, 67]),
            chord([60, 65, 69]),
            chord([59, 62, 67]),
        );
        let mut live = Live::default();
        assert_eq!(live.hear(&c), None, "that is too little");
        let begun = std::time::Instant::now();
        let mut chords = Vec::new();
        for bar in [&c, &f, &g, &c, &f, &g, &c] {
            let looks: Vec<_> = (0..4).filter_map(|_| live.hear(bar)).collect();
            let now = looks.last().expect("enough was heard");
            chords.push(now.chord.expect("it is clear").to_string());
        }
        println!("a look takes {:.1?}", begun.elapsed() / 28);
        assert_eq!(chords, ["C", "F", "G", "C", "F", "G", "C"]);
        let now = live.hear(&c).expect("enough was heard");
        let major = Key {
            tonic: 0,
            mode: Mode::Major,
        };
        assert_eq!(now.key, major, "{now:?}");
        assert!(live.chroma.len() <= REMEMBERED);
        for _ in 0..REMEMBERED {
            live.hear(&vec![0.0; RATE as usize]);
        }
        assert_eq!(live.hear(&vec![0.0; RATE as usize]), None, "silence");
    }
}
