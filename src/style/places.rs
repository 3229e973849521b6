//! Places in a bar, as musicians count them: `1`, `2&`, `3e`, `4a`; `2t` and `2l`, the second and last of a beat's three; `beats`, `eighths`, `offbeats`,
//! `sixteenths`, `thirds` and `lets` (the same of all beats), `e`, `&`, `a`; `2:3&` is in the second of a style's bars. In metres of eighths (6/8) numbers count eighths.

/// Steps of a quarter note.
const QUARTER: usize = 4;
/// Steps of the longest bar.
const LONGEST: usize = 64;

/// A place that there isn't in these bars, as it is written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no place \"{0}\"")]
pub struct NoPlace(String);

/// Bars as a style counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bars {
    /// Steps of one, 64 at most.
    pub steps: usize,
    /// How many there are.
    pub count: usize,
    /// Counted in eighths.
    pub eighths: bool,
    /// The steps of a bar that its beats begin at, a bit each.
    beats: u64,
}

/// A metre that styles can't have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoMetre {
    /// Not of quarters or eighths, or too long.
    #[error("its metre is no metre of quarters or eighths: \"{0}\"")]
    Unknown(String),
    /// Its groups of eighths make another one.
    #[error("its groups are not {0} together")]
    Groups(usize),
}

impl Bars {
    /// Bars of a metre: "4/4", "7/8". Eighths are in groups: of three where they can be, else of two and a last one
    /// of three (7/8: 2 + 2 + 3), unless these are given.
    ///
    /// # Errors
    /// [`NoMetre`].
    pub fn of(metre: &str, groups: &[usize], count: usize) -> Result<Self, NoMetre> {
        let wrong = || NoMetre::Unknown(metre.to_owned());
        let (upper, lower) = metre.split_once('/').ok_or_else(wrong)?;
        let upper: usize = upper.parse().map_err(|_| wrong())?;
        let unit = match lower {
            "4" => QUARTER,
            "8" => QUARTER / 2,
            _ => return Err(wrong()),
        };
        let steps = upper * unit;
        if upper < 2 || steps > LONGEST {
            return Err(wrong());
        }
        let usual = match (unit, upper % 3) {
            (QUARTER, _) => vec![1; upper],
            (_, 0) => vec![3; upper / 3],
            (_, _) if upper % 2 == 1 => [vec![2; (upper - 3) / 2], vec![3]].concat(),
            _ => vec![2; upper / 2],
        };
        let groups = if groups.is_empty() {
            &usual[..]
        } else {
            groups
        };
        if groups.iter().sum::<usize>() != upper {
            return Err(NoMetre::Groups(upper));
        }
        let mut beats = 0;
        let mut at = 0;
        for group in groups {
            beats |= 1 << at;
            at += group * unit;
        }
        Ok(Self {
            steps,
            count,
            eighths: unit < QUARTER,
            beats,
        })
    }

    /// The same, so many of them.
    #[must_use]
    pub fn times(self, count: usize) -> Self {
        Self { count, ..self }
    }

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

    /// Whether a beat begins at a step, counted from the first of a bar.
    #[must_use]
    pub fn on_beat(self, step: usize) -> bool {
        self.beats >> (step % self.steps) & 1 == 1
    }

    /// Beats of a bar.
    #[must_use]
    pub fn beats(self) -> usize {
        self.beats.count_ones() as usize
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
            "beats" => Some((0..self.steps).filter(|step| self.on_beat(*step)).collect()),
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
        let two = Bars::of("4/4", &[], 2).unwrap();
        assert_eq!(two.at("1 2& 4a").unwrap(), [0, 6, 15, 16, 22, 31]);
        assert_eq!(two.at("2:3 1:1e").unwrap(), [1, 24]);
        assert_eq!(two.at("beats").unwrap().len(), 8);
        assert_eq!(two.at("offbeats").unwrap()[..3], [2, 6, 10]);
        assert_eq!(two.at("2l").unwrap(), [7, 23]);
        let six = Bars::of("6/8", &[], 1).unwrap();
        assert_eq!(six.at("1 4 6&").unwrap(), [0, 6, 11]);
        assert_eq!(six.at("beats").unwrap(), [0, 6]);
        assert_eq!(six.at("eighths").unwrap(), [0, 2, 4, 6, 8, 10]);
        let of = |metre: &str, groups: &[usize]| {
            let bars = Bars::of(metre, groups, 1);
            bars.map(|bars| bars.at("beats").unwrap())
        };
        assert_eq!(of("7/8", &[]).unwrap(), [0, 4, 8]);
        assert_eq!(of("7/8", &[3, 2, 2]).unwrap(), [0, 6, 10]);
        assert_eq!(of("12/8", &[]).unwrap(), [0, 6, 12, 18]);
        assert_eq!(of("5/8", &[]).unwrap(), [0, 4]);
        assert_eq!(of("6/4", &[]).unwrap().len(), 6);
        for (metre, groups) in [
            ("7/8", &[2, 2][..]),
            ("7/16", &[]),
            ("x", &[]),
            ("99/4", &[]),
        ] {
            assert!(of(metre, groups).is_err(), "{metre}");
        }
        for wrong in ["5", "0", "2x", "3:1", "", "x"] {
            assert_eq!(two.at(wrong).is_err(), !wrong.is_empty(), "{wrong}");
        }
    }
}
