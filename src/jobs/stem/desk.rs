//! One instance's part: asked for, made, changed, played, saved.
//!
//! Making goes on a thread of its own and is forgotten when something else is asked for. What plays
//! is always the chosen variation; every change of it goes to the audio thread at once.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::{Value, json};

use super::asking::{Edit, Sheet, Stem, StemOrder, StemStatus, VARIATIONS};
use super::making::{Again, StemAsk, StemModels};
use super::{StemContext, files, sound, words};
use crate::analysis::score;
use crate::engine::stem::{PartNote, PartSender, PlayedPart};
use crate::instrument::Instrument;
use crate::jobs::snapshot::Listener;
use crate::jobs::song::Heard;
use crate::jobs::{Client, Pending, Status};
use crate::models::{Error, runtime};
use crate::music::PartKind;

/// Changes that can be taken back.
const MOST_UNDONE: usize = 100;
/// Velocity of a note that is put there by hand.
const BY_HAND: u8 = 93;
/// A pace this near to the host's own is the host's.
const SAME_PACE: f64 = 0.03;

const NOTHING_HEARD: &str = "Nothing was heard that a part could fit: switch Listen on, play the song, and press “Take last”.";
const NO_BEATS: &str =
    "No beat was heard in what was taken: give its tempo under “Heard”, then ask again.";
const NO_PART: &str = "There is no part yet: say what to add, and press “Add”.";
const NO_SOUND: &str = "The part has no sound yet: wait a moment.";
const NO_THREAD: &str =
    "Consort can't start a thread to write the part; close other programs and ask again.";

/// Where the host's song is, for the window: quarter notes, or NaN while it rests. Written by the
/// audio thread.
#[derive(Debug)]
pub struct Playhead(AtomicU64);

impl Default for Playhead {
    fn default() -> Self {
        Self(AtomicU64::new(f64::NAN.to_bits()))
    }
}

impl Playhead {
    /// Any thread, the audio thread too.
    pub fn set(&self, quarters: Option<f64>) {
        let bits = quarters.unwrap_or(f64::NAN).to_bits();
        self.0.store(bits, Ordering::Relaxed);
    }

    fn get(&self) -> Option<f64> {
        let quarters = f64::from_bits(self.0.load(Ordering::Relaxed));
        quarters.is_finite().then_some(quarters)
    }
}

/// The part of one instance. Dropping it ends what is being made; nobody waits for it.
///
/// All methods: any thread but audio; none waits.
pub struct StemDesk(Arc<Shared>);

struct Shared {
    desk: Mutex<Desk>,
    client: Client,
    playhead: Arc<Playhead>,
    rate: AtomicU32,
    /// A kit plays it.
    drums: Arc<AtomicBool>,
    listener: Listener,
}

struct Desk {
    sender: PartSender,
    drums: Arc<AtomicBool>,
    /// What the audio thread had no room for.
    unsent: Option<Box<PlayedPart>>,
    now: Option<Arc<Sheet>>,
    past: Vec<Option<Arc<Sheet>>>,
    undone: Vec<Option<Arc<Sheet>>>,
    status: StemStatus,
    said: Option<(String, bool)>,
    /// Counts what is made; a thread that isn't the last has nothing more to say.
    turn: u64,
    /// The words, kind and seed that the sound was asked for with, until it is made.
    asked: Option<(String, PartKind, u64)>,
    /// What projects remember has changed since the host was last told.
    changed: bool,
}

impl StemDesk {
    /// One whose parts go to `sender` and whose instruments go through `client`; `listener` is told of
    /// every change. Starts nothing.
    #[must_use]
    pub fn new(
        sender: PartSender,
        client: Client,
        playhead: Arc<Playhead>,
        listener: Listener,
    ) -> Self {
        let drums = Arc::new(AtomicBool::new(true));
        Self(Arc::new(Shared {
            desk: Mutex::new(Desk {
                sender,
                drums: drums.clone(),
                unsent: None,
                now: None,
                past: Vec::new(),
                undone: Vec::new(),
                status: StemStatus::Idle,
                said: None,
                turn: 0,
                asked: None,
                changed: false,
            }),
            client,
            playhead,
            rate: AtomicU32::new(48_000),
            drums: drums.clone(),
            listener,
        }))
    }

    /// The host is about to play at a sample rate, Hz.
    pub fn activate(&self, rate: f32) {
        self.0.client.set_sample_rate(rate);
        self.0
            .rate
            .store(rate.clamp(8_000.0, 384_000.0) as u32, Ordering::Relaxed);
    }

