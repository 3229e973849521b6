//! A knob turned in the window reaches the host, on its main thread, whether it plays or not; and what
//! the host sends back late doesn't turn it back.

use std::collections::VecDeque;
use std::time::Duration;

use vst3::ComWrapper;
use vst3::Steinberg::Vst::IEditControllerTrait;

use crate::parent::Parent;
use crate::vst3_host::frame::Frame;
use crate::vst3_host::handler::Told;
use crate::vst3_host::lists::Points;
use crate::vst3_host::{Block, CONSORT, Plugin, text};
use crate::window::{close, open};
use crate::{INSTRUMENT_STATE, alone};

/// How the host behaves during the drag.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Host {
    /// It plays, and sends back what it is told, twelve blocks later.
    Plays,
    /// It says that it plays, and sends no blocks.
    Rests,
    /// The plugin isn't active.
    Inactive,
}

fn values(plugin: &Plugin) -> Vec<(u32, f64)> {
    let value = |told: Told| match told {
        Told::Value(id, value) => Some((id, value)),
        _ => None,
    };
    plugin
        .handler
        .told()
        .into_iter()
        .filter_map(value)
        .collect()
}

fn drag(host: Host) {
    let plugin = Plugin::create(CONSORT);
    let state = String::from_utf8(INSTRUMENT_STATE.to_vec()).expect("JSON");
    assert!(plugin.load(state.replace("[1100,800]", "[1000,742]").as_bytes()));
    if host != Host::Inactive {
        plugin.activate(48_000.0, 512, false);
    }
    let (parent, frame) = (Parent::new(), ComWrapper::new(Frame::default()));
    let view = open(&plugin, &frame, &parent);
    let (mut due, mut done) = (VecDeque::new(), 0);
    let mut seen: Vec<(u32, f64)> = Vec::new();
    let mut pass = |times: usize| {
        for _ in 0..times {
            frame.run(Duration::from_millis(5));
            if host == Host::Plays {
                let told = values(&plugin);
                due.push_back(told[done..].to_vec());
                done = told.len();
                let back = if due.len() > 12 {
                    due.pop_front()
                } else {
                    None
                };
                let back = back.unwrap_or_default().into_iter();
                let points: Vec<Points> = back.map(|(id, value)| (id, vec![(0, value)])).collect();
                let block = Block {
                    points: &points,
                    ..Block::default()
                };
                plugin.play(256, &block);
            }
            if let Some((id, _)) = values(&plugin).last() {
                // SAFETY: as VST3 has it.
                seen.push((*id, unsafe { plugin.controller.getParamNormalized(*id) }));
            }
        }
    };
    let began = std::time::Instant::now();
    while parent.colours() < 50 {
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "it draws nothing"
        );
        pass(4);
    }
    pass(20);
    // The knob of Brightness.
    let (x, y) = KNOB;
    parent.press(x, y);
    for step in 1..30 {
        parent.drag(x, y - 2.0 * step as f32);
        pass(4);
    }
    pass(20);
    parent.release(x, y - 60.0);
    pass(40);
    let told = plugin.handler.told();
    let values = values(&plugin);
    let begins: Vec<_> = told
        .iter()
        .filter(|t| matches!(t, Told::Begin(_)))
        .collect();
    let ends: Vec<_> = told.iter().filter(|t| matches!(t, Told::End(_))).collect();
    assert_eq!((begins.len(), ends.len()), (1, 1), "{host:?}: {told:?}");
    assert!(values.len() > 10, "{host:?}: {told:?}");
    assert_eq!(plugin.handler.elsewhere(), 0, "calls off the main thread");
    let (id, last) = values[values.len() - 1];
    let name = plugin
        .parameters()
        .iter()
        .find(|info| info.id == id)
        .map(|info| text(&info.title));
    // SAFETY: as VST3 has it.
    let now = unsafe { plugin.controller.getParamNormalized(id) };
    assert!((now - last).abs() < 0.01, "{host:?}: {name:?} {now} {last}");
    let back = seen
        .windows(2)
        .filter(|pair| pair[1].1 < pair[0].1 - 1e-6)
        .count();
    println!(
        "{host:?}: {name:?} told {} times, up to {last:.2}; {back} steps back",
        values.len()
    );
    assert_eq!(back, 0);
    close(view);
}

