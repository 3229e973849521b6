//! Changes of a part that need no network, for they are always the same: louder and softer, hats on
//! every sixteenth, half-time, an intro, an ending; and where fills go.

use super::words::{Edit, Said};
use crate::music::{GridNote, Part, PartKind};

/// Loudness moves velocities by so much.
const LOUDER: i16 = 16;
/// Keys of General MIDI's kit.
const KICKS: [u8; 2] = [35, 36];
const SNARES: [u8; 4] = [37, 38, 39, 40];
/// Snares up to here are ghost notes.
const GHOST: u8 = 50;
const HATS: [u8; 3] = [42, 44, 46];
const CLOSED_HAT: u8 = 42;
const CRASH: u8 = 49;
/// Of a hat that is added, beside the others.
const BESIDE_HATS: f32 = 0.7;
/// Of hats where there are none to go by.
const HAT_VELOCITY: f32 = 76.0;
const LAST_VELOCITY: u8 = 110;
/// Bars of a section: longer parts have fills at their ends.
const SECTION: usize = 8;

/// Whether a rule does an edit.
pub(super) fn does(edit: Edit) -> bool {
    !matches!(edit, Edit::Busier | Edit::Sparser)
}

/// The part as a rule changes it; only what is `free` changes. `bar` is the steps of a bar. Any thread.
pub(super) fn edited(
    part: &Part,
    edit: Edit,
    (steps, bar): (usize, usize),
    free: &dyn Fn(usize, u8) -> bool,
) -> Part {
    let is_free = |note: &GridNote| free(note.step as usize, note.key);
    let notes = match edit {
        Edit::Louder => velocities(part, LOUDER, &is_free),
        Edit::Softer => velocities(part, -LOUDER, &is_free),
        Edit::SixteenthHats => sixteenth_hats(part, steps, free),
        Edit::HalfTime => half_time(part, (steps, bar), free),
        Edit::Busier | Edit::Sparser => part.notes.clone(),
    };
    Part::new(part.kind, notes)
}

/// A new part with what its words certainly ask for: half-time, sixteenth hats, swung or straight eighths.
pub(super) fn as_said(mut part: Part, said: &Said, sizes: (usize, usize), metre: &str) -> Part {
    if let Some(edit @ (Edit::HalfTime | Edit::SixteenthHats)) = said.edit
        && part.kind == Some(PartKind::Drums)
    {
        part = edited(&part, edit, sizes, &|_, _| true);
    }
    if let Some(late) = said.swing.filter(|_| !metre.ends_with("/8")) {
        part.swing(if late { 1.0 } else { 0.0 });
    }
    part
}

fn velocities(part: &Part, change: i16, free: &dyn Fn(&GridNote) -> bool) -> Vec<GridNote> {
    let moved = |note: &GridNote| GridNote {
        velocity: (i16::from(note.velocity) + change).clamp(1, 127) as u8,
        ..*note
    };
    let notes = part.notes.iter();
    notes
        .map(|note| if free(note) { moved(note) } else { *note })
        .collect()
}

fn sixteenth_hats(part: &Part, steps: usize, free: &dyn Fn(usize, u8) -> bool) -> Vec<GridNote> {
    let mut notes = part.notes.clone();
    let hats: Vec<&GridNote> = part
        .notes
        .iter()
        .filter(|n| HATS.contains(&n.key))
        .collect();
    let total: f32 = hats.iter().map(|note| f32::from(note.velocity)).sum();
    let usual = match hats.is_empty() {
        true => HAT_VELOCITY,
        false => total / hats.len() as f32,
    };
    let taken = |step: usize| hats.iter().any(|note| note.step as usize == step);
    for step in (0..steps).filter(|step| !taken(*step) && free(*step, CLOSED_HAT)) {
        let share = if step % 2 == 1 { BESIDE_HATS } else { 1.0 };
        notes.push(GridNote {
            step: step as u32,
            offset: 0.0,
            length: 0.5,
            key: CLOSED_HAT,
            velocity: (usual * share).clamp(1.0, 127.0) as u8,
        });
    }
    notes
}

/// Of each bar's snares only one, on its middle, where the kick makes room for it.
fn half_time(
    part: &Part,
    (steps, bar): (usize, usize),
    free: &dyn Fn(usize, u8) -> bool,
) -> Vec<GridNote> {
    let middle = bar / 2 / 2 * 2;
    let changes = |note: &&GridNote| free(note.step as usize, note.key);
    let mut notes: Vec<GridNote> = Vec::new();
    let mut snares: Vec<Option<GridNote>> = vec![None; steps.div_ceil(bar.max(1))];
    for note in &part.notes {
        let (number, place) = (note.step as usize / bar, note.step as usize % bar);
        if !changes(&note) {
            notes.push(*note);
        } else if SNARES.contains(&note.key) && note.velocity > GHOST {
            // The loudest of the bar stays, and what hardly sounds.
            let kept = snares.get_mut(number);
            if let Some(kept) = kept.filter(|k| k.is_none_or(|k| k.velocity < note.velocity)) {
                *kept = Some(*note);
            }
        } else if !(KICKS.contains(&note.key) && place == middle) {
            notes.push(*note);
        }
    }
    for (number, snare) in snares.into_iter().enumerate() {
        notes.extend(snare.map(|snare| GridNote {
            step: (number * bar + middle) as u32,
            offset: 0.0,
            ..snare
        }));
    }
    notes
}

