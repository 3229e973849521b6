//! What certain words ask of a part, and how it is done to notes, whoever wrote them: pieces, places, touch, form.
//!
//! | module | what it is |
//! |---|---|
//! | `when` | which bars |
//! | `kit` | pieces by name, and what they usually play |
//! | `drums` | pieces added, moved and taken away |
//! | `amounts` | more and less of them |
//! | `lines` | the same of a bass and of chords |
//! | `touch` | how hard, how late, how exactly |
//! | `form` | breakdowns, build-ups, beginnings and ends |
//! | `fills` | fills and crashes |

mod amounts;
mod drums;
mod fills;
mod form;
mod kit;
mod lines;
mod touch;
mod when;

pub use kit::Kit;
pub use when::When;

use crate::models::parts::roll::StepChord;
use crate::music::{GridNote, Part, PartKind};
use crate::style::Style;
use crate::style::places::Bars;

/// One thing that is asked for, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// Of these pieces, or of the whole part where this is empty.
    pub of: Vec<Kit>,
    /// What is to be done.
    pub act: Act,
    /// In these bars.
    pub when: When,
}

/// What is to be done. Places are as [`crate::style::places`] reads them.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// It doesn't play.
    Out,
    /// It plays, and nothing else does.
    Alone,
    /// It plays, as it usually does.
    In,
    /// It plays there, and nowhere else.
    On(String),
    /// It plays there, too.
    Also(String),
    /// It doesn't play there.
    NotOn(String),
    /// It plays what these play.
    For(Vec<Kit>),
    /// More of it, or less.
    More,
    /// See `More`.
    Less,
    /// Each stroke twice.
    Double,
    /// Soft strokes between the others, or none of them.
    Ghosts(bool),
    /// Hats are open, or closed.
    Open(bool),
    /// Harder or softer by so many degrees of [`touch::DEGREE`].
    Level(f32),
    /// Later (or earlier), ms.
    Late(f32),
    /// How far from its place each note stays, as a share of how far it is.
    Loose(f32),
    /// Second eighths, from straight (0) to triplets (1).
    Swing(f32),
    /// Of pitched parts.
    Line(Line),
    /// Of its form.
    Form(Span),
    /// A fill at the end of each of these bars, or none.
    Fill(Option<Fill>),
    /// A crash at the beginning of each of these bars; elsewhere none where this is true.
    Crash(bool),
}

/// What is asked of a line or of chords.
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    /// So many semitones up.
    Up(i8),
    /// Roots alone.
    Roots,
    /// Notes last as long as they can, or so many steps at most.
    Long,
    /// See `Long`.
    Short(f32),
    /// Each note lasts so much longer.
    Longer(f32),
    /// More than the root.
    Movement,
    /// Notes at these places, and nowhere else.
    On(String),
    /// Chords one note after the other.
    Arpeggio,
}

/// What becomes of some bars.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Span {
    /// Time is kept, softly, and nothing else is.
    Breakdown,
    /// It grows to the end.
    Build,
    /// All come in at once.
    Drop,
    /// One stroke, and silence.
    Break,
    /// The backbeat on three.
    HalfTime,
    /// It comes twice as often.
    DoubleTime,
    /// Louder and fuller.
    Bigger,
    /// From soft to loud, or from loud to nothing.
    Crescendo,
    /// See `Crescendo`.
    Fade,
    /// Nothing plays before the first of them.
    Start,
    /// The last stroke is on the first beat of the first of them.
    End,
    /// Nothing plays after the last of them.
    EndAfter,
    /// The first bar counts in.
    CountIn,
}

/// What a fill is to be like.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Fill {
    /// Beats it takes; as usual where nothing is said.
    pub beats: Option<usize>,
    /// It is to be on the toms, or on the snare alone.
    pub toms: Option<bool>,
}

/// What a part is changed by.
pub(super) struct Scene<'a> {
    pub(super) kind: PartKind,
    /// The first step of each bar, and the end of the last.
    pub(super) lines: &'a [usize],
    /// The network's name of the metre.
    pub(super) metre: &'static str,
    pub(super) chords: &'a [StepChord],
    /// Bars, from 0, that sections begin with.
    pub(super) sections: &'a [usize],
    pub(super) bpm: f64,
    pub(super) seed: u64,
    /// Whose fills are played.
    pub(super) style: Option<&'a Style>,
    /// The part is new: what goes with an order may be changed with it.
    pub(super) is_new: bool,
    /// Whether a note at a step, of a key, may change.
    pub(super) free: &'a dyn Fn(usize, u8) -> bool,
}

