//! What a later version has saved beside what this one knows: fields of the state, and parameters. They are saved
//! again as they came.

#![expect(
    unsafe_code,
    reason = "the framework hands parameters about as pointers"
)]

use std::collections::BTreeMap;

use nice_plug::params::Params;
use nice_plug::params::internals::ParamPtr;
use nice_plug::plugin::ParamValue;
use nice_plug::prelude::PluginState;
use parking_lot::Mutex;

/// The field that parameters of later versions are saved in, for there is no other place for them.
const PARAMS: &str = "later_params";

/// What an instance saves, and besides the fields that it doesn't know.
pub struct WithLater<S> {
    own: S,
    names: &'static [&'static str],
    later: Mutex<BTreeMap<String, String>>,
}

impl<S> WithLater<S> {
    /// `names` are those of its own fields. Main thread.
    pub(super) fn new(own: S, names: &'static [&'static str]) -> Self {
        Self {
            own,
            names,
            later: Mutex::default(),
        }
    }
}

// SAFETY: the parameters are those of `own`, which lives as long.
unsafe impl<S: Params> Params for WithLater<S> {
    fn param_map(&self) -> Vec<(String, ParamPtr, String)> {
        self.own.param_map()
    }

    fn serialize_fields(&self) -> BTreeMap<String, String> {
        let mut fields = self.later.lock().clone();
        fields.extend(self.own.serialize_fields());
        fields
    }

    fn deserialize_fields(&self, saved: &BTreeMap<String, String>) {
        let later = saved
            .iter()
            .filter(|(name, _)| !self.names.contains(&name.as_str()));
        *self.later.lock() = later
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        self.own.deserialize_fields(saved);
    }
}

/// Moves parameters that this version doesn't know into a field of their own, and takes those out of it that it knows.
/// Main thread.
pub(super) fn keep_params(state: &mut PluginState, known: &dyn Params) {
    let known: Vec<String> = known.param_map().into_iter().map(|(id, ..)| id).collect();
    let kept = state.fields.get(PARAMS);
    let kept = kept.and_then(|kept| serde_json::from_str(kept).ok());
    let mut all: BTreeMap<String, ParamValue> = kept.unwrap_or_default();
    all.append(&mut state.params);
    let (own, later): (BTreeMap<_, _>, BTreeMap<_, _>) =
        all.into_iter().partition(|(id, _)| known.contains(id));
    state.params = own;
    if later.is_empty() {
        state.fields.remove(PARAMS);
    } else if let Ok(later) = serde_json::to_string(&later) {
        state.fields.insert(PARAMS.to_owned(), later);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::params::ConsortParams;

    fn state(params: &[(&str, f32)], fields: &[(&str, &str)]) -> PluginState {
        let param = |&(id, value): &(&str, f32)| (id.to_owned(), ParamValue::F32(value));
        let field = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        PluginState {
            version: "9.0.0".to_owned(),
            params: params.iter().map(param).collect(),
            fields: fields.iter().map(field).collect(),
        }
    }

    #[test]
    fn parameters_and_fields_of_later_versions_stay() {
        let params = Arc::new(ConsortParams::default());
        let saved = WithLater::new(params.clone(), &["song"]);
        assert!(
            saved.serialize_fields().is_empty(),
            "nothing is added by itself"
        );
        let mut state = state(
            &[("body", 0.5), ("granulate", 0.25)],
            &[
                ("song", "null"),
                ("scenes", "[1,{\"a\":2}]"),
                ("odd", "half}"),
            ],
        );
        keep_params(&mut state, &params);
        assert!(state.params.keys().eq(["body"]));
        saved.deserialize_fields(&state.fields);
        let fields = saved.serialize_fields();
        assert_eq!(
            (fields["scenes"].as_str(), fields["odd"].as_str()),
            ("[1,{\"a\":2}]", "half}")
        );
        assert_eq!(fields[PARAMS], "{\"granulate\":{\"f32\":0.25}}");
        assert!(!fields.contains_key("song"), "that is its own");
        // Once the parameter is known it is one again.
        let mut again = self::state(
            &[],
            &[(PARAMS, &fields[PARAMS].replace("granulate", "width"))],
        );
        keep_params(&mut again, &params);
        assert!(again.params.keys().eq(["width"]) && again.fields.is_empty());
        // A state without any takes them away.
        saved.deserialize_fields(&BTreeMap::new());
        assert!(saved.serialize_fields().is_empty());
    }
}
