//! Finds the melody: the track that has it, and its line among the other notes of the track.

use super::source::GivenTrack;
use super::tone::{self, SAME, Tone};
use crate::music::PartKind;

/// A line may leave notes out, but goes on within so many quarter notes.
const LOOK_BACK: f64 = 16.0;
/// How far around a note its company is heard, quarter notes.
const AROUND: f64 = 2.0;
/// Notes that begin within this many quarter notes begin together (played, not written).
const TOGETHER: f64 = 0.06;
/// More notes at once than this, in the share of time that has notes at all, and a track is more than a line.
const POLYPHONIC: f64 = 0.08;

/// Which track has the melody: what it is called, how it lies, and whether it goes like one.
pub(super) fn track(tracks: &[GivenTrack]) -> Option<usize> {
    let pitched: Vec<(usize, &GivenTrack)> = tracks
        .iter()
        .enumerate()
        .filter(|(_, track)| track.kind != Some(PartKind::Drums) && !track.tones.is_empty())
        .collect();
    let all = pitched.iter().flat_map(|(_, track)| &track.tones);
    let middle = mean(all.clone().map(|tone| f64::from(tone.key)));
    let loud = mean(all.clone().map(|tone| f64::from(tone.velocity)));
    let end = all.map(|tone| tone.end).fold(1.0, f64::max);
    let score = |track: &GivenTrack| {
        let mut tones = track.tones.clone();
        tone::sort(&mut tones);
        let count = tones.len() as f64;
        let top = highest(&tones);
        let steps = top.windows(2).map(|pair| pair[0].key.abs_diff(pair[1].key));
        let near = steps.clone().filter(|step| (1..=4).contains(step)).count() as f64;
        let same = steps.filter(|step| *step == 0).count() as f64;
        let moves = (top.len() as f64 - 1.0).max(1.0);
        let name = track.name.to_lowercase();
        let called = |words: &[&str]| words.iter().any(|word| name.contains(word));
        let mut score = 1.5 * (1.0 - together(&tones));
        if called(&[
            "melod", "lead", "vocal", "solo", "tune", "sopran", "voice 1", "singer", "theme",
        ]) {
            score += 3.0;
        }
        if track.kind == Some(PartKind::Bass) || called(&["bass"]) {
            score -= 3.0;
        }
        let register = (mean(tones.iter().map(|tone| f64::from(tone.key))) - middle) / 12.0;
        score += 0.9 * register.clamp(-1.5, 1.5);
        score += (mean(tones.iter().map(|tone| f64::from(tone.velocity))) - loud) / 20.0;
        score += near / moves - same / moves;
        let heard: std::collections::BTreeSet<u64> = tones
            .iter()
            .map(|tone| (tone.start / 4.0).max(0.0) as u64)
            .collect();
        score += (heard.len() as f64 * 4.0 / end).min(1.0);
        let density = count / end;
        if !(0.15..4.5).contains(&density) {
            score -= 1.0;
        }
        score
    };
    let scored = pitched
        .iter()
        .map(|(number, track)| (score(track), *number));
    let best = scored.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
    best.map(|(_, number)| number)
}

/// The melody of a track, one note after the other. Where it was `named` and is hardly more than a line,
/// all of it is melody.
pub(super) fn line(tones: &[Tone], named: bool) -> Vec<Tone> {
    let mut tones = tones.to_vec();
    tone::sort(&mut tones);
    let share = together(&tones);
    let found = if share < POLYPHONIC || named && share < 3.0 * POLYPHONIC {
        highest(&tones)
    } else {
        stream(&tones)
    };
    one_by_one(found)
}

/// Whether a track has hardly more than one note at a time.
pub(super) fn is_line(tones: &[Tone]) -> bool {
    let mut tones = tones.to_vec();
    tone::sort(&mut tones);
    together(&tones) < POLYPHONIC
}

/// The lowest of notes that begin together, and nothing above what the lowest one is at that time.
pub(super) fn lowest(tones: &[Tone], melody: &[Tone]) -> Vec<Tone> {
    let mut found: Vec<Tone> = Vec::new();
    for group in groups(tones) {
        let Some(low) = group.iter().min_by_key(|tone| tone.key).copied() else {
            continue;
        };
        let under = !melody
            .iter()
            .any(|other| other.sounds(low.start) && other.key < low.key);
        let lower_holds = tones.iter().any(|other| {
            other.start < low.start - TOGETHER && other.end > low.start + 0.1 && other.key < low.key
        });
        if under && !lower_holds {
            found.push(low);
        }
    }
    one_by_one(found)
}

/// Every note ends where the next begins, at the latest.
fn one_by_one(mut line: Vec<Tone>) -> Vec<Tone> {
    line.dedup_by(|next, before| next.start - before.start < SAME);
    for at in 1..line.len() {
        let start = line[at].start;
        line[at - 1].end = line[at - 1].end.min(start);
    }
    line
}

/// The highest of notes that begin together ("skyline").
pub(super) fn highest(tones: &[Tone]) -> Vec<Tone> {
    let tops = groups(tones).into_iter();
    tops.filter_map(|group| group.iter().max_by_key(|tone| tone.key).copied())
        .collect()
}

/// Notes by when they begin. `tones` are sorted.
fn groups(tones: &[Tone]) -> Vec<&[Tone]> {
    let mut found = Vec::new();
    let mut from = 0;
    for at in 1..=tones.len() {
        if at == tones.len() || tones[at].start > tones[from].start + TOGETHER {
            found.push(&tones[from..at]);
            from = at;
        }
    }
    found
}

