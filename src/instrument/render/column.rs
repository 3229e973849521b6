//! One column: a root key at several velocities, rendered together. The sines and the noise run
//! once and every layer hears them through its own envelopes.

use std::sync::Arc;

use super::envelope::{BLOCK, Envelopes, Motion, STEPS};
use super::loops::{self, Course, Loop, cents};
use super::noise::{Noise, NoiseBank};
use super::partials::{self, Oscillator};
use super::plan::Keys;
use super::unison::{self, Unison};
use super::{LAYERS, VELOCITIES, shape};
use crate::instrument::note::NoteModel;
use crate::instrument::slots::{HIGHEST_PARTIAL_HZ, PARTIAL_ROWS, key_frequency, multiples};
use crate::instrument::zone::{Column, Layer};
use crate::instrument::{AnchorSet, Macros};

/// Partials above this share of the rate are left out, clear of the engine's interpolation.
const HIGHEST_SHARE: f64 = 0.45;
/// Partials below this many Hz stay in the middle, so that basses don't lean.
const LOWEST_SPREAD_HZ: f64 = 150.0;
/// Level of the sides against the middle, of partials and of noise: as made, and at full width.
const SPREAD: (f32, f32) = (0.16, 0.6);
const NOISE_SPREAD: (f32, f32) = (0.3, 1.0);
const UNISON_SPREAD: (f32, f32) = (0.7, 1.0);
/// Seconds of the fade at the very start and at the end of a sound that doesn't loop.
const FADE_IN_S: f32 = 0.001;
const FADE_OUT_S: f32 = 0.015;
/// Frames after the loop's end, which repeat its start for interpolators that look ahead.
const GUARD: usize = 32;

/// Groups of oscillators, each with its own place between the loudspeakers.
const GROUPS: usize = 6;

/// Everything that is the same for all columns of an instrument.
pub(super) struct Job {
    pub macros: Macros,
    pub rate: f32,
    /// Amplitude of 0 dB.
    pub gain: f32,
    pub bank: Arc<NoiseBank>,
}

/// A partial's frequency as a multiple of the root's, while it can be heard.
struct Partial {
    row: usize,
    multiple: f64,
    chance: f64,
}

/// Renders the column of these keys; `None` when cancelled.
pub(super) fn render(
    job: &Job,
    anchors: &AnchorSet,
    keys: Keys,
    cancelled: &dyn Fn() -> bool,
) -> Option<Column> {
    let made: [NoteModel; LAYERS] =
        VELOCITIES.map(|velocity| crate::instrument::note::note(anchors, keys.root, velocity));
    // Pitch and loop are those of the sound as made: no macro moves them.
    let mut cents = common_cents(&made);
    unison::pull_in(&mut cents, job.macros.detune);
    let notes = made.clone().map(|mut note| {
        shape::apply(&mut note, &job.macros);
        note
    });
    let totals = notes.each_ref().map(loops::totals);
    let rate = f64::from(job.rate);
    let hz = key_frequency(f64::from(keys.root));

    let (hz, place, length) = match loops::course(&totals) {
        Course::Ends { at } => (hz, None, (at * job.rate) as usize),
        Course::Loops { start, length } => {
            let (hz, place) = loops::fit(hz, rate, BLOCK, start, length, mistuning(&made, &cents));
            (hz, Some(place), place.end + GUARD)
        }
    };
    let motion = Motion {
        amount: job.macros.motion,
    };
    let envelopes = Envelopes::new(&notes, job.gain, job.rate, place, motion);
    let sound = Sound {
        rate,
        hz,
        envelopes: &envelopes,
        cents: &cents,
        place,
        key: keys.root,
    };
    let layers = sound.frames(&job.bank, length, &job.macros, cancelled)?;

    // The loudest layer tells best: the others sink below the model's silence sooner.
    let loudest = &totals[LAYERS - 1];
    let decay = place.map_or(0.0, |place| {
        loops::decay(loudest, place.start as f32 / job.rate)
    });
    let release = loops::shaped_release_s(loops::release_s(loudest), job.macros.release);
    let layers = layers
        .into_iter()
        .zip(VELOCITIES)
        .map(|(frames, velocity)| Layer {
            velocity,
            frames,
            loop_decay_db_per_s: decay,
            release_s: release,
        });
    Some(Column {
        low_key: keys.low,
        high_key: keys.high,
        root_key: keys.root,
        loop_frames: place.map(|place| (place.start as u32, place.end as u32)),
        one_shot: false,
        choke_group: 0,
        takes: Vec::new(),
        layers: layers.collect(),
    })
}

