//! What goes in comes out, to the bit, but for subnormals: those become zeros of their sign.

use serde_json::json;

use crate::host::{STEMS, Session};
use crate::{linked_in, watched};

/// Any number that a float can be, small and large, with zeros of both signs and denormals.
fn anything(frame: u64) -> f32 {
    // The finaliser of SplitMix64.
    let mut x = frame.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    let bits = (x ^ (x >> 31)) as u32;
    match frame % 11 {
        0 => -0.0,
        1 => f32::from_bits(bits & 0x807F_FFFF),
        _ => Some(f32::from_bits(bits))
            .filter(|x| x.is_finite())
            .unwrap_or(1.5),
    }
}

/// Another one.
fn other(left: f32) -> f32 {
    f32::from_bits(left.to_bits() ^ 0x8000_0001)
}

fn bits(sample: f32) -> u32 {
    let subnormal = sample.is_subnormal();
    let sample = if subnormal {
        0.0f32.copysign(sample)
    } else {
        sample
    };
    sample.to_bits()
}

#[test]
fn every_sample_comes_out_as_it_went_in() {
    let entry = linked_in();
    let sizes: [&[usize]; 8] = [
        &[1],
        &[17],
        &[64],
        &[441],
        &[512],
        &[4_096],
        &[8_192],
        &[512, 1, 441, 8_192, 7, 64],
    ];
    let mut frames = 0;
    for rate in [22_050.0, 44_100.0, 48_000.0, 88_200.0, 96_000.0, 192_000.0] {
        for listens in [false, true] {
            let mut session = Session::open_one(&entry, STEMS, rate, 8_192);
            let state = session
                .save()
                .with_field("song", &json!({ "listen": listens }));
            assert!(session.load(&state));
            for sizes in sizes {
                let audio = session.audio.as_mut().expect("active");
                (audio.around, audio.sidechain, audio.right) = (watched::watched, anything, other);
                let from = audio.position;
                let sound = session.play(&[], 20_000, sizes);
                let about = format!("{rate} Hz, blocks of {sizes:?}, listens: {listens}");
                for (index, (left, right)) in sound.left.iter().zip(&sound.right).enumerate() {
                    let wanted = anything(from + index as u64);
                    let wanted = [wanted, other(wanted)].map(bits);
                    let came = [left.to_bits(), right.to_bits()];
                    assert_eq!(came, wanted, "frame {index}, {about}");
                }
                frames += sound.len();
            }
        }
    }
    println!("{frames} frames came out as they went in");
    assert_eq!(watched::violations(), 0, "allocations or frees");
}
