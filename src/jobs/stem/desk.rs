//! One instance's part: asked for, made, changed, played, saved.
//!
//! Making goes on a thread of its own and is forgotten when something else is asked for. What plays
//! is always the chosen variation; every change of it goes to the audio thread at once.

mod working;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::{Value, json};

use super::asking::{Sheet, Stem, StemOrder, StemStatus};
use super::making::{Again, StemAsk};
use super::sheet::plan;
use super::{sound, words};
use crate::engine::stem::{PartSender, PlayedPart};
use crate::instrument::Instrument;
use crate::jobs::snapshot::{Listener, Snapshot};
use crate::jobs::song::Heard;
use crate::jobs::{Client, Pending, Status};
use crate::music::PartKind;

/// Changes that can be taken back.
const MOST_UNDONE: usize = 100;

const NOTHING_HEARD: &str = "Nothing was heard that a part could fit: switch Listen on, play the song, and press “Take last”.";
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
        let snapshot = desk.sound(&self.0.client);
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
                            same_words: words.trim().is_empty(),
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
                // What is being made sets its level in the end.
                if desk.status == StemStatus::Idle {
                    shared.begin_level(desk.turn);
                }
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

impl Desk {
    /// How it stands with the sound. Words that the instrument models don't know: the usual one plays it.
    fn sound(&mut self, client: &Client) -> Snapshot {
        let snapshot = client.snapshot();
        match snapshot.status {
            Status::Failed(_) => {
                if let Some((_, kind, seed)) = self.asked.take() {
                    client.make(sound::usual(kind, seed));
                    return client.snapshot();
                }
            }
            Status::Idle => self.asked = None,
            Status::Working { .. } => {}
        }
        snapshot
    }

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

#[cfg(test)]
mod tests;
