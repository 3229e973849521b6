//! How hard, how late, how exactly.

use std::collections::BTreeMap;

use super::{Act, Order, Scene};
use crate::music::{GridNote, Part};
use crate::style::chance::chance;

/// Of a degree of loudness.
pub(super) const DEGREE: f32 = 11.0;
/// How much further a loose hand strays than one that doesn't, steps.
const STRAYS: f32 = 0.1;

/// The notes as the order wants them, in flagged bars.
pub(super) fn done(
    notes: Vec<GridNote>,
    order: &Order,
    flags: &[bool],
    scene: &Scene<'_>,
) -> Vec<GridNote> {
    let each = order.of.iter();
    let notes = each.fold(notes, |notes, kit| {
        super::drums::named(notes, *kit, flags, scene)
    });
    let is_of = |note: &GridNote| {
        let named = order.of.is_empty() || super::Kit::strikes(&order.of, note.key);
        named && scene.is_in(flags, note)
    };
    let changed = |change: &dyn Fn(&GridNote) -> GridNote| -> Vec<GridNote> {
        let notes = notes.iter();
        notes
            .map(|note| if is_of(note) { change(note) } else { *note })
            .collect()
    };
    match order.act {
        Act::Level(degrees) => changed(&|note| louder(note, degrees * DEGREE)),
        Act::Late(ms) => {
            let late = ms * scene.steps_a_ms();
            changed(&|note| GridNote {
                offset: (note.offset + late).clamp(-0.5, 0.5),
                ..*note
            })
        }
        Act::Loose(share) => {
            let usual = usual_offsets(&notes);
            changed(&|note| {
                let middle = usual.get(&place(note)).copied().unwrap_or(0.0);
                let stray = note.offset - middle;
                let by_chance = chance(
                    scene.seed,
                    &[210, u64::from(note.step), u64::from(note.key)],
                );
                let more = (share - 1.0).max(0.0) * STRAYS * (2.0 * by_chance - 1.0);
                let middle = if share == 0.0 && middle.abs() < 0.3 {
                    0.0
                } else {
                    middle
                };
                GridNote {
                    offset: (middle + stray * share + more).clamp(-0.5, 0.5),
                    ..*note
                }
            })
        }
        Act::Swing(amount) => {
            let (swung, kept): (Vec<GridNote>, Vec<GridNote>) =
                notes.iter().partition(|n| is_of(n));
            let mut part = Part::new(None, swung);
            part.swing(amount);
            kept.into_iter().chain(part.notes).collect()
        }
        _ => notes,
    }
}

/// A note that is so much harder; the softest stay heard.
pub(super) fn louder(note: &GridNote, more: f32) -> GridNote {
    let velocity = f32::from(note.velocity);
    let changed = match more < 0.0 {
        // What is soft already gives up less.
        true => velocity + more * (velocity / 90.0).clamp(0.35, 1.15),
        false => velocity + more,
    };
    GridNote {
        velocity: changed.round().clamp(6.0, 127.0) as u8,
        ..*note
    }
}

fn place(note: &GridNote) -> (u32, u8) {
    (note.step % 4, note.key)
}

/// How late each piece usually is at each sixteenth of a beat.
fn usual_offsets(notes: &[GridNote]) -> BTreeMap<(u32, u8), f32> {
    let mut sums: BTreeMap<(u32, u8), (f32, f32)> = BTreeMap::new();
    for note in notes {
        let sum = sums.entry(place(note)).or_default();
        *sum = (sum.0 + note.offset, sum.1 + 1.0);
    }
    let means = sums
        .into_iter()
        .map(|(place, (sum, count))| (place, sum / count));
    means.collect()
}
