//! Notes that a plugin sends a VST3 host.

use std::cell::RefCell;

use vst3::Class;
use vst3::Steinberg::Vst::Event_::EventTypes_::kNoteOnEvent;
use vst3::Steinberg::Vst::{Event, IEventList, IEventListTrait};
use vst3::Steinberg::{int32, kInvalidArgument, kResultOk, tresult};

/// Most of a test; the list doesn't grow on the audio thread.
const MOST: usize = 1_000;

/// Frames, counted from the block's first, channels and keys of the notes that began.
pub struct Notes(RefCell<Vec<(u64, i16, i16)>>);

impl Notes {
    pub fn new() -> Notes {
        Notes(RefCell::new(Vec::with_capacity(MOST)))
    }

    /// Takes those that are there.
    pub fn drain(&self) -> Vec<(u64, i16, i16)> {
        let mut notes = self.0.borrow_mut();
        let taken = notes.clone();
        notes.clear();
        taken
    }
}

impl Class for Notes {
    type Interfaces = (IEventList,);
}

impl IEventListTrait for Notes {
    unsafe fn getEventCount(&self) -> int32 {
        self.0.borrow().len() as int32
    }

    unsafe fn getEvent(&self, _: int32, _: *mut Event) -> tresult {
        kInvalidArgument
    }

    unsafe fn addEvent(&self, event: *mut Event) -> tresult {
        // SAFETY: the plugin lends it, and its kind says which field it has.
        unsafe {
            let Some(event) = event.as_ref() else {
                return kInvalidArgument;
            };
            if u32::from(event.r#type) == kNoteOnEvent {
                let note = event.__field0.noteOn;
                let mut notes = self.0.borrow_mut();
                assert!(notes.len() < MOST);
                notes.push((event.sampleOffset as u64, note.channel, note.pitch));
            }
        }
        kResultOk
    }
}
