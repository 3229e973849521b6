//! A VST3 host, as small as it gets: one instance, its buses, its state, and where the song is.

use std::ffi::c_void;
use std::ptr::null_mut;

use serde_json::Value;
use vst3::Steinberg::Vst::BusDirections_::{kInput, kOutput};
use vst3::Steinberg::Vst::MediaTypes_::{kAudio, kEvent};
use vst3::Steinberg::Vst::ProcessContext_::StatesAndFlags_ as flags;
use vst3::Steinberg::Vst::ProcessModes_::kRealtime;
use vst3::Steinberg::Vst::SpeakerArr::kStereo;
use vst3::Steinberg::Vst::SymbolicSampleSizes_::kSample32;
use vst3::Steinberg::Vst::{
    AudioBusBuffers, AudioBusBuffers__type0, IAudioProcessor, IAudioProcessorTrait, IComponent,
    IComponentTrait, IEventList, ProcessContext, ProcessData, ProcessSetup, SpeakerArrangement,
};
use vst3::Steinberg::{IBStream, IPluginBaseTrait, IPluginFactory, IPluginFactoryTrait, kResultOk};
use vst3::{ComPtr, ComWrapper, Interface};

use super::notes::Notes;
use super::stream::Stream;
use super::{Host, LARGEST, Timeline, numbered, watched};

/// Class id of the instrument.
pub const CONSORT: &[u8; 16] = b"ConsortInstrumnt";
/// Class id of the effect.
pub const STEMS: &[u8; 16] = b"ConsortStemsEfct";

unsafe extern "system" {
    /// What the plugin library exports.
    fn GetPluginFactory() -> *mut c_void;
}

/// An instance whose one audio input is stereo, and its main output.
pub struct Vst3 {
    component: ComPtr<IComponent>,
    processor: ComPtr<IAudioProcessor>,
    rate: f64,
    /// Frames since it was made active.
    position: u64,
    input: [Vec<f32>; 2],
    output: [Vec<f32>; 2],
    /// What goes in comes out.
    passes: bool,
    notes: ComWrapper<Notes>,
    /// Frame, channel and key of each note that the plugin began.
    pub began: Vec<(u64, i16, i16)>,
    /// What the left output has beside the input, where it has more.
    pub heard: Vec<f32>,
}

impl Vst3 {
    /// An inactive instance.
    pub fn create(class: &[u8; 16]) -> Vst3 {
        // SAFETY: the factory and its objects are as the interfaces say: that is what is tested.
        let (component, processor) = unsafe {
            let factory = ComPtr::from_raw(GetPluginFactory().cast::<IPluginFactory>());
            let mut object = null_mut();
            let (class, interface) = (class.as_ptr().cast(), IComponent::IID.as_ptr().cast());
            let factory = factory.expect("there is a factory");
            let made = factory.createInstance(class, interface, &mut object);
            assert_eq!(made, kResultOk, "it makes instances");
            let component = ComPtr::from_raw(object.cast::<IComponent>()).expect("made");
            assert_eq!(component.initialize(null_mut()), kResultOk);
            let processor = component.cast::<IAudioProcessor>();
            (component, processor.expect("it plays"))
        };
        let side = || [vec![0.0; LARGEST], vec![0.0; LARGEST]];
        Vst3 {
            component,
            processor,
            rate: 0.0,
            position: 0,
            input: side(),
            output: side(),
            passes: class == STEMS,
            notes: ComWrapper::new(Notes::new()),
            began: Vec::new(),
            heard: Vec::new(),
        }
    }

    /// An active one.
    pub fn open(class: &[u8; 16], rate: f64) -> Vst3 {
        let mut host = Vst3::create(class);
        host.start(rate);
        host
    }

    /// Asks for stereo everywhere. `beyond` lies in memory after the input's arrangement,
    /// where nothing should look.
    pub fn arrange(&mut self, beyond: SpeakerArrangement) -> bool {
        // SAFETY: no pointers.
        let outs = unsafe { self.component.getBusCount(kAudio as i32, kOutput as i32) };
        let (mut inputs, mut outputs) = ([kStereo, beyond], vec![kStereo; outs as usize]);
        let (inputs, outputs) = (inputs.as_mut_ptr(), outputs.as_mut_ptr());
        // SAFETY: there are so many.
        let result = unsafe { self.processor.setBusArrangements(inputs, 1, outputs, outs) };
        result == kResultOk
    }

    fn start(&mut self, rate: f64) {
        let mut setup = ProcessSetup {
            processMode: kRealtime as i32,
            symbolicSampleSize: kSample32 as i32,
            maxSamplesPerBlock: LARGEST as i32,
            sampleRate: rate,
        };
        // Whatever it answers: hosts go on.
        self.arrange(0);
        (self.rate, self.position) = (rate, 0);
        // SAFETY: in the order that VST3 asks for.
        unsafe {
            assert_eq!(self.processor.setupProcessing(&mut setup), kResultOk);
            for direction in [kInput, kOutput] {
                // The instrument's separate outputs stay off.
                let (kind, direction) = (kAudio as i32, direction as i32);
                let activated = self.component.activateBus(kind, direction, 0, 1);
                assert_eq!(activated, kResultOk);
            }
            let (kind, direction) = (kEvent as i32, kOutput as i32);
            assert_eq!(self.component.getBusCount(kind, direction), 1);
            self.component.activateBus(kind, direction, 0, 1);
            assert_eq!(self.component.setActive(1), kResultOk);
            self.processor.setProcessing(1);
        }
    }

