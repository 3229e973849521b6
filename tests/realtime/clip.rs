//! Recordings in a song that loops, stops and jumps, and that come and go meanwhile: no memory is touched.

use std::sync::Arc;

use consort::engine::capture::HostPosition;
use consort::engine::clip::Clip;
use consort::engine::stem::{self, Content, PartNote, PlayedPart};

use crate::guard;

#[test]
fn recordings_come_go_and_play_without_memory() {
    const RATE: f64 = 48_000.0;
    let (mut player, mut sender) = stem::channel();
    let samples: Arc<[[f32; 2]]> = (0..96_000).map(|at| [at as f32 / 1e6; 2]).collect();
    let (mut left, mut right) = (vec![0.0; 8_192], vec![0.0; 8_192]);
    let (mut beats, mut heard, mut touched) = (0.0, 0.0f32, 0);
    for round in 0..2_000usize {
        let note = PartNote {
            start: 0.0,
            length: 1.0,
            key: 60,
            velocity: 100,
        };
        let content = match round % 7 {
            0 | 3 => Some(Content::Clip(Clip::new(samples.clone(), 48_000, 0.5))),
            1 => Some(PlayedPart::new(vec![note], 0.0, 4.0, true).into()),
            _ => None,
        };
        // A full ring gives it back.
        let _ = content.map(|content| sender.send(Box::new(content)));
        let size = [1, 64, 17, 512, 8_192][round % 5];
        let position = HostPosition {
            playing: round % 11 != 0,
            beats: Some(beats),
            tempo: Some(120.0),
            ..HostPosition::default()
        };
        let on = round % 13 != 0;
        let sides = (&mut left[..size], &mut right[..size]);
        let ((), count) = guard::count(|| {
            player.take_up(|_, _| true);
            player.block(&position, size, RATE, on, |_, _| ());
            player.add_clip(&position, RATE, on, [1.0, 0.5], sides);
        });
        touched += count;
        heard = left[..size]
            .iter()
            .fold(heard, |heard, x| heard.max(x.abs()));
        left.fill(0.0);
        beats += size as f64 / 24_000.0;
        if round % 17 == 0 || beats > 4.0 {
            beats = (round % 3) as f64;
        }
    }
    assert_eq!(touched, 0);
    assert!(heard > 0.05, "{heard}");
    drop((player, sender));
    assert_eq!(Arc::strong_count(&samples), 1, "all memory is back");
}
