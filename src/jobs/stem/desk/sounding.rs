//! The threads that bring a part's sound: made from its words, then measured with the part, so that
//! the first note is as loud as all others.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::take::{Origin, PartSound, SoundAsk, Take};
use super::{Desk, Shared};
use crate::instrument::Instrument;
use crate::jobs::stem::asking::{Sheet, StemStatus};
use crate::jobs::stem::level;
use crate::jobs::{JobId, Stage, Status};
use crate::models::runtime;
use crate::music::PartKind;

/// How often a thread looks whether a sound has come.
const LOOK: Duration = Duration::from_millis(20);

/// A sound that the instrument models were asked for.
pub(super) struct Drawing {
    sound: Arc<PartSound>,
    pub(super) job: JobId,
    /// The words weren't known: it is the usual sound that is made.
    usual: bool,
}

impl Shared {
    /// What is to play a new part: what plays already, where it was made from the same words; otherwise
    /// it is asked for.
    pub(super) fn sound_for(&self, desk: &mut Desk, sheet: &Sheet) -> Arc<PartSound> {
        let kind = sheet.kind.unwrap_or(PartKind::Drums);
        let sound = PartSound::asked(&sheet.words, kind, sheet.seed);
        let Origin::Words(ask) = &sound.origin else {
            return sound;
        };
        let request = ask.request();
        let now = desk.take().map(|take| &take.sound);
        if let Some((now, instrument)) = now.and_then(|now| Some((now, now.instrument()?)))
            && instrument.recipe.prompt == request.prompt
            && instrument.kit().is_some() == request.kit.is_some()
        {
            return now.for_another(instrument);
        }
        self.draw(desk, &sound);
        sound
    }

    /// Asks for a sound, unless that was done last; its job.
    fn draw(&self, desk: &mut Desk, sound: &Arc<PartSound>) -> Option<JobId> {
        let Origin::Words(ask) = &sound.origin else {
            return None;
        };
        match &desk.drawing {
            Some(drawing) if Arc::ptr_eq(&drawing.sound, sound) => Some(drawing.job),
            _ => Some(self.draw_as(desk, sound, ask, false)),
        }
    }

    fn draw_as(
        &self,
        desk: &mut Desk,
        sound: &Arc<PartSound>,
        ask: &SoundAsk,
        usual: bool,
    ) -> JobId {
        let request = if usual { ask.usual() } else { ask.request() };
        let job = self.client.draw(request);
        let sound = sound.clone();
        desk.drawing = Some(Drawing { sound, job, usual });
        job
    }

    /// How it stands with the sound, for the window. Words that the instrument models don't know: the
    /// usual one is made instead.
    pub(super) fn sound_status(&self, desk: &mut Desk) -> Status {
        let status = self.client.snapshot().status;
        let status = match (&desk.drawing, status) {
            (Some(drawing), Status::Failed(_)) if !drawing.usual => {
                let sound = drawing.sound.clone();
                if let Origin::Words(ask) = &sound.origin {
                    self.draw_as(desk, &sound, ask, true);
                }
                self.client.snapshot().status
            }
            (_, status) => status,
        };
        let awaited = desk.take().is_some_and(|t| t.sound.is_awaited());
        match (&desk.drawing, status) {
            // It is being measured.
            (Some(Drawing { job, .. }), Status::Idle) if awaited => Status::Working {
                job: *job,
                stage: Stage::Rendering,
                progress: 0.9,
            },
            (_, status) => status,
        }
    }

    /// Ends what is being written, then does `change`; the sound that is there then, if any is still to
    /// come, is brought.
    pub(super) fn stop(self: &Arc<Self>, desk: &mut Desk, change: impl FnOnce(&mut Desk)) {
        desk.turn += 1;
        desk.status = StemStatus::Idle;
        change(desk);
        self.bring_unless_writing(desk);
        // Nobody waits for another sound.
        let awaited = desk.take().filter(|take| take.sound.is_awaited());
        let awaited = awaited.map(|take| take.sound.clone());
        let unwanted = |drawing: &mut Drawing| {
            let wanted = awaited.as_ref();
            !wanted.is_some_and(|sound| Arc::ptr_eq(sound, &drawing.sound))
        };
        if let Some(drawing) = desk.drawing.take_if(unwanted) {
            self.client.cancel_make(drawing.job);
        }
    }

    /// Brings the sound of what is there, or its recording, on a thread; whoever is writing a part does it in the
    /// end.
    pub(super) fn bring_unless_writing(self: &Arc<Self>, desk: &mut Desk) {
        if matches!(desk.status, StemStatus::Working(_) | StemStatus::Reading) {
            return;
        }
        self.load_clip(desk);
        let awaited = desk.take().is_some_and(|t| t.sound.is_awaited());
        if !awaited {
            return;
        }
        desk.turn += 1;
        if let Some(take) = desk.take().cloned() {
            self.draw(desk, &take.sound);
        }
        let (turn, shared, errand) = (desk.turn, Arc::clone(self), self.client.errand());
        // Without a thread what plays goes on.
        let _ = runtime::spawn("consort-stem", move || {
            shared.bring(turn);
            drop(errand);
        });
    }

    /// Waits for the sound of what is there, measures how loud the part is with it, and plays both. Level
    /// goes by the first variation as it is made, so that edits ("louder") and other variations are as
    /// loud as they are.
    pub(super) fn bring(&self, turn: u64) {
        let gone = || runtime::exiting() || !self.is_turn(turn);
        let now = self.desk.lock().take().cloned();
        let Some(take) = now.filter(|take| take.sound.is_awaited()) else {
            return;
        };
        let Some(instrument) = self.wait_for_sound(&take, &gone) else {
            return;
        };
        // Its notes may have been changed meanwhile.
        let now = self.desk.lock().take().cloned();
        let same = |now: &Take| Arc::ptr_eq(&now.sound, &take.sound);
        let Some(take) = now.filter(same) else {
            return;
        };
        let rate = self.rate.load(Ordering::Relaxed);
        let measured = level::measure(&take.sheet, &instrument, rate, &gone);
        if gone() {
            return;
        }
        let sheet = level::levelled(&take.sheet, measured);
        self.change(turn, |desk| {
            desk.level_all(&take.sound, &sheet);
            take.sound.set_ready(instrument);
            desk.drawing
                .take_if(|drawing| Arc::ptr_eq(&drawing.sound, &take.sound));
            desk.changed = true;
            desk.unplayed = true;
        });
    }

    /// The sound that a take is to have; nothing where it can't be made, or nobody wants it any more.
    fn wait_for_sound(&self, take: &Take, gone: &dyn Fn() -> bool) -> Option<Arc<Instrument>> {
        if let Origin::Given(instrument) = &take.sound.origin {
            return Some(instrument.clone());
        }
        loop {
            if gone() {
                return None;
            }
            let mut desk = self.desk.lock();
            self.draw(&mut desk, &take.sound)?;
            // Also asks for the usual one where that is all that can be had.
            self.sound_status(&mut desk);
            let job = self.draw(&mut desk, &take.sound)?;
            let snapshot = self.client.snapshot();
            drop(desk);
            match (snapshot.drawn, snapshot.status) {
                (Some((drawn, instrument)), _) if drawn == job => return Some(instrument),
                (_, Status::Working { .. }) => std::thread::sleep(LOOK),
                (_, Status::Idle | Status::Failed(_)) => return None,
            }
        }
    }
}
