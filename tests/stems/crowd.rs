//! More notes in a block than anybody plays.

use crate::host::{Event, Session, What};
use crate::{RATE, linked_in, watched, worked};

const FRAMES: usize = 512;
const NOTES: usize = 5_000;
/// Milliseconds that a block of them lasts.
const BUDGET: f64 = FRAMES as f64 / RATE * 1e3;

fn on(frame: usize, i: usize) -> Event {
    let (channel, key) = ((i % 16) as u8, 24 + (i * 7 % 80) as u8);
    let velocity = 1 + (i * 31 % 127) as u8;
    Event::at(frame, What::Midi([0x90 | channel, key, velocity]))
}

fn off(frame: usize, i: usize) -> Event {
    let (channel, key) = ((i % 16) as u8, 24 + (i * 7 % 80) as u8);
    Event::at(frame, What::Midi([0x80 | channel, key, 0]))
}

#[test]
fn five_thousand_notes_in_a_block_take_no_more_than_twice_its_time() {
    let entry = linked_in();
    let at = |i: usize| i * FRAMES / NOTES;
    let notes = 0..NOTES;
    let ways: [(&str, Vec<Event>); 4] = [
        ("at once", notes.clone().map(|i| on(0, i)).collect()),
        (
            "at the end",
            notes.clone().map(|i| on(FRAMES - 1, i)).collect(),
        ),
        ("spread", notes.clone().map(|i| on(at(i), i)).collect()),
        (
            "each let go",
            notes.flat_map(|i| [on(at(i), i), off(at(i), i)]).collect(),
        ),
    ];
    let mut worst = 0.0f64;
    for (name, events) in ways {
        let mut session = Session::ready(&entry, RATE, FRAMES);
        session.audio.as_mut().expect("active").around = worked::timed;
        worked::take();
        let mut figures = Vec::new();
        // Each block into the crowd of the one before.
        for _ in 0..8 {
            session.play(&events, FRAMES, &[FRAMES]);
            figures.push(worked::take().0);
        }
        session.play(&[], FRAMES, &[FRAMES]);
        let after = worked::take().0;
        let longest = figures.iter().fold(0.0, |a: f64, b| a.max(*b));
        // All but the first have the same to do: the quickest is what it takes, the rest the machine's.
        let quickest = figures[1..].iter().fold(f64::MAX, |a, b| a.min(*b));
        println!(
            "{NOTES} notes {name}: {quickest:.1} ms, {longest:.1} at most, of {BUDGET:.1}; first {:.1}; the block after {after:.2}",
            figures[0]
        );
        worst = worst.max(quickest);
    }
    assert_eq!(watched::violations(), 0, "allocations or frees");
    assert!(worst <= 2.0 * BUDGET, "{worst:.1} ms of {BUDGET:.1}");
}
