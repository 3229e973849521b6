//! The threads that make a part and save it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::{Desk, NO_PART, NO_SOUND, NO_THREAD, Shared};
use crate::jobs::stem::asking::{Sheet, StemStatus, VARIATIONS};
use crate::jobs::stem::making::{StemAsk, StemModels};
use crate::jobs::stem::{StemContext, files, level, sound};
use crate::jobs::{Status, snapshot::Snapshot};
use crate::models::{Error, runtime};

/// How often a thread looks whether a sound has come.
const LOOK: Duration = Duration::from_millis(30);

impl Shared {
    /// Asks for the sound of a new part, unless the same words have been asked before.
    pub(super) fn want_sound(&self, desk: &mut Desk, sheet: &Sheet) {
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
    pub(super) fn begin(
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
            Ok(()) => shared.level(turn, false),
            Err(Error::Cancelled) => {}
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

    /// As [`Self::level`], on a thread of its own.
    pub(super) fn begin_level(self: &Arc<Self>, turn: u64) {
        let shared = Arc::clone(self);
        runtime::pin::library();
        let thread = std::thread::Builder::new().name("consort-stem".into());
        // Without a thread the part stays as loud as it is.
        let _ = thread.spawn(move || shared.level(turn, true));
    }

    /// Waits for the part's sound, then puts it at the level that fits what was heard. That goes by its
    /// first variation as it is made, so that edits ("louder") and other variations are as loud as they
    /// are: a part that has its level keeps it, unless it has `another` sound.
    fn level(&self, turn: u64, another: bool) {
        let gone = || runtime::exiting() || !self.is_turn(turn);
        let instrument = loop {
            let Snapshot {
                status, instrument, ..
            } = self.desk.lock().sound(&self.client);
            match status {
                _ if gone() => return,
                Status::Working { .. } => std::thread::sleep(LOOK),
                Status::Idle | Status::Failed(_) => break instrument,
            }
        };
        let now = self.desk.lock().now.clone();
        let (Some(instrument), Some(sheet)) = (instrument, now) else {
            return;
        };
        if sheet.trim_db.is_some() && !another {
            return;
        }
        let first = Sheet {
            chosen: 0,
            ..Sheet::clone(&sheet)
        };
        let rate = self.rate.load(Ordering::Relaxed);
        let loud = files::loudness(&first, &instrument, rate, &gone);
        let gain = sheet
            .kind
            .and_then(|kind| level::gain_db(kind, loud, sheet.context_lufs));
        let Some(gain) = gain else {
            return;
        };
        self.change(turn, |desk| {
            // Undone meanwhile: another part is there.
            let same = |there: &&Arc<Sheet>| {
                (&there.words, there.kind, there.seed) == (&sheet.words, sheet.kind, sheet.seed)
            };
            let Some(there) = desk.now.as_ref().filter(same) else {
                return;
            };
            let trimmed = Sheet {
                trim_db: Some(gain as f32),
                ..Sheet::clone(there)
            };
            desk.play(Some(Arc::new(trimmed)));
        });
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

    pub(super) fn save(self: &Arc<Self>, desk: &mut Desk, folder: PathBuf, as_sound: bool) {
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
