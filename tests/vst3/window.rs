//! The window opens and closes while the host automates every parameter on its audio thread.

use std::ffi::c_void;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use consort::instrument::Instrument;
use vst3::Steinberg::Vst::IEditControllerTrait;
use vst3::Steinberg::{
    IPlugFrame, IPlugView, IPlugViewContentScaleSupport, IPlugViewContentScaleSupportTrait,
    IPlugViewTrait, ViewRect, kResultOk,
};
use vst3::{ComPtr, ComWrapper};

use crate::parent::Parent;
use crate::seat::{CONTROL, ENTER, Seat, pressed};
use crate::vst3_host::frame::Frame;
use crate::vst3_host::handler::Told;
use crate::vst3_host::lists::{Note, Points};
use crate::vst3_host::{Block, CONSORT, Plugin, STEMS};
use crate::{INSTRUMENT_STATE, alone};

/// Times that each plugin's window opens.
const TIMES: usize = 500;

/// Opens the window in a parent.
pub fn open(plugin: &Plugin, frame: &ComWrapper<Frame>, parent: &Parent) -> ComPtr<IPlugView> {
    let frame = frame.as_com_ref::<IPlugFrame>().expect("it is one");
    // SAFETY: in the order that VST3 asks for.
    unsafe {
        let view = ComPtr::from_raw(plugin.controller.createView(c"editor".as_ptr()));
        let view = view.expect("it has a window");
        assert_eq!(view.setFrame(frame.as_ptr()), kResultOk);
        let mut size = std::mem::zeroed();
        assert_eq!(view.getSize(&mut size), kResultOk);
        assert!(size.right > 100 && size.bottom > 100);
        let window = parent.id() as usize as *mut c_void;
        assert_eq!(
            view.attached(window, c"X11EmbedWindowID".as_ptr()),
            kResultOk
        );
        view
    }
}

/// Closes it.
pub fn close(view: ComPtr<IPlugView>) {
    // SAFETY: it is open.
    unsafe {
        view.removed();
        view.setFrame(std::ptr::null_mut());
    }
}

/// Plays notes and moves all knobs until it is told to stop; how many blocks.
fn automate(plugin: &Plugin, stop: &AtomicBool, blocks: &AtomicU64) {
    let ids = plugin.automatable();
    let mut at = 0_u64;
    while !stop.load(Ordering::Relaxed) {
        let value = (at % 100) as f64 / 99.0;
        let of = |id: &u32| (*id, vec![(3, value), (77, 1.0 - value)]);
        let points: Vec<Points> = ids.iter().map(of).collect();
        let key = 40 + (at / 50 % 40) as i16;
        let notes = match at % 50 {
            0 => vec![Note::on(0, key, -1)],
            30 => vec![Note::off(0, key, -1)],
            _ => vec![],
        };
        let block = Block {
            notes: &notes,
            points: &points,
            ..Block::default()
        };
        assert_eq!(plugin.play(128, &block).result, kResultOk);
        at += 1;
        blocks.store(at, Ordering::Relaxed);
        std::thread::sleep(Duration::from_micros(500));
    }
}

#[test]
fn it_opens_and_closes_a_thousand_times_while_the_host_automates() {
    let _alone = alone();
    let parent = Parent::new();
    for class in [CONSORT, STEMS] {
        let plugin = Arc::new(Plugin::create(class));
        if class == CONSORT {
            assert!(plugin.load(INSTRUMENT_STATE));
        }
        plugin.activate(48_000.0, 512, false);
        let frame = ComWrapper::new(Frame::default());
        let stop = Arc::new(AtomicBool::new(false));
        let blocks = Arc::new(AtomicU64::new(0));
        let thread = std::thread::spawn({
            let (plugin, stop, blocks) = (plugin.clone(), stop.clone(), blocks.clone());
            move || automate(&plugin, &stop, &blocks)
        });
        let began = Instant::now();
        for time in 0..TIMES {
            let view = open(&plugin, &frame, &parent);
            // Most are gone before they have drawn.
            frame.run(Duration::from_millis([0, 2, 10, 40][time % 4]));
            close(view);
            assert!(frame.is_idle(), "all is unregistered");
        }
        stop.store(true, Ordering::Relaxed);
        thread.join().expect("the audio thread goes on");
        let (took, blocks) = (began.elapsed(), blocks.load(Ordering::Relaxed));
        println!("{TIMES} windows in {took:.1?}, over {blocks} blocks");
        assert_eq!(plugin.handler.elsewhere(), 0, "calls off the main thread");
        plugin.deactivate();
    }
}

/// The prompt, as the window opens.
const PROMPT: (f32, f32) = (200.0, 90.0);