    /// Whether its instrument is on its way, for the audio thread to ask.
    #[must_use]
    pub fn pending(&self) -> Pending {
        self.0.client.pending()
    }

    /// The MIDI channel of its notes, from 0: General MIDI's for drums, or the first. Any thread, the
    /// audio thread too.
    #[must_use]
    pub fn channel(&self) -> u8 {
        if self.0.drums.load(Ordering::Relaxed) {
            9
        } else {
            0
        }
    }

    /// How it stands.
    #[must_use]
    pub fn stem(&self) -> Stem {
        let mut desk = self.0.desk.lock();
        desk.send_unsent();
        let snapshot = self.0.client.snapshot();
        // Words that the instrument models don't know: the usual sound plays it.
        if matches!(snapshot.status, Status::Failed(_))
            && let Some((_, kind, seed)) = desk.asked.take()
        {
            self.0.client.make(sound::usual(kind, seed));
        }
        if snapshot.status == Status::Idle {
            desk.asked = None;
        }
        let playhead = self.0.playhead.get().zip(desk.now.as_ref());
        let playhead = playhead.and_then(|(quarters, sheet)| sheet.step_at(quarters));
        Stem {
            sheet: desk.now.clone(),
            status: desk.status.clone(),
            can_undo: !desk.past.is_empty(),
            can_redo: !desk.undone.is_empty(),
            sound: snapshot
                .instrument
                .map(|instrument| instrument.name.clone()),
            sound_status: snapshot.status,
            said: desk.said.clone(),
            playhead,
        }
    }

    /// Whether what projects remember of it has changed; asks once.
    #[must_use]
    pub fn take_changed(&self) -> bool {
        std::mem::take(&mut self.0.desk.lock().changed)
    }

    /// Gives an order; [`Self::stem`] shows what becomes of it. `heard` is what the part has to fit.
    pub fn order(&self, order: StemOrder, heard: Option<Arc<Heard>>) {
        let shared = &self.0;
        let mut desk = shared.desk.lock();
        desk.said = None;
        match order {
            StemOrder::Make { words, kind, seed } => {
                let kind = kind.or(words::read(&words).kind).unwrap_or(PartKind::Drums);
                match heard
                    .ok_or(NOTHING_HEARD.to_owned())
                    .and_then(|heard| plan(&heard))
                {
                    Ok((context, sheet)) => {
                        let sheet = Sheet {
                            words,
                            kind: Some(kind),
                            seed,
                            ..sheet
                        };
                        shared.want_sound(&mut desk, &sheet);
                        shared.begin(&mut desk, context, sheet, None);
                    }
                    Err(sentence) => desk.status = StemStatus::Failed(sentence),
                }
            }
            StemOrder::Again {
                words,
                bars,
                pieces,
                seed,
            } => {
                let planned = heard
                    .ok_or(NOTHING_HEARD.to_owned())
                    .and_then(|heard| plan(&heard));
                match (planned, desk.now.clone()) {
                    (Ok((context, fresh)), Some(sheet)) if fresh.steps == sheet.steps => {
                        let again = sheet.part().map(|part| Again {
                            part: part.clone(),
                            bars,
                            pieces,
                            locked_bars: sheet.locked_bars.clone(),
                            locked_pieces: sheet.locked_pieces.clone(),
                        });
                        let said = if words.trim().is_empty() {
                            &sheet.words
                        } else {
                            &words
                        };
                        let ask = StemAsk {
                            words: said.clone(),
                            kind: sheet.kind,
                            seed,
                            again,
                        };
                        shared.begin(&mut desk, context, Sheet::clone(&sheet), Some(ask));
                    }
                    (Ok(_), Some(_)) => {
                        let other = "What was taken last has another length than the part: press “Add” for a new part.";
                        desk.said = Some((other.to_owned(), true));
                    }
                    (Ok(_), None) => desk.said = Some((NO_PART.to_owned(), true)),
                    (Err(sentence), _) => desk.said = Some((sentence, true)),
                }
            }
            StemOrder::Cancel => {
                desk.turn += 1;
                desk.status = StemStatus::Idle;
            }
            StemOrder::Sound(words, seed) => {
                let kind = desk.now.as_ref().and_then(|sheet| sheet.kind);
                let kind = kind.unwrap_or(PartKind::Drums);
                desk.asked = Some((words.clone(), kind, seed));
                shared.client.make(sound::request(&words, kind, seed));
                desk.changed = true;
            }
            StemOrder::Undo => desk.step(true),
            StemOrder::Redo => desk.step(false),
            StemOrder::Clear => {
                desk.turn += 1;
                desk.status = StemStatus::Idle;
                desk.put(None);
            }
            StemOrder::Dismiss => {
                if matches!(desk.status, StemStatus::Failed(_)) {
                    desk.status = StemStatus::Idle;
                }
            }
            StemOrder::SaveMidi(folder) => self.0.save(&mut desk, folder, false),
            StemOrder::SaveWav(folder) => self.0.save(&mut desk, folder, true),
            change => match desk.now.clone() {
                Some(sheet) => {
                    let mut sheet = Sheet::clone(&sheet);
                    sheet.take(&change);
                    // Listening to another variation is no change of it.
                    if let StemOrder::Choose(_) = change {
                        desk.play(Some(Arc::new(sheet)));
                    } else {
                        desk.put(Some(Arc::new(sheet)));
                    }
                }
                None => desk.said = Some((NO_PART.to_owned(), true)),
            },
        }
        drop(desk);
        (shared.listener)();
    }

