//! A block's events and parameter points, as a host hands them over and takes them.

use std::cell::RefCell;

use vst3::Steinberg::Vst::Event_::EventTypes_;
use vst3::Steinberg::Vst::{
    Event, IEventList, IEventListTrait, IParamValueQueue, IParamValueQueueTrait, IParameterChanges,
    IParameterChangesTrait, NoteExpressionValueEvent, NoteOffEvent, NoteOnEvent, ParamID,
    ParamValue,
};
use vst3::Steinberg::{int32, kInvalidArgument, kResultFalse, kResultOk, tresult};
use vst3::{Class, ComPtr, ComWrapper};

/// An event, in words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Note {
    On {
        frame: i32,
        channel: i16,
        key: i16,
        id: i32,
        velocity: f32,
    },
    Off {
        frame: i32,
        channel: i16,
        key: i16,
        id: i32,
    },
    Express {
        frame: i32,
        id: i32,
        kind: u32,
        value: f64,
    },
}

impl Note {
    pub fn on(frame: i32, key: i16, id: i32) -> Note {
        Note::On {
            frame,
            channel: 0,
            key,
            id,
            velocity: 0.7,
        }
    }

    pub fn off(frame: i32, key: i16, id: i32) -> Note {
        Note::Off {
            frame,
            channel: 0,
            key,
            id,
        }
    }

    fn event(self) -> Event {
        // SAFETY: numbers, of which zero is one.
        let mut event: Event = unsafe { std::mem::zeroed() };
        match self {
            Note::On {
                frame,
                channel,
                key,
                id,
                velocity,
            } => {
                event.sampleOffset = frame;
                event.r#type = EventTypes_::kNoteOnEvent as u16;
                event.__field0.noteOn = NoteOnEvent {
                    channel,
                    pitch: key,
                    tuning: 0.0,
                    velocity,
                    length: 0,
                    noteId: id,
                };
            }
            Note::Off {
                frame,
                channel,
                key,
                id,
            } => {
                event.sampleOffset = frame;
                event.r#type = EventTypes_::kNoteOffEvent as u16;
                event.__field0.noteOff = NoteOffEvent {
                    channel,
                    pitch: key,
                    velocity: 0.0,
                    noteId: id,
                    tuning: 0.0,
                };
            }
            Note::Express {
                frame,
                id,
                kind,
                value,
            } => {
                event.sampleOffset = frame;
                event.r#type = EventTypes_::kNoteExpressionValueEvent as u16;
                event.__field0.noteExpressionValue = NoteExpressionValueEvent {
                    typeId: kind,
                    noteId: id,
                    value,
                };
            }
        }
        event
    }

    fn of(event: &Event) -> Option<Note> {
        let frame = event.sampleOffset;
        // SAFETY: the type says which of its data there is.
        unsafe {
            match u32::from(event.r#type) {
                EventTypes_::kNoteOnEvent => {
                    let on = event.__field0.noteOn;
                    let (channel, key, id) = (on.channel, on.pitch, on.noteId);
                    Some(Note::On {
                        frame,
                        channel,
                        key,
                        id,
                        velocity: on.velocity,
                    })
                }
                EventTypes_::kNoteOffEvent => {
                    let off = event.__field0.noteOff;
                    let (channel, key, id) = (off.channel, off.pitch, off.noteId);
                    Some(Note::Off {
                        frame,
                        channel,
                        key,
                        id,
                    })
                }
                _ => None,
            }
        }
    }
}

/// A list of them.
pub struct Events(RefCell<Vec<Event>>);

impl Events {
    pub fn of(notes: &[Note]) -> Events {
        Events(RefCell::new(
            notes.iter().map(|note| note.event()).collect(),
        ))
    }

    /// None yet; it doesn't grow on the audio thread.
    pub fn with_room() -> Events {
        Events(RefCell::new(Vec::with_capacity(4_096)))
    }

    pub fn notes(&self) -> Vec<Note> {
        self.0.borrow().iter().filter_map(Note::of).collect()
    }
}

impl Class for Events {
    type Interfaces = (IEventList,);
}

impl IEventListTrait for Events {
    unsafe fn getEventCount(&self) -> int32 {
        self.0.borrow().len() as int32
    }

    unsafe fn getEvent(&self, index: int32, event: *mut Event) -> tresult {
        let events = self.0.borrow();
        let Some(found) = events.get(index as usize) else {
            return kInvalidArgument;
        };
        // SAFETY: the plugin's own event.
        unsafe { *event = *found };
        kResultOk
    }

    unsafe fn addEvent(&self, event: *mut Event) -> tresult {
        // SAFETY: the plugin lends it.
        self.0.borrow_mut().push(unsafe { *event });
        kResultOk
    }
}

/// A parameter's points in a block: frames and values.
pub type Points = (ParamID, Vec<(i32, f64)>);

struct Queue(Points);

impl Class for Queue {
    type Interfaces = (IParamValueQueue,);
}

impl IParamValueQueueTrait for Queue {
    unsafe fn getParameterId(&self) -> ParamID {
        self.0.0
    }

    unsafe fn getPointCount(&self) -> int32 {
        self.0.1.len() as int32
    }

    unsafe fn getPoint(&self, index: int32, frame: *mut int32, value: *mut ParamValue) -> tresult {
        // SAFETY: the plugin's own numbers.
        unsafe { (*frame, *value) = self.0.1[index as usize] };
        kResultOk
    }

    unsafe fn addPoint(&self, _: int32, _: ParamValue, _: *mut int32) -> tresult {
        kResultFalse
    }
}

/// All points of a block.
pub struct Changes(Vec<ComPtr<IParamValueQueue>>);

impl Changes {
    pub fn of(points: &[Points]) -> Changes {
        let queue = |points: &Points| {
            let queue = ComWrapper::new(Queue(points.clone()));
            queue.to_com_ptr().expect("a queue")
        };
        Changes(points.iter().map(queue).collect())
    }
}

impl Class for Changes {
    type Interfaces = (IParameterChanges,);
}

impl IParameterChangesTrait for Changes {
    unsafe fn getParameterCount(&self) -> int32 {
        self.0.len() as int32
    }

    unsafe fn getParameterData(&self, index: int32) -> *mut IParamValueQueue {
        self.0[index as usize].as_ptr()
    }

    unsafe fn addParameterData(&self, _: *const ParamID, _: *mut int32) -> *mut IParamValueQueue {
        std::ptr::null_mut()
    }
}
