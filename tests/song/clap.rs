//! A CLAP host, by clack.

use std::ffi::CStr;

use clack_host::prelude::*;
use serde_json::Value;

use super::host::Session;
use super::{Host, LARGEST, Timeline, numbered, watched};

pub struct Clap(Session);

impl Clap {
    /// An active instance.
    pub fn open(plugin: &CStr, rate: f64) -> Clap {
        // SAFETY: it is the entry that the plugin library exports.
        let entry = unsafe { PluginEntry::load_from_raw(&consort::clap_entry, c"/linked/in") };
        let mut host = Clap(Session::create_one(&entry.expect("it loads"), plugin));
        host.activate(rate);
        host
    }

    fn activate(&mut self, rate: f64) {
        self.0.activate(rate, LARGEST);
        let audio = self.0.audio.as_mut().expect("activated");
        (audio.around, audio.sidechain) = (watched::watched, numbered);
    }
}

impl Host for Clap {
    fn ask(&mut self, song: &Value) {
        let state = self.0.save().with_field("song", song);
        assert!(self.0.load(&state));
    }

    fn listening(&mut self) -> Value {
        self.0.save().field("song").expect("it is saved")
    }

    fn now(&self) -> u64 {
        self.0.audio.as_ref().expect("activated").position
    }

    fn play(&mut self, timeline: &Timeline, frames: usize, sizes: &[usize]) {
        let audio = self.0.audio.as_mut().expect("activated");
        let timeline = *timeline;
        audio.transport = Some(Box::new(move |frame| timeline.at(frame)));
        self.0.play(&[], frames, sizes);
    }

    fn restart(&mut self, rate: f64) {
        self.0.deactivate();
        self.activate(rate);
    }
}
