//! Makes instances, and tells hosts of what.

use std::ffi::c_void;

use vst3::Steinberg::Vst::{ComponentFlags_, IComponent};
use vst3::Steinberg::{
    FIDString, FUnknown, IPluginFactory, IPluginFactory2Trait, IPluginFactory3,
    IPluginFactory3Trait, IPluginFactoryTrait, PClassInfo, PClassInfo_::ClassCardinality_,
    PClassInfo2, PClassInfoW, PFactoryInfo, PFactoryInfo_::FactoryFlags_, TUID, int32,
    kInternalError, kInvalidArgument, kNotImplemented, kResultOk, tresult,
};
use vst3::{Class, ComPtr, ComWrapper};

use super::classes::{self, VstClass};
use super::component::Component;
use super::text;

const VENDOR: &str = "Consort";
const CATEGORY: &str = "Audio Module Class";
const SDK: &str = "VST 3.7.4";
const MANY: int32 = ClassCardinality_::kManyInstances as int32;

struct Factory;

/// A factory that the host releases; null when there is no memory. Main thread.
pub fn new() -> *mut IPluginFactory {
    let factory = ComWrapper::new(Factory).to_com_ptr::<IPluginFactory>();
    factory.map_or(std::ptr::null_mut(), ComPtr::into_raw)
}

impl Class for Factory {
    type Interfaces = (IPluginFactory3,);
}

fn class(index: int32) -> Option<&'static VstClass> {
    let index = usize::try_from(index).ok()?;
    classes::ALL.get(index).copied()
}

/// Fills the fields that all three kinds of information have.
macro_rules! fill {
    ($info:ident, $class:ident, $text:path) => {
        // SAFETY: the host's own struct; numbers and arrays of them, of which zero is one.
        let Some($info) = (unsafe {
            $info.as_mut().map(|info| {
                *info = std::mem::zeroed();
                info
            })
        }) else {
            return kInvalidArgument;
        };
        $info.cid = $class.platform_id().map(|byte| byte as _);
        $info.cardinality = MANY;
        text::to_bytes(CATEGORY, &mut $info.category);
        $text($class.name, &mut $info.name);
    };
}

impl IPluginFactoryTrait for Factory {
    unsafe fn getFactoryInfo(&self, info: *mut PFactoryInfo) -> tresult {
        // SAFETY: the host's own struct.
        let Some(info) = (unsafe { info.as_mut() }) else {
            return kInvalidArgument;
        };
        // SAFETY: numbers and arrays of them, of which zero is one.
        *info = unsafe { std::mem::zeroed() };
        text::to_bytes(VENDOR, &mut info.vendor);
        info.flags = FactoryFlags_::kUnicode as int32;
        kResultOk
    }

    unsafe fn countClasses(&self) -> int32 {
        classes::ALL.len() as int32
    }

    unsafe fn getClassInfo(&self, index: int32, info: *mut PClassInfo) -> tresult {
        let Some(class) = class(index) else {
            return kInvalidArgument;
        };
        fill!(info, class, text::to_bytes);
        kResultOk
    }

    unsafe fn createInstance(
        &self,
        cid: FIDString,
        iid: FIDString,
        obj: *mut *mut c_void,
    ) -> tresult {
        if cid.is_null() || iid.is_null() || obj.is_null() {
            return kInvalidArgument;
        }
        // SAFETY: the host's own pointer.
        unsafe { *obj = std::ptr::null_mut() };
        // SAFETY: ids have sixteen bytes.
        let cid = unsafe { *cid.cast::<[u8; 16]>() };
        let class = classes::ALL.iter().find(|class| class.platform_id() == cid);
        let Some(class) = class else {
            return kInvalidArgument;
        };
        // The reference that we hold goes with this pointer; the host has its own by then.
        let component = ComWrapper::new(Component::new(class)).to_com_ptr::<IComponent>();
        let Some(component) = component else {
            return kInternalError;
        };
        let unknown = component.as_ptr().cast::<FUnknown>();
        // SAFETY: as COM has it.
        unsafe { ((*(*unknown).vtbl).queryInterface)(unknown, iid.cast::<TUID>(), obj) }
    }
}

impl IPluginFactory2Trait for Factory {
    unsafe fn getClassInfo2(&self, index: int32, info: *mut PClassInfo2) -> tresult {
        let Some(class) = class(index) else {
            return kInvalidArgument;
        };
        fill!(info, class, text::to_bytes);
        info.classFlags = ComponentFlags_::kSimpleModeSupported as u32;
        text::to_bytes(class.categories, &mut info.subCategories);
        text::to_bytes(VENDOR, &mut info.vendor);
        text::to_bytes(env!("CARGO_PKG_VERSION"), &mut info.version);
        text::to_bytes(SDK, &mut info.sdkVersion);
        kResultOk
    }
}

impl IPluginFactory3Trait for Factory {
    unsafe fn getClassInfoUnicode(&self, index: int32, info: *mut PClassInfoW) -> tresult {
        let Some(class) = class(index) else {
            return kInvalidArgument;
        };
        fill!(info, class, text::to_utf16);
        info.classFlags = ComponentFlags_::kSimpleModeSupported as u32;
        text::to_bytes(class.categories, &mut info.subCategories);
        text::to_utf16(VENDOR, &mut info.vendor);
        text::to_utf16(env!("CARGO_PKG_VERSION"), &mut info.version);
        text::to_utf16(SDK, &mut info.sdkVersion);
        kResultOk
    }

    unsafe fn setHostContext(&self, _context: *mut FUnknown) -> tresult {
        kNotImplemented
    }
}
