//! Follows every partial, harmonic group and noise band of a note over the model's time grid, with
//! short windows at the attack and long ones in the sustain.

use super::noise::{Leakage, band, density};
use super::partials::Partials;
use super::spectrum::{Fourier, Spectra, frame, samples_in};
use super::timing::Timing;
use crate::instrument::slots::{
    FIRST_GROUP_ROW, NOISE_ROWS, PARTIAL_ROWS, RELEASE_AT, ROWS, TIMES, band_edges, time_grid,
};

/// Added to every power: the level of silence is −120 dB.
const SILENT_POWER: f64 = 1e-12;
/// Until here the windows are as short as the partials allow, s.
const ATTACK_UNTIL: f64 = 0.1599;
/// From here on, the windows are long, s.
const SUSTAIN_FROM: f64 = 0.5;
/// Until here after the release the windows are of medium length, s.
const FIRST_RELEASE_UNTIL: f64 = 3.205;
/// Until here a short window puts the rise of the attack back, s.
const RISE_UNTIL: f64 = 0.08;

/// A stretch of the time grid that is looked at with one length of window.
#[derive(Clone, Copy, PartialEq)]
enum Stretch {
    Attack,
    Middle,
    Sustain,
    Tail,
}

impl Stretch {
    const ALL: [Self; 4] = [Self::Attack, Self::Middle, Self::Sustain, Self::Tail];

    fn of(time: f64) -> Self {
        match time {
            time if time < ATTACK_UNTIL => Self::Attack,
            time if time < SUSTAIN_FROM => Self::Middle,
            time if time < f64::from(RELEASE_AT) - 0.01 => Self::Sustain,
            time if time < FIRST_RELEASE_UNTIL => Self::Middle,
            _ => Self::Tail,
        }
    }

    /// Seconds of a window; `shortest` is what parts the partials.
    fn window(self, shortest: f64) -> f64 {
        match self {
            Self::Attack => shortest,
            Self::Middle => shortest.max(0.04),
            Self::Sustain => 0.25,
            Self::Tail => shortest.max(0.1),
        }
    }
}

/// Levels of a note, dB, [`ROWS`] × [`TIMES`], row-major; −120 is silent.
pub(super) fn follow(
    fourier: &mut Fourier,
    sound: &[f32],
    timing: Timing,
    partials: &Partials,
    f0: f64,
) -> Vec<f32> {
    let noise_moments = timing.noise_moments();
    let density = density(fourier, sound, &noise_moments, partials.all_hertz(), f0);
    let fields = Fields::new(partials, f0);
    let mut powers = vec![0.0f64; ROWS * TIMES];
    for (index, row) in density.iter().enumerate() {
        let out = &mut powers[(PARTIAL_ROWS + index) * TIMES..][..TIMES];
        let both = out.iter_mut().zip(row);
        both.for_each(|(power, density)| *power = density * band(index).1);
    }
    let spacing = spacing(partials, f0);
    let shortest = (2.0 / spacing).clamp(0.006, 0.09);
    for stretch in Stretch::ALL {
        let chosen: Vec<usize> = (0..TIMES)
            .filter(|&at| Stretch::of(f64::from(time_grid()[at])) == stretch)
            .collect();
        let seconds = stretch.window(shortest);
        let attack = stretch == Stretch::Attack;
        let centres: Vec<f64> = chosen
            .iter()
            .map(|&at| timing.centre(f64::from(time_grid()[at]), seconds, attack))
            .collect();
        let padding = if seconds < 0.2 { 2 } else { 1 };
        let spectra = fourier.spectra(sound, &centres, seconds, padding);
        let leakage = (attack && !partials.single.is_empty())
            .then(|| Leakage::new(fourier, samples_in(seconds)));
        let rise = if attack {
            rises(fourier, sound, &chosen, &centres, seconds, spacing)
        } else {
            vec![1.0; chosen.len()]
        };
        let look = Look {
            partials,
            fields: &fields,
            density: &density,
            spectra: &spectra,
            resolved: seconds * spacing >= 6.0,
        };
        for (index, &at) in chosen.iter().enumerate() {
            let sums = Sums::new(&spectra, index);
            look.column(&sums, index, at, leakage.as_ref(), &mut powers);
            if attack {
                powers[at..]
                    .iter_mut()
                    .step_by(TIMES)
                    .for_each(|power| *power *= rise[index]);
            }
        }
    }
    powers
        .iter()
        .map(|power| (10.0 * (power + SILENT_POWER).log10()) as f32)
        .collect()
}

