//! The language of the checks. A claim is `WHAT TEST [PLACES [PLACES]] WANTED`, claims that may stand for each
//! other are joined with ` or `:
//!
//! ```text
//! kick on 1,3 >= 0.9                  at 90 % of these places a kick is struck
//! loud snare only 2,4 >= 0.9          90 % of the strong strokes are at these places
//! ride swing 1.4..3.2                 off-beats divide the beat so: long part to short part
//! notes root on … ; `root`, `chord`, `count`, …: see [`Test`]
//! ```
//!
//! WHAT is `notes` (everything), pieces of the kit (`kick|stick`), `under60` or `from60` (by MIDI key), `top` or
//! `bottom` (the outer note of each onset), `chords` (onsets of three and more); `loud` or `soft` before it keeps
//! those above or below three quarters of its greatest velocity. PLACES are counted in the metre's lower
//! number from 1: `2`, `2e` `2&` `2a` (sixteenths), `2t` `2l` (triplets), `2s` (a swung off-beat), `2o` (an off-beat,
//! swung or not); `*` in place of a number is each number. WANTED is `>= X`, `<= X` or `X..Y`.

use std::ops::RangeInclusive;

/// Half the width of a place, in quarter notes.
const TOLERANCE: f64 = 0.11;

/// Where in a bar, in counted units from its start.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub low: f64,
    pub high: f64,
}

/// Which of the notes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    Any,
    Loud,
    Soft,
}

#[derive(Clone, Debug)]
pub enum Which {
    All,
    Keys(Vec<u8>),
    Under(u8),
    From(u8),
    Top,
    Bottom,
    Chords,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Test {
    /// `on PLACES`: share of these places, over the bars, where there is one.
    On,
    /// `only PLACES`: share of them that are at these places.
    Only,
    /// `count`: onsets a bar.
    Count,
    /// `accent PLACES`: how much louder they are there than elsewhere, in velocity.
    Accent,
    /// `root PLACES`: share of the lowest notes there that are the chord's root.
    Root,
    /// `fifth PLACES`: share of the lowest notes there that are the chord's fifth.
    Fifth,
    /// `chord PLACES`: share of the notes there that are of the chord, sevenths and sixths included.
    Chord,
    /// `fits`: share of notes that are of the chord or the key.
    Fits,
    /// `into`: share of changes of root that the note before leads into, by a step or by a fourth or fifth.
    Into,
    /// `steps`: share of successive lowest notes that are one or two semitones apart.
    Steps,
    /// `octaves`: share of successive lowest notes that are an octave apart.
    Octaves,
    /// `span`: lowest to highest note of a bar in semitones, the median.
    Span,
    /// `key`: the median MIDI key.
    Key,
    /// `length`: length in quarter notes, the median.
    Length,
    /// `voices`: notes at an onset, the median.
    Voices,
    /// `swing`: long part to short part of the beats, the median.
    Swing,
    /// `same`: share of onsets that the bar before has too.
    Same,
    /// `held`: share of the time in which one sounds.
    Held,
    /// `lower PLACES PLACES`: semitones by which the lowest notes of the first are below those of the second.
    Lower,
}

/// One claim.
#[derive(Clone, Debug)]
pub struct Claim {
    pub strength: Strength,
    pub which: Which,
    pub test: Test,
    pub places: Vec<Vec<Place>>,
    pub wanted: RangeInclusive<f64>,
}

/// Reads claims of which one must hold, for a bar of so many units, of which `quarter` make a quarter note.
pub fn read(text: &str, units: u8, quarter: f64) -> Result<Vec<Claim>, String> {
    let claim = |text| claim(text, units, quarter);
    text.split(" or ").map(claim).collect()
}

fn claim(text: &str, units: u8, quarter: f64) -> Result<Claim, String> {
    let wrong = |what: &str| format!("\"{text}\": {what}");
    let mut words = text.split_whitespace().peekable();
    let strength = match words.peek() {
        Some(&"loud") => Strength::Loud,
        Some(&"soft") => Strength::Soft,
        _ => Strength::Any,
    };
    if strength != Strength::Any {
        words.next();
    }
    let which = words.next().and_then(which).ok_or_else(|| wrong("what?"))?;
    let test = words
        .next()
        .and_then(test)
        .ok_or_else(|| wrong("no such test"))?;
    let mut places = Vec::new();
    for _ in 0..places_of(test) {
        let word = words.next().ok_or_else(|| wrong("where?"))?;
        places.push(read_places(word, units, quarter).ok_or_else(|| wrong("no such place"))?);
    }
    let rest: Vec<&str> = words.collect();
    let wanted = wanted(&rest).ok_or_else(|| wrong("how much?"))?;
    Ok(Claim {
        strength,
        which,
        test,
        places,
        wanted,
    })
}

fn which(word: &str) -> Option<Which> {
    Some(match word {
        "notes" => Which::All,
        "top" => Which::Top,
        "bottom" => Which::Bottom,
        "chords" => Which::Chords,
        _ => {
            if let Some(key) = word.strip_prefix("under") {
                Which::Under(key.parse().ok()?)
            } else if let Some(key) = word.strip_prefix("from") {
                Which::From(key.parse().ok()?)
            } else {
                let keys: Option<Vec<&[u8]>> = word.split('|').map(piece).collect();
                Which::Keys(keys?.concat())
            }
        }
    })
}

/// General MIDI keys of a piece of the kit, or of several that serve alike.
fn piece(name: &str) -> Option<&'static [u8]> {
    Some(match name {
        "kick" => &[35, 36],
        "snare" => &[38, 40],
        "stick" => &[37],
        // Hand claps, and what the part has for them.
        "backbeat" => &[37, 38, 39, 40],
        "hat" => &[42, 44, 46],
        "closed" => &[42],
        "pedal" => &[44],
        "open" => &[46],
        "ride" => &[51, 53, 59],
        "crash" => &[49, 52, 55, 57],
        "tom" => &[41, 43, 45, 47, 48, 50],
        "shaker" => &[54, 69, 70, 73, 74, 82],
        "hand" => &[60, 61, 62, 63, 64, 65, 66],
        "bell" => &[56, 67, 68, 75, 76, 77, 80, 81],
        // Whatever keeps time above the drums.
        "time" => &[
            42, 44, 46, 51, 53, 59, 54, 69, 70, 73, 74, 82, 49, 52, 55, 57, 56,
        ],
        _ => return None,
    })
}

