//! A bass, chords and melodies: where their notes are, how high, how long.

use super::when::runs;
use super::{Act, Line, Order, Scene};
use crate::music::{GridNote, PartKind, Quality};
use crate::style::chance::chance;

/// Lines lie between these keys, whatever is asked for.
const KEYS: [i32; 2] = [24, 100];
/// Most of the room to the next note.
const FILLED: f32 = 0.95;
/// How a chord's notes follow each other, by their number from the lowest.
const ARPEGGIO: [usize; 4] = [0, 1, 2, 1];
/// Where a bass moves, and to which note of the chord: third, fifth, octave.
const MOVES: [&[u8]; 3] = [&[0, 2, 3], &[0, 2, 1], &[0, 3, 2]];

/// The notes as the order wants them, in flagged bars.
pub(super) fn done(
    notes: Vec<GridNote>,
    order: &Order,
    flags: &[bool],
    scene: &Scene<'_>,
) -> Vec<GridNote> {
    let is_in = |note: &GridNote| scene.is_in(flags, note);
    let (own, mut kept): (Vec<GridNote>, Vec<GridNote>) = notes.into_iter().partition(is_in);
    let changed = match &order.act {
        Act::Out => Vec::new(),
        Act::More => more(own, scene),
        Act::Less => less(own, flags, scene),
        Act::Line(line) => lined(own, line, flags, scene),
        _ => own,
    };
    kept.extend(changed);
    kept
}

fn lined(own: Vec<GridNote>, line: &Line, flags: &[bool], scene: &Scene<'_>) -> Vec<GridNote> {
    match line {
        Line::Up(by) => moved(own, i32::from(*by)),
        Line::Roots => rooted(own, scene),
        Line::Long => lengthened(own, f32::MAX, flags, scene),
        Line::Longer(by) if *by < 1.0 => each(own, |note| GridNote {
            length: (note.length * by).max(0.5),
            ..note
        }),
        Line::Longer(by) => lengthened(own, *by, flags, scene),
        Line::Short(most) => each(own, |note| GridNote {
            length: note.length.min(*most),
            ..note
        }),
        Line::Movement => moving(own, scene),
        Line::On(places) => placed(own, places, flags, scene),
        Line::Arpeggio => arpeggiated(own, flags, scene),
    }
}

fn each(notes: Vec<GridNote>, change: impl Fn(GridNote) -> GridNote) -> Vec<GridNote> {
    notes.into_iter().map(change).collect()
}

/// Octaves up or down, as far as they stay within reach.
fn moved(notes: Vec<GridNote>, by: i32) -> Vec<GridNote> {
    let all = notes.iter().map(|note| i32::from(note.key));
    let (low, high) = (all.clone().min().unwrap_or(60), all.max().unwrap_or(60));
    let fits = low + by >= KEYS[0] && high + by <= KEYS[1];
    each(notes, |note| {
        let key = i32::from(note.key) + by;
        // Where not all have room, those that have none stay.
        let key = match fits || (KEYS[0]..=KEYS[1]).contains(&key) {
            true => key,
            false => i32::from(note.key),
        };
        GridNote {
            key: key.clamp(0, 127) as u8,
            ..note
        }
    })
}

/// Notes that begin together, by their step.
fn onsets(notes: &[GridNote]) -> Vec<Vec<GridNote>> {
    let mut sorted = notes.to_vec();
    sorted.sort_by_key(|note| (note.step, note.key));
    let mut found: Vec<Vec<GridNote>> = Vec::new();
    for note in sorted {
        match found.last_mut() {
            Some(onset) if onset[0].step == note.step => onset.push(note),
            _ => found.push(vec![note]),
        }
    }
    found
}

/// The root at a step, as near as it can be to a key.
fn root_near(scene: &Scene<'_>, step: usize, key: u8) -> u8 {
    let Some(chord) = scene.chords.get(step.min(scene.chords.len().max(1) - 1)) else {
        return key;
    };
    let away = (i32::from(chord.root) - i32::from(key)).rem_euclid(12);
    let near = if away > 6 { away - 12 } else { away };
    (i32::from(key) + near).clamp(0, 127) as u8
}

/// The lowest of each onset is the chord's root, in one octave.
fn rooted(notes: Vec<GridNote>, scene: &Scene<'_>) -> Vec<GridNote> {
    let mut keys: Vec<u8> = notes.iter().map(|note| note.key).collect();
    keys.sort_unstable();
    let middle = keys.get(keys.len() / 2).copied().unwrap_or(40);
    let one = |onset: &Vec<GridNote>| {
        let first = onset[0];
        GridNote {
            key: root_near(scene, first.step as usize, middle),
            ..first
        }
    };
    onsets(&notes).iter().map(one).collect()
}

