//! The parts network, asked window by window.

use super::context::StemContext;
use super::rules;
use super::words::{self, Control, Edit, Said};
use crate::models::parts::roll::{self, StepChord};
use crate::models::parts::{BARS, CONTROLS, PARTS, PATCH, Parts, Request, Role, STREAMS};
use crate::models::text::TextEncoder;
use crate::models::{Error, Pack};
use crate::music::{GridNote, Key, Mode, Part, PartKind};

/// How far an edit moves what it changes: scores go from −2 to 2.
const EDIT: f32 = 1.2;
/// What the network is told for a fill.
const FILL: &str = "drums with a drum fill at the end, toms";
/// Controls of a part.
const CONTROLS_A_PART: usize = CONTROLS / 2 / PARTS;
/// Bars of a section: longer parts have fills at their ends.
const SECTION: usize = 8;
/// A part with fewer notes than this a bar is asked for again, more densely, so often.
const LEAST_A_BAR: f32 = 0.5;
const TRIES: u8 = 3;

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
    fn frees(&self, step: usize, key: Option<u8>, bar: usize) -> bool {
        let number = step / bar;
        let of = |bars: &[bool]| bars.get(number).copied().unwrap_or(false);
        let chosen = self.bars.is_empty() || of(&self.bars);
        let piece = key.is_none_or(|key| self.pieces.is_empty() || self.pieces.contains(&key));
        let locked = key.is_some_and(|key| self.locked_pieces.contains(&key));
        chosen && piece && !of(&self.locked_bars) && !locked
    }
}

/// The models that parts are made with.
#[derive(Debug)]
pub struct StemModels {
    parts: Parts,
    text: TextEncoder,
}

impl StemModels {
    /// Loads them. Any thread but audio.
    ///
    /// # Errors
    /// [`Error::Pack`] or [`Error::Runtime`].
    pub fn load() -> Result<Self, Error> {
        let pack = Pack::open()?;
        Ok(Self {
            parts: Parts::load(&pack)?,
            text: TextEncoder::load(&pack)?,
        })
    }

    /// Makes a part as long as the context. `go_on` is told the share done, 0..=1, and says whether to
    /// go on. Some 0.2 s for eight bars. Any thread but audio.
    ///
    /// # Errors
    /// [`Error::Cancelled`]; otherwise one sentence.
    pub fn make(
        &mut self,
        context: &StemContext,
        ask: &StemAsk,
        go_on: &mut dyn FnMut(f32) -> bool,
    ) -> Result<Part, Error> {
        let mut said = words::read(&ask.words);
        if ask.again.as_ref().is_some_and(|again| again.same_words) {
            said.edit = None;
        }
        let kind = ask.kind.or(said.kind).unwrap_or(PartKind::Drums);
        let bars = context.bars();
        let mut fills = fills(&said, kind, bars, ask.again.is_some());
        if let Some(again) = ask.again.as_ref().filter(|again| !again.bars.is_empty()) {
            fills.retain(|bar| again.bars.get(bar - 1) == Some(&true));
        }
        let first = if fills.is_empty() { 1.0 } else { 0.6 };
        let text = self.text.plain(&ask.words)?;
        let mut part = self.first(context, ask, &said, kind, &text, &mut |part| {
            go_on(part * first)
        })?;
        if !fills.is_empty() {
            let again = Again {
                bars: (1..=bars).map(|bar| fills.contains(&bar)).collect(),
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
                kind,
                said: &busy,
                text: &self.text.plain(FILL)?,
                seed: ask.seed ^ 0x5eed,
                again: Some(&again),
            };
            part = work.run(&mut self.parts, &mut |part| {
                go_on(first + (1.0 - first) * part)
            })?;
        }
        if ask.again.is_none() {
            let bar = context.bar_written();
            if said.intro {
                part = rules::with_intro(part, bars, bar);
            }
            if said.ending {
                part = rules::with_ending(part, bars, bar);
            }
        }
        Ok(part)
    }

    /// The part without its fills.
    fn first(
        &mut self,
        context: &StemContext,
        ask: &StemAsk,
        said: &Said,
        kind: PartKind,
        text: &[f32],
        go_on: &mut dyn FnMut(f32) -> bool,
    ) -> Result<Part, Error> {
        if let (Some(edit), Some(again)) = (said.edit, &ask.again)
            && rules::does(edit)
        {
            let bar = context.bar_written();
            let free = |step: usize, key: u8| again.frees(step, Some(key), bar);
            return Ok(rules::edited(
                &again.part,
                edit,
                (context.steps, bar),
                &free,
            ));
        }
        let mut said = said.clone();
        for attempt in 1..=TRIES {
            let work = Work {
                context,
                kind,
                said: &said,
                text,
                seed: ask.seed,
                again: ask.again.as_ref(),
            };
            let part = work.run(&mut self.parts, go_on)?;
            let enough = LEAST_A_BAR * context.bars() as f32;
            if ask.again.is_some() || attempt == TRIES || part.notes.len() as f32 >= enough {
                return Ok(part);
            }
            // A part that hardly plays is no part: what was asked for is only so sparse.
            said.controls
                .retain(|(control, _)| *control != Control::Density);
            said.controls.push((Control::Density, f32::from(attempt)));
        }
        unreachable!("the last attempt returns")
    }
}

