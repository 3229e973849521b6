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

/// Clicks into the prompt, and waits until the window has the keyboard.
fn click_prompt(session: &mut Session, parent: &Parent, seat: &Seat) {
    seat.click(PROMPT.0, PROMPT.1);
    run_until(session, "the keyboard", |_| seat.focused() != parent.id());
    rest(session);
}

/// Waits until that prompt is being made.
fn until_asked_for(session: &mut Session, prompt: &str) {
    run_until(session, prompt, |session| {
        let request = session.save().field("request");
        request.is_some_and(|request| request["prompt"] == prompt)
    });
}

/// The keyboard's layout, the whole display's.
struct Layout;

impl Layout {
    fn set(arguments: &[&str]) -> Layout {
        let done = std::process::Command::new("setxkbmap")
            .args(arguments)
            .status();
        assert!(done.expect("setxkbmap comes with Xvfb").success());
        Layout
    }
}

impl Drop for Layout {
    fn drop(&mut self) {
        let _ = std::process::Command::new("setxkbmap").arg("us").status();
    }
}

#[test]
fn dead_keys_and_other_alphabets_are_written_as_their_layouts_say() {
    let _alone = alone();
    let parent = Parent::new();
    let mut session = Session::ready(&load(), RATE, 512);
    open(&mut session, &parent);
    run_until(&mut session, "a picture", |_| parent.colours() > 50);
    const DEAD_ACUTE: u32 = 0xfe51;
    let cyrillic = [0x6c1, 0x6c1, 0x6d3]; // а, а, с
    for (layout, keys, text) in [
        (
            &["us", "-variant", "intl"][..],
            &[DEAD_ACUTE, 'e' as u32][..],
            "\u{e9}",
        ),
        (&["ru"], &cyrillic, "\u{430}\u{430}\u{441}"),
    ] {
        let _layout = Layout::set(layout);
        let seat = Seat::new();
        seat.focus(parent.id());
        click_prompt(&mut session, &parent, &seat);
        // What was there goes: on a layout without Latin letters Ctrl+A is the key that has it elsewhere.
        seat.key(CONTROL, true);
        let a = if layout[0] == "ru" { 0x6c6 } else { 'a'.into() };
        seat.strike(a);
        seat.key(CONTROL, false);
        for key in keys {
            seat.strike(*key);
        }
        rest(&mut session);
        parent
            .picture()
            .expect("a picture")
            .keep(&format!("typed {}", layout[0]));
        seat.strike(ENTER);
        until_asked_for(&mut session, text);
    }
    close(&mut session);
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

    click_prompt(&mut session, &parent, &seat);
    // Cut and pasted, which the clipboard does.
    let with_control = |symbol: u32| {
        seat.key(CONTROL, true);
        seat.strike(symbol);
        seat.key(CONTROL, false);
    };
    seat.write("cello");
    with_control('a'.into());
    with_control('x'.into());
    seat.write("warm ");
    with_control('v'.into());
    rest(&mut session);
    parent.picture().expect("a picture").keep("typed");
    let heard = pressed(&seat, &parent.events());
    assert!(heard.is_empty(), "none is the host's: {heard:?}");
    // What no field can use is.
    seat.strike(F5);
    with_control('s'.into());
    rest(&mut session);
    let heard = pressed(&seat, &parent.events());
    assert_eq!(heard, [F5, u32::from('s')], "shortcuts go on to the host");
    seat.strike(ENTER);
    until_asked_for(&mut session, "warm cello");
    rest(&mut session);
    assert_eq!(seat.focused(), parent.id(), "given back");
    seat.write(" ");
    rest(&mut session);
    let heard = pressed(&seat, &parent.events());
    assert_eq!(heard, [u32::from(' ')], "after");

    // Escape gives it back, too; and so does closing the window.
    click_prompt(&mut session, &parent, &seat);
    assert_ne!(seat.focused(), parent.id());
    seat.strike(ESCAPE);
    rest(&mut session);
    assert_eq!(seat.focused(), parent.id());
    click_prompt(&mut session, &parent, &seat);
    seat.strike(TAB);
    rest(&mut session);
    assert_ne!(seat.focused(), parent.id(), "the next widget has it");
    close(&mut session);
    parent.wait_until_empty();
    assert_eq!(seat.focused(), parent.id());
}
