//! The sampler's cost for each voice, beside FluidSynth's and rustysynth's under the same load in
//! the same run: 64 held notes at 48 kHz, in blocks of 512, reverb and chorus off.
//!
//! `cargo bench --bench sampler` prints a table of medians first, then criterion's statistics.
//! FluidSynth is loaded from the system (`libfluidsynth.so.3`), both peers play a SoundFont of
//! Debian's (or the one that `CONSORT_SOUNDFONT` names); what is missing is left out with a line.

use std::time::Duration;

use consort::engine::mailbox::{self, ToEngine};
use consort::engine::{Engine, NoteEvent, Settings};
use consort::instrument::zone::{Column, Layer, SampledInstrument};
use criterion::Criterion;

mod fluidsynth;

const RATE: u32 = 48_000;
const BLOCK: usize = 512;
const KEYS: std::ops::Range<u8> = 32..96;
/// GM programme of the peers: a square wave, which loops for as long as it is held.
const PROGRAMME: i32 = 80;
const ROUNDS: usize = 15;
/// Blocks of a round: half a second.
const BLOCKS: usize = 47;

/// Something that plays 64 notes.
trait Player {
    fn name(&self) -> String;
    /// Renders one block.
    fn render(&mut self, left: &mut [f32], right: &mut [f32]);
    /// Voices that sound: SoundFonts may use several a note.
    fn voices(&self) -> usize;
}

struct Ours {
    name: &'static str,
    engine: Engine,
    settings: Settings,
}

impl Ours {
    /// Layers at velocities 1, 64 and 127, so that a note plays one of them or two.
    fn new(name: &'static str, velocity: f32, settings: Settings) -> Ours {
        let length = RATE;
        let layers = [1, 64, 127].map(|velocity| Layer {
            velocity,
            frames: (0..length)
                .map(|i| [(i as f32 * 0.03).sin() * 0.01; 2])
                .collect(),
            // None, so that the notes still sound after the minutes that a bench takes.
            loop_decay_db_per_s: 0.0,
            release_s: 0.3,
        });
        // A zone every three keys, as the renderer makes them.
        let columns = (0..128u32 / 3 + 1).map(|column| {
            Some(Box::new(Column {
                low_key: (3 * column) as u8,
                high_key: (3 * column + 2) as u8,
                root_key: (3 * column + 1) as u8,
                loop_frames: Some((length / 2, length)),
                one_shot: false,
                choke_group: 0,
                takes: Vec::new(),
                layers: layers.to_vec(),
            }))
        });
        let instrument = SampledInstrument {
            id: 1,
            sound: 0,
            sample_rate: RATE as f32,
            key_to_column: std::array::from_fn(|key| Some(key as u8 / 3)),
            columns: columns.collect(),
        };
        let (engine_side, mut generator) = mailbox::channel();
        let mut engine = Engine::new(engine_side);
        engine.prepare(RATE as f32);
        engine.set(&settings);
        assert!(
            generator
                .send(ToEngine::Instrument(Box::new(instrument)))
                .is_ok()
        );
        engine.render(&mut [], &mut []);
        for key in KEYS {
            engine.handle(NoteEvent::NoteOn {
                note_id: None,
                channel: 0,
                key,
                velocity,
            });
        }
        Ours {
            name,
            engine,
            settings,
        }
    }
}

impl Player for Ours {
    fn name(&self) -> String {
        format!("consort, {}", self.name)
    }

    fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        self.engine.set(&self.settings);
        self.engine.render(left, right);
    }

    fn voices(&self) -> usize {
        self.engine.active_voices()
    }
}

struct RustySynth(rustysynth::Synthesizer);

impl RustySynth {
    fn new(soundfont: &str) -> Result<RustySynth, String> {
        let mut file = std::fs::File::open(soundfont).map_err(|error| error.to_string())?;
        let font = rustysynth::SoundFont::new(&mut file).map_err(|error| error.to_string())?;
        let mut settings = rustysynth::SynthesizerSettings::new(RATE as i32);
        settings.enable_reverb_and_chorus = false;
        settings.maximum_polyphony = 256;
        let mut synth = rustysynth::Synthesizer::new(&std::sync::Arc::new(font), &settings)
            .map_err(|error| error.to_string())?;
        synth.process_midi_message(0, 0xc0, PROGRAMME, 0);
        for key in KEYS {
            synth.note_on(0, i32::from(key), 100);
        }
        Ok(RustySynth(synth))
    }
}

