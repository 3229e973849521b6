//! Recordings as parts of an instance: added, mixed, taken back, remembered, missed, saved, and heard to the
//! sample.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::*;
use crate::analysis::Sound;
use crate::analysis::sound_file;
use crate::jobs::stem::desk::fixture::heard;
use crate::jobs::stem::ensemble::MOST_PARTS;
use crate::jobs::{MixSettings, Stem, StemOrder, StemStatus};
use crate::plugin::state::write;

/// A host at 120 whose plugin has its library in a folder.
struct Host {
    voice: EnsembleVoice,
    ensemble: Arc<Ensemble>,
    rate: u32,
}

impl Host {
    fn new(folder: &Path, rate: u32) -> Host {
        let library = folder.join("library");
        let library: LibraryFolder = Arc::new(move || library.clone());
        let (mut voice, ensemble) = ensemble_of(&RepaintNotifier::new(), &library);
        voice.prepare(rate as f32);
        ensemble.activate(rate as f32, false);
        Host {
            voice,
            ensemble,
            rate,
        }
    }

    fn position(&self, frame: usize) -> HostPosition {
        HostPosition {
            playing: true,
            samples: Some(frame as i64),
            beats: Some(frame as f64 / f64::from(self.rate) * 2.0),
            tempo: Some(120.0),
            bar_start: Some(0.0),
            time_signature: Some((4, 4)),
            ..HostPosition::default()
        }
    }

    /// What leaves from frame `from` of the song on.
    fn hear(&mut self, from: usize, frames: usize, block: usize) -> Vec<[f32; 2]> {
        self.voice.reset();
        let mut all = Vec::with_capacity(frames);
        while all.len() < frames {
            let size = block.min(frames - all.len());
            let (mut left, mut right) = (vec![0.0; size], vec![0.0; size]);
            let position = self.position(from + all.len());
            let settings = EnsembleSettings {
                on: true,
                level: 1.0,
                limiter: None,
                outputs: None,
            };
            self.voice
                .add(&position, &mut left, &mut right, settings, &mut |_, _| ());
            all.extend(left.into_iter().zip(right).map(|(l, r)| [l, r]));
        }
        all
    }

    /// Waits for what was asked for; what is there then.
    fn settle(&mut self) -> Stem {
        let begun = Instant::now();
        let pending = self.ensemble.pending();
        while is_pending(&pending) {
            std::thread::sleep(Duration::from_millis(2));
            assert!(begun.elapsed() < Duration::from_secs(60));
        }
        self.hear(0, 64, 64);
        self.ensemble.stem()
    }

    fn order(&mut self, order: StemOrder) -> Stem {
        self.ensemble.order(order, Some(heard()));
        self.settle()
    }

    fn add(&mut self, file: PathBuf, begins: f64) -> Stem {
        let begins = Some(begins);
        self.order(StemOrder::AddRecording { file, begins })
    }

    fn recall(&mut self, saved: &Value) -> Stem {
        self.ensemble.recall(saved, &|_| None, Duration::ZERO);
        self.settle()
    }
}

/// A sound of two sides as WAV, which differs with its number; its frames at 48 kHz.
fn sound(path: &Path, number: usize, count: usize) -> Vec<[f32; 2]> {
    let wave = |pitch: f32| (0..count).map(move |at| (at as f32 * pitch).sin() * 0.4);
    let pitch = 0.01 * (number + 1) as f32;
    let sides = vec![wave(pitch).collect(), wave(1.5 * pitch).collect()];
    let sound = Sound::new(sides, 48_000).unwrap();
    std::fs::write(path, sound.to_wav()).unwrap();
    let both = sound.channels()[0].iter().zip(&sound.channels()[1]);
    both.map(|(left, right)| [*left, *right]).collect()
}

/// So many frames of the song, with a recording from one on.
fn placed(frames: &[[f32; 2]], at: usize, count: usize) -> Vec<[f32; 2]> {
    let mut song = vec![[0.0; 2]; count];
    song[at..at + frames.len()].copy_from_slice(frames);
    song
}

