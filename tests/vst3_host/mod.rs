//! A VST3 host of our own, as small as it gets. It asks what hosts ask, and does what they shouldn't.
//!
//! | module | what it is |
//! |---|---|
//! | [`stream`] | states as bytes |
//! | [`lists`] | a block's events and parameter points |
//! | [`handler`] | what the plugin tells: edits, restarts, a changed project |
//! | [`frame`] | a window's frame and its run loop |

pub mod frame;
pub mod handler;
pub mod lists;
pub mod stream;

use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, Ordering};

use vst3::Steinberg::Vst::{
    AudioBusBuffers, AudioBusBuffers__type0, IAudioProcessor, IAudioProcessorTrait, IComponent,
    IComponentHandler, IComponentTrait, IEditController, IEditControllerTrait, IEventList,
    IParameterChanges, ParamID, ParameterInfo, ParameterInfo_::ParameterFlags_, ProcessContext,
    ProcessData, ProcessModes_, ProcessSetup, SymbolicSampleSizes_,
};
use vst3::Steinberg::{
    IBStream, IPluginBaseTrait, IPluginFactory, IPluginFactoryTrait, kResultOk, tresult,
};
use vst3::{ComPtr, ComWrapper, Interface};

use crate::watched::watched;
use handler::Handler;
use lists::{Changes, Events, Note, Points};
use stream::Stream;

/// Class id of the instrument.
pub const CONSORT: &[u8; 16] = b"ConsortInstrumnt";
/// Class id of the effect.
pub const STEMS: &[u8; 16] = b"ConsortStemsEfct";

unsafe extern "system" {
    /// What the plugin library exports.
    fn GetPluginFactory() -> *mut c_void;
}

/// The factory of the library that is linked in.
pub fn factory() -> ComPtr<IPluginFactory> {
    // SAFETY: it returns one, which we release.
    unsafe { ComPtr::from_raw(GetPluginFactory().cast::<IPluginFactory>()) }.expect("a factory")
}

/// An instance, and its handler.
pub struct Plugin {
    pub component: ComPtr<IComponent>,
    pub processor: ComPtr<IAudioProcessor>,
    pub controller: ComPtr<IEditController>,
    pub handler: ComWrapper<Handler>,
    /// What blocks say: rendered offline.
    pub offline: AtomicBool,
}

// SAFETY: the tests call from where VST3 allows it, or to see what happens if they don't.
unsafe impl Send for Plugin {}
// SAFETY: as above.
unsafe impl Sync for Plugin {}

/// What goes into a block, and what is left out.
#[derive(Default)]
pub struct Block<'a> {
    pub notes: &'a [Note],
    pub points: &'a [Points],
    /// What the first input bus hears.
    pub input: Option<&'a dyn Fn(usize) -> f32>,
    pub context: Option<ProcessContext>,
}

/// What came out of one.
pub struct Played {
    pub result: tresult,
    /// Each output bus: left, right.
    pub outputs: Vec<[Vec<f32>; 2]>,
    /// Notes that the plugin sent.
    pub notes: Vec<Note>,
}

impl Played {
    /// The largest sample of a bus.
    pub fn peak(&self, bus: usize) -> f32 {
        let sides = self.outputs[bus].iter().flatten();
        sides.fold(0.0, |peak, x| peak.max(x.abs()))
    }
}

impl Plugin {
    /// An inactive instance with a handler.
    pub fn create(class: &[u8; 16]) -> Plugin {
        let plugin = Plugin::create_bare(class);
        // SAFETY: as VST3 has it.
        unsafe {
            assert_eq!(plugin.component.initialize(null_mut()), kResultOk);
            let handler = plugin.handler.as_com_ref::<IComponentHandler>();
            plugin
                .controller
                .setComponentHandler(handler.expect("it is one").as_ptr());
        }
        plugin
    }

