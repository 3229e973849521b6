//! The audio thread: sampler, voices, mailbox, sidechain capture. No I/O, no allocation.
//!
//! ```no_run
//! use consort::engine::{Engine, NoteEvent, Settings, mailbox};
//!
//! let (engine_side, _generator_side) = mailbox::channel(); // the other end goes to `jobs`
//! let mut engine = Engine::new(engine_side); // main thread, once
//! let telemetry = engine.telemetry(); // for the editor
//! engine.prepare(48_000.0); // main thread, while not processing
//!
//! let settings = Settings::default();
//! let (mut left, mut right) = (vec![0.0; 512], vec![0.0; 512]);
//! // Audio thread, for each block: set, then render up to each event's frame and handle it there.
//! engine.set(&settings);
//! engine.render(&mut left[..100], &mut right[..100]);
//! engine.handle(NoteEvent::NoteOn { note_id: None, channel: 0, key: 60, velocity: 0.8 });
//! engine.render(&mut left[100..], &mut right[100..]);
//! while let Some(_ended) = engine.take_ended() {} // for hosts that want to know
//! # let _ = telemetry;
//! ```
//!
//! The output doesn't depend on how time is cut into blocks: all that moves slowly (envelopes,
//! smoothed parameters, vibrato) is computed on a grid of [`TICK`] frames counted from
//! [`Engine::reset`], with straight lines in between.
//!
//! # What moves the sound
//! | from | to |
//! |---|---|
//! | mod wheel, [`Expression::Vibrato`] | vibrato at 5.5 Hz, to half a semitone |
//! | pressure (channel, or [`Expression::Pressure`]) | to 3 dB louder, an octave brighter, and (but on MPE member channels) 0.15 semitones of vibrato |
//! | controller 74, [`Expression::Brightness`] | the tone filter, ±4 octaves; one that is open can only close |
//! | controllers 7 and 11, [`Expression::Dynamics`] | level, by their squares |
//! | controller 10, [`Expression::Pan`] | balance of left and right, at constant power |
//! | pitch bend, [`Expression::Tuning`], glide | pitch; the range by parameter, or by registered parameter 0 |
//! | release velocity | nothing: few keyboards send it, and the others' hosts send 0, 64 or 127 |
//!
//! MPE: channel 0 (MIDI's 1) manages the lower zone, the channels above it; an MPE configuration
//! message on channel 15 (MIDI's 16) makes an upper zone, of the channels below that.
//!
//! A bend of an octave or more up folds some of what lies above Nyquist back, 25 dB down: the
//! interpolator's 16 points can't cut more steeply, and more of them would cost every voice.

pub mod apart;
mod calling;
pub mod capture;
mod channel;
pub mod clip;
mod ended;
mod event;
mod filter;
mod goals;
mod isa;
mod keys;
mod layers;
pub mod limiter;
pub mod mailbox;
mod master;
mod notes;
mod pitch;
mod rack;
mod reader;
mod retired;
mod sampler;
mod settings;
mod sinc;
pub mod stem;
mod telemetry;
mod voice;
mod voices;

pub use event::{EndedNote, Expression, NoteAddress, NoteEvent};
pub use sampler::Engine;
pub use settings::Settings;
pub use telemetry::Telemetry;

/// Notes that can sound at once; one more and the oldest released, else the quietest of the
/// oldest, is faded out in [`STEAL_FADE_S`].
pub const MAX_VOICES: usize = 128;
/// Seconds in which a stolen or choked voice fades out.
pub const STEAL_FADE_S: f32 = 0.003;
/// Seconds in which a voice crosses over to another sound for its note.
pub const MOVE_FADE_S: f32 = 0.03;
/// Frames between two computations of what moves slowly.
pub const TICK: usize = 32;
