//! A screen reader outlives windows, instances and the library, and they outlive it.

use std::time::Duration;

use crate::embedded::{close, open};
use crate::host::{CONSORT, STEMS, Session, load, note_of};
use crate::parent::Parent;
use crate::{RATE, alone, named, rest, show, wait};

/// How often all of it comes and goes.
const TIMES: u64 = 20;

#[test]
fn windows_and_the_library_come_and_go_under_a_screen_reader() {
    let (_alone, reader) = alone();
    let parent = Parent::new();
    for turn in 0..TIMES {
        let entry = load();
        let plugin = if turn % 4 == 1 { STEMS } else { CONSORT };
        let mut session = Session::open_one(&entry, plugin, RATE, 512);
        if turn % 5 == 2 {
            reader.attach(false);
            open(&mut session, &parent);
            rest(&mut session, Duration::from_millis(100));
            reader.attach(true);
            wait(&mut session, reader, "elements", |all| all.len() > 20);
        } else if turn % 5 == 3 {
            // Gone before anything is told.
            open(&mut session, &parent);
        } else {
            show(&mut session, &parent, reader);
        }
        if turn % 3 == 0 {
            // A question is on its way while the window goes.
            let elements = reader.elements();
            if let Some(field) = named(&elements, "entry", "Folder") {
                reader.set_text(field, "/tmp");
                reader.focus(field);
            }
        }
        if turn % 2 == 0 {
            close(&mut session);
            parent.wait_until_empty();
            wait(&mut session, reader, "no window", |all| all.is_empty());
            show(&mut session, &parent, reader);
        }
        if turn % 5 == 4 {
            // An instance may go with its window open.
            drop(session);
        } else {
            close(&mut session);
            session.play(&note_of(60, 0.8, 0, 400), 512, &[512]);
            drop(session);
        }
        parent.wait_until_empty();
        drop(entry);
        let began = std::time::Instant::now();
        while !reader.elements().is_empty() {
            assert!(
                began.elapsed().as_secs() < 5,
                "a window is told that is gone"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}
