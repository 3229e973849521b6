//! One instance's part: asked for, made, changed, played, saved.
//!
//! | module | what it is |
//! |---|---|
//! | `content` | what a part is made of: notes, or a recording |
//! | `take` | notes with their sound, and what plays them |
//! | `working` | the threads that write a part |
//! | `sounding` | the threads that bring its sound and measure its level |
//! | `saving` | what projects remember, and files |
//!
//! Making goes on a thread of its own and is forgotten when something else is asked for. Notes, sound
//! and level of a part are one thing, for the audio thread and in the history: what plays goes on as it
//! was until the next part has all three.

mod content;
#[cfg(test)]
pub(crate) mod fixture;
mod saving;
mod sounding;
mod take;
mod working;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Instant;

use parking_lot::Mutex;
use serde_json::Value;

use self::content::{Content, is_for_notes};
use self::sounding::Drawing;
use self::take::{PartSound, Take};
use super::asking::{Sheet, Stem, StemOrder, StemStatus};
use super::recording::LibraryFolder;
use super::sheet::plan;
use super::{StemFault, words};
use crate::engine::capture::HostPosition;
use crate::engine::stem::{self, PartSender};
use crate::jobs::snapshot::Listener;
use crate::jobs::song::Heard;
use crate::jobs::{Client, Pending, Said};
use crate::music::PartKind;
use crate::work::part::styled;
use crate::work::part::{Again, StemAsk};

/// Changes that can be taken back.
const MOST_UNDONE: usize = 100;

/// Where the host's song is, for the window: quarter notes, or NaN while it rests. Written by the
/// audio thread.
#[derive(Debug)]
pub struct Playhead {
    at: AtomicU64,
    /// The next bar line, also while it rests.
    bar: AtomicU64,
}

impl Default for Playhead {
    fn default() -> Self {
        let nowhere = || AtomicU64::new(f64::NAN.to_bits());
        Self {
            at: nowhere(),
            bar: nowhere(),
        }
    }
}

impl Playhead {
    /// Any thread, the audio thread too.
    pub fn set(&self, position: &HostPosition) {
        let store = |place: &AtomicU64, quarters: Option<f64>| {
            let bits = quarters.unwrap_or(f64::NAN).to_bits();
            place.store(bits, Ordering::Relaxed);
        };
        store(&self.at, position.beats.filter(|_| position.playing));
        store(&self.bar, position.next_bar());
    }

    fn get(&self) -> Option<f64> {
        let quarters = f64::from_bits(self.at.load(Ordering::Relaxed));
        quarters.is_finite().then_some(quarters)
    }

    /// The bar line that comes next, quarter notes; the song's start where the host says none.
    fn next_bar(&self) -> f64 {
        let quarters = f64::from_bits(self.bar.load(Ordering::Relaxed));
        if quarters.is_finite() { quarters } else { 0.0 }
    }
}

/// The part of one instance. Dropping it ends what is being made; nobody waits for it.
///
/// All methods: any thread but audio; none waits.
pub struct StemDesk(Arc<Shared>);

struct Shared {
    desk: Mutex<Desk>,
    client: Client,
    /// The MIDI channel of its notes, from 0, but for drums'.
    channel: u8,
    playhead: Arc<Playhead>,
    /// Where recordings are kept.
    library: LibraryFolder,
    rate: AtomicU32,
    /// The host said at activation that it renders offline.
    offline: AtomicBool,
    listener: Listener,
}

struct Desk {
    sender: PartSender,
    /// What the audio thread had no room for.
    unsent: Option<Box<stem::Content>>,
    now: Option<Content>,
    /// What a project holds and this version can't read, as it came, until there is another part.
    unreadable: Option<Value>,
    /// What is there now has yet to be sent to the audio thread.
    unplayed: bool,
    past: Vec<Option<Content>>,
    undone: Vec<Option<Content>>,
    /// Is told of each change that can be taken back.
    deeds: Option<Listener>,
    status: StemStatus,
    said: Option<Said>,
    /// Counts what is made; a thread that isn't the last has nothing more to say.
    turn: u64,
    /// The sound that the instrument models were asked for last.
    drawing: Option<Drawing>,
    /// The number of the sound that the generator was last told to play.
    rendered: Option<u64>,
    /// What projects remember has changed since the host was last told.
    changed: bool,
}

