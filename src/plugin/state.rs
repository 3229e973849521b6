//! What a project or preset holds: the parameters, the whole instrument, the window's size.
//!
//! Whatever of it can't be read is kept as it came and saved again unchanged, until the user makes or
//! takes another. The instrument is saved as its `.consort` bytes (partials and noise, not only the prompt), so
//! that opening a project needs no model and sounds the same years later.

#![expect(
    unsafe_code,
    reason = "the framework hands parameters about as pointers"
)]

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use nice_plug::params::internals::ParamPtr;
use nice_plug::params::persist::PersistentField;
use nice_plug::plugin::ParamValue;
use nice_plug::prelude::*;
use serde_json::{Value, json};

use super::Consort;
use super::context::SavedSong;
use super::later::{self, WithLater};
use super::saved_size::SavedSize;
use super::session::Session;
use super::stem_state::SavedStem;
use crate::editor::host_window::WindowSize;
use crate::instrument::Instrument;
use crate::jobs::{KitWish, Request, SoundFile, Source};
use crate::params::ConsortParams;

/// Keys of the fields in the state; they never change.
const INSTRUMENT: &str = "instrument";
const REQUEST: &str = "request";

/// All that the host saves and loads.
pub type SavedState = WithLater<SavedFields>;

/// What of it this version knows.
#[derive(Params)]
pub struct SavedFields {
    #[nested]
    params: Arc<ConsortParams>,
    #[persist = "instrument"]
    instrument: SavedInstrument,
    #[persist = "request"]
    request: SavedRequest,
    #[persist = "song"]
    song: SavedSong,
    #[persist = "stem"]
    stem: SavedStem,
    #[persist = "window"]
    window: SavedSize,
}

/// Fields that both plugins have.
pub(super) const SHARED: [&str; 3] = ["song", "stem", "window"];
const FIELDS: [&str; 5] = [INSTRUMENT, REQUEST, SHARED[0], SHARED[1], SHARED[2]];

/// The session's instrument as a field.
struct SavedInstrument(Arc<Session>);

impl PersistentField<'_, Value> for SavedInstrument {
    fn set(&self, saved: Value) {
        self.0.recall(saved);
    }

    fn map<F: Fn(&Value) -> R, R>(&self, f: F) -> R {
        f(&self.0.saved())
    }
}

/// The session's request as a field.
struct SavedRequest(Arc<Session>);

impl PersistentField<'_, Value> for SavedRequest {
    fn set(&self, saved: Value) {
        self.0.recall_request(&saved);
    }

    fn map<F: Fn(&Value) -> R, R>(&self, f: F) -> R {
        f(&self.0.saved_request())
    }
}

impl SavedFields {
    /// The state of the instance that `session` belongs to. Main thread.
    pub fn of(session: &Arc<Session>, window: &Arc<WindowSize>) -> SavedState {
        let fields = Self {
            params: session.params().clone(),
            instrument: SavedInstrument(session.clone()),
            request: SavedRequest(session.clone()),
            song: SavedSong(session.context().clone()),
            stem: SavedStem(session.stem().clone()),
            window: SavedSize::new(window),
        };
        WithLater::new(fields, &FIELDS)
    }
}

/// What a saved instrument turned out to be.
#[derive(Debug)]
pub enum Recalled {
    /// Nothing was saved: the instance never sounded.
    Nothing,
    /// The instrument.
    Instrument(Box<Instrument>),
    /// Not an instrument that this version can play, and why, in a sentence.
    Unreadable(String),
}

/// The saved form of an instrument's `.consort` bytes. Any thread but audio.
pub fn write(bytes: &[u8]) -> Value {
    Value::String(BASE64.encode(bytes))
}

/// The state of an instance that plays `instrument`, as a host would save it: every parameter at
/// its default but for the macros, which are the instrument's. VST3 hosts keep it like this, CLAP
/// hosts with its length before it (u64, little-endian). Any thread but audio.
pub fn preset(instrument: &Instrument) -> Vec<u8> {
    let defaults = ConsortParams::default();
    let mut params: BTreeMap<String, ParamValue> = BTreeMap::new();
    for (id, param, _) in defaults.param_map() {
        // SAFETY: `defaults` outlives the pointers of its map.
        let value = unsafe {
            match param {
                ParamPtr::FloatParam(param) => ParamValue::F32((*param).unmodulated_plain_value()),
                ParamPtr::IntParam(param) => ParamValue::I32((*param).unmodulated_plain_value()),
                ParamPtr::BoolParam(param) => ParamValue::Bool((*param).unmodulated_plain_value()),
                ParamPtr::EnumParam(param) => ParamValue::I32((*param).unmodulated_plain_value()),
            }
        };
        params.insert(id, value);
    }
    for (id, _, value) in defaults.of_macros(&instrument.macros) {
        params.insert(id.into(), ParamValue::F32(value));
    }
    let state = PluginState {
        version: <Consort as Plugin>::VERSION.into(),
        params,
        fields: [(INSTRUMENT.into(), write(&instrument.to_bytes()).to_string())].into(),
    };
    serde_json::to_vec(&state).expect("plain data always serialises")
}

