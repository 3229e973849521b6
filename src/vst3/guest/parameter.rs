//! A parameter of the CLAP plugin: its range, its values, its text.

use std::ffi::{CString, c_char};

use clap_sys::ext::params::{
    CLAP_PARAM_IS_HIDDEN, CLAP_PARAM_IS_STEPPED, clap_param_info, clap_plugin_params,
};
use clap_sys::plugin::clap_plugin;

use super::{Guest, call};
use crate::vst3::text;

/// Longest text of a value, bytes.
const TEXT: usize = 256;

/// What doesn't change of a parameter.
pub struct Parameter {
    pub id: u32,
    pub name: String,
    /// What stands behind its numbers ("dB"), or nothing.
    pub unit: String,
    /// CLAP's.
    pub flags: u32,
    pub min: f64,
    pub max: f64,
    pub default: f64,
}

impl Parameter {
    /// VST3's value, 0..=1, of CLAP's; of what is no number that of the default.
    pub fn normal(&self, plain: f64) -> f64 {
        let plain = if plain.is_nan() { self.default } else { plain };
        ((plain - self.min) / (self.max - self.min)).clamp(0.0, 1.0)
    }

    /// CLAP's value of VST3's, 0..=1; of what is no number the default.
    pub fn plain(&self, normal: f64) -> f64 {
        if normal.is_nan() {
            return self.default;
        }
        let plain = self.min + normal.clamp(0.0, 1.0) * (self.max - self.min);
        if self.is_stepped() {
            plain.round()
        } else {
            plain
        }
    }

    pub fn is_stepped(&self) -> bool {
        self.flags & CLAP_PARAM_IS_STEPPED != 0
    }

    pub fn is_hidden(&self) -> bool {
        self.flags & CLAP_PARAM_IS_HIDDEN != 0
    }
}

/// All parameters, in order. Main thread.
pub(super) fn all(plugin: *const clap_plugin, params: *const clap_plugin_params) -> Vec<Parameter> {
    if params.is_null() {
        return Vec::new();
    }
    let read = |index| {
        // SAFETY: numbers and arrays of them, of which zero is one.
        let mut info: clap_param_info = unsafe { std::mem::zeroed() };
        call!(params, get_info, plugin, index, &mut info).then(|| {
            let text = |value| written(plugin, params, info.id, value).unwrap_or_default();
            Parameter {
                id: info.id,
                name: text::from_bytes(&info.name),
                unit: unit([info.min_value, info.default_value, info.max_value].map(text)),
                flags: info.flags,
                min: info.min_value,
                max: info.max_value,
                default: info.default_value,
            }
        })
    };
    (0..call!(params, count, plugin)).filter_map(read).collect()
}

/// What all three texts have behind their numbers. CLAP has no units of their own, VST3 has.
fn unit(texts: [String; 3]) -> String {
    let behind = texts.each_ref().map(|text| {
        let end = text.rfind(|c: char| c.is_ascii_digit())?;
        Some(text[end + 1..].trim())
    });
    match behind {
        [Some(low), Some(usual), Some(high)] if low == usual && usual == high => low.to_owned(),
        _ => String::new(),
    }
}

fn written(
    plugin: *const clap_plugin,
    params: *const clap_plugin_params,
    id: u32,
    plain: f64,
) -> Option<String> {
    let mut text: [c_char; TEXT] = [0; TEXT];
    let (to, room) = (text.as_mut_ptr(), TEXT as u32);
    call!(params, value_to_text, plugin, id, plain, to, room).then(|| text::from_bytes(&text))
}

impl Guest {
    /// The parameter of an id. Any thread.
    pub fn parameter(&self, id: u32) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.id == id)
    }

    /// Its present value, as CLAP's. Any thread.
    pub fn value(&self, id: u32) -> Option<f64> {
        let mut value = 0.0;
        call!(self.params, get_value, self.plugin, id, &mut value).then_some(value)
    }

    /// A value as text, without its unit. Main thread.
    pub fn text_of(&self, parameter: &Parameter, plain: f64) -> Option<String> {
        let text = written(self.plugin, self.params, parameter.id, plain)?;
        let bare = text.strip_suffix(parameter.unit.as_str());
        Some(bare.unwrap_or(&text).trim_end().to_owned())
    }

    /// The value of a text, with or without its unit. Main thread.
    pub fn value_of(&self, parameter: &Parameter, text: &str) -> Option<f64> {
        let text = CString::new(text).ok()?;
        let mut value = 0.0;
        let (id, text) = (parameter.id, text.as_ptr());
        call!(
            self.params,
            text_to_value,
            self.plugin,
            id,
            text,
            &mut value
        )
        .then_some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(texts: [&str; 3]) -> String {
        unit(texts.map(str::to_owned))
    }

    #[test]
    fn the_unit_is_what_all_values_end_in() {
        assert_eq!(of(["-60.0 dB", "0.0 dB", "12.0 dB"]), "dB");
        assert_eq!(of(["60 Hz", "Open", "Open"]), "");
        assert_eq!(of(["60 Hz", "1.00 kHz", "20.00 kHz"]), "");
        assert_eq!(of(["0.10 ×", "1.00 ×", "10.00 ×"]), "×");
        assert_eq!(of(["Off", "On", "On"]), "");
    }

    #[test]
    fn values_stay_in_their_range_and_on_their_steps() {
        let parameter = Parameter {
            id: 1,
            name: String::new(),
            unit: String::new(),
            flags: CLAP_PARAM_IS_STEPPED,
            min: 0.0,
            max: 48.0,
            default: 2.0,
        };
        assert_eq!(parameter.plain(2.0), 48.0);
        assert_eq!(parameter.plain(0.51), 24.0);
        assert_eq!(parameter.normal(-3.0), 0.0);
        assert_eq!(parameter.normal(12.0), 0.25);
        assert_eq!(parameter.plain(f64::NAN), 2.0);
        assert_eq!(parameter.plain(f64::NEG_INFINITY), 0.0);
        assert_eq!(parameter.normal(f64::NAN), 2.0 / 48.0);
    }
}
