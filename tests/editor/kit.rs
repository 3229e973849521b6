//! The kit view: pads, keeping, redrawing, and prompts that ask for a kit.

use std::sync::Arc;

use consort::instrument::kit::{MODES, Piece, ROWS, TIMES};
use consort::instrument::render::LAYERS;
use consort::instrument::{Body, Instrument, Kit};
use consort::jobs::{KitWish, Request};
use egui_kittest::kittest::Queryable;

use super::host::{Asked, Host};
use super::{made, page, type_prompt};

pub fn kit(prompt: &str) -> Arc<Instrument> {
    let levels = vec![-10.0; LAYERS * ROWS * TIMES];
    let piece = |key| Piece::new(key, 7, &levels, &[0.0; MODES * TIMES]).unwrap();
    let pieces = vec![piece(36), piece(38), piece(42)];
    let recipe = made(&Request {
        prompt: prompt.into(),
        seed: 1,
        ..Request::default()
    });
    Arc::new(Instrument {
        body: Body::Kit(Kit::try_from(pieces).unwrap()),
        ..Instrument::clone(&recipe)
    })
}

#[test]
fn a_prompt_for_a_kit_asks_for_a_kit_and_so_does_the_switch() {
    let host = Host::new();
    let mut page = page(&host);
    page.run();
    let asked = |prompt: &str| {
        Asked::Make(Request {
            prompt: prompt.into(),
            seed: 1,
            kit: Some(KitWish::default()),
            ..Request::default()
        })
    };
    type_prompt(&host, &mut page, "dusty 808");
    page.get_by_label("Generate").click();
    page.run();
    assert_eq!(host.take(), [asked("dusty 808")]);

    // Words that name no kit, and the switch.
    page.get_by_label("Prompt").click();
    page.run();
    page.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    page.get_by_label("Prompt").type_text("rusty pipes");
    page.run();
    page.get_by_label("Family").click();
    page.run();
    page.get_by_label("Drum kit").click();
    page.run();
    host.take();
    page.get_by_label("Generate").click();
    page.run();
    assert_eq!(host.take(), [asked("rusty pipes")]);
}

#[test]
fn pads_play_and_pieces_are_kept_and_redrawn() {
    let host = Host::new();
    let shown = kit("funk kit");
    host.show(|view| view.instrument = Some(shown.clone()));
    let mut page = page(&host);
    page.run();
    assert!(page.query_by_label("Redraw the Snare").is_none());
    let snare = page.get_by_label("Snare").rect();
    page.drag_at(snare.center_top() + egui::vec2(0.0, 6.0));
    page.run();
    let down = host.take();
    let Some(Asked::Key(38, Some(hard))) = down.first() else {
        panic!("{down:?}");
    };
    assert!(*hard > 0.8, "{hard}");
    page.drop_at(snare.center());
    page.run();
    assert_eq!(host.take(), [Asked::Key(38, None)]);

    page.get_by_label("Redraw the Snare").click();
    page.run();
    let redrawn = Request {
        prompt: "funk kit".into(),
        seed: 1,
        guidance: Some(shown.recipe.guidance),
        kit: Some(KitWish {
            from: Some(shown.clone()),
            kept: !(1 << 38),
            pieces_seed: Some(8),
        }),
        ..Request::default()
    };
    assert_eq!(host.take(), [Asked::Make(redrawn)]);

    // Kept, it stays in the next kit.
    page.get_by_label("Keep the Snare").click();
    page.run();
    page.get_by_label("Variation B").click();
    page.run();
    let next = Request {
        prompt: "funk kit".into(),
        seed: 2,
        kit: Some(KitWish {
            from: Some(shown),
            kept: 1 << 38,
            pieces_seed: None,
        }),
        ..Request::default()
    };
    assert_eq!(host.take(), [Asked::Make(next)]);
}
