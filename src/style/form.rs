//! How phrases and sections are marked: fills that lead, crashes that arrive.

use super::chance::{chance, pick};
use super::file::Feel;
use super::groove::{Hits, one_hat, two_hands};
use super::{Setting, Style, pieces};

/// Bars of a phrase, and of a section.
const PHRASE: usize = 4;
const SECTION: usize = 8;
/// As a style has it that says nothing else.
const SECTION_FILL: f32 = 0.95;
const PHRASE_FILL: f32 = 0.35;
const SECTION_SIZES: [(usize, f32); 3] = [(4, 0.45), (2, 0.35), (1, 0.2)];
const PHRASE_SIZES: [(usize, f32); 2] = [(2, 0.3), (1, 0.7)];
const SECTION_CRASH: f32 = 0.95;
const PHRASE_CRASH: f32 = 0.35;
/// The hat or ride rests under the crash.
const CRASH_TAKES_HAT: f32 = 0.55;
/// What a beat of a fill plays, on its sixteenths.
const CELLS: [(&str, f32); 8] = [
    ("x.x.", 4.0),
    ("xxxx", 2.0),
    ("x.xx", 2.0),
    ("xx.x", 1.0),
    ("xxx.", 1.0),
    ("..xx", 2.0),
    ("x..x", 1.0),
    ("..x.", 1.0),
];
/// The same of a beat that is swung, and of three eighths.
const LETS: [(&str, f32); 3] = [("x..x", 3.0), ("xx.x", 2.0), ("x...", 1.0)];
const EIGHTHS: [(&str, f32); 4] = [
    ("x.x.x.", 3.0),
    ("x.x.xx", 2.0),
    ("xxx.x.", 1.0),
    ("x.xxxx", 1.0),
];
const PATH: [&[&str]; 4] = [
    &["snare"],
    &["snare", "high tom"],
    &["high tom", "low tom"],
    &["low tom"],
];
const KICK_UNDER: f32 = 0.5;
const LEVELS: [u8; 2] = [3, 4];
/// So often a fill that is asked for is drawn, until it has enough strokes.
const TRIES: usize = 32;

/// The streams of chance.
#[derive(Clone, Copy)]
enum Of {
    Fill = 16,
    Size,
    Cell,
    Twice,
    Softer,
    Kick,
    Crash,
    Rest,
}

/// Puts fills and crashes into drums. Any thread but audio.
pub(super) fn dress(style: &Style, setting: &Setting, hits: &mut Hits) {
    let bar = style.bars.steps;
    let bars = setting.steps / bar;
    let form = &style.file.form;
    // Where none are known, every eighth bar begins a section.
    let begins = |number: usize| match setting.ends.is_empty() {
        true => number.is_multiple_of(SECTION),
        false => setting.ends.contains(&number),
    };
    let last = setting.ends.last().copied().unwrap_or(0);
    let in_section = |number: usize| {
        let before = setting.ends.iter().rfind(|first| **first <= number);
        number - before.copied().unwrap_or(0)
    };
    for number in 0..bars {
        let whole = !setting.ends.is_empty() && number + 1 == bars && bars >= last + SECTION;
        let ends_section = begins(number + 1) || whole;
        let ends_phrase = ends_section || in_section(number) % PHRASE == PHRASE - 1;
        let draws = |of: Of| chance(setting.seed, &[of as u64, number as u64]);
        let asked = setting.fills.contains(&number);
        let usual = match (setting.section_fills, ends_section) {
            (Some(false), _) => 0.0,
            (Some(true), true) => 1.0,
            (_, true) => form.section_fill.unwrap_or(SECTION_FILL),
            (_, false) => form.phrase_fill.unwrap_or(PHRASE_FILL),
        };
        if asked || ends_phrase && draws(Of::Fill) < usual {
            fill(style, setting, hits, number, asked || ends_section);
        }
    }
    for number in 0..bars {
        let begins_section = number == 0 || begins(number);
        if !begins_section && in_section(number) % PHRASE != 0 {
            continue;
        }
        let usual = match begins_section {
            true => form.section_crash.unwrap_or(SECTION_CRASH),
            false => form.phrase_crash.unwrap_or(PHRASE_CRASH),
        };
        let draws = |of: Of| chance(setting.seed, &[of as u64, number as u64]);
        if draws(Of::Crash) < usual {
            crash(
                style,
                &mut hits[number * bar],
                draws(Of::Rest) < CRASH_TAKES_HAT,
            );
        }
    }
}

/// A fill at the end of a bar.
fn fill(style: &Style, setting: &Setting, hits: &mut Hits, number: usize, ends_section: bool) {
    let (bar, beat) = (style.bars.steps, style.bars.beat());
    let form = &style.file.form;
    let draw = chance(setting.seed, &[Of::Size as u64, number as u64, 0]);
    let size = match ends_section {
        true => sizes(form.section_sizes.as_ref(), &SECTION_SIZES, draw),
        false => sizes(form.phrase_sizes.as_ref(), &PHRASE_SIZES, draw),
    };
    let size = size.clamp(1, (bar / beat).max(1));
    let start = (number + 1) * bar - size * beat;
    let keeps = |piece: usize| {
        let mut kept = form.keeps.iter();
        kept.any(|name| pieces::named(name) == Some(piece))
    };
    for step in &mut hits[start..start + size * beat] {
        let kept = *step;
        *step = std::array::from_fn(|piece| if keeps(piece) { kept[piece] } else { 0 });
    }
    let strokes = &mut hits[start..start + size * beat];
    roll(style, setting, strokes, number, &|at| path(style, at));
}

