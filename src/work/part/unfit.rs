//! Songs that no part can be written for.

use crate::music::Metre;

/// Why no part can be written for a song. `Display` is one sentence that says what to do, or for
/// [`Unfit::Bars`] the rest of one that begins with the song's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It is in a metre that parts aren't written in.
    #[error(
        "Consort writes parts in 4/4, 3/4, 6/8, 5/4, 5/8, 7/8, 9/8 and 7/4, and this is in {0}: choose the nearest metre under “Heard”."
    )]
    Metre(Metre),
    /// It has only so many bars.
    #[error("has {0} bars; choose bars of 1-{0}.")]
    Bars(usize),
}
