//! The library on disk outlives its writers: processes are killed in the middle of writing, and
//! nothing that was said to be written is lost. `LIBRARY_WRITER` makes this program such a process.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use consort::instrument::Family;
use consort::library::{Ask, Filter, Kind, Library, NewEntry, Place};

const KILLS: u64 = 200;
const WRITER: &str = "LIBRARY_WRITER";

/// One entry of some size: its body is written with it.
fn entry(name: &str) -> NewEntry {
    let bytes: Vec<u8> = name.bytes().cycle().take(20_000).collect();
    NewEntry {
        kind: Kind::Generated,
        name: name.into(),
        family: Family::Bass,
        tags: vec!["made up".into()],
        place: Place::inside(&bytes),
        stamp: 0,
        bytes: Some(bytes),
        encoder: "none".into(),
        timbre: vec![0.0625; 256],
        meaning: vec![0.0625; 256],
    }
}

/// Writes entries until it is killed, and says each one that is on the disk.
#[test]
fn writer() {
    let Some(round) = std::env::var_os(WRITER) else {
        return;
    };
    let (round, folder) = (
        round.to_string_lossy().into_owned(),
        std::env::var("LIBRARY_FOLDER").unwrap(),
    );
    let mut library = Library::open(Path::new(&folder)).unwrap();
    let mut out = std::io::stdout();
    for number in 0.. {
        let name = format!("{round}-{number}");
        library.add(&[entry(&name)]).unwrap();
        // On a line of its own: a test has written without ending its line.
        writeln!(out, "\nwritten {name}").unwrap();
        out.flush().unwrap();
    }
}

#[test]
fn killed_two_hundred_times_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let mut written = Vec::new();
    // A reader that stays, as another instance would.
    let mut reader = Library::open(folder.path()).unwrap();
    for round in 0..KILLS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["writer", "--exact", "--nocapture"])
            .env(WRITER, round.to_string())
            .env("LIBRARY_FOLDER", folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let said = std::thread::spawn(move || {
            let lines = out.lines().map_while(Result::ok);
            let names = lines.filter_map(|line| line.strip_prefix("written ").map(str::to_owned));
            names.collect::<Vec<_>>()
        });
        // Anywhere in its life: while it opens, between writes, and in the middle of them.
        std::thread::sleep(Duration::from_millis(5 + round * 7919 % 60));
        child.kill().unwrap();
        child.wait().unwrap();
        written.extend(said.join().unwrap());
        if round % 20 == 0 {
            reader.refresh().unwrap();
        }
    }
    let library = Library::open(folder.path()).unwrap();
    library.check().unwrap();
    let all = library
        .find(&Ask::All, &Filter::default(), 1_000_000)
        .unwrap();
    for name in &written {
        let hit = all.iter().find(|hit| hit.entry.name == *name);
        let hit = hit.unwrap_or_else(|| panic!("{name} is lost"));
        assert_eq!(
            Some(library.bytes(hit.entry.id).unwrap()),
            entry(name).bytes
        );
    }
    reader.refresh().unwrap();
    assert_eq!(reader.len(), all.len());
    println!(
        "{} entries said to be written, {} there",
        written.len(),
        all.len()
    );
    assert!(
        written.len() > KILLS as usize / 20,
        "{} written",
        written.len()
    );
}
