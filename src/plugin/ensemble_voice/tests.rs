//! Several parts of one instance: added, replaced, mixed, remembered, and heard together.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::*;
use crate::jobs::song::Heard;
use crate::jobs::stem::desk::fixture::heard;
use crate::jobs::{MixSettings, Stem, StemOrder, StemStatus};
use crate::plugin::state::{Recalled, read, write};

const RATE: f64 = 48_000.0;
/// Eight bars at 120: what the parts repeat after.
const ROUND: usize = 768_000;

struct Host {
    voice: EnsembleVoice,
    ensemble: Arc<Ensemble>,
    heard: Arc<Heard>,
    frame: u64,
    /// MIDI channels on which notes have begun.
    channels: BTreeSet<u8>,
}

impl Host {
    fn new() -> Host {
        let (mut voice, ensemble) = ensemble_of(
            &RepaintNotifier::new(),
            &(Arc::new(std::env::temp_dir) as _),
        );
        voice.prepare(RATE as f32);
        ensemble.activate(RATE as f32, false);
        Host {
            voice,
            ensemble,
            heard: heard(),
            frame: 0,
            channels: BTreeSet::new(),
        }
    }

    /// What leaves in so many frames, in blocks of this size: energy left and right.
    fn play(&mut self, frames: usize, block: usize) -> [f64; 2] {
        let mut energy = [0.0; 2];
        let mut done = 0;
        while done < frames {
            let size = block.min(frames - done);
            let (mut left, mut right) = (vec![0.0; size], vec![0.0; size]);
            let position = HostPosition {
                playing: true,
                beats: Some(self.frame as f64 / 24_000.0),
                tempo: Some(120.0),
                ..HostPosition::default()
            };
            let (channels, mut last) = (&mut self.channels, 0);
            let out = &mut |frame: usize, event: StemEvent| {
                assert!(frame >= last && frame < size, "in order, within the block");
                last = frame;
                if let StemEvent::On { channel, .. } = event {
                    channels.insert(channel);
                }
            };
            let settings = EnsembleSettings {
                on: true,
                level: 1.0,
                limiter: None,
                outputs: None,
            };
            self.voice
                .add(&position, &mut left, &mut right, settings, out);
            for (energy, side) in energy.iter_mut().zip([left, right]) {
                *energy += side.iter().map(|x| f64::from(x * x)).sum::<f64>();
            }
            self.frame += size as u64;
            done += size;
        }
        energy
    }

    fn order(&self, order: StemOrder) {
        self.ensemble.order(order, Some(self.heard.clone()));
    }

    fn mix(&self, part: usize, settings: MixSettings) {
        self.order(StemOrder::Mix(part, settings));
    }

    fn add(&mut self, words: &str) -> Stem {
        self.order(StemOrder::Make {
            words: words.into(),
            kind: None,
            seed: 1,
        });
        self.settle()
    }

    /// Plays on until all that was asked for is there.
    fn settle(&mut self) -> Stem {
        let begun = Instant::now();
        let pending = self.ensemble.pending();
        let awaits = |host: &Host| {
            let mut voices = host.voice.parts.iter();
            voices.any(|(voice, _)| voice.awaits_sound())
        };
        while is_pending(&pending) || awaits(self) {
            self.play(4_800, 512);
            std::thread::sleep(Duration::from_millis(5));
            assert!(begun.elapsed() < Duration::from_secs(120));
        }
        self.ensemble.stem()
    }

    /// A round of what is there, from its beginning.
    fn round(&mut self, block: usize) -> [f64; 2] {
        self.settle();
        self.play(ROUND - (self.frame as usize % ROUND), 8_192);
        self.channels.clear();
        self.play(ROUND, block)
    }

    fn saved(&self) -> Value {
        self.ensemble.saved(&write)
    }

    fn recall(&self, saved: &Value) {
        let instrument = |saved: &Value| match read(saved) {
            Recalled::Instrument(instrument) => Some(*instrument),
            _ => None,
        };
        self.ensemble.recall(saved, &instrument, Duration::ZERO);
    }
}