/// Bars, from 1, that get a fill: those named, and the ends of sections in long parts of drums, unless
/// the words say otherwise.
fn fills(said: &Said, kind: PartKind, bars: usize, again: bool) -> Vec<usize> {
    if kind != PartKind::Drums {
        return Vec::new();
    }
    let mut fills = said.fills.clone();
    if said.section_fills.unwrap_or(bars > SECTION && !again) {
        fills.extend((1..=bars / SECTION).map(|section| section * SECTION));
        if bars < SECTION {
            fills.push(bars);
        }
    }
    if said.ending && !again {
        // The fill leads into the last bar, which is one beat.
        fills.retain(|bar| *bar != bars);
        fills.extend((bars > 2).then_some(bars - 1));
    }
    let intro = if said.intro {
        rules::intro_bars(bars)
    } else {
        0
    };
    fills.extend((intro > 0 && !again).then_some(intro));
    fills.retain(|bar| (1..=bars).contains(bar));
    fills.sort_unstable();
    fills.dedup();
    fills
}

struct Work<'a> {
    context: &'a StemContext,
    kind: PartKind,
    said: &'a Said,
    text: &'a [f32],
    seed: u64,
    again: Option<&'a Again>,
}

impl Work<'_> {
    fn run(&self, parts: &mut Parts, go_on: &mut dyn FnMut(f32) -> bool) -> Result<Part, Error> {
        let context = self.context;
        let window = BARS * context.bar;
        // A shorter song is heard over and over.
        let steps = context.steps.max(window);
        let chords: Vec<StepChord> = (0..steps)
            .map(|step| context.chords[step % context.steps])
            .collect();
        let mut rows = self.rows(parts, &chords);
        let starts = starts(steps, window, context.bar);
        let count = starts.len();
        let settings = parts.vocabulary().sampler(self.kind == PartKind::Drums);
        for (number, start) in starts.into_iter().enumerate() {
            let request = self.request(parts, &rows, &chords, start, window);
            let seed = self.seed.wrapping_add(number as u64);
            let made = parts.fill(&request, &settings, seed, &mut |part| {
                go_on((number as f32 + part) / count as f32)
            })?;
            rows[start * STREAMS..][..window * STREAMS].copy_from_slice(&made);
        }
        let rows = &rows[..context.steps * STREAMS];
        let made = parts
            .vocabulary()
            .decode(self.kind, rows, &chords[..context.steps]);
        Ok(Part::new(Some(self.kind), self.merged(made)))
    }

    /// Rows of all steps: what is known of all parts, and masks where something is to be found.
    fn rows(&self, parts: &Parts, chords: &[StepChord]) -> Vec<u16> {
        let vocabulary = parts.vocabulary();
        let mut rows = roll::empty(chords.len());
        let repeated = |notes: &[GridNote]| -> Vec<GridNote> {
            let rounds = chords.len().div_ceil(self.context.steps);
            let round = |round: usize| {
                let later = (round * self.context.steps) as u32;
                notes.iter().map(move |note| GridNote {
                    step: note.step + later,
                    ..*note
                })
            };
            (0..rounds).flat_map(round).collect()
        };
        for part in self.context.given_besides(self.kind) {
            if let Some(kind) = part.kind {
                vocabulary.encode(kind, &repeated(&part.notes), chords, &mut rows);
            }
        }
        if let Some(again) = self.again {
            vocabulary.encode(self.kind, &repeated(&again.part.notes), chords, &mut rows);
        }
        let banned = |stream: usize| {
            let piece = vocabulary
                .pieces
                .get(stream)
                .filter(|_| self.kind == PartKind::Drums);
            piece.is_some_and(|piece| self.said.banned.contains(&piece.name.as_str()))
        };
        let plays: Vec<bool> = (0..STREAMS)
            .map(|stream| {
                rows.iter()
                    .skip(stream)
                    .step_by(STREAMS)
                    .any(|token| *token > 0)
            })
            .collect();
        let bar = self.context.bar_written();
        for (step, row) in rows.chunks_exact_mut(STREAMS).enumerate() {
            let place = step % self.context.steps;
            for stream in roll::streams(self.kind) {
                if banned(stream) {
                    row[stream] = 0;
                    continue;
                }
                let key = vocabulary
                    .pieces
                    .get(stream)
                    .filter(|_| self.kind == PartKind::Drums);
                let free = match self.again {
                    None => true,
                    Some(again) => {
                        again.frees(place, key.map(|piece| piece.key), bar)
                            && self.edits(stream, row[stream], plays[stream])
                    }
                };
                if free {
                    row[stream] = vocabulary.masks[stream];
                }
            }
        }
        rows
    }

    /// Whether an edit draws a token again: busier only adds hits of what plays, sparser only takes
    /// some away.
    fn edits(&self, stream: usize, token: u16, plays: bool) -> bool {
        let drum = self.kind == PartKind::Drums && stream < crate::models::parts::PIECES;
        match self.said.edit {
            Some(Edit::Busier) if drum => plays && token == 0,
            Some(Edit::Sparser) if drum => token > 0,
            _ => true,
        }
    }

    fn request(
        &self,
        parts: &Parts,
        rows: &[u16],
        chords: &[StepChord],
        start: usize,
        window: usize,
    ) -> Request {
        let context = self.context;
        let chords = &chords[start..start + window];
        let tokens = rows[start * STREAMS..][..window * STREAMS].to_vec();
        let mut role = [Role::Absent; PARTS];
        for part in context.given_besides(self.kind) {
            if let Some(kind) = part.kind {
                role[roll::index(kind)] = Role::Given;
            }
        }
        // Parts that are heard and not told apart are absent: their harmony alone is known.
        role[roll::index(self.kind)] = Role::Fill;
        let Key { tonic, mode } = context.key;
        let chord = chords
            .iter()
            .flat_map(|chord| [(chord.root + 12 - tonic) % 12, chord.root, chord.quality]);
        let patches = context.bar / PATCH;
        let vocabulary = parts.vocabulary();
        let metre = vocabulary
            .metres
            .iter()
            .position(|name| name == context.metre);
        let place = (0..window / PATCH).flat_map(|patch| {
            [
                metre.unwrap_or(0) as u8,
                (patch / patches) as u8,
                (patch % patches) as u8,
            ]
        });
        let heard = heard_in(&context.heard, context.steps, start, window);
        Request {
            tokens,
            role,
            chord: chord.collect(),
            heard: vocabulary.heard(&heard, chords),
            place: place.collect(),
            song: [
                (context.bpm / 110.0).log2() as f32,
                f32::from(u8::from(mode == Mode::Minor)),
                f32::from(u8::from(context.knows_chords)),
            ],
            text: self.text.to_vec(),
            controls: self.controls(parts),
        }
    }

    fn controls(&self, parts: &Parts) -> Vec<f32> {
        let mut numbers = vec![0.0; CONTROLS];
        let mut ask = |control: Control, score: f32| {
            let at = roll::index(self.kind) * CONTROLS_A_PART + control as usize;
            numbers[at] = score.clamp(-2.0, 2.0);
            numbers[CONTROLS / 2 + at] = 1.0;
        };
        for &(control, score) in &self.said.controls {
            ask(control, score);
        }
        if let (Some(edit), Some(again)) = (self.said.edit, self.again) {
            let steps = self.context.steps;
            let [density, _] = parts
                .vocabulary()
                .scores(self.kind, &again.part.notes, steps);
            match edit {
                Edit::Busier => ask(Control::Density, density + EDIT),
                Edit::Sparser => ask(Control::Density, density - EDIT),
                _ => {}
            }
        }
        numbers
    }

    /// What was made, and of what is there all that isn't made anew, to the last bit.
    fn merged(&self, made: Vec<GridNote>) -> Vec<GridNote> {
        let Some(again) = self.again else {
            return made;
        };
        let (bar, drums) = (self.context.bar_written(), self.kind == PartKind::Drums);
        let free =
            |note: &GridNote| again.frees(note.step as usize, drums.then_some(note.key), bar);
        let old = again.part.notes.iter();
        if drums && matches!(self.said.edit, Some(Edit::Busier)) {
            // What is there stays as it is; only what is new comes from the model.
            let new = made.iter().filter(|note| {
                let same = |old: &&GridNote| (old.step, old.key) == (note.step, note.key);
                free(note) && again.part.notes.iter().find(same).is_none()
            });
            return old.copied().chain(new.copied()).collect();
        }
        let old = old.filter(|note| !free(note)).copied();
        old.chain(made.into_iter().filter(free)).collect()
    }
}

/// Where windows begin: each but the first has the first half from the one before.
fn starts(steps: usize, window: usize, bar: usize) -> Vec<usize> {
    let hop = window / 2 / bar * bar;
    let mut starts = vec![0];
    while let Some(last) = starts.last().filter(|last| *last + window < steps) {
        starts.push((last + hop).min(steps - window));
    }
    starts
}

/// The heard notes of a window of a song that is repeated, from the window's first step.
fn heard_in(notes: &[GridNote], steps: usize, start: usize, window: usize) -> Vec<GridNote> {
    let rounds = start / steps..=(start + window) / steps;
    let moved = |round: usize| {
        notes.iter().filter_map(move |note| {
            let step = (note.step as usize + round * steps).checked_sub(start)?;
            (step < window).then_some(GridNote {
                step: step as u32,
                ..*note
            })
        })
    };
    rounds.flat_map(moved).collect()
}