impl Player for RustySynth {
    fn name(&self) -> String {
        "rustysynth 1.3.8 (2 points, mono)".into()
    }

    fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        self.0.render(left, right);
    }

    fn voices(&self) -> usize {
        0 // it doesn't say; taken from FluidSynth, which plays the same SoundFont
    }
}

/// All players that this machine has.
fn players() -> Vec<Box<dyn Player>> {
    let dark = Settings {
        tone_hz: 4_000.0,
        ..Settings::default()
    };
    let mut players: Vec<Box<dyn Player>> = vec![
        Box::new(Ours::new(
            "one layer (16 points, stereo)",
            1.0,
            Settings::default(),
        )),
        Box::new(Ours::new("two layers", 0.7, Settings::default())),
        Box::new(Ours::new("two layers, filter", 0.7, dark)),
    ];
    let soundfont = std::env::var("CONSORT_SOUNDFONT")
        .unwrap_or_else(|_| "/usr/share/sounds/sf2/TimGM6mb.sf2".into());
    for points in [4, 7] {
        match fluidsynth::FluidSynth::new(RATE, &soundfont, PROGRAMME, KEYS, points) {
            Ok(player) => players.push(Box::new(player)),
            Err(reason) => println!("FluidSynth left out: {reason}"),
        }
    }
    match RustySynth::new(&soundfont) {
        Ok(player) => players.push(Box::new(player)),
        Err(reason) => println!("rustysynth left out: {soundfont}: {reason}"),
    }
    players
}

/// Time that this thread has computed: what other processes take doesn't count.
#[cfg(unix)]
fn cpu_time() -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the clock exists on every Unix we build for, and the pointer is to a live value.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

#[cfg(not(unix))]
fn cpu_time() -> Duration {
    static START: std::sync::LazyLock<std::time::Instant> =
        std::sync::LazyLock::new(std::time::Instant::now);
    START.elapsed()
}

fn time_blocks(player: &mut dyn Player, blocks: usize) -> Duration {
    let (mut left, mut right) = ([0.0; BLOCK], [0.0; BLOCK]);
    let start = cpu_time();
    for _ in 0..blocks {
        player.render(&mut left, &mut right);
        std::hint::black_box((&left, &right));
    }
    cpu_time() - start
}

/// Medians of rounds in which the players take turns, so that a busy machine troubles all alike.
fn print_table(players: &mut [Box<dyn Player>]) {
    let mut times = vec![Vec::new(); players.len()];
    for player in players.iter_mut() {
        time_blocks(player.as_mut(), 10);
    }
    for _ in 0..ROUNDS {
        for (player, times) in players.iter_mut().zip(&mut times) {
            times.push(time_blocks(player.as_mut(), BLOCKS));
        }
    }
    let of_soundfont = players
        .iter()
        .skip(3)
        .map(|player| player.voices())
        .max()
        .unwrap_or(0);
    println!("\n64 notes at {RATE} Hz; medians of {ROUNDS} rounds of {BLOCKS} blocks of {BLOCK}");
    println!(
        "{:42} {:>6} {:>12} {:>16} {:>18}",
        "", "voices", "% of a core", "ns/note/sample", "ns/voice/sample"
    );
    for (player, times) in players.iter().zip(&mut times) {
        times.sort();
        let seconds = times[times.len() / 2].as_secs_f64();
        let samples = (BLOCKS * BLOCK) as f64;
        let voices = if player.voices() > 0 {
            player.voices()
        } else {
            of_soundfont.max(KEYS.len())
        };
        println!(
            "{:42} {voices:6} {:12.1} {:16.2} {:18.2}",
            player.name(),
            100.0 * seconds / (samples / f64::from(RATE)),
            1e9 * seconds / samples / KEYS.len() as f64,
            1e9 * seconds / samples / voices as f64,
        );
    }
    println!();
}

fn main() {
    let mut players = players();
    print_table(&mut players);
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("64 notes, 512 frames");
    for player in &mut players {
        let name = player.name();
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|count| time_blocks(player.as_mut(), count as usize));
        });
        let voices = player.voices();
        assert!(
            voices == 0 || voices >= KEYS.len(),
            "{voices} voices are left"
        );
    }
    group.finish();
    criterion.final_summary();
}
