//! Songs in files of any rate, number of channels and length: what is heard in them is the same, and where there is
//! nothing to hear that is said.

mod command;

use std::f64::consts::TAU;
use std::fs::File;
use std::io::{BufWriter, Cursor, Seek, Write};
use std::time::Instant;

use command::Desk;
use hound::{SampleFormat, WavSpec, WavWriter};

const BPM: f64 = 100.0;

/// C, F, G and C over and over, a bar each, with a stroke on every beat.
fn song(seconds: f64) -> f64 {
    let beat = 60.0 / BPM;
    let chord = [[60, 64, 67], [53, 57, 60], [55, 59, 62], [60, 64, 67]];
    let keys = chord[(seconds / (4.0 * beat)) as usize % 4];
    let since = seconds % beat;
    let tone = |key: i32| {
        let hertz = 440.0 * (f64::from(key - 69) / 12.0).exp2();
        (1..4)
            .map(|n| (TAU * hertz * f64::from(n) * seconds).sin() / f64::from(n * n))
            .sum::<f64>()
    };
    let chord: f64 = keys.into_iter().map(tone).sum();
    let stroke = (TAU * 90.0 * since).sin() * (-25.0 * since).exp();
    0.1 * chord * (-2.0 * since).exp() + 0.4 * stroke
}

/// Writes so many frames of 16 bits, all channels alike.
fn wav(rate: u32, channels: u16, frames: u64, sample: impl Fn(u64) -> f64) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    write(&mut file, rate, channels, frames, sample);
    file.into_inner()
}

fn write(
    file: &mut (impl Write + Seek),
    rate: u32,
    channels: u16,
    frames: u64,
    sample: impl Fn(u64) -> f64,
) {
    let spec = WavSpec {
        channels,
        sample_rate: rate,
        bits_per_sample: 16,
        sample_format: SampleFormat::Int,
    };
    let mut writer = WavWriter::new(file, spec).unwrap();
    for frame in 0..frames {
        let sample = (sample(frame) * 32_000.0) as i16;
        (0..channels).for_each(|_| writer.write_sample(sample).unwrap());
    }
    writer.finalize().unwrap();
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs ONNX Runtime and the models")]
fn any_rate_and_number_of_channels_is_the_same_song() {
    let desk = Desk::new();
    for (rate, channels) in [
        (8_000, 1),
        (22_050, 1),
        (48_000, 2),
        (192_000, 2),
        (44_100, 8),
    ] {
        let frames = 20 * u64::from(rate);
        let sound = wav(rate, channels, frames, |frame| {
            song(frame as f64 / f64::from(rate))
        });
        desk.put("song.wav", &sound);
        let told = desk.run(&["describe", "song.wav", "--json"]).json();
        let song = &told["description"];
        let (bpm, key) = (song["tempo"]["bpm"].as_f64(), song["key"]["name"].as_str());
        println!("{rate} Hz, {channels} channels: {bpm:?}, {key:?}");
        let near = bpm.is_some_and(|bpm| (bpm / BPM - 1.0).abs() < 0.02);
        assert!(
            near && key == Some("C major"),
            "{rate} Hz, {channels} channels"
        );
    }
}

/// Noise of ±0.5, of a frame's number: xorshift64 (Marsaglia, 2003).
fn noise(frame: u64) -> f64 {
    let mut x = (frame + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    (x >> 40) as f64 / f64::from(1 << 24) - 0.5
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs ONNX Runtime and the models")]
fn noise_has_no_beat_and_two_samples_are_no_song() {
    let desk = Desk::new();
    desk.put("noise.wav", &wav(44_100, 1, 20 * 44_100, noise));
    let told = desk.run(&["describe", "noise.wav", "--json"]).json();
    assert!(told["description"]["tempo"].is_null(), "{told}");
    desk.run(&["stem", "noise.wav", "drums"])
        .failed(&["noise.wav", "no beat"]);
    desk.put("two.wav", &wav(44_100, 1, 2, |_| 0.5));
    let told = desk.run(&["describe", "two.wav", "--json"]).json();
    let song = &told["description"];
    assert!(song["tempo"].is_null() && song["key"].is_null(), "{told}");
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs ONNX Runtime and the models")]
fn nothing_is_heard_where_nothing_is() {
    const RATE: u64 = 22_050;
    let desk = Desk::new();
    // Middle C for a second, which begins and ends softly.
    let note = |frame: u64| {
        let t = frame as f64 / RATE as f64;
        let wave = |n: f64| (TAU * 261.63 * n * t).sin() / n;
        let edge = (t / 0.005).min((1.0 - t) / 0.05).clamp(0.0, 1.0);
        0.3 * edge * (-2.0 * t).exp() * (1..8).map(|n| wave(f64::from(n))).sum::<f64>()
    };
    let heard = |frames: u64, sample: &dyn Fn(u64) -> f64| -> Vec<u64> {
        desk.put("a.wav", &wav(RATE as u32, 1, frames, sample));
        let asked = ["transcribe", "a.wav", "--out", "a.mid", "--force", "--json"];
        let told = desk.run(&asked).json();
        let notes = told["notes"].as_array().unwrap().iter();
        notes.map(|note| note["key"].as_u64().unwrap()).collect()
    };
    let hum = |frame: u64| (TAU * 50.0 * frame as f64 / RATE as f64).sin();
    // The root mean square of that noise is 1/√12.
    let noisy =
        |decibels: f64| move |frame: u64| 12f64.sqrt() * 10f64.powf(decibels / 20.0) * noise(frame);
    let tails: [(&str, &dyn Fn(u64) -> f64); 7] = [
        ("silence", &|_| 0.0),
        ("noise of -90 dB", &noisy(-90.0)),
        ("noise of -70 dB", &noisy(-70.0)),
        ("noise of -50 dB", &noisy(-50.0)),
        ("hum", &|frame| 4.5e-4 * hum(frame)),
        ("an offset", &|_| 0.001),
        ("a larger offset", &|_| 0.02),
    ];
    for (name, tail) in tails {
        let sound = |frame| {
            if frame < RATE {
                note(frame)
            } else {
                tail(frame)
            }
        };
        assert_eq!(heard(13 * RATE, &sound), [60], "{name}");
    }
    // Where all of it is soft, that is something.
    assert_eq!(heard(RATE, &|frame| 0.002 * note(frame)), [60]);
}

#[test]
fn of_three_hours_the_beginning_is_heard() {
    let desk = Desk::new();
    let begun = Instant::now();
    let mut file = BufWriter::new(File::create(desk.file("long.wav")).unwrap());
    let frames = 3 * 3_600 * 8_000;
    // Twenty seconds over and over: sines are slow.
    let round: Vec<f64> = (0..153_600)
        .map(|frame| song(f64::from(frame) / 8_000.0))
        .collect();
    write(&mut file, 8_000, 1, frames, |frame| {
        round[frame as usize % round.len()]
    });
    drop(file);
    // Without the model, which would take a minute.
    let told = desk
        .run(&["describe", "long.wav", "--fast", "--json"])
        .json();
    let song = &told["description"];
    println!(
        "{:.0} s, of {} s {} are used",
        begun.elapsed().as_secs_f64(),
        song["seconds"],
        song["seconds_used"]
    );
    assert_eq!(song["seconds_used"].as_f64().map(f64::round), Some(600.0));
    let bpm = song["tempo"]["bpm"].as_f64().unwrap();
    assert!((bpm / BPM - 1.0).abs() < 0.02, "{bpm}");
}
