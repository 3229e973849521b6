//! What must be true of a part, in words: the language of the table.
//!
//! `MEASURE PIECE [at PLACES] [in BARS] OP VALUE`, where
//! - MEASURE is `count` (hits a bar), `on` (share of the places that are struck), `only` (share of the hits that are there), `level` (mean
//!   velocity), `late` (mean offset, steps), `spread` (its deviation), `swing` (share of second eighths that are late), `key` (median),
//!   `length` (median, steps), `onsets` (a bar), `voices` (of an onset), `root` (share of onsets), `tones` (of a bar);
//! - PIECE is one of [`keys`]; PLACES `1,2&,4a`, `beats`, `offbeats`, `eighths`, `sixteenths`; BARS `5`, `9-12`, `all`, `last`;
//! - OP is `=`, `<`, `>`, `<=`, `>=`; VALUE a number, or `base` (the same of the part before, or of the base's words), or `in BARS` (the
//!   same elsewhere), and then perhaps `* 0.7`, `+ 8` or `- 8`.
//!
//! Besides: `fill BARS`, `nofill BARS`, `ends BAR`, `empty BARS`, `same [but PIECES] [outside BARS]`, `differs`.

use std::collections::HashMap;
use std::ops::Range;

use consort::music::{GridNote, Part};

/// A part to be judged, and the one that it is compared with.
pub struct Take<'a> {
    pub part: &'a Part,
    pub base: &'a Part,
    /// Steps of a bar, and how many bars there are.
    pub bar: usize,
    pub bars: usize,
    /// Pitch class of the root of each bar's chord.
    pub roots: &'a [u8],
}

pub fn keys(piece: &str) -> Option<Vec<u8>> {
    Some(match piece {
        "kick" => vec![35, 36],
        "snare" => vec![38, 40],
        "stick" => vec![37],
        "clap" => vec![39],
        "backbeat" => vec![37, 38, 39, 40],
        "chat" => vec![42],
        "ohat" => vec![46],
        "hat" => vec![42, 44, 46],
        "tom" => vec![41, 43, 45, 47, 48, 50],
        "crash" => vec![49, 52, 55, 57],
        "ride" => vec![51, 53, 59],
        "cymbal" => vec![42, 44, 46, 49, 51, 52, 53, 55, 57, 59],
        "tambourine" => vec![54],
        "shaker" => vec![54, 69, 70, 82],
        "cowbell" => vec![56],
        "conga" => vec![60, 61, 62, 63, 64],
        "time" => vec![42, 44, 46, 51, 53, 59],
        "all" => (0..128).collect(),
        _ => return None,
    })
}

