//! Drum kits from prompts: pieces, levels, seeds, keeping and redrawing, files, and silence after.

mod command;

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

use command::Desk;
use consort::engine::NoteEvent;
use consort::instrument::kit::{KEYS, choke_group, piece_name};
use consort::instrument::zone::Column;
use consort::instrument::{Instrument, Macros, export, render};
use consort::jobs::offline::{FramedEvent, Player, Tail};
use consort::models::{Error, KitWish, Models, Pack, Request, make_instrument};

fn request(prompt: &str, seed: u64, wish: KitWish) -> Request {
    Request {
        prompt: prompt.into(),
        seed,
        kit: Some(wish),
        ..Request::default()
    }
}

fn make(models: &mut Models, request: &Request) -> Result<Instrument, Error> {
    let made = make_instrument(models, request, &mut |_, _| ControlFlow::Continue(()));
    made.map(|made| made.instrument)
}

fn models() -> Models {
    Models::new(Pack::built_in().expect("the built-in pack"))
}

fn columns(instrument: &Instrument, rate: f32) -> Vec<Column> {
    let mut columns = Vec::new();
    let order = render::order(instrument, 60);
    let flow = render::render_columns(
        instrument,
        rate,
        &Macros::default(),
        &order,
        &|| false,
        &mut |_, column| {
            columns.push(*column);
            ControlFlow::Continue(())
        },
    );
    assert!(flow.is_continue());
    columns
}

