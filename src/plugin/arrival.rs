//! Before an offline render: what the audio thread has to have by its first block.

use std::time::Instant;

use super::ensemble_voice::EnsembleVoice;
use super::session::{OFFLINE_PATIENCE, Session};
use crate::engine::Engine;
use crate::jobs::Ensemble;

/// Has both engines take in what has arrived. Where the host renders offline, waits for what hasn't, but
/// no longer than [`OFFLINE_PATIENCE`], the most needed first: the keys that the part plays, those of the
/// instrument, the others of the part's sound. Main thread, while not processing.
pub(super) fn take_in(
    offline: bool,
    stem: &Ensemble,
    voice: &mut EnsembleVoice,
    instrument: Option<(&Session, &mut Engine)>,
) {
    let end = Instant::now()
        + if offline {
            OFFLINE_PATIENCE
        } else {
            Default::default()
        };
    stem.wait_for_parts(end, &mut |part| voice.take_in(part));
    if let Some((session, engine)) = instrument {
        session.wait_until_taken(end, &mut || engine.read_mailbox());
    }
    stem.wait_until_taken(end, &mut |part| {
        voice.take_in(part);
    });
}
