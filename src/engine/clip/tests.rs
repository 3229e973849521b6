//! A recording in hosts that loop, jump, stop and ramp, in blocks of any size.

use super::*;

const RATE: u32 = 48_000;
/// Frames of a quarter note at 120.
const BEAT: usize = 24_000;

/// Each frame is told from all others.
fn clip(frames: usize, begins: f64) -> Clip {
    let frame = |at: usize| [(at + 1) as f32 / 1e6, -((at + 1) as f32) / 2e6];
    Clip::new((0..frames).map(frame).collect(), RATE, begins)
}

/// A host that plays at 120 from a frame of the song on.
struct Host {
    reader: ClipReader,
    at: i64,
    counts: bool,
    gains: [f32; 2],
}

impl Host {
    fn at(at: i64) -> Self {
        Self {
            reader: ClipReader::new(),
            at,
            counts: true,
            gains: [1.0; 2],
        }
    }

    fn position(&self) -> HostPosition {
        HostPosition {
            playing: true,
            beats: Some(self.at as f64 / BEAT as f64),
            tempo: Some(120.0),
            samples: self.counts.then_some(self.at),
            ..HostPosition::default()
        }
    }

    fn play(&mut self, clip: &Clip, frames: usize, block: usize) -> Vec<[f32; 2]> {
        let mut all = Vec::new();
        while all.len() < frames {
            let size = block.min(frames - all.len());
            let (mut left, mut right) = (vec![0.0; size], vec![0.0; size]);
            let position = self.position();
            self.add(clip, &position, &mut left, &mut right);
            all.extend(left.into_iter().zip(right).map(|(l, r)| [l, r]));
            self.at += size as i64;
        }
        all
    }

    fn add(&mut self, clip: &Clip, position: &HostPosition, left: &mut [f32], right: &mut [f32]) {
        let block = ClipBlock {
            position,
            rate: f64::from(RATE),
            on: true,
            gains: self.gains,
        };
        self.reader.add(Some(clip), &block, left, right);
    }
}

/// The frames of the song from one to another, as the clip has them.
fn of(clip: &Clip, frames: std::ops::Range<i64>) -> Vec<[f32; 2]> {
    let begins = (clip.begins * BEAT as f64).round() as i64;
    let frame = |at: i64| clip.frame(at - begins).unwrap_or_default();
    frames.map(frame).collect()
}

#[test]
fn each_frame_is_heard_at_its_own_whatever_the_blocks() {
    // Begins and ends within blocks.
    let clip = clip(30_000, 1.0 + 1.0 / 3.0);
    for counts in [true, false] {
        for block in [1, 64, 333, 8_192] {
            let mut host = Host {
                counts,
                ..Host::at(0)
            };
            let heard = host.play(&clip, 70_000, block);
            assert!(heard == of(&clip, 0..70_000), "{block}, {counts}");
        }
    }
    assert_eq!(of(&clip, 32_000..32_001), [[1e-6, -5e-7]]);
}

#[test]
fn a_loop_is_exact_from_its_beginning_but_for_a_short_fade() {
    let clip = clip(200_000, 0.0);
    let fade = fade(f64::from(RATE));
    for block in [1, 64, 8_192] {
        // Two beats, over and over, from a beat on, that don't end with a block.
        let mut host = Host::at(BEAT as i64);
        for round in 0..3 {
            let begins = if round == 0 { fade } else { 0 };
            host.at = BEAT as i64;
            let heard = host.play(&clip, 2 * BEAT, block);
            let wanted = of(&clip, BEAT as i64..3 * BEAT as i64);
            assert!(heard[fade..] == wanted[fade..], "{block}, {round}");
            // Between where it was and where it is.
            let (from, to) = (3 * BEAT as i64, BEAT as i64);
            let from = of(&clip, from..from + fade as i64);
            let to = of(&clip, to..to + fade as i64);
            for (at, frame) in heard[begins..fade.max(begins)].iter().enumerate() {
                let range = to[at][0].min(from[at][0])..=to[at][0].max(from[at][0]) + 1e-6;
                assert!(range.contains(&frame[0]), "{block}, {round}: {at}");
            }
        }
        // Back to its beginning there is no fade in: an attack stays one.
        host.at = 0;
        let heard = host.play(&clip, BEAT, block);
        assert!(
            heard[fade..] == of(&clip, fade as i64..BEAT as i64),
            "{block}"
        );
    }
    let heard = Host::at(0).play(&clip, BEAT, 64);
    assert!(heard == of(&clip, 0..BEAT as i64));
}

