//! Tempo, beats, bars and metre of a song without a host.

use super::Stopped;
use super::description::TempoAlternative;
use super::evidence::Evidence;
use super::patterns::{self, Pattern};
use super::pointer::{self, Way};
use super::steady;
use super::strength::{BANDS, FRAMES};
use crate::music::Metre;

/// Patterns are compared over at most so much of a song, s.
const COMPARED: f64 = 50.0;
/// Ways kept of each pattern.
const WAYS: usize = 3;
/// Beats a minute that are expected in 6/8, 3/4, 7/8 and other metres, the width around them in
/// octaves, and how much that counts.
const EXPECTED_BPM: [f64; 4] = [65.0, 125.0, 210.0, 105.0];
const WIDTH_OCTAVES: f64 = 0.9;
const EXPECTATION: f64 = 20.0;
/// Differences of scores are divided by this to become confidences; fitted on validation songs
/// (`python -m training.evaluate song calibration --validation`, and `scores` alike).
const TEMPERATURE: f64 = 70.0;
/// A way has to explain at least this much a second, in log-likelihood.
const LEAST_A_SECOND: f64 = 0.35;
/// The tempo may drift by this factor from what was found.
const DRIFT: f64 = 1.22;
/// A told tempo may be off by this factor.
const NEAR_BPM: f64 = 1.08;
/// Tempi whose logarithms are this near are one.
const SAME: f64 = 0.04;
/// Beats are moved to onsets within this of them, frames.
const NEAR: usize = 4;

/// What was found.
#[derive(Clone, Debug)]
pub struct Rhythm {
    /// Beats, s, rising, within the sound.
    pub beats: Vec<f64>,
    /// Place of each in its bar, 0 at the downbeat.
    pub places: Vec<usize>,
    /// Its metre.
    pub metre: Metre,
    /// How sure that is, 0..=1.
    pub metre_confidence: f64,
    /// Felt beats a minute: of a steady tempo that of the line through its beats, otherwise the median.
    pub bpm: f64,
    /// How sure that is, 0..=1.
    pub confidence: f64,
    /// What else it may be, the likeliest first.
    pub alternatives: Vec<TempoAlternative>,
}

/// What is known of it already.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// Its metre.
    pub metre: Option<Metre>,
    /// Felt beats a minute.
    pub bpm: Option<f64>,
}

/// Finds the rhythm, if there is one; it is as `wanted`. `strength` moves beats onto onsets. Takes some 5 ms a second.
/// Any thread but audio.
///
/// # Errors
/// [`Stopped`] when `stop` says so.
pub fn find(
    evidence: &Evidence,
    strength: &[[f32; BANDS]],
    wanted: Wanted,
    stop: &dyn Fn() -> bool,
) -> Result<Option<Rhythm>, Stopped> {
    let compared = middle(evidence);
    let mut candidates: Vec<(&Pattern, Way, f64)> = Vec::new();
    for (pattern, tempi) in wanted.patterns() {
        for way in pointer::ways(&compared, pattern, tempi, WAYS, stop)? {
            if way.beats.len() < 2 {
                continue;
            }
            let score = way.score + pattern.prior + expectation(way.bpm(), pattern.metre);
            candidates.push((pattern, way, score));
        }
    }
    candidates.sort_by(|a, b| b.2.total_cmp(&a.2));
    let Some(best) = candidates.first().map(|candidate| candidate.2) else {
        return Ok(None);
    };
    let share = |score: f64| ((score - best) / TEMPERATURE).exp();
    let total: f64 = candidates.iter().map(|c| share(c.2)).sum();
    // The likeliest tempo is that of all its ways together: the best of them may be alone with its own.
    let mut tempi: Vec<TempoAlternative> = Vec::new();
    for (_, way, score) in &candidates {
        let (bpm, confidence) = (way.bpm(), share(*score) / total);
        match tempi.iter_mut().find(|tempo| is_near(tempo.bpm, bpm)) {
            Some(known) => known.confidence += confidence,
            None => tempi.push(TempoAlternative { bpm, confidence }),
        }
    }
    tempi.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    let TempoAlternative { bpm, confidence } = tempi.remove(0);
    let of_tempo = candidates.iter().find(|c| is_near(c.1.bpm(), bpm));
    let Some((pattern, way, _)) = of_tempo else {
        return Ok(None);
    };
    let told = wanted.bpm.is_some();
    if !told && way.score / (compared.len() as f64 / FRAMES) < LEAST_A_SECOND {
        return Ok(None);
    }
    // What tells 6/8 from 12/8 is looked at later.
    let alike =
        |metre: Metre| metre == pattern.metre || metre.compound() && pattern.metre.compound();
    let of_metre = candidates.iter().filter(|c| alike(c.0.metre));
    let metre_confidence = of_metre.map(|c| share(c.2)).sum::<f64>() / total;
    let mut whole = way.clone();
    if compared.len() < evidence.len() {
        let range = bpm / DRIFT..bpm * DRIFT;
        let found = pointer::ways(evidence, pattern, range, 1, stop)?;
        whole = found.into_iter().next().unwrap_or(whole);
    }
    let (beats, places, bpm) = settled(&onto_onsets(&whole, strength), whole.bpm());
    if beats.len() < 2 {
        return Ok(None);
    }
    tempi.truncate(4);
    Ok(Some(Rhythm {
        beats,
        places,
        metre: wanted
            .metre
            .filter(|told| told.beats() == pattern.metre.beats())
            .unwrap_or(pattern.metre),
        metre_confidence,
        bpm,
        confidence,
        alternatives: tempi,
    }))
}

