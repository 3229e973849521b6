//! What an open window costs: the process's time, less what it takes without one.

use std::time::{Duration, Instant};

use crate::embedded::{close, open, run_until};
use crate::host::{Session, load, note_of};
use crate::parent::Parent;
use crate::seat::Seat;
use crate::{RATE, alone, processor_time};

/// How long each is looked at.
const WHILE: Duration = Duration::from_secs(4);
/// The level's knob: its turn makes no sound anew.
const KNOB: (f32, f32) = (700.0, 441.0);

/// Share of a core that the process takes while the host plays in real time.
fn share(session: &mut Session, mut meanwhile: impl FnMut(f64)) -> f64 {
    let [note, _] = note_of(57, 0.8, 0, 511);
    let (before, began) = (processor_time(), Instant::now());
    let mut frames = 0u32;
    while began.elapsed() < WHILE {
        // A note a second, so that meters and keys move.
        let struck = frames.is_multiple_of(48_128);
        let notes: &[_] = if struck { &[note] } else { &[] };
        session.play(notes, 512, &[512]);
        frames += 512;
        session.idle();
        meanwhile(began.elapsed().as_secs_f64());
        let due = Duration::from_secs_f64(f64::from(frames) / RATE);
        std::thread::sleep(due.saturating_sub(began.elapsed()));
    }
    (processor_time() - before).as_secs_f64() / began.elapsed().as_secs_f64()
}

/// Lets the models come, and what fades in.
fn settle(session: &mut Session) {
    let began = Instant::now();
    run_until(session, "loading", |_| {
        began.elapsed() > Duration::from_secs(4)
    });
}

#[test]
fn an_open_window_costs_next_to_nothing() {
    let _alone = alone();
    let (parent, seat) = (Parent::new(), Seat::new());
    let entry = load();
    let mut session = Session::ready(&entry, RATE, 512);
    let without = share(&mut session, |_| ());
    open(&mut session, &parent);
    settle(&mut session);
    let playing = share(&mut session, |_| ()) - without;

    // Round and round with a knob.
    seat.point(KNOB.0, KNOB.1);
    seat.button(true);
    let stop = std::sync::atomic::AtomicBool::new(false);
    let (dragging, pictures) = std::thread::scope(|scope| {
        let looking = scope.spawn(|| {
            let (mut last, mut pictures) = (None, 0u32);
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                let now = parent.part((675, 415), (60, 70));
                pictures += u32::from(now != last);
                last = now;
                std::thread::sleep(Duration::from_millis(4));
            }
            pictures
        });
        let share = share(&mut session, |seconds| {
            seat.glide(KNOB.0, KNOB.1 + 60.0 * (2.0 * seconds).sin() as f32);
        });
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        (share - without, looking.join().expect("it looks"))
    });
    seat.button(false);
    let fps = f64::from(pictures) / WHILE.as_secs_f64();
    parent.map(false);
    let began = Instant::now();
    run_until(&mut session, "rest", |_| {
        began.elapsed() > Duration::from_secs(1)
    });
    let hidden = share(&mut session, |_| ()) - without;
    parent.map(true);
    close(&mut session);
    parent.wait_until_empty();

    // At twice the size.
    let mut large = Session::ready(&entry, RATE, 512);
    let without = share(&mut large, |_| ());
    crate::scale::open_at(&mut large, &parent, 2.0);
    settle(&mut large);
    let twice = share(&mut large, |_| ()) - without;
    close(&mut large);
    println!(
        "of a core, besides {:.1} % for the sound: {:.1} % with notes, {:.1} % at 200 %, {:.1} % \
         while a knob is dragged ({fps:.0} pictures a second), {:.1} % hidden",
        100.0 * without,
        100.0 * playing,
        100.0 * twice,
        100.0 * dragging,
        100.0 * hidden
    );
    assert!(
        playing < 0.08 && twice < 0.12 && hidden < 0.02,
        "{playing} {twice} {hidden}"
    );
    assert!(fps > 30.0, "{fps}");
}
