//! A part: in a style or by the network, and then as the orders want it.

use super::context::StemContext;
use super::orders::{self, Act, Fill, Order, Scene, When};
use super::sliders::Sliders;
use super::stretches::StemSong;
use super::windows::Work;
use super::words::{Edit, Said};
use super::{backbeat, kicks, rules, styled, words};
use crate::models::parts::Parts;
use crate::models::{Error, Models};
use crate::music::{Part, PartKind, STEPS};
use crate::work::Ticket;

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
    /// What is set by hand.
    pub sliders: Sliders,
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
        self.frees_in(step / bar, key)
    }

    /// The same of a bar by its number, from 0.
    pub(super) fn frees_in(&self, number: usize, key: Option<u8>) -> bool {
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
    let kind = ask.kind.unwrap_or(words::read(&ask.words).part());
    let words = words::for_part(&ask.words, kind).words;
    let mut said = words::read(&words);
    let again = ask.again.as_ref();
    let is_set = ask.sliders != Sliders::default();
    let says = is_set || !words.trim().is_empty();
    let changed = again.filter(|again| !again.same_words && says);
    if changed.is_none() && again.is_some() {
        said.edit = None;
    }
    let (metre, sections) = (song.first().metre, song.sections());
    ask.sliders.set(&mut said);
    // What is said besides may name a style; only then it is written anew.
    let rest = changed.map(|_| words::rest(&words));
    let style = styled::named(rest.as_ref().unwrap_or(&words), kind, metre);
    let changed = changed.filter(|_| style.is_none());
    let mut orders = rules::orders(&said, kind, metre, changed.is_some());
    orders.extend(ask.sliders.orders());
    orders.extend(said.orders.iter().cloned());
    let base = match changed {
        Some(again) if !orders.is_empty() || !words::says_anything(&words) => again.part.clone(),
        _ => {
            let own = StemAsk {
                words: words.clone(),
                kind: Some(kind),
                ..ask.clone()
            };
            let (part, is_styled) = base(song, &own, &said, ticket)?;
            // Where nothing is said of them, sections end in fills; styles have theirs.
            let usual = rules::fills(&said, kind, (song.bars(), &sections), again.is_some());
            let fill = |bar: usize| Order {
                of: Vec::new(),
                act: Act::Fill(Some(Fill::default())),
                when: When::Bars(bar, bar),
            };
            orders.extend(usual.into_iter().filter(|_| !is_styled).map(fill));
            orders.extend(density(&said, kind).filter(|_| is_styled && again.is_none()));
            part
        }
    };
    let lines = song.lines();
    let bar_of = |step: usize| lines.partition_point(|line| *line <= step).max(1) - 1;
    let drums = kind == PartKind::Drums;
    let free = |step: usize, key: u8| {
        again.is_none_or(|again| again.frees_in(bar_of(step), drums.then_some(key)))
    };
    let scene = Scene {
        kind,
        lines: &lines,
        metre,
        chords: &song.chords(),
        sections: &sections,
        bpm: song.first().bpm,
        seed: ask.seed,
        style: style.filter(|_| drums),
        is_new: again.is_none(),
        free: &free,
    };
    let mut part = orders::followed(base, &orders, &scene);
    if again.is_none() && said.intro {
        part = rules::with_intro(part, &lines);
    }
    Ok(part)
}

/// A styled line is as busy as it is said to be by rule; drums of a style are by their odds, and sparse ones by rule as well.
fn density(said: &Said, kind: PartKind) -> Option<Order> {
    let score = said
        .density()
        .filter(|score| *score < 0.0 || kind != PartKind::Drums)?;
    Some(Order {
        of: Vec::new(),
        act: if score > 0.0 { Act::More } else { Act::Less },
        when: When::Always,
    })
}

/// The part before it is as the orders want it, and whether it is in a style.
fn base(
    song: &StemSong,
    ask: &StemAsk,
    said: &Said,
    ticket: &mut Ticket<'_>,
) -> Result<(Part, bool), Error> {
    // What a style says needs none.
    let mut models = None;
    let kind = ask.kind.unwrap_or(PartKind::Drums);
    let before = ask.again.as_ref().map(|again| &again.part);
    let stretches = song.stretches();
    let (mut notes, mut is_styled) = (Vec::new(), true);
    for (number, stretch) in stretches.iter().enumerate() {
        let own = StemAsk {
            again: ask.again.as_ref().map(|again| stretch.again(again)),
            ..ask.clone()
        };
        let share = |number: usize| number as f32 / stretches.len() as f32;
        let mut ticket = ticket.part(share(number)..share(number + 1));
        let mut writing = Writing {
            models: &mut models,
            context: &stretch.context,
            ask: &own,
            said,
            kind,
        };
        let (part, styled) = writing.stretch(&mut ticket)?;
        is_styled &= styled;
        notes.extend(stretch.to_song(part.notes, before));
    }
    Ok((Part::new(Some(kind), notes), is_styled))
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
    /// The part of a stretch, and whether it is in a style.
    fn stretch(&mut self, ticket: &mut Ticket<'_>) -> Result<(Part, bool), Error> {
        let Self {
            context, ask, said, ..
        } = *self;
        let styled = self.styled();
        let is_styled = styled.is_some();
        let part = match styled {
            Some(part) => part,
            None => self.first(ticket)?,
        };
        let bar = context.bar_written();
        let sizes = (context.steps, bar, context.metre);
        let part = kicks::on_every_beat(part, said, sizes, &|step, key| {
            let again = ask.again.as_ref();
            again.is_none_or(|again| again.frees(step, Some(key), bar))
        });
        Ok((part, is_styled))
    }

    /// The part in the style that the words name, fills and all; none where they name none.
    fn styled(&self) -> Option<Part> {
        let Self {
            context,
            ask,
            said,
            kind,
            ..
        } = *self;
        let style = styled::named(&ask.words, kind, context.metre);
        let style = style.or_else(|| styled::suiting(context, kind))?;
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
        // What swings by itself does so by tempo.
        let said = &Said {
            swing: said.swing.filter(|late| !(*late && style.swings())),
            ..said.clone()
        };
        Some(rules::as_swung(part, said, context.metre))
    }

    /// The part as the network has it.
    fn first(&mut self, ticket: &mut Ticket<'_>) -> Result<Part, Error> {
        let Self {
            context, ask, said, ..
        } = *self;
        let bar = context.bar_written();
        let sizes = (context.steps, bar);
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
        Ok(rules::as_swung(part, said, context.metre))
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
