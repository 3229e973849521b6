//! The sampler of the parts network: `training/parts/sample.py` says what it does and why, step by
//! step; this does the same.

use super::vocabulary::{FIRST, HOLD, NO_OFFSET, NO_TOUCH, REST, Sampler, Vocabulary};
use super::{BARS, Logits, NOTES, OFFSET, PIECES, PITCHED, Request, STREAMS, TOUCHES};
use crate::models::Error;

/// A uniform number in 0..1 for a call, a purpose (0 to choose a token, 1 to choose where), a step
/// and a stream.
pub(super) fn uniform(seed: u64, call: usize, which: u64, step: usize, stream: usize) -> f64 {
    let place = (call as u64 * 2 + which) * 256 + step as u64;
    let n = place.wrapping_mul(32).wrapping_add(stream as u64);
    let mut z = seed.wrapping_add((n.wrapping_add(1)).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^= z >> 31;
    ((z >> 40) as f64 + 0.5) / f64::from(1 << 24)
}

/// Fills in the masks of a request.
pub(super) fn sample(
    vocabulary: &Vocabulary,
    settings: &Sampler,
    request: &Request,
    seed: u64,
    logits: &mut dyn FnMut(&Request) -> Result<Logits, Error>,
    go_on: &mut dyn FnMut(f32) -> bool,
) -> Result<Vec<u16>, Error> {
    let mut now = request.clone();
    let early = (0..PIECES).chain(NOTES..TOUCHES);
    let late = std::iter::once(OFFSET).chain(TOUCHES..STREAMS);
    let phases: [(Vec<usize>, usize, f64); 2] = [
        (early.collect(), settings.early_steps, settings.temperature),
        (
            late.collect(),
            settings.late_steps,
            settings.late_temperature,
        ),
    ];
    let all = settings.early_steps + settings.late_steps;
    let (mut call, mut done) = (0, 0);
    for (streams, count, temperature) in phases {
        let masked = |now: &Request| masked(vocabulary, now, &streams).count();
        let total = masked(&now);
        for turn in 1..=count {
            if total > 0 {
                let found = logits(&now)?;
                let share = std::f64::consts::FRAC_PI_2 * turn as f64 / count as f64;
                let keep = if turn < count {
                    (total as f64 * share.cos()).floor() as usize
                } else {
                    0
                };
                let numbers = Numbers {
                    vocabulary,
                    settings,
                    seed,
                    call,
                    temperature,
                };
                reveal(&numbers, &mut now, &streams, &found, keep);
                call += 1;
            }
            done += 1;
            if !go_on(done as f32 / all as f32) {
                return Err(Error::Cancelled);
            }
        }
    }
    finish(vocabulary, request, &mut now.tokens);
    Ok(now.tokens)
}

/// Step and stream of what is masked of some streams.
fn masked<'a>(
    vocabulary: &'a Vocabulary,
    now: &'a Request,
    streams: &'a [usize],
) -> impl Iterator<Item = (usize, usize)> + 'a {
    let rows = now.tokens.chunks_exact(STREAMS).enumerate();
    rows.flat_map(move |(step, row)| {
        let masks = &vocabulary.masks;
        let streams = streams.iter().copied();
        let hidden = streams.filter(move |&stream| row[stream] == masks[stream]);
        hidden.map(move |stream| (step, stream))
    })
}

/// What one call draws its tokens with.
struct Numbers<'a> {
    vocabulary: &'a Vocabulary,
    settings: &'a Sampler,
    seed: u64,
    call: usize,
    temperature: f64,
}

impl Numbers<'_> {
    /// The number that chooses a token; bars share it where they are drawn alike.
    fn choice(&self, step: usize, stream: usize, bar: usize, beat: usize) -> f64 {
        let settings = self.settings;
        let steady = || uniform(self.seed, 1, 1, step % beat, stream) < settings.steady;
        let same = if self.vocabulary.keeps_time(stream) && steady() {
            step % beat
        } else if uniform(self.seed, 1, 0, step % bar, stream) < settings.alike {
            step % bar
        } else {
            step % (2 * bar)
        };
        uniform(self.seed, 0, 0, same, stream)
    }

    /// A token by its number, and its chance.
    fn token(&self, logits: &[f32], number: f64) -> (u16, f64) {
        let scaled = |logit: &f32| f64::from(*logit) / self.temperature;
        let highest = logits.iter().map(scaled).fold(f64::NEG_INFINITY, f64::max);
        let weights: Vec<f64> = logits.iter().map(|l| (scaled(l) - highest).exp()).collect();
        let sum: f64 = weights.iter().sum();
        let mut so_far = 0.0;
        let chosen = weights.iter().position(|weight| {
            so_far += weight / sum;
            so_far > number
        });
        let chosen = chosen.unwrap_or(logits.len() - 1);
        (chosen as u16, weights[chosen] / sum)
    }
}

/// Chooses all that is masked, and lets all but `keep` of it stand.
fn reveal(
    numbers: &Numbers<'_>,
    now: &mut Request,
    streams: &[usize],
    logits: &Logits,
    keep: usize,
) {
    let bar = now.steps() / BARS;
    let six_eight = numbers.vocabulary.metres.iter().position(|m| m == "6/8");
    let beat = match now.place.first() {
        Some(metre) if six_eight == Some(usize::from(*metre)) => 6,
        _ => 4,
    };
    let mut found: Vec<(f64, usize, usize, u16)> = masked(numbers.vocabulary, now, streams)
        .map(|(step, stream)| {
            let number = numbers.choice(step, stream, bar, beat);
            let (token, chance) = numbers.token(logits.of(step, stream), number);
            let place = uniform(numbers.seed, numbers.call, 1, step, stream);
            let confidence = numbers.settings.confidence;
            let score = chance.max(1e-300).ln() * confidence - (-place.ln()).ln();
            (-score, step, stream, token)
        })
        .collect();
    found.sort_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    found.truncate(found.len() - keep.min(found.len()));
    for (_, step, stream, token) in found {
        now.tokens[step * STREAMS + stream] = token;
    }
}

/// Puts right what can't be played, where it was masked.
fn finish(vocabulary: &Vocabulary, request: &Request, done: &mut [u16]) {
    let missing = |step: usize, stream: usize| {
        request.tokens[step * STREAMS + stream] == vocabulary.masks[stream]
    };
    for step in 0..request.steps() {
        let (before, row) = done.split_at_mut(step * STREAMS);
        for part in 0..PITCHED {
            let (note, touch) = (NOTES + part, TOUCHES + part);
            let rests = step == 0 || before[(step - 1) * STREAMS + note] == REST;
            if row[note] == HOLD && rests && missing(step, note) {
                row[note] = REST;
            }
            if row[note] < FIRST && missing(step, touch) {
                row[touch] = NO_TOUCH;
            }
        }
        if row[..PIECES].iter().all(|hit| *hit == 0) && missing(step, OFFSET) {
            row[OFFSET] = NO_OFFSET;
        }
    }
}
