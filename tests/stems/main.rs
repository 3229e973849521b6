//! Consort Stems in a CLAP host: what plays on its track leaves it as it came, whatever it listens to;
//! its stem plays in the host's time; and its state comes back.
//!
//! The plugin is linked in here as in `tests/soak.rs`: all that the audio thread does runs under an
//! allocator that counts.

mod activation;
mod bounce;
mod crowd;
#[path = "../realtime/guard.rs"]
#[expect(dead_code, reason = "this test counts, and judges at the end")]
mod guard;
#[path = "../host/mod.rs"]
mod host;
mod level;
mod limiting;
mod numbers;
mod passing;
mod playing;
mod sheet;
mod state;
#[path = "../song/timeline.rs"]
#[expect(dead_code, reason = "the song's tests use all of it")]
mod timeline;
#[path = "../realtime/watched.rs"]
mod watched;

use clack_extensions::latency::PluginLatency;
use clack_extensions::note_ports::PluginNotePorts;
use clack_host::prelude::*;
use host::{CONSORT, STEMS, Session};

const RATE: f64 = 48_000.0;

/// How long the audio thread has worked, by its own time: other programs may hold it up.
mod worked {
    use std::cell::Cell;

    thread_local! {
        static LONGEST: Cell<u64> = const { Cell::new(0) };
        static ALL: Cell<u64> = const { Cell::new(0) };
    }

    fn now() -> u64 {
        let mut time = libc::timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        // SAFETY: it only writes the time.
        unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
        time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
    }

    /// For `Audio::around`: counts what it must not do, and how long it takes.
    pub fn timed(work: &mut dyn FnMut()) {
        let begun = now();
        crate::watched::watched(work);
        let took = now() - begun;
        LONGEST.set(LONGEST.get().max(took));
        ALL.set(ALL.get() + took);
    }

    /// Milliseconds that this thread's blocks took since the last look: the longest, and all.
    pub fn take() -> (f64, f64) {
        let ms = |nanoseconds: u64| nanoseconds as f64 / 1e6;
        (ms(LONGEST.replace(0)), ms(ALL.replace(0)))
    }
}

#[global_allocator]
static ALLOCATOR: guard::Counting = guard::Counting;

fn linked_in() -> PluginEntry {
    // SAFETY: it is the entry that the plugin library exports.
    unsafe { PluginEntry::load_from_raw(&consort::clap_entry, c"/linked/in") }.expect("it loads")
}

#[test]
fn the_library_holds_the_instrument_and_then_the_effect() {
    let entry = linked_in();
    let factory = entry.get_plugin_factory().expect("it has a factory");
    let plugins: Vec<_> = factory.plugin_descriptors().collect();
    let ids: Vec<_> = plugins.iter().map(|plugin| plugin.id().unwrap()).collect();
    assert_eq!(ids, [CONSORT, STEMS]);
    assert_eq!(plugins[1].name(), Some(c"Consort Stems"));
    let features: Vec<_> = plugins[1].features().collect();
    assert_eq!(
        features,
        [c"audio-effect", c"analyzer", c"utility", c"stereo"]
    );
}

#[test]
fn it_has_a_stereo_track_in_and_out_notes_out_and_no_latency() {
    let mut session = Session::create_one(&linked_in(), STEMS);
    assert_eq!(
        (session.ports(true), session.ports(false)),
        (vec![2], vec![2])
    );
    let handle = session.instance.plugin_handle();
    let notes: PluginNotePorts = handle.get_extension().expect("it has note ports");
    assert_eq!(
        (notes.count(&handle, true), notes.count(&handle, false)),
        (0, 1)
    );
    session.activate(RATE, 512);
    let handle = session.instance.plugin_handle();
    let latency: PluginLatency = handle.get_extension().expect("it says its latency");
    assert_eq!(latency.get(&handle), 0);
    let names: Vec<String> = session.parameters().into_iter().map(|p| p.name).collect();
    assert_eq!(
        names,
        [
            "Stem level",
            "Stem on",
            "Track on",
            "Limiter",
            "Bypass",
            "Project change"
        ]
    );
}

/// Nor is anything loaded by opening and playing it.
#[test]
fn a_track_that_nobody_listens_to_lets_the_host_rest() {
    let mut session = Session::open_one(&linked_in(), STEMS, RATE, 512);
    session.audio.as_mut().expect("active").sidechain = |_| 0.5;
    session.play(&[], 4_800, &[512]);
    assert!(!session.audio.as_ref().expect("active").awake);
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
    assert!(!maps.contains("onnxruntime"));
}
