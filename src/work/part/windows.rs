//! The parts network, asked window by window of eight bars, each from the middle of the one before.

use super::context::StemContext;
use super::words::{Control, Edit, Said};
use super::writing::Again;
use crate::models::Error;
use crate::models::parts::roll::{self, StepChord};
use crate::models::parts::{BARS, CONTROLS, PARTS, PATCH, Parts, Request, Role, STREAMS};
use crate::music::{GridNote, Key, Mode, Part, PartKind};
use crate::work::Ticket;

/// How far an edit moves what it changes: scores go from −2 to 2.
const EDIT: f32 = 1.2;
/// Controls of a part.
const CONTROLS_A_PART: usize = CONTROLS / 2 / PARTS;

/// What the network is asked.
pub(super) struct Work<'a> {
    pub(super) context: &'a StemContext,
    pub(super) kind: PartKind,
    pub(super) said: &'a Said,
    /// The text encoder's vector of the words.
    pub(super) text: &'a [f32],
    pub(super) seed: u64,
    pub(super) again: Option<&'a Again>,
}

impl Work<'_> {
    /// The part.
    pub(super) fn run(&self, parts: &mut Parts, ticket: &mut Ticket<'_>) -> Result<Part, Error> {
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
                ticket.done((number as f32 + part) / count as f32)
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
