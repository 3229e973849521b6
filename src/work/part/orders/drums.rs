//! Pieces added, moved and taken away.

use super::kit::Kit;
use super::{Act, Order, Scene, fills};
use crate::music::GridNote;

/// Of a piece that has no strokes to go by.
const VELOCITY: f32 = 84.0;
/// Between beats, and between eighths, time is kept so much softer.
const BETWEEN: [f32; 4] = [1.0, 0.72, 0.86, 0.72];
/// A ghost note: how hard, against the hardest, and at most.
const GHOST: f32 = 0.36;
pub(super) const GHOST_AT_MOST: f32 = 0.66;
/// Where ghost notes lie.
const GHOSTS: &str = "1a 2a 3e 4a";
/// Fewer strokes a bar than this are no part of a groove.
const GROOVE: f32 = 0.75;
/// Fewer keep no time.
const TIME: f32 = 2.0;

/// The notes as the order wants them, in flagged bars.
pub(super) fn done(
    notes: Vec<GridNote>,
    order: &Order,
    flags: &[bool],
    scene: &Scene<'_>,
) -> Vec<GridNote> {
    let of = &order.of[..];
    match &order.act {
        Act::Out if of.is_empty() => without(notes, flags, scene, |_| true),
        Act::Out => without(notes, flags, scene, |note| Kit::strikes(of, note.key)),
        Act::NotOn(places) => {
            let steps = steps(flags, scene, places);
            without(notes, flags, scene, |note| {
                Kit::strikes(of, note.key) && steps.contains(&(note.step as usize))
            })
        }
        Act::Alone => {
            let notes = without(notes, flags, scene, |note| !Kit::strikes(of, note.key));
            of.iter()
                .fold(notes, |notes, kit| there(notes, *kit, flags, scene))
        }
        Act::In => of
            .iter()
            .fold(notes, |notes, kit| joined(notes, *kit, flags, scene)),
        Act::On(places) => of.iter().fold(notes, |notes, kit| {
            placed(notes, *kit, places, true, flags, scene)
        }),
        Act::Also(places) => of.iter().fold(notes, |notes, kit| {
            placed(notes, *kit, places, false, flags, scene)
        }),
        Act::For(others) => match of.first() {
            Some(kit) => instead(notes, *kit, others, flags, scene),
            None => notes,
        },
        Act::Ghosts(true) => ghosted(notes, flags, scene),
        Act::Ghosts(false) => {
            let most = hardest(&notes, Kit::Snare) * GHOST_AT_MOST;
            without(notes, flags, scene, |note| {
                Kit::Snare.keys().contains(&note.key) && f32::from(note.velocity) < most
            })
        }
        Act::Open(is_open) => opened(notes, *is_open, flags, scene),
        _ => notes,
    }
}

/// The notes without those that an order denies.
pub(super) fn without_denied(
    notes: Vec<GridNote>,
    order: &Order,
    flags: &[bool],
    scene: &Scene<'_>,
) -> Vec<GridNote> {
    let of = &order.of[..];
    match order.act {
        Act::Out if !of.is_empty() => {
            without(notes, flags, scene, |note| Kit::strikes(of, note.key))
        }
        Act::Alone => without(notes, flags, scene, |note| !Kit::strikes(of, note.key)),
        _ => notes,
    }
}

fn without(
    mut notes: Vec<GridNote>,
    flags: &[bool],
    scene: &Scene<'_>,
    goes: impl Fn(&GridNote) -> bool,
) -> Vec<GridNote> {
    notes.retain(|note| !(scene.is_in(flags, note) && goes(note)));
    notes
}

/// The steps of these places in flagged bars.
pub(super) fn steps(flags: &[bool], scene: &Scene<'_>, places: &str) -> Vec<usize> {
    let bars = flags.iter().enumerate().filter(|(_, flag)| **flag);
    bars.flat_map(|(bar, _)| scene.at(bar, places)).collect()
}

/// How hard a piece is struck where it is struck hard.
pub(super) fn hardest(notes: &[GridNote], kit: Kit) -> f32 {
    let keys = kit.keys();
    let mut all: Vec<u8> = notes
        .iter()
        .filter(|note| keys.contains(&note.key))
        .map(|note| note.velocity)
        .collect();
    all.sort_unstable();
    match all.len() {
        0 => {
            // As hard as all else.
            let sum: f32 = notes.iter().map(|note| f32::from(note.velocity)).sum();
            let count = notes.len() as f32;
            if count > 0.0 { sum / count } else { VELOCITY }
        }
        count => f32::from(all[count * 3 / 4]),
    }
}

/// A stroke.
pub(super) fn stroke(step: usize, key: u8, velocity: f32) -> GridNote {
    GridNote {
        step: step as u32,
        offset: 0.0,
        length: 1.0,
        key,
        velocity: velocity.round().clamp(1.0, 127.0) as u8,
    }
}