impl StemDesk {
    /// One whose parts go to `sender` and whose instruments go through `client`; notes that aren't drums'
    /// are on a MIDI channel from 0, recordings are kept beside `library`, and `listener` is told of every change. Starts nothing.
    #[must_use]
    pub fn new(
        sender: PartSender,
        client: Client,
        channel: u8,
        playhead: Arc<Playhead>,
        library: LibraryFolder,
        listener: Listener,
    ) -> Self {
        Self(Arc::new(Shared {
            desk: Mutex::new(Desk {
                sender,
                unsent: None,
                now: None,
                unreadable: None,
                unplayed: false,
                past: Vec::new(),
                undone: Vec::new(),
                deeds: None,
                status: StemStatus::Idle,
                said: None,
                turn: 0,
                drawing: None,
                rendered: None,
                changed: false,
            }),
            client,
            channel,
            playhead,
            library,
            rate: AtomicU32::new(48_000),
            offline: AtomicBool::new(false),
            listener,
        }))
    }

    /// The host is about to play at a sample rate, Hz; `offline`, and what is loaded later is waited for.
    /// Main thread.
    pub fn activate(&self, rate: f32, offline: bool) {
        self.0.client.set_sample_rate(rate);
        self.0.offline.store(offline, Ordering::Relaxed);
        let rate = rate.clamp(8_000.0, 384_000.0).round() as u32;
        let before = self.0.rate.swap(rate, Ordering::Relaxed);
        let mut desk = self.0.desk.lock();
        if before != rate && desk.clip().is_some() {
            desk.unplayed = true;
            self.0.play_now(&mut desk);
            self.0.load_clip(&mut desk);
        }
        desk.send_unsent();
    }

    /// Whether its sound is on its way, for the audio thread to ask.
    #[must_use]
    pub fn pending(&self) -> Pending {
        self.0.client.pending()
    }

    /// Waits until the audio thread has the part with its level and the keys of it, but no longer than
    /// until `end`; `take_in` has the audio thread's end take in what has arrived, over and over, and says
    /// whether anything more has to. Says whether it came to that. Main thread.
    pub fn wait_for_part(&self, end: Instant, take_in: &mut dyn FnMut() -> bool) -> bool {
        self.0.client.wait_for_errands(end, take_in)
    }

    /// The same for all keys of its sound.
    pub fn wait_until_taken(&self, end: Instant, take_in: &mut dyn FnMut()) -> bool {
        self.0.client.wait_until_taken(end, take_in)
    }

    /// How it stands.
    #[must_use]
    pub fn stem(&self) -> Stem {
        let mut desk = self.0.desk.lock();
        desk.send_unsent();
        let sound_status = self.0.sound_status(&mut desk);
        let sheet = desk.take().map(|take| take.sheet.clone());
        let playhead = self.0.playhead.get().zip(sheet.as_ref());
        let playhead = playhead.and_then(|(quarters, sheet)| sheet.step_at(quarters));
        let sound = desk.take().and_then(|take| take.sound.instrument());
        Stem {
            sheet,
            recording: desk.clip().cloned(),
            status: desk.status.clone(),
            sound: sound.map(|instrument| instrument.name.clone()),
            sound_status,
            said: desk.said.clone(),
            playhead,
            parts: Vec::new(),
        }
    }

    /// From now on `deeds` is told of each change that [`StemOrder::Undo`] takes back; it must not ask the
    /// desk.
    pub(super) fn tell(&self, deeds: Listener) {
        self.0.desk.lock().deeds = Some(deeds);
    }

    /// Whether there is a change to take back, or one to make again.
    #[must_use]
    pub fn can_step(&self, back: bool) -> bool {
        let desk = self.0.desk.lock();
        let from = if back { &desk.past } else { &desk.undone };
        !from.is_empty()
    }

    /// Whether what projects remember of it has changed; asks once.
    #[must_use]
    pub fn take_changed(&self) -> bool {
        std::mem::take(&mut self.0.desk.lock().changed)
    }

