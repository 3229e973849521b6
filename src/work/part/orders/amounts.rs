//! More and less of pieces of a kit.

use super::drums::{hardest, steps, stroke, there};
use super::kit::Kit;
use super::{Act, Order, Scene};
use crate::music::GridNote;
use crate::style::chance::chance;

/// Where more strokes of a piece go, the likeliest first.
const MORE: [(Kit, &[&str]); 4] = [
    (Kit::Kick, &["3&", "2&", "1&", "4&", "3", "2a", "3a", "1a"]),
    (Kit::Snare, &["2a", "3e", "4a", "1a", "3&", "1e"]),
    (Kit::Tom, &["4", "4&", "4a", "2&"]),
    (Kit::Crash, &["1", "3"]),
];
/// What is added is so much softer than the piece usually is.
const SOFTER: f32 = 0.78;
/// Ghost notes of a snare that gets busier.
const GHOST: f32 = 0.45;

/// The notes as the order wants them, in flagged bars.
pub(super) fn done(
    notes: Vec<GridNote>,
    order: &Order,
    flags: &[bool],
    scene: &Scene<'_>,
) -> Vec<GridNote> {
    match (&order.act, order.of.is_empty()) {
        (Act::More, true) => {
            let time = time_piece(&notes, flags, scene);
            let notes = more(notes, time, flags, scene);
            let notes = more(notes, Kit::Kick, flags, scene);
            more(notes, Kit::Snare, flags, scene)
        }
        (Act::More, false) => {
            let each = order.of.iter();
            each.fold(notes, |notes, kit| {
                match count_in(&notes, *kit, flags, scene) {
                    // What isn't there comes in.
                    0 => there(notes, *kit, flags, scene),
                    _ => more(notes, *kit, flags, scene),
                }
            })
        }
        (Act::Less, true) => simpler(notes, flags, scene),
        (Act::Less, false) => {
            let each = order.of.iter();
            each.fold(notes, |notes, kit| less(notes, *kit, flags, scene))
        }
        (Act::Double, _) => {
            let of = if order.of.is_empty() {
                &[Kit::Kick][..]
            } else {
                &order.of
            };
            let each = of.iter();
            each.fold(notes, |notes, kit| doubled(notes, *kit, flags, scene))
        }
        _ => notes,
    }
}

/// The piece that a key of such pieces is, where time is kept on it: the hat may be a ride.
fn time_piece(notes: &[GridNote], flags: &[bool], scene: &Scene<'_>) -> Kit {
    let count = |kit: Kit| {
        let strikes = |note: &&GridNote| kit.keys().contains(&note.key) && scene.is_in(flags, note);
        notes.iter().filter(strikes).count()
    };
    let all = [Kit::Hat, Kit::Ride, Kit::Shaker];
    all.into_iter()
        .max_by_key(|kit| (count(*kit), *kit == Kit::Hat))
        .unwrap_or(Kit::Hat)
}

fn more(mut notes: Vec<GridNote>, kit: Kit, flags: &[bool], scene: &Scene<'_>) -> Vec<GridNote> {
    let has = |notes: &[GridNote], step: usize, kit: Kit| {
        let here = |note: &GridNote| note.step as usize == step && kit.keys().contains(&note.key);
        notes.iter().any(here)
    };
    if kit.keeps_time() || MORE.iter().all(|(more, _)| *more != kit) {
        // Beats become eighths, eighths sixteenths.
        let loud = hardest(&notes, kit);
        let before = count_in(&notes, kit, flags, scene);
        for grid in ["eighths", "sixteenths"] {
            let wanted = steps(flags, scene, grid);
            let missing: Vec<usize> = wanted
                .iter()
                .copied()
                .filter(|step| !has(&notes, *step, kit))
                .collect();
            for step in missing {
                if (scene.free)(step, kit.key()) {
                    notes.push(stroke(step, kit.key(), loud * SOFTER));
                }
            }
            if count_in(&notes, kit, flags, scene) * 4 >= before * 5 {
                break;
            }
        }
        return notes;
    }
    let loud = hardest(&notes, kit);
    let places = MORE.iter().find(|(more, _)| *more == kit);
    let places = places.map_or(&[][..], |(_, places)| places);
    let share = if kit == Kit::Snare { GHOST } else { SOFTER };
    for (bar, _) in flags.iter().enumerate().filter(|(_, flag)| **flag) {
        // Two bars take turns.
        let wanted = 2;
        let mut added = 0;
        let turn = (chance(scene.seed, &[200, kit as u64, (bar % 2) as u64]) * 2.0) as usize;
        for place in places.iter().cycle().skip(turn).take(places.len()) {
            for step in scene.at(bar, place) {
                let backbeat = kit == Kit::Kick && has(&notes, step, Kit::Snare);
                let taken = backbeat || has(&notes, step, kit);
                if added < wanted && !taken && (scene.free)(step, kit.key()) {
                    notes.push(stroke(step, kit.key(), loud * share));
                    added += 1;
                }
            }
        }
    }
    notes
}

