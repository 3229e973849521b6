//! The audio thread: sampler, voices, mailbox, sidechain capture. No I/O, no allocation.

pub mod mailbox;