/// The offset of each partial row, one for all layers since they share their sines: the mean
/// weighted by power, in tune.
fn common_cents(notes: &[NoteModel; LAYERS]) -> [f32; PARTIAL_ROWS] {
    let mut mean = notes[LAYERS / 2].clone();
    let powers = notes.each_ref().map(NoteModel::row_powers);
    for row in 0..PARTIAL_ROWS {
        let weights: f64 = powers.iter().map(|p| p[row]).sum();
        let sum: f64 = powers
            .iter()
            .zip(notes)
            .map(|(p, n)| p[row] * f64::from(n.cents[row]))
            .sum();
        mean.cents[row] = (sum / weights) as f32;
    }
    mean.tune();
    mean.cents
}

/// How far, in cents, the partials must move to fit a loop; the mean weighted by level.
fn mistuning(notes: &[NoteModel; LAYERS], cents_of: &[f32; PARTIAL_ROWS]) -> impl Fn(f64) -> f64 {
    let powers = notes[LAYERS - 1].row_powers();
    let most = powers[..PARTIAL_ROWS].iter().copied().fold(1e-12, f64::max);
    let rows: Vec<(f64, f64)> = (0..PARTIAL_ROWS)
        .filter(|&row| powers[row] > most * 1e-4)
        .filter_map(|row| {
            let ratio = (f64::from(cents_of[row]) / 1200.0).exp2();
            Some((multiples(row).next()? * ratio, powers[row].sqrt()))
        })
        .collect();
    move |periods| {
        let moved = |&(multiple, weight): &(f64, f64)| {
            let cycles = multiple * periods;
            cents(cycles.round().max(1.0) / cycles).abs() * weight
        };
        let weights: f64 = rows.iter().map(|row| row.1).sum();
        rows.iter().map(moved).sum::<f64>() / weights.max(1e-12)
    }
}

/// What is needed to make `L` notes of one key sound.
pub(super) struct Sound<'a, const L: usize> {
    pub rate: f64,
    pub hz: f64,
    pub envelopes: &'a Envelopes<L>,
    pub cents: &'a [f32; PARTIAL_ROWS],
    pub place: Option<Loop>,
    pub key: u8,
}