impl Wanted {
    /// Patterns to look for, with the tempi at which they may be; those of other metres only where
    /// there are none of the wanted one, whose beats are then counted anew.
    fn patterns(self) -> Vec<(&'static Pattern, std::ops::Range<f64>)> {
        let alike = |a: Metre, b: Metre| (a.beats(), a.compound()) == (b.beats(), b.compound());
        let near = |pattern: &Pattern| match self.bpm {
            None => Some(pattern.bpm.clone()),
            Some(bpm) => (pattern.bpm.start / NEAR_BPM..pattern.bpm.end * NEAR_BPM)
                .contains(&bpm)
                .then_some(bpm / NEAR_BPM..bpm * NEAR_BPM),
        };
        let all = || patterns::all().iter().filter_map(|p| Some((p, near(p)?)));
        let known = self
            .metre
            .filter(|metre| all().any(|(p, _)| alike(p.metre, *metre)));
        all()
            .filter(|(p, _)| known.is_none_or(|metre| alike(p.metre, metre)))
            .collect()
    }
}

/// Whether two tempi are one.
fn is_near(a: f64, b: f64) -> bool {
    (a / b).ln().abs() < SAME
}

fn expectation(bpm: f64, metre: Metre) -> f64 {
    let expected = match metre {
        metre if metre.compound() => EXPECTED_BPM[0],
        Metre { count: 3, .. } => EXPECTED_BPM[1],
        Metre { unit: 8.., .. } => EXPECTED_BPM[2],
        _ => EXPECTED_BPM[3],
    };
    let octaves = (bpm / expected).log2() / WIDTH_OCTAVES;
    -0.5 * EXPECTATION * octaves * octaves
}

/// The stretch of at most [`COMPARED`] seconds that begins a quarter of the way in.
fn middle(evidence: &Evidence) -> Evidence {
    let length = ((COMPARED * FRAMES) as usize).min(evidence.len());
    let start = (evidence.len() - length) / 4;
    evidence[start..start + length].to_vec()
}

/// A beat as it is heard.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Beat {
    /// When, s; the first may lie before the sound.
    pub seconds: f64,
    /// Its place in the bar, 0 at the downbeat.
    pub place: usize,
    /// Whether something begins there.
    pub sure: bool,
}

/// Beats in seconds, each moved to the onset near it, if there is one.
fn onto_onsets(way: &Way, strength: &[[f32; BANDS]]) -> Vec<Beat> {
    let total: Vec<f32> = strength.iter().map(|row| row.iter().sum()).collect();
    let mean = total.iter().sum::<f32>() / total.len().max(1) as f32;
    let beat = |&(frame, place): &(i64, usize)| {
        let near = |off: i64| usize::try_from(frame + off).unwrap_or(0).min(total.len());
        let near = near(-(NEAR as i64))..near(NEAR as i64 + 1);
        let peak = near.max_by(|&a, &b| total[a].total_cmp(&total[b]));
        let peak = peak.filter(|peak| total[*peak] > 2.0 * mean);
        Beat {
            seconds: peak.map_or(frame as f64, |peak| peak as f64 + summit(&total, peak)) / FRAMES,
            place,
            sure: peak.is_some(),
        }
    };
    way.beats.iter().map(beat).collect()
}

/// Where between frames a peak is highest, frames from it: on the parabola through it and its neighbours.
fn summit(total: &[f32], peak: usize) -> f64 {
    let at = |frame: Option<usize>| frame.and_then(|frame| total.get(frame)).copied();
    let (Some(before), Some(after)) = (at(peak.checked_sub(1)), at(peak.checked_add(1))) else {
        return 0.0;
    };
    let bend = f64::from(before - 2.0 * total[peak] + after);
    match bend < -1e-9 {
        true => (0.5 * f64::from(before - after) / bend).clamp(-0.5, 0.5),
        false => 0.0,
    }
}

/// On one tempo where they keep one, and smoothed where they don't: seconds, places, and felt beats a minute.
fn settled(beats: &[Beat], bpm: f64) -> (Vec<f64>, Vec<usize>, f64) {
    let places = beats.iter().map(|beat| beat.place);
    match steady::Line::through(beats) {
        Some(line) => {
            let line = line.rounded(0.5 * beats.len() as f64);
            let at = (0..beats.len()).map(|number| line.at(number as f64));
            (at.collect(), places.collect(), line.bpm())
        }
        None => (steady::smoothed(beats), places.collect(), bpm),
    }
}
