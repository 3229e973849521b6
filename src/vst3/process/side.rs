//! The audio of a block's one side, whatever the host has left out.

use std::ptr::null_mut;

use clap_sys::audio_buffer::clap_audio_buffer;
use vst3::Steinberg::Vst::{AudioBusBuffers, ProcessData};

use crate::vst3::constants::UNHEARD;
use crate::vst3::guest::Port;

/// The channels of all ports, and what stands in for those that a host leaves out.
pub struct Side {
    pointers: Vec<Vec<*mut f32>>,
    pub buffers: Vec<clap_audio_buffer>,
    /// Silence to read, for all inputs; for outputs, where nobody listens, one for each channel.
    spares: Vec<Vec<f32>>,
    is_output: bool,
}

impl Side {
    /// For blocks of up to `frames`. Main thread.
    pub fn of_inputs(ports: &[Port], frames: usize) -> Side {
        Side::new(ports, vec![vec![0.0; frames]], false)
    }

    /// For blocks of up to `frames`. Main thread.
    pub fn of_outputs(ports: &[Port], frames: usize) -> Side {
        let channels = ports.iter().map(|port| port.channels).sum::<u32>();
        let spare = |_| vec![0.0; frames];
        Side::new(ports, (0..channels).map(spare).collect(), true)
    }

    fn new(ports: &[Port], spares: Vec<Vec<f32>>, is_output: bool) -> Side {
        let pointers = |port: &Port| vec![null_mut(); port.channels as usize];
        Side {
            pointers: ports.iter().map(pointers).collect(),
            buffers: Vec::with_capacity(ports.len()),
            spares,
            is_output,
        }
    }

    /// Points to a block's channels. What is missing, or on a bus that isn't on, is a spare one, of which
    /// `silent` frames are made so; an output that lacks any is marked as one that nobody listens to. Audio
    /// thread.
    ///
    /// # Safety
    /// `buses` is null or has `count` as VST3 has them.
    pub unsafe fn take(&mut self, buses: *mut AudioBusBuffers, count: i32, on: u32, silent: u32) {
        self.buffers.clear();
        let last = self.spares.len().saturating_sub(1);
        for spare in &mut self.spares {
            spare[..silent as usize].fill(0.0);
        }
        let mut passed = 0;
        for (at, pointers) in self.pointers.iter_mut().enumerate() {
            let given = !buses.is_null() && at < count.max(0) as usize && on >> at & 1 != 0;
            // SAFETY: there are `count`.
            let bus = given.then(|| unsafe { &*buses.add(at) });
            let mut missing = 0;
            for (channel, pointer) in pointers.iter_mut().enumerate() {
                // SAFETY: as the caller has it.
                *pointer = bus.map_or(null_mut(), |bus| unsafe { channel_of(bus, channel) });
                if pointer.is_null() {
                    *pointer = self.spares[passed.min(last)].as_mut_ptr();
                    missing |= 1 << channel;
                }
                passed += 1;
            }
            let (latency, constant_mask) = if self.is_output && missing != 0 {
                UNHEARD
            } else {
                (0, missing)
            };
            self.buffers.push(clap_audio_buffer {
                data32: pointers.as_mut_ptr(),
                data64: null_mut(),
                channel_count: pointers.len() as u32,
                latency,
                constant_mask,
            });
        }
    }

    /// Silences buses that were switched on since activation, and so have no port yet. Audio thread.
    ///
    /// # Safety
    /// `data` is as VST3 has it, of floats, with outputs.
    pub unsafe fn silence_others(&self, data: &ProcessData, on: u32) {
        for at in self.pointers.len()..data.numOutputs.clamp(0, 32) as usize {
            if on >> at & 1 != 0 {
                // SAFETY: there are so many.
                unsafe { silence_bus(&mut *data.outputs.add(at), data.numSamples) };
            }
        }
    }
}

/// Null if the host has left it out.
unsafe fn channel_of(bus: &AudioBusBuffers, channel: usize) -> *mut f32 {
    // SAFETY: blocks of doubles are refused before.
    unsafe {
        let channels = bus.__field0.channelBuffers32;
        if channels.is_null() || channel >= bus.numChannels.max(0) as usize {
            return null_mut();
        }
        *channels.add(channel)
    }
}

/// Silences a block that isn't played. Audio thread.
///
/// # Safety
/// `data` is as VST3 has it, of floats.
pub unsafe fn silence(data: &ProcessData) {
    if data.outputs.is_null() {
        return;
    }
    for at in 0..data.numOutputs.max(0) as usize {
        // SAFETY: there are so many, as the caller has it.
        unsafe {
            silence_bus(&mut *data.outputs.add(at), data.numSamples);
        }
    }
}

/// # Safety
/// The bus is as VST3 has it, of floats, each channel with so many frames.
unsafe fn silence_bus(bus: &mut AudioBusBuffers, frames: i32) {
    for channel in 0..bus.numChannels.max(0) as usize {
        // SAFETY: as the caller has it.
        unsafe {
            let samples = channel_of(bus, channel);
            if !samples.is_null() {
                std::slice::from_raw_parts_mut(samples, frames.max(0) as usize).fill(0.0);
            }
        }
    }
}