fn names(stem: &Stem) -> Vec<&str> {
    stem.parts.iter().map(|tab| tab.name.as_str()).collect()
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn a_bass_is_added_to_the_drums_and_both_are_heard_mixed_and_remembered() {
    let mut host = Host::new();
    let drums = host.add("add jazzy drums");
    assert_eq!(names(&drums), ["Drums"]);
    let alone = host.saved();
    assert!(alone.get("others").is_none() && alone.get("mix").is_none());
    let quiet = host.round(512);
    assert_eq!(host.channels, [9].into());

    // The bass is added, the drums are as they were.
    let bass = host.add("add a walking bass");
    assert_eq!(names(&bass), ["Drums", "Bass"]);
    assert!(bass.parts[1].chosen);
    let both = host.round(512);
    assert_eq!(host.channels, [1, 9].into());
    assert!(both[0] > 1.1 * quiet[0], "{both:?} {quiet:?}");
    host.order(StemOrder::Show(bass.parts[0].part));
    assert_eq!(host.ensemble.stem().sheet, drums.sheet);

    // Others of a kind take its place; what names none leaves all.
    let guitar = host.add("acoustic guitar");
    assert_eq!(names(&guitar), ["Drums", "Bass", "Guitar"]);
    let rock = host.add("rock drums");
    assert_eq!(names(&rock), ["Drums", "Bass", "Guitar"]);
    assert_ne!(rock.sheet, drums.sheet);
    let nothing = host.add("qwertz");
    assert_eq!(names(&nothing), names(&rock));
    assert_eq!(nothing.sheet, rock.sheet, "shown as before");
    assert!(nothing.said.is_some_and(|said| said.is_fault()));

    // Mixed.
    let [drums, bass, guitar] = [0, 1, 2].map(|at| rock.parts[at].part);
    let all = host.round(512);
    let solo = MixSettings {
        solo: true,
        ..MixSettings::default()
    };
    host.mix(bass, solo);
    host.round(8_192);
    assert_eq!(host.channels, [1].into(), "alone");
    host.mix(bass, MixSettings::default());
    let mute = MixSettings {
        mute: true,
        ..MixSettings::default()
    };
    host.mix(drums, mute);
    host.round(512);
    assert_eq!(host.channels, [1, 2].into());
    let left = MixSettings {
        pan: -1.0,
        gain_db: -6.0,
        ..MixSettings::default()
    };
    for part in [drums, bass, guitar] {
        host.mix(part, left);
    }
    host.voice.prepare(RATE as f32);
    host.round(512);
    let [l, r] = host.round(512);
    assert!(r < 1e-3 * l, "also after it is activated anew: {l} {r}");
    let ratio = l / (all[0] + all[1]);
    assert!(ratio > 0.15 && ratio < 0.6, "{ratio}");

    // Remembered, and as before where there is one.
    let saved = host.saved();
    let mut other = Host::new();
    other.recall(&saved);
    let stem = other.settle();
    assert_eq!(
        stem.parts.iter().map(|tab| tab.mix).collect::<Vec<_>>(),
        [left; 3]
    );
    assert_eq!(names(&stem), ["Drums", "Bass", "Guitar"]);
    assert_eq!(other.saved(), saved);
    other.recall(&alone);
    assert_eq!(names(&other.settle()), ["Drums"]);
    assert_eq!(other.saved(), alone);

    // Two at once.
    other.recall(&Value::Null);
    let two = other.add("add jazzy drums and a walking bass");
    assert_eq!(names(&two), ["Drums", "Bass"]);
    assert_eq!(two.said, None);
    other.recall(&alone);

    // Undo takes away what was added; another comes in its place.
    let bass = other.add("add a walking bass");
    assert_eq!(names(&bass), ["Drums", "Bass"]);
    while other.ensemble.can_step(bass.parts[1].part, true) {
        other.order(StemOrder::Undo);
    }
    assert_eq!(names(&other.ensemble.stem()), ["Drums"]);
    other.order(StemOrder::Redo);
    let again = other.ensemble.stem();
    assert_eq!(
        again.sheet.map(|sheet| sheet.kind),
        bass.sheet.map(|sheet| sheet.kind)
    );
    assert_eq!(names(&other.ensemble.stem()), ["Drums", "Bass"]);
    other.recall(&Value::Null);
    assert!(other.ensemble.stem().parts.is_empty());
    assert_eq!(other.ensemble.stem().status, StemStatus::Idle);
    assert_eq!(other.saved(), Value::Null);
}

#[test]
fn what_is_of_later_stays_with_the_parts() {
    let host = Host::new();
    let of_later = serde_json::json!({ "sheet": { "pace": "x" }, "more": 3 });
    let many: Vec<Value> = (0..MOST_PARTS + 3).map(|_| of_later.clone()).collect();
    let mut saved = of_later.clone();
    saved["others"] = many.into();
    host.recall(&saved);
    assert_eq!(host.saved(), saved);
    for odd in [
        serde_json::json!(7),
        serde_json::json!({ "others": "x", "sheet": 1 }),
    ] {
        host.recall(&odd);
        assert_eq!(host.saved(), odd);
    }
}

/// Memory of the process that is its own and in use, MB.
#[cfg(target_os = "linux")]
fn memory_mb() -> f64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("RssAnon"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) / 1024.0
}

/// Twelve parts at once: what they cost in blocks of 128 frames, and in memory. Memory and the slowest
/// blocks are only told: they are this test's where it runs alone, on a machine at rest.
#[test]
#[cfg(target_os = "linux")]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn twelve_parts_are_ready_soon_and_cost_little() {
    const BLOCK: usize = 128;
    let mut host = Host::new();
    let parts = [
        "jazzy drums",
        "walking bass",
        "acoustic guitar",
        "warm strings",
    ];
    let made: Vec<Value> = parts
        .iter()
        .map(|words| {
            host.recall(&Value::Null);
            host.add(words);
            host.saved()
        })
        .collect();
    drop(host);
    let before = memory_mb();
    let mut host = Host::new();
    let empty = memory_mb() - before;
    let mut saved = made[0].clone();
    saved["others"] = made
        .iter()
        .cycle()
        .skip(1)
        .take(MOST_PARTS - 1)
        .cloned()
        .collect();
    let begun = Instant::now();
    host.recall(&saved);
    let stem = host.settle();
    let ready = begun.elapsed().as_secs_f64();
    assert_eq!(stem.parts.len(), MOST_PARTS);
    let used = memory_mb() - before;
    host.round(BLOCK);
    let mut blocks: Vec<f64> = (0..ROUND / BLOCK)
        .map(|_| {
            let begun = Instant::now();
            host.play(BLOCK, BLOCK);
            begun.elapsed().as_secs_f64() * RATE / BLOCK as f64
        })
        .collect();
    blocks.sort_by(f64::total_cmp);
    let at = |share: f64| 100.0 * blocks[(share * (blocks.len() - 1) as f64) as usize];
    println!(
        "twelve parts: ready after {ready:.1} s; {empty:.0} MB without parts, {used:.0} MB with them; a block takes \
         {:.1} % of its time, 99 of 100 at most {:.1} %, the slowest {:.1} %",
        at(0.5),
        at(0.99),
        at(1.0)
    );
    assert!(at(0.5) < 25.0, "{} %", at(0.5));
}
