//! The engine itself: takes events and messages, keeps the voices, mixes them.

use std::sync::Arc;

use super::{EndedNote, NoteEvent, Settings, Telemetry, mailbox::EngineSide};

/// A sampler for one plugin instance. Lives on the audio thread; made, prepared and dropped on
/// the main thread.
pub struct Engine {
    mailbox: EngineSide,
    telemetry: Arc<Telemetry>,
    settings: Settings,
}

impl Engine {
    /// A silent engine. Allocates all that it will ever need. Main thread.
    pub fn new(mailbox: EngineSide) -> Engine {
        Engine {
            mailbox,
            telemetry: Arc::default(),
            settings: Settings::default(),
        }
    }

    /// What the editor may watch. Any thread.
    pub fn telemetry(&self) -> Arc<Telemetry> {
        self.telemetry.clone()
    }

    /// Sets the sample rate of the output in Hz (8,000..=768,000, others are clamped) and resets.
    /// Blocks may have any length. Main thread, while not processing.
    pub fn prepare(&mut self, sample_rate: f32) {
        let _ = sample_rate;
        self.reset();
    }

    /// Silences everything at once, forgets held keys, pedals and controllers; keeps instruments
    /// and settings. Audio thread (CLAP and VST3 reset), or main thread while not processing.
    pub fn reset(&mut self) {}

    /// Sets the parameters for the frames and events to come; they are smoothed. Cheap enough to
    /// call before every stretch of frames. Audio thread.
    pub fn set(&mut self, settings: &Settings) {
        self.settings = settings.sane();
    }

    /// Applies an event to the next frame rendered. Audio thread.
    pub fn handle(&mut self, event: NoteEvent) {
        let _ = event;
    }

    /// Renders the next frames into both slices, overwriting them; where one is longer, the rest
    /// of it is silence. Also reads the mailbox. Any length, none included. Audio thread.
    pub fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        let _ = self.mailbox.inbox.slots();
        left.fill(0.0);
        right.fill(0.0);
    }

    /// The next note whose sound has ended since the last call. Up to 256 are remembered, older
    /// ones are forgotten. Audio thread.
    pub fn take_ended(&mut self) -> Option<EndedNote> {
        None
    }

    /// Voices that sound, releases included; at most [`MAX_VOICES`](super::MAX_VOICES). Audio
    /// thread; elsewhere ask [`Telemetry::voices`].
    pub fn active_voices(&self) -> usize {
        0
    }

    /// Whether nothing sounds and nothing waits to: the output stays silent until the next event
    /// or message. Audio thread.
    pub fn is_silent(&self) -> bool {
        self.active_voices() == 0
    }
}
