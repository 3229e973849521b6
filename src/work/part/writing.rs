//! A part by the network and by rule: its first draft, fills, an intro, an ending.

use super::context::StemContext;
use super::stretches::StemSong;
use super::windows::Work;
use super::words::{Control, Edit, Said};
use super::{backbeat, kicks, rules, styled, words};
use crate::models::parts::Parts;
use crate::models::{Error, Models};
use crate::music::{Part, PartKind, STEPS};
use crate::work::Ticket;

/// What the network is told for a fill.
const FILL: &str = "drums with a drum fill at the end, toms";
/// A part with fewer notes than this a bar is asked for again, more densely: so.
const LEAST_A_BAR: f32 = 0.5;
/// Whole kits have this many hits a quarter note at least, unless sparse ones are asked for: over held
/// chords the network hardly plays.
const LEAST_A_QUARTER: f32 = 2.0;
const DENSER: [f32; 2] = [1.0, 2.0];
/// A part that the words want busy has at least this score, one that they want sparse at most its
/// negative; so often it is changed until it has.
const CLEARLY: f32 = 0.8;
const CLEARER: u64 = 2;
/// Between seeds of parts drawn anew: those of the next variations are near.
const OTHERWISE: u64 = 7_919;

/// What is asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StemAsk {
    /// The instruction, in the user's words; may be empty.
    pub words: String,
    /// The part; otherwise the one that the words name, or drums.
    pub kind: Option<PartKind>,
    /// The same seed gives the same part.
    pub seed: u64,
    /// The part that is there, and what of it is to be made anew.
    pub again: Option<Again>,
}

/// A part that is there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Again {
    /// It.
    pub part: Part,
    /// For each bar as the song counts them, whether it is made anew; all where this is empty.
    pub bars: Vec<bool>,
    /// Keys of the pieces that are made anew; all where this is empty.
    pub pieces: Vec<u8>,
    /// Bars that stay, and keys that stay, whatever else is asked for.
    pub locked_bars: Vec<bool>,
    /// See `locked_bars`.
    pub locked_pieces: Vec<u8>,
    /// The words are those it was made from: they change nothing by themselves.
    pub same_words: bool,
}

impl Again {
    /// Whether a note at this place may change; `bar` is the steps of a bar.
    pub(super) fn frees(&self, step: usize, key: Option<u8>, bar: usize) -> bool {
        let number = step / bar;
        let of = |bars: &[bool]| bars.get(number).copied().unwrap_or(false);
        let chosen = self.bars.is_empty() || of(&self.bars);
        let piece = key.is_none_or(|key| self.pieces.is_empty() || self.pieces.contains(&key));
        let locked = key.is_some_and(|key| self.locked_pieces.contains(&key));
        chosen && piece && !of(&self.locked_bars) && !locked
    }
}

/// Writes a part as long as the song. The same song, ask and pack give the same part. Some 0.2 s for
/// eight bars. Any thread but audio.
///
/// # Errors
/// [`Error::Cancelled`]; otherwise one sentence.
pub fn write_part(song: &StemSong, ask: &StemAsk, ticket: &mut Ticket<'_>) -> Result<Part, Error> {
    // What a style says needs none.
    let mut models = None;
    let kind = ask.kind.unwrap_or(words::read(&ask.words).part());
    let words = words::for_part(&ask.words, kind).words;
    let mut said = words::read(&words);
    if ask.again.as_ref().is_some_and(|again| again.same_words) {
        said.edit = None;
    }
    let mut fills = rules::fills(&said, kind, song.bars(), ask.again.is_some());
    if let Some(again) = ask.again.as_ref().filter(|again| !again.bars.is_empty()) {
        fills.retain(|bar| again.bars.get(bar - 1) == Some(&true));
    }
    let before = ask.again.as_ref().map(|again| &again.part);
    let stretches = song.stretches();
    let mut notes = Vec::new();
    for (number, stretch) in stretches.iter().enumerate() {
        let ask = StemAsk {
            words: words.clone(),
            kind: Some(kind),
            again: ask.again.as_ref().map(|again| stretch.again(again)),
            ..ask.clone()
        };
        let fills = stretch.own(&fills);
        let share = |number: usize| number as f32 / stretches.len() as f32;
        let mut ticket = ticket.part(share(number)..share(number + 1));
        let mut writing = Writing {
            models: &mut models,
            context: &stretch.context,
            ask: &ask,
            said: &said,
            kind,
        };
        let part = writing.stretch(&fills, &mut ticket)?;
        notes.extend(stretch.to_song(part.notes, before));
    }
    let mut part = Part::new(Some(kind), notes);
    if ask.again.is_none() {
        let lines = song.lines();
        if said.intro {
            part = rules::with_intro(part, &lines);
        }
        if said.ending {
            part = rules::with_ending(part, &lines);
        }
    }
    Ok(part)
}

/// The models that parts are made with, opened if they aren't.
fn opened(models: &mut Option<Models>) -> Result<&mut Models, Error> {
    match models {
        Some(models) => Ok(models),
        empty => Ok(empty.insert(Models::of("parts")?)),
    }
}

/// The part of a stretch in the making.
struct Writing<'a> {
    models: &'a mut Option<Models>,
    context: &'a StemContext,
    ask: &'a StemAsk,
    said: &'a Said,
    kind: PartKind,
}

