//! Tokens and notes against `training.parts.golden_roll`.

use serde::Deserialize;

use super::*;
use crate::models::Pack;

#[derive(Deserialize)]
struct Case {
    root: Vec<u8>,
    quality: Vec<u8>,
    /// Part, start, length (24ths of a quarter), key, velocity.
    notes: Vec<[i64; 5]>,
    tokens: Vec<u16>,
    decoded: Vec<[i64; 5]>,
    heard_bass: Vec<f32>,
}

fn note([_, start, length, key, velocity]: [i64; 5]) -> GridNote {
    let (from, to) = (start as f64 / 6.0, (start + length) as f64 / 6.0);
    GridNote::between(from, to, key as u8, velocity as u8).unwrap()
}

fn ticks(part: PartKind, note: &GridNote) -> [i64; 5] {
    let (start, length) = (note.start() * 6.0, f64::from(note.length) * 6.0);
    let whole = |x: f64| x.round() as i64;
    let (key, velocity) = (i64::from(note.key), i64::from(note.velocity));
    [
        index(part) as i64,
        whole(start),
        whole(length),
        key,
        velocity,
    ]
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn notes_become_the_tokens_of_the_training_and_back() {
    let text = include_str!("../../../../tests/golden/roll.json");
    let cases: Vec<Case> = serde_json::from_str(text).unwrap();
    let vocabulary = Vocabulary::read(&Pack::built_in().unwrap()).unwrap();
    for case in cases {
        let chords = case.root.iter().zip(&case.quality);
        let chords: Vec<StepChord> = chords
            .map(|(&root, &quality)| StepChord { root, quality })
            .collect();
        let mut rows = empty(chords.len());
        let of = |notes: &[[i64; 5]], part: PartKind| -> Vec<[i64; 5]> {
            let mine = notes.iter().filter(|note| note[0] == index(part) as i64);
            mine.copied().collect()
        };
        for part in PartKind::ALL {
            let notes: Vec<GridNote> = of(&case.notes, part).into_iter().map(note).collect();
            vocabulary.encode(part, &notes, &chords, &mut rows);
        }
        assert_eq!(rows.len(), case.tokens.len());
        let wrong = rows.iter().zip(&case.tokens).enumerate();
        let wrong: Vec<_> = wrong.filter(|(_, (a, b))| a != b).take(5).collect();
        assert!(wrong.is_empty(), "(place, (ours, training's)): {wrong:?}");
        for part in PartKind::ALL {
            let decoded = vocabulary.decode(part, &rows, &chords);
            let mut ours: Vec<[i64; 5]> = decoded.iter().map(|note| ticks(part, note)).collect();
            ours.sort_unstable();
            assert_eq!(ours, of(&case.decoded, part), "{part:?}");
            // What was decoded becomes the same tokens again, kept-to offsets included.
            let mut again = empty(chords.len());
            vocabulary.encode(part, &decoded, &chords, &mut again);
            let back = vocabulary.decode(part, &again, &chords);
            assert_eq!(back, decoded, "{part:?}");
        }
        let bass = vocabulary.decode(PartKind::Bass, &rows, &chords);
        let heard = vocabulary.heard(&bass, &chords);
        let near = heard
            .iter()
            .zip(&case.heard_bass)
            .filter(|(a, b)| (**a - **b).abs() < 1e-3);
        let near = near.count();
        // Held notes keep their pitch under a new chord here, their degree there.
        assert!(near * 100 >= heard.len() * 97, "{near} of {}", heard.len());
    }
}
