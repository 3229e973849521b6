//! The page's own widgets, one a file.

pub mod clip_picture;
pub mod file_browser;
pub mod keyboard;
pub mod knob;
pub mod meter;
pub mod pads;
pub mod part_grid;
pub mod picture;
pub mod roving;
pub mod rows;
pub mod spoken;
pub mod waveform;
pub mod zoom;
