//! Sound files as programs really leave them: closed badly, or of rare kinds.

use super::synthetic::{saw, tone};
use crate::analysis::sound_file::read;
use crate::analysis::{Extent, ReadError, Sound, SoundError};

pub(super) const RATE: u32 = 22_050;

pub(super) fn samples() -> Vec<i16> {
    let sound = tone(220.0, &saw(5), 0.0, 0.3, RATE);
    sound.iter().map(|x| (x * 20_000.0) as i16).collect()
}

/// Of a file with these bytes.
pub(super) fn heard(name: &str, bytes: &[u8]) -> Result<(Sound, Extent), ReadError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    read(&path, 10.0)
}

/// It is read whole, and its samples are these.
#[track_caller]
pub(super) fn same(name: &str, bytes: &[u8], extent: Extent) {
    let (sound, found) = heard(name, bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
    let expected: Vec<f32> = samples().iter().map(|x| f32::from(*x) / 32_768.0).collect();
    assert_eq!((found, sound.rate()), (extent, RATE), "{name}");
    assert_eq!(sound.channels()[0].len(), expected.len(), "{name}");
    let near = |(a, b): (&f32, &f32)| (a - b).abs() < 2e-5;
    assert!(
        sound.channels()[0].iter().zip(&expected).all(near),
        "{name}"
    );
}

pub(super) fn le(x: usize) -> [u8; 4] {
    (x as u32).to_le_bytes()
}

pub(super) fn be(x: usize) -> [u8; 4] {
    (x as u32).to_be_bytes()
}

pub(super) fn data() -> Vec<u8> {
    samples().iter().flat_map(|x| x.to_le_bytes()).collect()
}

/// A format chunk's contents.
pub(super) fn format(tag: u16, channels: u16, block: u16, bits: u16) -> Vec<u8> {
    let rate = le(RATE as usize);
    let bytes = le(RATE as usize * usize::from(block));
    let (block, bits) = (block.to_le_bytes(), bits.to_le_bytes());
    [
        &tag.to_le_bytes()[..],
        &channels.to_le_bytes(),
        &rate,
        &bytes,
        &block,
        &bits,
    ]
    .concat()
}

pub(super) fn chunk(name: &[u8; 4], holds: &[u8]) -> Vec<u8> {
    let mut chunk = [&name[..], &le(holds.len()), holds].concat();
    chunk.resize(chunk.len().next_multiple_of(2), 0);
    chunk
}

pub(super) fn riff(name: &[u8; 4], chunks: &[Vec<u8>]) -> Vec<u8> {
    let body = chunks.concat();
    [&name[..], &le(body.len() + 4), b"WAVE", &body].concat()
}

pub(super) fn pcm() -> Vec<u8> {
    chunk(b"fmt ", &format(1, 1, 2, 16))
}

#[test]
fn sizes_that_are_wrong_lead_nowhere_wrong() {
    let good = riff(b"RIFF", &[pcm(), chunk(b"data", &data())]);
    same("good.wav", &good, Extent::Whole);
    let with = |riff: usize, size: usize| {
        let mut bytes = good.clone();
        bytes[4..8].copy_from_slice(&le(riff));
        bytes[40..44].copy_from_slice(&le(size));
        bytes
    };
    let length = data().len();
    for (riff, size) in [
        (0, length),
        (good.len() - 108, length),
        (0, 0),
        (good.len() - 8, 0),
        (0xffff_ffff, 0xffff_ffff),
        (0x7fff_ffff, 0x7fff_ffff - 36),
    ] {
        same("sizes.wav", &with(riff, size), Extent::Whole);
    }
    same("longer.wav", &with(0, length + 1_000), Extent::Damaged);
    let tagged = |tag: &[u8]| riff(b"RIFF", &[pcm(), tag.to_vec(), chunk(b"data", &data())]);
    for tag in [
        chunk(b"LIST", b"INFOINAM\x05\0\0\0abcde"),
        chunk(b"LIST", b"INFOINAM\x40\0\0\0abcd"),
        b"LIST\x11\0\0\0INFOINAM\x05\0\0\0abcde".to_vec(),
        b"LIST\0\0\0\0INFOINAM\x05\0\0\0abcde\0".to_vec(),
        b"bext\xff\xff\0\0short".to_vec(),
        b"\0\0\0\0\0\0\0\0\0\0".to_vec(),
    ] {
        same("tagged.wav", &tagged(&tag), Extent::Whole);
    }
    let after = [&good[..], &chunk(b"LIST", b"INFO"), b"TAGtitle"].concat();
    same("after.wav", &after, Extent::Whole);
    let backwards = riff(b"RIFF", &[chunk(b"data", &data()), pcm()]);
    same("backwards.wav", &backwards, Extent::Whole);
    let id3 = [b"ID3\x03\0\0\0\0\0\x05title".as_slice(), &good].concat();
    same("id3.wav", &id3, Extent::Whole);
    // A recording that has hardly begun is none; no chunk is taken for sound.
    let empty = riff(
        b"RIFF",
        &[pcm(), chunk(b"data", b""), chunk(b"LIST", b"INFO")],
    );
    let nothing = heard("empty.wav", &empty).unwrap_err();
    assert!(
        matches!(
            nothing,
            ReadError::Sound {
                reason: SoundError::Empty,
                ..
            }
        ),
        "{nothing}"
    );
}

#[test]
fn a_size_of_32_bits_that_has_turned_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.wav");
    let good = riff(b"RIFF", &[pcm(), chunk(b"data", &data())]);
    std::fs::write(&path, &good).unwrap();
    let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    // A hole takes no room on the disk.
    file.set_len((1 << 32) + good.len() as u64).unwrap();
    let (sound, extent) = read(&path, 1.0).unwrap();
    assert_eq!((sound.seconds(), extent), (1.0, Extent::Beginning));
}

