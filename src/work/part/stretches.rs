//! A song as parts are written for it. Where its metre changes it is several stretches, each written in a metre of
//! its own on bars that are all as long; a bar of the song that is shorter has the beginning of such a bar, a
//! longer one goes on with the next.

use super::Unfit;
use super::context::{SECTION, StemContext, bar_steps, is_known};
use super::writing::Again;
use crate::analysis::song::SongDescription;
use crate::models::parts::roll::StepChord;
use crate::music::{BarGrid, GridBar, GridNote, Metre, Part};

/// So many bars of another metre are a stretch of their own, or so many of one that has such a stretch elsewhere in the song; fewer
/// are odd bars in what surrounds them.
const STRETCH: usize = 4;
const AGAIN: usize = 2;

/// A song that a part is to fit.
#[derive(Clone, Debug, PartialEq)]
pub struct StemSong {
    stretches: Vec<Stretch>,
    /// Its bars, from the part's beginning on, where they aren't all alike.
    bars: Vec<GridBar>,
    /// Their steps.
    steps: usize,
    /// What the user should know of it, in a sentence.
    pub notice: Option<String>,
}

/// Bars that are written in one metre.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stretch {
    pub(super) context: StemContext,
    /// Where its bars are; none where each step is where it is in the song.
    places: Vec<Place>,
    /// The first of its bars in the song, from 0.
    first: usize,
}

/// A bar of the song: its first step there and among bars that are all as long, and its steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Place {
    song: u32,
    stretch: u32,
    steps: u32,
}

impl StemSong {
    /// All of a song with these parts.
    ///
    /// # Errors
    /// [`Unfit`]. Any thread but audio.
    pub fn new(song: &SongDescription, grid: &BarGrid, parts: &[Part]) -> Result<Self, Unfit> {
        let count = there(song, grid).max(1);
        let end = grid.step_at(song.seconds_used.max(0.0)).round().max(0.0) as u32;
        Self::of(song, grid, parts, 0..count, end.min(grid.steps()))
    }

    /// Some bars of a song, counted from 0, and nothing else; and at which step of the song they begin.
    ///
    /// # Errors
    /// [`Unfit`]. Any thread but audio.
    pub fn of_bars(
        song: &SongDescription,
        grid: &BarGrid,
        parts: &[Part],
        bars: std::ops::Range<usize>,
    ) -> Result<(Self, u32), Unfit> {
        let count = there(song, grid);
        if bars.end > count {
            return Err(Unfit::Bars(count));
        }
        let first = line(grid, bars.start);
        let steps = line(grid, bars.end) - first;
        Ok((Self::of(song, grid, parts, bars, steps)?, first))
    }

    /// `steps` are those of bars that are all alike, as far as they sound.
    fn of(
        song: &SongDescription,
        grid: &BarGrid,
        parts: &[Part],
        range: std::ops::Range<usize>,
        steps: u32,
    ) -> Result<Self, Unfit> {
        let first = line(grid, range.start);
        let bar = |number: usize| Bar {
            metre: grid.bars()[number].metre,
            step: line(grid, number) - first,
            steps: line(grid, number + 1) - line(grid, number),
        };
        let bars: Vec<Bar> = range.map(bar).collect();
        let metre = bars[0].metre;
        if bars.iter().all(|bar| bar.metre == metre && bar.is_whole()) {
            let context = StemContext::of(song, grid, parts, (metre, first, steps), &[])?;
            return Ok(Self {
                steps: context.steps,
                stretches: vec![Stretch {
                    context,
                    places: Vec::new(),
                    first: 0,
                }],
                bars: Vec::new(),
                notice: None,
            });
        }
        let stretch = |(metre, bars): &(Metre, &[Bar])| {
            let long = bar_steps(*metre);
            let mut next = 0;
            let place = |bar: &Bar| {
                let place = Place {
                    song: bar.step,
                    stretch: next,
                    steps: bar.steps,
                };
                next += bar.steps.div_ceil(long) * long;
                place
            };
            let places: Vec<Place> = bars.iter().map(place).collect();
            let context = StemContext::of(song, grid, parts, (*metre, first, next), &places)?;
            Ok::<_, Unfit>((context, places))
        };
        let found = stretches(&bars).ok_or(Unfit::Metre(metre))?;
        let mut all = Vec::new();
        let mut next = 0;
        for stretched in &found {
            let (context, places) = stretch(stretched)?;
            let count = places.len();
            all.push(Stretch {
                context,
                places,
                first: next,
            });
            next += count;
        }
        let last = bars[bars.len() - 1];
        Ok(Self {
            stretches: all,
            steps: (last.step + last.steps) as usize,
            notice: Some(notice(&found)),
            bars: bars
                .iter()
                .map(|bar| GridBar {
                    step: bar.step,
                    metre: bar.metre,
                })
                .collect(),
        })
    }

