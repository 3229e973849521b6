//! Core Audio files (CAF): Apple Lossless, and numbers of both byte orders.

use super::containers::{RATE, be, heard, same, samples};
use crate::analysis::{Extent, ReadError};

/// As libsndfile writes it: A4 and E5, 16 bits; and A4 alone, 24 bits.
const STEREO: &[u8] = include_bytes!("../../../tests/data/sounds/a440-stereo-alac.caf");
const DEEP: &[u8] = include_bytes!("../../../tests/data/sounds/a440-alac24.caf");

/// Of a pure tone.
fn tone(hertz: f64, level: f64, frame: usize) -> f32 {
    (level * (std::f64::consts::TAU * hertz * frame as f64 / f64::from(RATE)).sin()) as f32
}

/// Where a chunk of a file begins, and how many bytes it holds.
fn chunk(file: &[u8], name: &[u8; 4]) -> (usize, usize) {
    let at = file.windows(4).position(|four| four == name).unwrap();
    let size = u64::from_be_bytes(file[at + 4..at + 12].try_into().unwrap());
    (at, size as usize)
}

#[test]
fn apple_lossless_is_read() {
    for (file, channels, near) in [
        (STEREO, &[(440.0, 0.5), (660.0, 0.25)][..], 1e-4),
        (DEEP, &[(440.0, 0.5)], 1e-6),
    ] {
        let (data, size) = chunk(file, b"data");
        // With a byte of padding, without, and with another.
        let end = data + 12 + size;
        for pad in 0..3 {
            let file = [&file[..end], &[0, 0][..pad]].concat();
            let (sound, extent) = heard("a.caf", &file).unwrap();
            assert_eq!((extent, sound.rate()), (Extent::Whole, RATE), "{pad}");
            assert_eq!(sound.channels().len(), channels.len());
            for (channel, (hertz, level)) in sound.channels().iter().zip(channels) {
                assert_eq!(channel.len(), 4_630);
                let errs = channel
                    .iter()
                    .enumerate()
                    .map(|(at, x)| (x - tone(*hertz, *level, at)).abs());
                assert!(errs.fold(0.0, f32::max) < near);
            }
        }
        // Without its length, as a recorder that died leaves it, and cut.
        let mut unclosed = file[..end].to_vec();
        unclosed[data + 4..data + 12].fill(0xff);
        assert_eq!(heard("a.caf", &unclosed).unwrap().1, Extent::Whole);
        let (sound, extent) = heard("a.caf", &file[..end - 200]).unwrap();
        assert_eq!(
            (extent, sound.channels()[0].len()),
            (Extent::Damaged, 4_096)
        );
        // The decoder's settings in QuickTime's atoms.
        let (cookie, size) = chunk(file, b"kuki");
        let atoms = [&be(12)[..], b"frmaalac", &be(12 + size), b"alac", &be(0)].concat();
        let mut wrapped = file[..cookie].to_vec();
        wrapped.extend(b"kuki");
        wrapped.extend(((size + atoms.len()) as u64).to_be_bytes());
        wrapped.extend(&atoms);
        wrapped.extend(&file[cookie + 12..end]);
        assert_eq!(heard("a.caf", &wrapped).unwrap().1, Extent::Whole);
        // The table of packets after the sound, and not at all.
        let (table, size) = chunk(file, b"pakt");
        let after = [
            &file[..table],
            &file[table + 12 + size..end],
            &file[table..table + 12 + size],
        ];
        assert_eq!(heard("a.caf", &after.concat()).unwrap().1, Extent::Whole);
        let error = heard("a.caf", &after[..2].concat()).unwrap_err();
        assert!(error.to_string().contains("Apple Lossless") && error.to_string().ends_with('.'));
    }
}

#[test]
fn numbers_are_read_in_both_orders() {
    let deep = |x: i16| i32::from(x) << 8;
    let float = |x: i16| f32::from(x) / 32_768.0;
    type Bytes = Box<dyn Fn(i16) -> Vec<u8>>;
    let of: [(usize, u32, Bytes); 6] = [
        (2, 0, Box::new(|x: i16| x.to_be_bytes().to_vec())),
        (2, 2, Box::new(|x: i16| x.to_le_bytes().to_vec())),
        (3, 0, Box::new(move |x| deep(x).to_be_bytes()[1..].to_vec())),
        (3, 2, Box::new(move |x| deep(x).to_le_bytes()[..3].to_vec())),
        (4, 1, Box::new(move |x| float(x).to_be_bytes().to_vec())),
        (4, 3, Box::new(move |x| float(x).to_le_bytes().to_vec())),
    ];
    for (width, flags, bytes) in of {
        let data: Vec<u8> = samples().into_iter().flat_map(bytes).collect();
        let form = [
            &f64::from(RATE).to_be_bytes()[..],
            b"lpcm",
            &flags.to_be_bytes(),
            &be(width),
            &be(1),
            &be(1),
            &be(8 * width),
        ];
        let form = form.concat();
        let file = [
            b"caff\0\x01\0\0desc",
            &(form.len() as u64).to_be_bytes()[..],
            &form,
            b"data",
            &(data.len() as u64 + 4).to_be_bytes(),
            &be(0),
            &data,
        ];
        same(
            &format!("{width} bytes, flags {flags}.caf"),
            &file.concat(),
            Extent::Whole,
        );
    }
}

#[test]
fn damage_never_panics() {
    let mut state = 7u64;
    let mut random = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) as usize % below
    };
    for good in [STEREO, DEEP] {
        for round in 0..600 {
            let mut bad = good.to_vec();
            for _ in 0..=random(6) {
                // Mostly in what comes before the sound.
                let reach = if round % 3 == 0 { bad.len() } else { 200 };
                bad[random(reach)] = [0, 1, 0x7f, 0xff, random(256) as u8][random(5)];
            }
            if round % 5 == 0 {
                bad.truncate(random(bad.len()).max(1));
            }
            match heard("bad.caf", &bad) {
                Ok((sound, _)) => assert!(sound.seconds().is_finite()),
                Err(error) => assert!(!matches!(error, ReadError::Missing(_)), "{error}"),
            }
        }
    }
}
