//! The engine as a plugin uses it, under an allocator that counts what the audio thread must not
//! do. Measured numbers are printed: `cargo test --test realtime -- --nocapture`.

mod apart;
mod capture;
mod clip;
mod fixtures;
mod fuzz;
mod guard;
mod kit;
mod partition;
mod pedals;
mod soak;
mod sound;
mod stealing;
mod swap;

#[global_allocator]
static ALLOCATOR: guard::Counting = guard::Counting;
