//! What the CLAP plugin sees as its host, and how its calls and VST3's keep out of each other's way.
//!
//! Nothing here calls the VST3 host from the audio thread: requests are bits, edits of the window go
//! through a ring, and `pump` does it all on the main thread.

mod callbacks;
mod echo;
mod pump;

use std::cell::UnsafeCell;
use std::ffi::{CStr, c_void};
use std::ptr::null;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::time::Instant;

use clap_sys::events::{
    CLAP_EVENT_PARAM_GESTURE_BEGIN, CLAP_EVENT_PARAM_GESTURE_END, CLAP_EVENT_PARAM_VALUE,
    clap_event_header, clap_event_param_gesture, clap_event_param_value, clap_input_events,
    clap_output_events,
};
use clap_sys::host::clap_host;
use parking_lot::Mutex;
use vst3::ComPtr;
use vst3::Steinberg::Vst::IComponentHandler;
use vst3::Steinberg::{IPlugFrame, IPlugView};

use super::guest::{AsAudioThread, Guest, call};
use super::run_loop::RunLoop;
use echo::Echoes;
pub use pump::Want;

/// Edits of the window on their way to the VST3 host. A drag makes some sixty a second.
const EDITS: usize = 4096;
/// How often a block tries to get past a flush before it stays silent: some tens of microseconds.
const TRIES: u32 = 4096;

/// What the window did to a parameter; values are CLAP's.
#[derive(Clone, Copy)]
pub enum Edit {
    Begin(u32),
    Value(u32, f64),
    End(u32),
}

/// One instance, seen from the CLAP plugin. All that several threads reach is atomic, under the gate,
/// or behind a lock that the audio thread never takes.
pub struct Host {
    clap: clap_host,
    id: &'static CStr,
    /// Set by [`Self::open`] and [`Self::close`] on the main thread, with the gate held.
    guest: UnsafeCell<Option<Guest>>,
    /// The thread of the host's windows, as far as it is known: where it last did what VST3 allows
    /// there only. Some hosts make a plugin on another one.
    main: AtomicUsize,
    /// Bits of [`Want`].
    wanted: AtomicU32,
    /// The window's size that was asked for: width and height in pixels.
    size: AtomicU64,
    /// Held around every block and flush: the two never meet.
    gate: AtomicBool,
    /// Under the gate.
    edits: UnsafeCell<rtrb::Producer<Edit>>,
    /// Under the gate.
    echoes: UnsafeCell<Echoes>,
    edited: Mutex<rtrb::Consumer<Edit>>,
    /// The host says that it processes.
    pub processing: AtomicBool,
    /// Counts them.
    pub blocks: AtomicU64,
    /// How many there were at a look, and since when no more came. Main thread.
    seen: Mutex<(u64, Instant)>,
    /// A block was left out: what it would have ended may hang.
    pub missed: AtomicBool,
    pumping: AtomicBool,
    pub handler: Mutex<Option<ComPtr<IComponentHandler>>>,
    pub frame: Mutex<Option<ComPtr<IPlugFrame>>>,
    /// The view that is open, not owned.
    pub view: AtomicPtr<IPlugView>,
    pub run_loop: RunLoop,
}

// SAFETY: see the struct: what isn't `Sync` by itself is reached under the gate only, or on the main
// thread.
unsafe impl Send for Host {}
// SAFETY: as above.
unsafe impl Sync for Host {}

impl Host {
    /// One for the CLAP plugin `id`, not opened yet. Main thread.
    pub fn new(id: &'static CStr) -> Arc<Host> {
        let (edits, edited) = rtrb::RingBuffer::new(EDITS);
        Arc::new_cyclic(|this: &Weak<Host>| Host {
            clap: callbacks::clap_host(this.as_ptr() as *mut c_void),
            id,
            guest: UnsafeCell::new(None),
            main: AtomicUsize::new(this_thread()),
            wanted: AtomicU32::new(0),
            size: AtomicU64::new(0),
            gate: AtomicBool::new(false),
            edits: UnsafeCell::new(edits),
            echoes: UnsafeCell::default(),
            edited: Mutex::new(edited),
            processing: AtomicBool::new(false),
            blocks: AtomicU64::new(0),
            seen: Mutex::new((0, Instant::now())),
            missed: AtomicBool::new(false),
            pumping: AtomicBool::new(false),
            handler: Mutex::new(None),
            frame: Mutex::new(None),
            view: AtomicPtr::default(),
            run_loop: RunLoop::new(this.clone()),
        })
    }

    /// Creates the plugin, unless there is one; whether there is. Main thread.
    pub fn open(&self) -> bool {
        self.here_is_main();
        if self.guest().is_none() {
            let guest = Guest::new(&self.clap, self.id);
            let Some(_alone) = self.alone() else {
                return false;
            };
            // SAFETY: on the main thread, under the gate.
            unsafe { *self.guest.get() = guest };
        }
        self.guest().is_some()
    }

    /// Destroys it. Main thread.
    pub fn close(&self) {
        let Some(alone) = self.alone() else {
            return;
        };
        self.processing.store(false, Ordering::Release);
        // SAFETY: on the main thread, under the gate.
        let guest = unsafe { (*self.guest.get()).take() };
        drop(alone);
        drop(guest);
    }

