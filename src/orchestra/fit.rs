//! The melody moved by octaves into its instrument: all of it together where that goes, else phrase by phrase.

use super::instruments::Instrument;
use super::tone::Tone;

/// A stretch of the melody that is in another octave than it was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moved {
    /// From where, quarter notes.
    pub from: f64,
    /// To where.
    pub to: f64,
    /// How many octaves up.
    pub octaves: i8,
}

const SHIFTS: [i32; 9] = [0, -12, 12, -24, 24, -36, 36, -48, 48];

/// What it costs to have notes so far up: outside, untiring, room for the voices under it, and far from where it was.
fn cost(tones: &[Tone], shift: i32, instrument: &Instrument, floor: i32) -> f64 {
    let [from, to] = instrument.easy.map(i32::from);
    let sum: f64 = tones
        .iter()
        .map(|tone| {
            let key = i32::from(tone.key) + shift;
            let outside = if instrument.reaches(key) { 0.0 } else { 40.0 };
            let far = f64::from((from - key).max(0) + (key - to).max(0));
            let low = f64::from((floor - key).max(0));
            tone.length() * (outside + far + 0.8 * low)
        })
        .sum();
    let length: f64 = tones.iter().map(Tone::length).sum::<f64>().max(1e-6);
    sum / length + f64::from(shift.abs()) * 0.04
}

fn best(tones: &[Tone], instrument: &Instrument, floor: i32) -> i32 {
    let all = |shift: &i32| {
        tones
            .iter()
            .all(|tone| instrument.reaches(i32::from(tone.key) + shift))
    };
    let fits = SHIFTS.iter().copied().any(|shift| all(&shift));
    let open = SHIFTS.iter().copied().filter(|shift| !fits || all(shift));
    open.min_by(|a, b| {
        cost(tones, *a, instrument, floor).total_cmp(&cost(tones, *b, instrument, floor))
    })
    .unwrap_or(0)
}

/// The melody in an instrument's octave, and what was moved. `phrases` are where phrases begin, quarter notes; other voices go down from `floor`.
pub(super) fn fit(
    melody: &[Tone],
    instrument: &Instrument,
    floor: i32,
    phrases: &[f64],
) -> (Vec<Tone>, Vec<Moved>) {
    let reach = |tone: &Tone, shift: i32| instrument.reaches(i32::from(tone.key) + shift);
    let whole = best(melody, instrument, floor);
    let mut found = Vec::with_capacity(melody.len());
    let mut moved: Vec<Moved> = Vec::new();
    let mut note = |tones: &[Tone], shift: i32| {
        for tone in tones {
            // A phrase wider than the instrument folds where it must.
            let far = SHIFTS
                .iter()
                .map(|more| shift + more)
                .find(|shift| reach(tone, *shift))
                .unwrap_or(shift);
            let octaves = (far / 12) as i8;
            match moved.last_mut() {
                Some(last) if last.octaves == octaves => last.to = tone.end,
                _ => moved.push(Moved {
                    from: tone.start,
                    to: tone.end,
                    octaves,
                }),
            }
            found.push(Tone {
                key: (i32::from(tone.key) + far).clamp(0, 127) as u8,
                ..*tone
            });
        }
    };
    if melody.iter().all(|tone| reach(tone, whole)) {
        note(melody, whole);
    } else {
        let mut from = 0;
        for at in 1..=melody.len() {
            let begins = at == melody.len()
                || phrases.iter().any(|start| {
                    *start > melody[at - 1].start && *start <= melody[at].start + super::tone::SAME
                });
            if begins {
                let phrase = &melody[from..at];
                let shift = if phrase.iter().all(|tone| reach(tone, whole)) {
                    whole
                } else {
                    best(phrase, instrument, floor)
                };
                note(phrase, shift);
                from = at;
            }
        }
    }
    moved.retain(|stretch| stretch.octaves != 0);
    (found, moved)
}

/// A line in another instrument's octaves: each note as near to where it was as it can be, plus some octaves.
pub(super) fn fold(line: &[Tone], instrument: &Instrument, octaves: i32) -> Vec<Tone> {
    let [low, high] = instrument.range.map(i32::from);
    let within = |key: i32| {
        let mut key = key + 12 * octaves;
        while key < low {
            key += 12;
        }
        while key > high {
            key -= 12;
        }
        key.clamp(low, high)
    };
    line.iter()
        .map(|tone| Tone {
            key: within(i32::from(tone.key)) as u8,
            ..*tone
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orchestra::instruments;

    fn line(keys: &[u8]) -> Vec<Tone> {
        let tone = |(at, key): (usize, &u8)| Tone {
            start: at as f64,
            end: at as f64 + 1.0,
            key: *key,
            velocity: 80,
        };
        keys.iter().enumerate().map(tone).collect()
    }

    #[test]
    fn a_melody_moves_by_octaves_and_says_so() {
        let cello = instruments::named("cello").unwrap();
        let (moved, said) = fit(&line(&[72, 76, 79, 84]), cello, 0, &[]);
        let keys: Vec<u8> = moved.iter().map(|tone| tone.key).collect();
        assert_eq!(keys, [48, 52, 55, 60]);
        assert_eq!(
            said,
            [Moved {
                from: 0.0,
                to: 4.0,
                octaves: -2
            }]
        );
        let violin = instruments::named("violin").unwrap();
        assert_eq!(fit(&line(&[72, 76]), violin, 0, &[]).1, []);
        // Wider than a tuba: note by note.
        let tuba = instruments::named("tuba").unwrap();
        let (moved, _) = fit(&line(&[36, 60, 84, 100]), tuba, 0, &[]);
        for (tone, key) in moved.iter().zip([36u8, 60, 84, 100]) {
            assert_eq!(tone.key % 12, key % 12);
            assert!(tuba.reaches(i32::from(tone.key)));
        }
    }
}
