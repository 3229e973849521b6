//! Exports in the background.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use consort::instrument::Instrument;
use consort::jobs::{Client, Export};

use crate::{client, made, wait};

/// What became of an export.
fn exported(client: &Client) -> Export {
    let done = |export: &Option<Export>| !matches!(export, None | Some(Export::Working(_)));
    let snapshot = wait(client, |snapshot| done(&snapshot.export));
    snapshot.export.expect("it is done")
}

#[test]
fn an_export_writes_files_while_others_are_served() {
    let folder = tempfile::tempdir().expect("a folder");
    let (exporter, _engine) = client();
    exporter.export(Arc::new(Instrument::factory()), folder.path().to_owned());
    let (other, _other_engine) = client();
    other.play(Arc::new(Instrument::factory()));
    made(&other);
    let Export::Done(file) = exported(&exporter) else {
        panic!("{:?}", exporter.snapshot().export);
    };
    let text = std::fs::read_to_string(&file).expect("an SFZ");
    assert_eq!(text.matches("<region>").count(), 120);
    let samples = std::fs::read_dir(file.parent().unwrap().join("samples")).expect("samples");
    assert_eq!(samples.count(), 120);
    let around = std::fs::read_dir(folder.path()).expect("the folder");
    assert_eq!(around.count(), 1, "nothing unfinished is left");
}

#[test]
fn a_cancelled_export_is_over_at_once_and_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let entries = || {
        std::fs::read_dir(folder.path())
            .expect("the folder")
            .count()
    };
    for close in [false, true] {
        let (client, _engine) = client();
        client.set_sample_rate(48_000.0);
        client.export(Arc::new(Instrument::factory()), folder.path().to_owned());
        wait(
            &client,
            |snapshot| matches!(snapshot.export, Some(Export::Working(done)) if done > 0.0),
        );
        assert_eq!(entries(), 1);
        let begun = Instant::now();
        if close {
            drop(client);
        } else {
            client.cancel_export();
            assert_eq!(client.snapshot().export, None);
        }
        assert!(begun.elapsed() < Duration::from_millis(100));
        // Its files go after the slice in progress, which may be another test's.
        while entries() > 0 {
            assert!(begun.elapsed() < Duration::from_secs(10), "files are left");
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

#[test]
fn an_export_that_cannot_be_written_says_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    std::fs::write(&file, "x").expect("a file");
    let (client, _engine) = client();
    // Nothing can be made in /proc, not even by root.
    for (place, words) in [
        (file.as_path(), "a file is in the way"),
        (Path::new("/proc"), "/proc"),
    ] {
        client.export(Arc::new(Instrument::factory()), place.to_owned());
        let Export::Failed(sentence) = exported(&client) else {
            panic!("it was written");
        };
        assert!(
            sentence.contains(words) && sentence.ends_with('.'),
            "{sentence}"
        );
    }
}
