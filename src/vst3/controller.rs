//! An instance's parameters: the plugin's, then the MIDI controllers as hidden ones.

use std::ptr::null_mut;
use std::sync::atomic::Ordering;

use clap_sys::ext::params::{CLAP_PARAM_IS_AUTOMATABLE, CLAP_PARAM_IS_BYPASS};
use vst3::ComRef;
use vst3::Steinberg::Vst::{
    IComponentHandler, IEditControllerTrait, ParamID, ParamValue, ParameterInfo,
    ParameterInfo_::ParameterFlags_ as flag, String128, TChar,
};
use vst3::Steinberg::{
    FIDString, IBStream, IPlugView, int32, kInvalidArgument, kNotInitialized, kResultFalse,
    kResultOk, tresult,
};

use super::component::Component;
use super::guest::Parameter;
use super::midi_map::{self, Controller};
use super::process::parameter_event;
use super::{text, view};

impl Component {
    /// How many controllers it has: what hears no notes hears none.
    pub(super) fn heard_controllers(&self) -> usize {
        let hears = self.guest().is_some_and(|guest| guest.hears_notes);
        if hears { midi_map::COUNT } else { 0 }
    }

    fn parameters(&self) -> &[Parameter] {
        self.guest().map_or(&[], |guest| &guest.parameters)
    }

    fn parameter(&self, id: ParamID) -> Option<&Parameter> {
        self.guest()?.parameter(id)
    }

    fn controller(&self, id: ParamID) -> Option<Controller> {
        Controller::of(id).filter(|_| self.heard_controllers() > 0)
    }
}

fn describe(parameter: &Parameter, info: &mut ParameterInfo) {
    info.id = parameter.id;
    text::to_utf16(&parameter.name, &mut info.title);
    info.shortTitle = info.title;
    text::to_utf16(&parameter.unit, &mut info.units);
    info.defaultNormalizedValue = parameter.normal(parameter.default);
    if parameter.is_stepped() {
        info.stepCount = (parameter.max - parameter.min).round() as int32;
    }
    let mut flags = 0;
    if parameter.flags & CLAP_PARAM_IS_AUTOMATABLE != 0 && !parameter.is_hidden() {
        flags |= flag::kCanAutomate;
    }
    if parameter.is_hidden() {
        flags |= flag::kIsHidden | flag::kIsReadOnly;
    }
    if parameter.flags & CLAP_PARAM_IS_BYPASS != 0 {
        flags |= flag::kIsBypass;
    }
    info.flags = flags as int32;
}

impl IEditControllerTrait for Component {
    unsafe fn setComponentState(&self, _: *mut IBStream) -> tresult {
        // The component, this same object, has it already.
        kResultOk
    }

    unsafe fn setState(&self, _: *mut IBStream) -> tresult {
        kResultOk
    }

    unsafe fn getState(&self, _: *mut IBStream) -> tresult {
        kResultOk
    }

    unsafe fn getParameterCount(&self) -> int32 {
        (self.parameters().len() + self.heard_controllers()) as int32
    }

    unsafe fn getParameterInfo(&self, index: int32, info: *mut ParameterInfo) -> tresult {
        // SAFETY: the host's own struct.
        let info = unsafe { info.as_mut() };
        let (Ok(index), Some(info)) = (usize::try_from(index), info) else {
            return kInvalidArgument;
        };
        // SAFETY: numbers and arrays of them, of which zero is one.
        *info = unsafe { std::mem::zeroed() };
        let own = self.parameters();
        if let Some(parameter) = own.get(index) {
            describe(parameter, info);
            return kResultOk;
        }
        let index = index - own.len();
        if index >= self.heard_controllers() {
            return kInvalidArgument;
        }
        let controller = Controller::at(index);
        info.id = controller.id();
        text::to_utf16(&controller.name(), &mut info.title);
        info.shortTitle = info.title;
        info.defaultNormalizedValue = controller.rest();
        info.flags = (flag::kIsHidden | flag::kIsReadOnly) as int32;
        kResultOk
    }

