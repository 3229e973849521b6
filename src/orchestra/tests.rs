//! What every arrangement holds for certain, over ensembles and songs; and where melodies are found.

use super::tone::SAME;
use super::tunes::{Accompaniment, TUNES, Tune};
use super::*;
use crate::music::{Metre, PartKind};

const ENSEMBLES: &[&str] = &[
    "string quartet",
    "string trio",
    "string quintet",
    "string duo",
    "piano trio",
    "piano quartet",
    "piano quintet",
    "piano solo",
    "piano four hands",
    "wind quintet",
    "wind trio",
    "wind octet",
    "flute quartet",
    "clarinet quartet",
    "saxophone quartet",
    "brass trio",
    "brass quintet",
    "brass choir",
    "brass band",
    "dixieland band",
    "trombone quartet",
    "horn quartet",
    "SATB choir",
    "barbershop quartet",
    "womens choir",
    "two voices",
    "choir and organ",
    "full orchestra",
    "chamber orchestra",
    "baroque ensemble",
    "film orchestra",
    "concert band",
    "big band",
    "jazz trio",
    "jazz quartet",
    "organ trio",
    "gypsy jazz band",
    "rock band",
    "metal band",
    "pop band",
    "funk band",
    "reggae band",
    "salsa band",
    "bossa nova band",
    "mariachi",
    "tango orchestra",
    "country band",
    "bluegrass band",
    "folk band",
    "irish band",
    "klezmer band",
    "lo-fi beat",
    "trap beat",
    "house track",
    "mallet ensemble",
    "guitar duo",
    "solo guitar",
    "flute melody over warm strings and soft timpani, more dramatic",
    "only bass and drums",
    "bass and drums",
    "violin and harp",
    "string quartet with tuba",
    "melody in the oboe, horns as pad, cello plays the bass",
    "solo cello",
    "harp",
    "accordion",
    "choir",
    "string quartet, call and response",
    "flute and clarinet, call and response",
    "string quartet, cello plays the melody",
    "brass quintet, building up, very loud",
    "thin string quartet, staccato",
    "full wind quintet in waltzing chords",
    "string quartet with arpeggios",
    "string quartet with repeated notes",
    "glockenspiel and celesta",
    "piccolo, tuba and snare drum",
    "timpani, horn and trombone",
    "violin, cymbals and percussion",
    "lively and dramatic",
    "tuba",
    "double bass and piano",
    "string quartet with a counter-melody",
    "twelve violins",
    "didgeridoo and flute",
    "bagpipes and drums",
    "banjo and fiddle",
];

/// The source in each shape.
fn sources(tune: &Tune) -> Vec<Source> {
    let mut found = vec![tune.given().told_apart(None).unwrap()];
    if !tune.chords.is_empty() {
        found.push(tune.with(Accompaniment::Broken).told_apart(None).unwrap());
        found.push(tune.band("").told_apart(None).unwrap());
    }
    found
}