/// Hz between the partials that windows have to part.
fn spacing(partials: &Partials, f0: f64) -> f64 {
    let loudest = partials.single.iter().map(|p| p.power).fold(0.0, f64::max);
    let strong = partials
        .single
        .iter()
        .filter(|p| p.power > loudest * 10f64.powf(-3.5));
    let strong: Vec<f64> = strong.map(|p| p.hertz).collect();
    let Some(&lowest) = strong.first() else {
        return 200.0;
    };
    let gap = strong
        .windows(2)
        .map(|pair| pair[1] - pair[0])
        .reduce(f64::min);
    let gap = gap.unwrap_or_else(|| lowest.max(f0 / 4.0));
    let spacing = if lowest > 20.0 { gap.min(lowest) } else { gap };
    spacing.max(f0 / 4.5)
}

/// Where partials and groups lie among the bins and the bands of noise.
struct Fields {
    /// Lowest and highest Hz that belong to each partial.
    around: Vec<(f64, f64)>,
    /// The noise band of each partial.
    own_band: Vec<usize>,
    /// Hz that each group shares with each band, [group][band].
    overlap: Vec<[f64; NOISE_ROWS]>,
}

impl Fields {
    fn new(partials: &Partials, f0: f64) -> Self {
        let hertz: Vec<f64> = partials.single.iter().map(|p| p.hertz).collect();
        let middle = |a: usize, b: usize| (hertz[a] + hertz[b]) / 2.0;
        let around = (0..hertz.len()).map(|i| {
            let below = if i == 0 { 0.0 } else { middle(i - 1, i) };
            let above = if i + 1 == hertz.len() {
                super::spectrum::RATE / 2.0
            } else {
                middle(i, i + 1)
            };
            (
                below.max(hertz[i] - f0 / 2.0),
                above.min(hertz[i] + f0 / 2.0),
            )
        });
        let own_band = hertz.iter().map(|&hertz| {
            let edges_below = band_edges().partition_point(|&edge| edge < hertz);
            edges_below.clamp(1, NOISE_ROWS) - 1
        });
        let overlap = partials.groups.iter().map(|group| {
            std::array::from_fn(|band| {
                let high = group.high.min(band_edges()[band + 1]);
                (high - group.low.max(band_edges()[band])).max(0.0)
            })
        });
        Self {
            around: around.collect(),
            own_band: own_band.collect(),
            overlap: overlap.collect(),
        }
    }
}

/// Energy between any two frequencies of one spectrum.
struct Sums {
    cumulative: Vec<f64>,
    hertz_per_bin: f64,
}

impl Sums {
    fn new(spectra: &Spectra, index: usize) -> Self {
        let mut sum = 0.0;
        let row = &spectra.power[index * spectra.bins..][..spectra.bins];
        let sums = row.iter().map(|&power| {
            sum += f64::from(power) * spectra.to_energy;
            sum
        });
        Self {
            cumulative: std::iter::once(0.0).chain(sums).collect(),
            hertz_per_bin: spectra.hertz_per_bin,
        }
    }

    /// First bin and one past the last of a band.
    fn bins(&self, low: f64, high: f64) -> (usize, usize) {
        let last = self.cumulative.len() - 1;
        let bin = |hertz: f64| (hertz / self.hertz_per_bin).round_ties_even().max(0.0) as usize;
        let first = bin(low).min(last - 1);
        (first, (bin(high) + 1).clamp(first + 1, last))
    }

    fn between(&self, low: f64, high: f64) -> f64 {
        let (first, last) = self.bins(low, high);
        self.cumulative[last] - self.cumulative[first]
    }
}

/// All that one stretch's columns are read with.
struct Look<'a> {
    partials: &'a Partials,
    fields: &'a Fields,
    density: &'a [[f64; TIMES]],
    spectra: &'a Spectra,
    /// Whether the windows are long enough to part the partials by their bands.
    resolved: bool,
}

