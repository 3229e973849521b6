//! The strip that listens to the song and takes bars of it.

use std::path::Path;
use std::sync::Arc;

use consort::analysis::notes::HeardNote;
use consort::analysis::song::Corrections;
use consort::analysis::song::description::{
    ChordHeard, KeyHeard, MetreHeard, Tempo, TempoAlternative,
};
use consort::analysis::song::live::Now;
use consort::editor::State;
use consort::engine::capture::HostPosition;
use consort::jobs::song::{Bar, Beat, Heard, Hearing, Progress, Taken};
use consort::jobs::{Said, SongOrder};
use consort::music::{Key, Mode};
use egui::Role;
use egui_kittest::kittest::Queryable;

use crate::host::{Asked, Host};
use crate::{page_in, page_of_size};

/// Four bars of 7/8 from bar 5 on.
pub fn taken() -> Arc<Taken> {
    let frames = (0..28_000).map(|frame| {
        let level = 0.8 * (1.0 - (frame % 1_000) as f32 / 1_000.0);
        [
            level * (frame as f32 * 0.7).sin(),
            level * (frame as f32 * 0.5).sin(),
        ]
    });
    let bar = |index: usize| Bar {
        frame: index * 7_000,
        number: index as i32 + 5,
        metre: (7, 8),
    };
    let beat = |index: usize| Beat {
        frame: index * 1_000,
        position: 14.0 + 0.5 * index as f64,
        is_downbeat: index.is_multiple_of(7),
    };
    Arc::new(Taken {
        frames: frames.collect(),
        rate: 4_000,
        start: HostPosition::default(),
        bars: (0..4).map(bar).collect(),
        beats: (0..28).map(beat).collect(),
        tempo: vec![(0, 120.0)],
        notice: None,
    })
}

#[test]
fn bars_are_listened_to_and_taken() {
    let host = Host::new();
    let mut page = page_in(&host, State::new(Path::new("/music")));
    page.run();
    assert!(page.query_by_label("Listen").is_none());
    page.get_by_label("Song strip").click();
    page.run();
    page.get_by_label("Route tracks into Consort's sidechain and switch Listen on.");
    page.get_by_label("Listen").click();
    page.run();
    assert_eq!(host.take(), [Asked::Song(SongOrder::Listen(true))]);
    host.show(|view| {
        view.song.listens = true;
        view.song.heard = 3;
    });
    page.run();
    page.get_by_label("Listening: 3 whole bars heard");
    host.show(|view| {
        view.song.now = Some(Now {
            key: "F minor".parse().unwrap(),
            confidence: 0.7,
            chord: Some("Bbm7".parse().unwrap()),
        });
    });
    page.run();
    page.get_by_label("Now: F minor, Bbm7");
    host.show(|view| view.song.now = None);
    page.run();
    page.get_by_label("Song level");
    page.get_by_label("8 bars").click();
    page.run();
    page.get_by_label("Take last").click();
    page.run();
    page.get_by_label("From next bar").click();
    page.run();
    let orders = [
        SongOrder::Bars(8),
        SongOrder::TakeLast,
        SongOrder::FromNextBar,
    ];
    assert_eq!(host.take(), orders.map(Asked::Song));

    host.show(|view| view.song.progress = Some(Progress::Waiting));
    page.run();
    page.get_by_label("Waiting for a bar");
    assert!(page.query_by_label("Take last").is_none());
    host.show(|view| view.song.progress = Some(Progress::Bars(1)));
    page.run();
    page.get_by_label("Bar 2 of 4");
    page.get_by_label("Stop taking bars").click();
    page.run();
    page.get_by_label("Cancel taking bars").click();
    page.run();
    assert_eq!(
        host.take(),
        [SongOrder::Stop, SongOrder::Cancel].map(Asked::Song)
    );

    host.show(|view| {
        view.song.progress = None;
        view.song.taken = Some(taken());
        view.song.said = Some(Said::Note("From bar 8 on the sidechain was silent.".into()));
    });
    page.run();
    page.get_by_label("Taken: Bars 5–8, 7/8, 120 bpm");
    page.get_by_label("Bars 5–8, 7/8, 120 bpm, 7.0 s");
    page.get_by_label("From bar 8 on the sidechain was silent.");
    page.get_by_label("Save WAV").click();
    page.run();
    assert_eq!(host.take(), [Asked::Song(SongOrder::Save("/music".into()))]);

    // It stays on the other page, and goes when it is told to.
    page.get_by_label("Library page").click();
    page.run();
    page.get_by_label("Listen");
    page.get_by_label("Song strip").click();
    page.run();
    assert!(page.query_by_label("Listen").is_none());
}