fn peak(frames: &[[f32; 2]]) -> f32 {
    let level = |peak: f32, x: &f32| peak.max(x.abs());
    frames.iter().flatten().fold(0.0, level)
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn every_piece_sounds_within_range_and_gets_louder_with_velocity() {
    let mut models = models();
    for prompt in ["tight 70s funk kit", "808", "brushes"] {
        let begun = Instant::now();
        let kit = make(&mut models, &request(prompt, 1, KitWish::default())).unwrap();
        println!("{prompt}: {:.2} s", begun.elapsed().as_secs_f32());
        assert_eq!(kit.name, prompt);
        assert_eq!(kit.kit().unwrap().pieces().len(), KEYS.count());
        for column in columns(&kit, 44_100.0) {
            let name = piece_name(column.root_key).unwrap();
            let peaks: Vec<f32> = column.layers.iter().map(|l| peak(&l.frames)).collect();
            assert!(
                peaks.windows(2).all(|two| two[0] < two[1]),
                "{prompt} {name}: {peaks:?}"
            );
            assert!(
                (0.01..2.0).contains(&peaks[3]),
                "{prompt} {name}: {peaks:?}"
            );
            assert!(peaks[0] > 0.0005, "{prompt} {name}: {peaks:?}");
            let sounds = column.layers.iter().flat_map(|l| l.frames.iter().flatten());
            assert!(sounds.copied().all(f32::is_finite), "{prompt} {name}");
            assert_eq!(column.choke_group, choke_group(column.root_key));
            let last = column.layers[3].frames.last().unwrap();
            assert!(peak(&[*last]) < 0.002, "{prompt} {name}: ends at {last:?}");
        }
    }
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn seeds_repeat_and_vary_and_pieces_are_kept_or_drawn_anew() {
    let mut models = models();
    let first = make(&mut models, &request("rock kit", 5, KitWish::default())).unwrap();
    let again = make(&mut models, &request("rock kit", 5, KitWish::default())).unwrap();
    assert_eq!(first, again);
    let other = make(&mut models, &request("rock kit", 6, KitWish::default())).unwrap();
    let of = |kit: &Instrument, key: u8| kit.kit().unwrap().piece(key).unwrap().clone();
    for key in KEYS {
        assert_ne!(of(&first, key).hit(), of(&other, key).hit(), "key {key}");
    }

    // Another snare, the rest as it was.
    let wish = KitWish {
        from: Some(Arc::new(first.clone())),
        kept: !(1 << 38),
        pieces_seed: Some(99),
    };
    let redrawn = make(&mut models, &request("rock kit", 5, wish)).unwrap();
    for key in KEYS {
        let same = of(&first, key) == of(&redrawn, key);
        assert_eq!(same, key != 38, "key {key}");
    }
    // A new kit that keeps the kick.
    let wish = KitWish {
        from: Some(Arc::new(first.clone())),
        kept: 1 << 36,
        pieces_seed: None,
    };
    let next = make(&mut models, &request("jazz kit", 7, wish)).unwrap();
    for key in KEYS {
        assert_eq!(of(&first, key) == of(&next, key), key == 36, "key {key}");
    }
    assert_eq!(Instrument::from_bytes(&next.to_bytes()), Ok(next));
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn a_beat_on_a_kit_ends_in_silence() {
    let kit = make(&mut models(), &request("techno kit", 2, KitWish::default())).unwrap();
    let mut player = Player::new(&kit, 44_100, u128::MAX, &|| false, &mut |_| {}).unwrap();
    let hit = |step: u64, key: u8| FramedEvent {
        frame: step * 5_512,
        event: NoteEvent::NoteOn {
            note_id: None,
            channel: 9,
            key,
            velocity: 0.9,
        },
    };
    let keys = [36, 42, 46, 42, 38, 42, 46, 44];
    let beat: Vec<FramedEvent> = (0..).zip(keys).map(|(step, key)| hit(step, key)).collect();
    let mut sound: Vec<[f32; 2]> = Vec::new();
    let mut sink = |left: &[f32], right: &[f32]| -> Result<(), ()> {
        sound.extend(left.iter().zip(right).map(|(l, r)| [*l, *r]));
        Ok(())
    };
    player.play(&beat, Tail::Silence, &mut sink).unwrap();
    assert!(peak(&sound) > 0.1, "{}", peak(&sound));
    let seconds = sound.len() as f32 / 44_100.0;
    assert!(seconds < 6.0, "silent after {seconds} s");
    assert!(peak(&sound[sound.len() - 10..]) < 1e-4);
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn an_export_plays_hits_whole_and_chokes_hi_hats() {
    let kit = make(&mut models(), &request("808", 1, KitWish::default())).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let sfz = export::sfz(
        &kit,
        &kit.macros,
        22_050.0,
        folder.path(),
        &|| false,
        &mut |_| {},
    );
    let text = std::fs::read_to_string(sfz.unwrap()).unwrap();
    assert_eq!(text.matches("<region>").count(), KEYS.count() * 4);
    assert_eq!(text.matches("loop_mode=one_shot").count(), KEYS.count() * 4);
    for region in text.split("<region>").skip(1) {
        let mut keys = KEYS;
        let key: u8 = keys
            .find(|key| region.contains(&format!("lokey={key} hikey={key} ")))
            .expect("a key");
        let group = choke_group(key);
        let chokes = region.contains(&format!("group={group} off_by={group}"));
        assert_eq!(chokes, group != 0, "key {key}");
    }
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn the_command_makes_kits_and_says_what_is_wrong() {
    let desk = Desk::new();
    let made = desk.run(&["kit", "808", "--rate", "22050", "--seed", "3", "--json"]);
    let text = made.ok();
    assert!(text.contains("\"pieces\":47"), "{text}");
    let info = desk.run(&["info", "808-3/808-3.consort"]);
    let text = info.ok();
    assert!(text.contains("drum kit") && text.contains("47"), "{text}");
    desk.run(&["kit", "   "]).refused(&["warm cello"]);
    desk.run(&["kit", "808", "--guidance", "nan"])
        .refused(&["0 to 10"]);
    let raw = ["note", "--instrument", "808-3/808-3.consort", "--key", "38"];
    let refused = desk.run(&[&raw[..], &["--raw", "--out", "x.wav"]].concat());
    assert_eq!(refused.code, Some(1), "{refused:?}");
    let empty = make(&mut models(), &request("  ", 1, KitWish::default()));
    assert!(matches!(empty, Err(Error::Prompt(_))));
}

/// Loudness of the first 0.4 s, LUFS.
fn loudness(frames: &[[f32; 2]], rate: u32) -> f64 {
    let stroke = (rate as usize * 2) / 5;
    let mut padded = frames.to_vec();
    padded.resize(stroke, [0.0; 2]);
    let mut meter = ebur128::EbuR128::new(2, rate, ebur128::Mode::M).unwrap();
    let flat: Vec<f32> = padded.into_iter().flatten().collect();
    meter.add_frames_f32(&flat).unwrap();
    meter.loudness_momentary().unwrap()
}

/// The middle of the spectrum of the first 0.34 s, Hz.
fn centroid(frames: &[[f32; 2]], rate: f32) -> f32 {
    let mut plan = realfft::RealFftPlanner::<f32>::new();
    let forward = plan.plan_fft_forward(16_384);
    let mut input = forward.make_input_vec();
    for (x, frame) in input.iter_mut().zip(frames) {
        *x = frame[0] + frame[1];
    }
    let mut bins = forward.make_output_vec();
    forward.process(&mut input, &mut bins).unwrap();
    let power = bins.iter().map(|bin| bin.norm_sqr());
    let hertz = |bin: usize| bin as f32 * rate / 16_384.0;
    let (sum, weighted) = power
        .enumerate()
        .fold((0.0, 0.0), |(sum, weighted), (bin, power)| {
            (sum + power, weighted + power * hertz(bin))
        });
    weighted / sum
}

/// What a drummer hears of any kit: kick and snare as loud beside each other as in recorded kits of the kind
/// (SoundFonts' kits, at velocity 90), hi-hats that are there and not on top, a snare that opens up when it is
/// struck harder, strokes in a row that aren't one sample, and what the name promises.
#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn kits_are_balanced_brighten_with_force_and_repeat_no_stroke() {
    let mut models = models();
    let kinds = [
        ("rock kit", 0.6),
        ("tight dry funk kit", 0.6),
        ("jazz kit with ride", -2.5),
        ("jazz kit with brushes", -7.5),
        ("808 trap kit", -0.8),
        ("909 house kit", -0.8),
    ];
    for (prompt, snare) in kinds {
        for seed in [1, 2] {
            let kit = make(&mut models, &request(prompt, seed, KitWish::default())).unwrap();
            let columns = columns(&kit, 48_000.0);
            let of = |key: u8| {
                columns
                    .iter()
                    .find(|column| column.root_key == key)
                    .unwrap()
            };
            let level = |key: u8| {
                loudness(&of(key).layers[2].frames, 48_000)
                    - loudness(&of(36).layers[2].frames, 48_000)
            };
            let heard = format!(
                "{prompt} {seed}: snare {:.1}, hi-hat {:.1}",
                level(38),
                level(42)
            );
            println!("{heard}");
            assert!((level(38) - snare).abs() <= 3.5, "{heard}, usual {snare}");
            assert!((-15.0..-4.0).contains(&level(42)), "{heard}");
            let bright: Vec<f32> = of(38)
                .layers
                .iter()
                .map(|layer| centroid(&layer.frames, 48_000.0))
                .collect();
            println!("  snare {bright:.0?} Hz");
            assert!(bright[3] > bright[0], "{prompt} {seed}: {bright:?}");
            assert_eq!(of(42).takes.len(), 3, "{prompt} {seed}");
            let first = &of(42).layers[3].frames;
            // What is heard of a hi-hat is its treble, whatever thumps below.
            let treble = |frames: &[[f32; 2]]| -> Vec<f32> {
                let steps = frames.windows(2);
                steps.map(|two| two[1][0] - two[0][0]).collect()
            };
            for take in &of(42).takes {
                let (one, other) = (treble(first), treble(&take[3]));
                let power: f32 = one.iter().map(|x| x * x).sum();
                let both = one.iter().zip(&other);
                let differs: f32 = both.map(|(a, b)| (a - b).powi(2)).sum();
                assert!(
                    differs > 0.1 * power,
                    "{prompt} {seed}: {}",
                    differs / power
                );
                let louder = loudness(&take[3], 48_000) - loudness(first, 48_000);
                assert!(louder.abs() < 1.5, "{prompt} {seed}: {louder}");
            }
        }
    }
    // An 808's kick is held; brushes stir: nothing is struck, and the loudest moment comes late.
    let lasts = |kit: &Instrument| {
        let frames = &columns(kit, 48_000.0)
            .into_iter()
            .find(|c| c.root_key == 36)
            .unwrap()
            .layers[3]
            .frames
            .clone();
        let over = peak(frames) * 0.0316;
        frames
            .iter()
            .rposition(|frame| frame[0].abs() > over)
            .unwrap() as f32
            / 48_000.0
    };
    let kit = make(&mut models, &request("808 trap kit", 3, KitWish::default())).unwrap();
    assert!(lasts(&kit) > 0.5, "{}", lasts(&kit));
    let kit = make(
        &mut models,
        &request("jazz kit with brushes", 3, KitWish::default()),
    )
    .unwrap();
    let stirred = columns(&kit, 48_000.0)
        .into_iter()
        .find(|c| c.root_key == 40)
        .unwrap();
    let frames = &stirred.layers[3].frames;
    let energy =
        |from: usize, to: usize| frames[from..to].iter().map(|f| f[0].powi(2)).sum::<f32>();
    assert!(
        energy(4_800, 9_600) > 4.0 * energy(0, 1_440),
        "brushes that are stirred begin like a stroke"
    );
}
