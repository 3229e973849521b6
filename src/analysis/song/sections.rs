//! Sections of a song: which bars belong together, and which sections are alike.
//!
//! A section is what is said shortly: a few bars that come again and again, or bars that were there before. So the song is divided where
//! saying all of it, section by section, is shortest: bars that are new cost most, those that are like earlier ones as much as
//! they differ. Bars are compared by harmony, and by how full and loud the band plays; where the band changes a section may begin for less.

use serde::{Deserialize, Serialize};

use super::chroma::Keys;
use super::strength::{BANDS, FRAMES};
use crate::analysis::posterior::KEYS;

/// Bars that belong together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Its first bar, counted from 0 at the first bar line (a pick-up has a bar of its own).
    pub first_bar: usize,
    /// How many.
    pub bars: usize,
    /// "A", "B" …: sections with the same letter are alike.
    pub label: String,
}

/// Fewer bars have no sections.
const FEWEST: usize = 8;
/// Longest section, bars: what goes on for longer has a new beginning.
const LONGEST: usize = 16;
/// More bars aren't divided.
const MOST: usize = 600;
/// Bars after which what a section is made of may come again.
const PERIODS: [usize; 5] = [1, 2, 4, 8, 12];
/// What a bar costs that is new, where one that differs as much as half of the song's bars do costs 1, and none more than this.
const NEW: f32 = 0.85;
const DIFFERS: f32 = 1.5;
/// What a section costs, and how much more one that takes up an earlier one.
const SECTION: f32 = 1.0;
const TAKEN_UP: f32 = 0.6;
/// What its length costs: in eights nothing, in fours, in twos, else; less than four bars, unless at the beginning or the end.
const LENGTHS: [f32; 4] = [0.0, 0.4, 1.5, 2.2];
const SHORT: f32 = 2.0;
/// How much the harmony counts; the rest is the band.
const HARMONY: f32 = 0.5;
/// Bars of so different a harmony (one less the cosine), and of so different a band, aren't more alike than bars usually are.
const LEAST_HARMONY: f32 = 0.05;
const LEAST_BAND: f32 = 0.3;
/// The band is compared over so many bars before a beginning and after it.
const AROUND: usize = 4;
/// Sections are alike whose bars differ by less than this of what bars of the song usually do.
const ALIKE: f32 = 0.5;
/// Octaves of keys that the band is told by.
const OCTAVES: usize = 6;

/// Between bar lines (s, rising; two at least): what sounds is `keys`, what begins is `strength`. `told` are first bars. Any thread but
/// audio.
#[must_use]
pub fn find(
    lines: &[f64],
    keys: &Keys,
    strength: &[[f32; BANDS]],
    told: Option<&[usize]>,
) -> Vec<Section> {
    let count = lines.len().saturating_sub(1);
    if count == 0 || (told.is_none() && !(FEWEST..=MOST).contains(&count)) || count > MOST {
        return Vec::new();
    }
    let bars = Bars::of(lines, keys, strength);
    let apart = Apart::of(&bars);
    let firsts = match told {
        Some(told) => {
            let mut firsts: Vec<usize> = told.iter().copied().filter(|bar| *bar < count).collect();
            firsts.push(0);
            firsts.sort_unstable();
            firsts.dedup();
            firsts
        }
        None => divided(&apart, &bars.changes(), count),
    };
    labelled(&apart, &firsts, count)
}

/// What bars are compared by.
struct Bars {
    /// Pitch classes of each half, all and the bass.
    harmony: Vec<[[f32; 12]; 4]>,
    /// How strongly each octave sounds and how much begins in each band, logarithms with a spread of 1.
    band: Vec<[f32; OCTAVES + BANDS]>,
}

