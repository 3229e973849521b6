//! Drums of facts alone: drawn once for each version of the groove, alike where people play alike.
//!
//! A phrase of four bars has up to three versions of the groove. What is likely or rare is drawn in each bar;
//! of the rest a share is the same in all versions. Time is kept alike on every beat.

use super::chance::{chance, pick};
use super::facts::Facts;
use super::pieces::{self, COUNT, Limb};
use super::{Setting, Style};

/// Which bars of a phrase have which version, and how often.
const FORMS: [([u64; 4], f32); 4] = [
    ([0, 0, 0, 0], 0.15),
    ([0, 1, 0, 1], 0.40),
    ([0, 0, 0, 1], 0.25),
    ([0, 1, 0, 2], 0.20),
];
/// Beyond these, what is usual is nearly certain, or rare.
const LIKELY: f32 = 0.85;
const RARE: f32 = 0.13;
/// Share of places where time is kept alike on every beat.
const STEADY: f32 = 0.7;
/// A style below this is free: hardly anything comes again.
const FREE: f32 = 0.3;
/// Kicks where the bass begins a note or doesn't: the ratio of their odds on beats, eighths, sixteenths; and over both.
const FOLLOWS: [f32; 4] = [0.7, 2.0, 1.0, 2.0];
const KICKS: f32 = 1.3;
/// Odds of what is usual, where it is to be as busy (2) or as sparse (−2) as can be.
const BUSIEST: f32 = 8.0;

/// How hard each piece is struck at each step, 0 for not.
pub(super) type Hits = Vec<[u8; COUNT]>;

/// The streams of chance.
#[derive(Clone, Copy)]
enum Of {
    Alike = 1,
    Hit,
    Form,
    Swap,
    Steady,
}

/// The groove over all steps. Any thread but audio.
pub(super) fn groove(style: &Style, setting: &Setting) -> Hits {
    let round = style.bars.all();
    let mut hits = vec![[0; COUNT]; setting.steps];
    let onsets = setting.bass_onsets();
    let form = pick(
        number(setting, Of::Form, &[]),
        FORMS.iter().map(|(form, often)| (form, *often)),
    );
    let form = form.copied().unwrap_or_default();
    for facts in style.drums() {
        let piece = facts.piece;
        let draws: Vec<(f32, f32)> = (0..setting.steps)
            .map(|step| {
                linked(facts, step, round, &|step| {
                    let usual = facts.chance[step % round];
                    let odds = odds(setting, piece, step, onsets.as_deref());
                    let likely = with_odds(usual, odds);
                    (draw(style, setting, facts, &form, step), likely)
                })
            })
            .collect();
        let mut plays: Vec<bool> = draws
            .iter()
            .map(|(number, likely)| number < likely)
            .collect();
        if let Some((of, count)) = &facts.least {
            at_least(&mut plays, &draws, of, *count, round);
        }
        let piece = instead(setting, facts);
        for (step, _) in plays.iter().enumerate().filter(|(_, plays)| **plays) {
            let hit = &mut hits[step][piece];
            *hit = (*hit).max(facts.level[step % round]);
        }
    }
    for (step, hits) in hits.iter_mut().enumerate() {
        let must = |piece: usize| style.musts(piece, step);
        one_hat(hits);
        two_hands(hits, &must);
    }
    hits
}

fn number(setting: &Setting, of: Of, place: &[u64]) -> f32 {
    let whole: Vec<u64> = std::iter::once(of as u64)
        .chain(place.iter().copied())
        .collect();
    chance(setting.seed, &whole)
}

/// The number that decides whether a piece plays at a step.
fn draw(style: &Style, setting: &Setting, facts: &Facts, form: &[u64; 4], step: usize) -> f32 {
    let round = style.bars.all();
    let (within, piece) = ((step % round) as u64, facts.piece as u64);
    let usual = facts.chance[step % round];
    // A place of its own in each round, each version, each bar.
    let anew = 512 + step as u64;
    let version = (1 + form[step / round % 4]) * round as u64;
    let alike = number(setting, Of::Alike, &[within, piece]) < style.file.alike;
    let beat = (step % 4) as u64;
    let keeps =
        pieces::keeps_time(facts.piece) && number(setting, Of::Steady, &[beat, piece]) < STEADY;
    let place = match (keeps, alike, style.file.alike > FREE) {
        _ if !(RARE..LIKELY).contains(&usual) => anew,
        (true, true, _) => beat,
        (true, false, _) => version + beat,
        (false, true, _) => within,
        (false, false, true) => version + within,
        (false, false, false) => anew,
    };
    number(setting, Of::Hit, &[place, piece])
}