/// The prompt of the instrument in a saved project.
fn prompt(state: &[u8]) -> String {
    use base64::Engine;
    let state: serde_json::Value = serde_json::from_slice(state).expect("JSON");
    let field = state["fields"]["instrument"]
        .as_str()
        .expect("an instrument");
    let text: String = serde_json::from_str(field).expect("text in text");
    let bytes = base64::engine::general_purpose::STANDARD.decode(text);
    let instrument = Instrument::from_bytes(&bytes.expect("base64"));
    instrument.expect("an instrument").recipe.prompt
}

#[test]
fn what_is_typed_is_the_fields_until_enter_and_then_the_hosts() {
    let _alone = alone();
    let (parent, seat) = (Parent::new(), Seat::new());
    let plugin = Plugin::create(CONSORT);
    plugin.activate(48_000.0, 512, false);
    let frame = ComWrapper::new(Frame::default());
    let view = open(&plugin, &frame, &parent);
    let began = Instant::now();
    while parent.colours() < 50 {
        frame.run(Duration::from_millis(5));
        assert!(began.elapsed() < Duration::from_secs(20), "it draws");
    }
    seat.focus(parent.id());
    let rest = || frame.run(Duration::from_millis(250));
    seat.click(PROMPT.0, PROMPT.1);
    rest();
    seat.write("warm cello");
    rest();
    let heard = pressed(&seat, &parent.events());
    assert!(heard.is_empty(), "none is the host's: {heard:?}");
    seat.strike(ENTER);
    rest();
    let began = Instant::now();
    while !plugin.handler.told().contains(&Told::Dirty) {
        frame.run(Duration::from_millis(5));
        plugin.play(256, &Block::default());
        assert!(began.elapsed() < Duration::from_secs(60), "it is made");
    }
    assert_eq!(prompt(&plugin.save()), "warm cello");
    seat.write(" ");
    rest();
    let heard = pressed(&seat, &parent.events());
    assert_eq!(heard, [u32::from(' ')], "after");
    close(view);
}

#[test]
fn it_follows_the_hosts_scale_and_the_users_zoom() {
    let _alone = alone();
    let (parent, seat) = (Parent::new(), Seat::new());
    let plugin = Plugin::create(CONSORT);
    let frame = ComWrapper::new(Frame::default());
    // SAFETY: in the order that VST3 asks for.
    let view = unsafe {
        let view = ComPtr::from_raw(plugin.controller.createView(c"editor".as_ptr()));
        let view = view.expect("it has a window");
        let frame = frame.as_com_ref::<IPlugFrame>().expect("it is one");
        assert_eq!(view.setFrame(frame.as_ptr()), kResultOk);
        let scaled = view.cast::<IPlugViewContentScaleSupport>();
        let scaled = scaled.expect("it hears of scales");
        assert_eq!(scaled.setContentScaleFactor(1.5), kResultOk);
        let window = parent.id() as usize as *mut c_void;
        let kind = c"X11EmbedWindowID".as_ptr();
        assert_eq!(view.attached(window, kind), kResultOk);
        view
    };
    let until = |size: (u32, u32)| {
        let began = Instant::now();
        while parent.children() != [size] || parent.colours() < 50 {
            frame.run(Duration::from_millis(5));
            let children = parent.children();
            assert!(began.elapsed() < Duration::from_secs(20), "{children:?}");
        }
    };
    until((1500, 1113));
    // By keys, in a field.
    seat.focus(parent.id());
    seat.click(1.5 * PROMPT.0, 1.5 * PROMPT.1);
    frame.run(Duration::from_millis(300));
    let zoom = |key: char| {
        seat.key(CONTROL, true);
        seat.strike(key.into());
        seat.key(CONTROL, false);
    };
    zoom('=');
    until((1650, 1224));
    // In a frame that has room only later, and says once more meanwhile what there is.
    frame.lay_out_late(&view);
    for (key, size) in [
        ('=', (1800, 1336)),
        ('0', (1500, 1113)),
        ('-', (1350, 1002)),
        ('-', (1200, 890)),
        ('0', (1500, 1113)),
        ('=', (1650, 1224)),
    ] {
        zoom(key);
        until(size);
        frame.run(Duration::from_millis(200));
        assert_eq!(parent.children(), [size], "it stays");
    }
    let mut size = ViewRect {
        left: 0,
        top: 0,
        right: 0,
        bottom: 0,
    };
    // SAFETY: a struct of ours.
    assert_eq!(unsafe { view.getSize(&mut size) }, kResultOk);
    assert_eq!((size.right, size.bottom), (1650, 1224));
    frame.close();
    close(view);
}
