//! The kick where it certainly belongs: on every beat when the words say so, and on the first of a bar where
//! the network gave its place to the snare.

use super::words::Said;
use crate::music::{GridNote, Part, PartKind, STEPS};

const KICKS: [u8; 2] = [35, 36];
const SNARES: [u8; 2] = [38, 40];
const KICK: u8 = 36;
/// Kicks off the beats that a bar may have where the kick is on every beat: more, and nobody hears the beat.
const MOST_BETWEEN: usize = 1;
/// Of a kick where there are none to go by.
const VELOCITY: u8 = 100;

/// Steps of a felt beat in the network's metres.
fn beat(metre: &str) -> usize {
    match metre {
        "6/8" | "9/8" => 6,
        _ => STEPS as usize,
    }
}

/// Drums with a kick on every beat, and hardly any between, if that was said; only what is `free` changes.
/// Any thread.
pub(super) fn on_every_beat(
    mut part: Part,
    said: &Said,
    (steps, bar, metre): (usize, usize, &str),
    free: &dyn Fn(usize, u8) -> bool,
) -> Part {
    if !said.kick_on_beats || part.kind != Some(PartKind::Drums) || said.banned.contains(&"kick") {
        return part;
    }
    let kicks = of(&part, &KICKS);
    let loud = kicks.iter().map(|kick| kick.velocity).max();
    let loud = loud.unwrap_or(VELOCITY);
    let missing = |step: &usize| {
        let there = kicks.iter().any(|kick| kick.step as usize == *step);
        !there && free(*step, KICK)
    };
    let on_beats = (0..steps).step_by(beat(metre)).filter(missing);
    let between = |note: &GridNote| {
        KICKS.contains(&note.key) && !(note.step as usize).is_multiple_of(beat(metre))
    };
    let in_bar_of = |step: u32| {
        let bar_of = |step: u32| step as usize / bar.max(1);
        let kicks = kicks.iter().filter(|kick| between(kick));
        kicks
            .filter(|kick| bar_of(kick.step) == bar_of(step))
            .count()
    };
    let mut notes = std::mem::take(&mut part.notes);
    notes.retain(|note| {
        let crowded = between(note) && in_bar_of(note.step) > MOST_BETWEEN;
        !crowded || !free(note.step as usize, note.key)
    });
    notes.extend(on_beats.map(|step| kick(step as u32, loud)));
    Part::new(part.kind, notes)
}

/// A whole kit that has its snare on most downbeats and hardly a kick (it took a left hand for one) gets its
/// kicks there, and in the middle of bars of four. Any thread.
pub(super) fn instead_of_snares(
    part: Part,
    said: &Said,
    (steps, bar): (usize, usize),
    metre: &str,
) -> Part {
    let whole = part.kind == Some(PartKind::Drums) && said.has_kick_and_snare();
    let bars = steps / bar.max(1);
    let snares = of(&part, &SNARES);
    let at_first = |note: &&GridNote| (note.step as usize).is_multiple_of(bar);
    let on_first = snares.iter().filter(at_first).count();
    let kicked = of(&part, &KICKS).iter().filter(at_first).count() * 2 > bars;
    if !whole || bars == 0 || kicked || on_first * 2 <= bars {
        return part;
    }
    let places = match metre {
        "4/4" if bar == 16 => vec![0, bar / 2],
        _ => vec![0],
    };
    let mut notes = part.notes;
    for step in (0..bars).flat_map(|number| places.iter().map(move |place| number * bar + place)) {
        let here = |note: &GridNote| note.step as usize == step;
        let struck = notes
            .iter()
            .position(|note| here(note) && SNARES.contains(&note.key));
        let kicked = notes
            .iter()
            .any(|note| here(note) && KICKS.contains(&note.key));
        match struck {
            Some(snare) if kicked => drop(notes.remove(snare)),
            Some(snare) => notes[snare].key = KICK,
            None if !kicked => notes.push(kick(step as u32, VELOCITY)),
            None => {}
        }
    }
    Part::new(part.kind, notes)
}

fn of(part: &Part, keys: &[u8]) -> Vec<GridNote> {
    let notes = part.notes.iter();
    notes
        .filter(|note| keys.contains(&note.key))
        .copied()
        .collect()
}

