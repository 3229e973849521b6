//! A part and its desk together: whatever is asked for, notes, sound and level change at once, and
//! nothing is louder than it should be.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::*;
use crate::jobs::StemOrder;
use crate::jobs::song::Heard;
use crate::jobs::stem::desk::fixture::heard;
use crate::jobs::stem::level;
use crate::jobs::{Client, StemDesk};
use crate::music::PartKind;

const RATE: f64 = 48_000.0;
const BLOCK_FRAMES: usize = 512;
/// Eight bars at 120: what the parts repeat after.
const ROUND: usize = 768_000;
/// How loud the song is, LUFS.
const SONG: f64 = -14.0;

/// A host that plays a part without end.
struct Host {
    voice: StemVoice,
    desk: StemDesk,
    heard: Arc<Heard>,
    frame: u64,
    /// The highest sample ever.
    peak: f32,
    /// Keys that have begun, since they were last looked at.
    keys: Vec<u8>,
}

impl Host {
    fn new() -> Host {
        let (mut voice, sender, side, playhead) = StemVoice::new();
        voice.prepare(RATE as f32);
        let desk = StemDesk::new(
            sender,
            Client::of_known_notes(side),
            0,
            playhead,
            Arc::new(std::env::temp_dir),
            Box::new(|| ()),
        );
        desk.activate(RATE as f32, false);
        let mut heard = Heard::clone(&heard());
        heard.description.loudness_lufs = Some(SONG);
        Host {
            voice,
            desk,
            heard: Arc::new(heard),
            frame: 0,
            peak: 0.0,
            keys: Vec::new(),
        }
    }

    fn play(&mut self, frames: usize) -> [Vec<f32>; 2] {
        let mut sides = [Vec::with_capacity(frames), Vec::with_capacity(frames)];
        while sides[0].len() < frames {
            let size = BLOCK_FRAMES.min(frames - sides[0].len());
            let (mut left, mut right) = ([0.0; BLOCK_FRAMES], [0.0; BLOCK_FRAMES]);
            let position = HostPosition {
                playing: true,
                beats: Some(self.frame as f64 / 24_000.0),
                tempo: Some(120.0),
                ..HostPosition::default()
            };
            let keys = &mut self.keys;
            let out = &mut |_: usize, event: StemEvent| {
                if let StemEvent::On { key, .. } = event {
                    keys.push(key);
                }
            };
            let (l, r) = (&mut left[..size], &mut right[..size]);
            let settings = StemSettings {
                on: true,
                level: 1.0,
                pan: 0.0,
                outputs: None,
            };
            self.voice.add(&position, l, r, settings, out);
            sides[0].extend_from_slice(&left[..size]);
            sides[1].extend_from_slice(&right[..size]);
            self.frame += size as u64;
        }
        for x in sides.iter().flatten() {
            self.peak = self.peak.max(x.abs());
        }
        sides
    }

    fn order(&mut self, order: StemOrder) {
        self.desk.order(order, Some(self.heard.clone()));
    }

    fn add(&mut self, words: &str) {
        self.order(StemOrder::Make {
            words: words.into(),
            kind: None,
            seed: 1,
        });
    }

    /// Plays on until all that was asked for is there.
    fn settle(&mut self, about: &str) {
        let begun = Instant::now();
        let pending = self.desk.pending();
        while pending.get() || self.voice.awaits_sound() {
            self.play(4_800);
            std::thread::sleep(Duration::from_millis(5));
            let stem = self.desk.stem();
            assert!(
                begun.elapsed() < Duration::from_secs(120),
                "{about}: {stem:?}"
            );
        }
        // Until the next round, by which the notes before have died away.
        self.play(ROUND);
        self.play(ROUND - (self.frame as usize % ROUND));
        self.keys.clear();
    }

    /// A round of what is there.
    fn round(&mut self, about: &str) -> Round {
        self.settle(about);
        self.peak_of_round(about)
    }

    fn peak_of_round(&mut self, about: &str) -> Round {
        let before = std::mem::replace(&mut self.peak, 0.0);
        let sound = self.play(ROUND);
        let lufs = level::of(&sound[0], &sound[1], RATE as u32);
        let peak = std::mem::replace(&mut self.peak, before);
        self.peak = self.peak.max(peak);
        let name = self.desk.stem().sound;
        println!(
            "{about:<34} peak {peak:.3} {:>6.1} LUFS  {}",
            lufs.unwrap_or(f64::NEG_INFINITY),
            name.as_deref().unwrap_or("-")
        );
        // The plugin limits the sum of all parts; one part alone never blasts.
        assert!(self.peak < MOST, "{about}: a peak of {}", self.peak);
        Round { sound, lufs, peak }
    }
}

/// Beside a song of −14 LUFS drums peak at a little over full scale.
const MOST: f32 = 2.5;

struct Round {
    sound: [Vec<f32>; 2],
    lufs: Option<f64>,
    peak: f32,
}