/// The same for a step that isn't decided by itself: by the first of those that it is decided with.
fn linked(
    facts: &Facts,
    step: usize,
    round: usize,
    draw: &dyn Fn(usize) -> (f32, f32),
) -> (f32, f32) {
    let within = step % round;
    let link = facts.links.iter().find(|link| link.steps.contains(&within));
    let Some(link) = link else {
        return draw(step);
    };
    let (number, likely) = draw(step - within + link.steps[0]);
    // Which of them is a number of its own: the later digits.
    let which = ((number * 4096.0).fract() * link.steps.len() as f32) as usize;
    let other = link.one && link.steps.get(which) != Some(&within);
    (number, if other { 0.0 } else { likely })
}

/// By how much the song, and how busy it is to be, change the odds of a hit.
fn odds(setting: &Setting, piece: usize, step: usize, bass: Option<&[bool]>) -> f32 {
    let busy = BUSIEST.powf(setting.busy.clamp(-2.0, 2.0) / 2.0);
    let Some(bass) = bass.filter(|_| pieces::group(piece) == "kick") else {
        return busy;
    };
    let ratio = (setting.follow * FOLLOWS[step % 4]).max(1e-3).sqrt();
    let follows = if bass[step] {
        KICKS * ratio
    } else {
        KICKS / ratio
    };
    busy * follows
}

fn with_odds(chance: f32, odds: f32) -> f32 {
    if chance <= 0.0 || chance >= 1.0 {
        return chance;
    }
    let changed = chance / (1.0 - chance) * odds;
    changed / (1.0 + changed)
}

/// The likeliest of those that don't play, until there are enough in each round.
fn at_least(plays: &mut [bool], draws: &[(f32, f32)], of: &[usize], count: usize, round: usize) {
    for first in (0..plays.len()).step_by(round) {
        let mut steps: Vec<usize> = of
            .iter()
            .map(|step| first + step)
            .filter(|step| *step < plays.len())
            .collect();
        let there = steps.iter().filter(|step| plays[**step]).count();
        steps.retain(|step| !plays[*step]);
        let far = |step: usize| draws[step].0 / draws[step].1.max(1e-9);
        steps.sort_by(|a, b| far(*a).total_cmp(&far(*b)));
        let more = count.saturating_sub(there);
        steps
            .into_iter()
            .take(more)
            .for_each(|step| plays[step] = true);
    }
}

/// What a piece's part is played on all along: now and then the ride in place of the hat.
fn instead(setting: &Setting, facts: &Facts) -> usize {
    let mut number = number(setting, Of::Swap, &[facts.piece as u64]);
    for (other, often) in &facts.swaps {
        if number < *often {
            return *other;
        }
        number -= often;
    }
    facts.piece
}

/// One way of the hi-hat at a time: open before closed by foot before closed.
pub(super) fn one_hat(hits: &mut [u8; COUNT]) {
    let named = |name| pieces::named(name).unwrap_or(0);
    let (closed, pedal, open) = (named("closed hat"), named("pedal hat"), named("open hat"));
    if hits[open] > 0 {
        (hits[closed], hits[pedal]) = (0, 0);
    }
    if hits[pedal] > 0 {
        hits[closed] = 0;
    }
}

/// A drummer has two hands: what is certain stays before what isn't, then what is harder.
pub(super) fn two_hands(hits: &mut [u8; COUNT], must: &dyn Fn(usize) -> bool) {
    let by_hand = |piece: &usize| hits[*piece] > 0 && pieces::limb(*piece) == Limb::Hand;
    let mut busy: Vec<usize> = (0..COUNT).filter(by_hand).collect();
    busy.sort_by_key(|piece| {
        let keeps = pieces::keeps_time(*piece);
        std::cmp::Reverse((!keeps && must(*piece), hits[*piece], must(*piece)))
    });
    busy.into_iter().skip(2).for_each(|piece| hits[piece] = 0);
}
