//! Fills and crashes: put in, found, taken away.

use super::drums::{hardest, stroke};
use super::kit::Kit;
use super::{Act, Fill, Order, Scene};
use crate::music::{Chord, GridNote, Key, Mode, Quality};
use crate::style::{self, Setting};

/// Strokes of a bar's second half that hardly another bar has: so many are a fill.
const FILL: usize = 3;
/// Keys that fills are played on.
const BY_HAND: [u8; 17] = [
    37, 38, 39, 40, 41, 43, 45, 47, 48, 50, 60, 61, 62, 63, 64, 65, 66,
];
/// What goes on under a fill: shakers, bells, feet.
const GOES_ON: [&[u8]; 2] = [&[44], &[54, 56, 69, 70, 75, 80, 81]];
const CRASH: f32 = 112.0;

/// The notes as the order wants them.
pub(super) fn done(
    notes: Vec<GridNote>,
    order: &Order,
    flags: &[bool],
    scene: &Scene<'_>,
) -> Vec<GridNote> {
    let bars = flags.iter().enumerate().filter(|(_, flag)| **flag);
    let bars: Vec<usize> = bars.map(|(bar, _)| bar).collect();
    match &order.act {
        Act::Fill(Some(fill)) => bars
            .into_iter()
            .fold(notes, |notes, bar| filled(notes, bar, *fill, scene)),
        Act::Fill(None) => {
            let found = found(&notes, scene);
            let bars = bars.into_iter().filter(|bar| found[*bar]);
            bars.fold(notes, |notes, bar| unfilled(notes, bar, &found, scene))
        }
        Act::Crash(only) => crashed(notes, &bars, *only, scene),
        _ => notes,
    }
}

/// Whether each bar has a fill.
pub(super) fn found(notes: &[GridNote], scene: &Scene<'_>) -> Vec<bool> {
    let count = scene.bars();
    let place = |note: &GridNote| {
        let bar = scene.bar_of(note.step as usize);
        (bar, note.step as usize - scene.lines[bar], note.key)
    };
    let strokes: Vec<(usize, usize, u8)> = notes
        .iter()
        .filter(|note| BY_HAND.contains(&note.key))
        .map(place)
        .collect();
    let is_late = |bar: usize, within: usize| 2 * within >= scene.lines[bar + 1] - scene.lines[bar];
    (0..count)
        .map(|bar| {
            let own = strokes
                .iter()
                .filter(|(b, within, _)| *b == bar && is_late(bar, *within));
            let odd = own.filter(|(_, within, key)| {
                let others = strokes
                    .iter()
                    .filter(|(b, w, k)| *b != bar && w == within && k == key);
                others.count() * 3 < count.max(2)
            });
            let mut places: Vec<usize> = odd.map(|(_, within, _)| *within).collect();
            places.dedup();
            let toms = strokes
                .iter()
                .filter(|(b, within, key)| *b == bar && is_late(bar, *within) && is_tom(*key));
            places.len() >= FILL || toms.count() >= 2
        })
        .collect()
}

/// Whether nearly every beat has a kick.
fn is_on_floor(notes: &[GridNote], steps: usize, beat: usize) -> bool {
    let on_beat = |note: &&GridNote| {
        Kit::Kick.keys().contains(&note.key) && (note.step as usize).is_multiple_of(beat)
    };
    notes.iter().filter(on_beat).count() * beat * 10 >= steps * 9
}

fn is_tom(key: u8) -> bool {
    Kit::Tom.keys().contains(&key)
}

/// A fill at the end of a bar, in place of what is there.
fn filled(notes: Vec<GridNote>, bar: usize, fill: Fill, scene: &Scene<'_>) -> Vec<GridNote> {
    let usual = match scene.metre {
        "3/4" => "rock waltz",
        "6/8" => "6/8 rock",
        "5/4" => "5/4 rock",
        _ => "pop",
    };
    let fits = |style: &style::Style| style.file().metre == scene.metre;
    let usual = style::named(usual, &fits).map(|named| named.style);
    let Some(style) = scene.style.or(usual) else {
        return notes;
    };
    let steps = scene.lines[scene.lines.len() - 1];
    let chord = Chord {
        root: 0,
        quality: Quality::Major,
        bass: None,
    };
    let setting = Setting {
        steps,
        chords: &[chord],
        key: Key {
            tonic: 0,
            mode: Mode::Major,
        },
        bpm: scene.bpm,
        given: &[],
        seed: scene.seed,
        busy: 0.0,
        loud: 0.0,
        fills: &[],
        section_fills: None,
        ends: &[],
        banned: &[],
        follow: 0.0,
    };
    let (from, to) = (scene.lines[bar], scene.lines[bar + 1]);
    let (beats, strokes) = style.fill(&setting, to - from, bar, (fill.beats, fill.toms));
    let start = to.saturating_sub(beats).max(from);
    // As hard as the rest.
    let loud = hardest(&notes, Kit::Snare);
    let own = strokes.iter().map(|note| note.velocity).max().unwrap_or(1);
    let share = (loud * 1.05 / f32::from(own.max(1))).clamp(0.4, 1.25);
    // Four on the floor goes on.
    let on_floor = is_on_floor(&notes, steps, scene.beat());
    let gone = |note: &GridNote| {
        let within = (start..to).contains(&(note.step as usize))
            && !(on_floor && Kit::Kick.keys().contains(&note.key));
        within && !style.keeps(note.key) && !GOES_ON.iter().any(|keys| keys.contains(&note.key))
    };
    let mut kept: Vec<GridNote> = notes;
    kept.retain(|note| !(gone(note) && (scene.free)(note.step as usize, note.key)));
    let placed = strokes.into_iter().map(|note| GridNote {
        step: note.step + start as u32,
        velocity: (f32::from(note.velocity) * share).round().clamp(1.0, 127.0) as u8,
        ..note
    });
    kept.extend(placed.filter(|note| (scene.free)(note.step as usize, note.key)));
    kept
}

