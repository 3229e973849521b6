//! The factory browser, the morph row and the macros.

use consort::editor::Other;
use consort::instrument::factory;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
use nice_plug::params::Param;

use crate::host::{Asked, Host};
use crate::page;

#[test]
fn the_browser_searches_filters_and_plays() {
    let host = Host::new();
    let mut page = page(&host);
    page.run();
    assert!(page.query_by_label("Search").is_none());
    page.get_by_label("Factory").click();
    page.run();
    page.get_by_label("Search").click();
    page.run();
    page.get_by_label("Search").type_text("electric pia");
    page.run();
    page.get_by_role_and_label(Role::ListBoxOption, "Electric Piano")
        .click();
    page.run();
    assert_eq!(host.take(), [Asked::Factory("Electric Piano".into())]);

    page.get_by_label("Search").click();
    page.run();
    page.get_by_label("Search").type_text("zzz");
    page.run();
    assert!(
        page.query_by_role_and_label(Role::ListBoxOption, "Electric Piano")
            .is_none()
    );
    page.get_by_label("Nothing fits; search for other words, or make it with a prompt.");
    page.get_by_label("Close").click();
    page.run();
    page.get_by_label("Picture of Electric Piano");
}

#[test]
fn families_and_tags_narrow_the_list() {
    let host = Host::new();
    let mut page = page(&host);
    page.run();
    page.get_by_label("Factory").click();
    page.run();
    page.get_by_label("Factory family").click();
    page.run();
    page.get_by_label("Bass").click();
    page.run();
    assert!(
        page.query_by_role_and_label(Role::ListBoxOption, "Electric Piano")
            .is_none()
    );
    page.get_by_label("Factory family").click();
    page.run();
    page.get_by_label("Keys").click();
    page.run();
    page.get_by_role_and_label(Role::ListBoxOption, "Electric Piano");

    // A tag that most have; those without it go.
    let of_keys = |tag: &str| {
        let entries = factory::entries().iter();
        let mut entries = entries.filter(|e| e.family.name() == "keys");
        entries.any(|e| e.name == "Electric Piano" && e.tags.iter().any(|t| t == tag))
    };
    for tag in ["bright", "soft"] {
        let label = format!("Tag {tag}");
        if page.query_by_label(&label).is_none() {
            continue;
        }
        page.get_by_label(&label).click();
        page.run();
        assert_eq!(
            page.query_by_role_and_label(Role::ListBoxOption, "Electric Piano")
                .is_some(),
            of_keys(tag)
        );
        page.get_by_label(&label).click();
        page.run();
    }
    page.get_by_role_and_label(Role::ListBoxOption, "Electric Piano");
}

#[test]
fn morphing_goes_towards_a_chosen_instrument() {
    let host = Host::new();
    let mut page = page(&host);
    page.run();
    page.get_by_label("no other instrument chosen");
    page.get_by_label("Morph with…").click();
    page.run();
    page.get_by_label_contains("Earlier instruments").click();
    page.run();
    page.get_by_label("warm cello").click();
    page.run();
    assert_eq!(host.take(), [Asked::MorphWith(Other::Earlier(1))]);

    host.show(|view| view.morph_with = Some(("warm cello".into(), 0.0)));
    page.run();
    page.get_by_label("warm cello");
    let slider = page.get_by_label("Morph").rect();
    let at = |share: f32| egui::pos2(slider.left() + share * slider.width(), slider.center().y);
    // It is heard while it moves.
    let mut last = 0.0;
    page.drag_at(at(0.1));
    page.run();
    for share in [0.2, 0.4] {
        page.hover_at(at(share));
        page.run();
        let asked = host.take();
        let Some(Asked::Morph(asked)) = asked.last() else {
            panic!("{asked:?}");
        };
        assert!(
            (share - 0.1..share + 0.1).contains(asked),
            "{asked} in {slider}"
        );
        last = *asked;
        // It stands where it was put, also before the morph is there.
        host.show(|view| view.morph_with = Some(("warm cello".into(), last)));
        page.run();
    }
    page.drop_at(at(0.4));
    page.run();
    assert_eq!(host.take(), []);
    page.get_by_label(&format!("{:.0} %", last * 100.0));
    host.show(|view| view.morph_with = Some(("warm cello".into(), 0.75)));
    page.run();
    page.get_by_label("75 %");
}

#[test]
fn the_library_and_the_eight_macros_are_there_by_name() {
    let host = Host::new();
    let mut page = page(&host);
    page.run();
    for (name, param) in [
        ("Brightness", &host.params.brightness),
        ("Attack", &host.params.attack),
        ("Decay", &host.params.decay),
        ("Release", &host.params.release),
        ("Body", &host.params.body),
        ("Width", &host.params.width),
        ("Motion", &host.params.motion),
        ("Detune", &host.params.detune),
    ] {
        // A third click soon after two would be no double-click.
        (0..40).for_each(|_| page.step());
        page.get_by_label(name).click();
        page.get_by_label(name).click();
        page.run();
        let pointer = param.as_ptr();
        assert!(host.take().contains(&Asked::Set(pointer, 0.5)), "{name}");
    }
    // What acts on every note at once has two pages.
    page.get_by_label("Tone");
    assert!(page.query_by_label("Glide").is_none());
    page.get_by_label("PLAY").click();
    page.run();
    for name in ["Fade in", "Release time", "Glide", "Tune"] {
        page.get_by_label(name);
    }
    assert!(page.query_by_label("Tone").is_none());
}