    fn stop(&mut self) {
        // SAFETY: it was started.
        unsafe {
            self.processor.setProcessing(0);
            self.component.setActive(0);
        }
    }

    fn state(&mut self) -> Value {
        let stream = ComWrapper::new(Stream::default());
        let pointer = stream.to_com_ptr::<IBStream>().expect("a stream");
        // SAFETY: the stream lives until it is read.
        let saved = unsafe { self.component.getState(pointer.as_ptr()) };
        assert_eq!(saved, kResultOk);
        serde_json::from_slice(&stream.bytes()).expect("a state is JSON")
    }

    fn block(&mut self, timeline: &Timeline, frames: usize) {
        for side in &mut self.input {
            for (frame, sample) in (self.position..).zip(&mut side[..frames]) {
                *sample = numbered(frame);
            }
        }
        let mut context = self.context(timeline);
        let notes = self.notes.to_com_ptr::<IEventList>().expect("a list");
        let bus = |channels: &mut [*mut f32; 2]| AudioBusBuffers {
            numChannels: 2,
            silenceFlags: 0,
            __field0: AudioBusBuffers__type0 {
                channelBuffers32: channels.as_mut_ptr(),
            },
        };
        let mut channels_in = self.input.each_mut().map(|side| side.as_mut_ptr());
        let mut channels_out = self.output.each_mut().map(|side| side.as_mut_ptr());
        let (mut input, mut output) = (bus(&mut channels_in), bus(&mut channels_out));
        let mut data = ProcessData {
            processMode: kRealtime as i32,
            symbolicSampleSize: kSample32 as i32,
            numSamples: frames as i32,
            numInputs: 1,
            numOutputs: 1,
            inputs: &mut input,
            outputs: &mut output,
            inputParameterChanges: null_mut(),
            outputParameterChanges: null_mut(),
            inputEvents: null_mut(),
            outputEvents: notes.as_ptr(),
            processContext: &mut context,
        };
        watched::watched(&mut || {
            // SAFETY: all that it points to is here.
            let result = unsafe { self.processor.process(&mut data) };
            assert_eq!(result, kResultOk);
        });
        if self.passes {
            for (left, right) in self.input.iter().zip(&self.output) {
                assert!(left[..frames] == right[..frames], "it passes on what came");
            }
        } else {
            let sides = self.output[0].iter().zip(&self.input[0]);
            self.heard
                .extend(sides.take(frames).map(|(out, came)| out - came));
        }
        let begun = self.notes.drain().into_iter();
        let begun = begun.map(|(frame, channel, key)| (self.position + frame, channel, key));
        self.began.extend(begun);
        self.position += frames as u64;
    }

    /// Where the song is.
    fn context(&self, timeline: &Timeline) -> ProcessContext {
        let now = timeline.at(self.position);
        let known = flags::kTempoValid
            | flags::kTimeSigValid
            | flags::kProjectTimeMusicValid
            | flags::kBarPositionValid;
        let playing = if timeline.is_playing() {
            flags::kPlaying
        } else {
            0
        };
        // SAFETY: numbers, of which zero is one.
        let nothing: ProcessContext = unsafe { std::mem::zeroed() };
        ProcessContext {
            state: known | playing,
            sampleRate: self.rate,
            projectTimeSamples: (now.song_pos_seconds.to_float() * self.rate).round() as i64,
            projectTimeMusic: now.song_pos_beats.to_float(),
            barPositionMusic: now.bar_start.to_float(),
            tempo: now.tempo,
            timeSigNumerator: now.time_signature_numerator.into(),
            timeSigDenominator: now.time_signature_denominator.into(),
            ..nothing
        }
    }
}

impl Vst3 {
    /// Loads a state whose `field` is this. What has a stem doesn't only pass the track on.
    pub fn load(&mut self, field: &str, value: &Value) {
        self.passes &= field != "stem";
        let mut state = self.state();
        state["fields"][field] = value.to_string().into();
        let stream = Stream::holding(serde_json::to_vec(&state).expect("JSON"));
        let pointer = ComWrapper::new(stream).to_com_ptr::<IBStream>();
        let pointer = pointer.expect("a stream");
        // SAFETY: the stream lives until then.
        let loaded = unsafe { self.component.setState(pointer.as_ptr()) };
        assert_eq!(loaded, kResultOk);
    }
}

impl Host for Vst3 {
    fn ask(&mut self, song: &Value) {
        self.load("song", song);
    }

    fn listening(&mut self) -> Value {
        let text = self.state()["fields"]["song"].as_str().map(str::to_owned);
        serde_json::from_str(&text.expect("it is saved")).expect("JSON")
    }

    fn now(&self) -> u64 {
        self.position
    }

    fn play(&mut self, timeline: &Timeline, frames: usize, sizes: &[usize]) {
        let mut left = frames;
        for size in sizes.iter().cycle() {
            let size = (*size).min(left);
            if size == 0 {
                return;
            }
            self.block(timeline, size);
            left -= size;
        }
    }

    fn restart(&mut self, rate: f64) {
        self.stop();
        self.start(rate);
    }
}

impl Drop for Vst3 {
    fn drop(&mut self) {
        self.stop();
        // SAFETY: nothing is done with it any more.
        unsafe { self.component.terminate() };
    }
}
