//! Why an order for a part isn't followed.

use crate::work::part::Unfit;

/// Why an order for a part isn't followed. `Display` is one sentence that says what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StemFault {
    /// There is no song.
    #[error(
        "Nothing was heard that a part could fit: switch Listen on, play the song, and press “Take last”."
    )]
    NothingHeard,
    /// The song has no beats.
    #[error("Consort can't hear the beat of this: give its tempo beside “Listen”, then ask again.")]
    NoBeats,
    /// No part can be written for it.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// There is no part to change.
    #[error("There is no part yet: say what to add, and press “Add”.")]
    NoPart,
    /// The words name no part, and there is one.
    #[error(
        "Say which part to add, such as “jazzy drums” or “walking bass”; the one that is there stays. To change that one, press “Change”."
    )]
    NoName,
    /// The words say no change.
    #[error(
        "Say what to change, such as “busier”, “softer”, “jazzier” or “a fill in bar 4”; the part stays as it is."
    )]
    NoChange,
    /// The part is no notes.
    #[error(
        "This part is a recording and has no notes: say what to add, and press “Add” for a part that has; “Save WAV” saves this one."
    )]
    Recording,
    /// The part is none.
    #[error("This part isn't a recording: press “Add a recording…” to add one.")]
    NoRecording,
    /// There is no sound to save.
    #[error("The part has no sound yet: wait a moment.")]
    NoSound,
    /// The system starts no more threads.
    #[error("Consort can't start a thread to write the part; close other programs and ask again.")]
    NoThread,
    /// The song is another one than the part was written for.
    #[error("What was taken last has another length than the part: press “Add” for a new part.")]
    OtherLength,
    /// A project's part is of another version.
    #[error(
        "The part in this project can't be read by this version: it stays in the project until you add another."
    )]
    UnreadablePart,
    /// Its sound is.
    #[error(
        "The sound of this part can't be read by this version: it stays in the project until you choose another."
    )]
    UnreadableSound,
}
