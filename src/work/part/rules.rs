//! What is always the same, whoever writes: swung eighths, an intro, an ending, where fills usually go.

use super::orders::{Act, Order, Span, When};
use super::words::{Control, Edit, Said};
use crate::music::{GridNote, Part, PartKind};

/// What is louder is so many degrees louder.
const LOUDER: f32 = 1.45;
/// Keys of General MIDI's kit.
const KICKS: [u8; 2] = [35, 36];
const SNARES: [u8; 4] = [37, 38, 39, 40];
/// Bars of a section: longer parts have fills at their ends.
const SECTION: usize = 8;

/// A new part as its words have its eighths: swung or straight.
pub(super) fn as_swung(mut part: Part, said: &Said, metre: &str) -> Part {
    if let Some(late) = said.swing.filter(|_| !metre.ends_with("/8")) {
        part.swing(if late { 1.0 } else { 0.0 });
    }
    part
}

/// What the words want of a whole part, as orders: of a part that is there all that changes it, of a new one what no writer does by itself.
pub(super) fn orders(said: &Said, kind: PartKind, metre: &str, again: bool) -> Vec<Order> {
    let act = |edit: Edit| match edit {
        Edit::Busier => Act::More,
        Edit::Sparser => Act::Less,
        Edit::Louder => Act::Level(LOUDER),
        Edit::Softer => Act::Level(-LOUDER),
        Edit::HalfTime => Act::Form(Span::HalfTime),
    };
    let mut acts: Vec<Act> = Vec::new();
    match said.edit {
        Some(edit) if again => acts.push(act(edit)),
        Some(Edit::HalfTime) if kind == PartKind::Drums => acts.push(act(Edit::HalfTime)),
        _ => {}
    }
    let ends = said.ending && !again;
    if let Some(late) = said.swing.filter(|_| again && !metre.ends_with("/8")) {
        acts.push(Act::Swing(if late { 1.0 } else { 0.0 }));
    }
    if again && said.edit.is_none() {
        // "Soft", "sparse": of a part that is there more so.
        for (control, score) in &said.controls {
            acts.extend(match control {
                Control::Loudness => Some(Act::Level(LOUDER * score.signum())),
                Control::Density if *score > 0.0 => Some(Act::More),
                Control::Density => Some(Act::Less),
                Control::Syncopation | Control::Register => None,
            });
        }
    }
    let order = |act, when| Order {
        of: Vec::new(),
        act,
        when,
    };
    let all = acts.into_iter().map(|act| order(act, When::Always));
    let end = ends.then(|| order(Act::Form(Span::End), When::Last(1)));
    all.chain(end).collect()
}

/// Bars, from 1, that get a fill where no bars are named: the ends of sections in long parts of drums, unless
/// the words say otherwise.
pub(super) fn fills(
    said: &Said,
    kind: PartKind,
    (bars, sections): (usize, &[usize]),
    again: bool,
) -> Vec<usize> {
    if kind != PartKind::Drums {
        return Vec::new();
    }
    let mut fills: Vec<usize> = Vec::new();
    if said.section_fills.unwrap_or(bars > SECTION && !again) {
        fills.extend(sections.iter().filter(|first| **first > 0));
        let last = sections.last().copied().unwrap_or(0);
        fills.extend((bars >= last + SECTION).then_some(bars));
        if bars < SECTION {
            fills.push(bars);
        }
    }
    if said.ending && !again {
        // The fill leads into the last bar, which is one beat.
        fills.retain(|bar| *bar != bars);
        fills.extend((bars > 2).then_some(bars - 1));
    }
    let intro = if said.intro { intro_bars(bars) } else { 0 };
    fills.extend((intro > 0 && !again).then_some(intro));
    fills.retain(|bar| (1..=bars).contains(bar));
    fills.sort_unstable();
    fills.dedup();
    fills
}

/// Bars of an intro in so many.
fn intro_bars(bars: usize) -> usize {
    match bars {
        0..=3 => 0,
        4..=7 => 1,
        8..=15 => 2,
        _ => 4,
    }
}