#[test]
fn a_recording_plays_to_the_sample_mixed_as_any_part_and_can_be_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("verse.wav");
    let frames = sound(&path, 1, 30_000);
    let mut host = Host::new(folder.path(), 48_000);
    let stem = host.add(path, 1.0);
    assert_eq!(stem.status, StemStatus::Idle);
    assert_eq!((stem.said, stem.parts[0].name.as_str()), (None, "verse"));
    let song = placed(&frames, 24_000, 60_000);
    for block in [1, 64, 8_192, 20_000] {
        assert!(host.hear(0, 60_000, block) == song, "{block}");
    }
    // From its middle on, after the fade.
    let heard = host.hear(30_000, 10_000, 64);
    assert!(heard[100..] == song[30_100..40_000]);

    let mix = |settings| StemOrder::Mix(0, settings);
    let settings = MixSettings {
        gain_db: -60.0,
        ..MixSettings::default()
    };
    host.order(mix(settings));
    assert!(
        host.hear(0, 60_000, 512)
            .iter()
            .flatten()
            .all(|x| *x == 0.0)
    );
    let settings = MixSettings {
        gain_db: 6.0,
        pan: 1.0,
        ..MixSettings::default()
    };
    host.order(mix(settings));
    let gain = 10f32.powf(0.3) * std::f32::consts::SQRT_2;
    for ([left, right], [_, wanted]) in host.hear(0, 60_000, 512).iter().zip(&song) {
        assert!(left.abs() < 1e-6 && (right - gain * wanted).abs() < 1e-5);
    }
    let settings = MixSettings {
        mute: true,
        ..MixSettings::default()
    };
    host.order(mix(settings));
    assert!(
        host.hear(0, 60_000, 512)
            .iter()
            .flatten()
            .all(|x| *x == 0.0)
    );
    host.order(mix(MixSettings::default()));

    // Notes are asked of it in vain, and it can be taken away and brought back.
    for order in [
        StemOrder::Repeat(true),
        StemOrder::SaveMidi(folder.path().to_owned()),
        StemOrder::Sound("x".to_owned(), 1),
    ] {
        let said = host.order(order).said.unwrap();
        assert!(said.is_fault() && said.sentence().contains("recording"));
    }
    for (order, there) in [
        (StemOrder::Clear, false),
        (StemOrder::Undo, true),
        (StemOrder::Undo, false),
        (StemOrder::Redo, true),
    ] {
        let stem = host.order(order);
        assert_eq!(stem.recording.is_some(), there);
        let wanted = if there { &frames[..] } else { &[] };
        assert!(host.hear(0, 60_000, 512) == placed(wanted, 24_000, 60_000));
    }
    // Elsewhere, and back.
    host.order(StemOrder::Begin(0.5));
    assert!(host.hear(0, 60_000, 512) == placed(&frames, 12_000, 60_000));
    host.order(StemOrder::Undo);
    assert!(host.hear(0, 60_000, 512) == song);
    // As a file: from its first frame on.
    host.order(StemOrder::SaveWav(folder.path().join("out")));
    let begun = Instant::now();
    let file = folder.path().join("out/verse.wav");
    while !file.exists() {
        std::thread::sleep(Duration::from_millis(5));
        assert!(begun.elapsed() < Duration::from_secs(20));
    }
    let (saved, _) = sound_file::read(&file, 10.0).unwrap();
    assert_eq!((saved.channels()[0].len(), saved.rate()), (30_000, 48_000));
    let near = |at: usize, side: usize| (saved.channels()[side][at] - frames[at][side]).abs();
    assert!((0..30_000).all(|at| near(at, 0) < 1e-6 && near(at, 1) < 1e-6));
}

