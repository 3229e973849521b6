//! What the plugin sends in a block: notes go into the host's list, edits of the window to the ring.

use clap_sys::events::{
    CLAP_EVENT_NOTE_OFF, CLAP_EVENT_NOTE_ON, clap_event_header, clap_event_note, clap_output_events,
};
use vst3::ComRef;
use vst3::Steinberg::Vst::{Event, IEventList, IEventListTrait, NoteOffEvent, NoteOnEvent};
use vst3::Steinberg::kResultOk;

use crate::vst3::constants;
use crate::vst3::host::Host;

/// Where it goes.
pub struct Output<'a> {
    host: &'a Host,
    /// Null if the host doesn't want notes.
    list: *mut IEventList,
}

impl<'a> Output<'a> {
    pub fn new(host: &'a Host, list: *mut IEventList) -> Self {
        Output { host, list }
    }
}

/// CLAP's `try_push` of an [`Output`]. Audio thread, under the gate.
pub unsafe extern "C" fn try_push(
    list: *const clap_output_events,
    event: *const clap_event_header,
) -> bool {
    // SAFETY: `ctx` is the output of the block, which waits for this.
    let out = unsafe { &*(*list).ctx.cast::<Output>() };
    // SAFETY: an event, whose type says which.
    let kind = unsafe { (*event).type_ };
    if kind != CLAP_EVENT_NOTE_ON && kind != CLAP_EVENT_NOTE_OFF {
        // SAFETY: as above.
        return unsafe { out.host.push_edit(event) };
    }
    // SAFETY: the host's own list, or null.
    let Some(list) = (unsafe { ComRef::from_raw(out.list) }) else {
        return false;
    };
    // SAFETY: it is a note.
    let note = unsafe { &*event.cast::<clap_event_note>() };
    let (channel, pitch, note_id) = (note.channel, note.key, note.note_id);
    let velocity = note.velocity as f32;
    // SAFETY: numbers, of which zero is one.
    let mut to: Event = unsafe { std::mem::zeroed() };
    to.sampleOffset = note.header.time as i32;
    if kind == CLAP_EVENT_NOTE_ON {
        to.r#type = constants::NOTE_ON;
        to.__field0.noteOn = NoteOnEvent {
            channel,
            pitch,
            tuning: 0.0,
            velocity,
            length: 0,
            noteId: note_id,
        };
    } else {
        to.r#type = constants::NOTE_OFF;
        to.__field0.noteOff = NoteOffEvent {
            channel,
            pitch,
            velocity,
            noteId: note_id,
            tuning: 0.0,
        };
    }
    // SAFETY: the host copies it.
    unsafe { list.addEvent(&mut to) == kResultOk }
}
