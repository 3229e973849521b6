//! What becomes of some bars: breakdowns, build-ups and drops, beginnings and ends, of any part.

use super::drums::{hardest, steps, stroke};
use super::fills::with_crash;
use super::kit::Kit;
use super::touch::louder;
use super::when::runs;
use super::{Act, Order, Scene, Span, amounts};
use crate::music::{GridNote, PartKind};

/// A breakdown is so much softer, and a chorus that is bigger so much harder.
const DOWN: f32 = -14.0;
const BIGGER: f32 = 9.0;
/// A build-up's first and last stroke, against the snare's usual.
const BUILD: [f32; 2] = [0.55, 1.1];
/// How much what goes on under it grows.
const GROWS: [f32; 2] = [-18.0, 8.0];
/// A crescendo's beginning and end, and how much of its loudness is left at the end of a fade.
const CRESCENDO: [f32; 2] = [-28.0, 12.0];
const FADED: f32 = 0.2;
/// The last stroke.
const LAST: f32 = 112.0;

/// The notes with a span where bars are flagged.
pub(super) fn done(
    notes: Vec<GridNote>,
    span: Span,
    flags: &[bool],
    scene: &Scene<'_>,
) -> Vec<GridNote> {
    let is_drums = scene.kind == PartKind::Drums;
    let first = flags.iter().position(|flag| *flag);
    let last = flags.iter().rposition(|flag| *flag);
    let (Some(first), Some(last)) = (first, last) else {
        return notes;
    };
    let free = |note: &GridNote| (scene.free)(note.step as usize, note.key);
    let (from, to) = (scene.lines[first], scene.lines[last + 1]);
    match span {
        Span::Breakdown if is_drums => broken_down(notes, flags, scene),
        Span::Breakdown => held(notes, flags, scene),
        Span::Build => runs(flags)
            .into_iter()
            .fold(notes, |notes, run| built(notes, run, scene)),
        Span::Drop if is_drums => with_crash(notes, from, scene),
        Span::Drop => notes,
        Span::Break => {
            let mut notes = notes;
            notes.retain(|note| {
                let on_one = scene.weight(note.step as usize) == 4;
                on_one || !scene.is_in(flags, note)
            });
            notes
        }
        Span::HalfTime if is_drums => half_time(notes, flags, scene),
        Span::DoubleTime if is_drums => double_time(notes, flags, scene),
        Span::HalfTime | Span::DoubleTime => notes,
        Span::Bigger => bigger(notes, flags, scene),
        Span::Crescendo | Span::Fade => {
            let share = |note: &GridNote| {
                let run = runs(flags)
                    .into_iter()
                    .find(|(from, to)| (*from..*to).contains(&scene.bar_of(note.step as usize)));
                let (from, to) = run.map_or((from, to), |(from, to)| {
                    (scene.lines[from], scene.lines[to])
                });
                (note.step as f32 - from as f32) / (to - from).max(1) as f32
            };
            let changed = notes.iter().map(|note| match scene.is_in(flags, note) {
                false => *note,
                true if span == Span::Crescendo => {
                    let [soft, loud] = CRESCENDO;
                    louder(note, soft + (loud - soft) * share(note))
                }
                true => {
                    let left = 1.0 - (1.0 - FADED) * share(note);
                    let velocity = (f32::from(note.velocity) * left).round().max(1.0);
                    GridNote {
                        velocity: velocity as u8,
                        ..*note
                    }
                }
            });
            changed.collect()
        }
        Span::Start => {
            let mut notes = notes;
            notes.retain(|note| note.step as usize >= from || !free(note));
            if is_drums && from > 0 {
                notes = with_crash(notes, from, scene);
            }
            notes
        }
        Span::End => ended(notes, first, scene),
        Span::EndAfter => {
            let mut notes = notes;
            notes.retain(|note| (note.step as usize) < to || !free(note));
            notes
        }
        Span::CountIn if is_drums => {
            let end = scene.lines[1];
            let loud = hardest(&notes, Kit::Snare);
            let mut notes = notes;
            notes.retain(|note| note.step as usize >= end || !free(note));
            let beats = (0..end).step_by(scene.beat());
            notes.extend(beats.map(|step| stroke(step, Kit::Stick.key(), loud * 0.9)));
            notes
        }
        Span::CountIn => {
            let mut notes = notes;
            notes.retain(|note| note.step as usize >= scene.lines[1] || !free(note));
            notes
        }
    }
}

