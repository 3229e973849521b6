//! The page as pixels: what is painted where something changed equals what is painted as a whole.

use egui::{Event, Key, Modifiers, PointerButton, Pos2, Rect, pos2, vec2};

use consort::editor::host_window::paint::Canvas;
use consort::editor::{State, theme, ui};

use crate::dice::Dice;
use crate::host::Host;

const EVENTS: usize = 1_000;

/// What a user, a host or the sound does.
fn happens(dice: &mut Dice, host: &Host, (width, height): (f32, f32)) -> Vec<Event> {
    let pos = pos2(dice.unit() as f32 * width, dice.unit() as f32 * height);
    let button = |pressed| Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    let key = |key| Event::Key {
        key,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers: Modifiers::NONE,
    };
    match dice.below(12) {
        0..3 => vec![Event::PointerMoved(pos)],
        3..5 => vec![Event::PointerMoved(pos), button(true), button(false)],
        5 => vec![Event::PointerMoved(pos), button(true)],
        6 => vec![Event::PointerMoved(pos), button(false)],
        7 => {
            let keys = [Key::Tab, Key::Escape, Key::ArrowUp, Key::Home, Key::Space];
            vec![key(keys[dice.below(5) as usize])]
        }
        8 => vec![Event::Text("cello".into())],
        9 => {
            let (peak, held) = (dice.unit() as f32, dice.below(u64::MAX));
            host.show(|view| (view.peak, view.held_keys) = (peak, u128::from(held) << 30));
            vec![]
        }
        10 => {
            let (keys, working) = (dice.below(u64::MAX), dice.below(2) == 0);
            host.show(|view| {
                view.ready_keys = u128::from(keys) << 30;
                if working {
                    view.status = crate::working(0.4);
                } else {
                    view.status = consort::jobs::Status::Idle;
                }
                view.message = working.then(|| "Something went wrong; try again.".to_owned());
            });
            vec![]
        }
        // Time passes: carets blink, tooltips come, what fades in goes on.
        _ => vec![],
    }
}

#[test]
fn what_is_painted_where_it_changed_equals_the_whole_painted_anew() {
    for (scale, seed) in [(1.0, 5), (1.5, 6)] {
        let host = Host::new();
        let ctx = egui::Context::default();
        theme::apply(&ctx);
        let mut state = State::default();
        let mut dice = Dice(seed);
        let (mut canvas, mut anew) = (Canvas::new(), Canvas::new());
        let (mut time, mut painted, mut all) = (0.0, 0u64, 0u64);
        for turn in 0..EVENTS / 2 {
            let (width, height) = if turn % 250 < 200 {
                (1000.0, 742.0)
            } else {
                (1120.0, 800.0)
            };
            time += [0.01, 0.03, 0.4][dice.below(3) as usize];
            let mut input = egui::RawInput {
                time: Some(time),
                screen_rect: Some(Rect::from_min_size(Pos2::ZERO, vec2(width, height))),
                events: happens(&mut dice, &host, (width, height)),
                max_texture_side: Some(8192),
                ..egui::RawInput::default()
            };
            let viewport = input.viewports.entry(egui::ViewportId::ROOT).or_default();
            viewport.native_pixels_per_point = Some(scale);
            let output = ctx.run_ui(input, |page| ui(page, &mut state, &*host));
            let size = [width, height].map(|side| (side * scale) as usize);
            let (shapes, textures) = (output.shapes, &output.textures_delta);
            let areas = canvas.paint(&ctx, shapes.clone(), textures, size, scale);
            // A picture of another size is painted as a whole.
            let larger = [size[0], size[1] + 1 + turn % 2];
            anew.paint(&ctx, shapes, textures, larger, scale);
            let pixels = size[0] * size[1];
            let differ = canvas.pixels().iter().zip(anew.pixels());
            let differ = differ.filter(|(a, b)| a != b).count();
            assert_eq!(differ, 0, "pixels of {pixels} after {turn} events");
            painted += areas.iter().map(|area| area.pixels()).sum::<u64>();
            all += pixels as u64;
        }
        let share = 100.0 * painted as f64 / all as f64;
        println!(
            "at scale {scale}, 0 pixels differ over {} events; {share:.1} % were painted",
            EVENTS / 2
        );
    }
}
