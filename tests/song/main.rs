//! Bars of the song on the instrument's sidechain and on the effect's track, in a CLAP and a VST3 host:
//! those that are taken are those that were played, sample for sample, at any block size.
//!
//! The plugin is linked in here as in `tests/soak.rs`: all that the audio thread does runs under an
//! allocator that counts. A host without a window asks by the project's state (`plugin::context`),
//! and what was taken is read from the file that it is saved in.
#![cfg(target_os = "linux")]

mod clap;
#[path = "../realtime/guard.rs"]
#[expect(dead_code, reason = "this test counts, and judges at the end")]
mod guard;
#[path = "../host/mod.rs"]
mod host;
mod live;
mod notes;
#[path = "../stems/sheet.rs"]
mod sheet;
mod stem;
#[path = "../vst3_host/stream.rs"]
mod stream;
mod timeline;
mod vst3;
#[path = "../realtime/watched.rs"]
mod watched;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use self::clap::Clap;
use self::timeline::Timeline;
use self::vst3::Vst3;

/// A song of a few seconds a bar has not many frames at this rate.
const RATE: f64 = 22_050.0;
/// Most blocks that are played before the listener gets time to read them.
const BLOCKS_AT_ONCE: usize = 8_000;

#[global_allocator]
static ALLOCATOR: guard::Counting = guard::Counting;

/// Frames of the largest block.
const LARGEST: usize = 8_192;

/// A host that plays a song into an active plugin.
trait Host {
    /// Asks as a project does that is loaded.
    fn ask(&mut self, song: &Value);
    /// What a project would remember of the listening.
    fn listening(&mut self) -> Value;
    /// Frames played since it was made active.
    fn now(&self) -> u64;
    /// Plays so many frames in blocks of these sizes, over and over.
    fn play(&mut self, timeline: &Timeline, frames: usize, sizes: &[usize]);
    /// Makes it active anew, at another rate.
    fn restart(&mut self, rate: f64);
}

/// A host, and where its user's music is.
struct Player {
    host: Box<dyn Host>,
    music: PathBuf,
}

/// Every frame has a number of its own, which 24 bits hold exactly.
fn numbered(frame: u64) -> f32 {
    (frame + 1) as f32 / 8_388_608.0
}

impl Player {
    fn ask(&mut self, song: &Value) {
        self.host.ask(song);
    }

    fn now(&self) -> u64 {
        self.host.now()
    }

    /// Plays so many frames, and waits for the listener now and then: faster than time, and on a busy
    /// machine, it couldn't follow.
    fn play(&mut self, timeline: &Timeline, frames: u64, sizes: &[usize]) {
        let mut left = frames as usize;
        let mean = sizes.iter().sum::<usize>().div_ceil(sizes.len());
        while left > 0 {
            // Whole rounds of the sizes, so that blocks are cut at the end only.
            let some = (BLOCKS_AT_ONCE * mean).min(100_000).min(left);
            self.host.play(timeline, some, sizes);
            left -= some;
            listened();
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
    unsafe {
        std::env::set_var("XDG_CONFIG_HOME", folder);
        // Only so are such orders followed.
        std::env::set_var("CONSORT_TESTED", "1");
    };
}

/// Threads are the whole process's, and so is the folder: one test at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn the_bars_taken_of_the_sidechain_are_the_bars_played() {
    the_bars_taken_are_the_bars_played(|| Box::new(Clap::open(host::CONSORT, RATE)));
}

#[test]
fn the_bars_taken_of_the_track_are_the_bars_played() {
    the_bars_taken_are_the_bars_played(|| Box::new(Clap::open(host::STEMS, RATE)));
}

#[test]
fn the_bars_taken_of_the_sidechain_are_the_bars_played_in_vst3() {
    the_bars_taken_are_the_bars_played(|| Box::new(Vst3::open(vst3::CONSORT, RATE)));
}

#[test]
fn the_bars_taken_of_the_track_are_the_bars_played_in_vst3() {
    the_bars_taken_are_the_bars_played(|| Box::new(Vst3::open(vst3::STEMS, RATE)));
}

fn the_bars_taken_are_the_bars_played(open: impl FnOnce() -> Box<dyn Host>) {
    let _alone = alone();
    let music = tempfile::tempdir().expect("a folder");
    name_music_folder(music.path());
    let mut player = Player {
        host: open(),
        music: music.path().join("Consort/Captured songs"),
    };
    let violations = watched::violations();
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
    let saved = player.host.listening();
    assert_eq!(saved, json!({ "listen": true, "bars": 2 }));

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
            let wanted = song.frame_of_bar(7)..song.frame_of_bar(8);
            assert!(player.saved().into_iter().eq(wanted), "armed, {about}");
            player.ask(&json!({ "bars": 2 }));
            taken += 2;
        }
    }
    println!("{taken} times the bars taken were those played, sample for sample");

    // While it stands still, for longer than a reverb rings on: so many seconds.
    let still = Timeline::stopped(RATE);
    player.play(&still, 8 * 22_050, &[512]);
    player.ask(&json!({ "take": "last" }));
    let now = player.now();
    assert!(player.saved().into_iter().eq(now - 2 * 2 * 22_050..now));

    // At another rate nothing of before is left.
    player.host.restart(RATE * 2.0);
    player.play(&Timeline::stopped(RATE), 2 * 44_100, &[512]);
    player.ask(&json!({ "take": "last" }));
    assert_eq!(player.saved().len(), 2 * 44_100);

    // Nobody reads: the ring fills up.
    player.host.play(&still, 30 * 44_100, &[LARGEST]);
    player.host.play(&still, 60_000, &[1]);
    player.ask(&json!({ "listen": false }));
    let begun = Instant::now();
    while threads("consort-song") > 0 {
        assert!(begun.elapsed() < Duration::from_secs(60), "it listens on");
        std::thread::sleep(Duration::from_millis(1));
    }
    let violations = watched::violations() - violations;
    assert_eq!(violations, 0, "allocations or frees on the audio thread");
}

/// What lies behind the sidechain's arrangement in memory decides nothing.
#[test]
fn stereo_buses_are_agreed_to_in_vst3() {
    let _alone = alone();
    for class in [vst3::CONSORT, vst3::STEMS] {
        let mut plugin = Vst3::create(class);
        assert!(plugin.arrange(0) && plugin.arrange(3));
    }
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

/// Waits until the thread that listens has read all there is: it goes to sleep when it has.
fn listened() {
    std::thread::sleep(Duration::from_millis(50));
    let (before, begun) = (looks(), Instant::now());
    while looks() < before + 3 {
        assert!(begun.elapsed() < Duration::from_secs(60), "it sleeps on");
        std::thread::sleep(Duration::from_millis(10));
    }
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
