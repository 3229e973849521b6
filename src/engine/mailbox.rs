//! What goes to the audio thread and what comes back. Objects go in boxed; the old ones come back
//! the same way, to be dropped by the generator thread. Both rings are `rtrb`.

use crate::instrument::zone::{Column, SampledInstrument};

/// From the generator thread to the audio thread.
#[derive(Debug)]
pub enum ToEngine {
    /// A new instrument, its columns filled or still to come. It serves new notes from now on;
    /// notes that sound go on with the instrument they began with.
    Instrument(Box<SampledInstrument>),
    /// One more column of the instrument with this id. Comes straight back when that one is gone.
    Column {
        /// [`SampledInstrument::id`].
        instrument: u64,
        /// Its place in [`SampledInstrument::columns`].
        index: u8,
        /// The sound.
        column: Box<Column>,
    },
}

/// From the audio thread back to the generator thread, to be dropped there.
#[derive(Debug)]
pub enum FromEngine {
    /// An instrument that nothing plays any more.
    Instrument(Box<SampledInstrument>),
    /// A column that came too late, or was replaced.
    Column(Box<Column>),
}
