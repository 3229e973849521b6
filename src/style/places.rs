//! Places in a bar, as musicians count them: `1`, `2&`, `3e`, `4a`; `2t` and `2l`, the second and last of a beat's three; `beats`, `eighths`, `offbeats`,
//! `sixteenths`, `thirds` and `lets` (the same of all beats), `e`, `&`, `a`; `2:3&` is in the second of a style's bars. In metres of eighths (6/8) numbers count eighths.

/// Steps of a quarter note.
const QUARTER: usize = 4;

/// A place that there isn't in these bars, as it is written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no place \"{0}\"")]
pub struct NoPlace(String);

/// Bars as a style counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bars {
    /// Steps of one.
    pub steps: usize,
    /// How many there are.
    pub count: usize,
    /// Counted in eighths.
    pub eighths: bool,
}

impl Bars {
    /// Steps of all.
    #[must_use]
    pub fn all(self) -> usize {
        self.steps * self.count
    }

    /// Steps of what numbers count.
    fn unit(self) -> usize {
        if self.eighths { QUARTER / 2 } else { QUARTER }
    }

    /// Steps of a beat: in metres of eighths three of those.
    #[must_use]
    pub fn beat(self) -> usize {
        if self.eighths {
            3 * self.unit()
        } else {
            QUARTER
        }
    }

    /// The steps of these places, in order.
    ///
    /// # Errors
    /// [`NoPlace`].
    pub fn at(self, places: &str) -> Result<Vec<usize>, NoPlace> {
        let mut found = Vec::new();
        for word in places.split_ascii_whitespace() {
            let unknown = || NoPlace(word.to_owned());
            let (bars, place) = match word.split_once(':') {
                Some((bar, place)) => {
                    let bar: usize = bar.parse().map_err(|_| unknown())?;
                    let bar = bar.checked_sub(1).filter(|bar| *bar < self.count);
                    let bar = bar.ok_or_else(unknown)?;
                    (bar..bar + 1, place)
                }
                None => (0..self.count, word),
            };
            let within = self.within(place).ok_or_else(unknown)?;
            for bar in bars {
                found.extend(within.iter().map(|step| bar * self.steps + step));
            }
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// The steps of a place in each bar.
    fn within(self, place: &str) -> Option<Vec<usize>> {
        let every = |from: usize, by: usize| Some((from..self.steps).step_by(by).collect());
        let unit = self.unit();
        match place {
            "beats" => every(0, self.beat()),
            "eighths" => every(0, QUARTER / 2),
            "offbeats" | "&" => every(unit / 2, unit),
            "sixteenths" => every(0, 1),
            "lets" | "a" => every(3, QUARTER),
            "thirds" | "e" => every(1, QUARTER),
            _ => {
                let digits =
                    place.len() - place.trim_start_matches(|c: char| c.is_ascii_digit()).len();
                let (number, after) = place.split_at(digits);
                let number: usize = number.parse().ok().filter(|number| *number > 0)?;
                let over = match (after, self.eighths) {
                    ("", _) => 0,
                    ("&", true) | ("e" | "t", false) => 1,
                    ("&", false) => 2,
                    ("a" | "l", false) => 3,
                    _ => return None,
                };
                let step = (number - 1) * unit + over;
                (step < self.steps).then(|| vec![step])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_where_musicians_count_them() {
        let two = Bars {
            steps: 16,
            count: 2,
            eighths: false,
        };
        assert_eq!(two.at("1 2& 4a").unwrap(), [0, 6, 15, 16, 22, 31]);
        assert_eq!(two.at("2:3 1:1e").unwrap(), [1, 24]);
        assert_eq!(two.at("beats").unwrap().len(), 8);
        assert_eq!(two.at("offbeats").unwrap()[..3], [2, 6, 10]);
        assert_eq!(two.at("2l").unwrap(), [7, 23]);
        let six = Bars {
            steps: 12,
            count: 1,
            eighths: true,
        };
        assert_eq!(six.at("1 4 6&").unwrap(), [0, 6, 11]);
        assert_eq!(six.at("beats").unwrap(), [0, 6]);
        assert_eq!(six.at("eighths").unwrap(), [0, 2, 4, 6, 8, 10]);
        for wrong in ["5", "0", "2x", "3:1", "", "x"] {
            assert_eq!(two.at(wrong).is_err(), !wrong.is_empty(), "{wrong}");
        }
    }
}