impl Bars {
    fn of(lines: &[f64], keys: &Keys, strength: &[[f32; BANDS]]) -> Self {
        let halves: Vec<f64> = lines
            .windows(2)
            .flat_map(|bar| [bar[0], 0.5 * (bar[0] + bar[1])])
            .chain(lines.last().copied())
            .collect();
        let chroma = keys.between(&halves);
        let harmony = chroma.chunks_exact(2).map(|halves| {
            let [a, b] = [&halves[0], &halves[1]];
            [a.unit(), a.bass_unit(), b.unit(), b.bass_unit()]
        });
        let band = lines.windows(2).map(|bar| {
            let rows = within(&keys.seconds, bar[0], bar[1]).map(|row| &keys.rows[row]);
            let rows: Vec<&[f32; KEYS]> = rows.collect();
            let octave = |octave: usize| {
                let keys = 12 * octave..(12 * (octave + 1)).min(KEYS);
                let sum: f32 = rows
                    .iter()
                    .map(|row| row[keys.clone()].iter().sum::<f32>())
                    .sum();
                sum / rows.len().max(1) as f32
            };
            let frame = |at: f64| ((at.max(0.0) * FRAMES) as usize).min(strength.len());
            let frames = &strength[frame(bar[0])..frame(bar[1])];
            let begins = |band: usize| {
                let sum: f32 = frames.iter().map(|row| row[band]).sum();
                sum / frames.len().max(1) as f32
            };
            std::array::from_fn(|place| match place.checked_sub(OCTAVES) {
                None => octave(place),
                Some(band) => begins(band),
            })
        });
        Self {
            harmony: harmony.collect(),
            band: spread(band.collect()),
        }
    }

    /// How much two differ: in harmony, and in band.
    fn differ(&self, a: usize, b: usize) -> [f32; 2] {
        let dot = |a: &[f32; 12], b: &[f32; 12]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
        let both = self.harmony[a].iter().zip(&self.harmony[b]);
        let empty = |unit: &[f32; 12]| unit.iter().all(|x| *x == 0.0);
        let alike: f32 = both
            .map(|(a, b)| if empty(a) && empty(b) { 1.0 } else { dot(a, b) })
            .sum();
        [1.0 - alike / 4.0, apart(&self.band[a], &self.band[b])]
    }

    /// How much the band is another from each bar on than before it.
    fn changes(&self) -> Vec<f32> {
        let count = self.band.len();
        let mean = |bars: std::ops::Range<usize>| -> [f32; OCTAVES + BANDS] {
            let long = bars.len().max(1) as f32;
            std::array::from_fn(|place| {
                let sum: f32 = self.band[bars.clone()].iter().map(|bar| bar[place]).sum();
                sum / long
            })
        };
        let change = |bar: usize| match (2..count.saturating_sub(1)).contains(&bar) {
            true => {
                let before = mean(bar.saturating_sub(AROUND)..bar);
                apart(&before, &mean(bar..(bar + AROUND).min(count)))
            }
            false => 0.0,
        };
        (0..=count).map(change).collect()
    }
}

/// Root of the mean square of what two differ by.
fn apart(a: &[f32; OCTAVES + BANDS], b: &[f32; OCTAVES + BANDS]) -> f32 {
    let squares: f32 = a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum();
    (squares / (OCTAVES + BANDS) as f32).sqrt()
}

/// Numbers of what lies between two moments.
fn within(seconds: &[f64], from: f64, to: f64) -> std::ops::Range<usize> {
    let at = |second: f64| seconds.partition_point(|other| *other < second);
    at(from)..at(to).max(at(from))
}

/// Logarithms over their mean, of which those that hardly differ stay small.
fn spread<const N: usize>(rows: Vec<[f32; N]>) -> Vec<[f32; N]> {
    let mut rows = rows;
    for place in 0..N {
        let most = rows.iter().map(|row| row[place]).fold(0.0, f32::max);
        let log = |x: f32| (x + 0.02 * most + 1e-6).ln();
        let mean = rows.iter().map(|row| log(row[place])).sum::<f32>() / rows.len() as f32;
        let squares = rows.iter().map(|row| (log(row[place]) - mean).powi(2));
        let off = (squares.sum::<f32>() / rows.len() as f32).sqrt();
        for row in &mut rows {
            row[place] = (log(row[place]) - mean) / off.max(0.35);
        }
    }
    rows
}

/// How much bars differ, 1 as much as two bars of the song usually do; and the sums of it along the diagonals.
struct Apart {
    count: usize,
    sums: Vec<f32>,
}

