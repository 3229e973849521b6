//! Notes that leave on outputs of their own: they add up to what there is without, however time is cut, and
//! keep their output to their end.

use consort::engine::apart::{Apart, Outputs, Routes, SEPARATE, Sink};
use consort::engine::{NoteEvent, Settings};

use crate::fixtures::{Player, RATE, instrument, off, on, rich};
use crate::guard::guarded;
use crate::partition::script;

const FRAMES: usize = 40_000;
/// Each key on another output, some on the main one.
static SPREAD: Outputs = {
    let mut outputs = [0; 128];
    let mut key = 0;
    while key < outputs.len() {
        outputs[key] = (key % (SEPARATE + 1)) as u8;
        key += 1;
    }
    outputs
};
const ROUTES: Routes = Routes {
    hits: &[1; 128],
    others: &SPREAD,
};

type Frames = Vec<[f32; 2]>;

/// Separate outputs of a block.
struct Separate(Vec<Frames>);

impl Sink for Separate {
    fn add(&mut self, output: usize, at: usize, frames: &[[f32; 2]]) {
        for (sum, frame) in self.0[output - 1][at..].iter_mut().zip(frames) {
            *sum = [sum[0] + frame[0], sum[1] + frame[1]];
        }
    }
}

/// Renders a script in blocks of these lengths: the main output, then the separate ones.
fn play(
    player: &mut Player,
    script: &[(usize, NoteEvent)],
    blocks: &[usize],
    open: u16,
) -> Vec<Frames> {
    let mut out = vec![Frames::new(); SEPARATE + 1];
    let mut events = script.iter().peekable();
    let mut lengths = blocks.iter().cycle();
    while out[0].len() < FRAMES {
        let begin = out[0].len();
        let frames = (*lengths.next().unwrap()).min(FRAMES - begin);
        let (mut left, mut right) = (vec![f32::NAN; frames], vec![f32::NAN; frames]);
        let mut separate = Separate(vec![vec![[0.0; 2]; frames]; SEPARATE]);
        let mut done = 0;
        while done < frames {
            while let Some((_, event)) = events.next_if(|(at, _)| *at <= begin + done) {
                player.handle(*event);
            }
            let next = events.peek().map_or(frames, |(at, _)| *at - begin);
            let until = next.min(frames);
            guarded(|| {
                let mut apart = Apart {
                    open,
                    from: done,
                    sink: &mut separate,
                };
                let (left, right) = (&mut left[done..until], &mut right[done..until]);
                player.engine.render_apart(left, right, &mut apart);
            });
            done = until;
        }
        out[0].extend(left.into_iter().zip(right).map(|(l, r)| [l, r]));
        for (sum, block) in out[1..].iter_mut().zip(separate.0) {
            sum.extend(block);
        }
    }
    out
}

fn player(settings: Settings, routes: Routes) -> Player {
    let mut player = Player::new(instrument(1, RATE, Some(rich(1))), RATE);
    player.start_with(settings);
    player.engine.route(routes);
    player
}

fn settings() -> Settings {
    Settings {
        tone_hz: 3_000.0,
        glide_s: 0.05,
        attack_s: 0.003,
        width: 1.4,
        level: 0.7,
        ..Settings::default()
    }
}

fn peak(frames: &[[f32; 2]]) -> f32 {
    let samples = frames.iter().flatten();
    samples.fold(0.0, |peak, x| peak.max(x.abs()))
}

#[test]
fn all_outputs_add_up_to_the_one_there_is_without() {
    let script = script();
    for settings in [settings(), Settings::default()] {
        let whole = player(settings, Routes::MAIN).play(&script, FRAMES, &[512]);
        let mut first = None;
        for blocks in [&[FRAMES][..], &[1], &[64], &[3, 480, 31, 33, 1024, 7]] {
            let out = play(&mut player(settings, ROUTES), &script, blocks, !1);
            assert!(out.iter().all(|frames| peak(frames) > 1e-3), "all sound");
            let mut furthest = 0.0f32;
            for (at, whole) in whole.iter().enumerate() {
                for side in 0..2 {
                    let sum: f32 = out.iter().map(|frames| frames[at][side]).sum();
                    furthest = furthest.max((sum - whole[side]).abs());
                }
            }
            assert!(furthest < 2e-6 * peak(&whole).max(1.0), "{furthest}");
            let first = first.get_or_insert_with(|| out.clone());
            assert!(*first == out, "to the bit in blocks of {blocks:?}");
        }
    }
}

#[test]
fn what_isnt_open_or_not_routed_is_the_main_output_to_the_bit() {
    let script = script();
    let whole = player(settings(), Routes::MAIN).play(&script, FRAMES, &[512]);
    for (routes, open) in [(ROUTES, 0), (Routes::MAIN, !1), (Routes::MAIN, 0)] {
        let out = play(&mut player(settings(), routes), &script, &[512], open);
        assert!(out[0] == whole, "{open:x}");
        assert!(out[1..].iter().all(|frames| peak(frames) == 0.0));
    }
    // One that is shut: its sound is in the main one.
    let out = play(
        &mut player(settings(), ROUTES),
        &script,
        &[512],
        !1 & !(1 << 7),
    );
    assert_eq!(peak(&out[7]), 0.0);
    let open = play(&mut player(settings(), ROUTES), &script, &[512], !1);
    let sums = out[0].iter().zip(open[0].iter().zip(&open[7]));
    let furthest = sums.fold(0.0f32, |most, (both, (main, own))| {
        most.max((both[0] - main[0] - own[0]).abs())
    });
    assert!(furthest < 2e-6, "{furthest}");
}

#[test]
fn a_note_keeps_its_output_until_it_ends() {
    let mut player = player(Settings::default(), ROUTES);
    let block = |player: &mut Player, event: &[(usize, NoteEvent)]| {
        let mut separate = Separate(vec![vec![[0.0; 2]; 4_800]; SEPARATE]);
        let (mut left, mut right) = (vec![0.0; 4_800], vec![0.0; 4_800]);
        event.iter().for_each(|(_, event)| player.handle(*event));
        let mut apart = Apart {
            open: !1,
            from: 0,
            sink: &mut separate,
        };
        player
            .engine
            .render_apart(&mut left, &mut right, &mut apart);
        let main: Frames = left.into_iter().zip(right).map(|(l, r)| [l, r]).collect();
        (peak(&main), peak(&separate.0[60 % 16 - 1]))
    };
    let (main, own) = block(&mut player, &[(0, on(0, 60, 1.0))]);
    assert!(main == 0.0 && own > 1e-2);
    player.engine.route(Routes::MAIN);
    let (main, own) = block(&mut player, &[(0, off(0, 60))]);
    assert!(main == 0.0 && own > 1e-2, "its release, too");
    let (main, _) = block(&mut player, &[(0, on(0, 61, 1.0))]);
    assert!(main > 1e-2, "the next one leaves where it is told");
}