impl Writing<'_> {
    /// The part of a stretch, with fills in these of its bars.
    fn stretch(&mut self, fills: &[usize], ticket: &mut Ticket<'_>) -> Result<Part, Error> {
        let Self {
            context, ask, said, ..
        } = *self;
        let styled = self.styled();
        let is_styled = styled.is_some();
        let first = if fills.is_empty() { 1.0 } else { 0.6 };
        let mut part = match styled {
            Some(part) => part,
            None => self.first(&mut ticket.part(0.0..first))?,
        };
        if !fills.is_empty() && !is_styled {
            let again = Again {
                bars: (1..=context.bars())
                    .map(|bar| fills.contains(&bar))
                    .collect(),
                part,
                ..ask.again.clone().unwrap_or_default()
            };
            let busy = Said {
                controls: vec![(Control::Density, 1.8)],
                banned: said.banned.clone(),
                ..Said::default()
            };
            let work = Work {
                context,
                kind: self.kind,
                said: &busy,
                text: &opened(self.models)?.text()?.plain(FILL)?,
                seed: ask.seed ^ 0x5eed,
                again: Some(&again),
            };
            part = work.run(opened(self.models)?.parts()?, &mut ticket.part(first..1.0))?;
        }
        let bar = context.bar_written();
        let sizes = (context.steps, bar, context.metre);
        Ok(kicks::on_every_beat(part, said, sizes, &|step, key| {
            let again = ask.again.as_ref();
            again.is_none_or(|again| again.frees(step, Some(key), bar))
        }))
    }

    /// The part in the style that the words name, fills and all; none where they name none, or change what is there by rule.
    fn styled(&self) -> Option<Part> {
        let Self {
            context,
            ask,
            said,
            kind,
            ..
        } = *self;
        let by_rule = |edit| context.suits_the_network() || rules::does(edit);
        if ask.again.is_some() && said.edit.is_some_and(by_rule) {
            return None;
        }
        let style = styled::named(&ask.words, kind, context.metre);
        let style = style.or_else(|| styled::instead(context, kind))?;
        let wanted = styled::Wanted {
            said,
            kind,
            seed: ask.seed,
            again: ask.again.as_ref(),
        };
        let part = styled::part(style, context, &wanted);
        if ask.again.is_some() {
            return Some(part);
        }
        let sizes = (context.steps, context.bar_written());
        let said = &Said {
            swing: said.swing.filter(|_| !style.swings()),
            ..said.clone()
        };
        Some(rules::as_said(part, said, sizes, context.metre))
    }

    /// The part without its fills.
    fn first(&mut self, ticket: &mut Ticket<'_>) -> Result<Part, Error> {
        let Self {
            context, ask, said, ..
        } = *self;
        let bar = context.bar_written();
        let sizes = (context.steps, bar);
        if let (Some(edit), Some(again)) = (said.edit, &ask.again)
            && rules::does(edit)
        {
            let free = |step: usize, key: u8| again.frees(step, Some(key), bar);
            return Ok(rules::edited(&again.part, edit, sizes, &free));
        }
        let work = Work {
            context,
            kind: self.kind,
            said,
            text: &opened(self.models)?.text()?.plain(&ask.words)?,
            seed: ask.seed,
            again: ask.again.as_ref(),
        };
        let parts = opened(self.models)?.parts()?;
        let part = work.run(parts, ticket)?;
        if ask.again.is_some() {
            return Ok(part);
        }
        let part = as_busy_as_said(part, &work, parts, &mut ticket.part(1.0..1.0))?;
        let mut part = kicks::instead_of_snares(part, said, sizes, context.metre);
        if backbeat::is_wanted(&ask.words, said, (context.metre, bar)) {
            part = backbeat::given(part, context.steps / bar);
        }
        Ok(rules::as_said(part, said, sizes, context.metre))
    }
}

/// What is asked once more where the network hardly plays, or isn't as busy or as sparse as the words
/// want it.
fn as_busy_as_said(
    mut part: Part,
    work: &Work<'_>,
    parts: &mut Parts,
    ticket: &mut Ticket<'_>,
) -> Result<Part, Error> {
    let (wanted, steps) = (work.said.density().unwrap_or(0.0), work.context.steps);
    let least = LEAST_A_BAR * work.context.bars() as f32;
    let whole_kit = work.kind == PartKind::Drums && work.said.banned.is_empty();
    let enough = if whole_kit && wanted >= 0.0 {
        LEAST_A_QUARTER * steps as f32 / STEPS as f32
    } else {
        least
    };
    for density in DENSER {
        if part.notes.len() as f32 >= enough {
            break;
        }
        let said = &work.said.as_busy_as(Some(density));
        part = Work { said, ..*work }.run(parts, ticket)?;
    }
    let way = wanted.signum();
    let vocabulary = parts.vocabulary().clone();
    let busyness = |part: &Part| vocabulary.scores(work.kind, &part.notes, steps)[0];
    for round in 1..=CLEARER {
        if wanted == 0.0 || way * busyness(&part) >= CLEARLY {
            break;
        }
        let edit = if wanted > 0.0 {
            Edit::Busier
        } else {
            Edit::Sparser
        };
        let (mut said, mut again) = (work.said.as_busy_as(Some(2.0 * way)), None);
        // Of drums hits are added or taken away; other parts are drawn anew.
        if work.kind == PartKind::Drums {
            said = Said {
                edit: Some(edit),
                ..work.said.as_busy_as(None)
            };
            again = Some(Again {
                part: part.clone(),
                ..Again::default()
            });
        }
        let asked = Work {
            said: &said,
            again: again.as_ref(),
            seed: work.seed.wrapping_add(round * OTHERWISE),
            ..*work
        };
        let next = asked.run(parts, ticket)?;
        if next.notes.len() as f32 >= least && way * busyness(&next) > way * busyness(&part) {
            part = next;
        }
    }
    Ok(part)
}