/// Each note lasts so much longer, but not beyond the next.
fn lengthened(notes: Vec<GridNote>, by: f32, flags: &[bool], scene: &Scene<'_>) -> Vec<GridNote> {
    let steps: Vec<u32> = onsets(&notes).iter().map(|onset| onset[0].step).collect();
    each(notes, |note| {
        let next = steps.iter().find(|step| **step > note.step);
        let run = runs(flags)
            .into_iter()
            .find(|(from, to)| (*from..*to).contains(&scene.bar_of(note.step as usize)));
        let end = run.map_or(0, |(_, to)| scene.lines[to]);
        let next = next.map_or(end, |next| (*next as usize).min(end.max(1)));
        let room = (next as f32 - note.step as f32 - note.offset.max(0.0)) * 0.99;
        GridNote {
            length: (note.length * by).min(room).max(note.length),
            ..note
        }
    })
}

/// What plays at these places of each bar: what sounds there, or what comes next.
fn placed(own: Vec<GridNote>, places: &str, flags: &[bool], scene: &Scene<'_>) -> Vec<GridNote> {
    let all = onsets(&own);
    let mut made = Vec::new();
    for (bar, _) in flags.iter().enumerate().filter(|(_, flag)| **flag) {
        let steps = scene.at(bar, places);
        let (from, to) = (scene.lines[bar], scene.lines[bar + 1]);
        let own: Vec<&Vec<GridNote>> = all
            .iter()
            .filter(|onset| (from..to).contains(&(onset[0].step as usize)))
            .collect();
        // An anticipated chord may be the only one.
        let before = all.iter().rfind(|onset| (onset[0].step as usize) < from);
        let Some(first) = own.first().copied().or(before) else {
            continue;
        };
        for (number, step) in steps.iter().enumerate() {
            let earlier = own.iter().rfind(|onset| onset[0].step as usize <= *step);
            let mut source = earlier.copied().unwrap_or(first).clone();
            // Of a broken chord all notes until the next place.
            let next = steps.get(number + 1).copied().unwrap_or(to);
            if scene.kind != PartKind::Bass && source.len() < 2 {
                let here = own
                    .iter()
                    .filter(|o| (*step..next).contains(&(o[0].step as usize)));
                let mut chord: Vec<GridNote> =
                    here.flat_map(|onset| onset.iter().copied()).collect();
                chord.sort_by_key(|note| note.key);
                chord.dedup_by_key(|note| note.key);
                if chord.len() > source.len() {
                    source = chord;
                }
            }
            let room = (next - step) as f32;
            // Between the beats chords are short, elsewhere they are held.
            let length = if places == "offbeats" {
                1.4
            } else {
                room * FILLED
            };
            for note in source {
                let key = match scene.kind {
                    // A bass that plays so few notes plays roots.
                    PartKind::Bass if places.len() <= 3 => root_near(scene, *step, note.key),
                    _ => note.key,
                };
                made.push(GridNote {
                    step: *step as u32,
                    offset: note.offset.clamp(-0.15, 0.15),
                    length,
                    key,
                    velocity: note.velocity,
                });
            }
        }
    }
    made.retain(|note| (scene.free)(note.step as usize, note.key));
    made
}

/// Eighths through the notes of each chord.
fn arpeggiated(own: Vec<GridNote>, flags: &[bool], scene: &Scene<'_>) -> Vec<GridNote> {
    let all = onsets(&own);
    let voices = own.len() as f32 / all.len().max(1) as f32;
    if voices < 1.3 {
        return own;
    }
    let mut made = Vec::new();
    for (bar, _) in flags.iter().enumerate().filter(|(_, flag)| **flag) {
        let to = scene.lines[bar + 1];
        for (number, step) in scene.at(bar, "eighths").into_iter().enumerate() {
            let in_bar = |onset: &&Vec<GridNote>| scene.bar_of(onset[0].step as usize) == bar;
            let mut before = all.iter().filter(in_bar);
            let sounds = before.rfind(|o| o[0].step as usize <= step && o.len() > 1);
            let Some(chord) = sounds.or(all.iter().find(in_bar)) else {
                continue;
            };
            let voice = chord[ARPEGGIO[number % 4] % chord.len()];
            made.push(GridNote {
                step: step as u32,
                offset: 0.0,
                length: 2.0f32.min((to - step) as f32) * FILLED,
                ..voice
            });
        }
    }
    made.retain(|note| (scene.free)(note.step as usize, note.key));
    made
}

