//! The reader against sounds whose reading is known.

use super::super::sinc::Bank;
use super::*;

const UNITY: [Ramp; 2] = [Ramp {
    start: 1.0,
    slope: 0.0,
}; 2];

fn noise(length: usize) -> Vec<Frame> {
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    (0..length).map(|_| [next(), next()]).collect()
}

fn read_all(sound: &Sound, isa: Isa, step: u64, frames: usize) -> Vec<Frame> {
    let mut cursor = Cursor {
        step,
        ..Cursor::default()
    };
    let mut out = vec![[0.0; 2]; frames];
    read(
        isa,
        &mut cursor,
        Bank::shared().table(0.0),
        sound,
        UNITY,
        0,
        &mut out,
    );
    out
}

#[test]
fn untransposed_sound_comes_out_as_it_is() {
    let lower = noise(100);
    let sound = Sound {
        lower: &lower,
        upper: &[],
        loop_frames: None,
    };
    let out = read_all(&sound, Isa::detect(), ONE, 100);
    assert_eq!(out, lower);
}

#[test]
fn both_compilations_agree_to_the_last_bit() {
    let (lower, upper) = (noise(3_000), noise(3_000));
    for upper in [&upper[..], &[]] {
        let sound = Sound {
            lower: &lower,
            upper,
            loop_frames: Some((700, 2_500)),
        };
        let base = read_all(&sound, Isa::Base, ONE * 103 / 100, 10_000);
        assert_eq!(
            base,
            read_all(&sound, Isa::detect(), ONE * 103 / 100, 10_000)
        );
    }
}

#[test]
fn a_seam_reads_as_if_the_loop_had_been_copied_out() {
    let lower = noise(1_000);
    for (start, end) in [(300, 1_000), (990, 1_000), (0, 1_000), (3, 20)] {
        let mut copied = lower[..end].to_vec();
        while copied.len() < 6_000 {
            copied.extend_from_slice(&lower[start..end]);
        }
        let looped = Sound {
            lower: &lower,
            upper: &[],
            loop_frames: Some((start, end)),
        };
        let straight = Sound {
            lower: &copied,
            upper: &[],
            loop_frames: None,
        };
        let step = ONE / 7 * 8;
        let a = read_all(&looped, Isa::detect(), step, 4_000);
        let b = read_all(&straight, Isa::detect(), step, 4_000);
        // Before the first wrap the reader sees the frames before the loop, as it should; just
        // after it, it sees the loop's end where the copy has the same: equal throughout.
        assert!(a == b, "loop {start}..{end}");
    }
}

#[test]
fn steps_longer_than_the_loop_stay_inside() {
    let lower = noise(64);
    let sound = Sound {
        lower: &lower,
        upper: &[],
        loop_frames: Some((60, 64)),
    };
    let mut cursor = Cursor {
        step: MAX_STEP,
        ..Cursor::default()
    };
    let mut out = [[0.0; 2]; 500];
    assert!(read(
        Isa::Base,
        &mut cursor,
        Bank::shared().table(10.0),
        &sound,
        UNITY,
        0,
        &mut out
    ));
    assert!((60..64).contains(&(cursor.position >> 32)));
}

#[test]
fn a_sound_without_loop_ends_and_stays_silent() {
    let lower = vec![[1.0; 2]; 50];
    let sound = Sound {
        lower: &lower,
        upper: &[],
        loop_frames: None,
    };
    let mut cursor = Cursor {
        step: ONE,
        ..Cursor::default()
    };
    let mut out = [[0.0; 2]; 200];
    let table = Bank::shared().table(0.0);
    assert!(!read(
        Isa::detect(),
        &mut cursor,
        table,
        &sound,
        UNITY,
        0,
        &mut out
    ));
    assert_eq!(out[49], [1.0; 2]);
    assert!(out[58..].iter().all(|frame| *frame == [0.0; 2]));
}
