//! Bars of the song on the instrument's sidechain and on the effect's track, in a CLAP host: those that
//! are taken are those that were played, sample for sample, at any block size.
//!
//! The plugin is linked in here as in `tests/soak.rs`: all that the audio thread does runs under an
//! allocator that counts. A host without a window asks by the project's state (`state::read_song`),
//! and what was taken is read from the file that it is saved in.
#![cfg(target_os = "linux")]

#[path = "../realtime/guard.rs"]
#[expect(dead_code, reason = "this test counts, and judges at the end")]
mod guard;
#[path = "../host/mod.rs"]
mod host;
mod timeline;
#[path = "../realtime/watched.rs"]
mod watched;

use std::ffi::CStr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use clack_host::prelude::*;
use host::{CONSORT, STEMS, Session};
use serde_json::{Value, json};
use timeline::Timeline;

/// A song of a few seconds a bar has not many frames at this rate.
const RATE: f64 = 22_050.0;
/// Most blocks that are played before the listener gets time to read them.
const BLOCKS_AT_ONCE: usize = 8_000;

#[global_allocator]
static ALLOCATOR: guard::Counting = guard::Counting;

/// A plugin in a host that plays a song into it.
struct Player {
    session: Session,
    music: PathBuf,
}

/// Every frame has a number of its own, which 24 bits hold exactly.
fn numbered(frame: u64) -> f32 {
    (frame + 1) as f32 / 8_388_608.0
}

impl Player {
    fn new(plugin: &CStr, music: &Path) -> Player {
        // SAFETY: it is the entry that the plugin library exports.
        let entry = unsafe { PluginEntry::load_from_raw(&consort::clap_entry, c"/linked/in") };
        let mut session = Session::open_one(&entry.expect("it loads"), plugin, RATE, 8_192);
        let audio = session.audio.as_mut().expect("activated");
        audio.around = watched::watched;
        audio.sidechain = numbered;
        Player {
            session,
            music: music.join("Consort/Captured songs"),
        }
    }

    /// Asks as a project does that is loaded.
    fn ask(&mut self, song: &Value) {
        let state = self.session.save().with_field("song", song);
        assert!(self.session.load(&state));
    }

    fn now(&self) -> u64 {
        self.session.audio.as_ref().expect("activated").position
    }

    /// Plays the timeline until the song's frame `to`.
    fn play(&mut self, timeline: &Timeline, frames: u64, sizes: &[usize]) {
        let audio = self.session.audio.as_mut().expect("activated");
        let timeline = *timeline;
        audio.transport = Some(Box::new(move |frame| timeline.at(frame)));
        let mut left = frames as usize;
        let mean = sizes.iter().sum::<usize>().div_ceil(sizes.len());
        while left > 0 {
            // Whole rounds of the sizes, so that blocks are cut at the end only.
            let some = (BLOCKS_AT_ONCE * mean).min(100_000).min(left);
            self.session.play(&[], some, sizes);
            left -= some;
            std::thread::sleep(Duration::from_millis(250));
        }
    }

    /// The number of each frame that was taken last.
    fn saved(&mut self) -> Vec<u64> {
        self.ask(&json!({ "save": true }));
        let begun = Instant::now();
        let file = loop {
            let files = std::fs::read_dir(&self.music)
                .into_iter()
                .flatten()
                .flatten();
            let mut files = files.map(|file| file.path());
            if let Some(file) = files.find(|file| file.extension().is_some_and(|x| x == "wav")) {
                break file;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "nothing was taken"
            );
            std::thread::sleep(Duration::from_millis(10));
        };
        let mut wav = hound::WavReader::open(&file).expect("a WAV file");
        let samples: Vec<i32> = wav.samples().map(Result::unwrap).collect();
        std::fs::remove_file(file).expect("it is ours");
        let frames = samples.as_chunks::<2>().0.iter();
        frames
            .map(|[left, right]| {
                assert_eq!(left, right);
                u64::try_from(left - 1).expect("the song's sound, no silence")
            })
            .collect()
    }
}

/// Says that the user's music is in `folder`. Before anything reads it.
fn name_music_folder(folder: &Path) {
    let line = format!("XDG_MUSIC_DIR=\"{}\"\n", folder.display());
    std::fs::write(folder.join("user-dirs.dirs"), line).expect("it is written");
    // SAFETY: one test runs at a time, and nothing of it was started yet.
    unsafe { std::env::set_var("XDG_CONFIG_HOME", folder) };
}

#[test]
fn the_bars_taken_of_the_sidechain_are_the_bars_played() {
    the_bars_taken_are_the_bars_played(CONSORT);
}

#[test]
fn the_bars_taken_of_the_track_are_the_bars_played() {
    the_bars_taken_are_the_bars_played(STEMS);
}

