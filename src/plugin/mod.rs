//! The plugins as the host sees them: Consort, the instrument, here, and [`stems`], the effect.
//!
//! | module | what it is |
//! |---|---|
//! | [`stems`] | Consort Stems, the effect |
//! | `arrival` | what the first block has to have |
//! | [`context`] | what plays around Consort, for main and UI thread; both plugins have one |
//! | [`ear`] | the audio thread's end of it |
//! | [`events`] | the host's notes in the engine's words |
//! | [`outputs`] | separate outputs: what leaves on which |
//! | [`modulation`] | polyphonic modulation of single notes |
//! | [`sidechain`] | reading the sidechain, whatever the host hands over |
//! | [`keys`] | from the window's keyboard to the audio thread |
//! | `leaving` | what every sample that leaves goes through last |
//! | `ensemble_voice` | all parts on the audio thread |
//! | `stem_voice` | one of them |
//! | `stem_state` | the stem as a field of the state |
//! | `stir` | from the audio thread to the window: something moves |
//! | [`session`] | the instance as main and UI thread share it |
//! | [`undo`] | what the user did, on whichever page, in order |
//! | [`history`] | the instruments so far |
//! | [`state`] | what projects and presets hold |
//! | [`host_controls`] | the window's controls: session and host together |
//! | `saved_size` | the window's size as a field of the state |
//! | `telling` | telling the host that the project changed |
//!
//! While something is being made, rendered or captured, or notes sound, `process` answers "continue";
//! once it answers "continue if not quiet", all keys are with the engine.
//!
//! An instance is cheap: scanning touches no model, no file and no ONNX Runtime. Sound exists from
//! activation on (the factory instrument, or what the project holds); models are loaded when a window
//! opens, or with the first prompt.

mod arrival;
pub mod context;
pub mod ear;
mod ensemble_voice;
pub mod events;
pub mod history;
mod host_controls;
pub mod keys;
mod later;
mod leaving;
pub mod modulation;
pub mod outputs;
mod saved_size;
pub mod session;
pub mod sidechain;
pub mod state;
mod stem_state;
mod stem_voice;
pub mod stems;
mod stir;
mod telling;
pub mod undo;

use std::sync::Arc;

use nice_plug::midi::{Channel, Key, VoiceID};
use nice_plug::prelude::*;

use crate::editor;
use crate::editor::host_window::{ConsortEditor, RepaintNotifier, WindowSize};
use crate::engine::limiter::Limiter;
use crate::engine::{Engine, MAX_VOICES, Settings, Telemetry, capture, mailbox};
use crate::instrument::export::music_folder;
use crate::jobs::song::Source;
use crate::jobs::{Client, Ensemble, Librarian, Pending, Recorder};
use crate::library::store::usual_folder;
use crate::params::ConsortParams;
use context::{CAPTURE_FRAMES, Context};
use ear::Ear;
use ensemble_voice::{EnsembleSettings, EnsembleVoice, ensemble_of, is_pending};
use host_controls::HostControls;
use keys::KeyPress;
use leaving::{flush, peak};
use modulation::Modulation;
use session::{Inputs, Session};
use state::{SavedFields, SavedState};
use stem_voice::midi;
pub use stems::ConsortStems;
use stir::Stir;
use undo::UndoLine;

/// The instrument plugin. Made on the main thread; `process` runs on the audio thread.
pub struct Consort {
    params: Arc<ConsortParams>,
    session: Arc<Session>,
    saved: Arc<SavedState>,
    window: Arc<WindowSize>,
    capture: capture::Writer,
    ear: Ear,
    repaint: RepaintNotifier,
    stir: Stir,
    keys: rtrb::Consumer<KeyPress>,
    pending: Pending,
    engine: Engine,
    modulation: Modulation,
    stem: Arc<Ensemble>,
    stem_pending: Vec<Pending>,
    voice: EnsembleVoice,
    limiter: Limiter,
    /// What the window shows of the sound.
    telemetry: Arc<Telemetry>,
}

