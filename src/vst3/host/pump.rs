//! What is owed to the plugin and to the VST3 host, and paid on the main thread.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use vst3::ComPtr;
use vst3::Steinberg::Vst::{
    IComponentHandler, IComponentHandler2, IComponentHandler2Trait, IComponentHandlerTrait,
    RestartFlags_,
};
use vst3::Steinberg::{IPlugFrameTrait, ViewRect};

use super::{Edit, Host};
use crate::vst3::guest::{AsAudioThread, call};

/// For so long no block has come: the host has stopped sending them.
const QUIET: Duration = Duration::from_millis(400);

/// Bits of what is owed.
pub struct Want;

impl Want {
    /// The plugin's `on_main_thread`.
    pub const CALLBACK: u32 = 1;
    /// A flush, which takes the window's edits along.
    pub const FLUSH: u32 = 2;
    /// Edits wait in the ring.
    pub const EDITS: u32 = 4;
    /// To be made inactive and active again.
    pub const RESTART: u32 = 8;
    /// All values have changed.
    pub const VALUES: u32 = 16;
    /// Names have.
    pub const TITLES: u32 = 32;
    /// The project has.
    pub const DIRTY: u32 = 64;
    /// The window wants another size.
    pub const RESIZE: u32 = 128;
}

impl Host {
    /// Owes something; wakes the main thread, but not from the audio thread, which makes no system
    /// calls: there the run loop's tick sees to it. Any thread.
    pub fn want(&self, what: u32) {
        self.wanted.fetch_or(what, Ordering::AcqRel);
        if !AsAudioThread::is() {
            self.run_loop.wake();
        }
    }

    /// Pays. Main thread (elsewhere it does nothing); also called wherever the host enters there, for
    /// one without a run loop has no other way.
    pub fn pump(&self) {
        if !self.is_main() || self.pumping.swap(true, Ordering::Acquire) {
            return;
        }
        let wanted = self.wanted.swap(0, Ordering::AcqRel);
        if wanted != 0 {
            self.pay(wanted);
        }
        self.pumping.store(false, Ordering::Release);
    }

    fn pay(&self, wanted: u32) {
        let is = |what: u32| wanted & what != 0;
        if is(Want::CALLBACK)
            && let Some(guest) = self.guest()
        {
            call!(guest.plugin, on_main_thread, guest.plugin);
        }
        if is(Want::FLUSH) {
            self.flush_or_wait();
        }
        // By its own pointer: the host may come back in and set another.
        let handler = self.handler.lock().clone();
        let dirty = self.tell_edits(handler.as_ref()) | is(Want::DIRTY);
        if is(Want::RESIZE) {
            self.resize();
        }
        if let Some(handler) = handler {
            tell(&handler, wanted, dirty);
        }
    }

    /// While blocks come, they take the window's edits along. A host that says it processes and has
    /// sent none for longer than any block lasts gets them by a flush.
    fn flush_or_wait(&self) {
        let blocks = self.blocks.load(Ordering::Acquire);
        let mut seen = self.seen.lock();
        if seen.0 != blocks {
            *seen = (blocks, Instant::now());
        }
        let comes = self.processing.load(Ordering::Acquire) && seen.1.elapsed() < QUIET;
        drop(seen);
        if comes {
            self.wanted.fetch_or(Want::FLUSH, Ordering::AcqRel);
        } else {
            self.flush(&[]);
        }
    }

    /// Whether one of them says that the project has changed in what isn't a parameter.
    fn tell_edits(&self, handler: Option<&ComPtr<IComponentHandler>>) -> bool {
        let mut dirty = false;
        loop {
            // One at a time: the host may come back in.
            let Ok(edit) = self.edited.lock().pop() else {
                return dirty;
            };
            let (Some(handler), Some(guest)) = (handler, self.guest()) else {
                continue;
            };
            let (Edit::Begin(id) | Edit::Value(id, _) | Edit::End(id)) = edit;
            let Some(parameter) = guest.parameter(id) else {
                continue;
            };
            dirty |= parameter.is_hidden();
            // SAFETY: the host's handler, on its thread.
            unsafe {
                match edit {
                    Edit::Begin(id) => handler.beginEdit(id),
                    Edit::Value(id, plain) => handler.performEdit(id, parameter.normal(plain)),
                    Edit::End(id) => handler.endEdit(id),
                };
            }
        }
    }

    /// Asks for the size that the plugin wants. Main thread.
    pub(super) fn resize(&self) {
        let size = self.size.load(Ordering::Acquire);
        let (frame, view) = (self.frame.lock().clone(), self.view.load(Ordering::Acquire));
        let Some(frame) = frame.filter(|_| !view.is_null()) else {
            return;
        };
        let mut rect = ViewRect {
            left: 0,
            top: 0,
            right: (size >> 32) as i32,
            bottom: size as u32 as i32,
        };
        // SAFETY: the view is open, the frame the host's.
        unsafe { frame.resizeView(view, &mut rect) };
    }
}

fn tell(handler: &ComPtr<IComponentHandler>, wanted: u32, dirty: bool) {
    let restart = [
        (Want::VALUES, RestartFlags_::kParamValuesChanged),
        (Want::TITLES, RestartFlags_::kParamTitlesChanged),
        // It means: inactive and active again, please.
        (Want::RESTART, RestartFlags_::kLatencyChanged),
    ];
    let flags = restart.iter().filter(|(what, _)| wanted & what != 0);
    let flags = flags.fold(0, |all, (_, flag)| all | *flag as i32);
    if flags != 0 {
        // SAFETY: the host's handler, on its thread.
        unsafe { handler.restartComponent(flags) };
    }
    if dirty && let Some(handler) = handler.cast::<IComponentHandler2>() {
        // SAFETY: as above.
        unsafe { handler.setDirty(1) };
    }
}
