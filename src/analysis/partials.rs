//! Which partials a note has: its tuning, the rows of the note model that sound, how stretched its
//! harmonics are, and which groups of high harmonics show a comb.

use super::spectrum::{highest_peak, loudest, rank, refine};
use crate::instrument::slots::{
    FIRST_GROUP_ROW, HIGHEST_PARTIAL_HZ, PARTIAL_ROWS, QUARTER_ROWS, group_harmonics, multiple,
};

/// Harmonic groups of the note model.
pub(super) const GROUPS: usize = PARTIAL_ROWS - FIRST_GROUP_ROW;
/// Partials this far below the loudest are not looked for, dB.
const PEAK_RANGE_DB: f64 = 80.0;
/// A partial's power over the quiet bins around it.
const PEAK_OVER_FLOOR: f64 = 16.0;
/// The share of bins that are quiet ones.
const QUIET_SHARE: f64 = 0.3;

/// One partial found in a note.
#[derive(Clone, Copy, Debug)]
pub(super) struct Partial {
    /// Its row of the note model, below [`FIRST_GROUP_ROW`].
    pub row: usize,
    pub hertz: f64,
    /// Mean power over the note.
    pub power: f64,
}

/// A group of high harmonics that is there.
#[derive(Clone, Debug)]
pub(super) struct Group {
    /// 0..[`GROUPS`].
    pub index: usize,
    /// Frequencies of its harmonics, Hz; never empty.
    pub hertz: Vec<f64>,
    /// Half a fundamental below the lowest and above the highest.
    pub low: f64,
    pub high: f64,
}

/// A note's partials and what was learned on the way.
pub(super) struct Partials {
    /// Ascending in frequency.
    pub single: Vec<Partial>,
    pub groups: Vec<Group>,
    /// Inharmonicity B of f = h f0 √(1 + B h²).
    pub stretch: f64,
}

impl Partials {
    /// The partials of a note of fundamental `f0` in its mean spectrum.
    pub fn find(power: &[f32], hertz_per_bin: f64, f0: f64) -> Self {
        let single = singles(power, hertz_per_bin, f0);
        let stretch = stretch(&single, f0);
        let groups = groups(power, hertz_per_bin, f0, stretch);
        Self {
            single,
            groups,
            stretch,
        }
    }

    /// Frequencies of all partials and harmonics, Hz.
    pub fn all_hertz(&self) -> impl Iterator<Item = f64> {
        let grouped = self.groups.iter().flat_map(|group| &group.hertz).copied();
        self.single.iter().map(|p| p.hertz).chain(grouped)
    }
}

/// Tuning in cents of a mean spectrum against `fundamental`: the weighted median of the loudest
/// peak within `limit` cents of each of the first twelve harmonics. `None` when none is there.
pub(super) fn tuning(
    power: &[f32],
    hertz_per_bin: f64,
    fundamental: f64,
    limit: f64,
) -> Option<f64> {
    let quietest = loudest(power) * 1e-5;
    let mut found: Vec<(f64, f64)> = Vec::new();
    for centre in (1..=12).map(|harmonic| f64::from(harmonic) * fundamental) {
        if centre > HIGHEST_PARTIAL_HZ {
            break;
        }
        let bin_of = |cents: f64| centre * (cents / 1200.0).exp2() / hertz_per_bin;
        let low = (bin_of(-limit) as usize).max(2);
        let high = (bin_of(limit).ceil() as usize + 1).min(power.len());
        let Some(bin) = highest_peak(power, low..high) else {
            continue;
        };
        if f64::from(power[bin]) <= quietest {
            continue;
        }
        let cents = 1200.0 * (refine(power, bin) * hertz_per_bin / centre).log2();
        if cents.abs() < limit {
            let exactness = (centre / (25.0 * hertz_per_bin)).min(1.0);
            found.push((cents, f64::from(power[bin]).sqrt() * exactness));
        }
    }
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = found.iter().map(|f| f.1).sum::<f64>() / 2.0;
    let mut share = 0.0;
    found.iter().find_map(|&(cents, weight)| {
        share += weight;
        (share >= half).then_some(cents)
    })
}

