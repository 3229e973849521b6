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
    // Where pieces of a kit play is an order.
    let words = match kind {
        PartKind::Drums => super::words::without_bars(words),
        _ => super::words::with_values(words),
    };
    let found = style::named_in(&words, kind, metre)?;
    let lower = words.to_lowercase();
    let half = HALF_TIME.iter().find(|half| lower.contains(*half));
    // "Half-time funk" is funk; "half-time shuffle" has its own name.
    let other = half.filter(|_| found.words <= 2).and_then(|half| {
        let rest = lower.replace(half, " ");
        style::named_in(&rest, kind, metre)
    });
    Some(other.unwrap_or(found).style)
}

/// The style of a part whose words name none: the one that suits the song, where its genre is clear or the network can't
/// write in its metre. Any thread but audio.
pub(super) fn suiting(context: &StemContext, kind: PartKind) -> Option<&'static Style> {
    if context.genres.is_empty() && context.suits_the_network() {
        return None;
    }
    let genres = context
        .genres
        .iter()
        .map(|(name, sure)| (name.as_str(), *sure));
    let genres: Vec<_> = genres.collect();
    style::for_song(kind, context.bpm, context.metre, context.swings, &genres)
}

/// What the user should know of what the words name, in sentences: words that nothing is known of, a style in another metre
/// than the song's, or that they say nothing at all. Any thread but audio.
#[must_use]
pub fn notice(words: &str, kind: PartKind, metre: &str) -> Option<String> {
    let unknown = unknown(words);
    let other = other_metre(words, kind, metre);
    let said = words.trim();
    let nothing = unknown.is_none() && !said.is_empty() && !super::words::says_anything(said);
    let nothing = nothing.then(|| {
        let part = kind.name().to_lowercase();
        format!("Nothing in “{said}” says how to play: this is a plain part for {part}.")
    });
    let all: Vec<String> = unknown.into_iter().chain(nothing).chain(other).collect();
    (!all.is_empty()).then(|| all.join(" "))
}

/// The words that nothing is known of, in a sentence. Any thread but audio.
#[must_use]
pub fn unknown(words: &str) -> Option<String> {
    let quoted: Vec<String> = super::words::unknown(words)
        .into_iter()
        .map(|word| format!("“{word}”"))
        .collect();
    let (last, others) = quoted.split_last()?;
    Some(match others {
        [] => format!("I don't know {last}."),
        _ => format!("I don't know {} and {last}.", others.join(", ")),
    })
}

/// That a style that is named is in another metre, and what is written instead.
fn other_metre(words: &str, kind: PartKind, metre: &str) -> Option<String> {
    let english = super::words::without_bars(words);
    let Named { style, .. } = style::named(&english, &|style| style.has(kind))?;
    if style.file().metre == metre {
        return None;
    }
    let how = match style::named_in(&english, kind, metre) {
        // What is usually in four says nothing of the metre; a waltz does.
        Some(there) if there.style.name() == style.name() && style.file().metre == "4/4" => {
            return None;
        }
        Some(there) if there.style.name() == style.name() => {
            "it is played in the song's".to_owned()
        }
        Some(other) => format!("the part is written as {}", other.style.name()),
        None => "the part is written without that style".to_owned(),
    };
    Some(format!(
        "“{}” is in {}, and this song in {metre}: {how}.",
        style.name(),
        style.file().metre
    ))
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
    // The style counts bars of its own metre.
    let ends: Vec<usize> = context
        .sections
        .iter()
        .map(|first| first * written / bar)
        .collect();
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
        fills: &[],
        section_fills: said.section_fills,
        ends: &ends,
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
