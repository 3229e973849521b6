//! How an instance is set up, started and given blocks.

use std::sync::atomic::Ordering;

use vst3::Steinberg::Vst::{
    BusDirection, IAudioProcessorTrait, IProcessContextRequirements_::Flags_,
    IProcessContextRequirementsTrait, ProcessData, ProcessSetup, SpeakerArr, SpeakerArrangement,
};
use vst3::Steinberg::{
    TBool, int32, kInvalidArgument, kNotInitialized, kResultFalse, kResultOk, kResultTrue, tresult,
    uint32,
};

use super::component::Component;
use super::constants::{FLOATS, INPUT, OFFLINE, OUTPUT};
use super::guest::{AsAudioThread, Guest, Port, call};
use super::host::Want;
use super::process::silence;

/// Largest block that a host may announce, frames.
const LARGEST: int32 = 1 << 20;

fn arrangement(port: &Port) -> SpeakerArrangement {
    match port.channels {
        1 => SpeakerArr::kMono,
        _ => SpeakerArr::kStereo,
    }
}

impl Component {
    /// Some hosts (Ardour) say with a block only that they render offline now. Then the plugin is activated
    /// anew, on this thread, and waits for its sounds as it does when it is told before: a render isn't in
    /// time. Back in time it goes on as it is, and the host is asked to activate it when it can. What was set
    /// up offline stays so, whatever its blocks say. Under the gate.
    fn follow_mode(&self, guest: &Guest, offline: bool) {
        let told = self.set_up_offline.load(Ordering::Acquire);
        if told || self.offline_by_block.swap(offline, Ordering::AcqRel) == offline {
            return;
        }
        guest.set_offline(offline);
        let (true, Some((rate, frames))) = (offline, *self.setup.lock()) else {
            self.host.want(Want::RESTART);
            return;
        };
        self.start(guest, false);
        call!(guest.plugin, deactivate, guest.plugin);
        call!(guest.plugin, activate, guest.plugin, rate, 1, frames);
        self.start(guest, true);
    }
}

impl IAudioProcessorTrait for Component {
    unsafe fn setBusArrangements(
        &self,
        inputs: *mut SpeakerArrangement,
        num_ins: int32,
        outputs: *mut SpeakerArrangement,
        num_outs: int32,
    ) -> tresult {
        let fits = |direction, asked: *mut SpeakerArrangement, count: int32| {
            let ports = self.ports(direction);
            usize::try_from(count) == Ok(ports.len())
                && (ports.is_empty() || !asked.is_null())
                && ports.iter().enumerate().all(|(at, port)| {
                    // SAFETY: there are `count`.
                    let asked = unsafe { *asked.add(at) };
                    // Some hosts say so of outputs that are off.
                    let is_off = asked == SpeakerArr::kEmpty && direction == OUTPUT;
                    asked.count_ones() == port.channels || is_off && !port.is_main
                })
        };
        let fit = fits(INPUT, inputs, num_ins) && fits(OUTPUT, outputs, num_outs);
        if fit { kResultTrue } else { kResultFalse }
    }

    unsafe fn getBusArrangement(
        &self,
        direction: BusDirection,
        index: int32,
        of: *mut SpeakerArrangement,
    ) -> tresult {
        let port = usize::try_from(index).ok();
        let port = port.and_then(|index| self.ports(direction).get(index));
        // SAFETY: the host's own number.
        let (Some(port), Some(of)) = (port, unsafe { of.as_mut() }) else {
            return kInvalidArgument;
        };
        *of = arrangement(port);
        kResultOk
    }

    unsafe fn canProcessSampleSize(&self, size: int32) -> tresult {
        if size == FLOATS {
            kResultTrue
        } else {
            kResultFalse
        }
    }

    unsafe fn getLatencySamples(&self) -> uint32 {
        self.latency.load(Ordering::Acquire)
    }

    unsafe fn setupProcessing(&self, setup: *mut ProcessSetup) -> tresult {
        // SAFETY: the host's own struct.
        let Some(setup) = (unsafe { setup.as_ref() }) else {
            return kInvalidArgument;
        };
        let Some(guest) = self.guest() else {
            return kNotInitialized;
        };
        let sane = setup.symbolicSampleSize == FLOATS
            && setup.sampleRate.is_finite()
            && setup.sampleRate > 0.0
            && (0..=LARGEST).contains(&setup.maxSamplesPerBlock);
        if self.active.load(Ordering::Acquire) || !sane {
            return kResultFalse;
        }
        let frames = setup.maxSamplesPerBlock.max(1) as u32;
        *self.setup.lock() = Some((setup.sampleRate, frames));
        // Before it is activated, so that activation knows.
        let offline = setup.processMode == OFFLINE;
        self.set_up_offline.store(offline, Ordering::Release);
        self.offline_by_block.store(false, Ordering::Release);
        guest.set_offline(offline);
        kResultOk
    }

    unsafe fn setProcessing(&self, state: TBool) -> tresult {
        let Some(_alone) = self.host.alone() else {
            return kResultFalse;
        };
        let Some(guest) = self.guest() else {
            return kNotInitialized;
        };
        if self.active.load(Ordering::Acquire) {
            self.start(guest, state != 0);
            self.host.processing.store(state != 0, Ordering::Release);
        }
        kResultOk
    }

    unsafe fn process(&self, data: *mut ProcessData) -> tresult {
        // SAFETY: the host's own struct.
        let Some(data) = (unsafe { data.as_ref() }) else {
            return kInvalidArgument;
        };
        if data.symbolicSampleSize != FLOATS {
            return kInvalidArgument;
        }
        let _audio = AsAudioThread::enter();
        let Some(_alone) = self.host.alone_for_block() else {
            self.host.missed.store(true, Ordering::Release);
            // SAFETY: as VST3 has it.
            unsafe { silence(data) };
            return kResultOk;
        };
        // SAFETY: under the gate.
        let processor = unsafe { (*self.processor.get()).as_mut() };
        let active = self.active.load(Ordering::Acquire);
        let (Some(guest), Some(processor), true) = (self.guest(), processor, active) else {
            // SAFETY: as VST3 has it.
            unsafe { silence(data) };
            return kNotInitialized;
        };
        self.follow_mode(guest, data.processMode == OFFLINE);
        // Some hosts never say that they process; but an empty block is no processing.
        if data.numSamples > 0 {
            self.start(guest, true);
            self.host.processing.store(true, Ordering::Release);
        }
        let buses = [0, 1].map(|side: usize| self.buses[side].load(Ordering::Acquire));
        // SAFETY: as VST3 has it, under the gate.
        unsafe { processor.process(&self.host, guest, data, buses) }
    }

    unsafe fn getTailSamples(&self) -> uint32 {
        self.guest().map_or(0, |guest| guest.tail())
    }
}

impl IProcessContextRequirementsTrait for Component {
    unsafe fn getProcessContextRequirements(&self) -> uint32 {
        (Flags_::kNeedProjectTimeMusic
            | Flags_::kNeedBarPositionMusic
            | Flags_::kNeedCycleMusic
            | Flags_::kNeedTimeSignature
            | Flags_::kNeedTempo
            | Flags_::kNeedTransportState) as uint32
    }
}
