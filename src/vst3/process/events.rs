//! What happens in a block: VST3's parameter points and events as CLAP's, in order of time.

use std::ptr::{null, null_mut};
use std::sync::atomic::Ordering;

use clap_sys::events::{
    CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_NOTE_EXPRESSION, CLAP_EVENT_NOTE_OFF, CLAP_EVENT_NOTE_ON,
    CLAP_EVENT_PARAM_VALUE, CLAP_NOTE_EXPRESSION_BRIGHTNESS, CLAP_NOTE_EXPRESSION_EXPRESSION,
    CLAP_NOTE_EXPRESSION_PAN, CLAP_NOTE_EXPRESSION_PRESSURE, CLAP_NOTE_EXPRESSION_TUNING,
    CLAP_NOTE_EXPRESSION_VIBRATO, CLAP_NOTE_EXPRESSION_VOLUME, clap_event_header, clap_event_midi,
    clap_event_note, clap_event_note_expression, clap_event_param_value, clap_input_events,
};
use vst3::ComRef;
use vst3::Steinberg::Vst::{
    Event, IEventListTrait, IParamValueQueue, IParamValueQueueTrait, IParameterChangesTrait,
    NoteExpressionTypeIDs_ as expression, NoteExpressionValueEvent, ProcessData,
};
use vst3::Steinberg::kResultOk;

use crate::vst3::constants::{NOTE_EXPRESSION, NOTE_OFF, NOTE_ON, NOTE_PRESSURE};
use crate::vst3::guest::Guest;
use crate::vst3::host::Host;
use crate::vst3::midi_map::Controller;

/// Events of a block, as many as the plugin has room for; what comes after them is left out, ends of notes
/// last.
const MOST: usize = 16_384;
/// Places for nothing but ends of notes.
const FOR_ENDS: usize = 6_144;

#[derive(Clone, Copy)]
#[repr(C)]
union ClapEvent {
    header: clap_event_header,
    note: clap_event_note,
    expression: clap_event_note_expression,
    value: clap_event_param_value,
    midi: clap_event_midi,
}

/// An event with its frame, and how many came before it.
#[derive(Clone, Copy)]
struct Placed {
    place: (u32, u32),
    event: ClapEvent,
}

/// The events of a block in order of time; of those at the same frame parameters come first, as a
/// block is cut where they change.
pub struct Events(Vec<Placed>);

impl Events {
    /// None, with room for all. Main thread.
    pub fn new() -> Events {
        Events(Vec::with_capacity(MOST))
    }

    /// Those of a block of `frames`. Audio thread, under the gate.
    ///
    /// # Safety
    /// `data` is as VST3 has it.
    pub unsafe fn collect(&mut self, host: &Host, guest: &Guest, data: &ProcessData, frames: u32) {
        self.0.clear();
        if host.missed.swap(false, Ordering::AcqRel) {
            // Whose end was left out with a block.
            self.add(note(CLAP_EVENT_NOTE_OFF, 0, (-1, -1, -1), 0.0));
        }
        let last = frames.saturating_sub(1);
        let frame = |offset: i32| (offset.max(0) as u32).min(last);
        // SAFETY: the host's own lists, or null.
        let (changes, list) = unsafe {
            (
                ComRef::from_raw(data.inputParameterChanges),
                ComRef::from_raw(data.inputEvents),
            )
        };
        if let Some(changes) = changes {
            // SAFETY: as above.
            for index in 0..unsafe { changes.getParameterCount() } {
                // SAFETY: as above.
                let queue = unsafe { ComRef::from_raw(changes.getParameterData(index)) };
                if let Some(queue) = queue {
                    self.add_points(host, guest, queue, frame);
                }
            }
        }
        if let Some(list) = list {
            // SAFETY: as above.
            for index in 0..unsafe { list.getEventCount() } {
                // SAFETY: numbers, of which zero is one.
                let mut event: Event = unsafe { std::mem::zeroed() };
                // SAFETY: as above.
                if unsafe { list.getEvent(index, &mut event) } == kResultOk {
                    let at = frame(event.sampleOffset);
                    // SAFETY: the host says which of its data there is.
                    if let Some(event) = unsafe { translate(&event, at) } {
                        self.add(event);
                    }
                }
            }
        }
        if !self.0.is_sorted_by_key(|placed| placed.place) {
            self.0.sort_unstable_by_key(|placed| placed.place);
        }
    }

    fn add_points(
        &mut self,
        host: &Host,
        guest: &Guest,
        queue: ComRef<IParamValueQueue>,
        frame: impl Fn(i32) -> u32,
    ) {
        // SAFETY: the host's own queue.
        let (id, points) = unsafe { (queue.getParameterId(), queue.getPointCount()) };
        for point in 0..points {
            let (mut offset, mut value) = (0, 0.0);
            // SAFETY: as above.
            let told = unsafe { queue.getPoint(point, &mut offset, &mut value) };
            if told != kResultOk || !value.is_finite() {
                continue;
            }
            let (time, value) = (frame(offset), value.clamp(0.0, 1.0));
            if let Some(controller) = Controller::of(id) {
                self.add(ClapEvent {
                    midi: controller.event(time, value),
                });
            } else if let Some(parameter) = guest.parameter(id) {
                let plain = parameter.plain(value);
                if !host.echoes().is_echo(id, plain) {
                    self.add(ClapEvent {
                        value: parameter_event(time, id, plain),
                    });
                }
            }
        }
    }

    fn add(&mut self, event: ClapEvent) {
        // SAFETY: all begin with a header.
        let header = unsafe { event.header };
        let ends = header.type_ == CLAP_EVENT_NOTE_OFF;
        let room = if ends { MOST } else { MOST - FOR_ENDS };
        if self.0.len() < room {
            let place = (header.time, self.0.len() as u32);
            self.0.push(Placed { place, event });
        }
    }
}

