//! Keys and chords of tunes that songbooks have chords for.

use super::*;
use crate::music::Quality;
use crate::orchestra::source::Source;
use crate::orchestra::tunes::{Accompaniment, TUNES, Tune};

fn source(tune: &Tune) -> Source {
    tune.given().told_apart(None).unwrap()
}

/// Share of time with the songbook's root and third, and with it among three.
fn right(tune: &Tune, found: &Harmonies) -> (f64, f64, f64) {
    let (mut first, mut third, mut all) = (0.0, 0.0, 0.0);
    let same = |a: Chord, b: Chord| {
        a.root == b.root && a.quality.intervals()[1] == b.quality.intervals()[1]
    };
    for (start, length, chord) in tune.chords() {
        for one in &found.chords {
            let within = (one.end.min(start + length) - one.start.max(start)).max(0.0);
            all += within;
            let is = same(one.chord, chord);
            first += if is { within } else { 0.0 };
            third += if is || one.others.iter().any(|other| same(*other, chord)) {
                within
            } else {
                0.0
            };
        }
    }
    (first, third, all)
}

#[test]
fn keys_of_melodies_are_found() {
    for tune in TUNES {
        let source = source(tune);
        let found = key_of(&source.melody, &source.melody);
        assert_eq!(found.key.to_string(), tune.key, "{}", tune.name);
    }
}

#[test]
fn melodies_alone_get_the_chords_of_songbooks() {
    let (mut first, mut third, mut all) = (0.0, 0.0, 0.0);
    for tune in TUNES.iter().filter(|tune| !tune.chords.is_empty()) {
        let found = of(&source(tune), Manner::Song);
        let (a, b, c) = right(tune, &found);
        let chords: Vec<String> = found
            .chords
            .iter()
            .map(|one| one.chord.to_string())
            .collect();
        println!(
            "{:20} {:.2} {:.2}  {}",
            tune.name,
            a / c,
            b / c,
            chords.join(" ")
        );
        (first, third, all) = (first + a, third + b, all + c);
    }
    println!("right {:.3}, among three {:.3}", first / all, third / all);
    assert!(first / all >= 0.7, "{:.3}", first / all);
    assert!(third / all >= 0.85, "{:.3}", third / all);
}

#[test]
fn minor_has_its_raised_seventh_and_pieces_end_at_home() {
    for tune in TUNES {
        for manner in [Manner::Hymn, Manner::Song] {
            let found = of(&source(tune), manner);
            let last = found.chords.last().unwrap().chord;
            assert_eq!(last.root, found.key.tonic, "{} ends on {last}", tune.name);
            assert!(
                found
                    .chords
                    .iter()
                    .all(|one| (0.0..=1.0).contains(&one.sure) && one.others.len() <= 2)
            );
        }
    }
    let green = TUNES
        .iter()
        .find(|tune| tune.name == "Greensleeves")
        .unwrap();
    let found = of(&source(green), Manner::Hymn);
    let dominant = |one: &Harmony| {
        one.chord.root == 4 && matches!(one.chord.quality, Quality::Major | Quality::Seventh)
    };
    assert!(found.chords.iter().any(dominant));
}

#[test]
fn harmony_that_is_there_is_kept() {
    for tune in TUNES.iter().filter(|tune| !tune.chords.is_empty()) {
        for accompaniment in Accompaniment::PIANO {
            let source = tune.with(accompaniment).told_apart(None).unwrap();
            let found = of(&source, Manner::Song);
            let (first, _, all) = right(tune, &found);
            assert!(
                first / all > 0.8,
                "{} {accompaniment:?}: {:.2}",
                tune.name,
                first / all
            );
        }
    }
}
