//! Before an offline render: what the audio thread has to have by its first block.

use std::time::Instant;

use super::session::{OFFLINE_PATIENCE, Session};
use super::stem_voice::StemVoice;
use crate::engine::Engine;
use crate::jobs::StemDesk;

/// Has both engines take in what has arrived. Where the host renders offline, waits for what hasn't, but
/// no longer than [`OFFLINE_PATIENCE`], the most needed first: the keys that the part plays, those of the
/// instrument, the others of the part's sound. Main thread, while not processing.
pub(super) fn take_in(
    offline: bool,
    stem: &StemDesk,
    voice: &mut StemVoice,
    instrument: Option<(&Session, &mut Engine)>,
) {
    let end = Instant::now()
        + if offline {
            OFFLINE_PATIENCE
        } else {
            Default::default()
        };
    stem.wait_for_part(end, &mut || {
        voice.take_in();
        voice.awaits_sound()
    });
    if let Some((session, engine)) = instrument {
        session.wait_until_taken(end, &mut || engine.read_mailbox());
    }
    stem.wait_until_taken(end, &mut || voice.take_in());
}
