//! How sound lies in files: ADPCM, numbers of any width, what isn't read, what begins late, what is damaged.

use super::containers::{RATE, chunk, data, format, heard, pcm, riff, same, samples};
use crate::analysis::sound_file::{read, read_sounding};
use crate::analysis::{Extent, ReadError, SoundError};

#[test]
fn adpcm_is_decoded() {
    // Every nibble 0: IMA's stays near its first sample (each adds an eighth of its step).
    for channels in [1u16, 2] {
        let block = 64 * channels;
        let head = b"\xe8\x03\0\0".repeat(channels.into());
        let blocks = [head, vec![0; usize::from(60 * channels)]]
            .concat()
            .repeat(3);
        let extra = [format(0x11, channels, block, 4), b"\x02\0\x79\0".to_vec()].concat();
        let file = riff(b"RIFF", &[chunk(b"fmt ", &extra), chunk(b"data", &blocks)]);
        let (sound, extent) = heard("ima.wav", &file).unwrap();
        assert_eq!(extent, Extent::Whole);
        assert_eq!(sound.channels().len(), usize::from(channels));
        let left = &sound.channels()[0];
        assert_eq!(left.len(), 3 * 121);
        assert!(
            left.iter().all(|x| (x * 32_768.0 - 1_000.0).abs() < 16.0),
            "{:?}",
            &left[..8]
        );

        // Microsoft's goes on in a straight line where the second predictor is chosen.
        let head = [vec![1; channels.into()], b"\x10\0".repeat(channels.into())].concat();
        let two = [
            b"\xd0\x07".repeat(channels.into()),
            b"\xd0\x07".repeat(channels.into()),
        ]
        .concat();
        let blocks = [head, two, vec![0; usize::from(57 * channels)]]
            .concat()
            .repeat(2);
        let extra = [format(2, channels, block, 4), vec![32, 0], vec![0; 32]].concat();
        let file = riff(b"RIFF", &[chunk(b"fmt ", &extra), chunk(b"data", &blocks)]);
        let (sound, _) = heard("ms.wav", &file).unwrap();
        let left = &sound.channels()[0];
        assert_eq!(left.len(), 2 * 116);
        assert!(
            left.iter().all(|x| (x * 32_768.0 - 2_000.0).abs() < 1.0),
            "{:?}",
            &left[..8]
        );
    }
}

#[test]
fn numbers_of_all_widths_are_read() {
    let wide =
        |extra: &[u8], holds: &[u8]| riff(b"RIFF", &[chunk(b"fmt ", extra), chunk(b"data", holds)]);
    let of = |width: usize| -> Vec<u8> {
        let shifted = samples()
            .into_iter()
            .map(|x| i64::from(x) << (8 * (width - 2)));
        shifted
            .flat_map(|x| x.to_le_bytes()[..width].to_vec())
            .collect()
    };
    let extensible = |bits: u16, valid: u16, tag: u16| {
        let guid = [
            &tag.to_le_bytes()[..],
            b"\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71",
        ]
        .concat();
        let more = [
            &22u16.to_le_bytes()[..],
            &valid.to_le_bytes(),
            &[0; 4],
            &guid,
        ]
        .concat();
        [format(0xfffe, 1, bits / 8, bits), more].concat()
    };
    same("24.wav", &wide(&format(1, 1, 3, 24), &of(3)), Extent::Whole);
    same("20.wav", &wide(&format(1, 1, 3, 20), &of(3)), Extent::Whole);
    same(
        "24in32.wav",
        &wide(&extensible(32, 24, 1), &of(4)),
        Extent::Whole,
    );
    same(
        "none.wav",
        &wide(&extensible(16, 0, 1), &of(2)),
        Extent::Whole,
    );
    let float: Vec<u8> = samples()
        .iter()
        .flat_map(|x| (f64::from(*x) / 32_768.0).to_le_bytes())
        .collect();
    let with_more = [format(3, 1, 8, 64), vec![2, 0, 0, 0]].concat();
    same("64.wav", &wide(&with_more, &float), Extent::Whole);
    // A-law without the two bytes that some readers want: all but silence.
    let (sound, _) = heard(
        "a.wav",
        &wide(&format(6, 1, 1, 8), &[0xd5, 0x2a, 0xaa, 0xd5]),
    )
    .unwrap();
    assert_eq!(sound.channels()[0].len(), 4);
}

#[test]
fn mp3_in_a_wav_file_is_unwrapped() {
    let kept = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/sounds/a440.mp3");
    let mp3 = std::fs::read(kept).unwrap();
    let fmt = chunk(b"fmt ", &format(0x55, 1, 1, 0));
    let (sound, _) = heard("a.wav", &riff(b"RIFF", &[fmt, chunk(b"data", &mp3)])).unwrap();
    assert!((sound.seconds() - 0.4).abs() < 0.06);
}