fn kick(step: u32, velocity: u8) -> GridNote {
    GridNote {
        step,
        offset: 0.0,
        length: 0.5,
        key: KICK,
        velocity,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{StemAsk, StemSong, tests::made, words};
    use super::*;
    use crate::analysis::song::{Corrections, written};
    use crate::music::{Note, Song, TempoMap, Track};

    fn drums(hits: &[(u32, u8)]) -> Part {
        let hit = |&(step, key): &(u32, u8)| GridNote {
            key,
            ..kick(step, 90)
        };
        Part::new(Some(PartKind::Drums), hits.iter().map(hit).collect())
    }

    fn steps(part: &Part, key: u8) -> Vec<u32> {
        of(part, &[key]).iter().map(|note| note.step).collect()
    }

    #[test]
    fn a_kick_is_on_every_beat_where_that_is_said() {
        let part = drums(&[(0, 36), (4, 38), (6, 36), (12, 38)]);
        for words in [
            "rock drums, four on the floor",
            "four-on-the-floor drums",
            "drums with kick on every beat",
            "drums, the bass drum on each beat",
            "kicks on all four beats",
        ] {
            let said = words::read(words);
            let kicked = on_every_beat(part.clone(), &said, (16, 16, "4/4"), &|_, _| true);
            assert_eq!(steps(&kicked, 36), [0, 4, 6, 8, 12], "{words}");
            let kicked = on_every_beat(part.clone(), &said, (12, 12, "6/8"), &|_, _| true);
            assert_eq!(steps(&kicked, 36), [0, 6], "{words}");
            let half = on_every_beat(part.clone(), &said, (16, 16, "4/4"), &|step, _| step < 8);
            assert_eq!(steps(&half, 36), [0, 4, 6], "{words}: only what is free");
        }
        // A crowd of kicks hides the beat; one between is a groove.
        let crowd = drums(&[(0, 36), (2, 36), (3, 36), (10, 36), (22, 36)]);
        let said = words::read("house drums, four on the floor");
        let kicked = on_every_beat(crowd.clone(), &said, (32, 16, "4/4"), &|_, _| true);
        assert_eq!(steps(&kicked, 36), [0, 4, 8, 12, 16, 20, 22, 24, 28]);
        let kept = on_every_beat(crowd, &said, (32, 16, "4/4"), &|step, _| step >= 16);
        assert_eq!(steps(&kept, 36), [0, 2, 3, 10, 16, 20, 22, 24, 28]);
        for words in [
            "rock drums",
            "not four on the floor",
            "drums without four on the floor",
            "snare on every beat",
            "hats on every beat and a heavy kick",
            "four on the floor without kick",
        ] {
            let said = words::read(words);
            let kicked = on_every_beat(part.clone(), &said, (16, 16, "4/4"), &|_, _| true);
            assert_eq!(kicked, part, "{words}");
        }
    }

    #[test]
    fn a_snare_in_the_kicks_place_gives_way() {
        let said = words::read("add drums");
        let swapped = drums(&[
            (0, 38),
            (4, 38),
            (12, 38),
            (16, 40),
            (20, 38),
            (24, 38),
            (28, 38),
        ]);
        let mended = instead_of_snares(swapped.clone(), &said, (32, 16), "4/4");
        assert_eq!(steps(&mended, 36), [0, 8, 16, 24]);
        assert_eq!(steps(&mended, 38), [4, 12, 20, 28]);
        for words in [
            "drums without cymbals",
            "drums with only kick and snare",
            "drums, no hi-hat",
        ] {
            let said = words::read(words);
            let mended = instead_of_snares(swapped.clone(), &said, (32, 16), "4/4");
            assert_eq!(steps(&mended, 36), [0, 8, 16, 24], "{words}");
        }
        let beside = Part::new(
            swapped.kind,
            [&swapped.notes[..], &drums(&[(10, 36), (26, 36)]).notes].concat(),
        );
        let mended = instead_of_snares(beside, &said, (32, 16), "4/4");
        assert_eq!(steps(&mended, 36), [0, 8, 10, 16, 24, 26]);
        // What has kicks, or no snare there, or is asked for without some pieces, is meant so.
        let kicked = drums(&[(0, 36), (0, 38), (16, 36), (16, 38)]);
        let brushed = drums(&[(4, 38), (20, 38)]);
        for part in [&kicked, &brushed] {
            assert_eq!(
                &instead_of_snares(part.clone(), &said, (32, 16), "4/4"),
                part
            );
        }
        let said = words::read("drums, no kick");
        assert_eq!(
            instead_of_snares(swapped.clone(), &said, (32, 16), "4/4"),
            swapped
        );
    }

    /// Four bars of chords four times, with a left hand in quarters.
    fn piano() -> StemSong {
        let chords = [
            [48, 60, 64, 67],
            [45, 57, 60, 64],
            [41, 57, 60, 65],
            [43, 55, 59, 62],
        ];
        let note = |key: u8, beat: u64, length: u64, velocity: u8| Note {
            channel: 0,
            key,
            velocity,
            start: beat * 480,
            length,
        };
        let notes = (0..64u64).flat_map(|beat| {
            let [root, chord @ ..] = chords[beat as usize / 4 % 4];
            let first = beat % 4 == 0;
            let held = chord.map(|key| note(key, beat, 1_900, 80));
            let left = note(root, beat, 460, if first { 100 } else { 70 });
            held.into_iter().filter(move |_| first).chain([left])
        });
        let song = Song {
            tempo: TempoMap::metrical(480, &[(0, 600_000)]),
            metres: Vec::new(),
            tracks: vec![Track {
                program: Some(0),
                notes: notes.collect(),
                ..Track::default()
            }],
        };
        let song = written::read(&song, &Corrections::default()).unwrap();
        StemSong::new(&song.description, &song.grid, &song.parts).unwrap()
    }

    #[test]
    #[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
    fn a_left_hand_in_quarters_is_not_the_kick() {
        let context = piano();
        for (words, on_beats) in [
            ("add rock drums", false),
            ("rock drums, four on the floor", true),
            ("drums with kick on every beat", true),
        ] {
            for seed in 0..3 {
                let ask = StemAsk {
                    words: words.to_owned(),
                    seed,
                    ..StemAsk::default()
                };
                let part = made(&context, &ask, &mut |_| true).unwrap();
                let on = |keys: &[u8], beat: &u32| {
                    let here = of(&part, keys);
                    here.iter().any(|note| note.step == beat * 4)
                };
                let kicks = (0..64).filter(|beat| on(&KICKS, beat)).count();
                let snares = (0..64).filter(|beat| on(&SNARES, beat));
                let (back, first): (Vec<u32>, Vec<u32>) = snares.partition(|beat| beat % 2 == 1);
                let told = format!("{words}, {seed}: {kicks} kicks, {back:?}, {first:?}");
                assert!(kicks >= if on_beats { 64 } else { 16 }, "{told}");
                assert!(back.len() >= 24, "{told}");
                assert!(on_beats || first.len() <= 8, "{told}");
            }
        }
    }
}