    /// The plugin, from `initialize` to `terminate`. Main thread, or under the gate.
    pub fn guest(&self) -> Option<&Guest> {
        // SAFETY: it changes on the main thread under the gate only.
        unsafe { (*self.guest.get()).as_ref() }
    }

    /// Whether this is the thread of windows. Any thread.
    pub fn is_main(&self) -> bool {
        !AsAudioThread::is() && this_thread() == self.main.load(Ordering::Relaxed)
    }

    /// Called by what VST3 allows on the thread of windows only.
    pub fn here_is_main(&self) {
        self.main.store(this_thread(), Ordering::Relaxed);
    }

    /// Waits for a block or flush to end, and keeps others out; nothing where a host calls from within a
    /// block of its own, whose end would never come. Any thread but audio.
    pub fn alone(&self) -> Option<Alone<'_>> {
        if AsAudioThread::is() {
            return None;
        }
        loop {
            if let Some(alone) = self.try_alone(TRIES) {
                return Some(alone);
            }
            std::thread::yield_now();
        }
    }

    /// The same for a block, which doesn't wait: a flush takes microseconds, and is made only while
    /// no blocks come. Audio thread.
    pub fn alone_for_block(&self) -> Option<Alone<'_>> {
        self.try_alone(TRIES)
    }

    fn try_alone(&self, tries: u32) -> Option<Alone<'_>> {
        for _ in 0..tries {
            if !self.gate.swap(true, Ordering::Acquire) {
                return Some(Alone(self));
            }
            std::hint::spin_loop();
        }
        None
    }

    /// Parameter values outside of blocks. Any thread but audio.
    pub fn flush(&self, values: &[clap_event_param_value]) {
        let (Some(_alone), Some(guest)) = (self.alone(), self.guest()) else {
            return;
        };
        let input = clap_input_events {
            ctx: (&raw const values) as *mut c_void,
            size: Some(values_size),
            get: Some(values_get),
        };
        let output = clap_output_events {
            ctx: std::ptr::from_ref(self) as *mut c_void,
            try_push: Some(flushed),
        };
        call!(guest.params, flush, guest.plugin, &input, &output);
    }

    /// Notes an edit of the window, to be told on the main thread. Under the gate.
    ///
    /// # Safety
    /// `event` is a CLAP event.
    pub unsafe fn push_edit(&self, event: *const clap_event_header) -> bool {
        // SAFETY: its type says which event it is.
        let edit = unsafe {
            match (*event).type_ {
                CLAP_EVENT_PARAM_VALUE => {
                    let event = &*event.cast::<clap_event_param_value>();
                    Edit::Value(event.param_id, event.value)
                }
                CLAP_EVENT_PARAM_GESTURE_BEGIN => {
                    Edit::Begin((*event.cast::<clap_event_param_gesture>()).param_id)
                }
                CLAP_EVENT_PARAM_GESTURE_END => {
                    Edit::End((*event.cast::<clap_event_param_gesture>()).param_id)
                }
                // Ends of notes: VST3 doesn't ask.
                _ => return true,
            }
        };
        self.echoes().hold(edit);
        // SAFETY: under the gate.
        let pushed = unsafe { &mut *self.edits.get() }.push(edit).is_ok();
        self.want(Want::EDITS);
        pushed
    }

    /// Forgets what the window holds, and ends the gestures that are left open. Any thread but audio.
    pub fn let_go(&self) {
        let Some(_alone) = self.alone() else {
            return;
        };
        self.echoes().clear(|id| {
            // SAFETY: under the gate.
            let _ = unsafe { &mut *self.edits.get() }.push(Edit::End(id));
            self.want(Want::EDITS);
        });
    }

    /// What the window holds. Under the gate.
    #[expect(clippy::mut_from_ref, reason = "the gate lets one in")]
    pub fn echoes(&self) -> &mut Echoes {
        // SAFETY: under the gate, which one holds at a time.
        unsafe { &mut *self.echoes.get() }
    }
}

/// Others are kept out while it lives.
pub struct Alone<'a>(&'a Host);

impl Drop for Alone<'_> {
    fn drop(&mut self) {
        self.0.gate.store(false, Ordering::Release);
    }
}

/// A number for the thread, at no cost.
fn this_thread() -> usize {
    thread_local!(static HERE: u8 = const { 0 });
    HERE.with(|here| std::ptr::from_ref(here) as usize)
}

unsafe extern "C" fn values_size(list: *const clap_input_events) -> u32 {
    // SAFETY: `ctx` is the slice of `flush`, which waits for this.
    let values = unsafe { *(*list).ctx.cast::<&[clap_event_param_value]>() };
    values.len() as u32
}

unsafe extern "C" fn values_get(
    list: *const clap_input_events,
    index: u32,
) -> *const clap_event_header {
    // SAFETY: as above.
    let values = unsafe { *(*list).ctx.cast::<&[clap_event_param_value]>() };
    values
        .get(index as usize)
        .map_or(null(), |value| &raw const value.header)
}

unsafe extern "C" fn flushed(
    list: *const clap_output_events,
    event: *const clap_event_header,
) -> bool {
    // SAFETY: `ctx` is the host of `flush`, which holds the gate.
    unsafe { (*(*list).ctx.cast::<Host>()).push_edit(event) }
}
