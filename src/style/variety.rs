//! Bars, seeds and songs differ.

use std::collections::BTreeSet;

use super::tests::{chords, setting, usual_tempo};
use super::*;
use crate::music::Mode;

/// How far two sets of strokes are from each other: 0 the same, 1 nothing in common.
fn distance(one: &BTreeSet<(u32, u8)>, other: &BTreeSet<(u32, u8)>) -> f64 {
    let both = one.intersection(other).count();
    1.0 - both as f64 / (one.len() + other.len() - both).max(1) as f64
}

/// Prints how far bars, seeds and songs are from each other: `cargo test --lib style::variety -- --nocapture`.
#[test]
fn songs_differ_as_seeds_do_and_bars_less() {
    const SONGS: u64 = 10;
    for kind in [
        PartKind::Drums,
        PartKind::Bass,
        PartKind::Guitar,
        PartKind::Keys,
    ] {
        let mut sums = [0.0; 3];
        let mut count = 0.0;
        for style in all()
            .iter()
            .filter(|style| style.says(kind) && !style.file.manner)
        {
            let bar = style.bars.steps;
            let chords = chords(16 * bar, bar);
            let part = |song: u64, seed: u64| -> Vec<(u32, u8)> {
                let setting = Setting {
                    // Each song has a tempo and a key of its own.
                    bpm: usual_tempo(style) + song as f64,
                    key: Key {
                        tonic: song as u8,
                        mode: Mode::Major,
                    },
                    section_fills: None,
                    ..setting(&chords, 0.0, seed)
                };
                let part = style.write(kind, &setting).unwrap();
                part.notes.iter().map(|n| (n.step, n.key)).collect()
            };
            let set = |part: &[(u32, u8)]| part.iter().copied().collect::<BTreeSet<_>>();
            let parts: Vec<Vec<(u32, u8)>> = (0..SONGS).map(|song| part(song, 1)).collect();
            let rounds: Vec<BTreeSet<(u32, u8)>> = (0..4)
                .map(|round| {
                    let length = 4 * bar as u32;
                    let notes = parts[0].iter().filter(|note| note.0 / length == round);
                    notes.map(|note| (note.0 % length, note.1)).collect()
                })
                .collect();
            let bars = rounds.windows(2).map(|two| distance(&two[0], &two[1]));
            let seeds = (1..SONGS).map(|seed| distance(&set(&parts[0]), &set(&part(0, 1 + seed))));
            let songs = parts
                .windows(2)
                .map(|two| distance(&set(&two[0]), &set(&two[1])));
            sums[0] += bars.sum::<f64>() / 3.0;
            sums[1] += seeds.sum::<f64>() / (SONGS - 1) as f64;
            sums[2] += songs.sum::<f64>() / (SONGS - 1) as f64;
            count += 1.0;
        }
        let [bars, seeds, songs] = sums.map(|sum| sum / count);
        println!(
            "{:>8}: phrases {bars:.3}, seeds {seeds:.3}, songs {songs:.3}",
            kind.name()
        );
        assert!(
            songs > 0.8 * seeds && songs > 0.15,
            "{}: {songs}",
            kind.name()
        );
        assert!(songs > bars, "{}: {songs} {bars}", kind.name());
    }
}
