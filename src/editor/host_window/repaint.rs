//! Asking a window for a frame.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// One flag for all who ask, looked at while a window is open. Any thread, the audio thread too.
#[derive(Clone, Debug, Default)]
pub struct RepaintNotifier(Arc<AtomicBool>);

impl RepaintNotifier {
    /// One that nobody has asked yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Something that the window shows has changed.
    pub fn request_repaint(&self) {
        self.0.store(true, Relaxed);
    }

    /// Likewise, if it has.
    pub fn request_repaint_with(&self, changed: bool) {
        if changed {
            self.request_repaint();
        }
    }

    /// Whether anybody has asked since the last look.
    pub(super) fn take(&self) -> bool {
        self.0.swap(false, Relaxed)
    }
}
