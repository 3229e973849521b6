//! Consort Stems, the effect: it sits on a track, hears what plays there, and passes it on as it is.
//! For hosts that give an instrument no sidechain, and for whoever finds a track handier.
//!
//! | module | what it is |
//! |---|---|
//! | `controls` | the window's controls |
//! | `state` | what projects and presets hold |

mod controls;
mod state;

use std::sync::Arc;

use nice_plug::prelude::*;

use super::arrival;
use super::context::Context;
use super::ear::{self, Ear, Peak};
use super::ensemble_voice::{EnsembleSettings, EnsembleVoice, ensemble_of, is_pending};
use super::later::keep_params;
use super::leaving::flush;
use super::state::{complete_fields, complete_params};
use super::stem_voice::midi;
use super::undo::UndoLine;
use crate::editor;
use crate::editor::host_window::{ConsortEditor, RepaintNotifier, WindowSize};
use crate::engine::limiter::Limiter;
use crate::jobs::song::Source;
use crate::jobs::{Ensemble, Pending};
use crate::library::store::usual_folder;
use crate::params::stems::StemsParams;
use controls::HostControls;
use state::{SavedFields, SavedState};

/// The effect plugin. Made on the main thread; `process` runs on the audio thread.
pub struct ConsortStems {
    params: Arc<StemsParams>,
    context: Arc<Context>,
    saved: Arc<SavedState>,
    window: Arc<WindowSize>,
    ear: Ear,
    stem: Arc<Ensemble>,
    pending: Vec<Pending>,
    voice: EnsembleVoice,
    limiter: Limiter,
    /// The highest sample that has left since the window last looked.
    output: Arc<Peak>,
    undo: Arc<UndoLine>,
    /// How much of the track is passed on: 1, or 0 where the stem is alone, and on its way between.
    passed: f32,
    repaint: RepaintNotifier,
    /// There was sound in the block before.
    moved: bool,
}

/// A share of the way that the track's level goes in a frame, at 48 kHz: some 5 ms in all.
const PASSING: f32 = 0.004;

impl Default for ConsortStems {
    fn default() -> Self {
        let params = Arc::new(StemsParams::default());
        let window = Arc::new(WindowSize::new(&editor::STEMS_SIZES));
        let repaint = RepaintNotifier::new();
        let news = repaint.clone();
        let (context, ear) = Context::new(Source::Track, Box::new(move || news.request_repaint()));
        let (voice, stem) = ensemble_of(&repaint, &(Arc::new(usual_folder) as _));
        let undo = Arc::<UndoLine>::default();
        undo.hear(&stem, &context);
        Self {
            saved: Arc::new(SavedFields::of(&params, &context, &stem, &window)),
            pending: stem.pending(),
            stem,
            voice,
            limiter: Limiter::default(),
            output: Arc::default(),
            undo,
            passed: 1.0,
            params,
            context,
            window,
            ear,
            repaint,
            moved: false,
        }
    }
}

impl Plugin for ConsortStems {
    const NAME: &'static str = "Consort Stems";
    const VENDOR: &'static str = "Consort";
    const URL: &'static str = "";
    const EMAIL: &'static str = "";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    const AUDIO_IO_LAYOUTS: &'static [AudioIOLayout] = &[AudioIOLayout {
        main_input_channels: NonZeroU32::new(2),
        main_output_channels: NonZeroU32::new(2),
        aux_input_ports: &[],
        aux_output_ports: &[],
        names: PortNames {
            layout: Some("Stereo"),
            main_input: Some("Track"),
            main_output: Some("Output"),
            aux_inputs: &[],
            aux_outputs: &[],
        },
    }];
    const MIDI_INPUT: MidiConfig = MidiConfig::None;
    // Ports can't be added to a plugin that projects already hold: a stem's notes will go out here.
    const MIDI_OUTPUT: MidiConfig = MidiConfig::Basic;
    // Nothing here is automated, and a block that is cut in two has only one position from the host.
    const SAMPLE_ACCURATE_AUTOMATION: bool = false;

    type Editor = ConsortEditor;
    type SysExMessage = ();
    type BackgroundTask = ();

    fn params(&self) -> Arc<dyn Params> {
        self.saved.clone()
    }

