//! The one object that an instance is, processor and controller: its buses, whether it is active,
//! and what projects hold of it.

use std::cell::UnsafeCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use parking_lot::Mutex;
use vst3::Steinberg::Vst::{
    BusDirection, BusInfo, BusInfo_::BusFlags_, IAudioProcessor, IComponent, IComponentTrait,
    IEditController, IMidiMapping, INoteExpressionController, IProcessContextRequirements,
    IUnitInfo, IoMode, MediaType, RoutingInfo,
};
use vst3::Steinberg::{
    FUnknown, IBStream, IPluginBaseTrait, TBool, TUID, int32, kInternalError, kInvalidArgument,
    kNoInterface, kNotInitialized, kResultFalse, kResultOk, tresult,
};
use vst3::{Class, ComRef};

use super::classes::VstClass;
use super::constants::{AUDIO, AUXILIARY, EVENT, INPUT, MAIN, OUTPUT};
use super::guest::{AsAudioThread, Guest, Port, call};
use super::host::Host;
use super::midi_map::{self, Controller};
use super::process::Processor;
use super::{stream, text};

/// MIDI channels of an event bus.
const CHANNELS: int32 = 16;

/// An instance.
pub struct Component {
    pub(super) host: Arc<Host>,
    /// Frames a second and the most in a block, once the host has said.
    pub(super) setup: Mutex<Option<(f64, u32)>>,
    pub(super) active: AtomicBool,
    /// The host renders offline: so it was set up, or a block has said.
    pub(super) set_up_offline: AtomicBool,
    pub(super) offline_by_block: AtomicBool,
    /// Under the host's gate.
    pub(super) processor: UnsafeCell<Option<Processor>>,
    /// The plugin knows that it processes. Under the gate.
    started: AtomicBool,
    /// A bit for each bus that is on: inputs, outputs.
    pub(super) buses: [AtomicU32; 2],
    /// What the host last said of each controller, as the bits of an `f64`: it may ask.
    pub(super) controllers: Vec<AtomicU64>,
    /// Frames.
    pub(super) latency: AtomicU32,
}

impl Class for Component {
    type Interfaces = (
        IComponent,
        IAudioProcessor,
        IEditController,
        IMidiMapping,
        INoteExpressionController,
        IProcessContextRequirements,
        IUnitInfo,
    );
}

impl Component {
    /// An instance of a class; its plugin comes with `initialize`. Main thread.
    pub fn new(class: &'static VstClass) -> Component {
        let rest = |at| AtomicU64::new(Controller::at(at).rest().to_bits());
        Component {
            host: Host::new(class.clap),
            setup: Mutex::new(None),
            active: AtomicBool::new(false),
            set_up_offline: AtomicBool::new(false),
            offline_by_block: AtomicBool::new(false),
            processor: UnsafeCell::new(None),
            started: AtomicBool::new(false),
            buses: Default::default(),
            controllers: (0..midi_map::COUNT).map(rest).collect(),
            latency: AtomicU32::new(0),
        }
    }

    pub(super) fn guest(&self) -> Option<&Guest> {
        self.host.guest()
    }

    /// The audio buses of a direction.
    pub(super) fn ports(&self, direction: BusDirection) -> &[Port] {
        match (self.guest(), direction) {
            (Some(guest), INPUT) => &guest.inputs,
            (Some(guest), OUTPUT) => &guest.outputs,
            _ => &[],
        }
    }

    fn count(&self, kind: MediaType, direction: BusDirection) -> usize {
        let notes = |guest: &Guest| match direction {
            INPUT => guest.hears_notes,
            OUTPUT => guest.sends_notes,
            _ => false,
        };
        match kind {
            AUDIO => self.ports(direction).len(),
            EVENT => usize::from(self.guest().is_some_and(notes)),
            _ => 0,
        }
    }

    /// The index, if there is such a bus.
    fn bus(&self, kind: MediaType, direction: BusDirection, index: int32) -> Option<usize> {
        let index = usize::try_from(index).ok()?;
        (index < self.count(kind, direction)).then_some(index)
    }

    /// Tells the plugin that blocks come, or no more do. Under the gate.
    pub(super) fn start(&self, guest: &Guest, wanted: bool) {
        if self.started.swap(wanted, Ordering::AcqRel) == wanted {
            return;
        }
        let _audio = AsAudioThread::enter();
        if wanted {
            call!(guest.plugin, start_processing, guest.plugin);
        } else {
            call!(guest.plugin, stop_processing, guest.plugin);
        }
    }

    fn activate(&self, guest: &Guest) -> tresult {
        let Some((rate, frames)) = *self.setup.lock() else {
            return kResultFalse;
        };
        let outputs = guest.choose_outputs(self.buses[1].load(Ordering::Acquire));
        if !call!(guest.plugin, activate, guest.plugin, rate, 1, frames) {
            return kResultFalse;
        }
        let processor = Processor::new(&guest.inputs, outputs, rate, frames);
        let Some(alone) = self.host.alone() else {
            return kResultFalse;
        };
        self.host.echoes().clear(|_| {});
        // SAFETY: under the gate.
        let before = unsafe { (*self.processor.get()).replace(processor) };
        self.active.store(true, Ordering::Release);
        drop(alone);
        drop(before);
        self.latency.store(guest.latency(), Ordering::Release);
        kResultOk
    }

    fn deactivate(&self, guest: &Guest) {
        let Some(_alone) = self.host.alone() else {
            return;
        };
        self.active.store(false, Ordering::Release);
        self.host.processing.store(false, Ordering::Release);
        self.start(guest, false);
        call!(guest.plugin, deactivate, guest.plugin);
    }
}

