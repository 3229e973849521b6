//! Sound files, good and bad. Those in `tests/data/sounds` hold the note A4 (440 Hz) for 0.4 s,
//! written by libsndfile at 22,050 Hz; FLAC and OGG in stereo, the right channel half as loud.

use std::path::{Path, PathBuf};

use super::synthetic::{saw, tone, white};
use crate::analysis::sound_file::read;
use crate::analysis::{Extent, ReadError, SAMPLE_RATE, Sound, SoundError, pitch};

fn kept(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/sounds")
        .join(name)
}

/// A file of these bytes in a folder that lives as long as the guard.
fn file(name: &str, bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

fn wav(sound: &[f32], rate: u32, channels: u16) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let spec = hound::WavSpec {
        channels,
        sample_rate: rate,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut writer = hound::WavWriter::new(&mut bytes, spec).unwrap();
    for &x in sound {
        for _ in 0..channels {
            writer.write_sample(x).unwrap();
        }
    }
    writer.finalize().unwrap();
    bytes.into_inner()
}

#[test]
fn reads_every_format() {
    for (name, channels) in [
        ("a440.flac", 2),
        ("a440.aiff", 1),
        ("a440.mp3", 1),
        ("a440.ogg", 2),
    ] {
        let (sound, extent) = read(&kept(name), 10.0).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(
            (sound.rate(), sound.channels().len()),
            (22_050, channels),
            "{name}"
        );
        assert_eq!(extent, Extent::Whole, "{name}");
        assert!(
            (sound.seconds() - 0.4).abs() < 0.06,
            "{name}: {}",
            sound.seconds()
        );
        let pitch = pitch::find(&sound.for_analysis()).unwrap();
        assert!((pitch.hertz - 440.0).abs() < 0.3, "{name}: {pitch:?}");
        if channels == 2 {
            let peak = |c: &[f32]| c.iter().fold(0.0f32, |p, x| p.max(x.abs()));
            let ratio = peak(&sound.channels()[0]) / peak(&sound.channels()[1]);
            assert!((ratio - 2.0).abs() < 0.1, "{name}: {ratio}");
        }
    }
}

#[test]
fn reads_wav_exactly_and_takes_two_of_six_channels() {
    let samples = tone(440.0, &saw(8), 0.0, 0.5, 48_000);
    for channels in [1, 2, 6] {
        let (_folder, path) = file("a.wav", &wav(&samples, 48_000, channels));
        let (sound, extent) = read(&path, 10.0).unwrap();
        assert_eq!(extent, Extent::Whole);
        assert_eq!(sound.channels().len(), usize::from(channels.min(2)));
        assert!(sound.channels().iter().all(|channel| *channel == samples));
    }
    // Whatever it is called.
    let (_folder, path) = file("a.mp3", &wav(&samples, 48_000, 1));
    assert_eq!(read(&path, 10.0).unwrap().0.channels()[0], samples);
}

#[test]
fn a_long_file_is_read_as_far_as_asked() {
    let (_folder, path) = file(
        "long.wav",
        &wav(&tone(440.0, &saw(4), 0.0, 3.0, 44_100), 44_100, 2),
    );
    let (sound, extent) = read(&path, 1.0).unwrap();
    assert_eq!(extent, Extent::Beginning);
    assert_eq!(sound.channels()[0].len(), 44_100);
    assert_eq!(read(&path, 600.0).unwrap().1, Extent::Whole);
}

#[test]
fn each_bad_file_has_its_sentence() {
    let nothing = Path::new("/nowhere/at all.wav");
    assert_eq!(
        read(nothing, 1.0),
        Err(ReadError::Missing("at all.wav".into()))
    );
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(
        read(folder.path(), 1.0),
        Err(ReadError::NotAudio(_) | ReadError::Unreadable { .. })
    ));

    let text = "Lorem ipsum dolor sit amet. ".repeat(2000);
    let good = wav(&tone(440.0, &saw(4), 0.0, 0.2, 44_100), 44_100, 1);
    let header = good[..40].to_vec();
    let nan = wav(&[0.1, f32::NAN, 0.2], 44_100, 1);
    let silent = wav(&[0.0; 4000], 44_100, 2);
    let none = wav(&[], 44_100, 1);
    type Check = fn(&ReadError) -> bool;
    let cases: [(&str, &[u8], Check); 7] = [
        ("empty.wav", &[], |e| matches!(e, ReadError::Empty(_))),
        ("text.wav", text.as_bytes(), |e| {
            matches!(e, ReadError::NotAudio(_))
        }),
        ("picture.png", b"\x89PNG\r\n\x1a\n0000IHDR", |e| {
            matches!(e, ReadError::NotAudio(_))
        }),
        ("header.wav", &header, |e| {
            matches!(e, ReadError::Damaged(_) | ReadError::NotAudio(_))
        }),
        ("nan.wav", &nan, |e| {
            matches!(
                e,
                ReadError::Sound {
                    reason: SoundError::NotFinite,
                    ..
                }
            )
        }),
        ("silent.wav", &silent, |e| {
            matches!(
                e,
                ReadError::Sound {
                    reason: SoundError::Silent,
                    ..
                }
            )
        }),
        ("none.wav", &none, |e| {
            matches!(
                e,
                ReadError::Sound {
                    reason: SoundError::Empty,
                    ..
                }
            )
        }),
    ];
    for (name, bytes, expected) in cases {
        let (_folder, path) = file(name, bytes);
        let error = read(&path, 1.0).expect_err(name);
        assert!(expected(&error), "{name}: {error:?}");
        let sentence = error.to_string();
        assert!(
            sentence.contains(name) && sentence.ends_with('.'),
            "{sentence}"
        );
    }
}