    /// The chord of each step of the song.
    pub(super) fn chords(&self) -> Vec<StepChord> {
        let first = self.first();
        if self.bars.is_empty() {
            return first.chords.clone();
        }
        let mut chords = vec![first.chords[0]; self.steps];
        for stretch in &self.stretches {
            for (step, chord) in (0..).zip(&stretch.context.chords) {
                let place = in_song(&stretch.places, step);
                if let Some(there) = place.and_then(|place| chords.get_mut(place as usize)) {
                    *there = *chord;
                }
            }
        }
        chords
    }

    /// Bars, from 0, that sections begin with.
    pub(super) fn sections(&self) -> Vec<usize> {
        match self.bars.len() {
            0 => self.first().sections.clone(),
            count => (0..count).step_by(SECTION).collect(),
        }
    }

    pub(super) fn stretches(&self) -> &[Stretch] {
        &self.stretches
    }

    /// The first stretch, as the network takes it.
    #[must_use]
    pub fn first(&self) -> &StemContext {
        &self.stretches[0].context
    }

    /// Its bars, from the part's beginning on, where they aren't all alike; none where they are.
    #[must_use]
    pub fn odd_bars(&self) -> &[GridBar] {
        &self.bars
    }

    /// How many bars it has.
    #[must_use]
    pub fn bars(&self) -> usize {
        match self.bars.len() {
            0 => self.first().bars(),
            count => count,
        }
    }

    /// Steps of all bars; a part is as long.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// The first step of each bar, and the end of the last.
    #[must_use]
    pub fn lines(&self) -> Vec<usize> {
        let bar = self.first().bar_written();
        match self.bars.len() {
            0 => (0..=self.bars()).map(|number| number * bar).collect(),
            _ => {
                let bars = self.bars.iter().map(|bar| bar.step as usize);
                bars.chain([self.steps]).collect()
            }
        }
    }
}

impl Stretch {
    /// What of a part that is there is to be made anew, in its own bars.
    pub(super) fn again(&self, again: &Again) -> Again {
        if self.places.is_empty() {
            return again.clone();
        }
        let long = self.context.bar_written() as u32;
        let flags = |flags: &[bool]| -> Vec<bool> {
            let flag = |(number, place): (usize, &Place)| {
                let flag = flags.get(self.first + number).copied().unwrap_or(false);
                std::iter::repeat_n(flag, place.steps.div_ceil(long) as usize)
            };
            match flags.is_empty() {
                true => Vec::new(),
                false => self.places.iter().enumerate().flat_map(flag).collect(),
            }
        };
        Again {
            part: Part::new(again.part.kind, self.own_notes(&again.part.notes)),
            bars: flags(&again.bars),
            locked_bars: flags(&again.locked_bars),
            ..again.clone()
        }
    }

    fn own_notes(&self, notes: &[GridNote]) -> Vec<GridNote> {
        let moved = |note| moved(&self.places, |bar| bar.song, |bar| bar.stretch, note);
        notes.iter().filter_map(moved).collect()
    }

    /// Its notes where they are in the song; those beyond the ends of short bars are left out. What `before` had stays as it
    /// was, to the last bit.
    pub(super) fn to_song(&self, notes: Vec<GridNote>, before: Option<&Part>) -> Vec<GridNote> {
        if self.places.is_empty() {
            return notes;
        }
        let same = |note: &GridNote| {
            let old = before?.note_at(note.step, note.key)?;
            let is_same = (old.offset, old.velocity) == (note.offset, note.velocity);
            is_same.then_some(*old)
        };
        let moved = notes
            .iter()
            .filter_map(|note| moved(&self.places, |bar| bar.stretch, |bar| bar.song, note));
        moved.map(|note| same(&note).unwrap_or(note)).collect()
    }
}

/// A step of a stretch in the song; none beyond the end of a short bar.
pub(super) fn in_song(places: &[Place], step: u32) -> Option<u32> {
    let place = places[..places.partition_point(|bar| bar.stretch <= step)].last()?;
    let within = step - place.stretch;
    (within < place.steps).then_some(place.song + within)
}

/// A note of the song in a stretch, if it begins there.
pub(super) fn in_stretch(places: &[Place], note: &GridNote) -> Option<GridNote> {
    moved(places, |bar| bar.song, |bar| bar.stretch, note)
}

