//! A part with its variations, its place in the host's song, and its locks.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::StemFault;
use super::asking::{Edit, StemOrder};
use crate::analysis::score;
use crate::engine::stem::{PartNote, PlayedPart};
use crate::jobs::kept::Kept;
use crate::jobs::song::Heard;
use crate::music::{GridBar, Metre, Part, PartKind};
use crate::work::part::StemSong;

/// Velocity of a note that is put there by hand.
const BY_HAND: u8 = 93;
/// A pace this near to the host's own is the host's.
const SAME_PACE: f64 = 0.03;
/// What a part is turned down by where nothing says how loud it should be, dB.
pub(super) const UNTRIMMED_DB: f32 = -6.0;

/// A part with its variations, as projects remember it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sheet {
    /// The instruction that it was made from.
    pub words: String,
    /// What plays it.
    pub kind: Option<PartKind>,
    /// The seed of the first variation.
    pub seed: u64,
    /// The variations, as far as they are made.
    pub variations: Vec<Part>,
    /// Which of them plays.
    pub chosen: usize,
    /// Bars that stay as they are when others are made anew.
    pub locked_bars: Vec<bool>,
    /// Keys of the pieces of a kit that stay.
    pub locked_pieces: Vec<u8>,
    /// Steps of it all, and of a bar.
    pub steps: usize,
    /// See `steps`.
    pub bar: usize,
    /// The metre.
    pub metre: Option<Metre>,
    /// Its bars, where they aren't all alike.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub odd_bars: Vec<GridBar>,
    /// Where it begins in the host's song, quarter notes.
    pub begins: f64,
    /// Quarter notes of the host's song in a step.
    pub pace: f64,
    /// The host's tempo where it was made, quarter notes a minute.
    pub bpm: f64,
    /// What it was made for: "Bars 5–8, 4/4, 120 bpm".
    pub title: String,
    /// Whether it plays over and over, or in its place only.
    pub repeats: bool,
    /// How loud what was heard is, LUFS.
    pub context_lufs: Option<f64>,
    /// Gain, dB, that puts the part, as its sound plays it, beside what was heard; nothing until that is
    /// measured. Parts from before there was one are as loud as they were.
    #[serde(default = "unchanged")]
    pub trim_db: Option<f32>,
    /// The most gain, dB, that each variation has in projects from before the sum alone was limited.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ceilings_db: Vec<Option<f32>>,
    /// What a project holds of it, and of its sound, besides what this version knows.
    #[serde(skip)]
    pub kept: Option<Arc<Kept>>,
}

fn unchanged() -> Option<f32> {
    Some(0.0)
}

impl Sheet {
    /// The variation that plays.
    #[must_use]
    pub fn part(&self) -> Option<&Part> {
        self.variations.get(self.chosen)
    }

    /// Bars.
    #[must_use]
    pub fn bars(&self) -> usize {
        match self.odd_bars.len() {
            0 => self.steps.div_ceil(self.bar.max(1)),
            count => count,
        }
    }

    /// The first step of a bar, counted from 0; the end where there are no more.
    #[must_use]
    pub fn line(&self, bar: usize) -> usize {
        let line = match self.odd_bars.is_empty() {
            true => Some(bar * self.bar),
            false => self.odd_bars.get(bar).map(|bar| bar.step as usize),
        };
        line.map_or(self.steps, |line| line.min(self.steps))
    }

    /// The bar that a step is in, counted from 0.
    #[must_use]
    pub fn bar_of(&self, step: usize) -> usize {
        match self.odd_bars.is_empty() {
            true => step / self.bar.max(1),
            false => {
                let after = |bar: &GridBar| bar.step as usize <= step;
                self.odd_bars.partition_point(after).max(1) - 1
            }
        }
    }

    /// Whether it is as long as another, bar by bar.
    pub(super) fn has_bars_of(&self, other: &Self) -> bool {
        self.steps == other.steps && self.odd_bars == other.odd_bars
    }

    /// Its metres, each from a step on.
    pub(super) fn metres(&self) -> Vec<(u32, Metre)> {
        let first = self.metre.map(|metre| (0, metre));
        let bars = self.odd_bars.iter().map(|bar| (bar.step, bar.metre));
        let mut metres: Vec<(u32, Metre)> = match self.odd_bars.is_empty() {
            true => first.into_iter().collect(),
            false => bars.collect(),
        };
        metres.dedup_by_key(|(_, metre)| *metre);
        metres
    }
}

