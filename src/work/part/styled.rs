//! Parts in a style that is named: by what is known of it, instead of by the network.

use super::Again;
use super::context::StemContext;
use super::words::{Control, Said};
use crate::music::{Chord, GridNote, Part, PartKind, Quality};
use crate::style::{self, Named, Setting, Style};

/// Notes up to this key, of a song whose parts aren't told apart, are its bass.
const HIGHEST_BASS: u8 = 50;

/// What a style at half its pace is called; a rule does that to any of them.
const HALF_TIME: [&str; 3] = ["half-time", "half time", "halftime"];

/// The style that the words name, if it says what this part plays, in a song of this metre. Any thread but audio.
#[must_use]
pub fn named(words: &str, kind: PartKind, metre: &str) -> Option<&'static Style> {
    let found = style::named_in(words, kind, metre)?;
    let lower = words.to_lowercase();
    let half = HALF_TIME.iter().find(|half| lower.contains(*half));
    // "Half-time funk" is funk; "half-time shuffle" has its own name.
    let other = half.filter(|_| found.words <= 2).and_then(|half| {
        let rest = lower.replace(half, " ");
        style::named_in(&rest, kind, metre)
    });
    Some(other.unwrap_or(found).style)
}

/// The style of a part that the network can't write, for its metre: the one that suits the song best. Any thread but audio.
pub(super) fn instead(context: &StemContext, kind: PartKind) -> Option<&'static Style> {
    match context.suits_the_network() {
        true => None,
        false => style::for_song(kind, context.bpm, context.metre, false, &[]),
    }
}

/// What the user should know of what the words name, in a sentence: a style in another metre than the song's, or
/// nothing at all. Any thread but audio.
#[must_use]
pub fn notice(words: &str, kind: PartKind, metre: &str) -> Option<String> {
    let part = kind.name().to_lowercase();
    let said = words.trim();
    if !said.is_empty() && !super::words::says_anything(said) {
        return Some(format!(
            "Nothing in “{said}” says how to play: this is a plain part for {part}."
        ));
    }
    let Named { style, .. } = style::named(words, &|style| style.has(kind))?;
    let other = named(words, kind, metre).is_none();
    other.then(|| {
        format!(
            "“{}” is in {}, and this song in {metre}: the part is written without that style.",
            style.name(),
            style.file().metre
        )
    })
}

/// What the words want of it, and where.
pub(super) struct Wanted<'a> {
    pub(super) said: &'a Said,
    pub(super) kind: PartKind,
    pub(super) seed: u64,
    pub(super) again: Option<&'a Again>,
}

/// The part. Any thread but audio.
pub(super) fn part(style: &Style, context: &StemContext, wanted: &Wanted<'_>) -> Part {
    let Wanted {
        said,
        kind,
        seed,
        again,
    } = *wanted;
    let chords: Vec<Chord> = context
        .chords
        .iter()
        .map(|chord| Chord {
            root: chord.root,
            quality: Quality::ALL[usize::from(chord.quality).min(Quality::ALL.len() - 1)],
            bass: None,
        })
        .collect();
    let low = context.heard.iter().filter(|note| note.key <= HIGHEST_BASS);
    let heard = Part::new(Some(PartKind::Bass), low.copied().collect());
    let mut given = context.given_besides(kind);
    if kind != PartKind::Bass && !heard.notes.is_empty() {
        // A bass that is known comes first.
        given.push(&heard);
    }
    let control = |wanted: Control| {
        let mut said = said.controls.iter();
        said.find(|(control, _)| *control == wanted)
            .map_or(0.0, |(_, score)| *score)
    };
    let (written, bar) = (context.bar_written(), context.bar);
    let in_bars = |bar_said: &usize| (bar_said * written).div_ceil(bar).saturating_sub(1);
    let fills: Vec<usize> = said.fills.iter().map(in_bars).collect();
    let banned: Vec<&str> = said.banned.clone();
    let setting = Setting {
        steps: context.steps,
        chords: &chords,
        key: context.key,
        bpm: context.bpm,
        given: &given,
        seed,
        busy: control(Control::Density),
        loud: control(Control::Loudness),
        fills: &fills,
        section_fills: said.section_fills,
        ends: &[],
        banned: &banned,
        follow: 0.0,
    };
    let part = style.write(kind, &setting).unwrap_or_default();
    match again {
        None => part,
        Some(again) => Part::new(Some(kind), merged(part, again, kind, written)),
    }
}

/// What is new where it may be, and what was there elsewhere.
fn merged(new: Part, again: &Again, kind: PartKind, bar: usize) -> Vec<GridNote> {
    let drums = kind == PartKind::Drums;
    let free = |note: &GridNote| again.frees(note.step as usize, drums.then_some(note.key), bar);
    let old = again.part.notes.iter().filter(|note| !free(note)).copied();
    old.chain(new.notes.into_iter().filter(free)).collect()
}