    /// Gives an order; [`Self::stem`] shows what becomes of it. `heard` is what the part has to fit.
    pub fn order(&self, order: StemOrder, heard: Option<Arc<Heard>>) {
        let shared = &self.0;
        let planned = match order {
            StemOrder::Make { .. } | StemOrder::Again { .. } => heard
                .ok_or(StemFault::NothingHeard)
                .and_then(|heard| plan(&heard)),
            _ => Err(StemFault::NothingHeard),
        };
        let mut desk = shared.desk.lock();
        desk.said = None;
        match order {
            ref order if is_for_notes(order) && desk.clip().is_some() => {
                desk.said = Some(Said::fault(StemFault::Recording));
            }
            StemOrder::AddRecording { file, begins } => {
                let begins = begins.unwrap_or_else(|| shared.playhead.next_bar());
                shared.add_clip(&mut desk, file, begins);
            }
            StemOrder::Begin(quarters) if quarters.is_finite() => match desk.clip() {
                Some(clip) => {
                    let moved = Content::Clip(Arc::new(clip.at(quarters)));
                    desk.put(Some(moved));
                }
                None => desk.said = Some(Said::fault(StemFault::NoRecording)),
            },
            StemOrder::Make { words, kind, seed } => match planned {
                Ok(_) if desk.now.is_some() && kind.or(words::read(&words).kind).is_none() => {
                    desk.said = Some(Said::fault(StemFault::NoName));
                }
                Ok((context, sheet)) => {
                    let kind = kind.unwrap_or(words::read(&words).part());
                    let own = words::for_part(&words, kind);
                    let styled = styled::notice(&own.words, kind, context.first().metre);
                    let notices = own.notice(kind).into_iter().chain(styled);
                    let notices: Vec<String> = notices.chain(context.notice.clone()).collect();
                    desk.said = (!notices.is_empty()).then(|| Said::Note(notices.join(" ")));
                    let sheet = Sheet {
                        words,
                        kind: Some(kind),
                        seed,
                        ..sheet
                    };
                    let sound = shared.sound_for(&mut desk, &sheet);
                    shared.begin(
                        &mut desk,
                        context,
                        Take {
                            sheet: Arc::new(sheet),
                            sound,
                        },
                        None,
                    );
                }
                Err(fault) => desk.status = StemStatus::Failed(fault.to_string()),
            },
            StemOrder::Again {
                words,
                bars,
                pieces,
                seed,
            } => match (planned, desk.take().cloned()) {
                (Ok(_), Some(_)) if !words.trim().is_empty() && !words::says_anything(&words) => {
                    desk.said = Some(Said::fault(StemFault::NoChange));
                }
                (Ok((context, fresh)), Some(take)) if fresh.has_bars_of(&take.sheet) => {
                    let sheet = &take.sheet;
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
                    desk.said = styled::unknown(&words).map(Said::Note);
                    let ask = StemAsk {
                        words: said.clone(),
                        kind: sheet.kind,
                        seed,
                        again,
                        ..StemAsk::default()
                    };
                    shared.begin(&mut desk, context, take, Some(ask));
                }
                (Ok(_), Some(_)) => desk.said = Some(Said::fault(StemFault::OtherLength)),
                (Ok(_), None) => desk.said = Some(Said::fault(StemFault::NoPart)),
                (Err(fault), _) => desk.said = Some(Said::fault(fault)),
            },
            StemOrder::Cancel => shared.stop(&mut desk, |_| ()),
            StemOrder::Undo => shared.stop(&mut desk, |desk| desk.step(true)),
            StemOrder::Redo => shared.stop(&mut desk, |desk| desk.step(false)),
            StemOrder::Clear => shared.stop(&mut desk, |desk| desk.put(None)),
            StemOrder::Sound(words, seed) => match desk.take().cloned() {
                Some(take) => {
                    let kind = take.sheet.kind.unwrap_or(PartKind::Drums);
                    let sheet = Sheet {
                        trim_db: None,
                        ceilings_db: Vec::new(),
                        ..Sheet::clone(&take.sheet)
                    };
                    let take = Take {
                        sheet: Arc::new(sheet),
                        sound: PartSound::asked(&words, kind, seed),
                    };
                    desk.put(Some(take.into()));
                    shared.bring_unless_writing(&mut desk);
                }
                None => desk.said = Some(Said::fault(StemFault::NoPart)),
            },
            StemOrder::Dismiss => {
                if matches!(desk.status, StemStatus::Failed(_)) {
                    desk.status = StemStatus::Idle;
                }
            }
            StemOrder::SaveMidi(folder) => shared.save(&mut desk, folder, false),
            StemOrder::SaveWav(folder) if desk.clip().is_some() => {
                shared.save_clip(&mut desk, folder);
            }
            StemOrder::SaveWav(folder) => shared.save(&mut desk, folder, true),
            change => match desk.take().cloned() {
                Some(Take { sheet, sound }) => {
                    let mut sheet = Sheet::clone(&sheet);
                    sheet.take(&change);
                    let sheet = Arc::new(sheet);
                    let take = Take { sheet, sound };
                    // Listening to another variation is no change of it.
                    if let StemOrder::Choose(_) = change {
                        desk.show(Some(take.into()));
                    } else {
                        desk.put(Some(take.into()));
                    }
                }
                None => desk.said = Some(Said::fault(StemFault::NoPart)),
            },
        }
        shared.play_now(&mut desk);
        drop(desk);
        (shared.listener)();
    }
}

impl Drop for StemDesk {
    fn drop(&mut self) {
        self.0.desk.lock().turn += 1;
    }
}

#[cfg(test)]
mod tests;
