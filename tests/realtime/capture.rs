//! The sidechain on its way out: no memory is touched, and nothing is lost but what is said to be.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use consort::engine::capture::{self, HostPosition};

use crate::guard;

/// Writes a rising line in blocks of these sizes while another thread reads; the reader is slow at
/// first, so that the ring fills up.
#[test]
fn blocks_of_any_size_come_out_as_they_went_in() {
    const SIZES: [usize; 6] = [64, 1, 17, 512, 8_192, 3];
    let (mut writer, mut reader) = capture::channel(40_000);
    reader.arm(true);
    let done = AtomicBool::new(false);
    let (written, read, stretches) = std::thread::scope(|scope| {
        let listener = scope.spawn(|| {
            let (mut sound, mut read, mut stretches) = (Vec::new(), 0, 0);
            let mut next = None;
            std::thread::sleep(Duration::from_millis(50));
            loop {
                let last_look = done.load(Ordering::Acquire);
                while let Some(block) = reader.read(&mut sound) {
                    assert_eq!(block.frames, sound.len());
                    let from = block.position.samples.expect("the host says it") as usize;
                    assert!(
                        block.starts_stretch || next == Some(from),
                        "lost in silence"
                    );
                    stretches += usize::from(block.starts_stretch);
                    for (index, frame) in sound.drain(..).enumerate() {
                        let sample = (from + index) as f32;
                        assert_eq!(frame, [sample, -sample]);
                    }
                    next = Some(from + block.frames);
                    read += block.frames;
                }
                if last_look {
                    return (read, stretches);
                }
                std::thread::sleep(Duration::from_millis(1));
            }
        });
        let (mut left, mut right) = (vec![0.0; 8_192], vec![0.0; 8_192]);
        let mut at = 0;
        for size in SIZES.into_iter().cycle().take(600) {
            for index in 0..size {
                // Whole numbers that a float holds exactly.
                (left[index], right[index]) = ((at + index) as f32, -((at + index) as f32));
            }
            let position = HostPosition {
                playing: true,
                samples: Some(at as i64),
                ..HostPosition::default()
            };
            guard::guarded(|| writer.write(&position, size, &left, &right));
            at += size;
            std::thread::sleep(Duration::from_micros(200));
        }
        done.store(true, Ordering::Release);
        let (read, stretches) = listener.join().expect("it reads");
        (at, read, stretches)
    });
    println!("{read} of {written} frames read, in {stretches} stretches");
    assert!(stretches > 1 && read < written, "the ring was never full");
    assert!(read > 40_000, "it was full all the time");
}