/// How far from its place what plays at a step is, for what joins it.
fn offset_at(notes: &[GridNote], step: usize) -> f32 {
    let here = notes.iter().find(|note| note.step as usize == step);
    here.map_or(0.0, |note| note.offset)
}

/// A piece at these steps, where it isn't yet.
fn added(mut notes: Vec<GridNote>, kit: Kit, steps: &[usize], scene: &Scene<'_>) -> Vec<GridNote> {
    let (loud, key) = (hardest(&notes, kit), kit.key());
    let keys = kit.keys();
    let mut new = Vec::new();
    for &step in steps {
        let there = |note: &GridNote| note.step as usize == step && keys.contains(&note.key);
        if notes.iter().any(there) || !(scene.free)(step, key) {
            continue;
        }
        let share = match kit.keeps_time() {
            true => BETWEEN[step % 4],
            false => 1.0,
        };
        let note = stroke(step, key, loud * share);
        new.push(GridNote {
            offset: offset_at(&notes, step),
            ..note
        });
    }
    notes.extend(new);
    notes
}

/// The strokes of a piece in flagged bars.
fn count(notes: &[GridNote], kit: Kit, flags: &[bool], scene: &Scene<'_>) -> f32 {
    let keys = kit.keys();
    let all = notes
        .iter()
        .filter(|note| keys.contains(&note.key) && flags[scene.bar_of(note.step as usize)]);
    let bars = flags.iter().filter(|flag| **flag).count().max(1);
    all.count() as f32 / bars as f32
}

/// A piece that is to play plays: its usual figure, where it has hardly any of it.
pub(super) fn there(
    notes: Vec<GridNote>,
    kit: Kit,
    flags: &[bool],
    scene: &Scene<'_>,
) -> Vec<GridNote> {
    // Where time swings, so does what joins it.
    let swings = scene.style.is_some_and(crate::style::Style::swings);
    let figure = match kit.figure() {
        "eighths" if swings => "beats lets",
        figure => figure,
    };
    let figure = steps(flags, scene, figure);
    let bars = flags.iter().filter(|flag| **flag).count().max(1);
    let least = match kit {
        Kit::Clap | Kit::Tambourine => GROOVE * figure.len() as f32 / bars as f32,
        _ if kit.keeps_time() => TIME,
        // A style may have one of a bar.
        _ => GROOVE,
    };
    match count(&notes, kit, flags, scene) < least {
        true => added(notes, kit, &figure, scene),
        false => notes,
    }
}

/// Of a new part, what keeps time elsewhere is played on the hat where that is named.
pub(super) fn named(
    notes: Vec<GridNote>,
    kit: Kit,
    flags: &[bool],
    scene: &Scene<'_>,
) -> Vec<GridNote> {
    match (
        scene.is_new && count(&notes, kit, flags, scene) < GROOVE,
        kit,
    ) {
        (true, Kit::Hat) => instead(notes, kit, &[Kit::Ride], flags, scene),
        (true, Kit::Ride) => joined(notes, kit, flags, scene),
        (true, _) => there(notes, kit, flags, scene),
        _ => notes,
    }
}

/// A piece comes in; a ride takes time over from the hats, a stick the backbeat from the snare.
fn joined(notes: Vec<GridNote>, kit: Kit, flags: &[bool], scene: &Scene<'_>) -> Vec<GridNote> {
    if matches!(kit, Kit::Crash) {
        return notes;
    }
    let mut notes = notes;
    if kit == Kit::Ride && scene.is_new {
        // A ride in some bars is one that isn't in the others.
        let others: Vec<bool> = flags.iter().map(|flag| !flag).collect();
        for note in &mut notes {
            if kit.keys().contains(&note.key) && scene.is_in(&others, note) {
                note.key = Kit::Hat.key();
            }
        }
    }
    let least = if kit == Kit::Ride { 2.5 } else { GROOVE };
    if matches!(kit, Kit::Ride | Kit::Stick) && count(&notes, kit, flags, scene) >= least {
        let rival = if kit == Kit::Ride {
            Kit::Hat
        } else {
            Kit::Snare
        };
        // It already keeps time, or beats the backbeat.
        if count(&notes, rival, flags, scene) < count(&notes, kit, flags, scene) {
            return notes;
        }
    }
    match kit {
        Kit::Ride => {
            let notes = instead(notes, kit, &[Kit::Hat], flags, scene);
            let few = count(&notes, kit, flags, scene) < 2.5;
            let usual = steps(flags, scene, kit.figure());
            if few {
                added(notes, kit, &usual, scene)
            } else {
                notes
            }
        }
        Kit::OpenHat => opened(there(notes, Kit::Hat, flags, scene), true, flags, scene),
        Kit::Stick => {
            // Fills stay on the snare.
            let fills = fills::found(&notes, scene);
            let groove = |note: &GridNote| !fills[scene.bar_of(note.step as usize)];
            let mut notes = notes;
            for note in &mut notes {
                let is_snare = Kit::Snare.keys().contains(&note.key);
                if is_snare && groove(note) && scene.is_in(flags, note) {
                    note.key = Kit::Stick.key();
                }
            }
            let clear = without(notes, flags, scene, |note| note.key == 39);
            there(clear, kit, flags, scene)
        }
        _ => there(notes, kit, flags, scene),
    }
}

