//! A CLAP host for tests and for `cargo xtask demo`: it loads the bundled plugin as a DAW would,
//! sends it events at exact frames, in blocks of any size, and keeps what comes out.
//!
//! It is strict: every sample must be finite, and every call the plugin refuses is a panic.

#![allow(
    dead_code,
    unused_imports,
    reason = "each program that includes this module uses another part of it"
)]

mod audio;
mod event;
mod sound;
mod state;

pub use audio::Audio;
pub use event::{Event, What, note_of};
pub use sound::Sound;
pub use state::State;

use clack_extensions::audio_ports::{AudioPortInfoBuffer, PluginAudioPorts};
use clack_extensions::gui::{GuiSize, HostGui, HostGuiImpl};
use clack_extensions::params::{ParamInfoBuffer, PluginParams};
use clack_extensions::render::{PluginRender, RenderMode};
use clack_extensions::state::PluginState;
use clack_host::prelude::*;
use std::ffi::{CStr, CString};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Longer than anything should take, on a slow machine with other work too.
const LIMIT: Duration = Duration::from_secs(180);

/// Id of the instrument.
pub const CONSORT: &CStr = c"org.consort.consort";
/// Id of the effect.
pub const STEMS: &CStr = c"org.consort.stems";

/// What the plugin may ask of us from any thread.
#[derive(Default)]
pub struct Requests {
    callback: AtomicBool,
    /// The size that the window asked for last: width in the upper half, 0 for none.
    size: AtomicU64,
}

impl Requests {
    /// The size that the window has asked for since the last look.
    pub fn take_size(&self) -> Option<GuiSize> {
        let packed = self.size.swap(0, Ordering::AcqRel);
        let (width, height) = ((packed >> 32) as u32, packed as u32);
        (packed != 0).then_some(GuiSize { width, height })
    }
}

impl SharedHandler<'_> for Requests {
    fn request_restart(&self) {}
    fn request_process(&self) {}
    fn request_callback(&self) {
        self.callback.store(true, Ordering::Release);
    }
}

/// Windows are opened and sized by the test: what the plugin asks for is granted and that is all.
impl HostGuiImpl for Requests {
    fn resize_hints_changed(&self) {}
    fn request_resize(&self, size: GuiSize) -> Result<(), HostError> {
        let packed = u64::from(size.width) << 32 | u64::from(size.height);
        self.size.store(packed, Ordering::Release);
        Ok(())
    }
    fn request_show(&self) -> Result<(), HostError> {
        Ok(())
    }
    fn request_hide(&self) -> Result<(), HostError> {
        Ok(())
    }
    fn closed(&self, _: bool) {}
}

/// Ties the handlers together for clack.
pub struct Handlers;

impl HostHandlers for Handlers {
    type Shared<'a> = Requests;
    type MainThread<'a> = ();
    type AudioProcessor<'a> = ();

    fn declare_extensions(builder: &mut HostExtensions<Self>, _: &Requests) {
        builder.register::<HostGui>();
    }
}

