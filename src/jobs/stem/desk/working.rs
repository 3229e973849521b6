//! The threads that write a part.

use std::sync::Arc;

use super::take::Take;
use super::{Desk, Shared, StemFault};
use crate::jobs::stem::asking::{Sheet, StemStatus, VARIATIONS};
use crate::models::{Error, runtime};
use crate::work::Ticket;
use crate::work::part::{StemAsk, StemSong, write_part};

impl Shared {
    /// Begins to write variations, or what `ask` asks for of the chosen one.
    pub(super) fn begin(
        self: &Arc<Self>,
        desk: &mut Desk,
        song: StemSong,
        take: Take,
        ask: Option<StemAsk>,
    ) {
        desk.turn += 1;
        desk.status = StemStatus::Working(0.0);
        let (turn, shared) = (desk.turn, Arc::clone(self));
        let errand = self.client.errand();
        let work = move || {
            match shared.write(turn, &song, take, ask) {
                Ok(()) => shared.bring(turn),
                Err(Error::Cancelled) => {}
                Err(error) => {
                    let mut desk = shared.desk.lock();
                    if desk.turn == turn {
                        shared.stop(&mut desk, |desk| {
                            desk.status = StemStatus::Failed(error.to_string());
                        });
                    }
                    drop(desk);
                    (shared.listener)();
                }
            }
            drop(errand);
        };
        if runtime::spawn("consort-stem", work).is_err() {
            desk.status = StemStatus::Failed(StemFault::NoThread.to_string());
        }
    }

    fn write(
        &self,
        turn: u64,
        song: &StemSong,
        take: Take,
        ask: Option<StemAsk>,
    ) -> Result<(), Error> {
        let mut sheet = Sheet::clone(&take.sheet);
        let count = if ask.is_some() { 1 } else { VARIATIONS };
        let fresh = ask.is_none();
        for variation in 0..count {
            let asked = ask.clone().unwrap_or_else(|| StemAsk {
                words: sheet.words.clone(),
                kind: sheet.kind,
                seed: sheet.seed.wrapping_add(variation as u64),
                ..StemAsk::default()
            });
            let mut go_on = |share| {
                let done = (variation as f32 + share) / count as f32;
                let go_on = !runtime::exiting() && self.is_turn(turn);
                if go_on {
                    self.change(turn, |desk| desk.status = StemStatus::Working(done));
                }
                go_on
            };
            let part = write_part(song, &asked, &mut Ticket::new(&mut go_on))?;
            if fresh {
                sheet.variations.push(part);
            } else if let Some(old) = sheet.variations.get_mut(sheet.chosen) {
                *old = part;
            }
            let (now, last) = (take.with(sheet.clone()), variation + 1 == count);
            self.change(turn, |desk| {
                let there = desk.take().cloned();
                let there = there.filter(|there| Arc::ptr_eq(&there.sound, &take.sound));
                // The first is one change; the others come to it, unless the user is at work on it.
                match (variation, there) {
                    (0, _) => desk.put(Some(now.into())),
                    (_, Some(there)) => {
                        let variations = &now.sheet.variations;
                        let mut grown = Sheet::clone(&there.sheet);
                        let had = grown.variations.len().min(variation);
                        grown.variations.truncate(had);
                        grown.variations.extend_from_slice(&variations[had..]);
                        desk.show(Some(there.with(grown).into()));
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

    pub(super) fn is_turn(&self, turn: u64) -> bool {
        self.desk.lock().turn == turn
    }

    /// Changes something, if it is still wanted, and plays what is there then.
    pub(super) fn change(&self, turn: u64, change: impl FnOnce(&mut Desk)) {
        let mut desk = self.desk.lock();
        if desk.turn == turn {
            change(&mut desk);
            self.play_now(&mut desk);
            drop(desk);
            (self.listener)();
        }
    }
}
