//! VST3 groups parameters in units and offers programs in lists. Consort's parameters are in the root
//! unit, and its instruments, which are no fixed list, are presets (`consort preset`) and projects.

use vst3::Steinberg::Vst::{
    BusDirection, CString, IUnitInfoTrait, MediaType, ProgramListID, ProgramListInfo, String128,
    UnitID, UnitInfo, kRootUnitId,
};
use vst3::Steinberg::{IBStream, int16, int32, kInvalidArgument, kResultFalse, tresult};

use super::component::Component;

impl IUnitInfoTrait for Component {
    unsafe fn getUnitCount(&self) -> int32 {
        0
    }

    unsafe fn getUnitInfo(&self, _: int32, _: *mut UnitInfo) -> tresult {
        kInvalidArgument
    }

    unsafe fn getProgramListCount(&self) -> int32 {
        0
    }

    unsafe fn getProgramListInfo(&self, _: int32, _: *mut ProgramListInfo) -> tresult {
        kInvalidArgument
    }

    unsafe fn getProgramName(&self, _: ProgramListID, _: int32, _: *mut String128) -> tresult {
        kInvalidArgument
    }

    unsafe fn getProgramInfo(
        &self,
        _: ProgramListID,
        _: int32,
        _: CString,
        _: *mut String128,
    ) -> tresult {
        kInvalidArgument
    }

    unsafe fn hasProgramPitchNames(&self, _: ProgramListID, _: int32) -> tresult {
        kInvalidArgument
    }

    unsafe fn getProgramPitchName(
        &self,
        _: ProgramListID,
        _: int32,
        _: int16,
        _: *mut String128,
    ) -> tresult {
        kInvalidArgument
    }

    unsafe fn getSelectedUnit(&self) -> UnitID {
        kRootUnitId
    }

    unsafe fn selectUnit(&self, _: UnitID) -> tresult {
        kResultFalse
    }

    unsafe fn getUnitByBus(
        &self,
        _: MediaType,
        _: BusDirection,
        _: int32,
        _: int32,
        _: *mut UnitID,
    ) -> tresult {
        kResultFalse
    }

    unsafe fn setUnitProgramData(&self, _: int32, _: int32, _: *mut IBStream) -> tresult {
        kInvalidArgument
    }
}
