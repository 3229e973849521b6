//! Which bars are taken: the last ones, or those that come.

use super::history::{History, KEPT, Stretch};
use super::taken::{Taken, bars_in_seconds, last_bars};
use super::{Progress, SongFault, bars};

/// Shorter than this is no context, s.
const SHORTEST: f64 = 0.25;
/// What sounds for longer than this after the song stopped doesn't ring on, s.
const TAIL: f64 = 6.0;
/// Nor what comes after this much silence, s.
const GAP: f64 = 0.1;
/// So often a song may jump while bars are waited for.
const MOST_JUMPS: usize = 2;

/// Takes the last bars that were heard whole: in the current stretch, or before it stopped or came
/// back to where it had been. Where there are no bars, as many seconds.
pub(super) fn take_last(history: &History, count: u32) -> Result<Taken, SongFault> {
    let nothing = SongFault::Silent(history.source());
    let current = history.current().ok_or(nothing)?;
    let rate = history.rate();
    let (mut newer, mut whole): (Option<&Stretch>, usize) = (None, 0);
    for stretch in history.stretches().iter().rev() {
        if !stretch.is_playing() {
            if is_played_to(history, stretch, bars_in_seconds(stretch, count)) {
                break;
            }
            continue;
        }
        if newer.is_some_and(|newer| !comes_back(stretch, newer, rate)) {
            break;
        }
        let lines = bars::lines(stretch, rate);
        if let Some(lines) = last_bars(&lines, count as usize)
            && let Some(mut taken) = Taken::bars(history, stretch, lines)
        {
            if is_silent(&taken) {
                return Err(nothing);
            }
            if !current.is_playing() {
                taken.say("The song stands still: these bars are from before it stopped.".into());
            } else if newer.is_some() {
                taken.say("These bars are from before the song went back.".into());
            }
            return Ok(taken);
        }
        whole = whole.max(lines.len().saturating_sub(1));
        newer = Some(stretch);
    }
    let has_bars = current.is_playing()
        && current
            .marks
            .iter()
            .any(|mark| mark.position.beats.is_some());
    let seconds = bars_in_seconds(current, count);
    if has_bars || whole > 0 {
        return Err(match whole {
            _ if history.is_silent(0..history.end()) => nothing,
            _ if seconds > KEPT => SongFault::TooLong,
            whole => SongFault::FewBars(whole),
        });
    }
    take_seconds(history, current, seconds)
}

/// Whether there was more in the last seconds of a stretch that stands still than what rang on from
/// before.
fn is_played_to(history: &History, stretch: &Stretch, seconds: f64) -> bool {
    let frames = |seconds: f64| (seconds * f64::from(history.rate())) as u64;
    let (start, end, gap) = (stretch.frames.start, stretch.frames.end, frames(GAP).max(1));
    let mut tail = start;
    while tail < end && tail < start + frames(TAIL) && !history.is_silent(tail..tail + gap) {
        tail += gap;
    }
    let from = tail.max(end.saturating_sub(frames(seconds)));
    from < end && !history.is_silent(from..end)
}

/// Whether the song plays on in `newer` where it was in `older`: a loop, or another go.
fn comes_back(older: &Stretch, newer: &Stretch, rate: f32) -> bool {
    let pace = bars::Pace::new(older, rate);
    let start = newer.marks.front().and_then(|mark| mark.position.beats);
    let (from, to) = (
        pace.beats_at(older.frames.start),
        pace.beats_at(older.frames.end),
    );
    matches!((start, from, to), (Some(start), Some(from), Some(to)) if (from - 0.1..to).contains(&start))
}

fn take_seconds(history: &History, stretch: &Stretch, seconds: f64) -> Result<Taken, SongFault> {
    let wanted = (seconds * f64::from(history.rate())) as u64;
    let end = stretch.frames.end;
    let start = end.saturating_sub(wanted).max(stretch.frames.start);
    let mut taken = Taken::frames(history, stretch, start..end);
    if is_silent(&taken) || taken.seconds() < SHORTEST {
        return Err(SongFault::Silent(history.source()));
    }
    let why = if stretch.is_playing() {
        "The host says no bars"
    } else {
        "The song stands still"
    };
    taken.say(format!(
        "{why}: these are the last {:.1} seconds.",
        taken.seconds()
    ));
    Ok(taken)
}

fn is_silent(taken: &Taken) -> bool {
    taken.frames.iter().flatten().all(|x| *x == 0.0)
}

/// Bars that are waited for.
#[derive(Debug)]
pub(super) struct Arm {
    /// The frame from which on the next bar counts.
    from: u64,
    bars: u32,
    pub(super) progress: Progress,
}

impl Arm {
    pub(super) fn new(from: u64, bars: u32) -> Self {
        Self {
            from,
            bars,
            progress: Progress::Waiting,
        }
    }

    /// Looks at what was heard; the bars, or a sentence, once that is the end of it.
    pub(super) fn look(&mut self, history: &History) -> Option<Result<Taken, SongFault>> {
        self.progress = Progress::Waiting;
        let mut begun = 0;
        let stretches = history.stretches().iter();
        for stretch in stretches.filter(|s| s.frames.end > self.from && s.is_playing()) {
            let lines = self.lines(history, stretch);
            if let Some(lines) = lines.get(..=self.bars as usize) {
                return heard(history, Taken::bars(history, stretch, lines));
            }
            let is_current = history
                .current()
                .is_some_and(|current| current.id == stretch.id);
            if !is_current {
                begun += usize::from(!lines.is_empty());
            } else if !lines.is_empty() {
                self.progress = Progress::Bars(lines.len() as u32 - 1);
                if bars_in_seconds(stretch, self.bars) > KEPT {
                    return Some(Err(SongFault::TooLong));
                }
            } else if stretch
                .marks
                .iter()
                .all(|mark| mark.position.beats.is_none())
            {
                let seconds = self.seconds(history, stretch);
                let wanted = bars_in_seconds(stretch, self.bars);
                if seconds >= wanted {
                    return Some(take_seconds(history, stretch, wanted));
                }
                self.progress = Progress::Seconds(seconds);
            }
        }
        (begun > MOST_JUMPS).then_some(Err(SongFault::Jumps))
    }

    /// That is enough: the bars that are whole.
    pub(super) fn stop(self, history: &History) -> Option<Result<Taken, SongFault>> {
        let stretch = history.current().filter(|stretch| stretch.is_playing())?;
        if let Progress::Seconds(seconds) = self.progress {
            return Some(take_seconds(history, stretch, seconds));
        }
        let lines = self.lines(history, stretch);
        let taken = Taken::bars(history, stretch, &lines);
        heard(history, taken.filter(|taken| !taken.bars.is_empty()))
    }

    fn lines(&self, history: &History, stretch: &Stretch) -> Vec<bars::Line> {
        let mut lines = bars::lines(stretch, history.rate());
        lines.retain(|line| line.at >= self.from);
        lines
    }

    fn seconds(&self, history: &History, stretch: &Stretch) -> f64 {
        let frames = stretch.frames.end - self.from.max(stretch.frames.start);
        frames as f64 / f64::from(history.rate())
    }
}

fn heard(history: &History, taken: Option<Taken>) -> Option<Result<Taken, SongFault>> {
    let taken = taken?;
    Some(if is_silent(&taken) {
        Err(SongFault::Silent(history.source()))
    } else {
        Ok(taken)
    })
}