/// A fill for a bar of so many steps by itself, as the words wish it: three strokes at least.
pub(super) fn alone(
    style: &Style,
    setting: &Setting,
    (bar, number): (usize, usize),
    (beats, toms): (Option<usize>, Option<bool>),
) -> (usize, Hits) {
    let beat = style.bars.beat();
    let form = &style.file.form;
    let draw = chance(setting.seed, &[Of::Size as u64, number as u64, 0]);
    let usual = sizes(form.section_sizes.as_ref(), &SECTION_SIZES, draw);
    // One that is asked for is heard.
    let size = beats.unwrap_or(usual.max(2)).clamp(1, (bar / beat).max(1));
    let path = |at: usize| match toms {
        Some(true) if at < 2 => vec!["high tom"],
        Some(true) => vec!["low tom", "floor tom"],
        Some(false) => vec!["snare"],
        None => path(style, at),
    };
    let mut seed = setting.seed;
    let mut tries = 0;
    loop {
        let mut hits: Hits = vec![[0; pieces::COUNT]; size * beat];
        let own = Setting {
            seed,
            ..setting.clone()
        };
        roll(style, &own, &mut hits, number, &path);
        let by_hand = hits
            .iter()
            .filter(|hits| hits[1..].iter().any(|level| *level > 0));
        tries += 1;
        if by_hand.count() >= ((3 * size).div_ceil(2) + 1).max(3) || tries == TRIES {
            return (size * beat, hits);
        }
        seed = seed.wrapping_add(0x9e37_79b9);
    }
}

/// The strokes of a fill; `path` says over which pieces each of its beats goes, counted so that the last is 3.
fn roll<'a>(
    style: &Style,
    setting: &Setting,
    hits: &mut [[u8; pieces::COUNT]],
    number: usize,
    path: &dyn Fn(usize) -> Vec<&'a str>,
) {
    let beat = style.bars.beat();
    let size = hits.len() / beat;
    let form = &style.file.form;
    let draws = |of: Of, at: usize| chance(setting.seed, &[of as u64, number as u64, at as u64]);
    let cells: &[(&str, f32)] = match (style.bars.eighths, style.file.feel) {
        (true, _) => &EIGHTHS,
        (false, Feel::Swing | Feel::Triplets) => &LETS,
        (false, _) => &CELLS,
    };
    let cell = |at: usize| {
        pick(
            draws(Of::Cell, at),
            cells.iter().map(|(cell, often)| (cell, *often)),
        )
        .copied()
    };
    let mut played: Vec<&str> = (0..size).filter_map(cell).collect();
    if size >= 2 && draws(Of::Twice, 0) < 0.5 {
        played[1] = played[0];
    }
    // It leads: the last beat begins with a stroke.
    if let Some(last) = played.last_mut().filter(|last| last.starts_with('.')) {
        *last = cells[1].0;
    }
    let levels = form.levels.unwrap_or(LEVELS).map(f32::from);
    let whole = (size * beat).max(2) - 1;
    for (at, cell) in played.into_iter().enumerate() {
        let names = path(4 - size.min(4) + at);
        for (within, _) in cell.char_indices().filter(|(_, c)| *c == 'x') {
            let place = at * beat + within;
            let second = within >= beat / 2 && names.len() > 1;
            let softer = within % 2 == 1 && draws(Of::Softer, place) < 0.4;
            let level = levels[0] + (levels[1] - levels[0]) * place as f32 / whole as f32;
            let level = (level.round() as u8)
                .saturating_sub(u8::from(softer))
                .clamp(1, 4);
            if let Some(piece) = pieces::named(names[usize::from(second)]) {
                hits[place][piece] = level;
            }
        }
        let under = form.kick_under.unwrap_or(KICK_UNDER);
        if draws(Of::Kick, at) < under {
            hits[at * beat][0] = 3;
        }
    }
    for step in hits {
        one_hat(step);
        two_hands(step, &|_| false);
    }
}

/// The pieces of a fill's beat, counted so that the last is 3.
fn path(style: &Style, beat: usize) -> Vec<&str> {
    let beat = beat.min(3);
    match &style.file.form.path {
        Some(path) if !path.is_empty() => {
            let beat = &path[beat.min(path.len() - 1)];
            beat.iter().map(String::as_str).collect()
        }
        _ => PATH[beat].to_vec(),
    }
}

fn sizes(
    said: Option<&std::collections::BTreeMap<String, f32>>,
    usual: &[(usize, f32)],
    number: f32,
) -> usize {
    let said: Vec<(usize, f32)> = match said {
        Some(said) => said
            .iter()
            .filter_map(|(size, often)| Some((size.parse().ok()?, *often)))
            .collect(),
        None => usual.to_vec(),
    };
    let picked = pick(number, said.iter().map(|(size, often)| (size, *often)));
    picked.copied().unwrap_or(1)
}

/// A crash at the beginning of a bar, with the kick.
fn crash(style: &Style, hits: &mut [u8; pieces::COUNT], takes_hat: bool) {
    let named = |name| pieces::named(name).unwrap_or(0);
    hits[named("crash")] = 4;
    if hits[0] == 0 && !style.file.form.bare_crash {
        hits[0] = 3;
    }
    let keeps = |piece: usize| style.musts(piece, 0) && pieces::keeps_time(piece);
    let hats = ["closed hat", "open hat", "ride"].map(named);
    if takes_hat || hats.into_iter().filter(|hat| hits[*hat] > 0).count() > 1 {
        hats.into_iter()
            .filter(|hat| takes_hat || !keeps(*hat))
            .for_each(|hat| hits[hat] = 0);
    }
    two_hands(hits, &|piece| !pieces::keeps_time(piece));
}
