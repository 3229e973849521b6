//! Which sample of an SFZ instrument stands for it: the one that plays middle C at a medium
//! velocity, or the nearest to that.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::instrument::open;

/// The key and velocity by which an instrument stands in the library.
const KEY: i32 = 60;
const VELOCITY: i32 = 100;
/// Longer texts aren't SFZ files.
const LONGEST: u64 = 8 << 20;

/// A sample and the MIDI key that it was recorded at.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sample {
    pub(super) path: PathBuf,
    pub(super) key: Option<f64>,
}

/// All samples of an SFZ file, the one that stands for it first; none when it can't be read or
/// names none that are there.
pub(super) fn samples(file: &Path) -> Vec<Sample> {
    let text = open::read(file, LONGEST).unwrap_or_default();
    let text = String::from_utf8_lossy(&text).into_owned();
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut regions = regions(&text);
    regions.sort_by_key(|region| region.distance);
    let mut found: Vec<Sample> = Vec::new();
    for Region { sample, key, .. } in regions {
        let path = folder.join(sample);
        if path.is_file() && found.iter().all(|known| known.path != path) {
            found.push(Sample { path, key });
        }
    }
    found
}

struct Region {
    sample: String,
    key: Option<f64>,
    /// From middle C at a medium velocity.
    distance: i32,
}

fn regions(text: &str) -> Vec<Region> {
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
    for token in tokens(text) {
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
    Some(Region {
        sample: format!("{default_path}{sample}").replace('\\', "/"),
        key: center.map(f64::from),
        distance: apart + center.map_or(0, |center| (center - KEY).abs().min(9)),
    })
}

enum Token {
    Header(String),
    Opcode(String, String),
}

/// Headers and opcodes in order. A value goes on to the next opcode, for samples have spaces in
/// their names.
fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    for line in text.lines() {
        let line = line.split("//").next().unwrap_or_default();
        for part in line
            .split_inclusive('>')
            .flat_map(|part| part.split_inclusive('<'))
        {
            let part = part.trim_end_matches('<');
            if let Some(header) = part.trim().strip_suffix('>') {
                tokens.push(Token::Header(header.trim().to_lowercase()));
                continue;
            }
            let mut open: Option<(String, String)> = None;
            for word in part.split_whitespace() {
                match word.split_once('=') {
                    Some((name, value)) => {
                        tokens.extend(open.take().map(|(name, value)| Token::Opcode(name, value)));
                        open = Some((name.to_lowercase(), value.to_owned()));
                    }
                    None => {
                        if let Some((_, value)) = &mut open {
                            value.push(' ');
                            value.push_str(word);
                        }
                    }
                }
            }
            tokens.extend(open.map(|(name, value)| Token::Opcode(name, value)));
        }
    }
    tokens
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
mod tests {
    use super::*;

    const TEXT: &str = "// a piano
<control> default_path=samples\\
<global> ampeg_release=0.3
<group> lovel=1 hivel=63
<region> sample=soft c4.wav lokey=c4 hikey=d#4 pitch_keycenter=c4
<group> lovel=64
<region>
sample=low.wav lokey=20 hikey=50 pitch_keycenter=40
<region> sample=loud c4.wav lokey=55 hikey=63 pitch_keycenter=61 volume=-3
<region> sample=*sine key=60";

    #[test]
    fn the_sample_of_middle_c_comes_first() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("piano.sfz");
        std::fs::write(&file, TEXT).unwrap();
        assert!(samples(&file).is_empty(), "none of its samples is there");
        std::fs::create_dir(folder.path().join("samples")).unwrap();
        for name in ["soft c4.wav", "low.wav", "loud c4.wav"] {
            std::fs::write(folder.path().join("samples").join(name), "").unwrap();
        }
        let found = samples(&file);
        let names: Vec<_> = found
            .iter()
            .map(|s| (s.path.file_name().unwrap().to_str().unwrap(), s.key))
            .collect();
        assert_eq!(
            names,
            [
                ("loud c4.wav", Some(61.0)),
                ("soft c4.wav", Some(60.0)),
                ("low.wav", Some(40.0))
            ]
        );
    }

    #[test]
    fn what_is_no_sfz_has_no_samples() {
        for text in [
            "",
            "<region",
            "<region> sample",
            ">>>=<<<=",
            "<region>sample=\nkey=x",
        ] {
            assert!(
                regions(text).iter().all(|region| region.sample.is_empty()),
                "{text:?}"
            );
        }
        assert_eq!(samples(Path::new("/nowhere.sfz")), []);
        assert_eq!(
            (key_number("a0"), key_number("Bb3"), key_number("h")),
            (Some(21), Some(58), None)
        );
    }
}
