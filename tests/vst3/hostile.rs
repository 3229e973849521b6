//! What hosts shouldn't do, and do: rates and sizes of all kinds, nonsense for numbers, calls in the
//! wrong order.

use std::time::Instant;

use vst3::Steinberg::Vst::{IAudioProcessorTrait, IComponentTrait, IEditControllerTrait};
use vst3::Steinberg::{
    IPluginBaseTrait, kInvalidArgument, kNotInitialized, kResultFalse, kResultOk,
};

use crate::dice::Dice;
use crate::vst3_host::lists::{Note, Points};
use crate::vst3_host::{Block, CONSORT, Plugin, STEMS, bus};
use crate::{INSTRUMENT_STATE, STEMS_STATE, alone, song};

const RATE: f64 = 48_000.0;
const STATES: [(&[u8; 16], &[u8]); 2] = [(CONSORT, INSTRUMENT_STATE), (STEMS, STEMS_STATE)];

fn is_sound(samples: &[[Vec<f32>; 2]]) -> bool {
    samples
        .iter()
        .flatten()
        .flatten()
        .all(|x| x.is_finite() && x.abs() < 8.0)
}

#[test]
fn every_rate_and_block_size_plays() {
    let _alone = alone();
    for (class, state) in STATES {
        let plugin = Plugin::create(class);
        assert!(plugin.load(state));
        for rate in [
            8_000.0, 22_050.0, 44_100.0, 48_000.0, 88_200.0, 96_000.0, 176_400.0, 192_000.0,
            384_000.0,
        ] {
            plugin.activate(rate, 8_192, false);
            for frames in [1, 2, 7, 63, 64, 441, 1_024, 8_191, 8_192, 0, 1] {
                let on = [Note::on(frames as i32 / 2, 60, 1)];
                let block = Block {
                    notes: &on,
                    context: Some(song(120.0, 1.0)),
                    input: Some(&|at| (at as f32 * 0.1).sin()),
                    ..Block::default()
                };
                let played = plugin.play(frames, &block);
                assert!(
                    played.result == kResultOk && is_sound(&played.outputs),
                    "{rate} {frames}"
                );
            }
            plugin.deactivate();
        }
        for rate in [0.0, -48_000.0, f64::NAN, f64::INFINITY] {
            assert_eq!(plugin.set_up(rate, 512, false), kResultFalse);
        }
        assert_eq!(plugin.set_up(RATE, -1, false), kResultFalse);
        assert_eq!(plugin.set_up(RATE, i32::MAX, false), kResultFalse);
    }
}

#[test]
fn a_longer_block_than_was_announced_is_silent_and_its_events_count() {
    let _alone = alone();
    let plugin = Plugin::create(CONSORT);
    assert!(plugin.load(INSTRUMENT_STATE));
    plugin.activate(RATE, 256, true);
    let tune = plugin.automatable()[0];
    let block = Block {
        points: &[(tune, vec![(0, 0.25)])],
        ..Block::default()
    };
    let long = plugin.play(512, &block);
    assert_eq!((long.result, long.peak(0)), (kInvalidArgument, 0.0));
    // SAFETY: as VST3 has it.
    let value = unsafe { plugin.controller.getParamNormalized(tune) };
    assert!((value - 0.25).abs() < 1e-6);
    let on = Block {
        notes: &[Note::on(0, 60, 1)],
        ..Block::default()
    };
    assert!(plugin.play(256, &on).peak(0) > 1e-4, "it plays on");
}

#[test]
fn what_is_no_number_changes_no_parameter() {
    let _alone = alone();
    for (class, state) in STATES {
        let plugin = Plugin::create(class);
        assert!(plugin.load(state));
        plugin.activate(RATE, 512, true);
        // SAFETY: as VST3 has it.
        let value = |id| unsafe { plugin.controller.getParamNormalized(id) };
        for id in plugin.automatable() {
            let before = value(id);
            for odd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                let block = Block {
                    points: &[(id, vec![(0, odd), (100, odd)])],
                    ..Block::default()
                };
                assert!(is_sound(&plugin.play(512, &block).outputs));
                // SAFETY: as above.
                let (set, plain, normal) = unsafe {
                    (
                        plugin.controller.setParamNormalized(id, odd),
                        plugin.controller.normalizedParamToPlain(id, odd),
                        plugin.controller.plainParamToNormalized(id, odd),
                    )
                };
                assert_eq!(set, kInvalidArgument);
                assert!(plain.is_finite() && (0.0..=1.0).contains(&normal));
                assert_eq!(value(id), before, "{id}: {odd}");
            }
        }
    }
}

