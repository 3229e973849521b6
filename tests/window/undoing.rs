//! Undo takes back what the user did last: also a turn of a knob, before the instrument it was turned on.

use crate::embedded::{close, open, run_until};
use crate::host::{Session, load};
use crate::parent::Parent;
use crate::seat::Seat;
use crate::{RATE, alone};

/// Where they are on the page.
const BRIGHTNESS: (f32, f32) = (700.0, 270.0);
const LEVEL: (f32, f32) = (700.0, 441.0);
const UNDO: (f32, f32) = (786.0, 33.0);
const REDO: (f32, f32) = (851.0, 33.0);

/// Turns a knob by so many points upwards.
fn turn(seat: &Seat, knob: (f32, f32), by: f32) {
    seat.point(knob.0, knob.1);
    seat.button(true);
    for step in 1..=4 {
        seat.point(knob.0, knob.1 - by * step as f32 / 4.0);
    }
    seat.button(false);
}

#[test]
fn undo_turns_the_knob_back_that_was_turned_last() {
    let _alone = alone();
    let (parent, seat) = (Parent::new(), Seat::new());
    let entry = load();
    let mut session = Session::ready(&entry, RATE, 512);
    let all = session.parameters();
    let id = |name: &str| all.iter().find(|known| known.name == name).unwrap().id;
    let knobs = [id("Brightness"), id("Level")];
    let at = |session: &mut Session| knobs.map(|knob| session.value(knob));
    open(&mut session, &parent);
    let drawn = |session: &mut Session| {
        let began = std::time::Instant::now();
        run_until(session, "a moment", |_| began.elapsed().as_millis() > 500);
    };
    drawn(&mut session);
    let before = at(&mut session);
    turn(&seat, BRIGHTNESS, 40.0);
    run_until(&mut session, "brighter", |session| {
        at(session)[0] > before[0] + 0.1
    });
    drawn(&mut session);
    let brighter = at(&mut session);
    turn(&seat, LEVEL, -40.0);
    run_until(&mut session, "softer", |session| {
        at(session)[1] < before[1] - 0.05
    });
    drawn(&mut session);
    let softer = at(&mut session);
    assert_eq!(softer[0], brighter[0]);
    let mut click = |button: (f32, f32), expected: [f64; 2], what: &str| {
        drawn(&mut session);
        seat.click(button.0, button.1);
        run_until(&mut session, what, |session| at(session) == expected);
    };
    click(UNDO, brighter, "the level is back");
    click(UNDO, before, "the brightness is back");
    click(REDO, brighter, "brighter again");
    click(REDO, softer, "softer again");
    close(&mut session);
    parent.wait_until_empty();
}
