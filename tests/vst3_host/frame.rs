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
    layout: RefCell<Option<Layout>>,
}

/// How GTK lays out: it makes room a while after it was asked to, and meanwhile goes by the room there is.
#[derive(Clone)]
struct Layout {
    view: ComPtr<IPlugView>,
    room: (i32, i32),
    wanted: Option<((i32, i32), Instant)>,
}

/// From asking for room to having it.
const LATE: Duration = Duration::from_millis(60);

impl Frame {
    /// Lays out as GTK does from now on, around a view that is open.
    pub fn lay_out_late(&self, view: &ComPtr<IPlugView>) {
        *self.layout.borrow_mut() = Some(Layout {
            view: view.clone(),
            room: size_of(view),
            wanted: None,
        });
    }

    /// The view gets the room there is, if it says that it has another size.
    fn lay_out(&self) {
        let layout = self.layout.borrow_mut().as_mut().map(|layout| {
            let come = layout.wanted.take_if(|(_, asked)| asked.elapsed() >= LATE);
            layout.room = come.map_or(layout.room, |(room, _)| room);
            layout.clone()
        });
        if let Some(Layout { view, room, .. }) = layout
            && size_of(&view) != room
        {
            let mut rect = ViewRect {
                left: 0,
                top: 0,
                right: room.0,
                bottom: room.1,
            };
            // SAFETY: the view is open.
            unsafe { view.onSize(&mut rect) };
        }
    }

    /// Forgets the view.
    pub fn close(&self) {
        *self.layout.borrow_mut() = None;
    }

    /// Runs the loop for a while.
    pub fn run(&self, time: Duration) {
        let until = Instant::now() + time;
        while Instant::now() < until {
            self.lay_out();
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

/// What a view says.
fn size_of(view: &ComPtr<IPlugView>) -> (i32, i32) {
    let mut rect = ViewRect {
        left: 0,
        top: 0,
        right: 0,
        bottom: 0,
    };
    // SAFETY: a struct of ours.
    assert_eq!(unsafe { view.getSize(&mut rect) }, kResultOk);
    (rect.right - rect.left, rect.bottom - rect.top)
}

impl Class for Frame {
    type Interfaces = (IPlugFrame, IRunLoop);
}

impl IPlugFrameTrait for Frame {
    unsafe fn resizeView(&self, view: *mut IPlugView, rect: *mut ViewRect) -> tresult {
        if let Some(layout) = &mut *self.layout.borrow_mut() {
            // SAFETY: the plugin's own struct.
            let Some(rect) = (unsafe { rect.as_ref() }) else {
                return kInvalidArgument;
            };
            layout.wanted = Some(((rect.right, rect.bottom), Instant::now()));
            return kResultOk;
        }
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