#[test]
fn nonsense_for_numbers_is_survived() {
    let _alone = alone();
    let odd = [
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        -1.0,
        1e300,
        -1e-300,
        0.0,
        2.0,
    ];
    let mut dice = Dice(5);
    for (class, state) in STATES {
        let plugin = Plugin::create(class);
        assert!(plugin.load(state));
        plugin.activate(RATE, 512, true);
        let all: Vec<u32> = plugin.parameters().iter().map(|info| info.id).collect();
        let mut worst = 0.0_f64;
        for turn in 0..400 {
            let any = |dice: &mut Dice| match dice.below(3) {
                0 => odd[dice.below(8) as usize],
                _ => dice.unit(),
            };
            let frame = |dice: &mut Dice| {
                [i32::MIN, -1, 0, 100, 511, 512, i32::MAX][dice.below(7) as usize]
            };
            // Backwards in time as often as not, of parameters that there are, and aren't.
            let points: Vec<Points> = (0..8)
                .map(|_| {
                    let id = match dice.below(9) {
                        0 => dice.below(u32::MAX.into()) as u32,
                        _ => all[dice.below(all.len() as u64) as usize],
                    };
                    (
                        id,
                        (0..4).map(|_| (frame(&mut dice), any(&mut dice))).collect(),
                    )
                })
                .collect();
            let notes: Vec<Note> = (0..12)
                .map(|_| {
                    let (frame, key) = (frame(&mut dice), dice.below(300) as i16 - 80);
                    let (id, channel) = (dice.below(9) as i32 - 1, dice.below(40) as i16 - 10);
                    match dice.below(3) {
                        0 => Note::On {
                            frame,
                            channel,
                            key,
                            id,
                            velocity: any(&mut dice) as f32,
                        },
                        1 => Note::Off {
                            frame,
                            channel,
                            key,
                            id,
                        },
                        _ => Note::Express {
                            frame,
                            id,
                            kind: dice.below(9) as u32,
                            value: any(&mut dice),
                        },
                    }
                })
                .collect();
            let mut context = song(any(&mut dice) * 200.0, any(&mut dice) * 1e9);
            context.state = dice.below(1 << 18) as u32;
            context.timeSigNumerator = dice.below(300) as i32 - 100;
            context.timeSigDenominator = dice.below(300) as i32 - 100;
            context.barPositionMusic = any(&mut dice) * 100.0;
            let input = |at: usize| [f32::NAN, f32::INFINITY, 1e-40, 1.0][(at + turn) % 4];
            let block = Block {
                notes: &notes,
                points: &points,
                context: Some(context),
                input: (turn % 7 == 3).then_some(&input),
            };
            let began = Instant::now();
            let played = plugin.play(512, &block);
            worst = worst.max(began.elapsed().as_secs_f64());
            assert_eq!(played.result, kResultOk);
            if class == CONSORT {
                let finite = played
                    .outputs
                    .iter()
                    .flatten()
                    .flatten()
                    .all(|x| x.is_finite());
                assert!(finite, "turn {turn}");
            }
        }
        println!(
            "400 blocks of nonsense: the slowest took {:.1} ms",
            1e3 * worst
        );
        assert!(worst < 1.0, "{worst} s");
        for id in all {
            for value in odd {
                // SAFETY: as VST3 has it.
                unsafe {
                    plugin.controller.setParamNormalized(id, value);
                    plugin
                        .controller
                        .getParamStringByValue(id, value, &mut [0; 128]);
                    assert!((0.0..=1.0).contains(&plugin.controller.getParamNormalized(id)));
                }
            }
        }
        let calm = plugin.play(512, &Block::default());
        assert_eq!(calm.result, kResultOk);
    }
}

/// Events of a block beyond any that a hand plays are left out, ends of notes last.
#[test]
fn more_events_than_fit_are_left_out() {
    let _alone = alone();
    let plugin = Plugin::create(CONSORT);
    assert!(plugin.load(INSTRUMENT_STATE));
    plugin.activate(RATE, 512, true);
    let ons = (0..30_000).map(|at| Note::on(511 - at % 512, 21 + (at % 88) as i16, -1));
    let offs = (21..109).map(|key| Note::off(511, key, -1));
    let notes: Vec<Note> = ons.chain(offs).collect();
    let block = Block {
        notes: &notes,
        ..Block::default()
    };
    assert_eq!(plugin.play(512, &block).result, kResultOk);
    for _ in 0..1_000 {
        plugin.play(512, &Block::default());
    }
    assert!(
        plugin.play(512, &Block::default()).peak(0) < 1e-3,
        "nothing hangs"
    );
}