/// A piece plays what others played.
fn instead(
    mut notes: Vec<GridNote>,
    kit: Kit,
    others: &[Kit],
    flags: &[bool],
    scene: &Scene<'_>,
) -> Vec<GridNote> {
    let key = kit.key();
    let is_moved = |note: &GridNote| {
        let foot =
            note.key == Kit::PedalHat.key() && others.contains(&Kit::Hat) && kit == Kit::Ride;
        Kit::strikes(others, note.key) && !kit.keys().contains(&note.key) && !foot
    };
    for note in &mut notes {
        if is_moved(note) && scene.is_in(flags, note) {
            note.key = key;
        }
    }
    // Of two at a step one is left.
    let mut seen: Vec<(u32, u8)> = Vec::new();
    notes.retain(|note| {
        let twice = note.key == key && seen.contains(&(note.step, key));
        seen.push((note.step, note.key));
        !twice
    });
    there(notes, kit, flags, scene)
}

/// A piece at these places; `only` there.
fn placed(
    notes: Vec<GridNote>,
    kit: Kit,
    places: &str,
    only: bool,
    flags: &[bool],
    scene: &Scene<'_>,
) -> Vec<GridNote> {
    let wanted = steps(flags, scene, places);
    let mut notes = notes;
    let fills = fills::found(&notes, scene);
    // A side stick is the snare's.
    if kit == Kit::Stick {
        for note in &mut notes {
            let is_snare = Kit::Snare.keys().contains(&note.key);
            if is_snare && wanted.contains(&(note.step as usize)) && scene.is_in(flags, note) {
                note.key = kit.key();
            }
        }
    }
    // A hat is there in whatever way.
    if matches!(kit, Kit::OpenHat | Kit::PedalHat) {
        let key = kit.key();
        for note in &mut notes {
            let is_hat = Kit::Hat.keys().contains(&note.key);
            if is_hat && wanted.contains(&(note.step as usize)) && scene.is_in(flags, note) {
                note.key = key;
            }
        }
    }
    if only {
        let keys = kit.keys();
        let goes = |note: &GridNote| {
            let bar = scene.bar_of(note.step as usize);
            let half = (scene.lines[bar] + scene.lines[bar + 1]) / 2;
            let in_fill = fills[bar] && note.step as usize >= half && kit == Kit::Snare;
            keys.contains(&note.key) && !wanted.contains(&(note.step as usize)) && !in_fill
        };
        notes = match kit {
            // Other hats go on, but for what keeps the open one from ringing.
            Kit::OpenHat => {
                for note in &mut notes {
                    if goes(note) && scene.is_in(flags, note) {
                        note.key = Kit::Hat.key();
                    }
                }
                notes
            }
            _ => without(notes, flags, scene, goes),
        };
    }
    added(notes, kit, &wanted, scene)
}

fn ghosted(mut notes: Vec<GridNote>, flags: &[bool], scene: &Scene<'_>) -> Vec<GridNote> {
    let loud = hardest(&notes, Kit::Snare);
    let fills = fills::found(&notes, scene);
    let snares = |notes: &[GridNote], step: usize| {
        let near = notes.iter().filter(|note| note.step as usize == step);
        near.filter(|note| (37..=40).contains(&note.key)).count()
    };
    for step in steps(flags, scene, GHOSTS) {
        let bar = scene.bar_of(step);
        let taken = fills[bar] || snares(&notes, step) > 0;
        if !taken && (scene.free)(step, Kit::Snare.key()) {
            let offset = offset_at(&notes, step);
            notes.push(GridNote {
                offset,
                ..stroke(step, Kit::Snare.key(), loud * GHOST)
            });
        }
    }
    notes
}

/// Hats on eighths are open; or all are closed.
fn opened(
    mut notes: Vec<GridNote>,
    is_open: bool,
    flags: &[bool],
    scene: &Scene<'_>,
) -> Vec<GridNote> {
    let (open, closed) = (Kit::OpenHat.key(), Kit::Hat.key());
    for note in &mut notes {
        let changes = match is_open {
            true => note.key == closed && note.step % 2 == 0,
            false => note.key == open,
        };
        if changes && scene.is_in(flags, note) {
            note.key = if is_open { open } else { closed };
        }
    }
    notes
}
