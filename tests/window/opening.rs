//! The window is drawn whenever and however a host shows it: never white, and soon.

use std::time::{Duration, Instant};

use crate::embedded::{close, gui, open};
use crate::host::{CONSORT, STEMS, Session, load};
use crate::parent::Parent;
use crate::{RATE, alone};
use clack_extensions::gui::GuiSize;

/// Times that it opens.
const TIMES: u64 = 200;
/// Longest until it is drawn, on a machine that does other things, too.
const SOON: Duration = Duration::from_secs(2);

/// Waits until the window in it is drawn, all of it; how long.
fn drawn(session: &mut Session, parent: &Parent, what: &str) -> Duration {
    let began = Instant::now();
    loop {
        session.idle();
        // Unmapped windows have no picture; the host's own is white.
        if let Some(picture) = parent.picture() {
            let whole = picture.white() < picture.pixels.len() / 100;
            if whole && picture.pixels.iter().any(|pixel| pixel[0] > 64) {
                return began.elapsed();
            }
        }
        if began.elapsed() > SOON {
            parent.picture().expect("a picture").keep("white");
            panic!("{what}: not drawn after {SOON:?}");
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn it_is_drawn_two_hundred_times_of_two_hundred() {
    let _alone = alone();
    let (parent, other) = (Parent::new(), Parent::new());
    let entry = load();
    let mut soon: Vec<Duration> = Vec::new();
    for plugin in [CONSORT, STEMS] {
        let mut session = Session::open_one(&entry, plugin, RATE, 512);
        for turn in 0..TIMES / 2 {
            let late = Duration::from_millis(turn * 37 % 200);
            match turn % 5 {
                0 => {
                    open(&mut session, &parent);
                    soon.push(drawn(&mut session, &parent, "plain"));
                }
                1 => {
                    parent.map(false);
                    open(&mut session, &parent);
                    std::thread::sleep(late);
                    parent.map(true);
                    drawn(&mut session, &parent, "shown late");
                }
                2 => {
                    open(&mut session, &parent);
                    std::thread::sleep(late);
                    other.resize(1000, 742);
                    parent.hand_over(&other);
                    drawn(&mut session, &other, "in another window");
                    other.hand_over(&parent);
                    drawn(&mut session, &parent, "and back");
                }
                3 => {
                    open(&mut session, &parent);
                    std::thread::sleep(late / 4);
                    let gui = gui(&mut session);
                    for step in 0..8 {
                        let size = GuiSize {
                            width: 900 + 40 * step,
                            height: 742 + 10 * step,
                        };
                        parent.resize(size.width, size.height);
                        let handle = session.instance.plugin_handle();
                        gui.set_size(&handle, size).expect("it takes the size");
                    }
                    drawn(&mut session, &parent, "resized");
                }
                _ => {
                    open(&mut session, &parent);
                    drawn(&mut session, &parent, "before it is hidden");
                    parent.map(false);
                    std::thread::sleep(late * 3);
                    parent.map(true);
                    drawn(&mut session, &parent, "hidden and shown");
                }
            }
            close(&mut session);
            parent.wait_until_empty();
        }
    }
    soon.sort_unstable();
    let (half, last) = (soon[soon.len() / 2], soon[soon.len() - 1]);
    println!("first picture after {half:.0?}, at most {last:.0?}");
}