#[test]
fn damaged_files_never_panic_and_give_what_they_can() {
    for name in ["a440.flac", "a440.aiff", "a440.mp3", "a440.ogg"] {
        let good = std::fs::read(kept(name)).unwrap();
        let mut noise = white();
        let mut random =
            |below: usize| ((noise.next().unwrap() + 1.0) * 0.5 * below as f64) as usize;
        let mut heard = 0;
        for round in 0..60 {
            let mut bad = good.clone();
            if round % 2 == 0 {
                bad.truncate(random(good.len()));
            }
            for _ in 0..round % 7 {
                let at = random(bad.len());
                if let Some(byte) = bad.get_mut(at) {
                    *byte = random(256) as u8;
                }
            }
            let (_folder, path) = file(name, &bad);
            match read(&path, 1.0) {
                Ok((sound, _)) => {
                    heard += 1;
                    assert!(sound.for_analysis().iter().all(|x| x.is_finite()));
                }
                Err(error) => assert!(error.to_string().contains(name)),
            }
        }
        // One wrong byte spoils all of a small OGG file, but few whole files are spoilt by none.
        assert!(heard > 0, "{name}: none of 60 gave sound");
    }
}

#[test]
fn sounds_that_are_none() {
    assert_eq!(Sound::new(vec![], 44_100), Err(SoundError::Empty));
    assert_eq!(
        Sound::new(vec![vec![0.1], vec![]], 44_100),
        Err(SoundError::Empty)
    );
    assert_eq!(Sound::new(vec![vec![0.1]], 100), Err(SoundError::Rate(100)));
    assert_eq!(
        Sound::new(vec![vec![0.1, f32::INFINITY]], 44_100),
        Err(SoundError::NotFinite)
    );
    assert_eq!(
        Sound::new(vec![vec![1e-7; 9]], 44_100),
        Err(SoundError::Silent)
    );
}

#[test]
fn channels_that_cancel_out_still_sound() {
    let left = tone(440.0, &saw(4), 0.0, 0.5, SAMPLE_RATE);
    let right = left.iter().map(|x| -x).collect();
    let sound = Sound::new(vec![left, right], SAMPLE_RATE).unwrap();
    assert!((pitch::find(&sound.for_analysis()).unwrap().hertz - 440.0).abs() < 0.3);
}

#[test]
fn resampling_keeps_levels_to_15_khz_and_direct_current_goes() {
    for rate in [22_050, 44_100, 48_000, 96_000, 192_000, 44_101] {
        for hertz in [100.0, 5_000.0, 10_000.0, 15_000.0] {
            if hertz > 0.45 * f64::from(rate) {
                continue;
            }
            let mut sound = tone(hertz, &[(1.0, 0.5)], 0.0, 0.5, rate);
            sound.iter_mut().for_each(|x| *x += 0.2);
            let got = Sound::new(vec![sound], rate).unwrap().for_analysis();
            assert!(
                (got.len() as f64 - 16_000.0).abs() < 3.0,
                "{rate}: {}",
                got.len()
            );
            let middle = &got[6_000..12_000];
            let power = middle.iter().map(|x| x * x).sum::<f32>() / middle.len() as f32;
            assert!(
                (power / 0.125 - 1.0).abs() < 0.02,
                "{rate}, {hertz} Hz: {power}"
            );
            let mean = middle.iter().sum::<f32>() / middle.len() as f32;
            assert!(mean.abs() < 0.01, "{rate}, {hertz} Hz: {mean}");
        }
    }
}