    fn editor(&mut self, _: AsyncExecutor<Self>) -> Option<ConsortEditor> {
        let (context, params) = (self.context.clone(), self.params.clone());
        let (stem, output, undo) = (self.stem.clone(), self.output.clone(), self.undo.clone());
        let connect = move |host| {
            let (context, stem, output) = (context.clone(), stem.clone(), output.clone());
            let undo = undo.clone();
            Box::new(HostControls::new(
                context,
                stem,
                params.clone(),
                output,
                undo,
                host,
            )) as Box<_>
        };
        Some(editor::stems_window(
            connect,
            self.window.clone(),
            self.repaint.clone(),
        ))
    }

    fn filter_state(state: &mut PluginState) {
        complete_fields(state);
        complete_params(state, &[("limit", true), ("bypass", false)]);
        keep_params(state, &StemsParams::default());
    }

    fn activate(
        &mut self,
        _: &AudioIOLayout,
        config: &BufferConfig,
        _: &mut impl ActivateContext<Self>,
    ) -> bool {
        self.ear.set_rate(config.sample_rate);
        self.voice.prepare(config.sample_rate);
        self.limiter.prepare(config.sample_rate);
        let offline = config.process_mode == ProcessMode::Offline;
        self.stem.activate(config.sample_rate, offline);
        self.context.activate();
        arrival::take_in(offline, &self.stem, &mut self.voice, None);
        true
    }

    fn reset(&mut self) {
        self.voice.reset();
        self.limiter.reset();
    }

    fn process(
        &mut self,
        buffer: &mut Buffer,
        _: &mut AuxiliaryBuffers,
        context: &mut impl ProcessContext<Self>,
    ) -> ProcessStatus {
        // What plays on the track is in the buffer already, and leaves as it is, but for subnormals. It is
        // heard before Consort adds anything to it: a stem follows the track, never itself.
        let position = ear::position(context.transport());
        let [left, right] = buffer.as_slice() else {
            return ProcessStatus::Error("Consort Stems needs a stereo track.");
        };
        let frames = left.len().min(right.len());
        let (left, right) = (&mut left[..frames], &mut right[..frames]);
        flush(left);
        flush(right);
        let mut loud = self.ear.hear(&position, frames, left, right);
        self.pass(left, right);
        let bypassed = self.params.bypass.value();
        let on = self.params.on.value() && !bypassed;
        let level = self.params.level.value();
        let settings = EnsembleSettings {
            on,
            // What rings on fades away with it.
            level: if bypassed { 0.0 } else { level },
            limiter: Some((&mut self.limiter, self.params.limit.value())),
            outputs: None,
        };
        self.voice
            .add(&position, left, right, settings, &mut |frame, event| {
                // A full queue means a host that doesn't read it.
                let _ = context.try_send_event(midi(frame, event));
            });
        flush(left);
        flush(right);
        loud |= self.output.raise(left, right) | !self.voice.is_silent();
        self.repaint.request_repaint_with(loud || self.moved);
        self.moved = loud;
        let plays = !self.voice.is_silent() || self.voice.plays(&position, on);
        if self.ear.listens(&position) || plays || is_pending(&self.pending) {
            ProcessStatus::KeepAlive
        } else {
            ProcessStatus::Normal
        }
    }
}

impl ConsortStems {
    /// The track, or silence in its place, without a click between. Untouched it stays as it is.
    fn pass(&mut self, left: &mut [f32], right: &mut [f32]) {
        let passes = self.params.track.value() || self.params.bypass.value();
        let goal = if passes { 1.0 } else { 0.0 };
        if self.passed == 1.0 && goal == 1.0 {
            return;
        }
        for (left, right) in left.iter_mut().zip(right) {
            self.passed += (goal - self.passed).clamp(-PASSING, PASSING);
            *left *= self.passed;
            *right *= self.passed;
        }
    }
}

impl ClapPlugin for ConsortStems {
    const CLAP_ID: &'static str = "org.consort.stems";
    const CLAP_DESCRIPTION: Option<&'static str> =
        Some("Hears the track that it sits on, and adds drums, bass and other parts that fit");
    const CLAP_MANUAL_URL: Option<&'static str> = None;
    const CLAP_SUPPORT_URL: Option<&'static str> = None;
    const CLAP_FEATURES: &'static [ClapFeature] = &[
        ClapFeature::AudioEffect,
        ClapFeature::Analyzer,
        ClapFeature::Utility,
        ClapFeature::Stereo,
    ];
}
