//! The frame around a plugin's window, with a run loop to lend.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use vst3::Steinberg::Linux::{
    FileDescriptor, IEventHandler, IEventHandlerTrait, IRunLoop, IRunLoopTrait, ITimerHandler,
    ITimerHandlerTrait, TimerInterval,
};
use vst3::Steinberg::{
    IPlugFrame, IPlugFrameTrait, IPlugView, IPlugViewTrait, ViewRect, kInvalidArgument, kResultOk,
    tresult,
};
use vst3::{Class, ComPtr, ComRef};

/// A timer of the loop: whom, how often, when last.
type Timer = (ComPtr<ITimerHandler>, Duration, Cell<Instant>);

/// See the module.
#[derive(Default)]
pub struct Frame {
    files: RefCell<Vec<(ComPtr<IEventHandler>, FileDescriptor)>>,
    timers: RefCell<Vec<Timer>>,
}

impl Frame {
    /// Runs the loop for a while.
    pub fn run(&self, time: Duration) {
        let until = Instant::now() + time;
        while Instant::now() < until {
            let files = self.files.borrow().clone();
            let poll = |fd: &FileDescriptor| libc::pollfd {
                fd: *fd,
                events: libc::POLLIN,
                revents: 0,
            };
            let mut polls: Vec<_> = files.iter().map(|(_, fd)| poll(fd)).collect();
            // SAFETY: so many are there.
            unsafe { libc::poll(polls.as_mut_ptr(), polls.len() as u64, 5) };
            for (poll, (handler, fd)) in polls.iter().zip(&files) {
                if poll.revents != 0 {
                    // SAFETY: it was registered.
                    unsafe { handler.onFDIsSet(*fd) };
                }
            }
            let due = |(_, every, last): &&Timer| {
                let due = last.get().elapsed() >= *every;
                if due {
                    last.set(Instant::now());
                }
                due
            };
            let due: Vec<_> = self
                .timers
                .borrow()
                .iter()
                .filter(due)
                .map(|t| t.0.clone())
                .collect();
            for handler in due {
                // SAFETY: as above.
                unsafe { handler.onTimer() };
            }
        }
    }

    /// Whether nothing is registered.
    pub fn is_idle(&self) -> bool {
        self.files.borrow().is_empty() && self.timers.borrow().is_empty()
    }
}

impl Class for Frame {
    type Interfaces = (IPlugFrame, IRunLoop);
}

impl IPlugFrameTrait for Frame {
    unsafe fn resizeView(&self, view: *mut IPlugView, rect: *mut ViewRect) -> tresult {
        // SAFETY: the plugin's own view.
        match unsafe { ComRef::from_raw(view) } {
            // SAFETY: as above.
            Some(view) => unsafe { view.onSize(rect) },
            None => kInvalidArgument,
        }
    }
}

impl IRunLoopTrait for Frame {
    unsafe fn registerEventHandler(
        &self,
        handler: *mut IEventHandler,
        fd: FileDescriptor,
    ) -> tresult {
        // SAFETY: the plugin's own handler.
        let Some(handler) = (unsafe { ComRef::from_raw(handler) }) else {
            return kInvalidArgument;
        };
        self.files.borrow_mut().push((handler.to_com_ptr(), fd));
        kResultOk
    }

    unsafe fn unregisterEventHandler(&self, handler: *mut IEventHandler) -> tresult {
        self.files
            .borrow_mut()
            .retain(|(own, _)| own.as_ptr() != handler);
        kResultOk
    }

    unsafe fn registerTimer(&self, handler: *mut ITimerHandler, ms: TimerInterval) -> tresult {
        // SAFETY: as above.
        let Some(handler) = (unsafe { ComRef::from_raw(handler) }) else {
            return kInvalidArgument;
        };
        let timer = (
            handler.to_com_ptr(),
            Duration::from_millis(ms),
            Cell::new(Instant::now()),
        );
        self.timers.borrow_mut().push(timer);
        kResultOk
    }

    unsafe fn unregisterTimer(&self, handler: *mut ITimerHandler) -> tresult {
        self.timers
            .borrow_mut()
            .retain(|(own, ..)| own.as_ptr() != handler);
        kResultOk
    }
}