#[test]
fn kin_of_wav_are_read() {
    let long = (data().len() as u64).to_le_bytes();
    for name in [b"RF64", b"BW64"] {
        let sizes = [&[0; 8][..], &long, &[0; 12]].concat();
        let mut file = riff(
            name,
            &[chunk(b"ds64", &sizes), pcm(), chunk(b"data", &data())],
        );
        file[4..8].copy_from_slice(&[0xff; 4]);
        let at = file.len() - data().len() - 4;
        file[at..at + 4].copy_from_slice(&[0xff; 4]);
        // What follows the sound isn't sound.
        file.extend(chunk(b"LIST", b"INFO"));
        same("long.wav", &file, Extent::Whole);
    }
    let big = samples()
        .iter()
        .flat_map(|x| x.to_be_bytes())
        .collect::<Vec<_>>();
    let rate = be(RATE as usize);
    let rifx = [
        b"RIFX\0\0\0\0WAVEfmt \0\0\0\x10\0\x01\0\x01".as_slice(),
        &rate,
        &be(RATE as usize * 2),
        b"\0\x02\0\x10data",
        &be(big.len()),
        &big,
    ];
    same("big.wav", &rifx.concat(), Extent::Whole);

    let guid = |name: &[u8; 4]| {
        [
            name,
            &b"\xf3\xac\xd3\x11\x8c\xd1\x00\xc0\x4f\x8e\xdb\x8a"[..],
        ]
        .concat()
    };
    let wave64 = |said: usize| {
        let size = |holds: usize| (holds as u64 + 24).to_le_bytes();
        let head = b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00".as_slice();
        let odd = [&guid(b"junk")[..], &size(3), b"abc\0\0\0\0\0"].concat();
        let format = [&guid(b"fmt ")[..], &size(16), &format(1, 1, 2, 16)].concat();
        let sound = [&guid(b"data")[..], &size(said), &data()].concat();
        [head, &[0; 8], &guid(b"wave"), &odd, &format, &sound].concat()
    };
    same("a.w64", &wave64(data().len()), Extent::Whole);
    same("unclosed.w64", &wave64(0), Extent::Whole);
    assert!(matches!(
        heard("a.w64", &wave64(8)[..64]),
        Err(ReadError::Damaged(_))
    ));
}