    /// What a project remembers; null for nothing. The instrument is left to `encode`.
    #[must_use]
    pub fn saved(&self, encode: &dyn Fn(&[u8]) -> Value) -> Value {
        let sheet = self.0.desk.lock().now.clone();
        let Some(sheet) = sheet else {
            return Value::Null;
        };
        let instrument = self.0.client.snapshot().instrument;
        let instrument = instrument.map(|instrument| encode(&instrument.to_bytes()));
        json!({ "sheet": sheet.as_ref(), "instrument": instrument })
    }

    /// Takes up what a project remembers; what can't be read changes nothing.
    pub fn recall(&self, saved: &Value, instrument: Option<Instrument>) {
        let sheet = saved
            .get("sheet")
            .and_then(|sheet| Sheet::deserialize(sheet).ok());
        let mut desk = self.0.desk.lock();
        let sheet = sheet.filter(Sheet::is_sane).map(Arc::new);
        if sheet.is_none() && !saved.is_null() {
            return;
        }
        desk.turn += 1;
        desk.status = StemStatus::Idle;
        (desk.past, desk.undone) = (Vec::new(), Vec::new());
        desk.play(sheet);
        desk.changed = false;
        if let Some(instrument) = instrument {
            self.0.client.play(Arc::new(instrument));
        }
        drop(desk);
        (self.0.listener)();
    }
}

impl Drop for StemDesk {
    fn drop(&mut self) {
        self.0.desk.lock().turn += 1;
    }
}

/// What was heard as the network takes it, and an empty sheet for it.
fn plan(heard: &Heard) -> Result<(StemContext, Sheet), String> {
    let song = &heard.description;
    let grid = song.grid().ok_or(NO_BEATS)?;
    let parts = score::parts(&heard.notes, &heard.strokes, &grid);
    let context = StemContext::new(song, &grid, &parts)?;
    let step_seconds = (grid.seconds_at(16.0) - grid.seconds_at(0.0)) / 16.0;
    let bpm = heard.host_bpm.unwrap_or_else(|| 15.0 / step_seconds);
    let pace = step_seconds * bpm / 60.0;
    // The host's own beats, but for rounding and ramps.
    let pace = if (pace / 0.25 - 1.0).abs() < SAME_PACE {
        0.25
    } else {
        pace
    };
    let late = grid.seconds_at(0.0) * bpm / 60.0;
    let sheet = Sheet {
        steps: context.steps,
        bar: context.bar_written(),
        begins: heard.begins.unwrap_or(0.0) + if late.abs() < SAME_PACE { 0.0 } else { late },
        pace,
        bpm,
        title: heard.title.clone(),
        repeats: true,
        ..Sheet::default()
    };
    Ok((context, sheet))
}

impl Sheet {
    /// Whether a project's sheet can be played.
    fn is_sane(&self) -> bool {
        let numbers = [self.begins, self.pace, self.bpm];
        numbers.iter().all(|x| x.is_finite()) && self.pace > 0.0 && self.bar > 0 && self.steps > 0
    }

