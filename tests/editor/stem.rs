//! The Stems page in the instrument's window.

use std::path::Path;
use std::sync::Arc;

use consort::editor::State;
use consort::jobs::stem::asking::Sheet;
use consort::jobs::{MixSettings, PartTab, Stem, StemOrder};
use consort::music::{GridNote, Part, PartKind};
use egui_kittest::kittest::Queryable;
use nice_plug::params::Param;

use crate::host::{Asked, Host};
use crate::stems::sheet;
use crate::{page_in, page_of_size};

#[test]
fn the_instrument_has_a_page_for_its_stem() {
    let host = Host::new();
    let mut page = page_in(&host, State::new(Path::new("/music")));
    page.get_by_label("Stems page").click();
    page.run();
    page.get_by_label("Add").click();
    page.run();
    let make = StemOrder::Make {
        words: String::new(),
        kind: None,
        seed: 1,
    };
    assert_eq!(host.take(), [Asked::Stem(make)]);
    let show = |sheet: Sheet| {
        host.show(|view| {
            view.stem = Stem {
                sheet: Some(Arc::new(sheet)),
                ..Stem::default()
            };
        });
    };
    show(sheet());
    page.run();
    page.get_by_label("Keep kick").click();
    page.run();
    assert_eq!(host.take(), [Asked::Stem(StemOrder::LockPiece(36, true))]);
    assert!(
        page.query_by_label("Track on").is_none(),
        "it sits on no track"
    );
    page.get_by_label("Stem on").click();
    page.run();
    let on = host.params.stem_on.as_ptr();
    assert_eq!(
        host.take(),
        [Asked::Begin(on), Asked::Set(on, 0.0), Asked::End(on)]
    );

    // One part alone needs no list; several have one.
    assert!(page.query_by_label("Part Drums").is_none());
    let tab = |part: usize, name: &str| PartTab {
        part,
        name: name.into(),
        chosen: part == 0,
        ..PartTab::default()
    };
    host.show(|view| view.stem.parts = vec![tab(0, "Drums"), tab(3, "Bass")]);
    page.run();
    page.get_by_label("Part Bass").click();
    page.run();
    assert_eq!(host.take(), [Asked::Stem(StemOrder::Show(3))]);
    let mute = MixSettings {
        mute: true,
        ..MixSettings::default()
    };
    page.get_by_label("Mute Bass").click();
    page.run();
    assert_eq!(host.take(), [Asked::Stem(StemOrder::Mix(3, mute))]);
    page.get_by_label("Solo Drums").click();
    page.run();
    let solo = MixSettings {
        solo: true,
        ..MixSettings::default()
    };
    assert_eq!(host.take(), [Asked::Stem(StemOrder::Mix(0, solo))]);
    assert!(page.query_by_label("Gain of Drums").is_some());
    assert!(page.query_by_label("Pan of Drums").is_some());
    host.show(|view| view.stem.parts = Vec::new());
    page.run();

    page.get_by_label("Separate outputs").click();
    page.run();
    let outputs = host.params.separate_outputs.as_ptr();
    assert_eq!(
        host.take(),
        [
            Asked::Begin(outputs),
            Asked::Set(outputs, 1.0),
            Asked::End(outputs)
        ]
    );

    // A bass has keys for rows.
    let note = GridNote {
        step: 2,
        offset: 0.0,
        length: 6.0,
        key: 40,
        velocity: 90,
    };
    show(Sheet {
        kind: Some(PartKind::Bass),
        variations: vec![Part::new(Some(PartKind::Bass), vec![note])],
        ..sheet()
    });
    page.run();
    page.get_by_label("E2, bar 1, step 3");
    page.get_by_label("Instrument page").click();
    page.run();
    assert!(page.query_by_label("Stem on").is_none());
}

#[test]
fn nothing_is_cut_off_in_the_smallest_window() {
    let host = Host::new();
    host.show(|view| {
        view.song.listens = true;
        view.stem.sheet = Some(Arc::new(sheet()));
    });
    for size in [(860.0, 722.0), (1000.0, 742.0), (1600.0, 1000.0)] {
        let mut page = page_of_size(&host, State::new(Path::new("/music")), size);
        page.get_by_label("Stems page").click();
        page.run();
        let whole = egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(size.0, size.1));
        let names = [
            "Add",
            "Change",
            "Lead",
            "Variation B",
            "Bars 5 to 8",
            "Crash",
            "Kick, bar 4, step 16",
            "Save part as WAV",
            "Separate outputs",
        ];
        for name in names {
            let rect = page.get_by_label(name).rect();
            assert!(
                whole.contains_rect(rect) && rect.width() > 3.0,
                "{name} at {size:?}: {rect:?}"
            );
        }
        let grid = page.get_by_label("Kick, bar 4, step 16").rect();
        assert!(grid.bottom() <= page.get_by_label("Save part as WAV").rect().top());
        assert!(
            page.get_by_label("Listen").rect().top()
                >= page.get_by_label("Stem on").rect().bottom() - 1.0
        );
    }
}