fn keeps_time(key: u8) -> bool {
    let kits = [
        Kit::Hat,
        Kit::Ride,
        Kit::Shaker,
        Kit::Tambourine,
        Kit::Triangle,
    ];
    Kit::strikes(&kits, key)
}

/// Time alone, on the beats, softly; what comes after begins with a crash.
fn broken_down(notes: Vec<GridNote>, flags: &[bool], scene: &Scene<'_>) -> Vec<GridNote> {
    let inside = |note: &&GridNote| scene.is_in(flags, note);
    let time = |note: &&GridNote| keeps_time(note.key);
    let on_beats = |note: &GridNote| scene.weight(note.step as usize) >= 2;
    let some_on_beats = notes.iter().filter(inside).filter(time).any(on_beats);
    let some_time = notes.iter().filter(inside).any(|note| keeps_time(note.key));
    let kept = |note: &GridNote| {
        // What has no time keeper keeps its strokes by hand, on beats.
        let is_kept = match some_time {
            true => keeps_time(note.key),
            false => !Kit::strikes(&[Kit::Kick, Kit::Crash, Kit::Tom], note.key),
        };
        is_kept && (on_beats(note) || some_time && !some_on_beats)
    };
    let mut left: Vec<GridNote> = Vec::new();
    for note in &notes {
        match (scene.is_in(flags, note), kept(note)) {
            (false, _) => left.push(*note),
            // Of several at a step one is enough.
            (true, true)
                if !left
                    .iter()
                    .any(|l| l.step == note.step && keeps_time(l.key)) =>
            {
                left.push(louder(note, DOWN));
            }
            _ => {}
        }
    }
    let ends = runs(flags).into_iter().map(|(_, to)| to);
    let ends = ends.filter(|to| *to < scene.bars());
    ends.fold(left, |notes, bar| {
        with_crash(notes, scene.lines[bar], scene)
    })
}

/// The first notes of each chord, held.
fn held(notes: Vec<GridNote>, flags: &[bool], scene: &Scene<'_>) -> Vec<GridNote> {
    let order = Order {
        of: Vec::new(),
        act: Act::Line(super::Line::On("1".into())),
        when: super::When::Always,
    };
    let notes = super::lines::done(notes, &order, flags, scene);
    let softer = notes.iter().map(|note| match scene.is_in(flags, note) {
        true => louder(note, DOWN),
        false => *note,
    });
    softer.collect()
}

/// A roll that comes ever faster and harder; all else grows with it.
fn built(notes: Vec<GridNote>, (from, to): (usize, usize), scene: &Scene<'_>) -> Vec<GridNote> {
    let (begin, end) = (scene.lines[from], scene.lines[to]);
    let long = (end - begin).max(1) as f32;
    let share = |step: usize| (step - begin) as f32 / long;
    let loud = hardest(&notes, Kit::Snare);
    let snares = [Kit::Snare, Kit::Stick, Kit::Clap, Kit::Tom];
    let is_drums = scene.kind == PartKind::Drums;
    let mut grown: Vec<GridNote> = Vec::new();
    for note in notes {
        let step = note.step as usize;
        let is_in = (begin..end).contains(&step) && (scene.free)(step, note.key);
        match is_in {
            false => grown.push(note),
            true if is_drums && Kit::strikes(&snares, note.key) => {}
            true => {
                let [soft, hard] = GROWS;
                grown.push(louder(&note, soft + (hard - soft) * share(step)));
            }
        }
    }
    if !is_drums {
        return grown;
    }
    for bar in from..to {
        // The beats, then eighths, then sixteenths.
        let grid = match (bar - from + 1) as f32 / (to - from) as f32 {
            part if part <= 0.5 => "beats",
            part if part < 1.0 => "eighths",
            _ => "sixteenths",
        };
        for step in scene.at(bar, grid) {
            if (scene.free)(step, Kit::Snare.key()) {
                let [soft, hard] = BUILD;
                let level = loud * (soft + (hard - soft) * share(step));
                let between = if step % 2 == 1 { 0.9 } else { 1.0 };
                grown.push(stroke(step, Kit::Snare.key(), level * between));
            }
        }
    }
    grown
}

