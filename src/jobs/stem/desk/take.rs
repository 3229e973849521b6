//! A part with its sound: what plays, what the history holds, and what goes to the audio thread.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::content::Content;
use super::{Desk, MOST_UNDONE, Shared};
use crate::engine::stem::{self, PlayedPart};
use crate::instrument::Instrument;
use crate::jobs::stem::asking::Sheet;
use crate::models::Request;
use crate::music::PartKind;
use crate::work::part::sound;

/// Notes, what plays them, and (in the sheet) how loud.
#[derive(Clone)]
pub(super) struct Take {
    pub(super) sheet: Arc<Sheet>,
    pub(super) sound: Arc<PartSound>,
}

/// What plays a part, once it is made and the part's level is measured with it. Takes that differ in
/// their notes only have one and the same.
pub(super) struct PartSound {
    /// What the audio thread knows it by.
    pub(super) number: u64,
    pub(super) origin: Origin,
    /// It, as soon as parts may sound with it.
    ready: OnceLock<Arc<Instrument>>,
}

/// Where a part's sound comes from.
pub(super) enum Origin {
    /// It is made from words.
    Words(SoundAsk),
    /// It is there.
    Given(Arc<Instrument>),
    /// Nothing plays the part: its notes go to the host only. So it is in projects that were saved before
    /// the sound was there, and didn't yet remember what was asked for.
    Nothing,
    /// The same, for what a project holds of it can't be read: it is kept as it came.
    Unreadable { instrument: Value, asked: Value },
}

/// The words that a sound is made from, as projects remember them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct SoundAsk {
    pub(super) words: String,
    pub(super) kind: PartKind,
    pub(super) seed: u64,
}

impl SoundAsk {
    /// What the instrument models are asked for.
    pub(super) fn request(&self) -> Request {
        sound::request(&self.words, self.kind, self.seed)
    }

    /// The same where they don't know the words.
    pub(super) fn usual(&self) -> Request {
        sound::usual(self.kind, self.seed)
    }
}

impl PartSound {
    fn new(number: u64, origin: Origin) -> Arc<Self> {
        Arc::new(Self {
            number,
            origin,
            ready: OnceLock::new(),
        })
    }

    fn fresh(origin: Origin) -> Arc<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self::new(NEXT.fetch_add(1, Ordering::Relaxed), origin)
    }

    /// One to be made from words.
    pub(super) fn asked(words: &str, kind: PartKind, seed: u64) -> Arc<Self> {
        Self::fresh(Origin::Words(SoundAsk {
            words: words.to_owned(),
            kind,
            seed,
        }))
    }

    /// One that a project brings; a part whose level isn't `measured` waits for that.
    pub(super) fn of_project(origin: Origin, measured: bool) -> Arc<Self> {
        let sound = Self::fresh(origin);
        if let (Origin::Given(instrument), true) = (&sound.origin, measured) {
            let _ = sound.ready.set(instrument.clone());
        }
        sound
    }

    /// The same sound, for another part whose level isn't measured.
    pub(super) fn for_another(&self, instrument: &Arc<Instrument>) -> Arc<Self> {
        Self::new(self.number, Origin::Given(instrument.clone()))
    }

    /// The sound, once parts may sound with it.
    pub(super) fn instrument(&self) -> Option<&Arc<Instrument>> {
        self.ready.get()
    }

    /// Parts may sound with it from now on: their level is measured.
    pub(super) fn set_ready(&self, instrument: Arc<Instrument>) {
        let _ = self.ready.set(instrument);
    }

    /// It has still to be made or measured.
    pub(super) fn is_awaited(&self) -> bool {
        let comes = matches!(self.origin, Origin::Words(_) | Origin::Given(_));
        self.ready.get().is_none() && comes
    }
}

impl Take {
    /// The same with other notes, or another level.
    pub(super) fn with(&self, sheet: Sheet) -> Take {
        Take {
            sheet: Arc::new(sheet),
            sound: self.sound.clone(),
        }
    }