/// Bars, from 1, that get a fill: those named, and the ends of sections in long parts of drums, unless
/// the words say otherwise.
pub(super) fn fills(said: &Said, kind: PartKind, bars: usize, again: bool) -> Vec<usize> {
    if kind != PartKind::Drums {
        return Vec::new();
    }
    let mut fills = said.fills.clone();
    if said.section_fills.unwrap_or(bars > SECTION && !again) {
        fills.extend((1..=bars / SECTION).map(|section| section * SECTION));
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

/// The last bar has its first beat alone, held: of drums kick and crash, of all else its first notes.
pub(super) fn with_ending(part: Part, lines: &[usize]) -> Part {
    let [_, .., last, end] = *lines else {
        return part;
    };
    let (last, bar) = (last as u32, end - last);
    let (drums, kind) = (part.kind == Some(PartKind::Drums), part.kind);
    let (mut notes, ended): (Vec<GridNote>, Vec<GridNote>) =
        part.notes.into_iter().partition(|note| note.step < last);
    let first = ended.first().map_or(last, |note| note.step);
    let note = |key: u8, velocity: u8, length: f32| GridNote {
        step: last,
        offset: 0.0,
        length,
        key,
        velocity,
    };
    if drums {
        notes.extend([
            note(KICKS[1], LAST_VELOCITY, 1.0),
            note(CRASH, LAST_VELOCITY, 4.0),
        ]);
    } else {
        let held = ended.iter().filter(|note| note.step == first);
        notes.extend(held.map(|held| note(held.key, held.velocity, bar as f32)));
    }
    Part::new(kind, notes)
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
    fn hats_fill_every_sixteenth_and_half_time_has_its_snare_on_three() {
        let part = rock(2);
        // The second bar is locked.
        let free = |step: usize, _: u8| step < 16;
        let hats = edited(&part, Edit::SixteenthHats, (32, 16), &free);
        assert_eq!(steps_of(&hats, 42).len(), 16 + 8);
        assert_eq!(steps_of(&hats, 36), steps_of(&part, 36));
        let half = edited(&part, Edit::HalfTime, (32, 16), &free);
        assert_eq!(steps_of(&half, 38), [8, 20, 28]);
        assert_eq!(steps_of(&half, 36), [0, 16, 24]);
        let louder = edited(&part, Edit::Louder, (32, 16), &free);
        assert_eq!(
            (
                louder.notes[0].velocity,
                louder.notes.last().unwrap().velocity
            ),
            (116, 80)
        );
    }

    #[test]
    fn new_parts_are_as_their_words_say() {
        let as_said = |words: &str| as_said(rock(1), &words::read(words), (16, 16), "4/4");
        let swung = as_said("swung drums");
        assert_eq!(steps_of(&swung, 42), [0, 3, 4, 7, 8, 11, 12, 15]);
        let late = swung.notes.iter().find(|note| note.step == 3).unwrap();
        assert!((late.start() - 8.0 / 3.0).abs() < 1e-3);
        let straight = words::read("straight drums");
        let again = super::as_said(swung, &straight, (16, 16), "4/4");
        assert_eq!(steps_of(&again, 42), steps_of(&rock(1), 42));
        let places = |part: &Part| {
            part.notes
                .iter()
                .map(|n| (n.step, n.key))
                .collect::<Vec<_>>()
        };
        assert_eq!(places(&as_said("straight drums")), places(&rock(1)));
        let half = as_said("half-time drums, sixteenth hats");
        assert_eq!(steps_of(&half, 42).len(), 16);
        assert_eq!(steps_of(&as_said("half-time drums"), 38), [8]);
    }

    #[test]
    fn songs_begin_and_end() {
        let lines = |bars: usize| (0..=bars).map(|bar| bar * 16).collect::<Vec<_>>();
        let part = with_ending(with_intro(rock(8), &lines(8)), &lines(8));
        assert!(steps_of(&part, 36).iter().all(|step| *step >= 16));
        assert!(steps_of(&part, 42).contains(&0));
        assert_eq!(steps_of(&part, 49), [112]);
        assert!(part.notes.iter().all(|note| note.step <= 112));
        let bass = Part::new(
            Some(PartKind::Bass),
            vec![hit(0, 40, 90), hit(18, 43, 90), hit(24, 43, 90)],
        );
        let ended = with_ending(bass, &lines(2));
        let last = ended.notes.last().unwrap();
        assert_eq!((last.step, last.length, ended.notes.len()), (16, 16.0, 2));
    }
}
