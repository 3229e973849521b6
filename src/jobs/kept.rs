//! What a saved state holds besides what this version knows: fields of a later one, at any depth. They are saved
//! again where they were, as long as what they belong to is there.

use std::sync::Arc;

use serde_json::Value;

/// How far from its place an element of a list is looked for.
const NEAR: usize = 64;

/// A saved value with fields that aren't known.
#[derive(Debug, PartialEq)]
pub struct Kept {
    /// As it came.
    came: Value,
    /// The same as this version writes it.
    known: Value,
}

impl Kept {
    /// What is in a saved value besides what this version writes for it; nothing where that is all. Any thread but audio.
    #[must_use]
    pub fn of(came: &Value, known: &Value) -> Option<Arc<Self>> {
        has_more(came, known).then(|| {
            Arc::new(Self {
                came: came.clone(),
                known: known.clone(),
            })
        })
    }

    /// The value as it is to be saved now, with all of that. Any thread but audio.
    #[must_use]
    pub fn with(&self, mut now: Value) -> Value {
        add(&mut now, &self.known, &self.came);
        now
    }
}

fn has_more(came: &Value, known: &Value) -> bool {
    match (came, known) {
        (Value::Object(came), Value::Object(known)) => came
            .iter()
            .any(|(name, value)| known.get(name).is_none_or(|known| has_more(value, known))),
        (Value::Array(came), Value::Array(known)) => {
            came.len() == known.len() && came.iter().zip(known).any(|(a, b)| has_more(a, b))
        }
        _ => false,
    }
}

fn add(now: &mut Value, known: &Value, came: &Value) {
    match (now, known, came) {
        (Value::Object(now), Value::Object(known), Value::Object(came)) => {
            for (name, value) in came {
                match (now.get_mut(name), known.get(name)) {
                    (Some(now), Some(known)) => add(now, known, value),
                    (None, None) => drop(now.insert(name.clone(), value.clone())),
                    _ => {}
                }
            }
        }
        (Value::Array(now), Value::Array(known), Value::Array(came))
            if known.len() == came.len() =>
        {
            let as_many = now.len() == known.len();
            let mut next = 0;
            for (place, now) in now.iter_mut().enumerate() {
                // Elements that came before this one are gone; one that changed in its place is the same.
                let rest = known.iter().enumerate().skip(next).take(NEAR);
                let found = rest.clone().find(|(_, known)| *known == now);
                let found = found.map(|(found, _)| found);
                if let Some(found) = found.or_else(|| as_many.then_some(place)) {
                    add(now, &known[found], &came[found]);
                    next = found + 1;
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// What a version writes that knows no field whose name begins with "later".
    fn known(value: &Value) -> Value {
        match value {
            Value::Object(fields) => {
                let known = fields.iter().filter(|(name, _)| !name.starts_with("later"));
                known
                    .map(|(name, value)| (name.clone(), self::known(value)))
                    .collect()
            }
            Value::Array(all) => all.iter().map(known).collect(),
            other => other.clone(),
        }
    }

    #[test]
    fn fields_of_later_versions_go_with_what_they_belong_to() {
        let came = json!({
            "words": "x", "later": 1,
            "parts": [
                { "notes": [{ "key": 36, "later": "a" }, { "key": 38 }, { "key": 42, "later": "c" }] },
                { "notes": [], "later": { "deep": [1, 2] } },
            ],
        });
        let mut now = known(&came);
        let kept = Kept::of(&came, &now).unwrap();
        assert_eq!(kept.with(now.clone()), came);
        // The first note goes, the last is changed: the others' fields stay theirs.
        now["parts"][0]["notes"].as_array_mut().unwrap().remove(0);
        assert_eq!(
            kept.with(now.clone())["parts"][0]["notes"],
            json!([{ "key": 38 }, { "key": 42, "later": "c" }])
        );
        now["parts"][0]["notes"] = json!([{ "key": 36 }, { "key": 38 }, { "key": 46 }]);
        now["words"] = "y".into();
        let saved = kept.with(now.clone());
        assert_eq!(
            saved["parts"][0]["notes"][2],
            json!({ "key": 46, "later": "c" })
        );
        assert_eq!((&saved["words"], &saved["later"]), (&json!("y"), &json!(1)));
        // Where it is another thing altogether nothing is added.
        now["parts"] = json!([]);
        assert_eq!(kept.with(now.clone()), {
            now["later"] = 1.into();
            now
        });
        assert_eq!(Kept::of(&known(&came), &known(&came)), None);
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<i32>().prop_map(Value::from),
            "[a-c]{0,3}".prop_map(Value::from)
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            let name = prop_oneof!["[a-d]", "later[a-c]"];
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::btree_map(name, inner, 0..5)
                    .prop_map(|fields| fields.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn whatever_came_is_saved_again(came in value()) {
            let now = known(&came);
            match Kept::of(&came, &now) {
                Some(kept) => prop_assert_eq!(kept.with(now), came),
                None => prop_assert_eq!(now, came),
            }
        }

        #[test]
        fn what_is_known_stays_as_it_is(came in value(), now in value()) {
            let now = known(&now);
            if let Some(kept) = Kept::of(&came, &known(&came)) {
                prop_assert_eq!(known(&kept.with(now.clone())), now);
            }
        }
    }
}
