//! Which sample of an SFZ instrument stands for it: the one that plays middle C at a medium
//! velocity, or the nearest to that.

mod files;
mod text;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use files::Files;
use text::Token;

/// The key and velocity by which an instrument stands in the library.
const KEY: i32 = 60;
const VELOCITY: i32 = 100;
/// What plays by the usual keyswitch comes before all else.
const OTHER_SWITCH: i32 = 1_000_000;

/// A sample and the MIDI key that it was recorded at.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sample {
    pub(super) path: PathBuf,
    pub(super) key: Option<f64>,
    /// Whether it begins with the key, rather than sounding when that is let go, or never.
    pub(super) plays: bool,
}

/// All samples of an SFZ file, the one that stands for it first; none when it can't be read or
/// names none that are there.
pub(super) fn samples(file: &Path) -> Vec<Sample> {
    let mut files = Files::new(file.parent().unwrap_or(Path::new(".")));
    let mut regions = regions(text::tokens(file, &mut files));
    regions.sort_by_key(|region| (!region.plays, region.distance));
    let mut found: Vec<Sample> = Vec::new();
    for Region {
        sample, key, plays, ..
    } in regions
    {
        if let Some(path) = files.find(&sample)
            && found.iter().all(|known| known.path != path)
        {
            found.push(Sample { path, key, plays });
        }
    }
    found
}

struct Region {
    sample: String,
    key: Option<f64>,
    plays: bool,
    /// From middle C at a medium velocity.
    distance: i32,
}

fn regions(tokens: Vec<Token>) -> Vec<Region> {
    let mut scopes = HashMap::new();
    let mut default_path = String::new();
    let mut regions = Vec::new();
    let mut header = String::new();
    let mut close = |header: &str, scopes: &HashMap<String, Opcodes>, default_path: &str| {
        if header == "region" {
            let all = ["global", "master", "group", "region"];
            let all = all.iter().filter_map(|scope| scopes.get(*scope));
            let opcodes: Opcodes = all.flatten().map(|(a, b)| (a.clone(), b.clone())).collect();
            regions.extend(region(&opcodes, default_path));
        }
    };
    for token in tokens {
        match token {
            Token::Header(next) => {
                close(&header, &scopes, &default_path);
                // A header ends what was said under it and under those below it.
                let below: &[&str] = match next.as_str() {
                    "global" => &["global", "master", "group", "region"],
                    "master" => &["master", "group", "region"],
                    "group" => &["group", "region"],
                    _ => &["region"],
                };
                below.iter().for_each(|scope| drop(scopes.remove(*scope)));
                header = next;
            }
            Token::Opcode(name, value) if header == "control" => {
                if name == "default_path" {
                    default_path = value;
                }
            }
            Token::Opcode(name, value) => {
                let scope: &mut Opcodes = scopes.entry(header.clone()).or_default();
                scope.insert(name, value);
            }
        }
    }
    close(&header, &scopes, &default_path);
    regions
}

type Opcodes = HashMap<String, String>;

fn region(opcodes: &Opcodes, default_path: &str) -> Option<Region> {
    let sample = opcodes
        .get("sample")
        .filter(|name| !name.starts_with('*'))?;
    let number = |name: &str| opcodes.get(name).and_then(|value| key_number(value));
    let key = number("key");
    let (low, high) = (
        number("lokey").or(key).unwrap_or(0),
        number("hikey").or(key).unwrap_or(127),
    );
    let (soft, loud) = (number("lovel").unwrap_or(0), number("hivel").unwrap_or(127));
    let outside = |x: i32, low: i32, high: i32| (low - x).max(x - high).max(0);
    let center = number("pitch_keycenter").or(key);
    let apart = outside(KEY, low, high) * 1000 + outside(VELOCITY, soft, loud) * 10;
    let switched = ["sw_last", "sw_down"].iter().find_map(|name| number(name));
    let other = switched.is_some() && switched != number("sw_default");
    let apart = apart + if other { OTHER_SWITCH } else { 0 };
    let trigger = opcodes.get("trigger").map(|trigger| trigger.to_lowercase());
    let released = trigger.is_some_and(|trigger| trigger.starts_with("release"));
    // A pedal's noise hangs on its controller, and keys below 0 are no keys.
    let by_controller = opcodes.keys().any(|name| {
        ["on_locc", "start_locc", "on_hicc", "start_hicc"]
            .iter()
            .any(|start| name.starts_with(start))
    });
    let plays = !(released || by_controller || high < low || high < 0);
    Some(Region {
        sample: format!("{default_path}{sample}"),
        plays,
        key: center.map(f64::from),
        distance: apart + center.map_or(0, |center| (center - KEY).abs().min(9)),
    })
}

/// A MIDI number, or a name such as `c#4` (60 is c4).
fn key_number(text: &str) -> Option<i32> {
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let mut letters = text.chars();
    let step = match letters.next()?.to_ascii_lowercase() {
        'c' => 0,
        'd' => 2,
        'e' => 4,
        'f' => 5,
        'g' => 7,
        'a' => 9,
        'b' => 11,
        _ => return None,
    };
    let rest = letters.as_str();
    let (sign, rest) = match rest.chars().next()? {
        '#' => (1, &rest[1..]),
        'b' => (-1, &rest[1..]),
        _ => (0, rest),
    };
    let octave: i32 = rest.parse().ok()?;
    (-2..=12)
        .contains(&octave)
        .then(|| (octave + 1) * 12 + step + sign)
}

#[cfg(test)]
mod tests;