impl Default for Consort {
    fn default() -> Self {
        let (engine_side, generator_side) = mailbox::channel();
        let engine = Engine::new(engine_side);
        let telemetry = engine.telemetry();
        let params = Arc::new(ConsortParams::default());
        let (presses, keys) = keys::ring();
        let client = Client::new(generator_side);
        let pending = client.pending();
        let repaint = RepaintNotifier::new();
        let news = repaint.clone();
        client.listen(Box::new(move || news.request_repaint()));
        let (capture, reader) = capture::channel(CAPTURE_FRAMES);
        let news = repaint.clone();
        let recorder = Recorder::new(
            reader,
            Box::new(|| music_folder().join("Captured sounds")),
            Box::new(move || news.request_repaint()),
        );
        let news = repaint.clone();
        let (context, ear) =
            Context::new(Source::Sidechain, Box::new(move || news.request_repaint()));
        let news = repaint.clone();
        let (voice, stem) = ensemble_of(&repaint, &(Arc::new(usual_folder) as _));
        let librarian = Librarian::new(usual_folder, Box::new(move || news.request_repaint()));
        let undo = Arc::<UndoLine>::default();
        undo.hear(&stem, &context);
        let session = Arc::new(Session::new(
            params.clone(),
            client,
            telemetry.clone(),
            Inputs {
                recorder,
                context,
                stem: stem.clone(),
                undo,
            },
            presses,
            librarian,
        ));
        let window = Arc::new(WindowSize::new(&editor::INSTRUMENT_SIZES));
        Self {
            saved: Arc::new(SavedFields::of(&session, &window)),
            params,
            session,
            window,
            capture,
            ear,
            stir: Stir::new(telemetry.clone(), repaint.clone()),
            repaint,
            keys,
            pending,
            engine,
            modulation: Modulation::default(),
            stem_pending: stem.pending(),
            stem,
            voice,
            limiter: Limiter::default(),
            telemetry,
        }
    }
}

impl Plugin for Consort {
    const NAME: &'static str = "Consort";
    const VENDOR: &'static str = "Consort";
    const URL: &'static str = "";
    const EMAIL: &'static str = "";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    const AUDIO_IO_LAYOUTS: &'static [AudioIOLayout] = &outputs::LAYOUTS;
    // Sustain, bend and mod wheel come with this setting only.
    const MIDI_INPUT: MidiConfig = MidiConfig::MidiCCs;
    // The stem's notes.
    const MIDI_OUTPUT: MidiConfig = MidiConfig::Basic;
    const SAMPLE_ACCURATE_AUTOMATION: bool = true;
    // More events in a block, and the framework allocates. Memory that is never written costs nothing.
    const INPUT_EVENT_CAPACITY: usize = 16_384;

    type Editor = ConsortEditor;
    type SysExMessage = ();
    type BackgroundTask = ();

    fn params(&self) -> Arc<dyn Params> {
        self.saved.clone()
    }

    fn editor(&mut self, _: AsyncExecutor<Self>) -> Option<ConsortEditor> {
        let session = self.session.clone();
        let connect = move |host| Box::new(HostControls::new(session.clone(), host)) as Box<_>;
        Some(editor::instrument_window(
            connect,
            self.window.clone(),
            self.repaint.clone(),
        ))
    }

    fn filter_state(state: &mut PluginState) {
        state::complete(state);
    }

    // Offline sounds the same as realtime; only what is loaded is waited for.
    fn activate(
        &mut self,
        _: &AudioIOLayout,
        config: &BufferConfig,
        _: &mut impl ActivateContext<Self>,
    ) -> bool {
        self.engine.prepare(config.sample_rate);
        self.voice.prepare(config.sample_rate);
        self.limiter.prepare(config.sample_rate);
        self.capture.set_rate(config.sample_rate);
        self.ear.set_rate(config.sample_rate);
        let offline = config.process_mode == ProcessMode::Offline;
        self.session.activate(config.sample_rate, offline);
        let instrument = Some((&*self.session, &mut self.engine));
        arrival::take_in(offline, &self.stem, &mut self.voice, instrument);
        true
    }

    fn reset(&mut self) {
        self.engine.reset();
        self.voice.reset();
        self.limiter.reset();
        self.modulation.clear();
    }

