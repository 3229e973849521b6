//! Morphs lie between their two instruments, in all that is measured.

use super::*;
use crate::instrument::slots::{PARTIAL_ROWS, harmonic_row};
use crate::instrument::{Family, Macros};

/// An instrument of `harmonics` with an onset of so many seconds, a slope in dB a harmonic, and
/// offsets.
fn made(name: &str, harmonics: &[usize], rise: f32, slope: f32, offset: f32) -> Instrument {
    let level = |row: usize, time: f32| {
        let harmonic = harmonics.iter().find(|&&h| harmonic_row(h) == Some(row));
        match harmonic {
            Some(&h) if time < RELEASE_AT => {
                let risen = 20.0 * (time / rise).clamp(1e-3, 1.0).log10();
                slope * (h - 1) as f32 + risen
            }
            _ => SILENT_DB,
        }
    };
    let note: Vec<f32> = (0..ROWS)
        .flat_map(|row| time_grid().map(|t| level(row, t)))
        .collect();
    Instrument {
        name: name.into(),
        recipe: Recipe {
            seed: 7,
            family: Some(Family::Organ),
            ..Recipe::default()
        },
        macros: Macros::default(),
        body: Body::Keys(
            AnchorSet::from_levels(&note.repeat(ANCHORS), &[offset; ANCHORS * PARTIAL_ROWS])
                .unwrap(),
        ),
    }
}

fn middle(instrument: &Instrument) -> NoteModel {
    instrument
        .anchors()
        .unwrap()
        .note(super::super::slots::MIDDLE_ANCHOR)
}

/// Mean harmonic, weighted by amplitude.
fn centroid(note: &NoteModel) -> f32 {
    let (mut sum, mut weights) = (0.0, 0.0);
    for harmonic in 1..=96 {
        let row = note.row(harmonic_row(harmonic).unwrap());
        let amplitude: f32 = row[80..110].iter().map(|db| 10f32.powf(db / 20.0)).sum();
        (sum, weights) = (sum + amplitude * harmonic as f32, weights + amplitude);
    }
    sum / weights
}

fn loudest(note: &NoteModel) -> f32 {
    note.total_levels().into_iter().fold(SILENT_DB, f32::max)
}

#[test]
fn both_ends_are_the_instruments_themselves() {
    let (a, b) = (
        Instrument::factory(),
        made("b", &[1, 2, 3], 0.2, -6.0, 10.0),
    );
    for (share, end) in [(0.0, &a), (1.0, &b), (-3.0, &a), (9.0, &b), (f32::NAN, &a)] {
        assert_eq!(morph(&a, &b, share).unwrap().body, end.body, "{share}");
    }
    let half = morph(&a, &b, 0.5).unwrap();
    assert_eq!(half.name, "Electric Piano to b, 50 %");
    assert_eq!(half.recipe.variation_of.unwrap().name, "Electric Piano");
    let (with, share) = half.recipe.morphed_with.unwrap();
    assert_eq!((with.name.as_str(), with.seed, share), ("b", 7, 0.5));
}

#[test]
fn everything_moves_one_way_in_between() {
    let a = made("a", &[1, 2, 3, 4, 5], 0.004, -12.0, -20.0);
    let b = made("b", &[1, 2, 3, 4, 5, 6, 7, 8], 0.4, -1.0, 20.0);
    let steps: Vec<NoteModel> = (0..=10)
        .map(|step| middle(&morph(&a, &b, step as f32 / 10.0).unwrap()))
        .collect();
    let rising = |what: &str, of: &dyn Fn(&NoteModel) -> f32| {
        let values: Vec<f32> = steps.iter().map(of).collect();
        assert!(
            values.windows(2).all(|w| w[1] >= w[0] - 0.01) && values[10] > values[0],
            "{what}: {values:?}"
        );
    };
    rising("centroid", &centroid);
    rising("onset", &onset);
    rising("offset", &|note| note.cents[3]);
    rising("loudness", &loudest);
    // By equal ratios, so half way is their geometric mean.
    assert!((onset(&steps[5]) / (onset(&steps[0]) * onset(&steps[10])).sqrt() - 1.0).abs() < 0.2);
}

#[test]
fn sounds_that_share_nothing_cross_without_sinking() {
    let a = made("a", &[1, 3, 5], 0.01, -3.0, 0.0);
    let b = made("b", &[2, 4, 6], 0.01, -3.0, 0.0);
    let (from, to) = (loudest(&middle(&a)), loudest(&middle(&b)));
    for share in [0.1, 0.3, 0.5, 0.7, 0.9] {
        let note = middle(&morph(&a, &b, share).unwrap());
        let wanted = from + (to - from) * share;
        assert!((loudest(&note) - wanted).abs() < 0.5, "{share}");
        if share == 0.5 {
            continue;
        }
        let odd = note.row(harmonic_row(1).unwrap())[90];
        let even = note.row(harmonic_row(2).unwrap())[90];
        assert_eq!(odd > even, share < 0.5, "{share}: {odd} {even}");
    }
}

#[test]
fn a_morph_takes_milliseconds() {
    let (a, b) = (Instrument::factory(), made("b", &[1, 2], 0.3, -6.0, 0.0));
    let begun = std::time::Instant::now();
    morph(&a, &b, 0.5).unwrap();
    println!("{:.1} ms", begun.elapsed().as_secs_f64() * 1e3);
    assert!(begun.elapsed().as_millis() < 200, "{:?}", begun.elapsed());
}
