//! The settings in the window.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use consort::editor::State;
use consort::models::ModelHost;
use consort::models::provider::{Choice, Provider};
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

use crate::host::Host;
use crate::page;
use crate::reading::controls;

/// Runs the page until something is said.
fn until(page: &mut Harness<'_, State>, said: &str) {
    let begun = Instant::now();
    while page.query_by_label_contains(said).is_none() {
        assert!(begun.elapsed() < Duration::from_secs(40), "{said:?} isn't");
        std::thread::sleep(Duration::from_millis(20));
        page.step();
    }
}

#[test]
fn what_computes_is_chosen_of_what_there_is() {
    let host = Host::new();
    let mut page = page(&host);
    page.run();
    page.get_by_label("Settings").click();
    page.run();
    let cpu = page.get_by_role_and_label(Role::RadioButton, "CPU");
    assert!(cpu.accesskit_node().toggled().is_some());
    let names = controls(&page);
    let apart: BTreeSet<String> = names.iter().map(|named| format!("{named:?}")).collect();
    assert_eq!(apart.len(), names.len(), "{names:?}");
    assert!(names.iter().all(|(_, name)| !name.is_empty()), "{names:?}");

    let field = page.get_by_label("ONNX Runtime library");
    field.click();
    page.run();
    page.get_by_label("ONNX Runtime library")
        .type_text("/nowhere/at/all");
    page.run();
    page.get_by_label("Look").click();
    page.step();
    until(&mut page, "no ONNX Runtime library at /nowhere/at/all");

    // Chosen elsewhere, where it isn't.
    let choice = Choice {
        library: Some("/nowhere".into()),
        ..Choice::named("cuda").expect("a provider")
    };
    ModelHost::get().choose(choice);
    page.step();
    until(&mut page, "CUDA begins with the next thing to compute");
    page.get_by_role_and_label(Role::RadioButton, "CPU").click();
    page.run();
    assert_eq!(ModelHost::get().report().0.provider, Provider::Cpu);
    assert!(page.query_by_label_contains("CUDA begins").is_none());

    page.get_by_label("Stems page").click();
    page.run();
    assert!(page.query_by_label("ONNX Runtime library").is_none());
    assert!(host.take().is_empty(), "nothing was asked of the plugin");
}