impl Look<'_> {
    /// Powers of all rows at one time: spectrum `index`, time `at` of the grid. `leakage` is given
    /// at the attack, where noise is what a band holds beyond the partials.
    fn column(
        &self,
        sums: &Sums,
        index: usize,
        at: usize,
        leakage: Option<&Leakage>,
        powers: &mut [f64],
    ) {
        if self.partials.single.is_empty() {
            for band in 0..NOISE_ROWS {
                let energy = sums.between(band_edges()[band], band_edges()[band + 1]);
                powers[(PARTIAL_ROWS + band) * TIMES + at] = energy.max(SILENT_POWER);
            }
            return;
        }
        let row = &self.spectra.power[index * self.spectra.bins..][..self.spectra.bins];
        let singles = self.partials.single.iter().zip(&self.fields.around);
        for ((partial, &(low, high)), &band) in singles.zip(&self.fields.own_band) {
            powers[partial.row * TIMES + at] = if self.resolved {
                (sums.between(low, high) - self.density[band][at] * (high - low)).max(0.0)
            } else {
                let bin = (partial.hertz / sums.hertz_per_bin).round_ties_even() as usize;
                f64::from(row[bin.min(row.len() - 1)])
            };
        }
        for (group, overlap) in self.partials.groups.iter().zip(&self.fields.overlap) {
            let noise = overlap.iter().zip(self.density);
            let noise: f64 = noise.map(|(hertz, density)| hertz * density[at]).sum();
            let energy = (sums.between(group.low, group.high) - noise).max(0.0);
            let level = energy / group.hertz.len() as f64;
            powers[(FIRST_GROUP_ROW + group.index) * TIMES + at] = level;
        }
        if let Some(leakage) = leakage {
            for band in 0..NOISE_ROWS {
                self.transient(sums, at, band, leakage, powers);
            }
        }
    }

    /// Noise of one band at the attack.
    fn transient(
        &self,
        sums: &Sums,
        at: usize,
        index: usize,
        leakage: &Leakage,
        powers: &mut [f64],
    ) {
        let (centre, width) = band(index);
        let half = (width / 2.0).max(sums.hertz_per_bin * 1.5);
        let share = width / (2.0 * half);
        let (low, high) = (centre - half, centre + half);
        let everything = sums.between(low, high) * share;
        let (first, last) = sums.bins(low, high);
        let edge = |bin: usize| (bin as f64 - 0.5) * sums.hertz_per_bin;
        let (low, high) = (edge(first), edge(last));
        let leaked = self.partials.single.iter().map(|partial| {
            leakage.share(low - partial.hertz, high - partial.hertz)
                * powers[partial.row * TIMES + at]
        });
        let groups = self.partials.groups.iter().zip(&self.fields.overlap);
        let combs = groups.map(|(group, overlap)| {
            let harmonics = group.hertz.len() as f64;
            let level = powers[(FIRST_GROUP_ROW + group.index) * TIMES + at];
            overlap[index] / (group.high - group.low) * level * harmonics
        });
        let explained = (leaked.sum::<f64>() + combs.sum::<f64>()) * share;
        let noise = &mut powers[(PARTIAL_ROWS + index) * TIMES + at];
        *noise = if everything > 2.5 * explained {
            everything - explained
        } else {
            noise.min(0.3 * everything)
        };
    }
}

/// Energy in a short window at each time over that in the window that was kept inside the note.
fn rises(
    fourier: &mut Fourier,
    sound: &[f32],
    chosen: &[usize],
    centres: &[f64],
    seconds: f64,
    spacing: f64,
) -> Vec<f64> {
    let long = fourier.window(samples_in(seconds));
    let short = fourier.window(samples_in((1.0 / spacing).clamp(0.005, 0.03)));
    let mut buffer = vec![0.0; long.len().max(short.len())];
    let mut mean = |centre: f64, weight: &dyn Fn(usize) -> f64, size: usize| {
        frame(sound, centre, size, &mut buffer);
        let square = |i: usize| f64::from(buffer[i]) * f64::from(buffer[i]);
        let sum: f64 = (0..size).map(|i| square(i) * weight(i)).sum();
        sum / (0..size).map(weight).sum::<f64>()
    };
    let both = chosen.iter().zip(centres);
    both.map(|(&at, &centre)| {
        let time = f64::from(time_grid()[at]);
        if time >= RISE_UNTIL {
            return 1.0;
        }
        let kept = mean(centre, &|i| f64::from(long[i]).powi(2), long.len());
        let now = mean(time, &|i| f64::from(short[i]), short.len());
        (now / (kept + 1e-14)).clamp(1e-5, 2.0)
    })
    .collect()
}
