//! The host's parameters: what they are called, their ranges, and their text both ways.
//!
//! Two kinds. *Live* parameters act on every note at once, inside the engine, and can be automated
//! and modulated. *Macros* ([`ConsortParams::macros`]) change the instrument's partials, so that
//! moving one renders the instrument again in the background, the keys that sound first; they can't
//! be automated, or a bounce would depend on how fast the machine renders.
//!
//! The ids (`#[id = "…"]`) are in saved projects: they never change once released.

pub mod stems;

use std::sync::Arc;

use nice_plug::prelude::*;

use crate::instrument::Macros;

/// Lowest setting of the Level parameter, dB.
const LEVEL_MIN_DB: f32 = -60.0;
/// Highest setting of the Level parameter, dB.
const LEVEL_MAX_DB: f32 = 12.0;
/// The tone filter's range in Hz; at the upper end it is out of the way.
pub const TONE_HZ: (f32, f32) = (60.0, 20_000.0);

/// Polyphonic modulation id of [`ConsortParams::level`].
pub const MODULATE_LEVEL: u32 = 0;
/// Polyphonic modulation id of [`ConsortParams::tone`].
pub const MODULATE_TONE: u32 = 1;

/// Steps of a plugin's `change` before it starts again at 0.
const CHANGES: i32 = 1 << 20;

/// Everything the host can see and set. Any thread may read; only the framework writes.
#[derive(Params)]
pub struct ConsortParams {
    /// Output level, as linear gain, shown in dB.
    #[id = "level"]
    pub level: FloatParam,
    /// Low-pass filter, Hz.
    #[id = "tone"]
    pub tone: FloatParam,
    /// Fade-in added to each note, ms.
    #[id = "attack"]
    pub fade_in: FloatParam,
    /// Length of the release against the instrument's own, as a factor.
    #[id = "releas"]
    pub release_time: FloatParam,
    /// Width of the output, 1 = as made.
    #[id = "width"]
    pub stereo_width: FloatParam,
    /// From −1 (soft keys play louder) to 1 (only hard keys play loud); 0 = as played.
    #[id = "velcrv"]
    pub velocity_curve: FloatParam,
    /// Tuning, semitones.
    #[id = "tune"]
    pub tune: FloatParam,
    /// Time to slide from the note before, ms.
    #[id = "glide"]
    pub glide: FloatParam,
    /// How far the pitch wheel bends, semitones.
    #[id = "bend"]
    pub bend_range: IntParam,

    /// Macro: darker or brighter partials, −1 to 1.
    #[id = "bright"]
    pub brightness: FloatParam,
    /// Macro: shorter or longer decay, −1 to 1.
    #[id = "decay"]
    pub decay: FloatParam,
    /// Macro: breathy and rough, or pure, −1 to 1.
    #[id = "body"]
    pub body: FloatParam,
    /// Macro: less or more movement in the sound, −1 to 1.
    #[id = "motion"]
    pub motion: FloatParam,
    /// Macro: sharper or slower onset, −1 to 1.
    #[id = "shatck"]
    pub attack: FloatParam,
    /// Macro: shorter or longer release, −1 to 1.
    #[id = "shrels"]
    pub release: FloatParam,
    /// Macro: narrower or wider partials, −1 to 1.
    #[id = "shwide"]
    pub width: FloatParam,
    /// Macro: partials pulled into tune or spread as in unison, −1 to 1.
    #[id = "detune"]
    pub detune: FloatParam,

    /// Level of the stem, as linear gain, shown in dB.
    #[id = "stmlvl"]
    pub stem_level: FloatParam,
    /// Whether the stem plays.
    #[id = "stemon"]
    pub stem_on: BoolParam,
    /// Whether what leaves is limited, at −1 dBTP.
    #[id = "limit"]
    pub limit: BoolParam,

    /// Whether drums, and parts, leave on outputs of their own.
    #[id = "outs"]
    pub separate_outputs: BoolParam,

    /// Hidden; the editor steps it whenever the instrument changes. The framework can't tell the
    /// host that a persisted field changed, and without this the project would not ask to be saved.
    #[id = "change"]
    pub change: IntParam,
}

