//! A make on a thread of its own, which works only when it is its turn: [`work::make`] as it is, in slices.
//! The generator gives the turn and takes it back a step later, so that clients take turns and nothing
//! else works meanwhile.

use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, unbounded};

use crate::models::{Error, Made, Request, Stage, runtime};
use crate::work::{self, Ticket};

/// How long a look at the thread waits while it reads a file: others have their turns meanwhile.
const PATIENCE: Duration = Duration::from_millis(20);

const NO_THREAD: &str =
    "Consort can't start a thread to make the instrument; close other programs and try again.";

/// A make. Dropping it ends it at its next step; nobody waits for that. Thread: generator.
pub(super) struct Making {
    turns: Sender<()>,
    news: Receiver<News>,
    /// What it does next, and how much is done (0..=1).
    progress: (Stage, f32),
    /// It has begun that, or hasn't begun at all.
    works: bool,
}

enum News {
    /// It waits for its turn to do this; so much is done.
    Waits(Stage, f32),
    Ended(Result<Box<Made>, Error>),
}

/// What a slice came to.
pub(super) enum Slice {
    /// There is more to do.
    Working,
    /// The instrument, or why there is none.
    Ended(Result<Box<Made>, Error>),
    /// A fault of ours.
    Panicked,
}

impl Making {
    /// Begins; touches no model and no file yet.
    ///
    /// # Errors
    /// [`Error::Prompt`]: there is nothing to make it from. [`Error::Runtime`]: there is no thread.
    pub(super) fn begin(request: Request) -> Result<Self, Error> {
        request.check()?;
        let (turns, turn) = unbounded();
        let (teller, news) = unbounded();
        let work = move || {
            let mut go_on =
                |stage, done| teller.send(News::Waits(stage, done)).is_ok() && turn.recv().is_ok();
            let made = work::make(&request, &mut Ticket::of_stages(&mut go_on));
            let _ = teller.send(News::Ended(made.map(Box::new)));
        };
        runtime::spawn("consort-make", work).map_err(|_| Error::Runtime(NO_THREAD.to_owned()))?;
        Ok(Self {
            turns,
            news,
            progress: (Stage::Loading, 0.0),
            works: true,
        })
    }

    /// What comes next, and how much is done (0..=1).
    pub(super) fn progress(&self) -> (Stage, f32) {
        self.progress
    }

    /// Gives it its turn, and waits for the end of the step.
    pub(super) fn slice(&mut self) -> Slice {
        if !self.works {
            let _ = self.turns.send(());
            self.works = true;
        }
        let news = match self.progress.0 {
            Stage::Listening => self.news.recv_timeout(PATIENCE),
            _ => self.news.recv().map_err(RecvTimeoutError::from),
        };
        match news {
            Ok(News::Waits(stage, done)) => {
                self.progress = (stage, done);
                self.works = false;
                Slice::Working
            }
            Ok(News::Ended(made)) => Slice::Ended(made),
            Err(RecvTimeoutError::Timeout) => Slice::Working,
            Err(RecvTimeoutError::Disconnected) => Slice::Panicked,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instrument::Instrument;

    #[test]
    #[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
    fn two_makes_take_turns_and_come_to_what_each_alone_comes_to() {
        let request = |seed| Request {
            prompt: "warm cello".into(),
            seed,
            ..Request::default()
        };
        let mut makes = [1, 2].map(|seed| (Making::begin(request(seed)).unwrap(), None));
        let mut turns = 0;
        while makes.iter().any(|(_, made)| made.is_none()) {
            for (making, made) in makes.iter_mut().filter(|(_, made)| made.is_none()) {
                turns += 1;
                match making.slice() {
                    Slice::Working => {
                        std::thread::sleep(Duration::from_millis(1));
                        assert!(making.news.is_empty(), "it works out of turn");
                    }
                    Slice::Ended(ended) => *made = Some(ended.unwrap().instrument),
                    Slice::Panicked => panic!("it panicked"),
                }
            }
        }
        assert!(turns > 20, "{turns}");
        for (seed, (_, made)) in (1..).zip(makes) {
            let mut go_on = |_| true;
            let alone = work::make(&request(seed), &mut Ticket::new(&mut go_on));
            let alone: Instrument = alone.unwrap().instrument;
            assert_eq!(made, Some(alone));
        }
        assert!(Making::begin(Request::default()).is_err());
    }
}