fn count_in(notes: &[GridNote], kit: Kit, flags: &[bool], scene: &Scene<'_>) -> usize {
    let here = |note: &&GridNote| kit.keys().contains(&note.key) && scene.is_in(flags, note);
    notes.iter().filter(here).count()
}

/// The weaker half of each bar's strokes goes, and one at least where there are two.
fn less(notes: Vec<GridNote>, kit: Kit, flags: &[bool], scene: &Scene<'_>) -> Vec<GridNote> {
    let mut goes: Vec<(u32, u8)> = Vec::new();
    for (bar, _) in flags.iter().enumerate().filter(|(_, flag)| **flag) {
        let mut own: Vec<&GridNote> = notes
            .iter()
            .filter(|note| kit.keys().contains(&note.key))
            .filter(|note| scene.bar_of(note.step as usize) == bar && scene.is_in(flags, note))
            .collect();
        own.sort_by_key(|note| (scene.weight(note.step as usize), note.velocity));
        let many = own.len() / 2;
        goes.extend(own[..many].iter().map(|note| (note.step, note.key)));
    }
    let mut notes = notes;
    notes.retain(|note| !goes.contains(&(note.step, note.key)));
    notes
}

/// Without what decorates: ghost notes, strokes between eighths, kicks off the beat beyond one, open hats among closed ones.
fn simpler(notes: Vec<GridNote>, flags: &[bool], scene: &Scene<'_>) -> Vec<GridNote> {
    let loud = hardest(&notes, Kit::Snare);
    let hats =
        count_in(&notes, Kit::Hat, flags, scene).max(count_in(&notes, Kit::Ride, flags, scene));
    let bars = flags.iter().filter(|flag| **flag).count().max(1);
    // Where hardly more than eighths are kept, every other one goes.
    let on_eighths = notes
        .iter()
        .filter(|n| n.step % 2 == 0 || !is_time(n.key))
        .count();
    let few_between = (notes.len() - on_eighths) * 10 < notes.len();
    let thin = few_between && hats > 6 * bars;
    let mut kicks: Vec<(usize, u8)> = Vec::new();
    let mut kept = notes;
    kept.retain(|note| {
        if !scene.is_in(flags, note) {
            return true;
        }
        let step = note.step as usize;
        let weight = scene.weight(step);
        let snare = Kit::Snare.keys().contains(&note.key);
        if snare && f32::from(note.velocity) < loud * super::drums::GHOST_AT_MOST {
            return false;
        }
        if is_time(note.key) {
            return weight > u8::from(thin);
        }
        if Kit::Kick.keys().contains(&note.key) && weight < 2 {
            let bar = scene.bar_of(step);
            let first = !kicks.iter().any(|(other, _)| *other == bar);
            kicks.push((bar, note.key));
            return first && weight == 1;
        }
        true
    });
    kept
}

fn is_time(key: u8) -> bool {
    [Kit::Hat, Kit::Ride, Kit::Shaker]
        .iter()
        .any(|kit| kit.keys().contains(&key))
}

/// Each stroke is followed by another.
fn doubled(mut notes: Vec<GridNote>, kit: Kit, flags: &[bool], scene: &Scene<'_>) -> Vec<GridNote> {
    let own: Vec<GridNote> = notes
        .iter()
        .filter(|note| kit.keys().contains(&note.key) && scene.is_in(flags, note))
        .copied()
        .collect();
    let end = scene.lines[scene.lines.len() - 1];
    for note in &own {
        let step = note.step as usize;
        // After it, or before it where that is taken.
        for other in [step + 1, step.wrapping_sub(1)] {
            let taken = notes
                .iter()
                .any(|n| n.step as usize == other && kit.keys().contains(&n.key));
            if other < end && !taken && (scene.free)(other, note.key) {
                notes.push(GridNote {
                    step: other as u32,
                    velocity: (f32::from(note.velocity) * 0.9) as u8,
                    ..*note
                });
                break;
            }
        }
    }
    notes
}
