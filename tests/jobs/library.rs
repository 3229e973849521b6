//! The library as a plugin instance sees it: asks, adds, keeps, shares.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use consort::instrument::{Family, Instrument, factory, render};
use consort::jobs::librarian::{Playable, Question, Shelf, Wish};
use consort::jobs::{Librarian, SoundFile};
use consort::library::{EntryId, Filter, Kind};

fn librarian(folder: &Path) -> Librarian {
    let folder = folder.to_owned();
    Librarian::new(move || folder.clone(), Box::new(|| ()))
}

/// Looks until `enough`, at most five minutes.
fn wait(librarian: &Librarian, enough: impl Fn(&Shelf) -> bool) -> Shelf {
    let begun = Instant::now();
    loop {
        let shelf = librarian.shelf();
        if enough(&shelf) {
            return shelf;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(300),
            "nothing happened: {shelf:?}"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn rests(shelf: &Shelf) -> bool {
    shelf.open && !shelf.asking && shelf.adding.is_none()
}

fn ask(librarian: &Librarian, question: Question, filter: Filter) -> Shelf {
    librarian.ask(Wish { question, filter });
    wait(librarian, rests)
}

fn sound(path: PathBuf) -> Question {
    Question::Sound(SoundFile {
        path,
        key: None,
        sound: None,
    })
}

fn names(shelf: &Shelf) -> Vec<&str> {
    shelf
        .hits
        .iter()
        .map(|hit| hit.entry.name.as_str())
        .collect()
}

/// A WAV file of an instrument's note.
fn note(instrument: &Instrument, key: u8, path: &Path) {
    let model = instrument.note(key, 90).expect("no kit");
    let frames = render::note(&model, key, 1.5, 44_100.0);
    let sound = consort::analysis::Sound::new(vec![frames], 44_100).unwrap();
    std::fs::write(path, sound.to_wav()).unwrap();
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn instruments_are_found_by_a_note_by_words_and_by_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let librarian = librarian(folder.path());
    let shelf = ask(&librarian, Question::All, Filter::default());
    assert_eq!(shelf.entries, factory::entries().len());
    assert_eq!((shelf.message, shelf.question), (None, None));

    // Other keys than the one by which they stand in the library; some in ten may miss.
    let mut places = Vec::new();
    let known = factory::entries()
        .iter()
        .filter(|entry| entry.kind == factory::Kind::Instrument);
    for entry in known.step_by(8) {
        let wav = folder.path().join("note.wav");
        note(&entry.instrument(), 55, &wav);
        let shelf = ask(&librarian, sound(wav), Filter::default());
        assert_eq!(shelf.question.as_deref(), Some("Sounds like “note.wav”"));
        let place = names(&shelf).iter().position(|name| *name == entry.name);
        places.push(place.expect("all are ranked"));
    }
    let found = places.iter().filter(|&&place| place < 5).count();
    println!("a note of {} instruments: places {places:?}", places.len());
    assert!(found * 10 >= places.len() * 7, "{places:?}");

    let shelf = ask(
        &librarian,
        Question::Words("church organ".into()),
        Filter::default(),
    );
    println!("church organ: {:?}", &names(&shelf)[..5]);
    let organs = shelf.hits[..5]
        .iter()
        .filter(|hit| hit.entry.family == Family::Organ);
    assert!(organs.count() >= 3, "{:?}", &names(&shelf)[..5]);
    let first = shelf.hits[0].entry.clone();
    let shelf = ask(&librarian, Question::Entry(first.id), Filter::default());
    assert!(!names(&shelf).contains(&first.name.as_str()));
    let bass = Filter {
        family: Some(Family::Bass),
        ..Filter::default()
    };
    let shelf = ask(
        &librarian,
        Question::Instrument(Arc::new(Instrument::factory())),
        bass,
    );
    assert!(
        shelf
            .hits
            .iter()
            .all(|hit| hit.entry.family == Family::Bass)
            && !shelf.hits.is_empty()
    );
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn files_are_added_changed_taken_back_and_played() {
    let folder = tempfile::tempdir().unwrap();
    let sounds = folder.path().join("sounds");
    std::fs::create_dir(&sounds).unwrap();
    std::fs::copy("tests/data/sounds/a440.flac", sounds.join("a_tone.flac")).unwrap();
    std::fs::write(sounds.join("broken.wav"), "RIFF").unwrap();
    let saved = Instrument {
        name: "Mine".into(),
        ..Instrument::factory()
    };
    std::fs::write(sounds.join("mine.consort"), saved.to_bytes()).unwrap();
    std::fs::write(
        sounds.join("tone.sfz"),
        "<region> sample=a_tone.flac pitch_keycenter=69",
    )
    .unwrap();
    let librarian = librarian(&folder.path().join("library"));
    let only = |kind| Filter {
        kind: Some(kind),
        ..Filter::default()
    };
    ask(&librarian, Question::All, only(Kind::Imported));
    librarian.add(vec![sounds.clone()]);
    let shelf = wait(&librarian, |shelf| rests(shelf) && shelf.message.is_some());
    assert_eq!(names(&shelf), ["tone"]);
    assert!(shelf.message.unwrap().contains("broken.wav"));
    let tone = shelf.hits[0].entry.clone();
    assert_eq!(tone.tags, ["sounds"]);

    // It is what its sample is; the saved one is there too.
    let like = ask(
        &librarian,
        sound(sounds.join("a_tone.flac")),
        only(Kind::Imported),
    );
    assert!(
        like.hits[0].score > 0.99 && like.message.is_none(),
        "{:?}",
        like.hits
    );
    let mine = ask(&librarian, Question::All, only(Kind::Saved)).hits[0]
        .entry
        .clone();
    assert_eq!(mine.name, "Mine");

    let fetched = |id: EntryId| {
        librarian.fetch(id);
        let begun = Instant::now();
        loop {
            if let Some(fetched) = librarian.take_fetched() {
                return fetched;
            }
            assert!(begun.elapsed() < Duration::from_secs(60));
            std::thread::sleep(Duration::from_millis(2));
        }
    };
    let Ok(Playable::Instrument(instrument)) = fetched(mine.id).map(|f| f.playable) else {
        panic!("it is an instrument");
    };
    assert_eq!(*instrument, saved);
    let Ok(Playable::Sound(file)) = fetched(tone.id).map(|f| f.playable) else {
        panic!("it is a sound");
    };
    assert_eq!(file.key, Some(69.0));

    // Marks, tags and removals are taken back one by one; a second instance sees them.
    let other = self::librarian(&folder.path().join("library"));
    librarian.set_favourite(mine.id, true);
    librarian.set_tags(mine.id, vec!["home".into()]);
    librarian.remove(mine.id);
    let shelf = wait(&librarian, |shelf| {
        shelf.undo.as_deref() == Some("removing “Mine”")
    });
    assert!(shelf.hits.is_empty());
    assert!(
        ask(&other, Question::Words("home".into()), only(Kind::Saved))
            .hits
            .is_empty()
    );
    librarian.undo();
    let shelf = wait(&librarian, |shelf| !shelf.hits.is_empty());
    assert!(shelf.hits[0].entry.favourite && shelf.hits[0].entry.tags == ["home"]);
    wait(&other, |shelf| {
        shelf.hits.first().is_some_and(|hit| hit.entry.favourite)
    });
    librarian.undo();
    librarian.undo();
    wait(&librarian, |shelf| {
        shelf.hits[0].entry.tags == ["sounds"] && !shelf.hits[0].entry.favourite
    });
    librarian.undo();
    wait(&librarian, |shelf| {
        shelf.hits.is_empty() && shelf.undo.is_none()
    });

    // What is gone or says nothing is one sentence, and the answer before stays.
    std::fs::remove_file(sounds.join("mine.consort")).unwrap();
    assert!(fetched(mine.id).unwrap_err().to_string().contains("Mine"));
    let silent = sounds.join("silent.wav");
    let spec = hound_spec();
    let mut writer = hound::WavWriter::create(&silent, spec).unwrap();
    (0..20_000).for_each(|_| writer.write_sample(0i16).unwrap());
    writer.finalize().unwrap();
    for path in [silent, sounds.join("broken.wav"), sounds.join("none.wav")] {
        let shelf = ask(&librarian, sound(path), Filter::default());
        assert!(shelf.message.is_some_and(|said| said.ends_with('.')));
    }
}

fn hound_spec() -> hound::WavSpec {
    hound::WavSpec {
        channels: 1,
        sample_rate: 44_100,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    }
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn what_was_made_is_kept_once_and_a_closed_instance_stops_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let made = Arc::new(Instrument {
        name: "Made".into(),
        ..Instrument::factory()
    });
    {
        let first = librarian(folder.path());
        first.keep(made.clone());
        first.keep(made.clone());
    }
    let librarian = librarian(folder.path());
    let generated = Filter {
        kind: Some(Kind::Generated),
        ..Filter::default()
    };
    let shelf = ask(&librarian, Question::All, generated);
    let shelf = if shelf.hits.is_empty() {
        wait(&librarian, |shelf| !shelf.hits.is_empty())
    } else {
        shelf
    };
    assert_eq!(names(&shelf), ["Made"]);
    librarian.fetch(shelf.hits[0].entry.id);
    let begun = Instant::now();
    let fetched = loop {
        if let Some(fetched) = librarian.take_fetched() {
            break fetched;
        }
        assert!(begun.elapsed() < Duration::from_secs(60));
    };
    let Playable::Instrument(instrument) = fetched.unwrap().playable else {
        panic!("it is an instrument");
    };
    assert_eq!(instrument, made);
}

#[test]
fn a_library_that_can_not_be_is_a_sentence() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let librarian = librarian(file.path());
    librarian.ask(Wish::default());
    let shelf = wait(&librarian, |shelf| shelf.message.is_some());
    assert!(shelf.message.unwrap().contains("CONSORT_LIBRARY"));
    assert!(!shelf.open && !shelf.asking);
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn looking_through_a_whole_disk_can_be_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let librarian = librarian(folder.path());
    let before = ask(&librarian, Question::All, Filter::default()).entries;
    librarian.add(vec!["/usr".into()]);
    wait(&librarian, |shelf| shelf.adding.is_some());
    librarian.cancel();
    let shelf = wait(&librarian, rests);
    assert!(shelf.message.is_none(), "{:?}", shelf.message);
    // What was heard before the stop is kept.
    assert!(shelf.entries - before < 100);
}