    pub(super) fn is(&self, other: &Take) -> bool {
        Arc::ptr_eq(&self.sound, &other.sound) && self.sheet == other.sheet
    }
}

impl Shared {
    /// Has the audio thread play what is there now: from its next block on, or from the one for which
    /// the sound is there. As long as that is to be made or measured, what plays goes on.
    pub(super) fn play_now(&self, desk: &mut Desk) {
        if !std::mem::take(&mut desk.unplayed) {
            return;
        }
        let silence = || PlayedPart::new(Vec::new(), 0.0, 4.0, false).into();
        let rate = self.rate.load(Ordering::Relaxed);
        let part: stem::Content = match &desk.now {
            None => silence(),
            Some(Content::Notes(take)) if take.sound.is_awaited() => {
                desk.unplayed = true;
                return;
            }
            Some(Content::Clip(clip)) if clip.is_awaited(rate) => {
                desk.unplayed = true;
                return;
            }
            Some(Content::Clip(clip)) => clip.clip(rate).map_or_else(silence, stem::Content::Clip),
            Some(Content::Notes(Take { sheet, sound })) => match sound.instrument() {
                None => sheet.played(self.channel).into(),
                Some(instrument) => {
                    self.client.want_keys(sheet.keys());
                    if desk.rendered.replace(sound.number) != Some(sound.number) {
                        self.client.play_as(sound.number, instrument.clone());
                    }
                    sheet.played(self.channel).by_sound(sound.number).into()
                }
            },
        };
        desk.unsent = Some(Box::new(part));
        desk.send_unsent();
    }
}

impl Desk {
    /// Sends what the audio thread had no room for, and frees what it has given back.
    pub(super) fn send_unsent(&mut self) {
        self.sender.take_back();
        if let Some(part) = self.unsent.take()
            && let Err(back) = self.sender.send(part)
        {
            self.unsent = Some(back);
        }
    }

    /// This is there from now on; [`Shared::play_now`] plays it.
    pub(super) fn show(&mut self, content: Option<Content>) {
        let gone = std::mem::replace(&mut self.now, content);
        if let Some(Content::Clip(gone)) = gone
            && !self.clip().is_some_and(|now| Arc::ptr_eq(now, &gone))
        {
            gone.unload();
        }
        self.unreadable = None;
        self.changed = true;
        self.unplayed = true;
    }

    /// The same, as a change that can be taken back.
    pub(super) fn put(&mut self, content: Option<Content>) {
        let same = match (&content, &self.now) {
            (Some(content), Some(now)) => content.is(now),
            (content, now) => content.is_none() && now.is_none(),
        };
        if same {
            return;
        }
        self.past.push(self.now.clone());
        self.past
            .drain(..self.past.len().saturating_sub(MOST_UNDONE));
        self.undone.clear();
        self.show(content);
        if let Some(deeds) = &self.deeds {
            deeds();
        }
    }

    pub(super) fn step(&mut self, back: bool) {
        let now = self.now.clone();
        let (from, to) = if back {
            (&mut self.past, &mut self.undone)
        } else {
            (&mut self.undone, &mut self.past)
        };
        if let Some(other) = from.pop() {
            to.push(now);
            self.show(other);
        }
    }

    /// All takes that this sound plays get the level of this sheet.
    pub(super) fn level_all(&mut self, sound: &Arc<PartSound>, levelled: &Sheet) {
        let Self {
            now, past, undone, ..
        } = self;
        let contents = past.iter_mut().chain(undone).chain([now]).flatten();
        let takes = contents.filter_map(|content| match content {
            Content::Notes(take) => Some(take),
            Content::Clip(_) => None,
        });
        for take in takes.filter(|take| Arc::ptr_eq(&take.sound, sound)) {
            *take = take.with(Sheet {
                trim_db: take.sheet.trim_db.or(levelled.trim_db),
                ..Sheet::clone(&take.sheet)
            });
        }
    }
}
