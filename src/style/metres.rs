//! A style in another metre than its own: what a band does that is asked for rock in 7/8.
//!
//! Beats of quarters are left out or come again; swung beats and beats of three eighths are each other's. What is of one
//! metre alone (a waltz, a clave of five) has no other.

use std::sync::OnceLock;

use super::facts::{Facts, Link};
use super::figures::{FigureNote, Figures};
use super::file::Feel;
use super::places::Bars;
use super::{Style, pieces};

/// The metres that styles are put into.
const METRES: [&str; 11] = [
    "4/4", "3/4", "6/8", "5/4", "2/4", "6/4", "7/4", "5/8", "7/8", "9/8", "12/8",
];
/// Which beats of four make a bar of so many.
const BEATS: [&[usize]; 8] = [
    &[],
    &[0],
    &[0, 1],
    &[0, 2, 3],
    &[0, 1, 2, 3],
    &[0, 1, 2, 2, 3],
    &[0, 1, 2, 3, 2, 3],
    &[0, 1, 2, 3, 0, 2, 3],
];
/// Steps of a swung beat, and of three eighths.
const SWUNG: usize = 4;
const THREE: usize = 6;

/// A style in the other metres, as they are asked for.
#[derive(Clone, Debug)]
pub(super) struct Others([OnceLock<Option<Box<Style>>>; METRES.len()]);

impl Default for Others {
    fn default() -> Self {
        Self(std::array::from_fn(|_| OnceLock::new()))
    }
}