    unsafe fn getParamStringByValue(
        &self,
        id: ParamID,
        value: ParamValue,
        string: *mut String128,
    ) -> tresult {
        // SAFETY: the host's own array.
        let (Some(guest), Some(to)) = (self.guest(), unsafe { string.as_mut() }) else {
            return kInvalidArgument;
        };
        let told = match guest.parameter(id) {
            _ if !value.is_finite() => None,
            Some(parameter) => guest.text_of(parameter, parameter.plain(value)),
            None => self
                .controller(id)
                .map(|_| format!("{:.0}", value.clamp(0.0, 1.0) * 127.0)),
        };
        let Some(told) = told else {
            return kInvalidArgument;
        };
        text::to_utf16(&told, to);
        kResultOk
    }

    unsafe fn getParamValueByString(
        &self,
        id: ParamID,
        string: *mut TChar,
        value: *mut ParamValue,
    ) -> tresult {
        // SAFETY: the host's own number.
        let (Some(guest), Some(value)) = (self.guest(), unsafe { value.as_mut() }) else {
            return kInvalidArgument;
        };
        // SAFETY: the host's own text.
        let typed = unsafe { text::from_utf16(string) };
        let normal = match guest.parameter(id) {
            Some(parameter) => guest
                .value_of(parameter, &typed)
                .map(|plain| parameter.normal(plain)),
            None => self
                .controller(id)
                .and_then(|_| typed.trim().parse::<f64>().ok())
                .filter(|seven| seven.is_finite())
                .map(|seven| (seven / 127.0).clamp(0.0, 1.0)),
        };
        let Some(normal) = normal.filter(|normal| normal.is_finite()) else {
            return kResultFalse;
        };
        *value = normal;
        kResultOk
    }

    unsafe fn normalizedParamToPlain(&self, id: ParamID, value: ParamValue) -> ParamValue {
        let parameter = self.parameter(id);
        parameter.map_or(number(value), |parameter| parameter.plain(value))
    }

    unsafe fn plainParamToNormalized(&self, id: ParamID, value: ParamValue) -> ParamValue {
        let parameter = self.parameter(id);
        parameter.map_or(number(value), |parameter| parameter.normal(value))
    }

    unsafe fn getParamNormalized(&self, id: ParamID) -> ParamValue {
        if let (Some(guest), Some(parameter)) = (self.guest(), self.parameter(id)) {
            let value = guest.value(id).unwrap_or(parameter.default);
            return parameter.normal(value);
        }
        self.controller(id).map_or(0.0, |controller| {
            f64::from_bits(self.controllers[controller.index()].load(Ordering::Relaxed))
        })
    }

    unsafe fn setParamNormalized(&self, id: ParamID, value: ParamValue) -> tresult {
        if self.guest().is_none() {
            return kNotInitialized;
        }
        if !value.is_finite() {
            return kInvalidArgument;
        }
        let value = value.clamp(0.0, 1.0);
        if let Some(parameter) = self.parameter(id) {
            // While it processes, the same comes with a block, at its right place.
            if !self.host.processing.load(Ordering::Acquire) {
                let plain = parameter.plain(value);
                self.host.flush(&[parameter_event(0, id, plain)]);
                self.host.pump();
            }
            return kResultOk;
        }
        let Some(controller) = self.controller(id) else {
            return kInvalidArgument;
        };
        self.controllers[controller.index()].store(value.to_bits(), Ordering::Relaxed);
        kResultOk
    }

    unsafe fn setComponentHandler(&self, handler: *mut IComponentHandler) -> tresult {
        self.host.here_is_main();
        // SAFETY: the host's own object, or null.
        let handler = unsafe { ComRef::from_raw(handler) };
        let handler = handler.map(|handler| handler.to_com_ptr());
        // Its destructor may call back in: not under the lock.
        let before = std::mem::replace(&mut *self.host.handler.lock(), handler);
        drop(before);
        kResultOk
    }

    unsafe fn createView(&self, name: FIDString) -> *mut IPlugView {
        // SAFETY: the host's own text.
        let editor = !name.is_null() && unsafe { std::ffi::CStr::from_ptr(name) } == c"editor";
        if editor {
            view::new(&self.host)
        } else {
            null_mut()
        }
    }
}

/// A controller's value, which has no other unit.
fn number(value: ParamValue) -> ParamValue {
    if value.is_nan() {
        0.0
    } else {
        value.clamp(0.0, 1.0)
    }
}
