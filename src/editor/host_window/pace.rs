//! When a window draws: soon after the user did something, when egui wants to, and at a meter's pace.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::RepaintNotifier;
use crate::editor::theme;

/// Time between looks at what there is to do. Waking up is nearly all that a window at rest costs, and
/// baseview's timers don't change their pace.
pub(super) const TICK: Duration = Duration::from_millis(30);

/// Least time from one frame to one that the mouse asks for, which waits for no look.
const FASTEST: Duration = Duration::from_millis(8);

/// When the next frame is due.
pub(super) struct Pace {
    /// The user did something, or egui asks at once.
    soon: Arc<AtomicBool>,
    /// When egui asks for a frame by itself: a tooltip, a caret.
    wake: Arc<Mutex<Option<Instant>>>,
    /// The page's news ask for a frame.
    news: Cell<bool>,
    painted: Cell<Option<Instant>>,
    /// The display takes pictures.
    pub(super) shown: Cell<bool>,
    /// It has lost the one it had.
    pub(super) exposed: Cell<bool>,
    pub(super) looked: Cell<Option<Instant>>,
}

impl Pace {
    pub(super) fn new(ctx: &egui::Context) -> Self {
        let soon = Arc::new(AtomicBool::new(true));
        let wake = Arc::new(Mutex::new(None));
        ctx.set_request_repaint_callback({
            let (soon, wake) = (soon.clone(), wake.clone());
            move |asked| set_wake(&soon, &wake, asked.delay)
        });
        Self {
            soon,
            wake,
            news: Cell::new(false),
            painted: Cell::new(None),
            shown: Cell::new(false),
            exposed: Cell::new(false),
            looked: Cell::new(None),
        }
    }

    pub(super) fn hurry(&self) {
        self.soon.store(true, Relaxed);
    }

    pub(super) fn wake_after(&self, delay: Duration) {
        set_wake(&self.soon, &self.wake, delay);
    }

    pub(super) fn began(&self) {
        self.soon.store(false, Relaxed);
        *self.wake.lock() = None;
        self.news.set(false);
        self.painted.set(Some(Instant::now()));
    }

    /// Whether what the mouse did may be drawn at once.
    pub(super) fn rested(&self) -> bool {
        let painted = self.painted.get();
        painted.is_none_or(|at| at.elapsed() >= FASTEST)
    }

    /// Whether a frame is due. What moves by itself, like a meter, has fewer than what the user moves.
    pub(super) fn due(&self, repaint: &RepaintNotifier) -> bool {
        if repaint.take() {
            self.news.set(true);
        }
        let rested = self.painted.get();
        let rested = rested.is_none_or(|at| at.elapsed() + TICK / 2 >= theme::FRAME);
        let woken = self.wake.lock().is_some_and(|at| at <= Instant::now());
        self.soon.load(Relaxed) || self.exposed.get() || woken || self.news.get() && rested
    }
}

fn set_wake(soon: &AtomicBool, wake: &Mutex<Option<Instant>>, delay: Duration) {
    if delay < TICK {
        soon.store(true, Relaxed);
    } else if let Some(at) = Instant::now().checked_add(delay) {
        let mut wake = wake.lock();
        *wake = Some(wake.map_or(at, |before| before.min(at)));
    }
}
