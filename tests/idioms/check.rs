//! Whether claims hold of a written part.

use consort::music::Song;

use crate::language::{Claim, Place, Strength, Test, Which};
use crate::songs::{BARS, Harmony, Time};

/// Notes that begin within so many quarter notes of each other are one onset.
const TOGETHER: f64 = 0.09;
/// Notes that begin so shortly before a bar line, in quarter notes, belong to the bar behind it.
const EARLY: f64 = 0.13;
/// Notes of the last so many quarter notes of a bar may already be of the next chord.
const AHEAD: f64 = 0.6;

/// A part to be judged.
pub struct Take {
    notes: Vec<Struck>,
    /// Units of a bar, units of a quarter note.
    bar: f64,
    quarter: f64,
    chords: [Harmony; BARS],
    scale: &'static [u8],
    is_drums: bool,
}

/// A note with its start and length in counted units.
#[derive(Clone, Copy, Debug)]
struct Struck {
    at: f64,
    length: f64,
    key: u8,
    velocity: f64,
}

/// Notes that begin together, the lowest first.
type Onset = Vec<Struck>;

impl Take {
    pub fn of(
        song: &Song,
        time: Time,
        (chords, scale): ([Harmony; BARS], &'static [u8]),
        is_drums: bool,
    ) -> Take {
        let units = |tick| song.tempo.seconds_at(tick) * time.units_a_second();
        let mut notes: Vec<Struck> = song
            .notes()
            .map(|note| Struck {
                at: units(note.start),
                length: units(note.start + note.length) - units(note.start),
                key: note.key,
                velocity: f64::from(note.velocity),
            })
            .collect();
        notes.sort_by(|a, b| a.at.total_cmp(&b.at).then(a.key.cmp(&b.key)));
        Take {
            notes,
            bar: f64::from(time.metre.count),
            quarter: time.quarter(),
            chords,
            scale,
            is_drums,
        }
    }

    /// What the claim measures, and whether that is what it wants.
    pub fn judge(&self, claim: &Claim) -> (bool, f64) {
        let chosen = self.chosen(claim);
        let measured = self.measured(claim, &chosen);
        let slack = 1e-6;
        let low = *claim.wanted.start() - slack;
        (
            measured >= low && measured <= *claim.wanted.end() + slack,
            measured,
        )
    }

    fn measured(&self, claim: &Claim, notes: &[Struck]) -> f64 {
        let places = |number: usize| claim.places[number].as_slice();
        match claim.test {
            Test::On => {
                let bars: Vec<usize> = (0..BARS).filter(|&bar| self.counts(bar)).collect();
                let wanted = bars
                    .iter()
                    .flat_map(|&bar| places(0).iter().map(move |at| (bar, at)));
                let is_struck =
                    |(bar, at): (usize, &Place)| notes.iter().any(|note| self.is_at(note, bar, at));
                share(wanted.map(is_struck))
            }
            Test::Only => {
                let all = self.onsets(notes);
                share(all.iter().map(|onset| self.among(&onset[0], places(0))))
            }
            Test::Count => {
                let bars = (0..BARS).filter(|&bar| self.counts(bar)).count();
                self.onsets(notes).len() as f64 / bars as f64
            }
            Test::Accent => {
                let velocity = |there: bool| {
                    let some = notes
                        .iter()
                        .filter(|note| self.among(note, places(0)) == there);
                    mean(some.map(|note| note.velocity))
                };
                match (velocity(true), velocity(false)) {
                    (_, elsewhere) if elsewhere.is_nan() => f64::INFINITY,
                    (there, elsewhere) => there - elsewhere,
                }
            }
            Test::Root => self.degree(notes, places(0), &[0]),
            Test::Fifth => self.degree(notes, places(0), &[7, 6, 8]),
            Test::Chord => {
                let there = notes.iter().filter(|note| self.among(note, places(0)));
                share(there.map(|note| self.is_of_chord(note, &[])))
            }
            Test::Fits => share(notes.iter().map(|note| self.is_of_chord(note, self.scale))),
            Test::Into => self.leading(notes),
            Test::Steps => self.intervals(notes, |semitones| semitones == 1 || semitones == 2),
            Test::Octaves => self.intervals(notes, |semitones| semitones == 12),
            Test::Span => median((0..BARS).filter_map(|bar| {
                let keys = notes
                    .iter()
                    .filter(|note| self.bar_of(note) == bar)
                    .map(|n| n.key);
                Some(f64::from(keys.clone().max()? - keys.min()?))
            })),
            Test::Key => median(notes.iter().map(|note| f64::from(note.key))),
            Test::Length => median(notes.iter().map(|note| note.length / self.quarter)),
            Test::Voices => median(self.onsets(notes).iter().map(|onset| onset.len() as f64)),
            Test::Swing => median(notes.iter().filter_map(|note| {
                let within = (note.at / self.quarter).rem_euclid(1.0);
                (0.42..0.82)
                    .contains(&within)
                    .then(|| within / (1.0 - within))
            })),
            Test::Same => self.sameness(notes),
            Test::Held => self.held(notes),
            Test::Lower => {
                let lowest = |number: usize| {
                    let all = self.onsets(notes);
                    let there = all.iter().map(|onset| onset[0]);
                    mean(
                        there
                            .filter(|n| self.among(n, places(number)))
                            .map(|n| f64::from(n.key)),
                    )
                };
                lowest(1) - lowest(0)
            }
        }
    }

    /// Whether a bar counts: drummers play fills in every fourth.
    fn counts(&self, bar: usize) -> bool {
        !(self.is_drums && bar % 4 == 3)
    }

    fn bar_of(&self, note: &Struck) -> usize {
        ((note.at + EARLY * self.quarter) / self.bar).max(0.0) as usize
    }

    fn is_at(&self, note: &Struck, bar: usize, place: &Place) -> bool {
        let within = note.at - bar as f64 * self.bar;
        place.low <= within && within <= place.high
    }

    fn among(&self, note: &Struck, places: &[Place]) -> bool {
        let bar = self.bar_of(note);
        places.iter().any(|place| self.is_at(note, bar, place))
    }

    /// The notes that a claim speaks of, in bars that count.
    fn chosen(&self, claim: &Claim) -> Vec<Struck> {
        let in_time = |note: &&Struck| {
            let bar = self.bar_of(note);
            bar < BARS && self.counts(bar)
        };
        let all: Vec<Struck> = self.notes.iter().filter(in_time).copied().collect();
        let keep =
            |keep: &dyn Fn(u8) -> bool| all.iter().filter(|n| keep(n.key)).copied().collect();
        let mut some: Vec<Struck> = match &claim.which {
            Which::All => all,
            Which::Keys(keys) => keep(&|key| keys.contains(&key)),
            Which::Under(limit) => keep(&|key| key < *limit),
            Which::From(limit) => keep(&|key| key >= *limit),
            Which::Top => self
                .onsets(&all)
                .iter()
                .map(|onset| onset[onset.len() - 1])
                .collect(),
            Which::Bottom => self.onsets(&all).iter().map(|onset| onset[0]).collect(),
            Which::Chords => {
                let mut onsets = self.onsets(&all);
                onsets.retain(|onset| onset.len() > 2);
                onsets.concat()
            }
        };
        let most = some.iter().map(|note| note.velocity).fold(0.0, f64::max);
        match claim.strength {
            Strength::Any => {}
            Strength::Loud => some.retain(|note| note.velocity >= 0.75 * most),
            Strength::Soft => some.retain(|note| note.velocity < 0.75 * most),
        }
        some
    }

    fn onsets(&self, notes: &[Struck]) -> Vec<Onset> {
        let mut onsets: Vec<Onset> = Vec::new();
        for note in notes {
            match onsets.last_mut() {
                Some(onset) if note.at - onset[0].at < TOGETHER * self.quarter => onset.push(*note),
                _ => onsets.push(vec![*note]),
            }
        }
        for onset in &mut onsets {
            onset.sort_by_key(|note| note.key);
        }
        onsets
    }

    /// Share of the lowest notes at these places that are so far above the root of their bar.
    fn degree(&self, notes: &[Struck], places: &[Place], above: &[u8]) -> f64 {
        let onsets = self.onsets(notes);
        let lowest = onsets.iter().map(|onset| onset[0]);
        share(lowest.filter(|note| self.among(note, places)).map(|note| {
            self.harmonies(&note)
                .any(|harmony| above.contains(&((note.key + 12 - harmony.root) % 12)))
        }))
    }

    /// The chord that a note sounds with, and the next when it comes just before.
    fn harmonies(&self, note: &Struck) -> impl Iterator<Item = Harmony> + use<> {
        let bar = self.bar_of(note).min(BARS - 1);
        let ahead = ((note.at + AHEAD * self.quarter) / self.bar) as usize;
        let next = ahead.clamp(bar, BARS - 1);
        let (now, next) = (self.chords[bar], self.chords[next]);
        [now, next].into_iter()
    }

    /// Whether it is a tone of its chord, a sixth or seventh above its root, or one of `more`.
    fn is_of_chord(&self, note: &Struck, more: &[u8]) -> bool {
        let class = note.key % 12;
        more.contains(&class)
            || self.harmonies(note).any(|harmony| {
                let above = (note.key + 12 - harmony.root) % 12;
                harmony.tones.contains(&above) || matches!(above, 9..=11)
            })
    }

    fn leading(&self, notes: &[Struck]) -> f64 {
        let onsets = self.onsets(notes);
        let changes = (1..BARS).filter(|&bar| self.chords[bar].root != self.chords[bar - 1].root);
        share(changes.filter_map(|bar| {
            let first = onsets
                .iter()
                .position(|onset| self.bar_of(&onset[0]) == bar)?;
            let before = onsets[first.checked_sub(1)?][0].key;
            let away = before.abs_diff(onsets[first][0].key);
            Some(matches!(away, 0..=2 | 5 | 7 | 10 | 11))
        }))
    }

    fn intervals(&self, notes: &[Struck], is_one: impl Fn(u8) -> bool) -> f64 {
        let onsets = self.onsets(notes);
        share(
            onsets
                .windows(2)
                .map(|two| is_one(two[0][0].key.abs_diff(two[1][0].key))),
        )
    }

    fn sameness(&self, notes: &[Struck]) -> f64 {
        let onsets = self.onsets(notes);
        let of_bar = |bar: usize| -> Vec<f64> {
            let some = onsets.iter().filter(|onset| self.bar_of(&onset[0]) == bar);
            some.map(|onset| onset[0].at - bar as f64 * self.bar)
                .collect()
        };
        let pairs = (1..BARS).filter(|&bar| self.counts(bar) && self.counts(bar - 1));
        mean(pairs.map(|bar| {
            let (before, now) = (of_bar(bar - 1), of_bar(bar));
            let near = |at: f64, there: &[f64]| {
                there
                    .iter()
                    .any(|other| (other - at).abs() < TOGETHER * self.quarter)
            };
            let both = now.iter().filter(|at| near(**at, &before)).count();
            let all = before.len() + now.len() - both;
            both as f64 / all.max(1) as f64
        }))
    }

    fn held(&self, notes: &[Struck]) -> f64 {
        let (mut sounding, mut until) = (0.0, 0.0f64);
        for note in notes {
            let end = (note.at + note.length).min(self.bar * BARS as f64);
            sounding += (end - note.at.max(until)).max(0.0);
            until = until.max(end);
        }
        sounding / (self.bar * BARS as f64)
    }
}

/// Share that is true; NaN, which nothing wants, of nothing.
fn share(all: impl Iterator<Item = bool>) -> f64 {
    mean(all.map(|is| f64::from(u8::from(is))))
}

fn mean(all: impl Iterator<Item = f64>) -> f64 {
    let (count, sum) = all.fold((0.0, 0.0), |(count, sum), value| (count + 1.0, sum + value));
    sum / count
}

fn median(all: impl Iterator<Item = f64>) -> f64 {
    let mut all: Vec<f64> = all.collect();
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or(f64::NAN)
}
