//! Long running: `cargo test --release --test realtime soak -- --ignored --nocapture`, with
//! `CONSORT_SOAK_MINUTES` of sound (10 by default) for each of eight engines.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use consort::engine::mailbox::{self, FromEngine, GeneratorSide, ToEngine};
use consort::engine::{Engine, MAX_VOICES, NoteAddress, NoteEvent, Settings};
use consort::instrument::zone::SampledInstrument;

use crate::fixtures::{RATE, control, off, on, rich};
use crate::guard::count;

const ENGINES: usize = 8;
const BLOCK: usize = 256;
/// Columns of each instrument, 32 keys each.
const COLUMNS: u8 = 4;

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) as usize % end
    }
}

/// Plays notes, chords, pedals and bends on eight engines while another thread makes instruments
/// column by column, sends them, and frees what comes back.
#[test]
#[ignore = "takes minutes; see the module"]
fn soak() {
    let minutes: f64 = std::env::var("CONSORT_SOAK_MINUTES")
        .ok()
        .map_or(10.0, |text| {
            text.parse().expect("CONSORT_SOAK_MINUTES must be a number")
        });
    let blocks = (minutes * 60.0 * f64::from(RATE)) as usize / BLOCK;
    let (engine_sides, generator_sides): (Vec<_>, Vec<_>) =
        (0..ENGINES).map(|_| mailbox::channel()).unzip();
    let mut engines: Vec<Engine> = engine_sides.into_iter().map(Engine::new).collect();
    let done = AtomicBool::new(false);
    let (sent, returned) = (AtomicUsize::new(0), AtomicUsize::new(0));

    let started = Instant::now();
    let mut dice = Dice(7);
    let (mut violations, mut broken, mut peak, mut most_voices) = (0, 0, 0.0f32, 0);
    // Highest in the first half and in the second.
    let mut memory = [0; 2];
    std::thread::scope(|scope| {
        scope.spawn(|| make_instruments(generator_sides, &done, &sent, &returned));
        while sent.load(Relaxed) < ENGINES {
            std::thread::yield_now(); // silence is rendered too fast to be worth a soak
        }
        let (mut left, mut right) = ([0.0; BLOCK], [0.0; BLOCK]);
        for block in 0..blocks {
            if block % 200 == 0 {
                let half = &mut memory[2 * block / blocks];
                *half = resident_kib().max(*half);
            }
            for engine in &mut engines {
                let events: [Option<NoteEvent>; 4] =
                    std::array::from_fn(|_| (dice.below(8) == 0).then(|| event(&mut dice)));
                let split = dice.below(BLOCK);
                let settings = Settings {
                    tone_hz: if block / 1_000 % 2 == 0 {
                        20_000.0
                    } else {
                        2_000.0
                    },
                    ..Settings::default()
                };
                let ((), now) = count(|| {
                    engine.set(&settings);
                    engine.render(&mut left[..split], &mut right[..split]);
                    events
                        .into_iter()
                        .flatten()
                        .for_each(|event| engine.handle(event));
                    engine.render(&mut left[split..], &mut right[split..]);
                    while engine.take_ended().is_some() {}
                });
                violations += now;
                broken += left.iter().chain(&right).filter(|x| !x.is_finite()).count();
                peak = left.iter().fold(peak, |peak, x| peak.max(x.abs()));
                most_voices = most_voices.max(engine.active_voices());
            }
        }
        done.store(true, Relaxed);
    });
    let [first_half, second_half] = memory;
    println!(
        "soak: {ENGINES} engines, {minutes} minutes of sound each in {:.0} s; {} instruments made, \
         {} returned; at most {most_voices} voices, peak {peak:.2}",
        started.elapsed().as_secs_f64(),
        sent.load(Relaxed),
        returned.load(Relaxed),
    );
    println!(
        "soak: {violations} allocations or frees on the audio thread, {broken} non-finite samples, \
         memory at most {first_half} KiB in the first half, {second_half} KiB in the second"
    );
    assert_eq!((violations, broken), (0, 0));
    assert!(most_voices <= MAX_VOICES && peak > 0.01);
    assert!(
        returned.load(Relaxed) + 5 * ENGINES >= sent.load(Relaxed),
        "instruments were kept"
    );
    assert!(
        second_half <= first_half + first_half / 10,
        "memory grew from {first_half} to {second_half} KiB"
    );
}

fn event(dice: &mut Dice) -> NoteEvent {
    let (channel, key) = (dice.below(3) as u8, (24 + dice.below(72)) as u8);
    match dice.below(60) {
        0..=39 => on(channel, key, dice.below(128) as f32 / 127.0),
        40..=54 => off(channel, key),
        55..=56 => control(
            channel,
            [1, 11, 64, 66, 74][dice.below(5)],
            dice.below(2) as f32,
        ),
        57 => NoteEvent::PitchBend {
            channel,
            value: dice.below(3) as f32 - 1.0,
        },
        58 => NoteEvent::Choke(NoteAddress {
            key: Some(key),
            ..NoteAddress::default()
        }),
        _ => control(channel, 123, 0.0),
    }
}

/// The generator thread: one instrument after another for all engines.
fn make_instruments(
    mut sides: Vec<GeneratorSide>,
    done: &AtomicBool,
    sent: &AtomicUsize,
    returned: &AtomicUsize,
) {
    let columns: Vec<_> = (0..4).map(rich).collect();
    let free = |side: &mut GeneratorSide| {
        while let Some(object) = side.receive() {
            if let FromEngine::Instrument(_) = object {
                returned.fetch_add(1, Relaxed);
            }
        }
    };
    let mut id = 0;
    while !done.load(Relaxed) {
        for side in &mut sides {
            id += 1;
            let empty = SampledInstrument {
                id,
                sound: 0,
                sample_rate: RATE,
                key_to_column: std::array::from_fn(|key| Some(key as u8 / 32)),
                columns: (0..COLUMNS).map(|_| None).collect(),
            };
            if side.send(ToEngine::Instrument(Box::new(empty))).is_ok() {
                sent.fetch_add(1, Relaxed);
            }
            for index in 0..COLUMNS {
                let column = Box::new(columns[usize::from(index) % columns.len()].clone());
                let _ = side.send(ToEngine::Column {
                    instrument: id,
                    index,
                    column,
                });
            }
            free(side);
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    sides.iter_mut().for_each(free);
}

/// Memory of this process that is in RAM, KiB; 0 where the system doesn't say.
fn resident_kib() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}