#[test]
fn au_caf_and_aiff_are_read() {
    let big: Vec<u8> = samples().iter().flat_map(|x| x.to_be_bytes()).collect();
    let rate = be(RATE as usize);
    for (size, length) in [
        (be(big.len()), 24),
        (be(0xffff_ffff), 24),
        (be(big.len()), 40),
    ] {
        let mut au = [b".snd", &be(length)[..], &size, &be(3), &rate, &be(1)].concat();
        au.resize(length, 0);
        au.extend(&big);
        same("a.au", &au, Extent::Whole);
    }
    let floats: Vec<u8> = samples()
        .iter()
        .flat_map(|x| (f32::from(*x) / 32_768.0).to_be_bytes())
        .collect();
    let au = [
        b".snd",
        &be(24)[..],
        &be(floats.len()),
        &be(6),
        &rate,
        &be(1),
        &floats,
    ]
    .concat();
    same("float.snd", &au, Extent::Whole);

    let caf = |coding: &[u8; 4], frame: usize, said: i64, big: &[u8]| {
        let form = [
            &f64::from(RATE).to_be_bytes()[..],
            coding,
            &be(0),
            &be(frame),
            &be(1),
            &be(1),
            &be(16),
        ];
        let form = form.concat();
        let head = [
            b"caff\0\x01\0\0desc",
            &(form.len() as u64).to_be_bytes()[..],
            &form,
        ]
        .concat();
        [&head[..], b"data", &said.to_be_bytes(), &be(0), big].concat()
    };
    let size = big.len() as i64 + 4;
    same("a.caf", &caf(b"lpcm", 2, size, &big), Extent::Whole);
    same("unclosed.caf", &caf(b"lpcm", 2, -1, &big), Extent::Whole);
    same("cut.caf", &caf(b"lpcm", 2, size + 9, &big), Extent::Damaged);
    let (sound, _) = heard("law.caf", &caf(b"ulaw", 1, 14, &[0x80; 10])).unwrap();
    assert_eq!(sound.channels()[0].len(), 10);
    let (sound, _) = heard("ima.caf", &caf(b"ima4", 34, 72, &[0x33; 68])).unwrap();
    assert_eq!(sound.channels()[0].len(), 128);
    for (coding, what) in [(b"QDM2", "Core Audio"), (b"alac", "table of its packets")] {
        let error = heard("a.caf", &caf(coding, 0, size, &big)).unwrap_err();
        assert!(error.to_string().contains(what), "{error}");
    }

    // 22,050 as a float of 80 bits.
    let exact = b"\x40\x0d\xac\x44\0\0\0\0\0\0".as_slice();
    let common = [b"\0\x01", &be(samples().len())[..], b"\0\x10", exact].concat();
    let iff = |name: &[u8; 4], holds: &[u8]| [&name[..], &be(holds.len()), holds].concat();
    let aiff = |form: &[u8; 4], common: &[u8], name: &[u8], said: usize, sound: &[u8]| {
        let sound = [b"SSND", &be(said)[..], &[0; 8], sound].concat();
        [
            b"FORM\0\0\0\0",
            &form[..],
            &iff(b"COMM", common),
            name,
            &sound,
        ]
        .concat()
    };
    let (size, text) = (big.len() + 8, iff(b"NAME", b"abc"));
    for (name, said) in [
        (&b""[..], size),
        (&text, size),
        (b"NAME\0\0\0\x03abc\0", size),
        (b"", 0),
        (b"", 8),
    ] {
        same(
            "a.aiff",
            &aiff(b"AIFF", &common, name, said, &big),
            Extent::Whole,
        );
    }
    let little = [&common[..], b"sowt\0\0"].concat();
    same(
        "a.aifc",
        &aiff(b"AIFC", &little, b"", size, &data()),
        Extent::Whole,
    );
    let rare = [&common[..], b"QDM2\0\0"].concat();
    let error = heard("a.aifc", &aiff(b"AIFC", &rare, b"", size, &data())).unwrap_err();
    assert!(error.to_string().contains("QDM2"), "{error}");
}
