//! A song with an even change of tempo, as a host tells of it.

use clack_host::events::event_types::{TransportEvent, TransportFlags};
use clack_host::events::{EventFlags, EventHeader};
use clack_host::utils::{BeatTime, SecondsTime};

/// From the frame `from` of the plugin's time on the song plays, or stands still.
#[derive(Clone, Copy, Debug)]
pub struct Timeline {
    playing: bool,
    /// The plugin's frame at which the song was, or would have been, at its beginning.
    zero: f64,
    metre: (u16, u16),
    /// Quarter notes a minute at the song's beginning, and how much more with each frame.
    tempo: f64,
    ramp: f64,
    rate: f64,
}

impl Timeline {
    /// The song begins at the plugin's frame `from`.
    pub fn new(from: u64, metre: (u16, u16), tempo: f64, ramp: f64, rate: f64) -> Timeline {
        Timeline {
            playing: true,
            zero: from as f64,
            metre,
            tempo,
            ramp,
            rate,
        }
    }

    /// No song.
    pub fn stopped(rate: f64) -> Timeline {
        Timeline {
            playing: false,
            ..Timeline::new(0, (4, 4), 120.0, 0.0, rate)
        }
    }

    /// The same, but begun so many frames after a bar (0 the first).
    pub fn at_bar(self, bar: u32, after: i64) -> Timeline {
        let way = self.song_frame(f64::from(bar) * self.bar_beats()) + after as f64;
        Timeline {
            zero: self.zero - way.floor(),
            ..self
        }
    }

    /// Whether it plays.
    pub fn is_playing(&self) -> bool {
        self.playing
    }

    fn bar_beats(&self) -> f64 {
        4.0 * f64::from(self.metre.0) / f64::from(self.metre.1)
    }

    /// Quarter notes since the song's beginning, so many frames after it.
    fn beats(&self, frame: f64) -> f64 {
        frame * (self.tempo + 0.5 * self.ramp * frame) / 60.0 / self.rate
    }

    /// The other way round.
    fn song_frame(&self, beats: f64) -> f64 {
        let wanted = beats * 60.0 * self.rate;
        if self.ramp == 0.0 {
            return wanted / self.tempo;
        }
        ((self.tempo * self.tempo + 2.0 * self.ramp * wanted).sqrt() - self.tempo) / self.ramp
    }

    /// The plugin's frame that is nearest to a bar's start.
    pub fn frame_of_bar(&self, bar: u32) -> u64 {
        self.frame_of_quarter(f64::from(bar) * self.bar_beats())
    }

    /// The plugin's frame that is nearest to a quarter note since the song's beginning.
    pub fn frame_of_quarter(&self, quarters: f64) -> u64 {
        (self.zero + self.song_frame(quarters)).round().max(0.0) as u64
    }

    /// What a host says of a block that begins at the plugin's frame `frame`.
    pub fn at(&self, frame: u64) -> TransportEvent {
        let song_frame = if self.playing {
            frame as f64 - self.zero
        } else {
            0.0
        };
        let beats = self.beats(song_frame);
        let bar = ((beats + 1e-9) / self.bar_beats()).floor();
        let mut flags = TransportFlags::HAS_TEMPO
            | TransportFlags::HAS_BEATS_TIMELINE
            | TransportFlags::HAS_SECONDS_TIMELINE
            | TransportFlags::HAS_TIME_SIGNATURE;
        if self.playing {
            flags |= TransportFlags::IS_PLAYING;
        }
        let nowhere = BeatTime::from_float(0.0);
        TransportEvent {
            header: EventHeader::new_core(0, EventFlags::empty()),
            flags,
            song_pos_beats: BeatTime::from_float(beats),
            song_pos_seconds: SecondsTime::from_float(song_frame / self.rate),
            tempo: self.tempo + self.ramp * song_frame,
            tempo_inc: self.ramp,
            loop_start_beats: nowhere,
            loop_end_beats: nowhere,
            loop_start_seconds: nowhere,
            loop_end_seconds: nowhere,
            bar_start: BeatTime::from_float(bar * self.bar_beats()),
            bar_number: bar as i32,
            time_signature_numerator: self.metre.0,
            time_signature_denominator: self.metre.1,
        }
    }
}