/// What is wrong with an arrangement.
fn faults(source: &Source, asked: &Asked, made: &Arrangement) -> Vec<String> {
    let mut found = Vec::new();
    let wanted: Vec<&str> = asked
        .players
        .iter()
        .map(|player| &*player.instrument.name)
        .collect();
    let play: Vec<&str> = made
        .parts
        .iter()
        .map(|part| &*part.instrument.name)
        .collect();
    if !wanted.is_empty() && wanted != play {
        found.push(format!("{play:?} play, asked for {wanted:?}"));
    }
    if (&made.metres, &made.tempo) != (&source.metres, &source.tempo) {
        found.push("metre or tempo changed".to_owned());
    }
    let end = source.bars.last().unwrap().end + SAME;
    for part in &made.parts {
        let name = &part.name;
        if part.tones.is_empty() {
            found.push(format!("{name} is silent"));
        }
        let out = part
            .tones
            .iter()
            .find(|tone| !part.instrument.reaches(i32::from(tone.key)));
        if let Some(tone) = out {
            found.push(format!("{name}: key {} is out of range", tone.key));
        }
        for tone in &part.tones {
            if !(1..=127).contains(&tone.velocity)
                || tone.end <= tone.start
                || tone.start < -SAME
                || tone.start > end
            {
                found.push(format!("{name}: {tone:?}"));
            }
            let sounding: Vec<u8> = part
                .tones
                .iter()
                .filter(|other| other.sounds(tone.start))
                .map(|other| other.key)
                .collect();
            let once: std::collections::BTreeSet<&u8> = sounding.iter().collect();
            if !part.instrument.is_drums()
                && (sounding.len() > usize::from(part.instrument.many)
                    || once.len() < sounding.len())
            {
                found.push(format!("{name}: {sounding:?} at {}", tone.start));
            }
            if part.instrument.has_hands() && !chordal::two_hands(&sounding) {
                found.push(format!(
                    "{name}: two hands can't hold {sounding:?} at {}",
                    tone.start
                ));
            }
        }
    }
    let Some(melody) = made.melody_part() else {
        if !asked.only {
            found.push("nobody has the melody".to_owned());
        }
        return found;
    };
    let answers = made.answers.map(|at| &made.parts[at]);
    let mut before: Option<(i32, bool)> = None;
    let mut changes = 0;
    for tone in &source.melody {
        let here = |part: &ArrangedPart| {
            let same = |other: &&Tone| {
                (other.start - tone.start).abs() < SAME && other.key % 12 == tone.key % 12
            };
            part.tones
                .iter()
                .filter(same)
                .map(|other| i32::from(other.key) - i32::from(tone.key))
                .min_by_key(|far| {
                    let moved = made.moved.iter().find(|moved| {
                        tone.start >= moved.from - SAME && tone.start < moved.to - SAME
                    });
                    (far - 12 * i32::from(moved.map_or(0, |moved| moved.octaves))).abs()
                })
        };
        let (own, other) = (here(melody), answers.and_then(here));
        match own.or(other) {
            None => found.push(format!("melody's {} at {} is lost", tone.key, tone.start)),
            Some(far) => {
                changes += usize::from(before.is_some_and(|(known, _)| known != far));
                before = Some((far, own.is_some()));
            }
        }
    }
    // Phrases move as a whole, where an instrument has room for a melody of this width.
    let wide = source
        .melody
        .iter()
        .map(|tone| tone.key)
        .max()
        .zip(source.melody.iter().map(|tone| tone.key).min())
        .map_or(0, |(a, b)| a - b);
    let room = melody.instrument.range[1] - melody.instrument.range[0];
    if answers.is_none() && changes > 0 && room >= wide + 11 {
        found.push(format!("the melody changes its octave {changes} times"));
    }
    found
}

#[test]
fn every_arrangement_holds_what_it_must() {
    assert!(ENSEMBLES.len() >= 50);
    let mut wrong = Vec::new();
    for ensemble in ENSEMBLES {
        let asked = Asked::read(ensemble).unwrap_or_else(|error| panic!("{ensemble}: {error}"));
        for (number, tune) in TUNES.iter().enumerate() {
            let all = sources(tune);
            let shape = number % all.len();
            let made = arrange(&all[shape], &asked, 3);
            let mut found = faults(&all[shape], &asked, &made);
            found.truncate(2);
            wrong.extend(
                found
                    .into_iter()
                    .map(|fault| format!("{ensemble} / {} {shape}: {fault}", tune.name)),
            );
        }
    }
    assert!(
        wrong.is_empty(),
        "{} faults:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(60)].join("\n")
    );
}

#[test]
fn the_same_seed_gives_the_same_and_another_another() {
    let tune = TUNES[1].given().told_apart(None).unwrap();
    for ensemble in ["string quartet", "big band", "piano solo", "wind quintet"] {
        let asked = Asked::read(ensemble).unwrap();
        assert_eq!(arrange(&tune, &asked, 5), arrange(&tune, &asked, 5));
        assert_ne!(
            arrange(&tune, &asked, 5),
            arrange(&tune, &asked, 6),
            "{ensemble}"
        );
    }
}

