//! What drums of a song in 4/4 have unless the words ask for a style that hasn't: the kick on 1, and the snare on 2
//! and 4, or on 3 in half-time.

use super::words::Said;
use super::words::lists::{NO_BACKBEAT, has};
use crate::music::{GridNote, Part, PartKind};

const KICKS: [u8; 2] = [35, 36];
/// Snare, side stick, hands.
const BACKBEATS: [u8; 4] = [37, 38, 39, 40];
const SNARES: [u8; 2] = [38, 40];
const PEDAL_HAT: u8 = 44;
/// Of what is added, where there are none to go by.
const VELOCITY: u8 = 100;
/// Steps of a bar of 4/4, and the places in it.
const BAR: usize = 16;
const TWO: usize = 4;
const THREE: usize = 8;
const FOUR: usize = 12;

/// Whether drums of these words are to have a backbeat, in bars of so many steps of one of the network's metres. Any thread.
pub(super) fn is_wanted(words: &str, said: &Said, (metre, bar): (&str, usize)) -> bool {
    let lower = words.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !(c.is_alphanumeric() || c == '-'))
        .collect();
    let otherwise = words.iter().any(|word| has(NO_BACKBEAT, word));
    let two = |first: &str, second: &str| words.windows(2).any(|pair| pair == [first, second]);
    // "One drop", "no backbeat", "snare on every beat".
    let told = two("one", "drop") || two("big", "band") || two("no", "backbeat");
    let placed = ["snare", "snares"].iter().any(|snare| two(snare, "on"));
    metre == "4/4" && bar == BAR && said.has_kick_and_snare() && !(otherwise || told || placed)
}

/// What of a backbeat a whole kit of so many bars lacks. Where most bars have it, the others are meant so. Any thread.
pub(super) fn given(part: Part, bars: usize) -> Part {
    if part.kind != Some(PartKind::Drums) || bars == 0 {
        return part;
    }
    let has = |keys: &[u8], bar: usize, place: usize| {
        let step = bar * BAR + place;
        let mut notes = part.notes.iter();
        notes.any(|note| note.step as usize == step && keys.contains(&note.key))
    };
    let count = |is_so: &dyn Fn(usize) -> bool| (0..bars).filter(|bar| is_so(*bar)).count();
    let most = |count: usize| count * 4 >= bars * 3;
    // A jazz drummer's foot keeps two and four.
    if most(count(&|bar| {
        has(&[PEDAL_HAT], bar, TWO) && has(&[PEDAL_HAT], bar, FOUR)
    })) {
        return part;
    }
    let on_two_and_four = |bar| has(&BACKBEATS, bar, TWO) && has(&BACKBEATS, bar, FOUR);
    let on_three = |bar| has(&BACKBEATS, bar, THREE) && !has(&BACKBEATS, bar, TWO);
    let backed = most(count(&on_two_and_four)) || most(count(&on_three));
    let kicked = most(count(&|bar| has(&KICKS, bar, 0)));
    let on_one = count(&|bar| has(&SNARES, bar, 0)) * 8 > bars;
    let mut notes = part.notes.clone();
    let mut add = |keys: &[u8], key: u8, places: &[usize]| {
        let there = part.notes.iter().filter(|note| keys.contains(&note.key));
        let loud = there.map(|note| note.velocity).max().unwrap_or(VELOCITY);
        let missing = (0..bars).flat_map(|bar| places.iter().map(move |place| (bar, *place)));
        for (bar, place) in missing.filter(|(bar, place)| !has(keys, *bar, *place)) {
            let step = (bar * BAR + place) as u32;
            let near =
                |note: &&mut GridNote| note.step.abs_diff(step) == 1 && keys.contains(&note.key);
            // One that missed it is moved there.
            match notes.iter_mut().find(near) {
                Some(note) => (note.step, note.offset) = (step, 0.0),
                None => notes.push(GridNote {
                    step,
                    offset: 0.0,
                    length: 1.0,
                    key,
                    velocity: loud.max(VELOCITY / 2),
                }),
            }
        }
    };
    if !kicked {
        add(&KICKS, KICKS[1], &[0]);
    }
    if !backed {
        add(&BACKBEATS, SNARES[0], &[TWO, FOUR]);
    }
    if on_one {
        let misplaced = |note: &GridNote| {
            (note.step as usize).is_multiple_of(BAR) && SNARES.contains(&note.key)
        };
        notes.retain(|note| !misplaced(note));
    }
    Part::new(part.kind, notes)
}

#[cfg(test)]
mod tests;