/// The plugin as `cargo xtask bundle` leaves it; `CONSORT_CLAP` names another.
pub fn bundle() -> PathBuf {
    if let Some(path) = std::env::var_os("CONSORT_CLAP") {
        return path.into();
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    // xtask includes this module too, from one folder further down.
    let root = if root.ends_with("xtask") {
        root.parent().expect("not at the top")
    } else {
        root
    };
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or(root.join("target"), PathBuf::from);
    let path = target.join("bundled/Consort.clap");
    assert!(
        path.exists(),
        "{} is missing: run `cargo xtask bundle` first",
        path.display()
    );
    path
}

/// Loads the library; the first of a process runs its entry.
pub fn load() -> PluginEntry {
    // SAFETY: it is our own plugin; what it does on loading is what we are here to test.
    unsafe { PluginEntry::load(bundle()) }.expect("the bundled plugin loads")
}

/// One open plugin. It lives on the thread that opened it, which is its main thread; its audio
/// runs there too, as in an offline bounce, unless [`Session::audio`] is taken to another.
pub struct Session {
    /// The part for the audio thread, while active. Before the instance: it must go first.
    pub audio: Option<Audio>,
    pub instance: PluginInstance<Handlers>,
}

impl Session {
    /// Opens an instance of the library's first plugin at a sample rate in Hz, for blocks of up to
    /// `largest_block` frames.
    pub fn open(entry: &PluginEntry, sample_rate: f64, largest_block: usize) -> Session {
        Session::open_one(entry, &plugin_id(entry), sample_rate, largest_block)
    }

    /// The same, of one of its plugins.
    pub fn open_one(
        entry: &PluginEntry,
        id: &CStr,
        sample_rate: f64,
        largest_block: usize,
    ) -> Session {
        let mut session = Session::create_one(entry, id);
        session.activate(sample_rate, largest_block);
        session
    }

    /// Opens an instance and waits until all its keys are there.
    pub fn ready(entry: &PluginEntry, sample_rate: f64, largest_block: usize) -> Session {
        let mut session = Session::open(entry, sample_rate, largest_block);
        session.wait_for_keys();
        session
    }

    /// Creates an instance of the library's first plugin and leaves it inactive.
    pub fn create(entry: &PluginEntry) -> Session {
        Session::create_one(entry, &plugin_id(entry))
    }

    /// The same, of one of its plugins.
    pub fn create_one(entry: &PluginEntry, id: &CStr) -> Session {
        let info = HostInfo::new("Consort tests", "Consort", "", "1").expect("no zero bytes");
        let instance =
            PluginInstance::<Handlers>::new(|_| Requests::default(), |_| (), entry, id, &info)
                .expect("the plugin opens");
        Session {
            audio: None,
            instance,
        }
    }

    /// Channels of each port.
    pub fn ports(&mut self, is_input: bool) -> Vec<usize> {
        let handle = self.instance.plugin_handle();
        let ports = handle
            .get_extension::<PluginAudioPorts>()
            .expect("it has audio ports");
        let mut buffer = AudioPortInfoBuffer::new();
        (0..ports.count(&handle, is_input))
            .map(|index| {
                let info = ports.get(&handle, index, is_input, &mut buffer);
                info.expect("counted ports exist").channel_count as usize
            })
            .collect()
    }

    /// Makes it ready to play.
    pub fn activate(&mut self, sample_rate: f64, largest_block: usize) {
        let (inputs, outputs) = (self.ports(true), self.ports(false));
        let configuration = PluginAudioConfiguration {
            sample_rate,
            min_frames_count: 1,
            max_frames_count: largest_block as u32,
        };
        let stopped = self
            .instance
            .activate(|_, _| (), configuration)
            .expect("it activates");
        let started = stopped.start_processing().expect("it starts");
        self.audio = Some(Audio::new(started, &inputs, &outputs, largest_block));
    }

    /// Stops it, as a host does before it changes the sample rate.
    pub fn deactivate(&mut self) {
        if let Some(audio) = self.audio.take() {
            self.instance.deactivate(audio.stop());
        }
    }

    /// [`Audio::play`] on this thread.
    pub fn play(&mut self, events: &[Event], frames: usize, blocks: &[usize]) -> Sound {
        self.audio
            .as_mut()
            .expect("activated")
            .play(events, frames, blocks)
    }

    /// Lets the plugin's main-thread callbacks run, as a host's event loop does.
    pub fn idle(&mut self) {
        if self
            .instance
            .access_shared_handler(|r| r.callback.swap(false, Ordering::AcqRel))
        {
            self.instance.call_on_main_thread_callback();
        }
    }

    /// The state as a host would save it.
    pub fn save(&mut self) -> State {
        let mut bytes = Vec::new();
        let handle = self.instance.plugin_handle();
        let state = handle.get_extension::<PluginState>().expect("it has state");
        state.save(&handle, &mut bytes).expect("it saves");
        State::from_bytes(bytes)
    }

    /// Loads a state; whether the plugin took it.
    pub fn load(&mut self, state: &State) -> bool {
        let handle = self.instance.plugin_handle();
        let extension = handle.get_extension::<PluginState>().expect("it has state");
        extension.load(&handle, &mut state.bytes()).is_ok()
    }

    /// Waits until nothing sounds and nothing is being made or rendered; returns the state then.
    ///
    /// # Panics
    /// When it takes longer than any machine should need.
    pub fn wait_for_keys(&mut self) -> State {
        let began = Instant::now();
        loop {
            // In long blocks: tails of notes take their time, too.
            self.play(&[], 4_096, &[4_096]);
            self.idle();
            if !self.audio.as_ref().expect("activated").awake {
                return self.save();
            }
            assert!(began.elapsed() < LIMIT, "not at rest after {LIMIT:?}");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Asks for an instrument, while audio runs on as in a host, and waits until it is there.
    ///
    /// # Errors
    /// With the plugin's sentence, when it can't be made.
    ///
    /// # Panics
    /// When it takes longer than any machine should need.
    pub fn make(&mut self, prompt: &str, seed: u64) -> Result<Made, String> {
        let before = self.save();
        let began = Instant::now();
        assert!(
            self.load(&before.asking_for(prompt, seed)),
            "it takes the request"
        );
        loop {
            self.play(&[], 64, &[64]);
            self.idle();
            let state = self.save();
            if let Some(message) = state.request()["failed"].as_str() {
                return Err(message.to_owned());
            }
            if state.request().is_null() && state.instrument() != before.instrument() {
                break;
            }
            assert!(
                began.elapsed() < LIMIT,
                "not made after {LIMIT:?}: {}",
                state.summary()
            );
            std::thread::sleep(Duration::from_millis(1));
        }
        // A held key sounds as soon as it is there; the middle ones come first.
        let mut sound = self.play(&[Event::at(0, What::On(64, 0.8))], 64, &[64]);
        while sound.first_sound().is_none() {
            assert!(began.elapsed() < LIMIT, "no key sounds after {LIMIT:?}");
            sound = self.play(&[], 64, &[64]);
            std::thread::sleep(Duration::from_millis(1));
        }
        let first_key = began.elapsed().as_secs_f64();
        self.play(&[Event::at(0, What::Choke(64))], 4_096, &[512]);
        let state = self.wait_for_keys();
        Ok(Made {
            state,
            first_key,
            whole: began.elapsed().as_secs_f64(),
        })
    }

    /// Tells it that time doesn't matter, or that it does. `false` when it doesn't want to know.
    pub fn set_offline(&mut self, offline: bool) -> bool {
        let handle = self.instance.plugin_handle();
        let Some(render) = handle.get_extension::<PluginRender>() else {
            return false;
        };
        let mode = if offline {
            RenderMode::Offline
        } else {
            RenderMode::Realtime
        };
        render.set(&handle, mode).is_ok()
    }

    /// All parameters: CLAP id, name, value range.
    pub fn parameters(&mut self) -> Vec<Parameter> {
        let handle = self.instance.plugin_handle();
        let params = handle
            .get_extension::<PluginParams>()
            .expect("it has parameters");
        let mut buffer = ParamInfoBuffer::new();
        (0..params.count(&handle))
            .filter_map(|index| {
                let info = params.get_info(&handle, index, &mut buffer)?;
                Some(Parameter {
                    id: info.id,
                    name: String::from_utf8_lossy(info.name).into_owned(),
                    min: info.min_value,
                    max: info.max_value,
                })
            })
            .collect()
    }

    /// A value as the plugin would write it in a host's display.
    pub fn value_text(&mut self, parameter: ClapId, value: f64) -> String {
        let handle = self.instance.plugin_handle();
        let params = handle
            .get_extension::<PluginParams>()
            .expect("it has parameters");
        let mut buffer = [0; 256];
        let text = params.value_to_text(&handle, parameter, value, &mut buffer);
        String::from_utf8_lossy(text.expect("it writes values")).into_owned()
    }

    /// A parameter's value as the plugin sees it.
    pub fn value(&mut self, parameter: ClapId) -> f64 {
        let handle = self.instance.plugin_handle();
        let params = handle
            .get_extension::<PluginParams>()
            .expect("it has parameters");
        params
            .get_value(&handle, parameter)
            .expect("the parameter exists")
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.deactivate();
    }
}

/// An instrument that was made of a prompt.
pub struct Made {
    pub state: State,
    /// Seconds from the request until the first key could be played.
    pub first_key: f64,
    /// Seconds from the request until all keys could be played.
    pub whole: f64,
}

/// One parameter as the host sees it.
#[derive(Debug, Clone)]
pub struct Parameter {
    pub id: ClapId,
    pub name: String,
    pub min: f64,
    pub max: f64,
}

/// The id of the library's first plugin.
pub fn plugin_id(entry: &PluginEntry) -> CString {
    let factory = entry.get_plugin_factory().expect("it has a factory");
    let descriptor = factory
        .plugin_descriptors()
        .next()
        .expect("it has a plugin");
    descriptor.id().expect("the plugin has an id").to_owned()
}