impl Scene<'_> {
    fn bars(&self) -> usize {
        self.lines.len() - 1
    }

    /// The bar that a step is in, from 0.
    fn bar_of(&self, step: usize) -> usize {
        self.lines.partition_point(|line| *line <= step).max(1) - 1
    }

    /// Steps of a felt beat.
    fn beat(&self) -> usize {
        if matches!(self.metre, "6/8" | "9/8") {
            6
        } else {
            4
        }
    }

    /// The steps of a bar at these places, counted in the song.
    fn at(&self, bar: usize, places: &str) -> Vec<usize> {
        let (from, to) = (self.lines[bar], self.lines[bar + 1]);
        let metre = match self.metre.ends_with("/8") {
            true => format!("{}/8", (to - from) / 2),
            false => format!("{}/4", (to - from) / 4),
        };
        let Ok(bars) = Bars::of(&metre, &[], 1) else {
            return Vec::new();
        };
        let words = places.split_ascii_whitespace();
        let each = words.flat_map(|place| bars.at(place).unwrap_or_default());
        let mut steps: Vec<usize> = each.map(|step| from + step).collect();
        steps.sort_unstable();
        steps.dedup();
        steps
    }

    /// How strong a step is in its bar: the first is 4, a beat 2 (the middle 3), an eighth 1.
    fn weight(&self, step: usize) -> u8 {
        let bar = self.bar_of(step);
        let (within, long) = (
            step - self.lines[bar],
            self.lines[bar + 1] - self.lines[bar],
        );
        match within {
            0 => 4,
            _ if within * 2 == long => 3,
            _ if within.is_multiple_of(self.beat()) => 2,
            _ if within.is_multiple_of(2) => 1,
            _ => 0,
        }
    }

    fn steps_a_ms(&self) -> f32 {
        (self.bpm / 60_000.0 * 4.0) as f32
    }

    /// Flags of the bars that a `when` means.
    fn flags(&self, when: &When) -> Vec<bool> {
        when.bars(self.bars(), self.sections)
    }

    /// Whether a note is in flagged bars and may change.
    fn is_in(&self, flags: &[bool], note: &GridNote) -> bool {
        let step = note.step as usize;
        flags.get(self.bar_of(step)).copied().unwrap_or(false) && (self.free)(step, note.key)
    }
}

/// A part as the orders want it, one after the other. Any thread but audio.
pub(super) fn followed(mut part: Part, orders: &[Order], scene: &Scene<'_>) -> Part {
    let is_drums = scene.kind == PartKind::Drums;
    // What says where things are comes before what says how.
    let mut sorted: Vec<&Order> = orders.iter().collect();
    sorted.sort_by_key(|order| rank(order));
    for order in sorted {
        let notes = std::mem::take(&mut part.notes);
        let flags = scene.flags(&order.when);
        let kept: Vec<GridNote> = match &order.act {
            Act::Level(_) | Act::Late(_) | Act::Loose(_) | Act::Swing(_) => {
                touch::done(notes, order, &flags, scene)
            }
            Act::Form(span) => form::done(notes, *span, &flags, scene),
            Act::Fill(_) | Act::Crash(_) if is_drums => fills::done(notes, order, &flags, scene),
            Act::Fill(_) | Act::Crash(_) => notes,
            Act::More | Act::Less | Act::Double if is_drums => {
                amounts::done(notes, order, &flags, scene)
            }
            _ if is_drums => drums::done(notes, order, &flags, scene),
            _ => lines::done(notes, order, &flags, scene),
        };
        part = Part::new(part.kind, kept);
    }
    if is_drums {
        // What came in with something else isn't what isn't to play.
        for order in orders {
            let flags = scene.flags(&order.when);
            part.notes =
                drums::without_denied(std::mem::take(&mut part.notes), order, &flags, scene);
        }
    }
    part
}

/// When an order's turn is.
fn rank(order: &Order) -> u8 {
    match &order.act {
        Act::Line(_) => 0,
        Act::For(_) | Act::In | Act::Open(_) => 1,
        Act::On(_) | Act::Also(_) | Act::NotOn(_) | Act::Ghosts(_) => 2,
        Act::More | Act::Less | Act::Double => 3,
        Act::Form(Span::HalfTime | Span::DoubleTime | Span::Bigger) => 4,
        Act::Fill(_) => 5,
        Act::Crash(_) => 6,
        Act::Form(Span::Breakdown | Span::Break) => 7,
        Act::Form(Span::Build) => 8,
        Act::Form(Span::Drop) => 9,
        Act::Out | Act::Alone => 10,
        Act::Level(_) | Act::Late(_) | Act::Loose(_) | Act::Swing(_) => 11,
        Act::Form(Span::Crescendo | Span::Fade) => 12,
        Act::Form(_) => 13,
    }
}