impl Apart {
    fn of(bars: &Bars) -> Self {
        let count = bars.harmony.len();
        let mut differ = vec![[0.0f32; 2]; count * count];
        let (mut harmonies, mut bands) = (Vec::new(), Vec::new());
        for a in 0..count {
            for b in 0..a {
                let here = bars.differ(a, b);
                (differ[a * count + b], differ[b * count + a]) = (here, here);
                harmonies.push(here[0]);
                bands.push(here[1]);
            }
        }
        let usual = |mut all: Vec<f32>, least: f32| {
            all.sort_by(f32::total_cmp);
            all.get(all.len() / 2).copied().unwrap_or(1.0).max(least)
        };
        let (harmony, band) = (usual(harmonies, LEAST_HARMONY), usual(bands, LEAST_BAND));
        // sums[a][b] is that of (a − 1, b − 1), (a − 2, b − 2) …
        let wide = count + 1;
        let mut sums = vec![0.0f32; wide * wide];
        for a in 0..count {
            for b in 0..count {
                let [of_harmony, of_band] = differ[a * count + b];
                let here = HARMONY * of_harmony / harmony + (1.0 - HARMONY) * of_band / band;
                let here = here.min(DIFFERS);
                sums[(a + 1) * wide + b + 1] = sums[a * wide + b] + here;
            }
        }
        Self { count, sums }
    }

    /// Of so many bars from `a` and from `b` on.
    fn sum(&self, a: usize, b: usize, bars: usize) -> f32 {
        let wide = self.count + 1;
        self.sums[(a + bars) * wide + b + bars] - self.sums[a * wide + b]
    }

    /// What it costs to say so many bars from one on.
    fn cost(&self, from: usize, bars: usize) -> f32 {
        let again = PERIODS
            .iter()
            .chain([&bars])
            .filter(|period| **period <= bars);
        let again =
            again.map(|&period| NEW * period as f32 + self.sum(from, from + period, bars - period));
        let before = (0..(from + 1).saturating_sub(bars))
            .map(|other| TAKEN_UP + self.sum(other, from, bars));
        again.chain(before).fold(f32::INFINITY, f32::min)
    }
}

/// First bars of the sections.
fn divided(apart: &Apart, changes: &[f32], count: usize) -> Vec<usize> {
    let mut best = vec![(0.0f32, 0usize); count + 1];
    for end in 1..=count {
        let from = |bars: usize| {
            let from = end - bars;
            let whole = match bars {
                bars if bars % 8 == 0 => LENGTHS[0],
                bars if bars % 4 == 0 => LENGTHS[1],
                bars if bars % 2 == 0 => LENGTHS[2],
                _ => LENGTHS[3],
            };
            // The last bars may be an ending, or cut.
            let (first, last) = (from == 0, end == count);
            let whole = if last { whole.min(LENGTHS[1]) } else { whole };
            let short = if bars < 4 && !first && !last {
                SHORT
            } else {
                0.0
            };
            let cost = apart.cost(from, bars) + SECTION + whole + short - changes[from];
            (best[from].0 + cost, from)
        };
        let all = (1..=end.min(LONGEST)).map(from);
        best[end] = all.fold((f32::INFINITY, 0), |a, b| if b.0 < a.0 { b } else { a });
    }
    let mut firsts = Vec::new();
    let mut end = count;
    while end > 0 {
        end = best[end].1;
        firsts.push(end);
    }
    firsts.reverse();
    firsts
}