impl Take<'_> {
    /// Why a claim doesn't hold; nothing where it does.
    pub fn judge(&self, claim: &str) -> Result<(), String> {
        let words: Vec<&str> = claim.split_whitespace().collect();
        let held = match words[..] {
            ["fill", bars] => {
                let all = self.listed(bars);
                all.iter().all(|bar| self.fill(*bar, &all) >= 3)
            }
            ["nofill", bars] => {
                let all = self.listed(bars);
                all.iter().all(|bar| self.fill(*bar, &[]) <= 1)
            }
            ["ends", bar] => self.ends(self.listed(bar)[0]),
            ["empty", bars] => self.some("all", &self.range(bars), self.part).is_empty(),
            ["differs"] => self.part.notes != self.base.notes,
            ["same", ref rest @ ..] => self.same(rest),
            _ => {
                return self
                    .compared(&words)
                    .map_err(|why| format!("{claim}: {why}"));
            }
        };
        let fills: Vec<usize> = (1..=self.bars).map(|bar| self.fill(bar, &[])).collect();
        match held {
            true => Ok(()),
            false if claim.contains("fill") => Err(format!("{claim} {fills:?}")),
            false => Err(claim.to_owned()),
        }
    }

    fn compared(&self, words: &[&str]) -> Result<(), String> {
        let op = words
            .iter()
            .position(|word| ["=", "<", ">", "<=", ">="].contains(word))
            .unwrap_or_else(|| panic!("no operator in {words:?}"));
        let (left, right) = (&words[..op], &words[op + 1..]);
        let found = self.measure(left, self.part);
        let (value, rest) = match right {
            ["base", rest @ ..] => (self.measure(left, self.base), rest),
            ["in", bars, rest @ ..] => {
                let mut other: Vec<&str> = left.to_vec();
                match other.iter().position(|word| *word == "in") {
                    Some(at) => other[at + 1] = bars,
                    None => other.extend(["in", bars]),
                }
                (self.measure(&other, self.part), rest)
            }
            [number, rest @ ..] => (number.parse().unwrap(), rest),
            [] => panic!("nothing to compare with in {words:?}"),
        };
        let value: f64 = match rest {
            [] => value,
            ["*", by] => value * by.parse::<f64>().unwrap(),
            ["+", more] => value + more.parse::<f64>().unwrap(),
            ["-", less] => value - less.parse::<f64>().unwrap(),
            _ => panic!("{words:?}"),
        };
        let slack = 1e-6;
        let held = match words[op] {
            "=" => (found - value).abs() < slack,
            "<" => found < value,
            ">" => found > value,
            "<=" => found <= value + slack,
            _ => found >= value - slack,
        };
        held.then_some(())
            .ok_or(format!("{found:.3} and not {} {value:.3}", words[op]))
    }

    fn measure(&self, words: &[&str], part: &Part) -> f64 {
        let after = |name: &str| {
            let at = words.iter().position(|word| *word == name)?;
            words.get(at + 1).copied()
        };
        let bars = self.range(after("in").unwrap_or("all"));
        let notes = self.some(words[1], &bars, part);
        let places = after("at").map(|places| self.places(places));
        let places = places.unwrap_or_default();
        let count = bars.len().max(1) as f64;
        let within = |note: &&GridNote| places.contains(&(note.step as usize % self.bar));
        let mut onsets: Vec<u32> = notes.iter().map(|note| note.step).collect();
        onsets.dedup();
        match words[0] {
            "count" => notes.len() as f64 / count,
            "onsets" => onsets.len() as f64 / count,
            "voices" => notes.len() as f64 / onsets.len() as f64,
            "on" => {
                let all = bars
                    .clone()
                    .flat_map(|bar| places.iter().map(move |place| bar * self.bar + place));
                mean(
                    all.map(|step| {
                        f64::from(u8::from(notes.iter().any(|n| n.step as usize == step)))
                    }),
                )
            }
            "only" => notes.iter().filter(within).count() as f64 / notes.len() as f64,
            "level" => {
                let some: Vec<&GridNote> = match places.is_empty() {
                    true => notes.iter().collect(),
                    false => notes.iter().filter(within).collect(),
                };
                mean(some.iter().map(|note| f64::from(note.velocity)))
            }
            "late" => mean(notes.iter().map(|note| f64::from(note.offset))),
            "spread" => {
                let usual = mean(notes.iter().map(|note| f64::from(note.offset)));
                mean(notes.iter().map(|n| (f64::from(n.offset) - usual).powi(2))).sqrt()
            }
            "swing" => {
                let at = |range: Range<f64>| {
                    let there = notes.iter().filter(|n| range.contains(&(n.start() % 4.0)));
                    there.count() as f64
                };
                let (late, even) = (at(2.35..2.95), at(1.7..2.35));
                late / (late + even)
            }
            "key" => median(notes.iter().map(|note| f64::from(note.key))),
            "length" => median(notes.iter().map(|note| f64::from(note.length))),
            "root" => mean(onsets.iter().map(|step| {
                let lowest = notes.iter().filter(|note| note.step == *step);
                let lowest = lowest.map(|note| note.key).min().unwrap_or(0);
                let root = self.roots[(*step as usize / self.bar).min(self.roots.len() - 1)];
                f64::from(u8::from(lowest % 12 == root))
            })),
            "tones" => mean(bars.map(|bar| {
                let of = notes.iter().filter(|n| n.step as usize / self.bar == bar);
                let mut keys: Vec<u8> = of.map(|note| note.key).collect();
                keys.sort_unstable();
                keys.dedup();
                keys.len() as f64
            })),
            other => panic!("no measure is called {other}"),
        }
    }

    fn some(&self, piece: &str, bars: &Range<usize>, part: &Part) -> Vec<GridNote> {
        let keys = keys(piece).unwrap_or_else(|| panic!("no piece is called {piece}"));
        let there = |note: &&GridNote| {
            bars.contains(&(note.step as usize / self.bar)) && keys.contains(&note.key)
        };
        let mut notes: Vec<GridNote> = part.notes.iter().filter(there).copied().collect();
        notes.sort_by_key(|note| (note.step, note.key));
        notes
    }

    /// Bars from 0.
    fn range(&self, bars: &str) -> Range<usize> {
        match (bars, bars.split_once('-')) {
            ("all", _) => 0..self.bars,
            ("last", _) => self.bars - 1..self.bars,
            (_, Some((first, last))) => first.parse::<usize>().unwrap() - 1..last.parse().unwrap(),
            (one, None) => {
                let bar: usize = one.parse().unwrap();
                bar - 1..bar
            }
        }
    }

    /// Bars from 1.
    fn listed(&self, bars: &str) -> Vec<usize> {
        let each = bars.split(',').flat_map(|bars| self.range(bars));
        each.map(|bar| bar + 1)
            .filter(|bar| *bar <= self.bars)
            .collect()
    }

    fn places(&self, places: &str) -> Vec<usize> {
        let every = |from: usize, by: usize| (from..self.bar).step_by(by).collect::<Vec<_>>();
        match places {
            "beats" => return every(0, 4),
            "offbeats" => return every(2, 4),
            "eighths" => return every(0, 2),
            "sixteenths" => return every(0, 1),
            _ => {}
        }
        let place = |place: &str| {
            let beat: usize = place[..1].parse().unwrap();
            let over = match &place[1..] {
                "" => 0,
                "e" => 1,
                "&" => 2,
                "a" => 3,
                _ => panic!("no place is called {place}"),
            };
            (beat - 1) * 4 + over
        };
        places.split(',').map(place).collect()
    }

    /// Strokes by hand in a bar's second half that hardly another bar has, those that have fills apart; three are a fill.
    fn fill(&self, bar: usize, fills: &[usize]) -> usize {
        let drums = [
            37u8, 38, 39, 40, 41, 43, 45, 47, 48, 50, 60, 61, 62, 63, 64, 65, 66,
        ];
        let mut usual: HashMap<(u8, usize), usize> = HashMap::new();
        for note in &self.part.notes {
            let (number, place) = (note.step as usize / self.bar, note.step as usize % self.bar);
            if number + 1 != bar && !fills.contains(&(number + 1)) {
                *usual.entry((note.key, place)).or_default() += 1;
            }
        }
        let mut strokes: Vec<usize> = self
            .part
            .notes
            .iter()
            .filter(|note| note.step as usize / self.bar + 1 == bar && drums.contains(&note.key))
            .map(|note| (note.key, note.step as usize % self.bar))
            .filter(|(key, place)| {
                let often = usual.get(&(*key, *place)).copied().unwrap_or(0);
                let others = (self.bars - fills.len().max(1)).max(1);
                *place >= self.bar / 2 && often * 3 <= others
            })
            .map(|(_, place)| place)
            .collect();
        strokes.sort_unstable();
        strokes.dedup();
        strokes.len()
    }

    /// The last strokes are on a bar's first beat.
    fn ends(&self, bar: usize) -> bool {
        let last = self.part.notes.iter().map(|note| note.step as usize).max();
        last == Some((bar - 1) * self.bar)
    }

    fn same(&self, rest: &[&str]) -> bool {
        let after = |name: &str| {
            let at = rest.iter().position(|word| *word == name)?;
            rest.get(at + 1).copied()
        };
        let pieces: Vec<u8> = after("but").map_or(Vec::new(), |names| {
            let all = names.split(',').map(|name| keys(name).unwrap());
            all.flatten().collect()
        });
        let bars = after("outside").map(|bars| self.range(bars));
        let kept = |note: &&GridNote| {
            let is_piece = pieces.is_empty() || pieces.contains(&note.key);
            let inside = bars
                .as_ref()
                .is_none_or(|bars| bars.contains(&(note.step as usize / self.bar)));
            let changes = is_piece && inside && !(pieces.is_empty() && bars.is_none());
            !changes
        };
        let of = |part: &Part| -> Vec<(u32, u8, u8, u32, u32)> {
            let kept = part.notes.iter().filter(kept);
            let mut all: Vec<_> = kept
                .map(|n| {
                    (
                        n.step,
                        n.key,
                        n.velocity,
                        n.offset.to_bits(),
                        n.length.to_bits(),
                    )
                })
                .collect();
            all.sort_unstable();
            all
        };
        of(self.part) == of(self.base)
    }
}

fn mean(all: impl Iterator<Item = f64>) -> f64 {
    let (count, sum) = all.fold((0.0, 0.0), |(count, sum), value| (count + 1.0, sum + value));
    sum / count
}

fn median(all: impl Iterator<Item = f64>) -> f64 {
    let mut all: Vec<f64> = all.collect();
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or(f64::NAN)
}