/// A bar with a fill plays what one without plays.
fn unfilled(notes: Vec<GridNote>, bar: usize, found: &[bool], scene: &Scene<'_>) -> Vec<GridNote> {
    let long = |bar: usize| scene.lines[bar + 1] - scene.lines[bar];
    let plain = |other: &usize| !found[*other] && long(*other) == long(bar);
    // One as far from a phrase's beginning, if there is one; a bar that a section begins with has its crash.
    let near = |other: &usize| {
        let turn = usize::from(other % 2 != bar % 2);
        let first = usize::from(other.is_multiple_of(4));
        (first, turn, other.abs_diff(bar))
    };
    let Some(from) = (0..scene.bars()).filter(plain).min_by_key(near) else {
        return notes;
    };
    let half = scene.lines[bar] + long(bar) / 2;
    let (mut kept, mut new) = (Vec::new(), Vec::new());
    let begins = scene.lines[bar];
    for note in notes {
        let step = note.step as usize;
        let in_from = scene.bar_of(step) == from;
        if in_from && !Kit::Crash.keys().contains(&note.key) {
            let place = step - scene.lines[from] + begins;
            // Its first half may be as it was.
            if (scene.free)(place, note.key) && place >= half {
                new.push(GridNote {
                    step: place as u32,
                    ..note
                });
            }
        }
        let goes = scene.bar_of(step) == bar && step >= half && (scene.free)(step, note.key);
        if !goes {
            kept.push(note);
        }
    }
    kept.extend(new);
    // What began in the first half belonged to the fill where it is on the toms.
    let first_half = (begins..half).collect::<Vec<_>>();
    let is_fill = |note: &GridNote| first_half.contains(&(note.step as usize)) && is_tom(note.key);
    if kept.iter().any(is_fill) {
        let copied: Vec<GridNote> = kept
            .iter()
            .filter(|note| scene.bar_of(note.step as usize) == from)
            .filter(|note| !Kit::Crash.keys().contains(&note.key))
            .map(|note| GridNote {
                step: (note.step as usize - scene.lines[from] + begins) as u32,
                ..*note
            })
            .filter(|note| (note.step as usize) < half)
            .collect();
        kept.retain(|note| {
            let step = note.step as usize;
            !(first_half.contains(&step) && (scene.free)(step, note.key))
        });
        kept.extend(copied);
    }
    kept
}

/// Crashes where these bars begin; `only` there.
fn crashed(
    mut notes: Vec<GridNote>,
    bars: &[usize],
    only: bool,
    scene: &Scene<'_>,
) -> Vec<GridNote> {
    let firsts: Vec<usize> = bars.iter().map(|bar| scene.lines[*bar]).collect();
    if only {
        notes.retain(|note| {
            let step = note.step as usize;
            let crash = Kit::Crash.keys().contains(&note.key);
            !crash || firsts.contains(&step) || !(scene.free)(step, note.key)
        });
    }
    firsts
        .into_iter()
        .fold(notes, |notes, step| with_crash(notes, step, scene))
}

/// A crash at a step, and in a new part the kick with it.
pub(super) fn with_crash(
    mut notes: Vec<GridNote>,
    step: usize,
    scene: &Scene<'_>,
) -> Vec<GridNote> {
    let has = |notes: &[GridNote], kit: Kit| {
        let here = |note: &GridNote| note.step as usize == step && kit.keys().contains(&note.key);
        notes.iter().any(here)
    };
    let crash = Kit::Crash.key();
    let level = hardest(&notes, Kit::Snare).max(60.0) / 104.0 * CRASH;
    if !has(&notes, Kit::Crash) && (scene.free)(step, crash) {
        notes.push(stroke(step, crash, level));
    }
    if scene.is_new && !has(&notes, Kit::Kick) {
        let loud = hardest(&notes, Kit::Kick);
        notes.push(stroke(step, Kit::Kick.key(), loud));
    }
    notes
}