/// Leads in, by the lines of all bars and the end of the last: of drums first the cymbals alone, of all else nothing, then, from the middle of the intro
/// on, all.
pub(super) fn with_intro(part: Part, lines: &[usize]) -> Part {
    let intro = lines[intro_bars(lines.len() - 1)];
    let drums = part.kind == Some(PartKind::Drums);
    let kept = |note: &GridNote| {
        let struck = KICKS.contains(&note.key) || SNARES.contains(&note.key);
        let early = (note.step as usize) < intro.div_ceil(2);
        !early || (drums && !struck)
    };
    let notes = part.notes.into_iter().filter(kept);
    Part::new(part.kind, notes.collect())
}

#[cfg(test)]
mod tests {
    use super::super::words;
    use super::*;

    fn hit(step: u32, key: u8, velocity: u8) -> GridNote {
        GridNote {
            step,
            offset: 0.1,
            length: 0.5,
            key,
            velocity,
        }
    }

    fn rock(bars: u32) -> Part {
        let bar = |n: u32| {
            let kicks = [0, 8].map(|at| hit(16 * n + at, 36, 100));
            let snares = [4, 12].map(|at| hit(16 * n + at, 38, 90 + at as u8));
            let hats = (0..8).map(move |at| hit(16 * n + 2 * at, 42, 80));
            [kicks, snares].concat().into_iter().chain(hats)
        };
        Part::new(Some(PartKind::Drums), (0..bars).flat_map(bar).collect())
    }

    fn steps_of(part: &Part, key: u8) -> Vec<u32> {
        let notes = part.notes.iter().filter(|note| note.key == key);
        notes.map(|note| note.step).collect()
    }

    #[test]
    fn new_parts_are_swung_as_their_words_say() {
        let as_swung = |words: &str| as_swung(rock(1), &words::read(words), "4/4");
        let swung = as_swung("swung drums");
        assert_eq!(steps_of(&swung, 42), [0, 3, 4, 7, 8, 11, 12, 15]);
        let late = swung.notes.iter().find(|note| note.step == 3).unwrap();
        assert!((late.start() - 8.0 / 3.0).abs() < 1e-3);
        let straight = words::read("straight drums");
        let again = super::as_swung(swung, &straight, "4/4");
        assert_eq!(steps_of(&again, 42), steps_of(&rock(1), 42));
        assert_eq!(as_swung("rock drums"), rock(1));
    }

    #[test]
    fn what_changes_a_part_is_an_order() {
        let acts = |words: &str, again: bool| -> Vec<Act> {
            let orders = orders(&words::read(words), PartKind::Drums, "4/4", again);
            orders.into_iter().map(|order| order.act).collect()
        };
        assert_eq!(acts("louder", true), [Act::Level(LOUDER)]);
        assert_eq!(acts("louder", false), []);
        assert_eq!(acts("soft", true), [Act::Level(-LOUDER)]);
        assert_eq!(acts("half-time rock", false), [Act::Form(Span::HalfTime)]);
        assert_eq!(acts("busier, swung", true), [Act::More, Act::Swing(1.0)]);
    }

    #[test]
    fn songs_begin_with_cymbals_alone() {
        let lines: Vec<usize> = (0..=8).map(|bar| bar * 16).collect();
        let part = with_intro(rock(8), &lines);
        assert!(steps_of(&part, 36).iter().all(|step| *step >= 16));
        assert!(steps_of(&part, 42).contains(&0));
    }

    #[test]
    fn sections_end_in_fills() {
        let fills = |words: &str, bars: usize, sections: &[usize]| {
            fills(
                &words::read(words),
                PartKind::Drums,
                (bars, sections),
                false,
            )
        };
        assert_eq!(fills("drums", 21, &[0, 8, 16]), [8, 16]);
        assert_eq!(fills("drums", 16, &[0, 8]), [8, 16]);
        assert_eq!(fills("drums", 16, &[0, 6]), [6, 16]);
        assert_eq!(fills("drums", 4, &[0]), [0usize; 0]);
        assert_eq!(fills("drums with fills", 4, &[0]), [4]);
        assert_eq!(fills("drums, an ending", 16, &[0, 8]), [8, 15]);
        assert_eq!(fills("drums, no fills", 16, &[0, 8]), [0usize; 0]);
    }
}