/// What is heard in it: A minor, and the chord that it is over both halves.
pub fn heard() -> Arc<Heard> {
    let mut heard = Heard::default();
    heard.follows = true;
    let song = &mut heard.description;
    song.sentence = "Straight, 120 bpm, A minor, 7/8, sparse, calm.".into();
    song.key = Some(KeyHeard {
        name: "A minor".into(),
        tonic: 9,
        mode: Mode::Minor,
        confidence: 0.8,
        alternatives: Vec::new(),
    });
    song.tempo = Some(Tempo {
        bpm: 120.0,
        confidence: 1.0,
        from_host: true,
        range: [120.0; 2],
        alternatives: vec![TempoAlternative {
            bpm: 80.0,
            confidence: 0.2,
        }],
    });
    song.metre = Some(MetreHeard {
        name: "7/8".into(),
        metre: "7/8".parse().unwrap(),
        confidence: 1.0,
    });
    song.seconds_used = 4.0;
    song.downbeats = vec![0.0, 2.0];
    song.chords = vec![ChordHeard::new(0.0, 4.0, "Am".parse().unwrap(), 0.9)];
    heard.notes.push(HeardNote {
        key: 69,
        start: 0.0,
        end: 1.0,
        amplitude: 0.5,
        level: None,
        bend: Vec::new(),
    });
    Arc::new(heard)
}

#[test]
fn what_is_heard_is_shown_put_right_and_saved() {
    let host = Host::new();
    let mut page = page_of_size(&host, State::new(Path::new("/music")), (1000.0, 742.0));
    host.show(|view| {
        view.song.listens = true;
        view.song.taken = Some(taken());
        view.song.hearing = Some(Hearing::Working(0.4));
    });
    page.run();
    page.get_by_label("Hearing key, chords and notes: 40 %");
    assert!(page.query_by_label("Heard").is_none());
    let sentence = "What was taken can't be heard: it is silent.";
    host.show(|view| view.song.hearing = Some(Hearing::Failed(sentence.into())));
    page.run();
    page.get_by_label(sentence);
    host.show(|view| view.song.hearing = Some(Hearing::Done(heard())));
    page.run();
    page.get_by_label("Straight, 120 bpm, A minor, 7/8, sparse, calm.");
    page.get_by_label("Heard").click();
    page.run();
    page.get_by_label("Key: A minor, 80 % sure");
    for (name, told) in corrections() {
        page.get_by_label(name).scroll_to_me();
        page.run();
        page.get_by_label(name).click();
        page.run();
        assert_eq!(
            host.take(),
            [Asked::Song(tell(Corrections::default(), told))],
            "{name}"
        );
    }
    // A tag is told when its field is left.
    page.get_by_role_and_label(Role::TextInput, "Genre")
        .scroll_to_me();
    page.run();
    page.get_by_role_and_label(Role::TextInput, "Genre").click();
    page.run();
    page.get_by_role_and_label(Role::TextInput, "Genre")
        .type_text("tango");
    page.run();
    page.key_press(egui::Key::Enter);
    page.run();
    let told = Corrections {
        genre: Some("tango".into()),
        ..Corrections::default()
    };
    assert_eq!(
        host.take(),
        [Asked::Song(tell(Corrections::default(), told))]
    );
    page.get_by_label("Chords of bar 2: Am").scroll_to_me();
    page.run();
    page.get_by_label("Chords of bar 2: Am").click();
    page.run();
    let field = || page.get_by_role_and_label(Role::TextInput, "Chords of the bar");
    field().click();
    page.run();
    page.get_by_role_and_label(Role::TextInput, "Chords of the bar")
        .type_text(" nonsense");
    page.run();
    page.get_by_label("Set chords").click();
    page.run();
    page.get_by_label_contains("nonsense");
    assert_eq!(host.take(), []);
    page.get_by_label("Save MIDI").scroll_to_me();
    page.run();
    page.get_by_label("Save MIDI").click();
    page.run();
    assert_eq!(
        host.take(),
        [Asked::Song(SongOrder::SaveNotes("/music".into()))]
    );

    let major = Key {
        tonic: 0,
        mode: Mode::Major,
    };
    let mut told = Heard::clone(&heard());
    told.told.key = Some(major);
    told.past.push(Corrections::default());
    host.show(|view| view.song.hearing = Some(Hearing::Done(Arc::new(told))));
    page.run();
    page.get_by_label("Heard").click();
    page.run();
    for name in ["key as heard", "All as heard"] {
        page.get_by_label(name).click();
        page.run();
    }
    let seen = || Corrections {
        key: Some(major),
        ..Corrections::default()
    };
    let orders = [
        tell(seen(), Corrections::default()),
        tell(seen(), Corrections::default()),
    ];
    assert_eq!(host.take(), orders.map(Asked::Song));
    assert!(page.query_by_label("tempo as heard").is_none());

    // What a project remembers is shown, without anything to put right.
    let mut remembered = Heard::clone(&heard());
    remembered.title = "Bars 5–8, 7/8".into();
    remembered.follows = false;
    host.show(|view| {
        view.song.taken = None;
        view.song.hearing = Some(Hearing::Done(Arc::new(remembered)));
    });
    page.run();
    page.get_by_label("Bars 5–8, 7/8, from the project");
    page.get_by_label("Heard").click();
    page.run();
    page.get_by_label("C major").click();
    page.run();
    assert_eq!(host.take(), []);
}