    /// One that isn't initialised yet.
    pub fn create_bare(class: &[u8; 16]) -> Plugin {
        let mut object = null_mut();
        // SAFETY: as VST3 has it.
        let component = unsafe {
            let (class, interface) = (class.as_ptr().cast(), IComponent::IID.as_ptr().cast());
            let made = factory().createInstance(class, interface, &mut object);
            assert_eq!(made, kResultOk, "it makes instances");
            ComPtr::from_raw(object.cast::<IComponent>()).expect("made")
        };
        Plugin {
            processor: component.cast().expect("it plays"),
            controller: component.cast().expect("it has parameters"),
            handler: ComWrapper::new(Handler::default()),
            offline: AtomicBool::new(false),
            component,
        }
    }

    /// Takes up a state; whether it could.
    pub fn load(&self, json: &[u8]) -> bool {
        let stream = ComWrapper::new(Stream::holding(json.to_vec())).to_com_ptr::<IBStream>();
        let stream = stream.expect("a stream");
        // SAFETY: the stream lives until then.
        unsafe { self.component.setState(stream.as_ptr()) == kResultOk }
    }

    /// The state, as bytes.
    pub fn save(&self) -> Vec<u8> {
        let stream = ComWrapper::new(Stream::default());
        let pointer = stream.to_com_ptr::<IBStream>().expect("a stream");
        // SAFETY: as above.
        let saved = unsafe { self.component.getState(pointer.as_ptr()) };
        assert_eq!(saved, kResultOk);
        stream.bytes()
    }

    /// Sets up and activates: `frames` is the largest block.
    pub fn activate(&self, rate: f64, frames: usize, offline: bool) {
        assert_eq!(self.set_up(rate, frames as i32, offline), kResultOk);
        self.offline.store(offline, Ordering::Relaxed);
        // SAFETY: as VST3 has it.
        unsafe {
            assert_eq!(self.component.setActive(1), kResultOk);
            self.processor.setProcessing(1);
        }
    }

    pub fn set_up(&self, rate: f64, frames: i32, offline: bool) -> tresult {
        let mut setup = ProcessSetup {
            processMode: mode(offline),
            symbolicSampleSize: SymbolicSampleSizes_::kSample32 as i32,
            maxSamplesPerBlock: frames,
            sampleRate: rate,
        };
        // SAFETY: as VST3 has it.
        unsafe { self.processor.setupProcessing(&mut setup) }
    }

    pub fn deactivate(&self) {
        // SAFETY: as VST3 has it.
        unsafe {
            self.processor.setProcessing(0);
            self.component.setActive(0);
        }
    }

    /// Plays a block with all buses there.
    pub fn play(&self, frames: usize, block: &Block) -> Played {
        let sides = |count: i32| -> Vec<[Vec<f32>; 2]> {
            (0..count)
                .map(|_| [vec![0.0; frames], vec![0.0; frames]])
                .collect()
        };
        // SAFETY: no pointers.
        let [ins, outs] = [0, 1].map(|d| unsafe { self.component.getBusCount(0, d) });
        let (mut inputs, mut outputs) = (sides(ins), sides(outs));
        if let (Some(input), Some(first)) = (block.input, inputs.first_mut()) {
            for side in first {
                side.iter_mut()
                    .enumerate()
                    .for_each(|(at, x)| *x = input(at));
            }
        }
        let pointers = |sides: &mut Vec<[Vec<f32>; 2]>| -> Vec<[*mut f32; 2]> {
            sides
                .iter_mut()
                .map(|bus| bus.each_mut().map(|side| side.as_mut_ptr()))
                .collect()
        };
        let (mut in_pointers, mut out_pointers) = (pointers(&mut inputs), pointers(&mut outputs));
        let mut ins: Vec<_> = in_pointers
            .iter_mut()
            .map(|of| bus(of.as_mut_ptr(), 2))
            .collect();
        let mut outs: Vec<_> = out_pointers
            .iter_mut()
            .map(|of| bus(of.as_mut_ptr(), 2))
            .collect();
        let (result, notes) = self.process(frames as i32, block, &mut ins, &mut outs);
        Played {
            result,
            outputs,
            notes,
        }
    }

