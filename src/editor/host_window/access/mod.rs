//! The page for screen readers: egui has the tree, AccessKit's adapter of the system shows it.

#[cfg(target_os = "linux")]
mod at_spi;
#[cfg(any(target_os = "windows", target_os = "macos"))]
mod native;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use accesskit::{ActionHandler, ActionRequest, ActivationHandler, DeactivationHandler, TreeUpdate};
use parking_lot::Mutex;

#[cfg(target_os = "linux")]
pub(super) use at_spi::Access;
#[cfg(any(target_os = "windows", target_os = "macos"))]
pub(super) use native::Access;

/// What a screen reader asks of the page. Its calls come on any thread, and are taken up by the window's.
#[derive(Clone)]
pub(super) struct Asked {
    ctx: egui::Context,
    actions: Arc<Mutex<Vec<ActionRequest>>>,
    news: Arc<AtomicBool>,
}

impl Asked {
    pub(super) fn new(ctx: &egui::Context) -> Self {
        Self {
            ctx: ctx.clone(),
            actions: Arc::default(),
            news: Arc::default(),
        }
    }

    /// What was asked since the last look, and whether anything was that needs a frame.
    pub(super) fn take(&self) -> Option<Vec<ActionRequest>> {
        let news = self.news.swap(false, Relaxed);
        news.then(|| std::mem::take(&mut *self.actions.lock()))
    }
}

impl ActivationHandler for Asked {
    fn request_initial_tree(&mut self) -> Option<TreeUpdate> {
        self.ctx.enable_accesskit();
        self.news.store(true, Relaxed);
        // The next frame brings it.
        None
    }
}

impl ActionHandler for Asked {
    fn do_action(&mut self, request: ActionRequest) {
        self.actions.lock().push(request);
        self.news.store(true, Relaxed);
    }
}

impl DeactivationHandler for Asked {
    fn deactivate_accessibility(&mut self) {
        self.ctx.disable_accesskit();
    }
}
