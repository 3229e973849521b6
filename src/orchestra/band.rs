//! What rhythm sections play: parts that a style writes, drums without a style, strokes of timpani.

use super::fit::fold;
use super::frame::Frame;
use super::instruments::Instrument;
use super::tone::{SAME, Tone};
use crate::music::{Metre, Part, PartKind, Piece, STEPS};
use crate::style::{self, Setting, Style};

/// A style that fits the metre of all bars: the one of this name, if it does.
pub(super) fn fitting(name: Option<&str>, bars: &[super::tone::Bar]) -> Option<&'static Style> {
    let metre = bars.first()?.metre;
    let all = bars.iter().all(|bar| bar.metre == metre);
    let fits = |style: &Style| all && style.file().metre == metre.to_string();
    name.and_then(|name| style::named(name, &fits))
        .map(|found| found.style)
}

/// The style of drums where none was named.
pub(super) fn usual(metre: Metre, light: bool) -> Option<&'static Style> {
    let name = match (metre.count, metre.unit, light) {
        (4, 4, true) => "orchestral percussion",
        (4, 4, false) => "pop",
        (3, 4, _) => "waltz",
        (6, 8, _) => "6/8 ballad",
        (5, 4, _) => "take five",
        _ => return None,
    };
    let fits =
        |style: &Style| style.file().metre == metre.to_string() && style.has(PartKind::Drums);
    style::named(name, &fits).map(|found| found.style)
}

/// What a style writes for this kind, over the piece's chords.
pub(super) fn styled(
    frame: &Frame,
    style: &Style,
    kind: PartKind,
    given: &[&Part],
) -> Option<Part> {
    let steps = (frame.end() * f64::from(STEPS)).round() as usize;
    if steps == 0 {
        return None;
    }
    let chords: Vec<_> = (0..steps)
        .map(|step| frame.harmonies.at(step as f64 / f64::from(STEPS)))
        .collect();
    let how = frame.character;
    let setting = Setting {
        steps,
        chords: &chords,
        key: frame.harmonies.key,
        bpm: frame.bpm,
        given,
        seed: frame.seed,
        busy: (how.busy + 0.5 * how.full).clamp(-2.0, 2.0),
        loud: how.loud.clamp(-2.0, 2.0),
        fills: &[],
        section_fills: None,
        ends: &[],
        banned: &[],
        follow: 0.0,
    };
    style
        .write(kind, &setting)
        .filter(|part| !part.notes.is_empty())
}

/// A part's notes, within an instrument's range.
pub(super) fn tones(part: &Part, instrument: &Instrument) -> Vec<Tone> {
    let steps = f64::from(STEPS);
    let notes = part.notes.iter().map(|note| {
        let start = (note.start() / steps).max(0.0);
        Tone {
            start,
            end: start + f64::from(note.length) / steps,
            key: note.key,
            velocity: note.velocity,
        }
    });
    let notes: Vec<Tone> = notes.collect();
    if instrument.is_drums() {
        notes
    } else {
        fold(&notes, instrument, 0)
    }
}

/// Drums in any metre: kick on one, snare in the middle, hats between.
pub(super) fn plain_drums(frame: &Frame) -> Part {
    let mut notes = Vec::new();
    for beat in &frame.beats {
        let step = f64::from(STEPS);
        let mut hit = |piece: Piece, at: f64, velocity: u8| {
            notes.extend(crate::music::GridNote::between(
                at * step,
                at * step + 1.0,
                piece.key(),
                velocity,
            ));
        };
        let piece = if beat.place == 0 {
            Piece::Kick
        } else {
            Piece::Snare
        };
        if beat.place == 0 || beat.place % 2 == 1 || frame.character.busy > 0.5 {
            hit(piece, beat.start, if beat.place == 0 { 96 } else { 84 });
        }
        hit(Piece::ClosedHat, beat.start, 70);
        hit(Piece::ClosedHat, (beat.start + beat.end) / 2.0, 56);
    }
    Part::new(Some(PartKind::Drums), notes)
}

/// What this drummer plays of all drums; something whatever they are.
pub(super) fn of_drums(all: Vec<Tone>, instrument: &Instrument, frame: &Frame) -> Vec<Tone> {
    let wanted: &[Piece] = match &*instrument.name {
        "snare drum" => &[Piece::Snare, Piece::Stick],
        "cymbals" => &[Piece::Crash, Piece::Ride],
        "bass drum" => &[Piece::Kick],
        "percussion" => &[Piece::Shaker, Piece::HandDrum, Piece::Bell, Piece::Stick],
        _ => return all,
    };
    let has = |tone: &&Tone| Piece::of_key(tone.key).is_some_and(|piece| wanted.contains(&piece));
    let own: Vec<Tone> = all.iter().filter(has).copied().collect();
    if !own.is_empty() {
        return own;
    }
    let on = |name: &str, beat: &super::tone::Beat| match name {
        "cymbals" => beat.place == 0 && beat.bar.is_multiple_of(4),
        "bass drum" => beat.place == 0,
        "snare drum" => beat.place % 2 == 1,
        _ => true,
    };
    let beats = frame.beats.iter().filter(|beat| on(&instrument.name, beat));
    let hits = beats.map(|beat| Tone {
        start: beat.start,
        end: beat.start + 0.25,
        key: wanted[0].key(),
        velocity: if beat.place == 0 { 84 } else { 66 },
    });
    hits.collect()
}

/// Strokes on roots where bars begin: of all chords that it can reach well, more of them in drama.
pub(super) fn strokes(frame: &Frame, instrument: &Instrument) -> Vec<Tone> {
    let tonic = frame.harmonies.key.tonic;
    let mut found = Vec::new();
    for (number, beat) in frame.beats.iter().enumerate() {
        let chord = frame.harmonies.at(beat.start);
        let home = chord.root == tonic || chord.root == (tonic + 7) % 12;
        let ends = frame.ends_in(number);
        let first = number == 0;
        if !(first
            || home && (beat.place == 0 || ends)
            || frame.character.drama > 0.5 && beat.strong && home)
        {
            continue;
        }
        let low = i32::from(instrument.easy[0]);
        let key = low + (i32::from(chord.root) - low).rem_euclid(12);
        let mut add = |start: f64, end: f64, velocity: u8| {
            found.push(Tone {
                start,
                end,
                key: key.clamp(
                    i32::from(instrument.range[0]),
                    i32::from(instrument.range[1]),
                ) as u8,
                velocity,
            });
        };
        if frame.character.drama > 0.5 && ends {
            // A roll.
            let count = ((beat.end - beat.start) * 8.0).round().max(1.0) as u32;
            let each = (beat.end - beat.start) / f64::from(count);
            for stroke in 0..count {
                let start = beat.start + f64::from(stroke) * each;
                add(start, start + each - SAME, 60 + (stroke * 24 / count) as u8);
            }
        } else {
            add(beat.start, beat.end, 78);
        }
    }
    found
}
