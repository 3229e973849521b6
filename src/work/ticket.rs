//! How far work is, and whether it is still wanted.

use std::ops::Range;

use crate::models::{Error, Stage};

/// Goes with a piece of work: it says how far it is and is told whether to go on, at points that are some tens
/// of milliseconds apart. Whoever waits there takes turns with others. Any thread but audio.
pub struct Ticket<'a> {
    told: Told<'a>,
    /// The part of the whole that the work at hand is.
    part: Range<f32>,
    stage: Stage,
}

enum Told<'a> {
    Share(&'a mut dyn FnMut(f32) -> bool),
    Stage(&'a mut dyn FnMut(Stage, f32) -> bool),
}

impl<'a> Ticket<'a> {
    /// For all of a piece of work: `go_on` is told the share done, 0..=1, and says whether to go on.
    #[must_use]
    pub fn new(go_on: &'a mut dyn FnMut(f32) -> bool) -> Self {
        Self::of(Told::Share(go_on))
    }

    /// The same for who wants to know the stage, too.
    #[must_use]
    pub fn of_stages(go_on: &'a mut dyn FnMut(Stage, f32) -> bool) -> Self {
        Self::of(Told::Stage(go_on))
    }

    fn of(told: Told<'a>) -> Self {
        Self {
            told,
            part: 0.0..1.0,
            stage: Stage::Waiting,
        }
    }

    /// For a part of the work, from one share of it to another.
    #[must_use]
    pub fn part(&mut self, part: Range<f32>) -> Ticket<'_> {
        let (start, long) = (self.part.start, self.part.end - self.part.start);
        let told = match &mut self.told {
            Told::Share(go_on) => Told::Share(*go_on),
            Told::Stage(go_on) => Told::Stage(*go_on),
        };
        Ticket {
            told,
            part: start + long * part.start..start + long * part.end,
            stage: self.stage,
        }
    }

    /// So much is done, 0..=1; whether to go on.
    pub fn done(&mut self, share: f32) -> bool {
        self.begin(self.stage, share)
    }

    /// The same, and this comes next.
    pub fn begin(&mut self, stage: Stage, share: f32) -> bool {
        self.stage = stage;
        let Range { start, end } = self.part;
        // Not an ulp beyond where the next part begins.
        let share = (start + (end - start) * share).min(end);
        match &mut self.told {
            Told::Share(go_on) => go_on(share),
            Told::Stage(go_on) => go_on(stage, share),
        }
    }

    /// As [`Self::done`].
    ///
    /// # Errors
    /// [`Error::Cancelled`]: it isn't wanted any more.
    pub fn check(&mut self, share: f32) -> Result<(), Error> {
        if self.done(share) {
            Ok(())
        } else {
            Err(Error::Cancelled)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_parts_are_shares_of_the_whole() {
        let mut told = Vec::new();
        let mut go_on = |share: f32| {
            told.push(share);
            share < 0.7
        };
        let mut whole = Ticket::new(&mut go_on);
        let mut second = whole.part(0.5..1.0);
        assert!(second.check(0.0).is_ok());
        assert!(second.part(0.0..0.5).done(0.5));
        assert_eq!(second.check(0.5), Err(Error::Cancelled));
        assert!(whole.done(0.25));
        assert_eq!(told, [0.5, 0.625, 0.75, 0.25]);
    }
}