/// Reads what [`write()`] wrote, and anything else. Any thread but audio.
pub fn read(saved: &Value) -> Recalled {
    let text = match saved {
        Value::Null => return Recalled::Nothing,
        Value::String(text) => text,
        _ => return Recalled::Unreadable("This is not a Consort instrument.".into()),
    };
    let Ok(bytes) = BASE64.decode(text) else {
        return Recalled::Unreadable("The saved instrument is damaged.".into());
    };
    match Instrument::from_bytes(&bytes) {
        Ok(instrument) => Recalled::Instrument(Box::new(instrument)),
        Err(error) => Recalled::Unreadable(error.to_string()),
    }
}

/// The saved form of a request, and why it failed if it did: a sound is remembered by its path, an
/// instrument to vary is the one saved beside it. Any thread but audio.
pub fn write_request(request: &Request, failed: Option<&str>) -> Value {
    let mut saved = json!({ "prompt": request.prompt, "seed": request.seed });
    if let Some(family) = request.family {
        saved["family"] = family.name().into();
    }
    if let Some((low, high)) = request.range {
        saved["range"] = json!([low, high]);
    }
    if let Some(guidance) = request.guidance {
        saved["guidance"] = guidance.into();
    }
    match &request.source {
        Source::Words => {}
        Source::Sound(file) => {
            saved["sound"] = json!({ "path": file.path.to_string_lossy(), "key": file.key });
        }
        Source::Near(_) => saved["near"] = true.into(),
    }
    if let Some(wish) = &request.kit {
        saved["kit"] = json!({ "kept": format!("{:x}", wish.kept), "seed": wish.pieces_seed });
    }
    if request.amount != 0.0 {
        saved["amount"] = request.amount.into();
    }
    match failed {
        Some(why) => self::failed(&saved, why),
        None => saved,
    }
}

/// The saved form of a request that failed, and why. Any thread but audio.
pub fn failed(saved: &Value, why: &str) -> Value {
    let mut saved = saved.clone();
    if let Some(fields) = saved.as_object_mut() {
        fields.insert("failed".into(), why.into());
    }
    saved
}

/// Why a saved request failed, if it did. Any thread but audio.
pub fn failure(saved: &Value) -> Option<&str> {
    saved.get("failed")?.as_str()
}

/// The request to make, if there is one that hasn't failed before; `current` is the instrument
/// saved beside it. Any thread but audio.
pub fn read_request(saved: &Value, current: Option<&Arc<Instrument>>) -> Option<Request> {
    if saved.get("failed").is_some() {
        return None;
    }
    let source = match (saved.get("sound"), saved.get("near")) {
        (Some(file), _) => Source::Sound(SoundFile {
            path: file.get("path")?.as_str()?.into(),
            key: file.get("key").and_then(Value::as_f64),
            sound: None,
        }),
        (None, Some(_)) => Source::Near(current?.clone()),
        (None, None) => Source::Words,
    };
    let key = |value: &Value| u8::try_from(value.as_u64()?).ok();
    let range = |saved: &Value| {
        let range = saved.get("range")?;
        Some((key(range.get(0)?)?, key(range.get(1)?)?))
    };
    let kit = saved.get("kit").map(|wish| KitWish {
        from: current.cloned(),
        kept: wish
            .get("kept")
            .and_then(|kept| u128::from_str_radix(kept.as_str()?, 16).ok())
            .unwrap_or(0),
        pieces_seed: wish.get("seed").and_then(Value::as_u64),
    });
    // Pieces of a kit that isn't there can't be kept.
    if kit
        .as_ref()
        .is_some_and(|kit| kit.kept != 0 && kit.from.is_none())
    {
        return None;
    }
    let number = |name: &str| Some(saved.get(name)?.as_f64()? as f32);
    Some(Request {
        source,
        kit,
        amount: number("amount").unwrap_or(0.0),
        prompt: saved.get("prompt")?.as_str()?.to_owned(),
        seed: saved.get("seed").and_then(Value::as_u64).unwrap_or(1),
        family: saved
            .get("family")
            .and_then(|family| family.as_str()?.parse().ok()),
        range: range(saved),
        guidance: number("guidance"),
    })
}

/// Makes a state complete before the framework reads it: fields that are missing, or are not even
/// JSON, would silently be passed over. Main thread.
pub fn complete(state: &mut PluginState) {
    for name in [INSTRUMENT, REQUEST] {
        let field = state.fields.entry(name.into());
        keep(field.or_insert_with(|| Value::Null.to_string()));
    }
    complete_fields(state);
    complete_params(state, &[("limit", true), ("outs", false)]);
    later::keep_params(state, &ConsortParams::default());
}

/// The same of fields that both plugins have; those may be missing. Main thread.
pub fn complete_fields(state: &mut PluginState) {
    for name in SHARED {
        if let Some(field) = state.fields.get_mut(name) {
            keep(field);
        }
    }
}

/// What isn't JSON becomes a text that is.
fn keep(field: &mut String) {
    if serde_json::from_str::<Value>(field).is_err() {
        *field = Value::String(std::mem::take(field)).to_string();
    }
}

