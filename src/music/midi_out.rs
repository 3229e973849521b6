//! Writing a Standard MIDI File.

use midly::num::{u4, u7, u15, u24, u28};
use midly::{
    Format, Header, MetaMessage, MidiMessage, PitchBend, Smf, Timing, TrackEvent, TrackEventKind,
};

use super::{Change, Song, Track};

/// The song as a MIDI file of format 1. Tempo and metres go into the first track. Times beyond 2²⁸ ticks after the event before
/// are pulled in, values beyond their range likewise. A track's end is its last event's, or where it says.
///
/// Any thread.
pub fn write(song: &Song) -> Vec<u8> {
    let timing = Timing::Metrical(u15::new(
        song.tempo.ticks_per_beat().min(u15::max_value().as_int()),
    ));
    let mut smf = Smf::new(Header::new(Format::Parallel, timing));
    for (index, track) in song.tracks.iter().enumerate() {
        let mut events = Events::default();
        if index == 0 {
            for (tick, bpm) in song.tempo.beats_per_minute() {
                let micros = (60e6 / bpm)
                    .round()
                    .clamp(1.0, f64::from(u24::max_value().as_int()));
                events.meta(tick, MetaMessage::Tempo(u24::new(micros as u32)));
            }
            for &(tick, metre) in &song.metres {
                let power = metre.unit.max(1).ilog2() as u8;
                // 24 MIDI clocks a quarter note, eight 32nds in it.
                let click = (24.0 * metre.quarters()) as u8;
                events.meta(
                    tick,
                    MetaMessage::TimeSignature(metre.count, power, click, 8),
                );
            }
        }
        events.track(track);
        smf.tracks.push(events.finish(track.ends));
    }
    let mut bytes = Vec::new();
    smf.write(&mut bytes)
        .expect("a Vec takes every byte; fewer tracks and bytes than MIDI allows");
    bytes
}

/// Events with their tick and their place among those of one tick.
#[derive(Default)]
struct Events<'a>(Vec<(u64, u8, TrackEventKind<'a>)>);

impl<'a> Events<'a> {
    fn track(&mut self, track: &'a Track) {
        if let Some(name) = &track.name {
            self.meta(0, MetaMessage::TrackName(name.as_bytes()));
        }
        let first = track.notes.first().map_or(0, |note| note.channel);
        if let Some(program) = track.program.map(seven_bits) {
            self.message(0, 0, first, MidiMessage::ProgramChange { program });
        }
        for note in &track.notes {
            let (key, channel) = (seven_bits(note.key), note.channel);
            let vel = seven_bits(note.velocity.max(1));
            self.message(note.start, 3, channel, MidiMessage::NoteOn { key, vel });
            let vel = seven_bits(64);
            let end = note.start + note.length.max(1);
            self.message(end, 2, channel, MidiMessage::NoteOff { key, vel });
        }
        for control in &track.controls {
            let (tick, channel) = (control.tick, control.channel);
            let message = match control.change {
                Change::Bend(value) => {
                    let bend = PitchBend::from_f32(value.clamp(-1.0, 1.0));
                    MidiMessage::PitchBend { bend }
                }
                Change::Pressure(value) => MidiMessage::ChannelAftertouch {
                    vel: seven_bits(value),
                },
                Change::Controller { number, value } => MidiMessage::Controller {
                    controller: seven_bits(number),
                    value: seven_bits(value),
                },
            };
            self.message(tick, 1, channel, message);
        }
    }

    fn message(&mut self, tick: u64, rank: u8, channel: u8, message: MidiMessage) {
        let channel = u4::new(channel & 15);
        self.0
            .push((tick, rank, TrackEventKind::Midi { channel, message }));
    }

    fn meta(&mut self, tick: u64, message: MetaMessage<'a>) {
        self.0.push((tick, 0, TrackEventKind::Meta(message)));
    }

    fn finish(mut self, ends: u64) -> Vec<TrackEvent<'a>> {
        self.0.sort_by_key(|&(tick, rank, _)| (tick, rank));
        let end = TrackEventKind::Meta(MetaMessage::EndOfTrack);
        let last = self.0.last().map_or(0, |&(tick, _, _)| tick);
        self.0.push((last.max(ends), 4, end));
        let mut before = 0u64;
        let event = |(tick, _, kind): (u64, u8, _)| {
            let delta = (tick - before).min(u64::from(u28::max_value().as_int()));
            before = tick;
            TrackEvent {
                delta: u28::new(delta as u32),
                kind,
            }
        };
        self.0.into_iter().map(event).collect()
    }
}

fn seven_bits(value: u8) -> u7 {
    u7::new(value.min(127))
}
