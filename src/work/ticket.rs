//! How far work is, and whether it is still wanted.

use std::ops::Range;

use crate::models::Error;

/// Goes with a piece of work: it says how far it is, and is told whether to go on. Any thread but audio.
pub struct Ticket<'a> {
    go_on: &'a mut dyn FnMut(f32) -> bool,
    /// The part of the whole that the work at hand is.
    part: Range<f32>,
}

impl<'a> Ticket<'a> {
    /// For all of a piece of work: `go_on` is told the share done, 0..=1, and says whether to go on.
    #[must_use]
    pub fn new(go_on: &'a mut dyn FnMut(f32) -> bool) -> Self {
        Self {
            go_on,
            part: 0.0..1.0,
        }
    }

    /// For a part of the work, from one share of it to another.
    #[must_use]
    pub fn part(&mut self, part: Range<f32>) -> Ticket<'_> {
        let (start, long) = (self.part.start, self.part.end - self.part.start);
        Ticket {
            go_on: self.go_on,
            part: start + long * part.start..start + long * part.end,
        }
    }

    /// So much is done, 0..=1; whether to go on.
    pub fn done(&mut self, share: f32) -> bool {
        let Range { start, end } = self.part;
        // Not an ulp beyond where the next part begins.
        (self.go_on)((start + (end - start) * share).min(end))
    }

    /// The same.
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