impl<const L: usize> Sound<'_, L> {
    /// `length` stereo frames of each note; `None` when cancelled.
    pub fn frames(
        &self,
        bank: &Arc<NoiseBank>,
        length: usize,
        macros: &Macros,
        cancelled: &dyn Fn() -> bool,
    ) -> Option<[Vec<[f32; 2]>; L]> {
        let unison = Unison::new(macros.detune, self.place);
        let mut groups = self.oscillators(unison.as_ref());
        let bands = self.envelopes.rows.iter().enumerate();
        let bands = bands.filter_map(|(i, &row)| Some((row.checked_sub(PARTIAL_ROWS)?, i)));
        let noise = Noise::new(
            bank.clone(),
            bands.collect(),
            u32::from(self.key),
            self.place,
        );
        let spread = at_width(SPREAD, macros.width);
        let noise_spread = at_width(NOISE_SPREAD, macros.width);
        let unison_spread = at_width(UNISON_SPREAD, macros.width);

        let mut frames: [Vec<[f32; 2]>; L] = std::array::from_fn(|_| Vec::with_capacity(length));
        let mut control: [Vec<f32>; STEPS + 1] =
            std::array::from_fn(|_| vec![0.0; self.envelopes.width()]);
        self.envelopes.at(0, &mut control[STEPS]);
        // The groups of partials, and the noise of the sides.
        let mut sums = [[[0.0; BLOCK]; L]; GROUPS + 1];
        for frame in (0..length).step_by(BLOCK) {
            if cancelled() {
                return None;
            }
            control.swap(0, STEPS);
            for (step, values) in control.iter_mut().enumerate().skip(1) {
                self.envelopes.at(frame + step * (BLOCK / STEPS), values);
            }
            if self.place.is_some_and(|place| place.start == frame) {
                self.enter_loop(frame, &mut groups);
            }
            sums.as_flattened_mut().fill([0.0; BLOCK]);
            for (group, sum) in groups.iter().zip(&mut sums) {
                partials::add(group, &control, frame, sum);
            }
            let [middle, left, right, core, upper, lower, side] = &mut sums;
            noise.add(&control, frame, middle, side);
            let count = BLOCK.min(length - frame);
            for layer in 0..L {
                frames[layer].extend((0..count).map(|i| {
                    let (left, right) = (left[layer][i], right[layer][i]);
                    let mut middle = middle[layer][i] + left + right;
                    let mut side = (left - right) * spread + side[layer][i] * noise_spread;
                    if let Some(unison) = &unison {
                        let (upper, lower) = (upper[layer][i], lower[layer][i]);
                        middle += core[layer][i] * unison.middle + (upper + lower) * unison.outer;
                        side += (upper - lower) * unison.outer * unison_spread;
                    }
                    [middle + side, middle - side]
                }));
            }
        }
        frames.iter_mut().for_each(|frames| self.fade(frames));
        Some(frames)
    }

    fn partials(&self) -> impl Iterator<Item = Partial> {
        let highest = HIGHEST_PARTIAL_HZ.min(self.rate * HIGHEST_SHARE);
        let rows = self
            .envelopes
            .rows
            .iter()
            .enumerate()
            .filter(|(_, row)| **row < PARTIAL_ROWS);
        rows.flat_map(move |(index, &row)| {
            let ratio = (f64::from(self.cents[row]) / 1200.0).exp2();
            multiples(row).map(move |multiple| Partial {
                row: index,
                multiple: multiple * ratio,
                chance: crate::instrument::render::chance(row as u64, (multiple * 4.0) as u64),
            })
        })
        .filter(move |partial| partial.multiple * self.hz <= highest)
    }

    /// Single partials in the middle, on the left and on the right; of those in unison the middle
    /// voice, the upper and the lower one.
    fn oscillators(&self, unison: Option<&Unison>) -> [Vec<Oscillator>; GROUPS] {
        let mut groups = [const { Vec::new() }; GROUPS];
        for Partial {
            row,
            multiple,
            chance,
        } in self.partials()
        {
            let hz = multiple * self.hz;
            let frequency = hz / self.rate;
            let lean = (chance * 7919.0).fract();
            let distance = unison.and_then(|unison| unison.distance(frequency));
            match distance {
                _ if hz < LOWEST_SPREAD_HZ => {
                    groups[0].push(Oscillator::new(row, frequency, chance))
                }
                None => groups[(lean * 3.0) as usize].push(Oscillator::new(row, frequency, chance)),
                Some(distance) => {
                    // Mirrored about the middle one's phase, a quarter of a turn away: their sum
                    // never takes from it, also in mono.
                    let voices = [
                        (frequency, chance),
                        (frequency + distance, chance + lean),
                        (frequency - distance, chance + 1.5 - lean),
                    ];
                    for (group, (frequency, phase)) in groups[3..].iter_mut().zip(voices) {
                        group.push(Oscillator::new(row, frequency, phase));
                    }
                }
            }
        }
        groups
    }

    /// From here on every partial makes whole cycles a loop.
    fn enter_loop(&self, frame: usize, groups: &mut [Vec<Oscillator>; GROUPS]) {
        let Some(place) = self.place else { return };
        let length = (place.end - place.start) as f64;
        for oscillator in groups.iter_mut().flatten() {
            let cycles = (oscillator.frequency() * length).round().max(1.0);
            oscillator.retune(frame, cycles / length);
        }
    }

    fn fade(&self, frames: &mut [[f32; 2]]) {
        let fade = |seconds: f32| ((f64::from(seconds) * self.rate) as usize).max(1);
        let gain = |i: usize, length: usize| {
            let share = (i as f32 + 0.5) / length as f32 * std::f32::consts::FRAC_PI_2;
            share.sin() * share.sin()
        };
        let length = fade(FADE_IN_S);
        for (i, frame) in frames.iter_mut().take(length).enumerate() {
            frame.iter_mut().for_each(|x| *x *= gain(i, length));
        }
        if self.place.is_none() {
            let length = fade(FADE_OUT_S);
            for (i, frame) in frames.iter_mut().rev().take(length).enumerate() {
                frame.iter_mut().for_each(|x| *x *= gain(i, length));
            }
        }
    }
}

/// A spread at a width of −1 (none), 0 (as made), 1 (full).
pub(super) fn at_width((made, full): (f32, f32), width: f32) -> f32 {
    if width < 0.0 {
        made * (1.0 + width)
    } else {
        made + (full - made) * width
    }
}