#[test]
fn words_change_what_they_say() {
    let tune = TUNES[2].given().told_apart(None).unwrap();
    let made = |text: &str| arrange(&tune, &Asked::read(text).unwrap(), 1);
    let count = |made: &Arrangement| {
        made.parts
            .iter()
            .map(|part| part.tones.len())
            .sum::<usize>()
    };
    let all = |made: &Arrangement| {
        made.parts
            .iter()
            .flat_map(|part| part.tones.clone())
            .collect::<Vec<_>>()
    };
    let loud = |made: &Arrangement| {
        let all = all(made);
        all.iter().map(|tone| f64::from(tone.velocity)).sum::<f64>() / all.len() as f64
    };
    let spread = |made: &Arrangement| {
        let all = all(made);
        let keys = all.iter().map(|tone| tone.velocity);
        keys.clone().max().unwrap() - keys.min().unwrap()
    };
    let length = |made: &Arrangement| {
        let all = all(made);
        all.iter().map(Tone::length).sum::<f64>() / all.len() as f64
    };
    let plain = made("string quartet in block chords");
    assert!(count(&made("string quartet with repeated notes")) > count(&plain));
    assert!(count(&made("string quartet with sustained notes")) < count(&plain));
    assert!(loud(&made("loud string quartet in block chords")) > loud(&plain) + 8.0);
    assert!(loud(&made("soft string quartet in block chords")) < loud(&plain) - 8.0);
    assert!(spread(&made("dramatic string quartet in block chords")) > spread(&plain));
    assert!(length(&made("staccato string quartet in block chords")) < 0.8 * length(&plain));
    let built = made("string quartet in block chords, building up");
    let part = |from: f64, to: f64| {
        let tones = all(&built);
        let some: Vec<f64> = tones
            .iter()
            .filter(|tone| tone.start >= from && tone.start < to)
            .map(|tone| f64::from(tone.velocity))
            .collect();
        some.iter().sum::<f64>() / some.len() as f64
    };
    assert!(part(36.0, 48.0) > part(0.0, 12.0) + 20.0);
    let called = made("string quartet, call and response");
    assert!(called.answers.is_some());
    assert_eq!(plain.textures[0].1, Texture::Chordal);
    let oboe = made("melody in the oboe over strings");
    assert_eq!(oboe.melody_part().map(|part| &*part.name), Some("oboe"));
}

/// Notes found of those that are melody, and the other way round, and their F1.
fn agreement(found: &[Tone], truth: &[Tone]) -> f64 {
    let in_both = found
        .iter()
        .filter(|tone| {
            truth
                .iter()
                .any(|other| other.key == tone.key && (other.start - tone.start).abs() < 0.05)
        })
        .count() as f64;
    2.0 * in_both / (found.len() + truth.len()) as f64
}

#[test]
fn melodies_are_found_in_pianos_and_bands_better_than_by_height_alone() {
    let (mut sum, mut highest, mut count) = (0.0, 0.0, 0.0);
    for tune in TUNES.iter().filter(|tune| !tune.chords.is_empty()) {
        for accompaniment in Accompaniment::PIANO {
            let given = tune.with(accompaniment);
            let found = agreement(&given.told_apart(None).unwrap().melody, &tune.melody());
            let top = agreement(&melody::highest(&given.tracks[0].tones), &tune.melody());
            println!(
                "{:20} {accompaniment:?} {found:.3} (highest {top:.3})",
                tune.name
            );
            (sum, highest, count) = (sum + found, highest + top, count + 1.0);
            assert!(found > 0.7, "{} {accompaniment:?}: {found:.2}", tune.name);
        }
        for name in ["", "Lead vocals"] {
            let source = tune.band(name).told_apart(None).unwrap();
            assert_eq!(source.melody_track, 2, "{}", tune.name);
            assert_eq!(source.melody, tune.melody());
        }
    }
    let (mean, top) = (sum / count, highest / count);
    println!("found {mean:.3}, highest {top:.3}");
    assert!(mean > 0.95 && mean > top, "{mean:.3}, {top:.3}");
}

#[test]
fn a_melody_in_the_left_hand_is_found_and_another_track_can_be_named() {
    let tune = &TUNES[1];
    let mut given = tune.given();
    let low = |tone: &Tone| Tone {
        key: tone.key - 24,
        velocity: 96,
        ..*tone
    };
    let melody: Vec<Tone> = tune.melody().iter().map(low).collect();
    let above = tune
        .chords()
        .into_iter()
        .flat_map(|(start, length, chord)| {
            (0..(length * 2.0) as usize).flat_map(move |at| {
                let key = |above: &u8| Tone {
                    start: start + at as f64 / 2.0,
                    end: start + at as f64 / 2.0 + 0.4,
                    key: 64 + (chord.root + above + 8) % 12,
                    velocity: 58,
                };
                chord
                    .quality
                    .intervals()
                    .iter()
                    .map(key)
                    .collect::<Vec<_>>()
            })
        });
    given.tracks[0].tones = melody.iter().copied().chain(above).collect();
    let found = agreement(&given.told_apart(None).unwrap().melody, &melody);
    assert!(found > 0.85, "{found:.2}");
    let band = tune.band("");
    let bass = band.told_apart(Some(1)).unwrap();
    assert_eq!(bass.melody_track, 1);
    assert_ne!(bass.melody, tune.melody());
    assert_eq!(band.told_apart(Some(7)), Err(NoMelody::NotThere));
}