impl Default for ConsortParams {
    fn default() -> Self {
        Self {
            level: FloatParam::new(
                "Level",
                1.0,
                FloatRange::gain_range(LEVEL_MIN_DB, LEVEL_MAX_DB),
            )
            .with_unit(" dB")
            .with_value_to_string(formatters::v2s_f32_gain_to_db(1))
            .with_string_to_value(finite(formatters::s2v_f32_gain_to_db()))
            .with_poly_modulation_id(MODULATE_LEVEL),
            tone: FloatParam::new(
                "Tone",
                TONE_HZ.1,
                FloatRange::Skewed {
                    min: TONE_HZ.0,
                    max: TONE_HZ.1,
                    factor: FloatRange::skew_factor(-2.0),
                },
            )
            .with_value_to_string(Arc::new(hz_to_text))
            .with_string_to_value(Arc::new(text_to_hz))
            .with_poly_modulation_id(MODULATE_TONE),
            fade_in: time("Fade in", 5_000.0),
            release_time: FloatParam::new(
                "Release time",
                1.0,
                FloatRange::SymmetricalSkewed {
                    min: 0.1,
                    max: 10.0,
                    factor: FloatRange::skew_factor(-1.5),
                    center: 1.0,
                },
            )
            .with_unit(" ×")
            .with_value_to_string(formatters::v2s_f32_rounded(2))
            .with_string_to_value(Arc::new(|text| number(text, &["×", "x"]))),
            stereo_width: FloatParam::new(
                "Stereo width",
                1.0,
                FloatRange::Linear { min: 0.0, max: 2.0 },
            )
            .with_unit(" %")
            .with_value_to_string(formatters::v2s_f32_percentage(0))
            .with_string_to_value(finite(formatters::s2v_f32_percentage())),
            velocity_curve: bipolar("Velocity curve"),
            tune: FloatParam::new(
                "Tune",
                0.0,
                FloatRange::Linear {
                    min: -24.0,
                    max: 24.0,
                },
            )
            .with_step_size(0.01)
            .with_unit(" st")
            .with_value_to_string(formatters::v2s_f32_rounded(2))
            .with_string_to_value(Arc::new(text_to_semitones)),
            glide: time("Glide", 5_000.0),
            bend_range: IntParam::new("Bend range", 2, IntRange::Linear { min: 0, max: 48 })
                .with_unit(" st"),
            brightness: macro_param("Brightness"),
            decay: macro_param("Decay"),
            body: macro_param("Body"),
            motion: macro_param("Motion"),
            attack: macro_param("Attack"),
            release: macro_param("Release"),
            width: macro_param("Width"),
            detune: macro_param("Detune"),
            stem_level: stem_level(),
            stem_on: BoolParam::new("Stem on", true),
            limit: limit(),
            separate_outputs: BoolParam::new("Separate outputs", false),
            change: change_param("Instrument change"),
        }
    }
}

impl ConsortParams {
    /// Where the macros stand. Any thread.
    pub fn macros(&self) -> Macros {
        Macros {
            brightness: self.brightness.value(),
            attack: self.attack.value(),
            decay: self.decay.value(),
            release: self.release.value(),
            body: self.body.value(),
            width: self.width.value(),
            motion: self.motion.value(),
            detune: self.detune.value(),
        }
    }

