//! What a plugin tells its VST3 host.

use std::sync::Mutex;
use std::thread::ThreadId;

use vst3::Class;
use vst3::Steinberg::Vst::{
    IComponentHandler, IComponentHandler2, IComponentHandler2Trait, IComponentHandlerTrait,
    ParamID, ParamValue,
};
use vst3::Steinberg::{FIDString, TBool, int32, kResultFalse, kResultOk, tresult};

/// One thing told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Told {
    Begin(ParamID),
    Value(ParamID, f64),
    End(ParamID),
    Restart(i32),
    Dirty,
}

/// Keeps all that it is told, and on which thread.
#[derive(Default)]
pub struct Handler(Mutex<Vec<(ThreadId, Told)>>);

impl Handler {
    fn hear(&self, told: Told) -> tresult {
        let heard = (std::thread::current().id(), told);
        self.0.lock().expect("nobody panics with it").push(heard);
        kResultOk
    }

    pub fn told(&self) -> Vec<Told> {
        let heard = self.0.lock().expect("as above");
        heard.iter().map(|(_, told)| *told).collect()
    }

    /// How often it was told something on another thread than this.
    pub fn elsewhere(&self) -> usize {
        let here = std::thread::current().id();
        let heard = self.0.lock().expect("as above");
        heard.iter().filter(|(thread, _)| *thread != here).count()
    }
}

impl Class for Handler {
    type Interfaces = (IComponentHandler, IComponentHandler2);
}

impl IComponentHandlerTrait for Handler {
    unsafe fn beginEdit(&self, id: ParamID) -> tresult {
        self.hear(Told::Begin(id))
    }

    unsafe fn performEdit(&self, id: ParamID, value: ParamValue) -> tresult {
        self.hear(Told::Value(id, value))
    }

    unsafe fn endEdit(&self, id: ParamID) -> tresult {
        self.hear(Told::End(id))
    }

    unsafe fn restartComponent(&self, flags: int32) -> tresult {
        self.hear(Told::Restart(flags))
    }
}

impl IComponentHandler2Trait for Handler {
    unsafe fn setDirty(&self, _: TBool) -> tresult {
        self.hear(Told::Dirty)
    }

    unsafe fn requestOpenEditor(&self, _: FIDString) -> tresult {
        kResultFalse
    }

    unsafe fn startGroupEdit(&self) -> tresult {
        kResultOk
    }

    unsafe fn finishGroupEdit(&self) -> tresult {
        kResultOk
    }
}