/// Of each bar's backbeat one stroke, in its middle, where no kick is then.
fn half_time(notes: Vec<GridNote>, flags: &[bool], scene: &Scene<'_>) -> Vec<GridNote> {
    let backbeat = [Kit::Snare, Kit::Stick, Kit::Clap];
    let mut kept: Vec<GridNote> = Vec::new();
    let mut loudest: Vec<Option<GridNote>> = vec![None; scene.bars()];
    for note in notes {
        let step = note.step as usize;
        let bar = scene.bar_of(step);
        let middle = middle(bar, scene);
        if !scene.is_in(flags, &note) {
            kept.push(note);
        } else if Kit::strikes(&backbeat, note.key) {
            let best = &mut loudest[bar];
            if best.is_none_or(|best| best.velocity < note.velocity) {
                *best = Some(note);
            }
        } else if !(Kit::Kick.keys().contains(&note.key) && step == middle) {
            kept.push(note);
        }
    }
    for (bar, snare) in loudest.into_iter().enumerate() {
        kept.extend(snare.map(|snare| GridNote {
            step: middle(bar, scene) as u32,
            offset: 0.0,
            ..snare
        }));
    }
    kept
}

/// The beat in the middle of a bar.
fn middle(bar: usize, scene: &Scene<'_>) -> usize {
    let long = scene.lines[bar + 1] - scene.lines[bar];
    scene.lines[bar] + long / 2 / 2 * 2
}

/// Kicks on the beats and the snare between them.
fn double_time(notes: Vec<GridNote>, flags: &[bool], scene: &Scene<'_>) -> Vec<GridNote> {
    let (kick, snare) = (hardest(&notes, Kit::Kick), hardest(&notes, Kit::Snare));
    let mut notes = notes;
    notes.retain(|note| {
        let struck = Kit::strikes(&[Kit::Kick, Kit::Snare, Kit::Stick, Kit::Clap], note.key);
        !(struck && scene.is_in(flags, note))
    });
    for (places, kit, loud) in [("beats", Kit::Kick, kick), ("offbeats", Kit::Snare, snare)] {
        let wanted = steps(flags, scene, places).into_iter();
        let wanted = wanted.filter(|step| (scene.free)(*step, kit.key()));
        notes.extend(wanted.map(|step| stroke(step, kit.key(), loud)));
    }
    notes
}

/// Harder; of drums with crashes where it begins and every four bars, and more kicks.
fn bigger(notes: Vec<GridNote>, flags: &[bool], scene: &Scene<'_>) -> Vec<GridNote> {
    let harder = notes.iter().map(|note| match scene.is_in(flags, note) {
        true => louder(note, BIGGER),
        false => *note,
    });
    let notes: Vec<GridNote> = harder.collect();
    if scene.kind != PartKind::Drums {
        return notes;
    }
    let more = Order {
        of: vec![Kit::Kick],
        act: Act::More,
        when: super::When::Always,
    };
    let notes = amounts::done(notes, &more, flags, scene);
    let firsts = runs(flags)
        .into_iter()
        .flat_map(|(from, to)| (from..to).step_by(4));
    firsts.fold(notes, |notes, bar| {
        with_crash(notes, scene.lines[bar], scene)
    })
}

/// The last stroke is on the first beat of a bar: kick and crash, or what is there, held.
fn ended(notes: Vec<GridNote>, bar: usize, scene: &Scene<'_>) -> Vec<GridNote> {
    let (line, next) = (scene.lines[bar], scene.lines[bar + 1]);
    let free = |note: &GridNote| (scene.free)(note.step as usize, note.key);
    let (mut kept, after): (Vec<GridNote>, Vec<GridNote>) = notes
        .into_iter()
        .partition(|note| (note.step as usize) < line || !free(note));
    let long = (next - line) as f32;
    if scene.kind == PartKind::Drums {
        let loud = hardest(&kept, Kit::Kick).max(70.0) / 100.0 * LAST;
        for kit in [Kit::Kick, Kit::Crash] {
            let there = |n: &GridNote| n.step as usize == line && kit.keys().contains(&n.key);
            if !kept.iter().any(there) && (scene.free)(line, kit.key()) {
                let note = stroke(line, kit.key(), loud);
                kept.push(GridNote {
                    length: 4.0,
                    ..note
                });
            }
        }
        return kept;
    }
    let first = after.iter().map(|note| note.step).min();
    let own = after.iter().filter(|note| Some(note.step) == first);
    let own = own.filter(|note| scene.bar_of(note.step as usize) == bar);
    kept.extend(own.map(|note| GridNote {
        step: line as u32,
        offset: 0.0,
        length: long,
        ..*note
    }));
    // What sounds longer than the last stroke ends with it.
    for note in &mut kept {
        let over = note.start() + f64::from(note.length) - next as f64;
        if over > 0.0 {
            note.length = (note.length - over as f32).max(0.25);
        }
    }
    kept
}