/// A note moved with the bar that it begins in; it ends where it did, or with the bar that its end has no place in.
fn moved(
    bars: &[Place],
    from: fn(&Place) -> u32,
    to: fn(&Place) -> u32,
    note: &GridNote,
) -> Option<GridNote> {
    let bar = bars[..bars.partition_point(|bar| from(bar) <= note.step)].last()?;
    let within = note.step - from(bar);
    if within >= bar.steps {
        return None;
    }
    let step = to(bar) + within;
    let end = note.start() + f64::from(note.length);
    let mut length = note.length;
    if end > f64::from(from(bar) + bar.steps) {
        let before = bars.partition_point(|bar| f64::from(from(bar)) < end);
        let last = bars[..before].last()?;
        let past = (end - f64::from(from(last))).min(f64::from(last.steps));
        let start = f64::from(step) + f64::from(note.offset);
        length = (f64::from(to(last)) + past - start).max(0.01) as f32;
    }
    Some(GridNote {
        step,
        length,
        ..*note
    })
}

/// A bar of the song, its first step counted from the part's beginning.
#[derive(Clone, Copy)]
struct Bar {
    metre: Metre,
    step: u32,
    steps: u32,
}

impl Bar {
    fn is_whole(&self) -> bool {
        self.steps == bar_steps(self.metre)
    }
}

/// The first step of a bar of the grid, or its end.
fn line(grid: &BarGrid, bar: usize) -> u32 {
    grid.bars().get(bar).map_or(grid.steps(), |bar| bar.step)
}

/// How many bars a song has. What lies beyond the sound by less than half a bar belongs to a bar that isn't there.
fn there(song: &SongDescription, grid: &BarGrid) -> usize {
    let end = grid.step_at(song.seconds_used.max(0.0)).round().max(0.0) as u32;
    let is_there = |&bar: &usize| {
        let (from, to) = (line(grid, bar), line(grid, bar + 1));
        bar == 0 || from + (to - from) / 2 <= end
    };
    (0..grid.bars().len()).take_while(is_there).count()
}

/// The bars by the metre they are written in: the nearest before them of which there are enough in a row, or
/// the commonest; none where the network knows none of them.
fn stretches(bars: &[Bar]) -> Option<Vec<(Metre, &[Bar])>> {
    // Bars of one metre in a row: where they begin, and how many.
    let mut rows: Vec<(Metre, usize, usize)> = Vec::new();
    let mut at = 0;
    while let Some(first) = bars.get(at) {
        let alike = |bar: &&Bar| bar.metre == first.metre && bar.is_whole();
        let count = bars[at..].iter().take_while(alike).count();
        if is_known(first.metre) {
            rows.push((first.metre, at, count));
        }
        at += count.max(1);
    }
    let long = |metre: Metre| rows.iter().any(|row| row.0 == metre && row.2 >= STRETCH);
    let mut found: Vec<(Metre, usize)> = Vec::new();
    for &(metre, from, count) in &rows {
        let goes_on = found.last().is_some_and(|last| last.0 == metre);
        if count >= AGAIN && long(metre) && !goes_on {
            found.push((metre, from));
        }
    }
    if found.is_empty() {
        let known = bars.iter().filter(|bar| is_known(bar.metre));
        let steps = |metre: Metre| -> u32 {
            let of = bars.iter().filter(|bar| bar.metre == metre);
            of.map(|bar| bar.steps).sum()
        };
        // Of equals the first.
        let metres: Vec<Metre> = known.map(|bar| bar.metre).collect();
        found.push((metres.into_iter().rev().max_by_key(|m| steps(*m))?, 0));
    }
    found[0].1 = 0;
    let ends = found[1..].iter().map(|next| next.1).chain([bars.len()]);
    let each = found.iter().zip(ends);
    Some(
        each.map(|(&(metre, from), to)| (metre, &bars[from..to]))
            .collect(),
    )
}

/// What the user should know.
fn notice(found: &[(Metre, &[Bar])]) -> String {
    let names = |metres: &mut dyn Iterator<Item = Metre>| {
        let mut names: Vec<String> = Vec::new();
        for name in metres.map(|metre| metre.to_string()) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        match names.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, others)) => format!("{} and {last}", others.join(", ")),
            None => String::new(),
        }
    };
    let written = names(&mut found.iter().map(|(metre, _)| *metre));
    let others = found.iter().flat_map(|(metre, bars)| {
        let odd = bars.iter().map(|bar| bar.metre);
        odd.filter(move |other| other != metre)
    });
    let odd = names(&mut { others });
    match odd.is_empty() {
        true => format!(
            "The metre changes: the part is written in {written}, bar by bar as the song has it."
        ),
        false => format!(
            "The metre changes: the part is written in {written}; what it plays in bars of {odd} is cut to their length."
        ),
    }
}

#[cfg(test)]
mod tests;
