//! Keys are the page's while a field is edited, and the host's otherwise.

use std::time::Duration;

use crate::embedded::{close, open, run_until};
use crate::host::{Session, load};
use crate::parent::Parent;
use crate::seat::{CONTROL, ENTER, ESCAPE, F5, Seat, TAB, pressed};
use crate::{RATE, alone};

/// The prompt, as the window opens.
const PROMPT: (f32, f32) = (200.0, 90.0);

/// A while of the host's own.
fn rest(session: &mut Session) {
    let began = std::time::Instant::now();
    run_until(session, "rest", |_| {
        began.elapsed() > Duration::from_millis(250)
    });
}

#[test]
fn what_is_typed_is_the_fields_until_enter_and_the_hosts_before_and_after() {
    let _alone = alone();
    let (parent, seat) = (Parent::new(), Seat::new());
    let mut session = Session::ready(&load(), RATE, 512);
    open(&mut session, &parent);
    run_until(&mut session, "a picture", |_| parent.colours() > 50);
    seat.focus(parent.id());
    // The pointer is over the window, and no field is edited.
    seat.point(PROMPT.0, PROMPT.1);
    seat.write("q ");
    rest(&mut session);
    let heard = pressed(&seat, &parent.events());
    assert_eq!(heard, [u32::from('q'), u32::from(' ')], "before");

    seat.click(PROMPT.0, PROMPT.1);
    rest(&mut session);
    assert_ne!(seat.focused(), parent.id(), "the window has the keyboard");
    seat.write("warm cello");
    rest(&mut session);
    parent.picture().expect("a picture").keep("typed");
    let heard = pressed(&seat, &parent.events());
    assert!(heard.is_empty(), "none is the host's: {heard:?}");
    // What no field can use is.
    seat.strike(F5);
    seat.key(CONTROL, true);
    seat.strike('s'.into());
    seat.key(CONTROL, false);
    rest(&mut session);
    let heard = pressed(&seat, &parent.events());
    assert_eq!(heard, [F5, u32::from('s')], "shortcuts go on to the host");
    seat.strike(ENTER);
    run_until(&mut session, "the instrument", |session| {
        let instrument = session.save().field("instrument");
        instrument.is_some_and(|it| !it.is_null())
    });
    let request = session.save().field("request");
    println!("{request:?}");
    rest(&mut session);
    assert_eq!(seat.focused(), parent.id(), "given back");
    seat.write(" ");
    rest(&mut session);
    let heard = pressed(&seat, &parent.events());
    assert_eq!(heard, [u32::from(' ')], "after");

    // Escape gives it back, too; and so does closing the window.
    seat.click(PROMPT.0, PROMPT.1);
    rest(&mut session);
    assert_ne!(seat.focused(), parent.id());
    seat.strike(ESCAPE);
    rest(&mut session);
    assert_eq!(seat.focused(), parent.id());
    seat.click(PROMPT.0, PROMPT.1);
    rest(&mut session);
    seat.strike(TAB);
    rest(&mut session);
    assert_ne!(seat.focused(), parent.id(), "the next widget has it");
    close(&mut session);
    parent.wait_until_empty();
    assert_eq!(seat.focused(), parent.id());
}