/// Notes come again on eighths where they last longer.
fn more(own: Vec<GridNote>, scene: &Scene<'_>) -> Vec<GridNote> {
    let all = onsets(&own);
    let mut made = Vec::new();
    for (number, onset) in all.iter().enumerate() {
        let step = onset[0].step as usize;
        let bar = scene.bar_of(step);
        let next = all.get(number + 1).map(|next| next[0].step as usize);
        let end = next
            .unwrap_or(scene.lines[bar + 1])
            .min(scene.lines[bar + 1]);
        let mut at = step + 2;
        let mut again = Vec::new();
        while at + 2 <= end && again.len() < 2 {
            again.push(at);
            at += 2;
        }
        // Eighths that are there already become sixteenths in part.
        if again.is_empty() && end == step + 2 && chance(scene.seed, &[220, step as u64]) < 0.4 {
            again.push(step + 1);
        }
        for note in onset {
            let first = again.first().map_or(end, |first| *first);
            made.push(GridNote {
                length: note
                    .length
                    .min((first.max(step + 1) - step) as f32 * FILLED),
                ..*note
            });
            for (number, step) in again.iter().enumerate() {
                let to = again.get(number + 1).copied().unwrap_or(end);
                made.push(GridNote {
                    step: *step as u32,
                    offset: 0.0,
                    length: (to - step) as f32 * FILLED,
                    velocity: (f32::from(note.velocity) * 0.88) as u8,
                    ..*note
                });
            }
        }
    }
    made.retain(|note| (scene.free)(note.step as usize, note.key));
    made
}

/// The stronger half of each bar's onsets, longer.
fn less(own: Vec<GridNote>, flags: &[bool], scene: &Scene<'_>) -> Vec<GridNote> {
    let all = onsets(&own);
    let mut kept: Vec<Vec<GridNote>> = Vec::new();
    for (bar, _) in flags.iter().enumerate().filter(|(_, flag)| **flag) {
        let mut of: Vec<&Vec<GridNote>> = all
            .iter()
            .filter(|onset| scene.bar_of(onset[0].step as usize) == bar)
            .collect();
        of.sort_by_key(|onset| std::cmp::Reverse(scene.weight(onset[0].step as usize)));
        of.truncate(of.len().div_ceil(2));
        kept.extend(of.into_iter().cloned());
    }
    let notes: Vec<GridNote> = kept.into_iter().flatten().collect();
    lengthened(notes, 1.7, flags, scene)
}

/// A bass that only repeats a note goes to others of its chord, and more than once a bar.
fn moving(own: Vec<GridNote>, scene: &Scene<'_>) -> Vec<GridNote> {
    let all = onsets(&own);
    let mut by_bar: Vec<Vec<GridNote>> = vec![Vec::new(); scene.bars()];
    for onset in &all {
        by_bar[scene.bar_of(onset[0].step as usize)].push(onset[0]);
    }
    let mut made = Vec::new();
    for (bar, notes) in by_bar.into_iter().enumerate() {
        let Some(first) = notes.first().copied() else {
            continue;
        };
        let mut notes = notes;
        if notes.len() < 4 {
            // A note on each beat is enough to go somewhere.
            let beats = scene.at(bar, "beats");
            let missing = beats.into_iter().filter(|step| {
                *step > first.step as usize && notes.iter().all(|n| n.step as usize != *step)
            });
            let new: Vec<GridNote> = missing
                .map(|step| GridNote {
                    step: step as u32,
                    offset: 0.0,
                    length: 3.4,
                    velocity: (f32::from(first.velocity) * 0.92) as u8,
                    ..first
                })
                .collect();
            notes.extend(new);
            notes.sort_by_key(|note| note.step);
        }
        let turn = (chance(scene.seed, &[230, bar as u64]) * 3.0) as usize % 3;
        for (number, note) in notes.iter().enumerate() {
            let next = notes
                .get(number + 1)
                .map_or(scene.lines[bar + 1], |n| n.step as usize);
            let step = note.step as usize;
            let root = root_near(scene, step, first.key);
            let quality = scene.chords.get(step).map_or(0, |chord| chord.quality);
            let all = Quality::ALL;
            let above = all[usize::from(quality).min(all.len() - 1)].intervals();
            let degree = MOVES[turn][number % 3] as usize;
            let key = match degree {
                0 => root,
                3 => root + 12,
                degree => root + above.get(degree).copied().unwrap_or(7),
            };
            // What already moves goes on as it did.
            let key = if note.key == first.key { key } else { note.key };
            made.push(GridNote {
                key,
                length: note.length.min((next - step) as f32 * FILLED),
                ..*note
            });
        }
    }
    made.retain(|note| (scene.free)(note.step as usize, note.key));
    made
}
