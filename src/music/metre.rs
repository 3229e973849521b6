//! Metres: "4/4", "6/8".

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::key::NameError;

/// A metre as its time signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Metre {
    /// The upper number, 1 to 64.
    pub count: u8,
    /// The lower number: 1, 2, 4, 8, 16 or 32.
    pub unit: u8,
}

impl Metre {
    /// Whether a beat has three parts: 6/8, 9/8, 12/8. Any thread.
    #[must_use]
    pub fn compound(self) -> bool {
        self.unit >= 8 && self.count > 3 && self.count.is_multiple_of(3)
    }

    /// Felt beats in a bar: 2 in 6/8, 3 in 3/4. Any thread.
    #[must_use]
    pub fn beats(self) -> u8 {
        if self.compound() {
            self.count / 3
        } else {
            self.count
        }
    }
}

impl Metre {
    /// Quarter notes of a felt beat: 1 in 4/4, 1.5 in 6/8, 0.5 in 7/8. Any thread.
    #[must_use]
    pub fn quarters(self) -> f64 {
        let units = if self.compound() { 3.0 } else { 1.0 };
        units * 4.0 / f64::from(self.unit)
    }
}

impl fmt::Display for Metre {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}/{}", self.count, self.unit)
    }
}

impl FromStr for Metre {
    type Err = NameError;

    /// "4/4".
    fn from_str(text: &str) -> Result<Self, NameError> {
        let read = || {
            let (count, unit) = text.trim().split_once('/')?;
            let (count, unit): (u8, u8) = (count.trim().parse().ok()?, unit.trim().parse().ok()?);
            let fits = (1..=64).contains(&count) && unit.is_power_of_two() && unit <= 32;
            fits.then_some(Metre { count, unit })
        };
        read().ok_or_else(|| NameError {
            text: text.to_owned(),
            what: "metre",
            example: "“4/4” or “6/8”",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metres_have_names_and_beats() {
        for (name, beats) in [
            ("4/4", 4),
            ("3/4", 3),
            ("6/8", 2),
            ("12/8", 4),
            ("5/4", 5),
            ("3/8", 3),
        ] {
            let metre: Metre = name.parse().unwrap();
            assert_eq!((metre.to_string().as_str(), metre.beats()), (name, beats));
        }
        for (name, quarters) in [("4/4", 1.0), ("6/8", 1.5), ("7/8", 0.5), ("2/2", 2.0)] {
            assert_eq!(name.parse::<Metre>().unwrap().quarters(), quarters);
        }
        for wrong in ["", "4", "0/4", "4/0", "4/5", "65/4", "x/4", "-3/4"] {
            assert!(wrong.parse::<Metre>().is_err(), "{wrong}");
        }
    }
}