fn singles(power: &[f32], hertz_per_bin: f64, f0: f64) -> Vec<Partial> {
    let quietest = (loudest(power) + 1e-20) * 10f64.powf(-PEAK_RANGE_DB / 10.0);
    let mut found = Vec::new();
    for row in 0..FIRST_GROUP_ROW {
        let multiple = multiple(row);
        if multiple * f0 >= HIGHEST_PARTIAL_HZ {
            break;
        }
        let (below, above) = match row {
            row if row + 1 < QUARTER_ROWS => (0.125, 0.125),
            row if row + 1 == QUARTER_ROWS => (0.125, 0.4),
            QUARTER_ROWS => (0.6, 0.5),
            _ => (0.5, 0.5),
        };
        let first = (((multiple - below) * f0 / hertz_per_bin).ceil() as usize).max(3);
        let last = ((multiple + above) * f0 / hertz_per_bin).floor() as usize;
        let last = last.min(power.len() - 1);
        if last < first + 2 {
            continue;
        }
        let Some(bin) = highest_peak(power, first..last + 1) else {
            continue;
        };
        let peak = f64::from(power[bin]);
        if peak < quietest {
            continue;
        }
        let from = (((multiple - 0.5) * f0 / hertz_per_bin) as i64).max(1) as usize;
        let to = ((multiple + 0.5) * f0 / hertz_per_bin) as usize + 2;
        let mut around = power[from..to.min(power.len())].to_vec();
        let quiet = (around.len() as f64 * QUIET_SHARE) as usize;
        if peak < rank(&mut around, quiet) * PEAK_OVER_FLOOR {
            continue;
        }
        let hertz = refine(power, bin) * hertz_per_bin;
        found.push(Partial {
            row,
            hertz,
            power: peak,
        });
    }
    // A weak peak between whole harmonics and next to a strong one is a side lobe or beating.
    let all = found.clone();
    found.retain(|partial| {
        let between = partial.row < QUARTER_ROWS && !(partial.row + 1).is_multiple_of(4);
        !between || {
            let near = all
                .iter()
                .filter(|other| (other.hertz - partial.hertz).abs() < 0.8 * f0);
            let neighbour = near.map(|other| other.power).fold(0.0, f64::max);
            partial.power >= neighbour * 10f64.powf(-4.5)
        }
    });
    found.sort_by(|a, b| a.hertz.total_cmp(&b.hertz));
    found
}

/// Inharmonicity, fitted to the upper harmonics; 0 when there are few.
fn stretch(partials: &[Partial], f0: f64) -> f64 {
    let upper = partials.iter().filter(|p| p.row >= QUARTER_ROWS + 7);
    let mut found: Vec<f64> = upper
        .map(|partial| {
            let harmonic = multiple(partial.row);
            ((partial.hertz / (harmonic * f0)).powi(2) - 1.0) / (harmonic * harmonic)
        })
        .collect();
    if found.len() < 8 {
        return 0.0;
    }
    found.sort_by(f64::total_cmp);
    let middle = found.len() / 2;
    let median = if found.len().is_multiple_of(2) {
        (found[middle - 1] + found[middle]) / 2.0
    } else {
        found[middle]
    };
    median.clamp(0.0, 2e-4)
}

fn groups(power: &[f32], hertz_per_bin: f64, f0: f64, stretch: f64) -> Vec<Group> {
    let highest = (HIGHEST_PARTIAL_HZ / f0) as u32;
    let loudest = loudest(power);
    let mut found = Vec::new();
    for index in 0..GROUPS {
        let hertz: Vec<f64> = group_harmonics(index)
            .take_while(|&harmonic| harmonic <= highest)
            .map(|harmonic| {
                let h = f64::from(harmonic);
                h * f0 * (1.0 + stretch * h * h).sqrt()
            })
            .filter(|&hertz| hertz < HIGHEST_PARTIAL_HZ)
            .collect();
        let (Some(&lowest), Some(&highest)) = (hertz.first(), hertz.last()) else {
            break;
        };
        let (low, high) = (lowest - f0 / 2.0, highest + f0 / 2.0);
        let near = |hertz: f64| {
            let bin = (hertz / hertz_per_bin).round_ties_even() as usize;
            let around = &power[bin - 1..=bin + 1];
            f64::from(around.iter().copied().fold(0.0, f32::max))
        };
        let on_comb = hertz.iter().map(|&h| near(h)).sum::<f64>() / hertz.len() as f64;
        let (first, last) = (
            (low / hertz_per_bin) as usize,
            (high / hertz_per_bin) as usize,
        );
        let mut around = power[first..last.max(first + 1)].to_vec();
        let quiet = (around.len() as f64 * QUIET_SHARE) as usize;
        let between = rank(&mut around, quiet);
        if on_comb > PEAK_OVER_FLOOR * between && on_comb > loudest * 1e-9 {
            found.push(Group {
                index,
                hertz,
                low,
                high,
            });
        }
    }
    found
}

/// Offsets of the partial rows in cents with the note's own mistuning removed, and that mistuning.
pub(super) fn offsets(partials: &Partials, f0: f64) -> ([f64; PARTIAL_ROWS], f64) {
    let mut cents = [0.0; PARTIAL_ROWS];
    let offset = |p: &Partial| 1200.0 * (p.hertz / (multiple(p.row) * f0)).log2();
    let (mut sum, mut weights) = (0.0, 0.0);
    for partial in &partials.single {
        let whole = partial.row >= QUARTER_ROWS || (partial.row + 1).is_multiple_of(4);
        if whole && offset(partial).abs() < 50.0 {
            sum += partial.power.sqrt() * offset(partial);
            weights += partial.power.sqrt();
        }
    }
    let own = if weights > 0.0 { sum / weights } else { 0.0 };
    for partial in &partials.single {
        cents[partial.row] = offset(partial) - own;
    }
    if !partials.single.is_empty() {
        for group in &partials.groups {
            let harmonic = (group.low + group.high) / 2.0 / f0;
            let stretched = 600.0 * (1.0 + partials.stretch * harmonic * harmonic).log2();
            cents[FIRST_GROUP_ROW + group.index] = stretched - own;
        }
    }
    (cents, own)
}