    fn step_at(&self, quarters: f64) -> Option<f64> {
        let step = (quarters - self.begins) / self.pace.max(1e-6);
        let steps = self.steps as f64;
        let inside = (0.0..steps).contains(&step);
        if self.repeats {
            Some(step.rem_euclid(steps))
        } else {
            inside.then_some(step)
        }
    }

    /// As the audio thread plays it.
    fn played(&self) -> PlayedPart {
        let notes = self.part().map_or(&[][..], |part| &part.notes);
        let note = |note: &crate::music::GridNote| PartNote {
            start: (note.start() * self.pace).max(0.0),
            length: f64::from(note.length) * self.pace,
            key: note.key,
            velocity: note.velocity,
        };
        let length = self.steps as f64 * self.pace;
        PlayedPart::new(
            notes.iter().map(note).collect(),
            self.begins,
            length,
            self.repeats,
        )
    }

    /// Follows an order that changes it.
    fn take(&mut self, order: &StemOrder) {
        let bars = self.bars();
        match *order {
            StemOrder::Choose(chosen) if chosen < self.variations.len() => self.chosen = chosen,
            StemOrder::Repeat(repeats) => self.repeats = repeats,
            StemOrder::LockBar(bar, locked) if bar < bars => {
                self.locked_bars.resize(bars, false);
                self.locked_bars[bar] = locked;
            }
            StemOrder::LockPiece(key, locked) => {
                self.locked_pieces.retain(|other| *other != key);
                self.locked_pieces.extend(locked.then_some(key));
            }
            StemOrder::Edit(edit) => {
                let (steps, seed) = (self.steps as u32, self.seed);
                if let Some(part) = self.variations.get_mut(self.chosen) {
                    match edit {
                        Edit::Toggle { step, key } if step < steps => {
                            part.toggle(step, key, BY_HAND)
                        }
                        Edit::Velocity {
                            step,
                            key,
                            velocity,
                        } => {
                            part.change(step, key, |note| note.velocity = velocity.clamp(1, 127));
                        }
                        Edit::Nudge { step, key, offset } if offset.is_finite() => {
                            part.change(step, key, |note| note.offset = offset.clamp(-0.5, 0.5));
                        }
                        Edit::Quantise(amount) => part.quantise(amount),
                        Edit::Swing(amount) => part.swing(amount),
                        Edit::Humanise(amount) => part.humanise(amount, seed),
                        Edit::Toggle { .. } | Edit::Nudge { .. } => {}
                    }
                }
            }
            _ => {}
        }
    }
}

impl Desk {
    fn send_unsent(&mut self) {
        if let Some(part) = self.unsent.take()
            && let Err(back) = self.sender.send(part)
        {
            self.unsent = Some(back);
        }
    }

    /// Plays a sheet from now on.
    fn play(&mut self, sheet: Option<Arc<Sheet>>) {
        let played = sheet.as_ref().map_or_else(
            || PlayedPart::new(Vec::new(), 0.0, 4.0, false),
            |sheet| sheet.played(),
        );
        let kind = sheet.as_ref().and_then(|sheet| sheet.kind);
        self.drums
            .store(kind == Some(PartKind::Drums), Ordering::Relaxed);
        self.now = sheet;
        self.changed = true;
        self.unsent = Some(Box::new(played));
        self.send_unsent();
    }

    /// The same, as a change that can be taken back.
    fn put(&mut self, sheet: Option<Arc<Sheet>>) {
        if sheet.as_deref() == self.now.as_deref() {
            return;
        }
        self.past.push(self.now.clone());
        self.past
            .drain(..self.past.len().saturating_sub(MOST_UNDONE));
        self.undone.clear();
        self.play(sheet);
    }

    fn step(&mut self, back: bool) {
        let now = self.now.clone();
        let (from, to) = if back {
            (&mut self.past, &mut self.undone)
        } else {
            (&mut self.undone, &mut self.past)
        };
        if let Some(other) = from.pop() {
            to.push(now);
            self.play(other);
        }
    }
}

impl Shared {
    /// Asks for the sound of a new part, unless the same words have been asked before.
    fn want_sound(&self, desk: &mut Desk, sheet: &Sheet) {
        let Some(kind) = sheet.kind else {
            return;
        };
        let request = sound::request(&sheet.words, kind, sheet.seed);
        let snapshot = self.client.snapshot();
        let same = snapshot.instrument.is_some_and(|instrument| {
            let recipe = &instrument.recipe;
            recipe.prompt == request.prompt && instrument.kit().is_some() == request.kit.is_some()
        });
        if !same {
            desk.asked = Some((sheet.words.clone(), kind, sheet.seed));
            self.client.make(request);
        }
    }