    /// Plays a block with the buses as they are given.
    pub fn process(
        &self,
        frames: i32,
        block: &Block,
        inputs: &mut [AudioBusBuffers],
        outputs: &mut [AudioBusBuffers],
    ) -> (tresult, Vec<Note>) {
        let events = ComWrapper::new(Events::of(block.notes));
        let told = ComWrapper::new(Events::with_room());
        let changes = ComWrapper::new(Changes::of(block.points));
        let (events, list) = (
            events.to_com_ptr::<IEventList>().expect("a list"),
            told.to_com_ptr::<IEventList>().expect("a list"),
        );
        let changes = changes.to_com_ptr::<IParameterChanges>().expect("changes");
        let mut context = block.context;
        let mut data = ProcessData {
            processMode: mode(self.offline.load(Ordering::Relaxed)),
            symbolicSampleSize: SymbolicSampleSizes_::kSample32 as i32,
            numSamples: frames,
            numInputs: inputs.len() as i32,
            numOutputs: outputs.len() as i32,
            inputs: inputs.as_mut_ptr(),
            outputs: outputs.as_mut_ptr(),
            inputParameterChanges: changes.as_ptr(),
            outputParameterChanges: null_mut(),
            inputEvents: events.as_ptr(),
            outputEvents: list.as_ptr(),
            processContext: context.as_mut().map_or(null_mut(), std::ptr::from_mut),
        };
        let mut result = kResultOk;
        watched(&mut || {
            // SAFETY: all that it points to is here.
            result = unsafe { self.processor.process(&mut data) };
        });
        (result, told.notes())
    }

    /// All parameters.
    pub fn parameters(&self) -> Vec<ParameterInfo> {
        // SAFETY: as VST3 has it.
        let count = unsafe { self.controller.getParameterCount() };
        // SAFETY: likewise.
        let read = |index| unsafe {
            let mut info = std::mem::zeroed();
            assert_eq!(
                self.controller.getParameterInfo(index, &mut info),
                kResultOk
            );
            info
        };
        (0..count).map(read).collect()
    }

    /// Those that a host may automate.
    pub fn automatable(&self) -> Vec<ParamID> {
        let can = |info: &&ParameterInfo| info.flags & ParameterFlags_::kCanAutomate != 0;
        self.parameters()
            .iter()
            .filter(can)
            .map(|info| info.id)
            .collect()
    }

    /// Plays a key now and then until it sounds.
    pub fn wait_for_sound(&self, key: i16) {
        let began = std::time::Instant::now();
        loop {
            let on = [Note::on(0, key, 1)];
            let mut peak = 0.0_f32;
            for block in 0..20 {
                let notes = if block == 0 { &on[..] } else { &[] };
                let block = Block {
                    notes,
                    ..Block::default()
                };
                peak = peak.max(self.play(512, &block).peak(0));
            }
            let off = Block {
                notes: &[Note::off(0, key, 1)],
                ..Block::default()
            };
            self.play(512, &off);
            if peak > 1e-3 {
                return;
            }
            assert!(began.elapsed().as_secs() < 60, "it has no sound");
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }
}

impl Drop for Plugin {
    fn drop(&mut self) {
        // SAFETY: nothing is done with it any more.
        unsafe { self.component.terminate() };
    }
}

fn mode(offline: bool) -> i32 {
    let mode = if offline {
        ProcessModes_::kOffline
    } else {
        ProcessModes_::kRealtime
    };
    mode as i32
}

/// A bus of these channels.
pub fn bus(channels: *mut *mut f32, count: i32) -> AudioBusBuffers {
    AudioBusBuffers {
        numChannels: count,
        silenceFlags: 0,
        __field0: AudioBusBuffers__type0 {
            channelBuffers32: channels,
        },
    }
}

/// A VST3 text.
pub fn text(of: &[u16]) -> String {
    let end = of.iter().position(|unit| *unit == 0).expect("it ends");
    String::from_utf16(&of[..end]).expect("UTF-16")
}