/// A header of an event of type `T`.
pub fn header<T>(time: u32, type_: u16) -> clap_event_header {
    clap_event_header {
        size: size_of::<T>() as u32,
        time,
        space_id: CLAP_CORE_EVENT_SPACE_ID,
        type_,
        flags: 0,
    }
}

/// A parameter's value, in CLAP's units. Any thread.
pub fn parameter_event(time: u32, id: u32, plain: f64) -> clap_event_param_value {
    clap_event_param_value {
        header: header::<clap_event_param_value>(time, CLAP_EVENT_PARAM_VALUE),
        param_id: id,
        cookie: null_mut(),
        note_id: -1,
        port_index: -1,
        channel: -1,
        key: -1,
        value: plain,
    }
}

/// # Safety
/// The type of `event` says which of its data there is.
unsafe fn translate(event: &Event, time: u32) -> Option<ClapEvent> {
    let data = &event.__field0;
    // SAFETY: as the caller has it.
    unsafe {
        match event.r#type {
            // Velocity zero is a note of no strength here, not its end as in MIDI.
            NOTE_ON => {
                let on = data.noteOn;
                let key = (0..128).contains(&on.pitch).then_some(on.pitch)?;
                // A note of no number is none, as in CLAP.
                let velocity = on.velocity.is_finite().then_some(on.velocity)?;
                let velocity = velocity.clamp(0.0, 1.0);
                Some(note(
                    CLAP_EVENT_NOTE_ON,
                    time,
                    (on.noteId, on.channel, key),
                    velocity,
                ))
            }
            NOTE_OFF => {
                let off = data.noteOff;
                let which = (off.noteId, off.channel, off.pitch);
                let velocity = match off.velocity.is_nan() {
                    true => 0.0,
                    false => off.velocity.clamp(0.0, 1.0),
                };
                Some(note(CLAP_EVENT_NOTE_OFF, time, which, velocity))
            }
            NOTE_PRESSURE => {
                let press = data.polyPressure;
                let which = (press.noteId, press.channel, press.pitch);
                let pressure = press.pressure.is_finite().then_some(press.pressure)?.into();
                Some(express(
                    CLAP_NOTE_EXPRESSION_PRESSURE,
                    time,
                    which,
                    pressure,
                ))
            }
            NOTE_EXPRESSION => {
                let value = data.noteExpressionValue;
                let (kind, plain) = meant(&value)?;
                // VST3 names a note by its id alone; CLAP lets channel and key be any.
                Some(express(kind, time, (value.noteId, -1, -1), plain))
            }
            _ => None,
        }
    }
}

/// The kind and value of an expression in CLAP's terms; nothing for those that Consort doesn't know.
fn meant(event: &NoteExpressionValueEvent) -> Option<(i32, f64)> {
    let value = event.value;
    if !value.is_finite() {
        return None;
    }
    // VST3's values go from 0 to 1: a volume of 1 is four, a tuning ten octaves either way.
    let (kind, plain) = [
        (
            expression::kVolumeTypeID,
            CLAP_NOTE_EXPRESSION_VOLUME,
            value * 4.0,
        ),
        (expression::kPanTypeID, CLAP_NOTE_EXPRESSION_PAN, value),
        (
            expression::kTuningTypeID,
            CLAP_NOTE_EXPRESSION_TUNING,
            // In `f32`, as the framework had it: projects sound as before.
            f64::from(240.0 * (value as f32 - 0.5)),
        ),
        (
            expression::kVibratoTypeID,
            CLAP_NOTE_EXPRESSION_VIBRATO,
            value,
        ),
        (
            expression::kExpressionTypeID,
            CLAP_NOTE_EXPRESSION_EXPRESSION,
            value,
        ),
        (
            expression::kBrightnessTypeID,
            CLAP_NOTE_EXPRESSION_BRIGHTNESS,
            value,
        ),
    ]
    .into_iter()
    .find(|(id, ..)| *id as u32 == event.typeId)
    .map(|(_, kind, plain)| (kind, plain))?;
    Some((kind, plain))
}

/// A note's id, channel and key; −1 is any.
type Which = (i32, i16, i16);

fn note(type_: u16, time: u32, (note_id, channel, key): Which, velocity: f32) -> ClapEvent {
    ClapEvent {
        note: clap_event_note {
            header: header::<clap_event_note>(time, type_),
            note_id,
            port_index: 0,
            channel: channel.clamp(-1, 15),
            key,
            velocity: velocity.into(),
        },
    }
}

fn express(kind: i32, time: u32, (note_id, channel, key): Which, value: f64) -> ClapEvent {
    ClapEvent {
        expression: clap_event_note_expression {
            header: header::<clap_event_note_expression>(time, CLAP_EVENT_NOTE_EXPRESSION),
            expression_id: kind,
            note_id,
            port_index: 0,
            channel: channel.clamp(-1, 15),
            key,
            value,
        },
    }
}

/// CLAP's `size` of [`Events`].
pub unsafe extern "C" fn size(list: *const clap_input_events) -> u32 {
    // SAFETY: `ctx` is the events of the block, which waits for this.
    unsafe { (*(*list).ctx.cast::<Events>()).0.len() as u32 }
}

/// CLAP's `get` of [`Events`].
pub unsafe extern "C" fn get(
    list: *const clap_input_events,
    index: u32,
) -> *const clap_event_header {
    // SAFETY: as above.
    let events = unsafe { &(*(*list).ctx.cast::<Events>()).0 };
    events
        .get(index as usize)
        .map_or(null(), |placed| &raw const placed.event.header)
}
