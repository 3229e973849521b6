//! Instruments from and to files.

use std::path::Path;

use consort::editor::State;
use consort::jobs::Export;
use egui_kittest::kittest::Queryable;

use crate::host::{Asked, Host};
use crate::page_in;

#[test]
fn instruments_are_saved_to_a_folder_and_opened_from_it() {
    let folder = tempfile::tempdir().unwrap();
    let (here, file) = (folder.path(), folder.path().join("soft pad.consort"));
    std::fs::write(&file, "x").unwrap();
    let host = Host::new();
    let mut page = page_in(&host, State::new(here));
    page.run();
    page.get_by_label("Save").click();
    page.run();
    let saved = format!("Saved {}.", here.join("factory.consort").display());
    page.get_by_label(&saved);
    assert_eq!(host.take(), [Asked::Save(here.to_owned())]);

    page.get_by_label("Open").click();
    page.run();
    page.get_by_label("soft pad").click();
    page.run();
    assert_eq!(host.take(), [Asked::Open(file)]);
    page.get_by_label("This is not a Consort instrument; choose a .consort file.");
    assert!(page.query_by_label(&saved).is_none());
}

#[test]
fn an_export_shows_progress_and_can_be_cancelled_and_says_where_it_went() {
    let host = Host::new();
    let mut page = page_in(&host, State::new(Path::new("/music/Consort")));
    page.run();
    page.get_by_label("Export SFZ").click();
    page.run();
    assert_eq!(host.take(), [Asked::Export("/music/Consort".into())]);

    host.show(|view| view.export = Some(Export::Working(0.4)));
    page.run();
    page.get_by_label("Export progress");
    assert!(page.query_by_label("Export SFZ").is_none());
    page.get_by_label("Cancel export").click();
    page.run();
    assert_eq!(host.take(), [Asked::CancelExport]);

    host.show(|view| view.export = Some(Export::Done("/music/Consort/a/a.sfz".into())));
    page.run();
    page.get_by_label("Exported /music/Consort/a/a.sfz.");
    // What was said last is what is shown.
    page.get_by_label("Save").click();
    page.run();
    page.get_by_label("Saved /music/Consort/factory.consort.");
    let sentence = "/music couldn't be written: the disk is full; make room.";
    host.show(|view| view.export = Some(Export::Failed(sentence.into())));
    page.run();
    page.get_by_label(sentence);
}

#[test]
fn a_folder_that_is_no_whole_path_is_refused() {
    let host = Host::new();
    let mut page = page_in(&host, State::new(Path::new("music")));
    page.run();
    page.get_by_label("Export SFZ").click();
    page.run();
    page.get_by_label("\"music\" is no whole path; write one that begins with / or ~.");
    page.get_by_label("Save").click();
    page.run();
    assert_eq!(host.take(), []);
}