/// Letters for sections that are alike.
fn labelled(apart: &Apart, firsts: &[usize], count: usize) -> Vec<Section> {
    let ends = firsts.iter().skip(1).chain([&count]);
    let ranges: Vec<(usize, usize)> = firsts.iter().zip(ends).map(|(a, b)| (*a, b - a)).collect();
    // The section that each is like, or itself.
    let mut like: Vec<usize> = Vec::new();
    for (number, &(first, bars)) in ranges.iter().enumerate() {
        let differ = |other: &usize| {
            let (before, long) = ranges[*other];
            let both = long.min(bars);
            // One that is half as long is another.
            let share = both as f32 / long.max(bars) as f32;
            let apart = apart.sum(before, first, both) / both as f32;
            if share < 0.34 { 1.0 } else { apart }
        };
        let nearest = (0..number).min_by(|a, b| differ(a).total_cmp(&differ(b)));
        let nearest = nearest.filter(|other| differ(other) < ALIKE);
        like.push(nearest.map_or(number, |other| like[other]));
    }
    let mut letters: Vec<usize> = Vec::new();
    let section = |(&(first_bar, bars), like): (&(usize, usize), &usize)| {
        let known = letters.iter().position(|other| other == like);
        let letter = known.unwrap_or_else(|| {
            letters.push(*like);
            letters.len() - 1
        });
        Section {
            first_bar,
            bars,
            label: name(letter),
        }
    };
    ranges.iter().zip(&like).map(section).collect()
}

/// "A" … "Z", "A2" …
fn name(letter: usize) -> String {
    let round = letter / 26;
    let letter = char::from(b'A' + (letter % 26) as u8);
    match round {
        0 => letter.to_string(),
        round => format!("{letter}{}", round + 1),
    }
}

/// "A 8 · B 8 · A 8". Any thread.
#[must_use]
pub fn written(sections: &[Section]) -> String {
    let each = sections.iter();
    let each: Vec<String> = each.map(|s| format!("{} {}", s.label, s.bars)).collect();
    each.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bars of 2 s: roots over C3 of the triads of each, and whether drums play.
    fn song(bars: &[(usize, bool)]) -> Vec<Section> {
        let mut keys = Keys {
            rows: Vec::new(),
            seconds: Vec::new(),
        };
        let mut strength = Vec::new();
        for (number, &(root, drums)) in bars.iter().enumerate() {
            for row in 0..40 {
                let mut sounds = [0.0f32; KEYS];
                for key in [root + 15, root + 27, root + 31, root + 34] {
                    sounds[key] = 1.0 - 0.01 * ((number * 31 + row * 7) % 11) as f32;
                }
                keys.rows.push(sounds);
                keys.seconds.push((40 * number + row) as f64 / 20.0);
            }
            for frame in 0..200 {
                let hit = drums && frame % 25 == 0;
                let some = 0.01 * ((number * 17 + frame * 5) % 7) as f32;
                strength.push([if hit { 2.0 } else { some }; BANDS]);
            }
        }
        let lines: Vec<f64> = (0..=bars.len()).map(|bar| 2.0 * bar as f64).collect();
        find(&lines, &keys, &strength, None)
    }

    #[test]
    fn verse_and_chorus_are_told_apart_and_come_back() {
        let verse = [0, 9, 5, 7];
        let chorus = [5, 0, 7, 2];
        let (mut bars, mut expected) = (Vec::new(), String::new());
        for (name, chords, count, drums) in [
            ("A 8", verse, 8, false),
            (" · B 8", chorus, 8, true),
            (" · A 8", verse, 8, false),
            (" · C 4", [10, 8, 10, 3], 4, false),
            (" · B 8", chorus, 8, true),
        ] {
            bars.extend((0..count).map(|bar| (chords[bar % 4], drums)));
            expected += name;
        }
        assert_eq!(written(&song(&bars)), expected);
    }

    #[test]
    fn what_goes_on_alike_isnt_cut_up() {
        let bars: Vec<(usize, bool)> = (0..16).map(|bar| ([0, 9, 5, 7][bar % 4], true)).collect();
        assert_eq!(written(&song(&bars)), "A 16");
        assert!(song(&bars[..7]).is_empty());
    }

    #[test]
    fn what_is_told_stays() {
        let keys = Keys {
            rows: Vec::new(),
            seconds: Vec::new(),
        };
        let lines: Vec<f64> = (0..=20).map(f64::from).collect();
        let found = find(&lines, &keys, &[], Some(&[4, 12, 99]));
        let firsts: Vec<(usize, usize)> = found.iter().map(|s| (s.first_bar, s.bars)).collect();
        assert_eq!(firsts, [(0, 4), (4, 8), (12, 8)]);
    }
}
