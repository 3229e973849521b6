//! Where in a sound the note to learn from is: its onset, its end, and when it is let go.
//!
//! Usually the sound is one note. In a few seconds of playing, notes are parted where nothing
//! sounds, where the pitch moves on, and where the level leaps; the one with the longest clear
//! pitch is taken.

use super::correlate::{Correlator, SPAN};
use super::envelope::{Ending, Envelope, HOP, ending};
use super::pitch::best;
use super::spectrum::{Fourier, RATE, samples_in};
use super::timing::{RELEASE, Timing};

/// Seconds of a sound that are searched; the rest is left out.
pub const LONGEST_SEARCHED: f64 = 30.0;
/// Levels between two looks at the pitch.
const PITCH_STEP: usize = 2;
/// A pitch this many semitones away is another note.
const OTHER_NOTE: f64 = 0.7;
/// For this many looks in a row.
const SETTLED: usize = 8;
/// And surely, each time.
const SURE: f64 = 0.8;
/// A level that leaps up by this many dB …
const LEAP_DB: f64 = 12.0;
/// … within so many levels is another note's onset.
const LEAP_LEVELS: usize = 2;
/// So many levels of a note must have passed before another can begin without a pause: an attack
/// may have a pitch and a leap of its own.
const SHORTEST_NOTE: usize = 25;
/// What a note is worth that has no attack of its own.
const WITHOUT_ATTACK: f64 = 0.7;
/// A pause is at least so many levels long.
const PAUSE: usize = 4;
/// A note that was held longer than this gains nothing, s.
const LONG_ENOUGH: f64 = 3.0;
/// The longest stretch before a note's first clear level that its first sample is looked for in.
const BEFORE_ONSET: f64 = 0.03;
/// Samples over which a note that follows another is faded in, and what follows it faded out.
const FADE: usize = 256;
/// The first sample of a note is this much of its first 64 ms' peak.
const ONSET_BELOW_PEAK: f32 = 0.003_162_278;
const FIRST_STRETCH: f64 = 0.064;

/// One note within a sound. Samples at [`super::SAMPLE_RATE`].
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// Its first sample.
    pub onset: usize,
    /// One past its last sample, its release included.
    pub end: usize,
    /// How long it is held.
    pub timing: Timing,
    /// How many notes the sound seems to hold.
    pub notes: usize,
}

impl Segment {
    /// The note alone, from its onset on: what comes after it is faded out.
    pub fn cut(&self, sound: &[f32]) -> Vec<f32> {
        let mut note = sound[self.onset..self.end].to_vec();
        let fade = FADE.min(note.len());
        if self.end < sound.len() {
            let last = note.len() - fade;
            for (i, x) in note[last..].iter_mut().enumerate() {
                *x *= 1.0 - i as f32 / fade as f32;
            }
        }
        note
    }
}

/// A stretch of levels that is one note: from..to.
#[derive(Clone, Copy, Debug)]
struct Piece {
    from: usize,
    to: usize,
    /// Whether it has an attack of its own.
    fresh: bool,
}

/// Finds the note to learn from in `sound`, mono at [`super::SAMPLE_RATE`]; the first
/// [`LONGEST_SEARCHED`] seconds are searched. `None` when nothing sounds. Takes some 100 ms for
/// ten seconds. Any thread but audio.
pub fn find(sound: &[f32]) -> Option<Segment> {
    let sound = &sound[..sound.len().min(samples_in(LONGEST_SEARCHED))];
    let envelope = Envelope::of(sound);
    if envelope.peak_db < -90.0 {
        return None;
    }
    let pitches = pitches(sound, &envelope);
    let pieces = pieces(&envelope, &pitches);
    let level = |piece: &Piece| {
        let loudest = envelope.db[piece.from..piece.to]
            .iter()
            .copied()
            .fold(f64::NEG_INFINITY, f64::max);
        10f64.powf((loudest - envelope.peak_db) / 40.0)
    };
    let worth = |piece: &Piece| {
        let voiced = pitches[piece.from..piece.to].iter().flatten().count();
        let seconds = |levels: usize| (levels as f64 * HOP).min(LONG_ENOUGH);
        let attack = if piece.fresh { 1.0 } else { WITHOUT_ATTACK };
        (seconds(voiced) + 0.1 * seconds(piece.to - piece.from)) * level(piece) * attack
    };
    let piece = pieces.iter().max_by(|a, b| worth(a).total_cmp(&worth(b)))?;

    let onset = onset(sound, &envelope, *piece);
    let end = (samples_in(piece.to as f64 * HOP)).min(sound.len());
    if end <= onset {
        return None;
    }
    let held_until = |index: usize| (piece.from + index) as f64 * HOP - onset as f64 / RATE;
    let all = (end - onset) as f64 / RATE;
    let levels = &envelope.db[piece.from..(piece.to + PAUSE).min(envelope.db.len())];
    let rang_out = piece.to < envelope.db.len() && !envelope.sounds(piece.to);
    let timing = match ending(levels, piece.to - piece.from) {
        Ending::Released(index) => Timing {
            held: held_until(index).clamp(0.01, all),
            released: true,
        },
        Ending::Cut(index) => Timing {
            held: held_until(index).clamp(0.01, all),
            released: false,
        },
        // What has rung out is as silent as it would be if it were held on.
        Ending::None if rang_out => Timing {
            held: all.max(RELEASE),
            released: false,
        },
        Ending::None => Timing {
            held: all,
            released: false,
        },
    };
    Some(Segment {
        onset,
        end,
        timing,
        notes: pieces.len(),
    })
}