/// The same of switches that came later, with where they stand in projects from before: whatever the instance
/// had, those open as a new one is. Main thread.
pub fn complete_params(state: &mut PluginState, switches: &[(&str, bool)]) {
    for (id, value) in switches {
        let switch = state.params.entry((*id).into());
        switch.or_insert(ParamValue::Bool(*value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instrument::Family;

    #[test]
    fn damaged_and_foreign_states_are_told_from_an_empty_one() {
        assert!(matches!(read(&Value::Null), Recalled::Nothing));
        for foreign in [
            Value::from(17),
            Value::from("not base64 at all!"),
            Value::from("QUJD"),
            serde_json::json!({"preset": [1, 2, 3]}),
        ] {
            let Recalled::Unreadable(why) = read(&foreign) else {
                panic!("{foreign} was read");
            };
            assert!(why.ends_with('.') && why.len() > 10, "{why}");
        }
    }

    #[test]
    fn an_instrument_comes_back_whole() {
        let instrument = Instrument::factory();
        let saved = write(&instrument.to_bytes());
        let Recalled::Instrument(recalled) = read(&saved) else {
            panic!("not recalled");
        };
        assert_eq!(*recalled, instrument);

        let Value::String(text) = saved else {
            unreachable!()
        };
        let cut = Value::from(&text[..(text.len() / 2) & !3]);
        assert!(matches!(read(&cut), Recalled::Unreadable(_)));
    }

    #[test]
    fn requests_come_back() {
        let request = Request {
            prompt: "warm cello".into(),
            seed: 7,
            family: Some(Family::Strings),
            range: Some((36, 81)),
            guidance: Some(2.0),
            ..Request::default()
        };
        let current = Arc::new(Instrument::factory());
        let sound = Source::Sound(SoundFile {
            path: "/sounds/rhodes.wav".into(),
            key: Some(60.0),
            sound: None,
        });
        for (source, amount) in [
            (Source::Words, 0.0),
            (sound, 0.25),
            (Source::Near(current.clone()), 0.5),
        ] {
            let request = Request {
                source,
                amount,
                ..request.clone()
            };
            let read = |saved: &Value| read_request(saved, Some(&current));
            assert_eq!(read(&write_request(&request, None)), Some(request.clone()));
            assert_eq!(read(&write_request(&request, Some("No models."))), None);
        }
        let kit = Request {
            kit: Some(KitWish {
                from: Some(current.clone()),
                kept: 1 << 36 | 1 << 81,
                pieces_seed: Some(u64::MAX),
            }),
            ..request
        };
        let saved = write_request(&kit, None);
        assert_eq!(read_request(&saved, Some(&current)), Some(kit));
        for foreign in [
            Value::Null,
            json!(3),
            json!({ "seed": 1 }),
            json!({ "prompt": 5 }),
            json!({ "prompt": "x", "sound": 3 }),
            json!({ "prompt": "x", "near": true }),
        ] {
            assert_eq!(read_request(&foreign, None), None, "{foreign}");
        }
        let odd = json!({ "prompt": "x", "seed": -3, "range": [1], "family": "kazoo" });
        let read = read_request(&odd, None).unwrap();
        assert_eq!((read.seed, read.range, read.family), (1, None, None));
    }

    #[test]
    fn a_preset_is_a_state_with_the_instrument_in_it() {
        let mut instrument = Instrument::factory();
        instrument.macros.body = 0.5;
        instrument.macros.detune = -0.25;
        let state: PluginState = serde_json::from_slice(&preset(&instrument)).unwrap();
        assert!(matches!(state.params["body"], ParamValue::F32(0.5)));
        assert!(matches!(state.params["detune"], ParamValue::F32(-0.25)));
        let mut ids: Vec<String> = ConsortParams::default()
            .param_map()
            .into_iter()
            .map(|(id, ..)| id)
            .collect();
        ids.sort();
        assert!(state.params.keys().eq(&ids), "{:?}", state.params);
        let field: Value = serde_json::from_str(&state.fields[INSTRUMENT]).unwrap();
        let Recalled::Instrument(recalled) = read(&field) else {
            panic!("not recalled");
        };
        assert_eq!(*recalled, instrument);
    }

    #[test]
    fn states_are_completed() {
        let mut state = PluginState {
            version: String::new(),
            params: Default::default(),
            fields: Default::default(),
        };
        complete(&mut state);
        assert_eq!(state.fields[INSTRUMENT], "null");
        assert_eq!(state.fields[REQUEST], "null");

        state.fields.insert(INSTRUMENT.into(), "{half".into());
        complete(&mut state);
        let kept: Value = serde_json::from_str(&state.fields[INSTRUMENT]).unwrap();
        assert_eq!(kept, Value::from("{half"));

        for name in SHARED {
            assert!(!state.fields.contains_key(name), "{name} may be missing");
            state.fields.insert(name.into(), "half}".into());
        }
        complete_fields(&mut state);
        for name in SHARED {
            assert_eq!(state.fields[name], "\"half}\"", "{name}");
        }
    }
}
