//! The bundled plugin in a CLAP host, as it is shipped. `cargo xtask test` bundles it first.

#[path = "../host/mod.rs"]
mod host;

mod blocks;
mod closing;
mod expression;
mod macros;
mod opening;
mod prompt;
mod sound;
mod state;
mod timing;

use host::{Event, What, note_of};

/// Frames per second in most of these tests.
const RATE: f64 = 48_000.0;

/// A little music that uses what a sampler has: chords, repeated and overlapping notes, every
/// velocity layer, pedals, wheels, and both ends of the keyboard. Two seconds at [`RATE`].
fn music() -> Vec<Event> {
    let mut events = Vec::new();
    events.push(Event::at(0, What::Midi([0xB0, 64, 127])));
    for (index, key) in [21, 36, 48, 55, 60, 64, 67, 72, 84, 96, 108]
        .into_iter()
        .enumerate()
    {
        let velocity = 0.1 + 0.09 * index as f64;
        events.extend(note_of(
            key,
            velocity,
            100 + index * 4_111,
            9_000 + index * 5_003,
        ));
    }
    events.extend(note_of(60, 0.9, 50_001, 50_002));
    events.extend(note_of(60, 0.3, 50_003, 80_000));
    events.push(Event::at(60_000, What::Midi([0xB0, 64, 0])));
    events.push(Event::at(61_007, What::Midi([0xE0, 0, 96])));
    events.push(Event::at(66_666, What::Midi([0xB0, 1, 80])));
    events.push(Event::at(70_000, What::Midi([0xE0, 0, 64])));
    events.sort_by_key(|event| event.frame);
    events
}
