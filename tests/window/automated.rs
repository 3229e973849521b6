//! The window opens and closes while the host automates every parameter on its audio thread. The same in
//! VST3: `tests/vst3/window.rs`.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::embedded::{close, open};
use crate::host::{Audio, CONSORT, Event, Parameter, STEMS, Session, What, load, note_of};
use crate::parent::Parent;
use crate::{RATE, alone};

/// Times that each plugin's window opens.
const TIMES: usize = 500;

/// Plays notes and moves all knobs until it is told to stop; how many blocks.
fn automate(audio: &mut Audio, knobs: &[Parameter], stop: &AtomicBool) -> u64 {
    let mut blocks = 0;
    while !stop.load(Ordering::Relaxed) {
        let share = (blocks % 100) as f64 / 99.0;
        let mut events = note_of(40 + (blocks % 40) as u8, 0.7, 0, 100).to_vec();
        for frame in [3, 77] {
            let set = |knob: &Parameter| {
                let value = knob.min + share * (knob.max - knob.min);
                Event::at(frame, What::Set(knob.id, value))
            };
            events.extend(knobs.iter().map(set));
        }
        events.sort_by_key(|event| event.frame);
        audio.play(&events, 128, &[128]);
        blocks += 1;
        std::thread::sleep(Duration::from_micros(500));
    }
    blocks
}

#[test]
fn it_opens_and_closes_a_thousand_times_while_the_host_automates() {
    let _alone = alone();
    let (parent, entry) = (Parent::new(), load());
    for plugin in [CONSORT, STEMS] {
        let mut session = Session::open_one(&entry, plugin, RATE, 512);
        let knobs = session.parameters();
        let mut audio = session.audio.take().expect("active");
        let stop = AtomicBool::new(false);
        let began = Instant::now();
        let blocks = std::thread::scope(|scope| {
            let playing = scope.spawn(|| automate(&mut audio, &knobs, &stop));
            for time in 0..TIMES {
                open(&mut session, &parent);
                let until = Instant::now() + Duration::from_millis([0, 2, 10, 40][time % 4]);
                // Most are gone before they have drawn.
                while Instant::now() < until {
                    session.idle();
                    std::thread::sleep(Duration::from_millis(1));
                }
                session.idle();
                close(&mut session);
            }
            stop.store(true, Ordering::Relaxed);
            playing.join().expect("the audio thread goes on")
        });
        println!(
            "{TIMES} windows in {:.1?}, over {blocks} blocks",
            began.elapsed()
        );
        session.audio = Some(audio);
        parent.wait_until_empty();
    }
}