/// Share of the sounding time in which more than one note sounds.
fn together(tones: &[Tone]) -> f64 {
    let (mut sounding, mut twice, mut until) = (0.0, 0.0, 0.0f64);
    for tone in tones {
        // A little overlap is legato.
        let end = tone.end - 0.1 * tone.length();
        twice += (end.min(until) - tone.start).max(0.0);
        sounding += (end - tone.start.max(until)).max(0.0);
        until = until.max(end);
    }
    twice / (sounding + 1e-9)
}

/// The line that stands out: by height and loudness among its company, by not being part of a pattern, and by
/// going on in one register without holes (dynamic programming over all ways through the notes).
fn stream(tones: &[Tone]) -> Vec<Tone> {
    let worth = salience(tones);
    let mut best: Vec<(f64, Option<usize>)> = Vec::with_capacity(tones.len());
    let mut first = 0;
    for (at, tone) in tones.iter().enumerate() {
        while tones[first].start < tone.start - LOOK_BACK {
            first += 1;
        }
        let mut top = (-0.3 * (tone.start - tones[0].start).min(8.0), None);
        for before in first..at {
            let other = &tones[before];
            if other.start > tone.start - TOGETHER {
                break;
            }
            let way = best[before].0 - step(other, tone);
            if way > top.0 {
                top = (way, Some(before));
            }
        }
        best.push((top.0 + worth[at], top.1));
    }
    let end = tones.iter().map(|tone| tone.start).fold(0.0, f64::max);
    let last = (0..tones.len()).max_by(|a, b| {
        let left = |at: usize| best[at].0 - 0.3 * (end - tones[at].start).min(8.0);
        left(*a).total_cmp(&left(*b))
    });
    let mut line = Vec::new();
    let mut at = last;
    while let Some(here) = at {
        line.push(tones[here]);
        at = best[here].1;
    }
    line.reverse();
    line
}

/// What it costs to go from one note to the next.
fn step(from: &Tone, to: &Tone) -> f64 {
    let leap = f64::from(from.key.abs_diff(to.key));
    let gap = to.start - from.end;
    let hole = if gap > 0.0 { 0.35 * gap.min(4.0) } else { 0.0 };
    // A melody lets go before it goes on.
    let overlap = (-gap - 0.15 * from.length()).max(0.0);
    let overlap = (2.2 * overlap / (0.2 + from.length())).min(2.0);
    0.055 * leap
        + if leap > 9.0 { 0.5 } else { 0.0 }
        + if leap > 14.0 { 0.8 } else { 0.0 }
        + hole
        + overlap
}

/// What each note is worth as one of the melody.
fn salience(tones: &[Tone]) -> Vec<f64> {
    let near = |tone: &Tone, around: f64| {
        let from = tones.partition_point(|other| other.start < tone.start - around);
        let to = tones.partition_point(|other| other.start <= tone.start + around);
        &tones[from..to]
    };
    let worth = |tone: &Tone| {
        let company = near(tone, AROUND);
        let keys = mean(company.iter().map(|other| f64::from(other.key)));
        let spread = mean(
            company
                .iter()
                .map(|other| (f64::from(other.key) - keys).abs()),
        ) + 3.0;
        let loud = mean(company.iter().map(|other| f64::from(other.velocity)));
        let height = (f64::from(tone.key) - keys) / spread;
        let louder = (f64::from(tone.velocity) - loud) / 10.0;
        let (mut above, mut held_above) = (0.0, 0.0f64);
        let mut begins = 0.0;
        let from = tones.partition_point(|other| other.start < tone.start - 8.0);
        let to = tones.partition_point(|other| other.start <= tone.start + TOGETHER);
        for other in tones[from..to]
            .iter()
            .filter(|other| other.end > tone.start + 0.05)
        {
            let with = (other.start - tone.start).abs() <= TOGETHER;
            begins += f64::from(u8::from(with));
            if other.key > tone.key {
                if with {
                    above += 1.0;
                } else {
                    held_above = 1.0;
                }
            }
        }
        let again = pattern(tone, near(tone, 4.0));
        0.45 + 0.9 * height.clamp(-1.6, 1.6)
            + 0.8 * louder.clamp(-2.5, 2.5)
            + 0.3 * tone.length().clamp(0.1, 2.0).log2().max(-1.5) / 1.5
            - 0.35 * f64::min(above, 2.0)
            - 0.45 * held_above
            - 0.08 * (f64::min(begins, 5.0) - 1.0)
            - 0.3 * again
    };
    tones.iter().map(worth).collect()
}

/// How often a note comes again at the same distance: an accompaniment's figure.
fn pattern(tone: &Tone, company: &[Tone]) -> f64 {
    let same = |at: f64| {
        company
            .iter()
            .any(|other| other.key == tone.key && (other.start - tone.start - at).abs() < TOGETHER)
    };
    let mut most = 0;
    for apart in [0.25, 0.5, 1.0, 1.5, 2.0] {
        let count = [-2.0, -1.0, 1.0, 2.0]
            .iter()
            .filter(|times| same(apart * **times))
            .count();
        most = most.max(count);
    }
    (f64::from(most as u32) - 1.0).max(0.0)
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for value in values {
        sum += value;
        count += 1.0;
    }
    sum / f64::max(count, 1.0)
}