/// What was heard as the network takes it, and an empty sheet for it.
pub(super) fn plan(heard: &Heard) -> Result<(StemSong, Sheet), StemFault> {
    let song = &heard.description;
    let grid = song.grid().ok_or(StemFault::NoBeats)?;
    let parts = score::parts(&heard.notes, &heard.strokes, &grid);
    let context = StemSong::new(song, &grid, &parts)?;
    let first = context.first();
    let step_seconds = (grid.seconds_at(16.0) - grid.seconds_at(0.0)) / 16.0;
    let bpm = heard.host_bpm.unwrap_or_else(|| 15.0 / step_seconds);
    let pace = step_seconds * bpm / 60.0;
    // The host's own beats, but for rounding and ramps.
    let pace = if (pace / 0.25 - 1.0).abs() < SAME_PACE {
        0.25
    } else {
        pace
    };
    let late = grid.seconds_at(0.0) * bpm / 60.0;
    let sheet = Sheet {
        steps: context.steps(),
        bar: first.bar_written(),
        metre: Some(first.written),
        odd_bars: context.odd_bars().to_vec(),
        begins: heard.begins.unwrap_or(0.0) + if late.abs() < SAME_PACE { 0.0 } else { late },
        pace,
        bpm,
        title: heard.title.clone(),
        repeats: true,
        context_lufs: song.loudness_lufs,
        ..Sheet::default()
    };
    Ok((context, sheet))
}

impl Sheet {
    /// Whether a project's sheet can be played.
    pub(super) fn is_sane(&self) -> bool {
        let trim = f64::from(self.trim_db.unwrap_or(0.0));
        let numbers = [self.begins, self.pace, self.bpm, trim];
        let mut ceilings = self.ceilings_db.iter().flatten();
        numbers.iter().all(|x| x.is_finite())
            && ceilings.all(|x| x.is_finite())
            && self.pace > 0.0
            && self.bar > 0
            && self.steps > 0
            && self.odd_bars.first().is_none_or(|bar| bar.step == 0)
            && self.odd_bars.is_sorted_by(|a, b| a.step < b.step)
            && self
                .odd_bars
                .last()
                .is_none_or(|bar| (bar.step as usize) < self.steps)
    }

    pub(super) fn step_at(&self, quarters: f64) -> Option<f64> {
        let step = (quarters - self.begins) / self.pace.max(1e-6);
        let steps = self.steps as f64;
        let inside = (0.0..steps).contains(&step);
        if self.repeats {
            Some(step.rem_euclid(steps))
        } else {
            inside.then_some(step)
        }
    }

    /// As the audio thread plays it, on a MIDI channel from 0 unless it is drums.
    pub(super) fn played(&self, channel: u8) -> PlayedPart {
        let notes = self.part().map_or(&[][..], |part| &part.notes);
        let note = |note: &crate::music::GridNote| PartNote {
            start: (note.start() * self.pace).max(0.0),
            length: f64::from(note.length) * self.pace,
            key: note.key,
            velocity: note.velocity,
        };
        let length = self.steps as f64 * self.pace;
        PlayedPart::new(
            notes.iter().map(note).collect(),
            self.begins,
            length,
            self.repeats,
        )
        .at_gain(self.gain())
        .on_channel(self.channel(channel))
        .of_kind(self.kind)
    }

    /// The MIDI channel of its notes, from 0: General MIDI's for drums, or this one.
    fn channel(&self, other: u8) -> u8 {
        if self.kind == Some(PartKind::Drums) {
            9
        } else {
            other
        }
    }

    /// Keys of all its variations: bit *k* is MIDI key *k*.
    pub(super) fn keys(&self) -> u128 {
        let notes = self.variations.iter().flat_map(|part| &part.notes);
        let playable = notes.filter(|note| note.key < 128);
        playable.fold(0, |keys, note| keys | 1 << note.key)
    }

    /// What the chosen variation is played at, linear: its trim, as far as its peaks allow.
    pub(super) fn gain(&self) -> f32 {
        let trim = self.trim_db.unwrap_or(UNTRIMMED_DB);
        let ceiling = self.ceilings_db.get(self.chosen).copied().flatten();
        10f32.powf(ceiling.map_or(trim, |ceiling| ceiling.min(trim)) / 20.0)
    }

    /// Follows an order that changes it.
    pub(super) fn take(&mut self, order: &StemOrder) {
        let bars = self.bars();
        match *order {
            StemOrder::Choose(chosen) if chosen < self.variations.len() => self.chosen = chosen,
            StemOrder::Repeat(repeats) => self.repeats = repeats,
            StemOrder::LockBar(bar, locked) if bar < bars => {
                self.locked_bars.resize(bars, false);
                self.locked_bars[bar] = locked;
            }
            StemOrder::LockPiece(key, locked) => {
                self.locked_pieces.retain(|other| *other != key);
                self.locked_pieces.extend(locked.then_some(key));
            }
            StemOrder::Edit(edit) => {
                let (steps, seed) = (self.steps as u32, self.seed);
                if let Some(part) = self.variations.get_mut(self.chosen) {
                    match edit {
                        Edit::Toggle { step, key } if step < steps => {
                            part.toggle(step, key, BY_HAND)
                        }
                        Edit::Velocity {
                            step,
                            key,
                            velocity,
                        } => {
                            part.change(step, key, |note| note.velocity = velocity.clamp(1, 127));
                        }
                        Edit::Nudge { step, key, offset } if offset.is_finite() => {
                            part.change(step, key, |note| note.offset = offset.clamp(-0.5, 0.5));
                        }
                        Edit::Quantise(amount) => part.quantise(amount),
                        Edit::Swing(amount) => part.swing(amount),
                        Edit::Humanise(amount) => part.humanise(amount, seed),
                        Edit::Toggle { .. } | Edit::Nudge { .. } => {}
                    }
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
