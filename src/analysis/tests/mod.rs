//! Tests of listening, on sounds of known content.

mod bell_lines;
mod bells;
mod codings;
mod containers;
mod core_audio;
mod files;
mod golden;
mod notes;
mod pitches;
mod segments;
pub(super) mod synthetic;