impl Others {
    /// The style in a metre. Any thread but audio.
    pub(super) fn of(&'static self, style: &Style, metre: &str) -> Option<&'static Style> {
        let number = METRES.iter().position(|known| *known == metre)?;
        let made = || Some(Box::new(turned(style, METRES[number])?));
        self.0[number].get_or_init(made).as_deref()
    }
}

/// Where each step of the new round comes from in the old one.
type Sources = Vec<Option<usize>>;

fn turned(style: &Style, metre: &str) -> Option<Style> {
    let file = &style.file;
    let bars = Bars::of(metre, &[], 1).ok()?;
    let compound = |metre: &str| matches!(metre, "6/8" | "9/8" | "12/8");
    let feel = match (compound(&file.metre), compound(metre)) {
        (true, false) => Feel::Triplets,
        (false, true) => Feel::Straight,
        _ => file.feel,
    };
    let is_known = matches!(&*file.metre, "4/4" | "6/8" | "12/8");
    if !is_known || feel == Feel::Triplets && bars.eighths {
        return None;
    }
    // A round of the style from its first bar on, of as many bars as it takes.
    let sources = |round: usize| sources(style.bars, round, bars, file.feel);
    // Straight eighths become all three of a beat where they run.
    let runs = compound(metre) && !compound(&file.metre) && !style.swings();
    let drums_from = sources(style.bars.all());
    let bars = bars.times(drums_from.len() / bars.steps);
    let drums = style.drums.iter().map(|facts| {
        let mut drum = drum(facts, &drums_from);
        if runs && pieces::keeps_time(facts.piece) {
            run(&mut drum);
        }
        drum
    });
    let lines = style.lines.iter().map(|(kind, line)| {
        let from = sources(line.round);
        let mut figures = figures(line, &from);
        if runs {
            figures.versions.iter_mut().for_each(running);
        }
        (*kind, figures)
    });
    let mut file = file.clone();
    (file.metre, file.feel, file.bars) = (metre.to_owned(), feel, bars.count);
    Some(Style {
        drums: drums.collect(),
        lines: lines.collect(),
        bars,
        file,
        others: Others::default(),
    })
}

/// The steps that bars of a metre take theirs from.
fn sources(old: Bars, round: usize, new: Bars, feel: Feel) -> Sources {
    let threes = |bars: Bars| bars.eighths && bars.steps.is_multiple_of(THREE);
    let (old_beat, new_beat) = (
        if threes(old) { THREE } else { SWUNG },
        if threes(new) { THREE } else { SWUNG },
    );
    // Bars of the old metre that are one of quarters: two of 6/8.
    let four = 4 * old_beat;
    let four = if round.is_multiple_of(four) {
        four
    } else {
        old.steps.max(four)
    };
    let rounds = (round.div_ceil(four)).max(1);
    let mut all = Vec::new();
    for first in (0..rounds).map(|number| number * four) {
        let beats = (new.steps as f32 / new_beat as f32).ceil() as usize;
        // Two bars of 6/8 are a bar of four beats.
        let (beats, bars) = match (threes(new), beats) {
            (true, 2) => (4, 2),
            (_, beats) => (beats, 1),
        };
        let whole = (bars * new.steps).min(beats * new_beat);
        let taken = BEATS.get(beats).copied().unwrap_or(&[]);
        let of_beat = |beat: usize| taken.get(beat).copied().unwrap_or(beat % 4);
        all.extend((0..whole).map(|step| {
            let within = within(step % new_beat, (old_beat, new_beat), feel)?;
            Some((first + of_beat(step / new_beat) * old_beat + within) % round.max(1))
        }));
    }
    all
}

/// The step of an old beat that one of a new beat comes from.
fn within(step: usize, beats: (usize, usize), feel: Feel) -> Option<usize> {
    match (beats, feel) {
        ((SWUNG, THREE), Feel::Swing | Feel::Triplets) => [0, 9, 1, 2, 3, 9].get(step).copied(),
        ((SWUNG, THREE), _) => [0, 9, 1, 9, 2, 3].get(step).copied(),
        ((THREE, SWUNG), _) => [0, 2, 3, 4].get(step).copied(),
        _ => Some(step),
    }
    .filter(|step| *step != 9)
}

/// The eighths between a beat's first and last where both are as good as certain.
fn run(drum: &mut Facts) {
    const CERTAIN: f32 = 0.8;
    for first in (0..drum.chance.len()).step_by(THREE) {
        let Some(&[on, _, _, _, last, _]) = drum.chance.get(first..first + THREE) else {
            continue;
        };
        if on >= CERTAIN && last >= CERTAIN {
            drum.chance[first + 2] = last;
            drum.level[first + 2] = drum.level[first + 4];
        }
    }
}

/// The same of a figure's notes.
fn running(notes: &mut Vec<FigureNote>) {
    let there = |step: usize| notes.iter().any(|note| note.step == step);
    let between = notes
        .iter()
        .filter(|note| note.step % THREE == 4 && there(note.step - 4) && !there(note.step - 2));
    let more: Vec<FigureNote> = between
        .map(|note| FigureNote {
            step: note.step - 2,
            ..*note
        })
        .collect();
    notes.extend(more);
    notes.sort_by_key(|note| note.step);
}

fn drum(facts: &Facts, from: &Sources) -> Facts {
    let at = |step: &Option<usize>, of: &[f32]| step.map_or(0.0, |step| of[step]);
    let steps = |old: &[usize]| -> Vec<usize> {
        let all = from.iter().enumerate();
        let kept = all.filter(|(_, source)| source.is_some_and(|source| old.contains(&source)));
        kept.map(|(step, _)| step).collect()
    };
    let links = facts.links.iter().map(|link| Link {
        steps: steps(&link.steps),
        one: link.one,
    });
    Facts {
        piece: facts.piece,
        chance: from.iter().map(|step| at(step, &facts.chance)).collect(),
        level: from
            .iter()
            .map(|step| step.map_or(3, |step| facts.level[step]))
            .collect(),
        least: facts.least.as_ref().map(|(of, count)| (steps(of), *count)),
        swaps: facts.swaps.clone(),
        late: from.iter().map(|step| at(step, &facts.late)).collect(),
        links: links.filter(|link| !link.steps.is_empty()).collect(),
    }
}

fn figures(old: &Figures, from: &Sources) -> Figures {
    let version = |notes: &Vec<FigureNote>| {
        let all = from.iter().enumerate();
        all.flat_map(|(step, source)| {
            let there = notes.iter().filter(move |note| Some(note.step) == *source);
            there.map(move |note| FigureNote { step, ..*note })
        })
        .collect()
    };
    let accents = from.iter().enumerate();
    let accents = accents.filter(|(_, source)| source.is_some_and(|s| old.accents.contains(&s)));
    Figures {
        line: old.line.clone(),
        round: from.len(),
        versions: old.versions.iter().map(version).collect(),
        accents: accents.map(|(step, _)| step).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::PartKind;
    use crate::style::known::{named, named_in};

    fn placed(name: &str, metre: &str, piece: &str) -> Vec<usize> {
        let style = named(name, &|_| true).expect("it is known").style;
        let style = style.in_metre(metre).expect("it can be played so");
        let piece = pieces::named(piece).unwrap();
        let facts = style.drums.iter().find(|facts| facts.piece == piece);
        let chances = facts.expect("it has that piece").chance.iter().enumerate();
        let certain = chances.filter(|(_, chance)| **chance >= 1.0);
        certain.map(|(step, _)| step).collect()
    }

    #[test]
    fn grooves_keep_their_sense_in_other_metres() {
        assert_eq!(placed("rock", "7/8", "snare"), [4, 12]);
        assert_eq!(placed("rock", "5/4", "snare"), [4, 16]);
        assert_eq!(placed("rock", "3/4", "snare"), [8]);
        // Two bars of six make the four beats of a bar.
        assert_eq!(placed("shuffle", "6/8", "snare"), [6, 18]);
        assert_eq!(placed("shuffle", "12/8", "closed hat")[..4], [0, 4, 6, 10]);
        assert_eq!(placed("rock", "12/8", "closed hat")[..4], [0, 2, 4, 6]);
        // A beat of three is a beat in triplets.
        assert_eq!(placed("slow blues", "4/4", "closed hat")[..4], [0, 1, 3, 4]);
        assert_eq!(placed("slow blues", "4/4", "snare"), [4, 12]);
    }

    #[test]
    fn what_is_of_one_metre_stays_there_and_the_songs_metre_decides() {
        let waltz = named("waltz", &|_| true).unwrap().style;
        assert!(waltz.in_metre("4/4").is_none());
        assert!(waltz.in_metre("3/4").is_some());
        let called = |words: &str, metre: &str| {
            let found = named_in(words, PartKind::Drums, metre);
            found.map(|found| {
                (
                    found.style.name().to_owned(),
                    found.style.file().metre.clone(),
                )
            })
        };
        let is = |name: &str, metre: &str| Some((name.to_owned(), metre.to_owned()));
        assert_eq!(called("a jazz waltz", "3/4"), is("jazz waltz", "3/4"));
        assert_eq!(called("a jazz waltz", "4/4"), is("jazz swing", "4/4"));
        assert_eq!(called("slow blues", "4/4"), is("slow blues", "4/4"));
        assert_eq!(called("funk drums in 5/4", "5/4"), is("funk", "5/4"));
        assert_eq!(called("drums in 5/4", "5/4"), is("take five", "5/4"));
        assert_eq!(called("rock drums in 7/8", "7/8"), is("7/8 rock", "7/8"));
        assert_eq!(called("a waltz", "4/4"), None);
    }
}