#[test]
fn what_is_not_read_is_said() {
    for (tag, what) in [
        (0x31u16, "GSM 6.10"),
        (0x161, "Windows Media"),
        (0x1234, "0x1234"),
    ] {
        let fmt = chunk(b"fmt ", &format(tag, 1, 65, 0));
        let file = riff(b"RIFF", &[fmt, chunk(b"data", &[0; 650])]);
        let error = heard("a.wav", &file).unwrap_err().to_string();
        assert!(error.contains("a.wav") && error.contains(what), "{error}");
    }
    let opus = [
        b"OggS\0\x02".as_slice(),
        &[0; 20],
        b"\x01\x13OpusHead\x01\x01",
        &[0; 40],
    ]
    .concat();
    for (bytes, what) in [
        (&b"MThd\0\0\0\x06\0\0\0\x01\0\x60MTrk"[..], "MIDI"),
        (
            b"wvpk\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
            "WavPack",
        ),
        (&opus, "Opus"),
    ] {
        let error = heard("a.x", bytes).unwrap_err().to_string();
        assert!(error.contains(what) && error.ends_with('.'), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe.wav");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    if made.is_ok_and(|made| made.success()) {
        assert!(matches!(read(&path, 1.0), Err(ReadError::NotAudio(_))));
    }
}

#[test]
fn a_sound_that_begins_late_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("late.wav");
    let late = [vec![0; 35 * 2 * RATE as usize], data()].concat();
    std::fs::write(&path, riff(b"RIFF", &[pcm(), chunk(b"data", &late)])).unwrap();
    assert!(read(&path, 30.0).is_err());
    let (sound, _) = read_sounding(&path, 30.0).unwrap();
    assert!(sound.seconds() < 30.0 && sound.seconds() >= 0.3);
    let peak = sound.channels()[0]
        .iter()
        .fold(0.0f32, |peak, x| peak.max(x.abs()));
    assert!(peak > 0.1);
    // Hardly anything is something still, and nothing is nothing.
    let soft = [1u8, 0].repeat(40 * RATE as usize);
    std::fs::write(&path, riff(b"RIFF", &[pcm(), chunk(b"data", &soft)])).unwrap();
    assert!(read_sounding(&path, 30.0).is_ok());
    std::fs::write(
        &path,
        riff(b"RIFF", &[pcm(), chunk(b"data", &late[..1 << 20])]),
    )
    .unwrap();
    let silent = read_sounding(&path, 30.0).unwrap_err();
    assert!(
        matches!(
            silent,
            ReadError::Sound {
                reason: SoundError::Silent,
                ..
            }
        ),
        "{silent}"
    );
}

#[test]
fn what_makes_no_sense_is_damaged() {
    let with =
        |format: &[u8], data: &[u8]| riff(b"RIFF", &[chunk(b"fmt ", format), chunk(b"data", data)]);
    let mut no_rate = format(1, 1, 2, 16);
    no_rate[4..8].fill(0);
    let mut huge = with(&format(1, 1, 2, 16), &[]);
    huge[16..20].fill(0xff);
    for bytes in [
        with(&format(1, 0, 2, 16), &data()),
        with(&no_rate, &data()),
        with(&[], &data()),
        huge,
        riff(b"RIFF", &vec![chunk(b"LIST", b""); 50_000]),
        [b"caff\0\x01\0\0".as_slice(), &[0; 1 << 20]].concat(),
        [b".snd", &[0; 20][..]].concat(),
        [b"FORM\0\0\0\0AIFF", &[0; 64][..]].concat(),
    ] {
        let error = heard("a.wav", &bytes).unwrap_err();
        let damaged = matches!(error, ReadError::Damaged(_) | ReadError::Unread { .. });
        assert!(damaged, "{error}");
    }
    let numbers = [1.0f32, f32::NAN, f32::INFINITY].map(f32::to_le_bytes);
    let error = heard("a.wav", &with(&format(3, 1, 4, 32), &numbers.concat())).unwrap_err();
    let reason = SoundError::NotFinite;
    assert!(matches!(error, ReadError::Sound { reason: why, .. } if why == reason));
}

#[test]
fn damage_never_panics_and_takes_no_memory() {
    let adpcm = [format(0x11, 1, 64, 4), b"\x02\0\x79\0".to_vec()].concat();
    let files = [
        riff(b"RIFF", &[pcm(), chunk(b"data", &data()[..400])]),
        riff(
            b"RIFF",
            &[chunk(b"fmt ", &adpcm), chunk(b"data", &data()[..640])],
        ),
        riff(
            b"RIFF",
            &[
                chunk(b"fmt ", &format(2, 2, 64, 4)),
                chunk(b"data", &data()[..640]),
            ],
        ),
    ];
    let mut state = 1u64;
    let mut random = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) as usize % below
    };
    for good in files {
        for _ in 0..300 {
            let mut bad = good.clone();
            for _ in 0..1 + random(6) {
                let at = random(60.min(bad.len()));
                bad[at] = [0, 1, 2, 0xff, random(256) as u8][random(5)];
            }
            if let Ok((sound, _)) = heard("bad.wav", &bad) {
                assert!(sound.seconds().is_finite());
            }
        }
    }
}
