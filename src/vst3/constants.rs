//! VST3's numbers in the types that its functions take.

use vst3::Steinberg::Vst::{
    BusDirection, BusDirections_, BusTypes_, Event_::EventTypes_, MediaType, MediaTypes_,
    ProcessModes_, SymbolicSampleSizes_,
};

pub const AUDIO: MediaType = MediaTypes_::kAudio as MediaType;
pub const EVENT: MediaType = MediaTypes_::kEvent as MediaType;
pub const INPUT: BusDirection = BusDirections_::kInput as BusDirection;
pub const OUTPUT: BusDirection = BusDirections_::kOutput as BusDirection;
pub const MAIN: i32 = BusTypes_::kMain as i32;
pub const AUXILIARY: i32 = BusTypes_::kAux as i32;
pub const OFFLINE: i32 = ProcessModes_::kOffline as i32;
pub const FLOATS: i32 = SymbolicSampleSizes_::kSample32 as i32;

/// Latency and constant channels of the buffer of an output that nobody listens to: the library's own entry
/// has its sound leave on the main output (`entry/blocks.rs`).
pub const UNHEARD: (u32, u64) = (u32::MAX, u64::MAX);

pub const NOTE_ON: u16 = EventTypes_::kNoteOnEvent as u16;
pub const NOTE_OFF: u16 = EventTypes_::kNoteOffEvent as u16;
pub const NOTE_PRESSURE: u16 = EventTypes_::kPolyPressureEvent as u16;
pub const NOTE_EXPRESSION: u16 = EventTypes_::kNoteExpressionValueEvent as u16;
