//! Which MIDI controllers and note expressions the plugin hears.

use vst3::Steinberg::Vst::{
    CtrlNumber, IMidiMappingTrait, INoteExpressionControllerTrait, NoteExpressionTypeID,
    NoteExpressionTypeIDs_ as kind, NoteExpressionTypeInfo,
    NoteExpressionTypeInfo_::NoteExpressionTypeFlags_, NoteExpressionValue,
    NoteExpressionValueDescription, ParamID, String128, TChar, kNoParamId, kNoParentUnitId,
};
use vst3::Steinberg::{int16, int32, kInvalidArgument, kResultFalse, kResultOk, tresult};

use super::component::Component;
use super::midi_map::Controller;
use super::text;

/// An expression that the engine hears.
struct Expression {
    id: NoteExpressionTypeID,
    name: &'static str,
    unit: &'static str,
    /// Where it stands by itself.
    rest: f64,
}

const fn expression(id: u32, name: &'static str, unit: &'static str, rest: f64) -> Expression {
    Expression {
        id,
        name,
        unit,
        rest,
    }
}

/// VST3's own kinds. A volume of 1 is four, so it rests at a quarter.
const EXPRESSIONS: [Expression; 6] = [
    expression(kind::kVolumeTypeID as u32, "Volume", "dB", 0.25),
    expression(kind::kPanTypeID as u32, "Pan", "", 0.5),
    expression(kind::kTuningTypeID as u32, "Tuning", "semitones", 0.5),
    expression(kind::kVibratoTypeID as u32, "Vibrato", "", 0.0),
    expression(kind::kExpressionTypeID as u32, "Expression", "", 1.0),
    expression(kind::kBrightnessTypeID as u32, "Brightness", "", 0.5),
];

impl IMidiMappingTrait for Component {
    unsafe fn getMidiControllerAssignment(
        &self,
        bus: int32,
        channel: int16,
        number: CtrlNumber,
        id: *mut ParamID,
    ) -> tresult {
        let heard = bus == 0 && self.heard_controllers() > 0;
        let controller = Controller::heard(channel, number).filter(|_| heard);
        // SAFETY: the host's own number.
        let (Some(controller), Some(id)) = (controller, unsafe { id.as_mut() }) else {
            return kResultFalse;
        };
        *id = controller.id();
        kResultOk
    }
}

impl INoteExpressionControllerTrait for Component {
    unsafe fn getNoteExpressionCount(&self, bus: int32, _: int16) -> int32 {
        if bus == 0 && self.heard_controllers() > 0 {
            EXPRESSIONS.len() as int32
        } else {
            0
        }
    }

    unsafe fn getNoteExpressionInfo(
        &self,
        bus: int32,
        channel: int16,
        index: int32,
        info: *mut NoteExpressionTypeInfo,
    ) -> tresult {
        // SAFETY: no pointers.
        let count = unsafe { self.getNoteExpressionCount(bus, channel) };
        // SAFETY: the host's own struct.
        let info = unsafe { info.as_mut() }.filter(|_| (0..count).contains(&index));
        let Some(info) = info else {
            return kInvalidArgument;
        };
        let expression = &EXPRESSIONS[index as usize];
        // SAFETY: numbers and arrays of them, of which zero is one.
        *info = unsafe { std::mem::zeroed() };
        info.typeId = expression.id;
        text::to_utf16(expression.name, &mut info.title);
        info.shortTitle = info.title;
        text::to_utf16(expression.unit, &mut info.units);
        info.unitId = kNoParentUnitId;
        info.valueDesc = NoteExpressionValueDescription {
            defaultValue: expression.rest,
            minimum: 0.0,
            maximum: 1.0,
            stepCount: 0,
        };
        info.associatedParameterId = kNoParamId;
        info.flags = NoteExpressionTypeFlags_::kIsAbsolute as int32;
        kResultOk
    }

    unsafe fn getNoteExpressionStringByValue(
        &self,
        _: int32,
        _: int16,
        _: NoteExpressionTypeID,
        _: NoteExpressionValue,
        _: *mut String128,
    ) -> tresult {
        kResultFalse
    }

    unsafe fn getNoteExpressionValueByString(
        &self,
        _: int32,
        _: int16,
        _: NoteExpressionTypeID,
        _: *const TChar,
        _: *mut NoteExpressionValue,
    ) -> tresult {
        kResultFalse
    }
}
