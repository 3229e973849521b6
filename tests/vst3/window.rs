//! The window opens and closes while the host automates every parameter on its audio thread.

use std::ffi::c_void;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use vst3::Steinberg::Vst::IEditControllerTrait;
use vst3::Steinberg::{IPlugFrame, IPlugView, IPlugViewTrait, kResultOk};
use vst3::{ComPtr, ComWrapper};

use crate::parent::Parent;
use crate::vst3_host::frame::Frame;
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