fn test(word: &str) -> Option<Test> {
    Some(match word {
        "on" => Test::On,
        "only" => Test::Only,
        "count" => Test::Count,
        "accent" => Test::Accent,
        "root" => Test::Root,
        "fifth" => Test::Fifth,
        "chord" => Test::Chord,
        "fits" => Test::Fits,
        "into" => Test::Into,
        "steps" => Test::Steps,
        "octaves" => Test::Octaves,
        "span" => Test::Span,
        "key" => Test::Key,
        "length" => Test::Length,
        "voices" => Test::Voices,
        "swing" => Test::Swing,
        "same" => Test::Same,
        "held" => Test::Held,
        "lower" => Test::Lower,
        _ => return None,
    })
}

/// How many lists of places a test takes.
fn places_of(test: Test) -> usize {
    match test {
        Test::Lower => 2,
        Test::On | Test::Only | Test::Accent | Test::Root | Test::Fifth | Test::Chord => 1,
        _ => 0,
    }
}

fn read_places(list: &str, units: u8, quarter: f64) -> Option<Vec<Place>> {
    let mut places = Vec::new();
    for word in list.split(',') {
        let digits = word.find(|letter: char| !letter.is_ascii_digit());
        let (number, suffix) = word.split_at(digits.unwrap_or(word.len()));
        let (numbers, suffix) = match suffix.strip_prefix('*') {
            Some(suffix) if number.is_empty() => (1..=units, suffix),
            _ => {
                let number = number
                    .parse()
                    .ok()
                    .filter(|number| (1..=units).contains(number))?;
                (number..=number, suffix)
            }
        };
        let around = |at: f64| (at - TOLERANCE * quarter, at + TOLERANCE * quarter);
        let (low, high) = match suffix {
            "" => around(0.0),
            "e" => around(0.25),
            "&" => around(0.5),
            "a" => around(0.75),
            "t" => around(1.0 / 3.0),
            "l" => around(2.0 / 3.0),
            "s" => (0.54, 0.82),
            "o" => (0.42, 0.82),
            _ => return None,
        };
        places.extend(numbers.map(|number| Place {
            low: f64::from(number - 1) + low,
            high: f64::from(number - 1) + high,
        }));
    }
    Some(places)
}

fn wanted(words: &[&str]) -> Option<RangeInclusive<f64>> {
    let number = |word: &str| word.parse::<f64>().ok();
    Some(match words {
        [">=", low] => number(low)?..=f64::INFINITY,
        ["<=", high] => f64::NEG_INFINITY..=number(high)?,
        [range] => {
            let (low, high) = range.split_once("..")?;
            number(low)?..=number(high)?
        }
        _ => return None,
    })
}