impl Round {
    /// As loud as fits the song.
    fn fits(&self, kind: PartKind) {
        let wanted = SONG - level::under(kind, "");
        let lufs = self.lufs.expect("it sounds");
        let near = (lufs - wanted).abs() < 1.5;
        assert!(near, "{lufs} LUFS for {wanted}");
    }

    fn is(&self, other: &Round, about: &str) {
        let furthest = |side: usize| {
            let both = self.sound[side].iter().zip(&other.sound[side]);
            both.map(|(a, b)| (a - b).abs()).fold(0.0f32, f32::max)
        };
        let off = furthest(0).max(furthest(1));
        assert!(off <= 1e-6, "{about}: off by {off}");
    }
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn drums_then_bass_then_back_never_blast() {
    let mut host = Host::new();
    host.add("add jazzy drums");
    let drums = host.round("add jazzy drums");
    drums.fits(PartKind::Drums);

    // Until the bass has its sound and level, the drums go on as they were.
    host.add("add bass");
    let sound_of = |host: &Host| host.voice.engine.telemetry().instrument();
    let (plays, begun, mut pieces) = (sound_of(&host), Instant::now(), 0);
    loop {
        let at = host.frame as usize % ROUND;
        let piece = host.play(BLOCK_FRAMES);
        if sound_of(&host) != plays {
            break;
        }
        for (piece, drums) in piece.iter().zip(&drums.sound) {
            let off = piece.iter().zip(&drums[at..]).map(|(a, b)| (a - b).abs());
            assert!(off.fold(0.0f32, f32::max) < 1e-6, "block {pieces}");
        }
        pieces += 1;
        std::thread::sleep(Duration::from_micros(500));
        assert!(begun.elapsed() < Duration::from_secs(120));
    }
    println!("{pieces} blocks of the drums as before until the bass has sound and level");
    assert!(pieces > 10);
    let bass = host.round("add bass");
    bass.fits(PartKind::Bass);

    host.order(StemOrder::Undo);
    let again = host.round("undo");
    again.is(&drums, "drums after undo");
    host.order(StemOrder::Undo);
    let none = host.round("undo");
    assert!(none.peak < 1e-4 && host.desk.stem().sheet.is_none());
    host.order(StemOrder::Redo);
    host.round("redo").is(&drums, "drums after redo");
    host.order(StemOrder::Redo);
    host.round("redo").is(&bass, "bass after redo");
    host.order(StemOrder::Undo);
    host.order(StemOrder::Undo);
    host.order(StemOrder::Redo);
    host.round("undo, undo, redo at once").is(&drums, "drums");

    for variation in [1, 2, 0] {
        host.order(StemOrder::Choose(variation));
        let round = host.round(&format!("variation {variation}"));
        if variation == 0 {
            round.is(&drums, "variation A");
        }
    }

    // Another sound for the same notes, with its own level; it can be taken back.
    host.order(StemOrder::Sound("electronic drums".into(), 3));
    let other = host.round("Sound: electronic drums");
    other.fits(PartKind::Drums);
    host.order(StemOrder::Undo);
    host.round("undo").is(&drums, "the sound before");
    host.order(StemOrder::Redo);
    host.round("redo").is(&other, "the other sound");
    // Words that nobody knows: the usual sound.
    host.order(StemOrder::Sound("".into(), 4));
    host.round("Sound: the usual").fits(PartKind::Drums);

    // A project brings notes, sound and level back.
    host.order(StemOrder::Undo);
    host.settle("undo");
    let saved = host.desk.saved(&crate::plugin::state::write);
    let mut fresh = Host::new();
    let instrument = |saved: &serde_json::Value| {
        let crate::plugin::state::Recalled::Instrument(instrument) =
            crate::plugin::state::read(&saved["instrument"])
        else {
            panic!("it is saved");
        };
        Some(*instrument)
    };
    fresh
        .desk
        .recall(&saved, instrument(&saved), Duration::ZERO);
    fresh.round("loaded").is(&other, "a project");
    // Loaded while another part plays.
    host.order(StemOrder::Clear);
    host.add("add bass");
    host.settle("bass again");
    host.desk.recall(&saved, instrument(&saved), Duration::ZERO);
    host.round("loaded over a bass")
        .is(&other, "a project over another part");
    println!("highest peak {:.3}", host.peak);
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn a_sound_on_its_way_is_remembered_and_made_after_loading() {
    let mut host = Host::new();
    host.add("add jazzy drums");
    let sheet = |host: &Host| host.desk.stem().sheet;
    let begun = Instant::now();
    while sheet(&host).is_none_or(|sheet| sheet.variations.len() < 3) {
        assert!(begun.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(1));
    }
    let saved = host.desk.saved(&crate::plugin::state::write);
    assert_eq!(
        saved["asked"]["words"], "add jazzy drums",
        "its sound isn't there"
    );
    let drums = host.round("add jazzy drums");
    let mut fresh = Host::new();
    fresh.desk.recall(&saved, None, Duration::ZERO);
    fresh
        .round("made after loading")
        .is(&drums, "the same part");
}
