//! What projects remember of all parts: the first as before there were several, the others within it.

use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Ensemble, MOST_PARTS, MixSettings, Now};
use crate::instrument::Instrument;

/// Where the others are, and how each is mixed.
const OTHERS: &str = "others";
const MIX: &str = "mix";

impl Ensemble {
    /// What a project remembers; null for nothing. As [`StemDesk::saved`](super::StemDesk::saved).
    #[must_use]
    pub fn saved(&self, encode: &dyn Fn(&[u8]) -> Value) -> Value {
        let now = self.now.lock();
        let mut order = now.added.clone();
        // What can't be read is in nobody's list.
        order.extend((0..self.parts.len()).filter(|part| !now.added.contains(part)));
        let unreadable = now.unreadable.clone();
        drop(now);
        let one = |part: usize| {
            let (desk, mix) = &self.parts[part];
            let mut saved = desk.saved(encode);
            let mix = mix.settings();
            if mix != MixSettings::default()
                && let Some(fields) = saved.as_object_mut()
            {
                fields.insert(MIX.to_owned(), json!(mix));
            }
            saved
        };
        let mut all = order.into_iter().map(one).filter(|saved| !saved.is_null());
        let mut first = all.next().unwrap_or_default();
        let mut others: Vec<Value> = all.collect();
        others.extend(
            unreadable
                .as_ref()
                .and_then(Value::as_array)
                .cloned()
                .into_iter()
                .flatten(),
        );
        if !others.is_empty()
            && let Some(fields) = first.as_object_mut()
        {
            fields.insert(OTHERS.to_owned(), others.into());
        }
        first
    }

    /// Takes up what a project remembers, all parts of it; `read` reads an instrument that `encode` wrote.
    /// As [`StemDesk::recall`](super::StemDesk::recall). Main thread.
    pub fn recall(
        &self,
        saved: &Value,
        read: &dyn Fn(&Value) -> Option<Instrument>,
        patience: Duration,
    ) {
        let mut first = saved.clone();
        let others = match first.as_object_mut() {
            Some(fields) if fields.get(OTHERS).is_some_and(Value::is_array) => {
                fields.remove(OTHERS).unwrap_or_default()
            }
            _ => Value::Null,
        };
        let all: Vec<Value> = match others.as_array() {
            Some(others) => std::iter::once(first)
                .chain(others.iter().cloned())
                .collect(),
            None => vec![first],
        };
        let (taken, beyond) = all.split_at(all.len().min(MOST_PARTS).min(self.parts.len()));
        *self.now.lock() = Now {
            added: (0..taken.len())
                .filter(|part| !taken[*part].is_null())
                .collect(),
            unreadable: (!beyond.is_empty()).then(|| beyond.into()),
            ..Now::default()
        };
        let end = Instant::now() + patience;
        for (part, (desk, mix)) in self.parts.iter().enumerate() {
            let mut saved = taken.get(part).cloned().unwrap_or_default();
            let mixed = saved.as_object_mut().and_then(|fields| fields.remove(MIX));
            let mixed = mixed.and_then(|mixed| MixSettings::deserialize(mixed).ok());
            mix.set(mixed.unwrap_or_default());
            let instrument = saved.get("instrument").and_then(read);
            desk.recall(
                &saved,
                instrument,
                end.saturating_duration_since(Instant::now()),
            );
        }
        self.hear_solos();
        (self.listener)();
    }
}