#[test]
fn calls_in_the_wrong_order_are_refused() {
    let _alone = alone();
    for class in [CONSORT, STEMS] {
        let bare = Plugin::create_bare(class);
        // SAFETY: to see what happens.
        unsafe {
            assert_eq!(bare.component.getBusCount(0, 0), 0);
            assert_eq!(bare.controller.getParameterCount(), 0);
            assert_eq!(bare.component.setActive(1), kNotInitialized);
            assert_eq!(bare.processor.setProcessing(1), kNotInitialized);
            assert_eq!(bare.set_up(RATE, 512, false), kNotInitialized);
            assert!(bare.controller.createView(c"editor".as_ptr()).is_null());
            assert_eq!(bare.controller.setParamNormalized(1, 0.5), kNotInitialized);
        }
        assert!(!bare.load(b"{}"));
        assert_eq!(bare.play(64, &Block::default()).result, kNotInitialized);

        let plugin = Plugin::create(class);
        // SAFETY: as above.
        unsafe {
            assert_eq!(plugin.component.setActive(1), kResultFalse, "not set up");
            assert_eq!(plugin.component.setActive(0), kResultOk);
            assert_eq!(plugin.play(64, &Block::default()).result, kNotInitialized);
            plugin.activate(RATE, 64, false);
            assert_eq!(plugin.component.setActive(1), kResultOk);
            assert_eq!(
                plugin.set_up(RATE, 64, false),
                kResultFalse,
                "while it is active"
            );
            plugin.processor.setProcessing(0);
            assert_eq!(plugin.play(64, &Block::default()).result, kResultOk);
            assert_eq!(
                plugin.processor.process(std::ptr::null_mut()),
                kInvalidArgument
            );
            assert_eq!(plugin.component.initialize(std::ptr::null_mut()), kResultOk);
            assert_eq!(
                plugin.component.setState(std::ptr::null_mut()),
                kInvalidArgument
            );
            assert_eq!(
                plugin.component.getState(std::ptr::null_mut()),
                kInvalidArgument
            );
            // Without being made inactive first.
            assert_eq!(plugin.component.terminate(), kResultOk);
            assert_eq!(plugin.component.terminate(), kResultOk);
            assert_eq!(plugin.play(64, &Block::default()).result, kNotInitialized);
            // And once more from the beginning.
            assert_eq!(plugin.component.initialize(std::ptr::null_mut()), kResultOk);
        }
        plugin.activate(RATE, 64, false);
        assert_eq!(plugin.play(64, &Block::default()).result, kResultOk);
        let mut data = [std::ptr::null_mut()];
        let (result, _) = plugin.process(
            -5,
            &Block::default(),
            &mut [],
            &mut [bus(data.as_mut_ptr(), 1)],
        );
        assert_eq!(result, kResultOk);
    }
}

#[test]
fn sixty_four_instances_come_play_and_go() {
    let _alone = alone();
    let began = Instant::now();
    let all: Vec<Plugin> = (0..64)
        .map(|at| Plugin::create([CONSORT, STEMS][at % 2]))
        .collect();
    for plugin in &all {
        plugin.activate(RATE, 256, false);
    }
    let opened = began.elapsed();
    for _ in 0..20 {
        for plugin in &all {
            assert_eq!(plugin.play(256, &Block::default()).result, kResultOk);
        }
    }
    println!("64 instances opened in {opened:.2?}");
    drop(all);
    // The next one plays as if nothing had been.
    let plugin = Plugin::create(CONSORT);
    plugin.activate(RATE, 512, false);
    plugin.wait_for_sound(60);
}

#[test]
fn five_hundred_instances_open_and_close() {
    let _alone = alone();
    let began = Instant::now();
    for turn in 0..500 {
        let (class, state) = STATES[turn % 2];
        let plugin = Plugin::create(class);
        if turn % 4 < 2 {
            assert!(plugin.load(state));
        }
        if turn % 3 == 0 {
            plugin.activate(RATE, 512, false);
            plugin.play(512, &Block::default());
        }
    }
    println!("500 times opened and closed in {:.2?}", began.elapsed());
}