#[test]
fn a_stop_and_a_mute_fade_and_a_jump_lands_on_the_frame() {
    let clip = clip(200_000, 0.0);
    let fade = fade(f64::from(RATE));
    let mut host = Host::at(0);
    host.play(&clip, 10_000, 512);
    assert!(host.reader.is_sounding(Some(&clip)));
    let (mut left, mut right) = ([0.0; 512], [0.0; 512]);
    host.add(&clip, &HostPosition::default(), &mut left, &mut right);
    let last = clip.frame(9_999).unwrap()[0];
    assert!(
        left[0] > 0.95 * last && left[0] < 1.01 * last,
        "{}",
        left[0]
    );
    assert!(left[..fade].is_sorted_by(|a, b| a > b) && left[fade - 1] > 0.0);
    assert!(left[fade..].iter().chain(&right[fade..]).all(|x| *x == 0.0));
    let (mut left, mut right) = ([0.0; 512], [0.0; 512]);
    host.add(&clip, &HostPosition::default(), &mut left, &mut right);
    assert!(!host.reader.is_sounding(Some(&clip)));
    assert_eq!(left, [0.0; 512]);
    // Anywhere, also by few frames.
    for at in [150_000, 150_100, 3, 199_000, 77_777] {
        host.at = at;
        let heard = host.play(&clip, 40 + fade, 64);
        let wanted = of(&clip, at..at + (40 + fade) as i64);
        assert!(heard[fade..] == wanted[fade..], "{at}");
    }
}

/// The tempo on the way to its beginning counts, and none after that.
#[test]
fn a_tempo_that_changes_moves_its_beginning_and_not_its_speed() {
    let clip = clip(100_000, 4.0);
    let mut reader = ClipReader::new();
    let (mut beats, mut heard) = (0.0, Vec::new());
    let mut began = None;
    for block in 0..600i64 {
        let tempo = 90.0 + (block % 200) as f64;
        let (mut left, mut right) = ([0.0; 512], [0.0; 512]);
        let position = HostPosition {
            playing: true,
            beats: Some(beats),
            tempo: Some(tempo),
            samples: (block < 300).then_some(block * 512),
            ..HostPosition::default()
        };
        let block = ClipBlock {
            position: &position,
            rate: f64::from(RATE),
            on: true,
            gains: [1.0; 2],
        };
        reader.add(Some(&clip), &block, &mut left, &mut right);
        let a_frame = tempo / 60.0 / f64::from(RATE);
        let next = beats + 512.0 * a_frame;
        if (beats..next).contains(&4.0) {
            began = Some(heard.len() + ((4.0 - beats) / a_frame).round() as usize);
        }
        beats = next;
        heard.extend(left);
    }
    let began = began.unwrap();
    assert!(heard[..began].iter().all(|x| *x == 0.0));
    let wanted = of(&clip, 96_000..196_000);
    let same = heard[began..].iter().zip(&wanted).all(|(a, b)| *a == b[0]);
    assert!(same, "from {began} on");
}

#[test]
fn gains_move_without_a_jump_and_another_rate_is_silence() {
    let even = Clip::new(vec![[0.5; 2]; 100_000].into(), RATE, 0.0);
    let mut host = Host::at(0);
    host.play(&even, 1_000, 64);
    host.gains = [0.0, 2.0];
    let heard = host.play(&even, 2_000, 64);
    let steps = heard.windows(2).map(|pair| (pair[1][0] - pair[0][0]).abs());
    assert!(steps.fold(0.0f32, f32::max) < 0.003);
    assert_eq!(heard[1_999], [0.0, 1.0]);
    let other = Clip::new(vec![[0.5; 2]; 1_000].into(), 44_100, 0.0);
    assert!(
        Host::at(0)
            .play(&other, 1_000, 64)
            .iter()
            .flatten()
            .all(|x| *x == 0.0)
    );
    // Odd numbers are silence too, and nothing breaks.
    for (beats, tempo) in [
        (f64::NAN, 120.0),
        (0.0, 0.0),
        (1e300, 120.0),
        (0.0, f64::INFINITY),
    ] {
        let mut host = Host::at(0);
        let position = HostPosition {
            beats: Some(beats),
            tempo: Some(tempo),
            ..host.position()
        };
        let (mut left, mut right) = ([0.0; 16], [0.0; 16]);
        host.add(&even, &position, &mut left, &mut right);
        assert_eq!(left, [0.0; 16], "{beats}, {tempo}");
    }
}