#[test]
fn twelve_fit_and_all_are_remembered_whatever_becomes_of_their_files() {
    let folder = tempfile::tempdir().unwrap();
    let mut host = Host::new(folder.path(), 48_000);
    let mut song = placed(&[], 0, 60_000);
    let at = |number: usize| folder.path().join(format!("take {number}.wav"));
    for number in 0..MOST_PARTS {
        let frames = sound(&at(number), number, 5_000 + number);
        let stem = host.add(at(number), 0.125 * number as f64);
        assert_eq!(stem.parts.len(), number + 1);
        for (sum, frame) in song[3_000 * number..].iter_mut().zip(frames) {
            *sum = [sum[0] + frame[0], sum[1] + frame[1]];
        }
    }
    sound(&at(99), 99, 1_000);
    let full = host.add(at(99), 0.0).said.unwrap();
    assert!(full.is_fault() && full.sentence().contains("thirteenth"));
    let near = |heard: &[[f32; 2]]| {
        let pairs = heard.iter().flatten().zip(song.iter().flatten());
        pairs.map(|(a, b)| (a - b).abs()).fold(0.0f32, f32::max) < 1e-5
    };
    assert!(near(&host.hear(0, 60_000, 500)));
    host.order(StemOrder::Mix(
        3,
        MixSettings {
            pan: 0.5,
            ..MixSettings::default()
        },
    ));
    let before = host.hear(0, 60_000, 500);
    let saved = host.ensemble.saved(&write);
    for number in 0..MOST_PARTS {
        std::fs::remove_file(at(number)).unwrap();
    }
    let mut other = Host::new(folder.path(), 48_000);
    let stem = other.recall(&saved);
    assert_eq!((stem.parts.len(), stem.said), (MOST_PARTS, None));
    assert!(other.hear(0, 60_000, 500) == before);
    assert_eq!(other.ensemble.saved(&write), saved);
    // The same project again reads nothing anew, as when a host undoes a turn of a knob.
    let one = other.ensemble.stem().recording.unwrap();
    let again = other.recall(&saved).recording.unwrap();
    assert!(Arc::ptr_eq(&one, &again));

    // A host at another rate hears the same, later by no frame.
    let mut other = Host::new(folder.path(), 44_100);
    other.recall(&saved);
    let heard = other.hear(0, 55_125, 512);
    let energy = |frames: &[[f32; 2]]| {
        frames
            .iter()
            .flatten()
            .map(|x| f64::from(x * x))
            .sum::<f64>()
    };
    let (wanted, is) = (energy(&before) / 48_000.0, energy(&heard) / 44_100.0);
    assert!((is / wanted - 1.0).abs() < 0.02, "{is} of {wanted}");
    other.rate = 48_000;
    other.voice.prepare(48_000.0);
    other.ensemble.activate(48_000.0, false);
    other.settle();
    assert!(
        other.hear(0, 60_000, 512) == before,
        "and at its own rate again"
    );

    // Where one copy is gone, too, it is said in a sentence, and all others play.
    let copies = folder.path().join("library/sounds");
    let first = std::fs::read_dir(&copies).unwrap().next().unwrap().unwrap();
    std::fs::remove_file(first.path()).unwrap();
    let mut other = Host::new(folder.path(), 48_000);
    let stem = other.recall(&saved);
    assert_eq!(stem.parts.len(), MOST_PARTS);
    let said = |part| {
        other.ensemble.order(StemOrder::Show(part), None);
        other.ensemble.stem().said
    };
    let said: Vec<_> = (0..MOST_PARTS).filter_map(said).collect();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].is_fault() && said[0].sentence().contains("isn't at"));
    assert!(energy(&other.hear(0, 60_000, 512)) > 0.5 * energy(&before));
    assert_eq!(other.ensemble.saved(&write), saved, "the project keeps it");
}

#[test]
fn a_recording_begins_with_the_next_bar_and_a_bad_one_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.wav");
    sound(&path, 1, 1_000);
    let mut host = Host::new(folder.path(), 48_000);
    // In the second bar, at rest or not.
    host.hear(100_000, 64, 64);
    let begins = None;
    let order = |file: &Path| StemOrder::AddRecording {
        file: file.to_owned(),
        begins,
    };
    host.ensemble.order(order(&path), None);
    let stem = host.settle();
    assert_eq!(stem.recording.unwrap().begins(), 8.0);
    let saved = host.ensemble.saved(&write);
    std::fs::write(folder.path().join("b.wav"), "words").unwrap();
    host.ensemble
        .order(order(&folder.path().join("b.wav")), None);
    let stem = host.settle();
    let StemStatus::Failed(sentence) = stem.status else {
        panic!("{:?}", stem.status);
    };
    assert!(sentence.contains("“b.wav”"), "{sentence}");
    assert_eq!(stem.parts.len(), 1);
    assert_eq!(host.ensemble.saved(&write), saved);
}