/// Where the first knob of the window is, in its usual size.
const KNOB: (f32, f32) = (701.0, 270.0);

#[test]
fn a_knob_is_told_while_the_host_plays_rests_and_is_inactive() {
    let _alone = alone();
    for host in [Host::Plays, Host::Rests, Host::Inactive] {
        drag(host);
    }
}

/// A knob is held as the host closes the window: the gesture ends, and automation is followed again. So it is
/// after a gesture that nothing came back of.
#[test]
fn a_window_that_closes_lets_its_knob_go() {
    let _alone = alone();
    for held in [true, false] {
        let plugin = Plugin::create(CONSORT);
        plugin.activate(48_000.0, 512, false);
        let (parent, frame) = (Parent::new(), ComWrapper::new(Frame::default()));
        let view = open(&plugin, &frame, &parent);
        let began = std::time::Instant::now();
        while parent.colours() < 50 {
            assert!(
                began.elapsed() < Duration::from_secs(30),
                "it draws nothing"
            );
            frame.run(Duration::from_millis(20));
            plugin.play(256, &Block::default());
        }
        parent.press(KNOB.0, KNOB.1);
        for step in 1..10 {
            parent.drag(KNOB.0, KNOB.1 - 3.0 * step as f32);
            frame.run(Duration::from_millis(20));
            plugin.play(256, &Block::default());
        }
        if !held {
            parent.release(KNOB.0, KNOB.1 - 30.0);
            frame.run(Duration::from_millis(60));
            plugin.play(256, &Block::default());
        }
        let values = values(&plugin);
        let (id, last) = values[values.len() - 1];
        if held {
            close(view);
        }
        frame.run(Duration::from_millis(50));
        plugin.save();
        let told = plugin.handler.told();
        let ends = told.iter().filter(|told| **told == Told::End(id));
        assert_eq!(ends.count(), 1, "{told:?}");
        assert!((last - 0.1).abs() > 0.2);
        let block = Block {
            points: &[(id, vec![(0, 0.1)])],
            ..Block::default()
        };
        plugin.play(256, &block);
        // SAFETY: as VST3 has it.
        let now = unsafe { plugin.controller.getParamNormalized(id) };
        assert!((now - 0.1).abs() < 1e-3, "{now}");
    }
}

/// Where the prompt and its button are.
const PROMPT: (f32, f32) = (300.0, 88.0);
const GENERATE: (f32, f32) = (909.0, 88.0);

/// What isn't a parameter changes the project, too, and the host asks to save it.
#[test]
fn an_instrument_made_in_the_window_marks_the_project_as_changed() {
    let _alone = alone();
    let plugin = Plugin::create(CONSORT);
    plugin.activate(48_000.0, 512, false);
    let (parent, frame) = (Parent::new(), ComWrapper::new(Frame::default()));
    let view = open(&plugin, &frame, &parent);
    let pass = |what: &str, enough: &dyn Fn() -> bool| {
        let began = std::time::Instant::now();
        while !enough() {
            assert!(began.elapsed() < Duration::from_secs(60), "{what}");
            frame.run(Duration::from_millis(5));
            plugin.play(256, &Block::default());
        }
    };
    pass("it draws", &|| parent.colours() > 50);
    assert!(!plugin.handler.told().contains(&Told::Dirty));
    parent.click(PROMPT.0, PROMPT.1);
    crate::seat::Seat::new().write("warm cello");
    parent.click(GENERATE.0, GENERATE.1);
    pass("it is told", &|| {
        plugin.handler.told().contains(&Told::Dirty)
    });
    assert_eq!(plugin.handler.elsewhere(), 0, "calls off the main thread");
    close(view);
}