impl IPluginBaseTrait for Component {
    unsafe fn initialize(&self, context: *mut FUnknown) -> tresult {
        if !self.host.open() {
            return kInternalError;
        }
        for (buses, direction) in self.buses.iter().zip([INPUT, OUTPUT]) {
            let ports = self.ports(direction).iter().enumerate();
            let on = ports.filter(|(_, port)| is_on_by_default(port, direction));
            buses.store(on.fold(0, |all, (at, _)| all | 1 << at), Ordering::Release);
        }
        // SAFETY: the host's own object, or null.
        self.host
            .run_loop
            .attach(unsafe { ComRef::from_raw(context) });
        kResultOk
    }

    unsafe fn terminate(&self) -> tresult {
        if let Some(guest) = self.guest()
            && self.active.load(Ordering::Acquire)
        {
            self.deactivate(guest);
        }
        self.host.run_loop.detach();
        // Its destructor may call back in: not under the lock.
        let handler = self.host.handler.lock().take();
        drop(handler);
        self.host.close();
        kResultOk
    }
}

/// Separate outputs are there for whoever asks for them.
fn is_on_by_default(port: &Port, direction: BusDirection) -> bool {
    port.is_main || direction == INPUT
}

impl IComponentTrait for Component {
    unsafe fn getControllerClassId(&self, _: *mut TUID) -> tresult {
        // This object is the controller, too.
        kNoInterface
    }

    unsafe fn setIoMode(&self, _: IoMode) -> tresult {
        kResultOk
    }

    unsafe fn getBusCount(&self, kind: MediaType, direction: BusDirection) -> int32 {
        self.count(kind, direction) as int32
    }

    unsafe fn getBusInfo(
        &self,
        kind: MediaType,
        direction: BusDirection,
        index: int32,
        info: *mut BusInfo,
    ) -> tresult {
        // SAFETY: the host's own struct.
        let info = unsafe { info.as_mut() };
        let (Some(info), Some(index)) = (info, self.bus(kind, direction, index)) else {
            return kInvalidArgument;
        };
        // SAFETY: numbers and arrays of them, of which zero is one.
        *info = unsafe { std::mem::zeroed() };
        (info.mediaType, info.direction) = (kind, direction);
        info.busType = MAIN;
        info.flags = BusFlags_::kDefaultActive as u32;
        if kind == EVENT {
            info.channelCount = CHANNELS;
            let input = direction == INPUT;
            text::to_utf16(
                if input { "Note Input" } else { "Note Output" },
                &mut info.name,
            );
            return kResultOk;
        }
        let port = &self.ports(direction)[index];
        info.channelCount = port.channels as int32;
        if !port.is_main {
            info.busType = AUXILIARY;
        }
        if !is_on_by_default(port, direction) {
            info.flags = 0;
        }
        text::to_utf16(&port.name, &mut info.name);
        kResultOk
    }

    unsafe fn getRoutingInfo(&self, from: *mut RoutingInfo, to: *mut RoutingInfo) -> tresult {
        // SAFETY: the host's own structs.
        let (Some(from), Some(to)) = (unsafe { (from.as_ref(), to.as_mut()) }) else {
            return kInvalidArgument;
        };
        // What comes in on the track goes out on it; notes that come in don't go out.
        let passes = |ports: &[Port]| ports.first().is_some_and(|port| port.is_main);
        if from.mediaType == AUDIO
            && from.busIndex == 0
            && passes(self.ports(INPUT))
            && passes(self.ports(OUTPUT))
        {
            *to = *from;
            return kResultOk;
        }
        kResultFalse
    }

    unsafe fn activateBus(
        &self,
        kind: MediaType,
        direction: BusDirection,
        index: int32,
        state: TBool,
    ) -> tresult {
        let Some(index) = self.bus(kind, direction, index) else {
            return kInvalidArgument;
        };
        if kind == AUDIO {
            let buses = &self.buses[usize::from(direction == OUTPUT)];
            if state != 0 {
                buses.fetch_or(1 << index, Ordering::AcqRel);
            } else {
                buses.fetch_and(!(1 << index), Ordering::AcqRel);
            }
        }
        kResultOk
    }

    unsafe fn setActive(&self, state: TBool) -> tresult {
        let Some(guest) = self.guest() else {
            return kNotInitialized;
        };
        self.host.pump();
        match (self.active.load(Ordering::Acquire), state != 0) {
            (false, true) => self.activate(guest),
            (true, false) => {
                self.deactivate(guest);
                kResultOk
            }
            _ => kResultOk,
        }
    }

    unsafe fn setState(&self, state: *mut IBStream) -> tresult {
        // SAFETY: the host's own object, or null.
        let stream = unsafe { ComRef::from_raw(state) };
        let (Some(stream), Some(guest)) = (stream, self.guest()) else {
            return kInvalidArgument;
        };
        let Some(json) = stream::read(stream).filter(|json| !json.is_empty()) else {
            return kResultFalse;
        };
        let loaded = guest.load(&json);
        self.host.pump();
        if loaded { kResultOk } else { kResultFalse }
    }

    unsafe fn getState(&self, state: *mut IBStream) -> tresult {
        self.host.pump();
        // SAFETY: the host's own object, or null.
        let stream = unsafe { ComRef::from_raw(state) };
        let (Some(stream), Some(guest)) = (stream, self.guest()) else {
            return kInvalidArgument;
        };
        match guest.save() {
            Some(json) if stream::write(stream, &json) => kResultOk,
            _ => kResultFalse,
        }
    }
}
