//! A saved state, and looking into it: nice-plug writes the length (u64, little-endian), then JSON
//! with the parameters and the persisted fields, each field again JSON in a string.

use serde_json::{Value, json};

/// A plugin's state as the host keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct State(Vec<u8>);

impl State {
    pub fn from_bytes(bytes: Vec<u8>) -> State {
        State(bytes)
    }

    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// As JSON.
    ///
    /// # Panics
    /// When it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.0[8..]).expect("a state is JSON after its length")
    }

    /// From JSON.
    pub fn from_json(value: &Value) -> State {
        let text = serde_json::to_vec(value).expect("JSON can be written");
        let mut bytes = (text.len() as u64).to_le_bytes().to_vec();
        bytes.extend(text);
        State(bytes)
    }

    /// A persisted field.
    pub fn field(&self, name: &str) -> Option<Value> {
        serde_json::from_str(self.json()["fields"][name].as_str()?).ok()
    }

    /// The same state with a field set.
    pub fn with_field(&self, name: &str, value: &Value) -> State {
        let mut json = self.json();
        json["fields"][name] = Value::String(value.to_string());
        State::from_json(&json)
    }

    /// The same state, with a request to make an instrument: the plugin sets to work when it loads
    /// this.
    pub fn asking_for(&self, prompt: &str, seed: u64) -> State {
        self.with_field("request", &json!({ "prompt": prompt, "seed": seed }))
    }

    /// What is being made, or could not be: null when nothing.
    pub fn request(&self) -> Value {
        self.field("request").unwrap_or(Value::Null)
    }

    /// The saved instrument, as text.
    pub fn instrument(&self) -> Value {
        self.field("instrument").unwrap_or(Value::Null)
    }

    /// Its fields and how long each is, for messages.
    pub fn summary(&self) -> String {
        let json = self.json();
        let fields = json["fields"].as_object().into_iter().flatten();
        let sizes = fields.map(|(name, value)| {
            let text = value.as_str().unwrap_or_default();
            if text.len() < 200 {
                format!("{name} {text}")
            } else {
                format!("{name} {} bytes", text.len())
            }
        });
        sizes.collect::<Vec<_>>().join(", ")
    }
}
