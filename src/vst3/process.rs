//! One block: VST3's data as CLAP's, and back. All that it needs is made on activation.

mod events;
mod output;
mod side;
mod transport;

use std::ffi::c_void;
use std::ptr::null;
use std::sync::atomic::Ordering;

use clap_sys::events::{clap_input_events, clap_output_events};
use clap_sys::process::{CLAP_PROCESS_ERROR, clap_process};
use vst3::Steinberg::Vst::ProcessData;
use vst3::Steinberg::{kInvalidArgument, kResultFalse, kResultOk, tresult};

use super::guest::{Guest, Port, call};
use super::host::Host;
pub use events::parameter_event;
use events::{Events, get, size};
use output::{Output, try_push};
use side::Side;
pub use side::silence;

/// Turns blocks into CLAP's. Under the gate.
pub struct Processor {
    inputs: Side,
    outputs: Side,
    events: Events,
    rate: f64,
    /// The most in a block.
    frames: u32,
    /// Frames since activation.
    steady: i64,
}

impl Processor {
    /// For blocks of up to `frames` at `rate` frames a second. Main thread.
    pub fn new(inputs: &[Port], outputs: &[Port], rate: f64, frames: u32) -> Processor {
        Processor {
            inputs: Side::of_inputs(inputs, frames as usize),
            outputs: Side::of_outputs(outputs, frames as usize),
            events: Events::new(),
            rate,
            frames,
            steady: 0,
        }
    }

    /// A block of the host. Audio thread, under the gate.
    ///
    /// # Safety
    /// `data` is as VST3 has it; `on` has a bit for each bus that the host has switched on.
    pub unsafe fn process(
        &mut self,
        host: &Host,
        guest: &Guest,
        data: &ProcessData,
        on: [u32; 2],
    ) -> tresult {
        let frames = data.numSamples.max(0) as u32;
        // SAFETY: as the caller has it.
        unsafe { self.events.collect(host, guest, data, frames) };
        let input = clap_input_events {
            ctx: (&raw const self.events) as *mut c_void,
            size: Some(size),
            get: Some(get),
        };
        let out = Output::new(host, data.outputEvents);
        let output = clap_output_events {
            ctx: (&raw const out) as *mut c_void,
            try_push: Some(try_push),
        };
        // No frames, or no outputs (Ableton Live): the host only wants its parameters heard. A longer
        // block than was announced isn't played, but its events count.
        let too_long = frames > self.frames;
        if frames == 0 || too_long || data.numOutputs <= 0 || data.outputs.is_null() {
            call!(guest.params, flush, guest.plugin, &input, &output);
            // SAFETY: as the caller has it.
            unsafe { silence(data) };
            return if too_long {
                kInvalidArgument
            } else {
                kResultOk
            };
        }
        // SAFETY: as the caller has it.
        let place = unsafe {
            self.inputs.take(data.inputs, data.numInputs, on[0], frames);
            self.outputs.take(data.outputs, data.numOutputs, on[1], 0);
            self.outputs.silence_others(data, on[1]);
            data.processContext.as_ref()
        };
        let place = place.map(|context| transport::event(context, self.rate));
        let process = clap_process {
            steady_time: self.steady,
            frames_count: frames,
            transport: place.as_ref().map_or(null(), std::ptr::from_ref),
            audio_inputs: self.inputs.buffers.as_ptr(),
            audio_outputs: self.outputs.buffers.as_mut_ptr(),
            audio_inputs_count: self.inputs.buffers.len() as u32,
            audio_outputs_count: self.outputs.buffers.len() as u32,
            in_events: &input,
            out_events: &output,
        };
        let status = call!(guest.plugin, process, guest.plugin, &process);
        self.steady += i64::from(frames);
        host.echoes().pass(f64::from(frames) / self.rate);
        for at in 0..data.numOutputs as usize {
            // SAFETY: there are so many.
            unsafe { (*data.outputs.add(at)).silenceFlags = 0 };
        }
        host.blocks.fetch_add(1, Ordering::AcqRel);
        if status == CLAP_PROCESS_ERROR {
            // SAFETY: as the caller has it.
            unsafe { silence(data) };
            return kResultFalse;
        }
        kResultOk
    }
}
