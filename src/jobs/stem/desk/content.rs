//! What a part is made of: notes that a sound plays, or a recording.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::take::Take;
use super::{Desk, Shared};
use crate::jobs::Said;
use crate::jobs::stem::asking::StemStatus;
use crate::jobs::stem::files;
use crate::jobs::stem::recording::{Added, Recording};
use crate::jobs::stem::{StemFault, StemOrder};
use crate::models::runtime;

/// See the [module](self).
#[derive(Clone)]
pub(super) enum Content {
    /// Notes.
    Notes(Take),
    /// A recording.
    Clip(Arc<Recording>),
}

impl From<Take> for Content {
    fn from(take: Take) -> Self {
        Self::Notes(take)
    }
}

impl Content {
    /// Whether nothing has changed from one to the other.
    pub(super) fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Notes(one), Self::Notes(other)) => one.is(other),
            (Self::Clip(one), Self::Clip(other)) => one.is(other),
            _ => false,
        }
    }
}

/// Whether an order is for notes only.
pub(super) fn is_for_notes(order: &StemOrder) -> bool {
    matches!(
        order,
        StemOrder::Again { .. }
            | StemOrder::Choose(_)
            | StemOrder::Edit(_)
            | StemOrder::LockBar(..)
            | StemOrder::LockPiece(..)
            | StemOrder::Repeat(_)
            | StemOrder::Sound(..)
            | StemOrder::SaveMidi(_)
    )
}

impl Desk {
    /// The notes that are there, with what plays them.
    pub(super) fn take(&self) -> Option<&Take> {
        match &self.now {
            Some(Content::Notes(take)) => Some(take),
            Some(Content::Clip(_)) | None => None,
        }
    }

    /// The recording that is there.
    pub(super) fn clip(&self) -> Option<&Arc<Recording>> {
        match &self.now {
            Some(Content::Clip(recording)) => Some(recording),
            Some(Content::Notes(_)) | None => None,
        }
    }
}

impl Shared {
    fn rate(&self) -> u32 {
        self.rate.load(Ordering::Relaxed)
    }

    /// Reads a sound file, and has the part be it from then on, at quarter note `begins`. What is there stays until
    /// then, or for good where the file can't be used.
    pub(super) fn add_clip(self: &Arc<Self>, desk: &mut Desk, file: PathBuf, begins: f64) {
        desk.turn += 1;
        desk.status = StemStatus::Reading;
        let (turn, shared, errand) = (desk.turn, Arc::clone(self), self.client.errand());
        let work = move || {
            let added = Recording::add(&file, begins, shared.rate(), &(shared.library)());
            let mut desk = shared.desk.lock();
            if desk.turn == turn {
                shared.stop(&mut desk, |desk| match added {
                    Ok(Added { recording, notices }) => {
                        desk.said = (!notices.is_empty()).then(|| Said::Note(notices.join(" ")));
                        desk.put(Some(Content::Clip(Arc::new(recording))));
                    }
                    Err(fault) => desk.status = StemStatus::Failed(fault.to_string()),
                });
                shared.play_now(&mut desk);
            }
            drop(desk);
            drop(errand);
            (shared.listener)();
        };
        if runtime::spawn("consort-stem", work).is_err() {
            desk.status = StemStatus::Failed(StemFault::NoThread.to_string());
        }
    }

    /// Reads the recording that is there on a thread, if it isn't there at the host's rate.
    pub(super) fn load_clip(self: &Arc<Self>, desk: &mut Desk) {
        let rate = self.rate();
        let awaited = desk.clip().filter(|clip| clip.is_awaited(rate)).cloned();
        let Some(recording) = awaited else {
            return;
        };
        let (shared, errand) = (Arc::clone(self), self.client.errand());
        // Without a thread what plays goes on.
        let _ = runtime::spawn("consort-stem", move || {
            // The rate may change meanwhile.
            while !runtime::exiting() && recording.is_awaited(shared.rate()) {
                recording.load(shared.rate(), &(shared.library)());
            }
            let mut desk = shared.desk.lock();
            let there = desk.clip().is_some_and(|now| Arc::ptr_eq(now, &recording));
            if there {
                desk.said = recording.fault().map(Said::fault).or(desk.said.take());
                desk.unplayed = true;
                shared.play_now(&mut desk);
            } else {
                recording.unload();
            }
            drop(desk);
            drop(errand);
            (shared.listener)();
        });
    }

    /// Saves the recording that is there in a folder, as it is played.
    pub(super) fn save_clip(self: &Arc<Self>, desk: &mut Desk, folder: PathBuf) {
        let Some(recording) = desk.clip().cloned() else {
            return;
        };
        let Some(frames) = recording.frames() else {
            desk.said = Some(match recording.fault() {
                Some(fault) => Said::fault(fault),
                None => Said::fault(StemFault::NoSound),
            });
            return;
        };
        desk.said = Some(Said::Note("Saving …".to_owned()));
        let shared = Arc::clone(self);
        let work = move || {
            let saved =
                files::save_frames(&frames, shared.rate(), &recording.short_name(), &folder);
            shared.desk.lock().said = Some(saved.into());
            (shared.listener)();
        };
        if runtime::spawn("consort-stem", work).is_err() {
            desk.said = Some(Said::fault(StemFault::NoThread));
        }
    }
}
