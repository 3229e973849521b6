//! From the audio thread to the window: what it shows of the sound has changed.

use std::sync::Arc;

use crate::editor::host_window::RepaintNotifier;
use crate::engine::Telemetry;

/// Asks for frames while something moves, and when the last thing has come to rest.
pub(super) struct Stir {
    telemetry: Arc<Telemetry>,
    repaint: RepaintNotifier,
    held: u128,
    moved: bool,
}

impl Stir {
    /// One that looks at this telemetry. Main thread.
    pub(super) fn new(telemetry: Arc<Telemetry>, repaint: RepaintNotifier) -> Self {
        Self {
            telemetry,
            repaint,
            held: 0,
            moved: false,
        }
    }

    /// After a block; `moves` says whether there was any sound. Audio thread.
    pub(super) fn look(&mut self, moves: bool) {
        let held = self.telemetry.held_keys();
        self.repaint
            .request_repaint_with(moves || self.moved || held != self.held);
        (self.held, self.moved) = (held, moves);
    }
}