/// The pitch at one moment.
#[derive(Clone, Copy, Debug)]
struct Look {
    /// MIDI key with its fraction.
    key: f64,
    sure: bool,
}

/// The pitch at each level; `None` where there is none.
fn pitches(sound: &[f32], envelope: &Envelope) -> Vec<Option<Look>> {
    let mut correlator = Correlator::new(&mut Fourier::default());
    let mut found = vec![None; envelope.db.len()];
    let last = sound.len() as f64 / RATE - SPAN / 2.0;
    for index in (0..found.len()).step_by(PITCH_STEP) {
        if !envelope.sounds(index) {
            continue;
        }
        // A frame that reaches over an end of the sound would see less of it.
        let centre = (index as f64 * HOP).min(last).max(SPAN / 2.0);
        let (correlation, _) = correlator.at(sound, centre);
        let look = best(&correlation).map(|period| Look {
            key: 69.0 + 12.0 * (period.hertz / 440.0).log2(),
            sure: period.strength > SURE,
        });
        let until = (index + PITCH_STEP).min(found.len());
        found[index..until].fill(look);
    }
    found
}

/// Whether two pitches are another note's: not near, nor octaves of each other, for an octave is
/// more often an ear's error than a leap without a new onset.
fn differ(a: f64, b: f64) -> bool {
    let apart = (a - b).abs();
    let octaves = (apart - 12.0 * (apart / 12.0).round()).abs();
    octaves > OTHER_NOTE
}

/// Parts a sound into notes.
fn pieces(envelope: &Envelope, pitches: &[Option<Look>]) -> Vec<Piece> {
    let count = envelope.db.len();
    let mut pieces: Vec<Piece> = Vec::new();
    let mut open: Option<Piece> = None;
    let mut key: Option<f64> = None;
    let mut loudest = f64::NEG_INFINITY;
    for index in 0..count {
        let pause = (index..(index + PAUSE).min(count)).all(|i| !envelope.sounds(i));
        match &mut open {
            None if envelope.sounds(index) => {
                open = Some(Piece {
                    from: index,
                    to: count,
                    fresh: true,
                });
                key = None;
                loudest = f64::NEG_INFINITY;
            }
            None => {}
            Some(piece) if pause => {
                piece.to = index;
                pieces.extend(open.take());
            }
            Some(piece) => {
                let age = index - piece.from;
                loudest = loudest.max(envelope.db[index]);
                let leaps = age >= SHORTEST_NOTE && {
                    let before = envelope.db[index - LEAP_LEVELS];
                    // A slow attack rises too, but from no dip.
                    envelope.db[index] - before > LEAP_DB
                        && loudest - before > LEAP_DB
                        && envelope.db[index + 1..]
                            .iter()
                            .take(LEAP_LEVELS)
                            .all(|&db| db > before + LEAP_DB)
                };
                let next = settled(&pitches[index..]);
                let moves = age >= SHORTEST_NOTE
                    && matches!((key, next), (Some(key), Some(next)) if differ(key, next));
                if leaps || moves {
                    let begins = if leaps { index - LEAP_LEVELS } else { index };
                    piece.to = begins;
                    pieces.push(*piece);
                    open = Some(Piece {
                        from: begins,
                        to: count,
                        fresh: leaps,
                    });
                    key = None;
                    loudest = f64::NEG_INFINITY;
                }
                key = if age < SHORTEST_NOTE {
                    next.or(key)
                } else {
                    key.or(next)
                };
            }
        }
    }
    pieces.extend(open);
    pieces
}

/// The pitch that the next looks agree on.
fn settled(pitches: &[Option<Look>]) -> Option<f64> {
    let next = pitches.iter().step_by(PITCH_STEP).take(SETTLED);
    let sure = next.map(|look| look.filter(|look| look.sure).map(|look| look.key));
    let keys: Vec<f64> = sure.collect::<Option<_>>()?;
    let agree = keys.len() == SETTLED && keys.iter().all(|&key| !differ(key, keys[0]));
    agree.then_some(keys[0])
}

/// The first sample of a note: from silence, where it first comes within 50 dB of the peak of its
/// first 64 ms; a slow attack is kept, for it rises from the first sample on.
fn onset(sound: &[f32], envelope: &Envelope, piece: Piece) -> usize {
    if !piece.fresh {
        return samples_in(piece.from as f64 * HOP).min(sound.len());
    }
    let rises = |&index: &usize| {
        let (now, next) = (envelope.db[index], envelope.db[index + 1]);
        now > envelope.faint_db && now < next + 3.0
    };
    let after_silence = piece.from == 0 || !envelope.sounds(piece.from - 1);
    let earlier = (0..piece.from).rev().take_while(rises).last();
    let earlier = earlier.filter(|_| after_silence);
    let begins = samples_in(earlier.unwrap_or(piece.from) as f64 * HOP).min(sound.len());
    let from = begins.saturating_sub(samples_in(BEFORE_ONSET));
    let to = (begins + samples_in(FIRST_STRETCH)).min(sound.len());
    let peak = sound[from..to]
        .iter()
        .fold(0.0f32, |peak, x| peak.max(x.abs()));
    // Above the recording's own noise: four times its mean is past all its peaks.
    let noise = 10f64.powf((envelope.faint_db - 8.0) / 20.0) as f32 * 4.0;
    let least = (peak * ONSET_BELOW_PEAK).max(noise.min(peak * 0.5));
    let first = sound[from..to].iter().position(|x| x.abs() > least);
    from + first.unwrap_or(0)
}
