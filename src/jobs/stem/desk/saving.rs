//! What projects remember of a part, and parts in files.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::content::Content;
use super::take::{Origin, PartSound, SoundAsk, Take};
use super::{Desk, Shared, StemDesk, StemFault};
use crate::instrument::Instrument;
use crate::jobs::Said;
use crate::jobs::kept::Kept;
use crate::jobs::stem::asking::Sheet;
use crate::jobs::stem::files;
use crate::jobs::stem::recording::Recording;
use crate::models::runtime;

impl StemDesk {
    /// What a project remembers; null for nothing. The instrument is left to `encode`; where it is still
    /// being made, what was asked for is remembered.
    #[must_use]
    pub fn saved(&self, encode: &dyn Fn(&[u8]) -> Value) -> Value {
        let desk = self.0.desk.lock();
        if let Some(recording) = desk.clip() {
            return recording.saved();
        }
        let Some(Take { sheet, sound }) = desk.take().cloned() else {
            return desk.unreadable.clone().unwrap_or_default();
        };
        drop(desk);
        let with_kept = |saved| match &sheet.kept {
            Some(kept) => kept.with(saved),
            None => saved,
        };
        let instrument = match &sound.origin {
            Origin::Given(instrument) => Some(instrument),
            Origin::Words(_) | Origin::Nothing => sound.instrument(),
            Origin::Unreadable { instrument, asked } => {
                return with_kept(
                    json!({ "sheet": sheet.as_ref(), "instrument": instrument, "asked": asked }),
                );
            }
        };
        let instrument = instrument.map(|instrument| encode(&instrument.to_bytes()));
        let mut saved = json!({ "sheet": sheet.as_ref(), "instrument": instrument });
        if let (Origin::Words(ask), None) = (&sound.origin, instrument) {
            saved["asked"] = json!(ask);
        }
        with_kept(saved)
    }

    /// Takes up what a project remembers; what can't be read is kept, with nothing in its place. Waits for its sound at most
    /// `patience` if the host said at activation that it renders offline. Main thread.
    pub fn recall(&self, saved: &Value, instrument: Option<Instrument>, patience: Duration) {
        let sheet = saved
            .get("sheet")
            .and_then(|sheet| Sheet::deserialize(sheet).ok());
        let sheet = sheet.filter(Sheet::is_sane);
        let recording = Recording::recalled(saved);
        let unreadable = sheet.is_none() && recording.is_none() && !saved.is_null();
        let field = |name: &str| saved.get(name).cloned().unwrap_or_default();
        let asked = SoundAsk::deserialize(field("asked")).ok();
        let sheet = sheet.map(|sheet| {
            let mut known = json!({ "sheet": sheet, "instrument": field("instrument") });
            if let Some(saved) = saved.get("asked") {
                known["asked"] = asked.as_ref().map_or(saved.clone(), |ask| json!(ask));
            }
            let kept = Kept::of(saved, &known);
            Sheet { kept, ..sheet }
        });
        let soundless = (field("instrument"), field("asked"));
        let origin = match (instrument.map(Arc::new), asked) {
            (Some(instrument), _) => Origin::Given(instrument),
            (None, Some(ask)) if soundless.0.is_null() => Origin::Words(ask),
            (None, _) if soundless == Default::default() => Origin::Nothing,
            (None, _) => Origin::Unreadable {
                instrument: soundless.0,
                asked: soundless.1,
            },
        };
        let said = match (&origin, unreadable) {
            (_, true) => Some(StemFault::UnreadablePart),
            (Origin::Unreadable { .. }, false) => Some(StemFault::UnreadableSound),
            _ => None,
        };
        let mut desk = self.0.desk.lock();
        let take = sheet.map(|sheet| Take {
            sound: desk
                .known(&origin, &sheet)
                .unwrap_or_else(|| PartSound::of_project(origin, sheet.trim_db.is_some())),
            sheet: Arc::new(sheet),
        });
        let content = match (take, recording) {
            (Some(take), _) => Some(take.into()),
            (None, recording) => recording.map(|new| desk.known_clip(new)),
        };
        (desk.past, desk.undone) = (Vec::new(), Vec::new());
        self.0.stop(&mut desk, |desk| desk.show(content));
        desk.unreadable = unreadable.then(|| saved.clone());
        desk.said = said.map(Said::fault);
        self.0.play_now(&mut desk);
        desk.changed = false;
        drop(desk);
        (self.0.listener)();
        if self.0.offline.load(Ordering::Relaxed) {
            self.0.client.wait_until_rendered(patience);
        }
    }
}

impl Desk {
    /// The sound that plays, where a project brings it again: hosts load the same to undo a turn of a
    /// knob.
    fn known(&self, origin: &Origin, sheet: &Sheet) -> Option<Arc<PartSound>> {
        let now = self.take().filter(|_| sheet.trim_db.is_some())?;
        let plays = now.sound.instrument()?;
        let same = |instrument: &Instrument| instrument == plays.as_ref();
        let known = matches!(origin, Origin::Given(instrument) if same(instrument));
        known.then(|| now.sound.clone())
    }

    /// The same of a recording, unless it wasn't to be found.
    fn known_clip(&self, recalled: Recording) -> Content {
        let there = |now: &&Arc<Recording>| now.is(&recalled) && now.fault().is_none();
        let now = self.clip().filter(there);
        Content::Clip(now.cloned().unwrap_or_else(|| Arc::new(recalled)))
    }
}

impl Shared {
    pub(super) fn save(self: &Arc<Self>, desk: &mut Desk, folder: PathBuf, as_sound: bool) {
        let Some(Take { sheet, sound }) = desk.take().cloned() else {
            desk.said = Some(Said::fault(StemFault::NoPart));
            return;
        };
        let instrument = sound.instrument().cloned();
        if as_sound && instrument.is_none() {
            desk.said = Some(Said::fault(StemFault::NoSound));
            return;
        }
        desk.said = Some(Said::Note("Saving …".to_owned()));
        let shared = Arc::clone(self);
        let work = move || {
            let rate = shared.rate.load(Ordering::Relaxed);
            let saved = match instrument.filter(|_| as_sound) {
                Some(instrument) => {
                    files::save_wav(&sheet, &instrument, rate, &folder, &runtime::exiting)
                }
                None => Some(files::midi_file(&sheet, &folder)),
            };
            shared.desk.lock().said = saved.map(Said::from);
            (shared.listener)();
        };
        if runtime::spawn("consort-stem", work).is_err() {
            desk.said = Some(Said::fault(StemFault::NoThread));
        }
    }
}