    /// Begins to make variations, or what `ask` asks for of the chosen one.
    fn begin(
        self: &Arc<Self>,
        desk: &mut Desk,
        context: StemContext,
        sheet: Sheet,
        ask: Option<StemAsk>,
    ) {
        desk.turn += 1;
        desk.status = StemStatus::Working(0.0);
        let (turn, shared) = (desk.turn, Arc::clone(self));
        // A host may unload the library while the thread runs.
        runtime::pin::library();
        let thread = std::thread::Builder::new().name("consort-stem".into());
        let work = move || match shared.make(turn, &context, sheet, ask) {
            Ok(()) | Err(Error::Cancelled) => {}
            Err(error) => shared.change(turn, |desk| {
                desk.status = StemStatus::Failed(error.to_string());
            }),
        };
        if thread.spawn(work).is_err() {
            desk.status = StemStatus::Failed(NO_THREAD.to_owned());
        }
    }

    fn make(
        &self,
        turn: u64,
        context: &StemContext,
        mut sheet: Sheet,
        ask: Option<StemAsk>,
    ) -> Result<(), Error> {
        let mut models = StemModels::load()?;
        let count = if ask.is_some() { 1 } else { VARIATIONS };
        let fresh = ask.is_none();
        for variation in 0..count {
            let asked = ask.clone().unwrap_or_else(|| StemAsk {
                words: sheet.words.clone(),
                kind: sheet.kind,
                seed: sheet.seed.wrapping_add(variation as u64),
                again: None,
            });
            let part = models.make(context, &asked, &mut |part| {
                let done = (variation as f32 + part) / count as f32;
                let go_on = !runtime::exiting() && self.is_turn(turn);
                if go_on {
                    self.change(turn, |desk| desk.status = StemStatus::Working(done));
                }
                go_on
            })?;
            if fresh {
                sheet.variations.push(part);
            } else if let Some(old) = sheet.variations.get_mut(sheet.chosen) {
                *old = part;
            }
            let (now, last) = (Arc::new(sheet.clone()), variation + 1 == count);
            self.change(turn, |desk| {
                // The first is one change; the others come to it, unless the user is at work on it.
                match (variation, &desk.now) {
                    (0, _) => desk.put(Some(now)),
                    (_, Some(there)) => {
                        let variations = now.variations[..].to_vec();
                        let mut grown = Sheet::clone(there);
                        let had = grown.variations.len().min(variation);
                        grown.variations.truncate(had);
                        grown.variations.extend_from_slice(&variations[had..]);
                        desk.play(Some(Arc::new(grown)));
                    }
                    (_, None) => {}
                }
                if last {
                    desk.status = StemStatus::Idle;
                }
            });
        }
        Ok(())
    }

    fn is_turn(&self, turn: u64) -> bool {
        self.desk.lock().turn == turn
    }

    /// Changes something, if it is still wanted.
    fn change(&self, turn: u64, change: impl FnOnce(&mut Desk)) {
        let mut desk = self.desk.lock();
        if desk.turn == turn {
            change(&mut desk);
            drop(desk);
            (self.listener)();
        }
    }

    fn save(self: &Arc<Self>, desk: &mut Desk, folder: PathBuf, as_sound: bool) {
        let Some(sheet) = desk.now.clone() else {
            desk.said = Some((NO_PART.to_owned(), true));
            return;
        };
        let instrument = self.client.snapshot().instrument;
        if as_sound && instrument.is_none() {
            desk.said = Some((NO_SOUND.to_owned(), true));
            return;
        }
        desk.said = Some(("Saving …".to_owned(), false));
        let shared = Arc::clone(self);
        runtime::pin::library();
        let thread = std::thread::Builder::new().name("consort-stem".into());
        let work = move || {
            let rate = shared.rate.load(Ordering::Relaxed);
            let said = match instrument.filter(|_| as_sound) {
                Some(instrument) => {
                    files::save_wav(&sheet, &instrument, rate, &folder, &runtime::exiting)
                }
                None => Some(files::save_midi(&sheet, &folder)),
            };
            shared.desk.lock().said = said;
            (shared.listener)();
        };
        if thread.spawn(work).is_err() {
            desk.said = Some((NO_THREAD.to_owned(), true));
        }
    }
}

#[cfg(test)]
mod tests;