/// Buttons of the menu, and what each tells.
fn tell(seen: Corrections, told: Corrections) -> SongOrder {
    SongOrder::Tell {
        seen: Box::new(seen),
        told: Box::new(told),
    }
}

fn corrections() -> [(&'static str, Corrections); 7] {
    let nothing = Corrections::default;
    [
        (
            "C major",
            Corrections {
                key: "C major".parse().ok(),
                ..nothing()
            },
        ),
        (
            "Half tempo",
            Corrections {
                tempo: Some(60.0),
                ..nothing()
            },
        ),
        (
            "Tempo 80 bpm",
            Corrections {
                tempo: Some(80.0),
                ..nothing()
            },
        ),
        (
            "6/8",
            Corrections {
                metre: "6/8".parse().ok(),
                ..nothing()
            },
        ),
        (
            "Bars a beat later",
            Corrections {
                downbeat: 1,
                ..nothing()
            },
        ),
        (
            "Swing",
            Corrections {
                swing: Some(2.0),
                ..nothing()
            },
        ),
        (
            "Not on the host's bars",
            Corrections {
                own_beats: true,
                ..nothing()
            },
        ),
    ]
}

#[test]
fn how_to_route_is_said_for_each_host() {
    let host = Host::new();
    let mut page = page_in(&host, State::default());
    page.get_by_label("Song strip").click();
    page.run();
    page.get_by_label("How to route").click();
    page.run();
    for name in [
        "Ableton Live",
        "Ardour",
        "Bitwig",
        "Cubase",
        "FL Studio",
        "Reaper",
        "Studio One",
    ] {
        page.get_by_label_contains(name);
    }
}

/// In a low window the strip takes the keyboard's place, and lets go of its key.
#[test]
fn nothing_is_cut_off_in_the_smallest_window() {
    let host = Host::new();
    for (size, keyboard) in [((860.0, 722.0), false), ((1000.0, 860.0), true)] {
        for library in [false, true] {
            host.show(|view| {
                view.song.listens = true;
                view.song.taken = Some(taken());
                view.song.hearing = Some(Hearing::Done(heard()));
                view.song.progress = Some(Progress::Bars(1));
            });
            let mut page = page_of_size(&host, State::new(Path::new("/music")), size);
            page.run();
            if library {
                page.get_by_label("Library page").click();
                page.run();
            }
            assert_eq!(page.query_by_label("C4").is_some(), keyboard);
            let right = |name: &str| page.get_by_label(name).rect().right();
            let left = |name: &str| page.get_by_label(name).rect().left();
            assert!(right("Bar 2 of 4") < left("Heard"), "{size:?}");
            assert!(right("How to route") <= size.0 - 16.0);
            assert!(right("Song strip") < left("Sidechain level"), "{size:?}");
            let strip = page.get_by_label("Listen").rect();
            assert!(strip.bottom() < size.1 - 16.0);
            host.show(|view| view.song.progress = None);
            page.run();
            let right = |name: &str| page.get_by_label(name).rect().right();
            let left = |name: &str| page.get_by_label(name).rect().left();
            assert!(right("From next bar") < left("Heard"), "{size:?}");
            host.take();
        }
    }
}
