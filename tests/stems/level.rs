//! Parts with the sounds that words ask for, as loud as fits the song, one after the other.

use std::time::{Duration, Instant};

use consort::jobs::stem::asking::Sheet;
use consort::jobs::stem::level;
use consort::music::{GridNote, Part, PartKind};
use serde_json::{Value, json};

use crate::host::{STEMS, Session, Sound};
use crate::timeline::Timeline;
use crate::{RATE, linked_in, watched};

/// Two bars at 120.
const ROUND: usize = 192_000;
/// How loud the song is, LUFS.
const SONG: f64 = -14.0;

/// Two bars from these notes: step, key, velocity, length in steps.
fn sheet(kind: PartKind, notes: &[(u32, u8, u8, f32)]) -> Sheet {
    let note = |&(step, key, velocity, length): &(u32, u8, u8, f32)| GridNote {
        step,
        offset: 0.0,
        length,
        key,
        velocity,
    };
    Sheet {
        kind: Some(kind),
        variations: vec![Part::new(Some(kind), notes.iter().map(note).collect())],
        steps: 32,
        bar: 16,
        pace: 0.25,
        bpm: 120.0,
        repeats: true,
        context_lufs: Some(SONG),
        ..Sheet::default()
    }
}

fn drums() -> Sheet {
    let beats = (0..8).map(|beat| (4 * beat, if beat % 2 == 0 { 36 } else { 38 }, 110, 1.0));
    let ride = (0..16).map(|eighth| (2 * eighth, 51, 80, 1.0));
    sheet(PartKind::Drums, &beats.chain(ride).collect::<Vec<_>>())
}

fn bass() -> Sheet {
    let notes = (0..8).map(|beat| (4 * beat, 36 + 2 * (beat as u8 % 4), 100, 3.5));
    sheet(PartKind::Bass, &notes.collect::<Vec<_>>())
}

/// A project whose part's sound is yet to be made.
fn asking(words: &str, sheet: &Sheet) -> Value {
    let kind = sheet.kind.expect("it has one");
    json!({ "sheet": sheet, "asked": { "words": words, "kind": kind, "seed": 1 } })
}

struct Band {
    session: Session,
    highest: f32,
}

impl Band {
    fn new() -> Band {
        let mut session = Session::open_one(&linked_in(), STEMS, RATE, 512);
        let timeline = Timeline::new(0, (4, 4), 120.0, 0.0, RATE);
        let audio = session.audio.as_mut().expect("active");
        audio.around = watched::watched;
        audio.transport = Some(Box::new(move |frame| timeline.at(frame)));
        Band {
            session,
            highest: 0.0,
        }
    }

    fn load(&mut self, stem: &Value) {
        let state = self.session.save().with_field("stem", stem);
        assert!(self.session.load(&state));
    }

    fn stem(&mut self) -> Value {
        self.session.save().field("stem").unwrap_or_default()
    }

    fn play(&mut self) -> (Sound, Vec<u16>) {
        let audio = self.session.audio.as_mut().expect("active");
        audio.notes_out.clear();
        let sound = self.session.play(&[], ROUND, &[512]);
        self.highest = self.highest.max(sound.peak(0..ROUND));
        assert!(self.highest < 1.0, "a peak of {}", self.highest);
        let audio = self.session.audio.as_mut().expect("active");
        let keys = audio.notes_out.iter().filter(|n| n.3).map(|n| n.2);
        (sound, keys.collect())
    }

    /// Plays on until these are the keys that are played, then until what was before has died away.
    /// Rounds until then, each of which plays one part or the other, or both, one after the other.
    fn until(&mut self, sheet: &Sheet) -> Vec<(Sound, Vec<u16>)> {
        let mut wanted: Vec<u16> = notes(sheet);
        wanted.sort_unstable();
        let (begun, mut rounds) = (Instant::now(), Vec::new());
        loop {
            let (sound, mut keys) = self.play();
            keys.sort_unstable();
            if keys == wanted {
                break;
            }
            rounds.push((sound, keys));
            assert!(begun.elapsed() < Duration::from_secs(120), "it never comes");
            std::thread::sleep(Duration::from_millis(20));
        }
        for _ in 0..3 {
            self.play();
        }
        rounds
    }

    fn print(&mut self, about: &str) -> (Sound, f64) {
        let (sound, _) = self.play();
        let lufs = level::of(&sound.left, &sound.right, RATE as u32);
        let lufs = lufs.unwrap_or(f64::NEG_INFINITY);
        let peak = sound.peak(0..ROUND);
        println!("{about:<24} peak {peak:.3} {lufs:>6.1} LUFS");
        (sound, lufs)
    }
}

fn notes(sheet: &Sheet) -> Vec<u16> {
    let notes = sheet.variations[0].notes.iter();
    notes.map(|note| u16::from(note.key)).collect()
}

fn furthest(a: &Sound, b: &Sound) -> f32 {
    let off = |a: &[f32], b: &[f32]| {
        let both = a.iter().zip(b);
        both.map(|(a, b)| (a - b).abs()).fold(0.0f32, f32::max)
    };
    off(&a.left, &b.left).max(off(&a.right, &b.right))
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn drums_then_bass_then_drums_again_in_a_host() {
    let mut band = Band::new();
    band.load(&asking("add jazzy drums", &drums()));
    let before = band.until(&drums());
    let silent = |(sound, keys): &(Sound, Vec<u16>)| keys.is_empty() && sound.peak(0..ROUND) == 0.0;
    let most = before.len() - 1;
    assert!(
        before[..most].iter().all(silent),
        "no note before its sound"
    );
    let (drums_sound, lufs) = band.print("add jazzy drums");
    assert!(lufs > -30.0 && lufs < SONG - level::under(PartKind::Drums, "") + 1.5);
    let saved = band.stem();
    assert!(saved["instrument"].is_string() && saved["sheet"]["trim_db"].is_number());

    band.load(&asking("add bass", &bass()));
    let between = band.until(&bass());
    let most = between.len() - 1;
    println!("{most} rounds of drums until the bass has its sound");
    for (index, (sound, keys)) in between[..most].iter().enumerate() {
        assert_eq!(keys.len(), notes(&drums()).len(), "the drums go on");
        assert!(
            furthest(sound, &drums_sound) < 1e-6,
            "round {index} is as before"
        );
    }
    let (_, lufs) = band.print("add bass");
    assert!((lufs - (SONG - level::under(PartKind::Bass, ""))).abs() < 1.5);

    // As undo does it.
    band.load(&saved);
    band.until(&drums());
    let (again, _) = band.print("the drums again");
    assert!(furthest(&again, &drums_sound) < 1e-6);
    println!("highest peak {:.3}", band.highest);
    assert_eq!(watched::violations(), 0, "allocations or frees");
}