#[test]
fn a_piece_of_as_many_lines_as_players_keeps_them() {
    let tune = TUNES[1].given().told_apart(None).unwrap();
    let four = arrange(&tune, &Asked::read("SATB").unwrap(), 1);
    let given = Given::from_song(&four.to_song());
    let source = given.told_apart(None).unwrap();
    let made = arrange(&source, &Asked::read("string quartet").unwrap(), 1);
    for (from, to) in four.parts.iter().zip(&made.parts) {
        let classes = |part: &ArrangedPart| {
            let all = part.tones.iter();
            all.map(|tone| ((tone.start * 480.0).round() as i64, tone.key % 12))
                .collect::<Vec<_>>()
        };
        assert_eq!(classes(from), classes(to), "{}", to.name);
    }
    assert_eq!(source.lines.len(), 4);
}

#[test]
fn bad_input_is_refused_in_a_sentence_or_arranged_all_the_same() {
    let metre = Metre { count: 4, unit: 4 };
    let nothing = Given::one(Vec::new(), metre, 120.0);
    assert_eq!(nothing.told_apart(None), Err(NoMelody::Silent));
    let note = Tone {
        start: 0.0,
        end: 1.0,
        key: 60,
        velocity: 80,
    };
    let mut drums = Given::one(vec![note], metre, 120.0);
    drums.tracks[0].kind = Some(PartKind::Drums);
    assert_eq!(drums.told_apart(None), Err(NoMelody::OnlyDrums));
    let long = Given::one(vec![Tone { end: 1e6, ..note }], metre, 120.0);
    assert_eq!(long.told_apart(None), Err(NoMelody::TooLong));
    for key in [0, 60, 127] {
        let one = Given::one(vec![Tone { key, ..note }], metre, 120.0)
            .told_apart(None)
            .unwrap();
        for ensemble in ENSEMBLES {
            let asked = Asked::read(ensemble).unwrap();
            let made = arrange(&one, &asked, 1);
            assert_eq!(
                faults(&one, &asked, &made),
                [""; 0],
                "{ensemble}, key {key}"
            );
        }
    }
    // Noise: keys and times by chance.
    let random = |at: u64| {
        let chance = |kind: u64| f64::from(crate::style::chance::chance(9, &[kind, at]));
        let start = chance(1) * 64.0;
        Tone {
            start,
            end: start + 0.05 + chance(2) * 3.0,
            key: (chance(3) * 128.0) as u8,
            velocity: 1 + (chance(4) * 126.0) as u8,
        }
    };
    let noise = Given::one((0..400).map(random).collect(), metre, 120.0)
        .told_apart(None)
        .unwrap();
    for ensemble in [
        "string quartet",
        "piano solo",
        "big band",
        "SATB",
        "guitar",
        "full orchestra",
    ] {
        let asked = Asked::read(ensemble).unwrap();
        let found = faults(&noise, &asked, &arrange(&noise, &asked, 1));
        assert_eq!(found, [""; 0], "{ensemble}");
    }
}

#[test]
fn an_arrangement_is_a_song_with_its_tempo_and_metres() {
    let source = TUNES[2].given().told_apart(None).unwrap();
    let made = arrange(&source, &Asked::read("full orchestra").unwrap(), 2);
    let song = made.to_song();
    let again = crate::music::midi::read(&crate::music::midi::write(&song)).unwrap();
    assert_eq!(again.tracks.len(), made.parts.len());
    assert_eq!((&again.metres, &again.tempo), (&song.metres, &song.tempo));
    let channels: std::collections::BTreeSet<u8> =
        made.parts.iter().map(|part| part.channel).collect();
    assert_eq!(channels.len(), made.parts.len());
    for (track, part) in again.tracks.iter().zip(&made.parts) {
        assert_eq!(track.name.as_deref(), Some(&*part.name));
        assert_eq!(track.notes.len(), part.tones.len());
        assert_eq!(track.program, part.programme);
    }
}