fn the_bars_taken_are_the_bars_played(plugin: &CStr) {
    // Threads are the whole process's, and so is the folder.
    static ONE: Mutex<()> = Mutex::new(());
    let _alone = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let music = tempfile::tempdir().expect("a folder");
    name_music_folder(music.path());
    let mut player = Player::new(plugin, music.path());
    assert_eq!(threads("consort-song"), 0, "nobody asked to listen");
    player.ask(&json!({ "listen": true, "bars": 2 }));
    let begun = Instant::now();
    while threads("consort-song") == 0 {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "it doesn't listen"
        );
        std::thread::sleep(Duration::from_millis(1));
    }
    let before = looks();
    std::thread::sleep(Duration::from_secs(2));
    let often = (looks() - before) as f64 / 2.0;
    println!("while nothing is heard: {often:.1} looks a second");
    assert!(often < 20.0);
    let saved = player.session.save().field("song");
    assert_eq!(saved, Some(json!({ "listen": true, "bars": 2 })));

    let all: [&[usize]; 8] = [
        &[1],
        &[7],
        &[64],
        &[441],
        &[512],
        &[4_096],
        &[8_192],
        &[512, 1, 441, 8_192, 7, 64],
    ];
    let mut taken = 0;
    for (index, sizes) in all.into_iter().enumerate() {
        let metre = [(4, 4), (3, 4), (7, 8)][index % 3];
        for ramp in [0.0, 1.0] {
            let about = format!("{metre:?}, ramp {ramp}, blocks of {sizes:?}");
            // Round after round of the song, from a little before a bar.
            let from = player.now();
            let song = Timeline::new(from, metre, 223.7, ramp * 4e-4, RATE);
            let song = song.at_bar(3, -700);
            player.play(&song, song.frame_of_bar(6) + 900 - from, sizes);
            player.ask(&json!({ "take": "last" }));
            let wanted = song.frame_of_bar(4)..song.frame_of_bar(6);
            assert!(player.saved().into_iter().eq(wanted), "{about}");

            // A loop back, while bars are waited for, and a stop and a start before they come.
            let from = player.now();
            let song = Timeline::new(from, metre, 223.7, ramp * 4e-4, RATE).at_bar(2, 300);
            player.ask(&json!({ "bars": 1, "take": "next" }));
            std::thread::sleep(Duration::from_millis(100));
            player.play(&song, 2_000, sizes);
            let still = Timeline::stopped(RATE);
            player.play(&still, 1_000, sizes);
            let from = player.now();
            let song = Timeline::new(from, metre, 223.7, ramp * 4e-4, RATE).at_bar(7, -50);
            player.play(&song, song.frame_of_bar(8) + 9_000 - from, sizes);
            std::thread::sleep(Duration::from_millis(150));
            let wanted = song.frame_of_bar(7)..song.frame_of_bar(8);
            assert!(player.saved().into_iter().eq(wanted), "armed, {about}");
            player.ask(&json!({ "bars": 2 }));
            taken += 2;
        }
    }
    println!("{taken} times the bars taken were those played, sample for sample");

    // While it stands still: so many seconds.
    let still = Timeline::stopped(RATE);
    player.play(&still, 4 * 22_050, &[512]);
    player.ask(&json!({ "take": "last" }));
    let now = player.now();
    assert!(player.saved().into_iter().eq(now - 2 * 2 * 22_050..now));

    // At another rate nothing of before is left.
    player.session.deactivate();
    player.session.activate(RATE * 2.0, 8_192);
    let audio = player.session.audio.as_mut().expect("activated");
    (audio.around, audio.sidechain) = (watched::watched, numbered);
    player.play(&Timeline::stopped(RATE), 2 * 44_100, &[512]);
    player.ask(&json!({ "take": "last" }));
    assert_eq!(player.saved().len(), 2 * 44_100);

    // Nobody reads: the ring fills up.
    player.session.play(&[], 30 * 44_100, &[8_192]);
    player.session.play(&[], 60_000, &[1]);
    player.ask(&json!({ "listen": false }));
    let begun = Instant::now();
    while threads("consort-song") > 0 {
        assert!(begun.elapsed() < Duration::from_secs(60), "it listens on");
        std::thread::sleep(Duration::from_millis(1));
    }
    let violations = watched::violations();
    assert_eq!(violations, 0, "allocations or frees on the audio thread");
}

/// What Linux says of each thread of this process with a name.
fn statuses(name: &str) -> Vec<String> {
    let tasks = std::fs::read_dir("/proc/self/task").expect("Linux tells");
    let texts = tasks
        .flatten()
        .filter_map(|task| std::fs::read_to_string(task.path().join("status")).ok());
    texts
        .filter(|text| text.starts_with(&format!("Name:\t{name}\n")))
        .collect()
}

fn threads(name: &str) -> usize {
    statuses(name).len()
}

/// How often the thread that listens went to sleep so far.
fn looks() -> u64 {
    let status = statuses("consort-song").pop().expect("it listens");
    let line = status
        .lines()
        .find(|line| line.starts_with("voluntary_ctxt"));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    number.and_then(|text| text.parse().ok()).expect("a number")
}