    fn process(
        &mut self,
        buffer: &mut Buffer,
        aux: &mut AuxiliaryBuffers,
        context: &mut impl ProcessContext<Self>,
    ) -> ProcessStatus {
        self.engine.set(&settings(&self.params));
        // By the slices' own lengths: hosts have handed over empty ones.
        let [left, right] = buffer.as_slice() else {
            return ProcessStatus::Error("Consort needs a stereo output.");
        };
        let frames = left.len().min(right.len());
        let separate = self.params.separate_outputs.value();
        let mut outputs = outputs::Buffers::new(aux.outputs);
        self.engine.route(outputs::of_instrument(separate));
        let mut done = 0;
        // What has arrived comes before the first note.
        self.engine.render(&mut [], &mut []);
        while let Ok(press) = self.keys.pop() {
            self.engine.handle(press.into());
        }
        while let Some(event) = context.next_event() {
            let at = (event.timing() as usize).clamp(done, frames);
            if at > done {
                let (left, right) = (&mut left[done..at], &mut right[done..at]);
                self.engine
                    .render_apart(left, right, &mut outputs.from(done));
                done = at;
            }
            self.handle(&event);
        }
        let (rest_left, rest_right) = (&mut left[done..], &mut right[done..]);
        self.engine
            .render_apart(rest_left, rest_right, &mut outputs.from(done));
        let (side_left, side_right) = sidechain::channels(aux.inputs);
        let position = ear::position(context.transport());
        self.capture.write(&position, frames, side_left, side_right);
        let loud = self.ear.hear(&position, frames, side_left, side_right);
        let on = self.params.stem_on.value();
        let settings = EnsembleSettings {
            on,
            level: self.params.stem_level.value(),
            limiter: None,
            outputs: Some((outputs.from(0), separate)),
        };
        let (left, right) = (&mut left[..frames], &mut right[..frames]);
        self.voice
            .add(&position, left, right, settings, &mut |frame, event| {
                // A full queue means a host that doesn't read it.
                let _ = context.try_send_event(midi(frame, event));
            });
        self.limiter.limit(left, right, self.params.limit.value());
        flush(left);
        flush(right);
        let highest = outputs.finish().max(peak(left, right));
        self.telemetry.raise_peak(highest);
        let silent = self.engine.is_silent() && self.voice.is_silent();
        self.stir.look(loud || !silent);

        while let Some(ended) = self.engine.take_ended() {
            if let Some(id) = ended.note_id {
                self.modulation.forget(id);
            }
            // A full queue means a host that doesn't read it; the note has ended all the same.
            let _ = context.try_send_event(NoteEvent::VoiceTerminated {
                timing: frames.saturating_sub(1) as u32,
                voice_id: ended.note_id.map_or(VoiceID::Wildcard, VoiceID::ID),
                channel: Channel::Number(ended.channel),
                key: Key::Number(ended.key),
            });
        }
        // A host that puts the plugin to sleep would keep the engine from taking what is made, and
        // rests in a song that is listened to from counting.
        let listens = self.capture.is_armed() || self.ear.listens(&position);
        let plays = self.voice.plays(&position, on);
        let pending = self.pending.get() || is_pending(&self.stem_pending);
        if silent && !pending && !listens && !plays {
            ProcessStatus::Normal
        } else {
            ProcessStatus::KeepAlive
        }
    }
}

impl Consort {
    fn handle(&mut self, event: &NoteEvent<()>) {
        match *event {
            NoteEvent::PolyModulation {
                voice_id,
                poly_modulation_id,
                normalized_offset,
                ..
            } => {
                let event = self.modulation.set(
                    &self.params,
                    voice_id,
                    poly_modulation_id,
                    normalized_offset,
                );
                if let Some(event) = event {
                    self.engine.handle(event);
                }
            }
            NoteEvent::MonoAutomation {
                poly_modulation_id, ..
            } => {
                for event in self.modulation.moved(&self.params, poly_modulation_id) {
                    self.engine.handle(event);
                }
            }
            _ => {
                if let Some(event) = events::translate(event) {
                    self.engine.handle(event);
                }
            }
        }
    }
}

/// The live parameters in the engine's units.
fn settings(params: &ConsortParams) -> Settings {
    Settings {
        level: params.level.value(),
        width: params.stereo_width.value(),
        attack_s: params.fade_in.value() / 1000.0,
        release_scale: params.release_time.value(),
        tone_hz: params.tone.value(),
        velocity_curve: params.velocity_curve.value(),
        tune_semitones: params.tune.value(),
        glide_s: params.glide.value() / 1000.0,
        bend_range: params.bend_range.value() as f32,
        ..Settings::default()
    }
}

impl ClapPlugin for Consort {
    const CLAP_ID: &'static str = "org.consort.consort";
    const CLAP_DESCRIPTION: Option<&'static str> = Some("Type a prompt, play the instrument");
    const CLAP_MANUAL_URL: Option<&'static str> = None;
    const CLAP_SUPPORT_URL: Option<&'static str> = None;
    const CLAP_FEATURES: &'static [ClapFeature] = &[
        ClapFeature::Instrument,
        ClapFeature::Synthesizer,
        ClapFeature::Sampler,
        ClapFeature::Stereo,
    ];
    const CLAP_POLY_MODULATION_CONFIG: Option<PolyModulationConfig> = Some(PolyModulationConfig {
        max_voice_capacity: MAX_VOICES as u32,
        supports_overlapping_voices: true,
    });
}

/// Opens Consort in a window of its own with the arguments of a standalone program (the first is
/// the program's name; `--help` lists the others). Returns once the window is closed, `false` if
/// it could not be opened. Main thread.
#[cfg(feature = "standalone")]
pub fn run_standalone(arguments: impl IntoIterator<Item = String>) -> bool {
    nice_export_standalone_with_args::<Consort, _>(arguments)
}
