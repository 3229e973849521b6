//! What the audio thread is told about notes: the union of MIDI 1.0, MPE and CLAP note
//! expressions, in plain numbers. Non-finite numbers are ignored, others are clamped.

/// Names notes that already sound. `None` fits every note, as does a note's own unknown id, so
/// hosts that leave ids or channels out of some events are understood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoteAddress {
    /// The host's id of the note, unique among sounding notes.
    pub note_id: Option<i32>,
    /// MIDI channel, 0..=15.
    pub channel: Option<u8>,
    /// MIDI key, 0..=127.
    pub key: Option<u8>,
}

/// A value that belongs to single notes (CLAP note expressions, and modulation of a parameter for
/// one note). Smoothed inside the engine; values that come in the same frame as their note apply
/// from its first sample on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Expression {
    /// Semitones added to the note's pitch, −128..=128.
    Tuning(f32),
    /// Gain, linear, 0..=4, 1 = unity.
    Volume(f32),
    /// −1 (left) ..= 1 (right), 0 = centre.
    Pan(f32),
    /// 0..=1, 0.5 neutral; moves the tone filter by ±4 octaves.
    Brightness(f32),
    /// 0..=1; acts as channel pressure does.
    Pressure(f32),
    /// 0..=1; depth of the vibrato, as the mod wheel.
    Vibrato(f32),
    /// 0..=1, 1 = full; a gain of its square, as MIDI's expression pedal.
    Dynamics(f32),
    /// Octaves added to [`Settings::tone_hz`](super::Settings::tone_hz) for this note, −10..=10:
    /// polyphonic modulation of that parameter.
    ToneOctaves(f32),
    /// Gain that multiplies [`Settings::level`](super::Settings::level) for this note, 0..=4:
    /// polyphonic modulation of that parameter.
    Level(f32),
}

/// One event for the engine; it takes effect on the next frame rendered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NoteEvent {
    /// A key goes down.
    NoteOn {
        /// The host's id for the new note, if it has one.
        note_id: Option<i32>,
        /// MIDI channel, 0..=15.
        channel: u8,
        /// MIDI key, 0..=127.
        key: u8,
        /// 0..=1; 0 starts a note all the same (as soft as can be): it is the caller who knows
        /// whether a MIDI note-on with velocity 0 means note-off.
        velocity: f32,
    },
    /// Keys go up: the notes are released, once no pedal holds them.
    NoteOff(NoteAddress),
    /// The notes end now (a 3 ms fade), whatever the pedals say.
    Choke(NoteAddress),
    /// A per-note value changes.
    Expression {
        /// The notes meant.
        note: NoteAddress,
        /// What changes, and to what.
        expression: Expression,
    },
    /// Pitch wheel of a channel.
    PitchBend {
        /// MIDI channel, 0..=15.
        channel: u8,
        /// −1..=1, times the bend range in semitones.
        value: f32,
    },
    /// Channel pressure (aftertouch).
    Pressure {
        /// MIDI channel, 0..=15.
        channel: u8,
        /// 0..=1.
        value: f32,
    },
    /// A MIDI controller. Understood are: 1 mod wheel (vibrato), 7 volume, 10 pan, 11 expression,
    /// 64 sustain, 66 sostenuto, 74 brightness, 100/101/6/38 registered parameters 0 (bend range)
    /// and 6 (MPE configuration), 120 all sound off, 121 reset controllers, 123 all notes off.
    /// Others are ignored.
    Controller {
        /// MIDI channel, 0..=15.
        channel: u8,
        /// Controller number, 0..=127.
        number: u8,
        /// 0..=1 (MIDI's value ÷ 127).
        value: f32,
    },
}

/// A note whose sound has ended, for hosts that want to know (CLAP's note end).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndedNote {
    /// As given with the note-on.
    pub note_id: Option<i32>,
    /// As given with the note-on.
    pub channel: u8,
    /// As given with the note-on.
    pub key: u8,
}
