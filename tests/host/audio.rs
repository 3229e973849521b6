//! The audio thread's half of an open plugin.

use super::{Event, Handlers, Sound};
use clack_host::events::Match;
use clack_host::events::event_types::TransportEvent;
use clack_host::events::io::EventBuffer;
use clack_host::events::spaces::CoreEventSpace;
use clack_host::prelude::*;

/// Plays an active plugin, on one thread at a time.
pub struct Audio {
    processor: StartedPluginAudioProcessor<Handlers>,
    inputs: AudioPorts,
    outputs: AudioPorts,
    input_buffers: Vec<Vec<Vec<f32>>>,
    output_buffers: Vec<Vec<Vec<f32>>>,
    events_in: EventBuffer,
    events_out: EventBuffer,
    largest_block: usize,
    /// Frames played since it was activated.
    pub position: u64,
    /// Whether the plugin said at the last block that it must be called again: notes sound, or keys
    /// are on their way.
    pub awake: bool,
    /// What the input hears (the instrument's is its sidechain), by the frame since the plugin was
    /// activated.
    pub sidechain: fn(u64) -> f32,
    /// What its right channel hears of that.
    pub right: fn(f32) -> f32,
    /// Where the song is, by the same frame; a host without one says nothing.
    pub transport: Option<Box<dyn Fn(u64) -> TransportEvent + Send>>,
    /// Notes that came out: the frame since the plugin was activated, channel, key, and whether it begins.
    pub notes_out: Vec<(u64, u16, u16, bool)>,
    /// Given the call into the plugin to do: the place for a watch around it.
    pub around: fn(&mut dyn FnMut()),
}

impl Audio {
    pub(super) fn new(
        processor: StartedPluginAudioProcessor<Handlers>,
        input_channels: &[usize],
        output_channels: &[usize],
        largest_block: usize,
    ) -> Audio {
        let ports =
            |channels: &[usize]| AudioPorts::with_capacity(channels.iter().sum(), channels.len());
        let buffers = |channels: &[usize]| {
            channels
                .iter()
                .map(|&count| vec![vec![0.0; largest_block]; count])
                .collect()
        };
        Audio {
            processor,
            inputs: ports(input_channels),
            outputs: ports(output_channels),
            input_buffers: buffers(input_channels),
            output_buffers: buffers(output_channels),
            events_in: EventBuffer::with_capacity(256),
            events_out: EventBuffer::with_capacity(16_384),
            largest_block,
            position: 0,
            awake: true,
            sidechain: |_| 0.0,
            right: |left| left,
            transport: None,
            notes_out: Vec::new(),
            around: |work| work(),
        }
    }

    pub(super) fn stop(self) -> StoppedPluginAudioProcessor<Handlers> {
        self.processor.stop_processing()
    }

    /// Plays `frames` frames in blocks of the sizes in `blocks`, over and over. Events count their
    /// frames from the start of this call and are in order.
    ///
    /// # Panics
    /// When a sample isn't finite or wasn't written, or the plugin refuses to process.
    pub fn play(&mut self, events: &[Event], frames: usize, blocks: &[usize]) -> Sound {
        let mut sound = Sound::with_capacity(frames);
        let mut sizes = blocks.iter().cycle();
        let (mut at, mut next_event) = (0, 0);
        while at < frames {
            let size = (*sizes.next().expect("endless"))
                .min(frames - at)
                .min(self.largest_block);
            self.events_in.clear();
            while let Some(event) = events.get(next_event).filter(|e| e.frame < at + size) {
                event.push((event.frame - at) as u32, &mut self.events_in);
                next_event += 1;
            }
            self.block(size);
            sound.push(&self.output_buffers[0], size);
            at += size;
        }
        assert_eq!(
            next_event,
            events.len(),
            "events lie within the frames played"
        );
        sound
    }

    fn block(&mut self, frames: usize) {
        // What a plugin doesn't overwrite shows up as this, loudly.
        for channel in self.output_buffers.iter_mut().flatten() {
            channel[..frames].fill(f32::NAN);
        }
        for port in &mut self.input_buffers {
            for (side, channel) in port.iter_mut().enumerate() {
                for (frame, sample) in (self.position..).zip(&mut channel[..frames]) {
                    let left = (self.sidechain)(frame);
                    *sample = if side == 0 { left } else { (self.right)(left) };
                }
            }
        }
        let inputs = self
            .inputs
            .with_input_buffers(self.input_buffers.iter_mut().map(|port| {
                AudioPortBuffer {
                    latency: 0,
                    channels: AudioPortBufferType::f32_input_only(
                        port.iter_mut()
                            .map(|channel| InputChannel::variable(&mut channel[..frames])),
                    ),
                }
            }));
        let outputs = self.output_buffers.iter_mut().map(|port| AudioPortBuffer {
            latency: 0,
            channels: AudioPortBufferType::f32_output_only(
                port.iter_mut().map(|channel| &mut channel[..frames]),
            ),
        });
        let mut outputs = self.outputs.with_output_buffers(outputs);
        self.events_out.clear();
        let transport = self.transport.as_ref().map(|at| at(self.position));
        let mut status = None;
        (self.around)(&mut || {
            status = Some(self.processor.process(
                &inputs,
                &mut outputs,
                &self.events_in.as_input(),
                &mut self.events_out.as_output(),
                Some(self.position),
                transport.as_ref(),
            ));
        });
        let status = status.expect("it was called").expect("it processes");
        self.awake = status == ProcessStatus::Continue;
        for event in self.events_out.iter() {
            let (pckn, begins) = match event.as_core_event() {
                Some(CoreEventSpace::NoteOn(note)) => (note.pckn(), true),
                Some(CoreEventSpace::NoteOff(note)) => (note.pckn(), false),
                _ => continue,
            };
            let at = self.position + u64::from(event.header().time());
            let number = |of: Match<u16>| of.into_specific().unwrap_or(u16::MAX);
            self.notes_out
                .push((at, number(pckn.channel), number(pckn.key), begins));
        }
        self.position += frames as u64;
    }
}