    /// The macros' parameters, each with its id and its value in `macros`. Any thread.
    pub fn of_macros(&self, macros: &Macros) -> [(&'static str, &FloatParam, f32); 8] {
        [
            ("bright", &self.brightness, macros.brightness),
            ("shatck", &self.attack, macros.attack),
            ("decay", &self.decay, macros.decay),
            ("shrels", &self.release, macros.release),
            ("body", &self.body, macros.body),
            ("shwide", &self.width, macros.width),
            ("motion", &self.motion, macros.motion),
            ("detune", &self.detune, macros.detune),
        ]
    }
}

/// How a text is read as a value.
type Reader = Arc<dyn Fn(&str) -> Option<f32> + Send + Sync>;

/// One of the framework's, without "nan" and "inf", which it takes for numbers.
fn finite(read: Reader) -> Reader {
    Arc::new(move |text| read(text).filter(|value| value.is_finite()))
}

/// The level of a stem, over that which puts it beside the song.
fn stem_level() -> FloatParam {
    FloatParam::new(
        "Stem level",
        1.0,
        FloatRange::gain_range(LEVEL_MIN_DB, LEVEL_MAX_DB),
    )
    .with_unit(" dB")
    .with_value_to_string(formatters::v2s_f32_gain_to_db(1))
    .with_string_to_value(finite(formatters::s2v_f32_gain_to_db()))
}

/// The limiter's switch; projects from before there was one open with it on.
fn limit() -> BoolParam {
    BoolParam::new("Limiter", true)
}

/// A parameter that nobody sees, stepped to tell the host that the project changed.
fn change_param(name: &str) -> IntParam {
    let range = IntRange::Linear {
        min: 0,
        max: CHANGES - 1,
    };
    IntParam::new(name, 0, range).hide().hide_in_generic_ui()
}

/// The value that follows the present one of a plugin's `change`. Any thread.
pub fn next_change(change: &IntParam) -> i32 {
    (change.value() + 1) % CHANGES
}

/// A time from 0 to `max` ms whose lower half of travel is short times.
fn time(name: &str, max: f32) -> FloatParam {
    FloatParam::new(
        name,
        0.0,
        FloatRange::Skewed {
            min: 0.0,
            max,
            factor: FloatRange::skew_factor(-2.0),
        },
    )
    .with_step_size(0.1)
    .with_unit(" ms")
    .with_value_to_string(formatters::v2s_f32_rounded(1))
    .with_string_to_value(Arc::new(text_to_ms))
}

/// A parameter from −100 to 100 %.
fn bipolar(name: &str) -> FloatParam {
    FloatParam::new(
        name,
        0.0,
        FloatRange::Linear {
            min: -1.0,
            max: 1.0,
        },
    )
    .with_step_size(0.01)
    .with_unit(" %")
    .with_value_to_string(Arc::new(|value| format!("{:.0}", value * 100.0 + 0.0)))
    .with_string_to_value(finite(formatters::s2v_f32_percentage()))
}

/// A macro: −100 to 100 %, not for automation (see the module's text).
fn macro_param(name: &str) -> FloatParam {
    bipolar(name).non_automatable()
}

/// "350 Hz", "2.50 kHz", and "Open" at the top, where the filter is out of the way.
fn hz_to_text(hz: f32) -> String {
    if hz >= TONE_HZ.1 * 0.999 {
        "Open".into()
    } else if hz < 999.5 {
        format!("{hz:.0} Hz")
    } else {
        format!("{:.2} kHz", hz / 1000.0)
    }
}

/// Reads what [`hz_to_text`] writes; a number without a unit is in Hz.
fn text_to_hz(text: &str) -> Option<f32> {
    if text.trim().eq_ignore_ascii_case("open") {
        return Some(TONE_HZ.1);
    }
    match text.to_lowercase().trim().strip_suffix("khz") {
        Some(thousands) => number(thousands, &[]).map(|value| value * 1000.0),
        None => number(text, &["hz"]),
    }
}

/// Reads "120 ms" and "1.2 s"; a number without a unit is in ms.
fn text_to_ms(text: &str) -> Option<f32> {
    let lower = text.to_lowercase();
    match lower.trim().strip_suffix("ms") {
        Some(value) => number(value, &[]),
        None => match lower.trim().strip_suffix('s') {
            Some(seconds) => number(seconds, &[]).map(|value| value * 1000.0),
            None => number(&lower, &[]),
        },
    }
}

/// Reads "−0.5 st" and "12 ct"; a number without a unit is in semitones.
fn text_to_semitones(text: &str) -> Option<f32> {
    let lower = text.to_lowercase();
    for unit in ["cents", "cent", "ct"] {
        if let Some(cents) = lower.trim().strip_suffix(unit) {
            return number(cents, &[]).map(|value| value / 100.0);
        }
    }
    number(&lower, &["semitones", "semitone", "st"])
}

/// A finite number, after taking away one of the units.
fn number(text: &str, units: &[&str]) -> Option<f32> {
    let lower = text.to_lowercase();
    let mut bare = lower.trim();
    for unit in units {
        if let Some(rest) = bare.strip_suffix(unit) {
            bare = rest.trim_end();
            break;
        }
    }
    // A typeset minus is what people paste from manuals.
    let value: f32 = bare.replace('−', "-").parse().ok()?;
    value.is_finite().then_some(value)
}

#[cfg(test)]
mod tests {
    #![expect(
        unsafe_code,
        reason = "the framework hands buffers and parameters about as pointers"
    )]

    use super::*;

    /// Each parameter at 101 places: what it shows can be typed back, and shows the same again.
    #[test]
    fn text_goes_both_ways() {
        let params = ConsortParams::default();
        for (id, param, _) in params.param_map() {
            for step in 0..=100 {
                // SAFETY: `params` outlives the pointers of its map.
                unsafe {
                    let shown = param.normalized_value_to_string(step as f32 / 100.0, true);
                    let read = param
                        .string_to_normalized_value(&shown)
                        .unwrap_or_else(|| panic!("{id} doesn't read its own \"{shown}\""));
                    let again = param.normalized_value_to_string(read, true);
                    assert_eq!(again, shown, "{id} at {step} %");
                }
            }
        }
    }

    #[test]
    fn units_can_be_typed() {
        let params = ConsortParams::default();
        let plain = |param: &FloatParam, text: &str| {
            param
                .string_to_normalized_value(text)
                .map(|normalized| param.preview_plain(normalized))
        };
        let close = |value: Option<f32>, wanted: f32| {
            assert!((value.unwrap() / wanted - 1.0).abs() < 0.01, "{value:?}");
        };
        close(plain(&params.tone, "2.5 kHz"), 2500.0);
        close(plain(&params.tone, "440"), 440.0);
        close(plain(&params.fade_in, "1.5 s"), 1500.0);
        close(plain(&params.tune, "50 ct"), 0.5);
        close(plain(&params.tune, "−12 st"), -12.0);
        close(plain(&params.release_time, "2x"), 2.0);
        close(plain(&params.level, "-6 dB"), 0.501);
        assert_eq!(plain(&params.tone, "loud"), None);
        assert_eq!(plain(&params.fade_in, "NaN ms"), None);
        assert_eq!(plain(&params.tune, ""), None);
    }

    #[test]
    fn what_is_no_number_is_no_value() {
        let params = ConsortParams::default();
        for (id, param, _) in params.param_map() {
            for text in [
                "nan",
                "NaN %",
                "inf",
                "-inf",
                "infinity",
                "+Infinity dB",
                "1e99",
            ] {
                // SAFETY: `params` outlives the pointers of its map.
                let read = unsafe { param.string_to_normalized_value(text) };
                // "-inf dB" is silence.
                let fits = read.is_none_or(|value| (0.0..=1.0).contains(&value));
                assert!(fits, "{id} reads {text:?} as {read:?}");
            }
        }
    }

    /// Ids are in saved projects.
    #[test]
    fn ids_stay() {
        let ids: Vec<String> = ConsortParams::default()
            .param_map()
            .into_iter()
            .map(|(id, ..)| id)
            .collect();
        assert_eq!(
            ids,
            [
                "level", "tone", "attack", "releas", "width", "velcrv", "tune", "glide", "bend",
                "bright", "decay", "body", "motion", "shatck", "shrels", "shwide", "detune",
                "stmlvl", "stemon", "limit", "outs", "change"
            ]
        );
    }

    #[test]
    fn each_macro_has_its_parameter() {
        let params = ConsortParams::default();
        let map = params.param_map();
        for (id, param, _) in params.of_macros(&Macros::default()) {
            let (_, pointer, _) = map.iter().find(|(each, ..)| each == id).expect(id);
            assert_eq!(*pointer, param.as_ptr(), "{id}");
        }
    }
}
