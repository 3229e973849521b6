//! A part's life without a host.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::fixture::heard;
use super::*;
use crate::engine::capture::HostPosition;
use crate::engine::stem::{self, StemEvent, StemPlayer};
use crate::engine::{Engine, mailbox};
use crate::instrument::Instrument;
use crate::jobs::stem::asking::Edit;

fn desk() -> (StemDesk, StemPlayer, Engine) {
    let (player, sender) = stem::channel();
    let (engine_side, generator_side) = mailbox::channel();
    let client = Client::of_known_notes(generator_side);
    let desk = StemDesk::new(
        sender,
        client,
        0,
        Arc::default(),
        Arc::new(std::env::temp_dir),
        Box::new(|| ()),
    );
    (desk, player, Engine::new(engine_side))
}

fn sound(desk: &StemDesk) -> Option<Arc<Instrument>> {
    let desk = desk.0.desk.lock();
    desk.take()?.sound.instrument().cloned()
}

fn wait(desk: &StemDesk, mut until: impl FnMut(&Stem) -> bool) -> Stem {
    let begun = Instant::now();
    loop {
        let stem = desk.stem();
        if until(&stem) {
            return stem;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{stem:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Keys that begin while the host plays a bar from a quarter note on.
fn plays(player: &mut StemPlayer, from: f64) -> usize {
    let mut begun = 0;
    for block in 0..4 {
        let position = HostPosition {
            playing: true,
            beats: Some(from + f64::from(block)),
            tempo: Some(120.0),
            ..HostPosition::default()
        };
        player.take_up(|_, _| true);
        player.block(&position, 24_000, 48_000.0, true, |_, event| {
            begun += usize::from(matches!(event, StemEvent::On { .. }));
        });
    }
    begun
}

#[test]
fn without_a_song_it_says_what_to_do() {
    let (desk, ..) = desk();
    let make = || StemOrder::Make {
        words: "drums".into(),
        kind: None,
        seed: 1,
    };
    desk.order(make(), None);
    let StemStatus::Failed(why) = desk.stem().status else {
        panic!("it was made of nothing");
    };
    assert!(why.contains("Take last"));
    desk.order(StemOrder::Dismiss, None);
    assert_eq!(desk.stem().status, StemStatus::Idle);
    desk.order(make(), Some(Arc::default()));
    let StemStatus::Failed(why) = desk.stem().status else {
        panic!("it was made without a beat");
    };
    assert!(why.contains("tempo"));
    desk.order(StemOrder::Edit(Edit::Quantise(1.0)), None);
    assert!(desk.stem().said.unwrap().is_fault());
    assert_eq!(desk.saved(&|_| Value::Null), Value::Null);
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn a_part_is_made_changed_played_and_remembered() {
    let (desk, mut player, _engine) = desk();
    desk.order(
        StemOrder::Make {
            words: "rock drums".into(),
            kind: None,
            seed: 1,
        },
        Some(heard()),
    );
    assert!(matches!(desk.stem().status, StemStatus::Working(_)));
    let whole = |stem: &Stem| stem.sheet.as_ref().is_some_and(|s| s.variations.len() == 3);
    let stem = wait(&desk, |stem| whole(stem) && stem.sound.is_some());
    let sheet = stem.sheet.unwrap();
    assert_eq!(
        (sheet.kind, sheet.steps, sheet.bar, sheet.bars()),
        (Some(PartKind::Drums), 128, 16, 8)
    );
    assert_eq!((sheet.begins, sheet.pace), (16.0, 0.25));
    assert!(sheet.variations[0] != sheet.variations[1]);
    assert!(desk.take_changed() && !desk.take_changed());
    let in_bar =
        |part: &crate::music::Part| part.notes.iter().filter(|note| note.start() < 16.0).count();
    assert_eq!(plays(&mut player, 16.0), in_bar(&sheet.variations[0]));

    // Another variation plays at once; a change can be taken back.
    desk.order(StemOrder::Choose(1), None);
    assert_eq!(plays(&mut player, 16.0), in_bar(&sheet.variations[1]));
    let there = sheet.variations[1].note_at(1, 56).is_some();
    desk.order(StemOrder::Edit(Edit::Toggle { step: 1, key: 56 }), None);
    let edited = desk.stem().sheet.unwrap();
    assert_eq!(edited.variations[1].note_at(1, 56).is_some(), !there);
    desk.order(StemOrder::Undo, None);
    assert_eq!(
        desk.stem().sheet.unwrap().variations[1],
        sheet.variations[1]
    );
    desk.order(StemOrder::Redo, None);
    assert_eq!(desk.stem().sheet.unwrap(), edited);

    // What is locked stays when the rest is made anew.
    desk.order(StemOrder::LockBar(0, true), None);
    desk.order(
        StemOrder::Again {
            words: String::new(),
            bars: Vec::new(),
            pieces: Vec::new(),
            seed: 77,
        },
        Some(heard()),
    );
    let stem = wait(&desk, |stem| stem.status == StemStatus::Idle);
    let anew = stem.sheet.unwrap();
    let first = |sheet: &Sheet| -> Vec<crate::music::GridNote> {
        let notes = sheet
            .part()
            .unwrap()
            .notes
            .iter()
            .filter(|note| note.step < 16);
        notes.copied().collect()
    };
    assert_eq!(first(&anew), first(&edited));
    assert_ne!(anew.part(), edited.part());
    assert_eq!(anew.variations[0], edited.variations[0]);

    // A project remembers it, and plays it again.
    let saved = desk.saved(&|_| Value::Null);
    let (other, mut player, _engine) = self::desk();
    other.recall(&saved, None, Duration::ZERO);
    assert_eq!(other.stem().sheet, Some(anew.clone()));
    assert_eq!(
        plays(&mut player, 16.0 + 32.0),
        in_bar(anew.part().unwrap()),
        "over and over"
    );
    let of_later = json!({ "sheet": { "pace": "x" }, "more": 3 });
    other.recall(&of_later, None, Duration::ZERO);
    assert_eq!(plays(&mut player, 16.0), 0, "it isn't the project's");
    let said = other.stem().said.unwrap();
    assert!(
        said.is_fault() && said.sentence().ends_with('.'),
        "{said:?}"
    );
    other.order(StemOrder::Undo, None);
    other.order(StemOrder::Clear, None);
    assert_eq!(other.saved(&|_| Value::Null), of_later, "as it came");
    other.recall(&saved, None, Duration::ZERO);
    assert_eq!(other.saved(&|_| Value::Null), saved);
    // A sound that can't be read stays with its part, whatever becomes of the notes.
    let mut odd = saved.clone();
    (odd["instrument"], odd["asked"]) = (json!("QUJD"), json!({ "words": 3 }));
    other.recall(&odd, None, Duration::ZERO);
    assert_eq!(other.stem().sheet, Some(anew));
    assert!(other.stem().said.is_some());
    other.order(StemOrder::Repeat(false), None);
    let kept = other.saved(&|_| Value::Null);
    assert_eq!(
        (&kept["instrument"], &kept["asked"]),
        (&odd["instrument"], &odd["asked"])
    );
    assert_eq!(kept["sheet"]["repeats"], false);
    other.recall(&saved, None, Duration::ZERO);
    other.order(StemOrder::Clear, None);
    assert_eq!(plays(&mut player, 16.0), 0);
    other.order(StemOrder::Undo, None);
    assert!(plays(&mut player, 16.0) > 0);

    // Files.
    let place = tempfile::tempdir().unwrap();
    other.order(StemOrder::SaveMidi(place.path().into()), None);
    let said = wait(&other, |stem| {
        stem.said
            .as_ref()
            .is_some_and(|said| said.sentence().contains("Saved"))
    });
    assert!(said.said.unwrap().sentence().ends_with(".mid."));
    let instrument = Instrument::factory();
    other.recall(&saved, Some(instrument), Duration::ZERO);
    other.activate(44_100.0, false);
    wait(&other, |stem| stem.sound.is_some());
    other.order(StemOrder::SaveWav(place.path().into()), None);
    wait(&other, |stem| {
        stem.said
            .as_ref()
            .is_some_and(|said| said.sentence().ends_with(".wav."))
    });
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn a_part_comes_as_loud_as_fits_the_song_and_edits_are_heard() {
    use crate::jobs::stem::level;
    let (desk, mut player, mut engine) = desk();
    let mut song = Heard::clone(&heard());
    song.description.loudness_lufs = Some(-20.0);
    let song = Arc::new(song);
    let make = StemOrder::Make {
        words: "rock drums".into(),
        kind: None,
        seed: 1,
    };
    desk.order(make, Some(song.clone()));
    engine.prepare(48_000.0);
    let trim = |stem: &Stem| stem.sheet.as_ref().and_then(|sheet| sheet.trim_db);
    // Its samples go to an engine that takes them.
    let stem = wait(&desk, |stem| {
        engine.render(&mut [0.0; 64], &mut [0.0; 64]);
        trim(stem).is_some()
    });
    let (sheet, instrument) = (stem.sheet.unwrap(), sound(&desk));
    let db = sheet.trim_db.unwrap();
    let measured = level::measure(&sheet, &instrument.unwrap(), 48_000, &|| false);
    let alone = measured.expect("it sounds");
    let wanted = -20.0 - level::under(PartKind::Drums, "rock drums");
    println!("{alone:.1} LUFS alone, trimmed by {db:.1} dB for {wanted:.1}");
    assert!((alone + f64::from(db) - wanted).abs() < 0.1, "{alone} {db}");
    player.take_up(|_, _| true);
    assert!((player.gain() - 10f32.powf(db / 20.0)).abs() < 1e-6);

    // Louder is louder: the level isn't taken back.
    let again = StemOrder::Again {
        words: "louder".into(),
        bars: Vec::new(),
        pieces: Vec::new(),
        seed: 1,
    };
    desk.order(again, Some(song));
    let louder = wait(&desk, |stem| stem.status == StemStatus::Idle);
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(trim(&desk.stem()), Some(db));
    assert!(louder.sheet.unwrap().part() != sheet.part());
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn making_is_cancelled_and_replaced() {
    let (desk, ..) = desk();
    let make = |words: &str| StemOrder::Make {
        words: words.into(),
        kind: None,
        seed: 1,
    };
    desk.order(make("drums"), Some(heard()));
    desk.order(StemOrder::Cancel, None);
    assert_eq!(desk.stem().status, StemStatus::Idle);
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(desk.stem().sheet, None);
    desk.order(make("drums"), Some(heard()));
    desk.order(make("walking bass"), Some(heard()));
    let stem = wait(&desk, |stem| stem.status == StemStatus::Idle);
    let bass = stem.sheet.unwrap();
    assert_eq!(bass.kind, Some(PartKind::Bass));
    // What names no part takes the place of none.
    for words in ["", "  ", "qwertz", "something nice", "no drums", "🎻"] {
        desk.order(make(words), Some(heard()));
        let stem = desk.stem();
        assert!(
            stem.said
                .is_some_and(|said| said.is_fault() && said.sentence().contains("stays"))
        );
        assert_eq!(stem.status, StemStatus::Idle, "{words}");
        assert_eq!(stem.sheet.as_ref(), Some(&bass), "{words}");
    }
    // What is left to be asked for is told.
    let both = StemOrder::Make {
        words: "add bass and drums".into(),
        kind: Some(PartKind::Bass),
        seed: 1,
    };
    desk.order(both, Some(heard()));
    let said = desk.stem().said.expect("drums are left");
    assert!(
        said.sentence().contains("Ask for the drums") && !said.is_fault(),
        "{said:?}"
    );
    desk.order(StemOrder::Cancel, None);
    // What says nothing changes nothing.
    let change = |words: &str| StemOrder::Again {
        words: words.into(),
        bars: Vec::new(),
        pieces: Vec::new(),
        seed: 7,
    };
    for words in ["qwertz", "asdf jkl", "?!", "please", "🎻", "hm, hm"] {
        desk.order(change(words), Some(heard()));
        let stem = desk.stem();
        let said = stem
            .said
            .is_some_and(|said| said.sentence().contains("stays"));
        assert!(said && stem.status == StemStatus::Idle, "{words}");
        assert_eq!(stem.sheet.as_ref(), Some(&bass), "{words}");
    }
    for words in ["jazzier", "more notes", "a fill in bar 2", "in octaves", ""] {
        desk.order(change(words), Some(heard()));
        assert_ne!(desk.stem().status, StemStatus::Idle, "{words}");
        desk.order(StemOrder::Cancel, None);
    }
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn a_sound_that_cannot_be_made_gives_way_to_the_usual_one() {
    let (desk, _player, mut engine) = desk();
    let add = StemOrder::Make {
        words: "add jazzy drums".into(),
        kind: None,
        seed: 1,
    };
    desk.order(add, Some(heard()));
    {
        // In the place of its job, one that fails.
        let mut desk_now = desk.0.desk.lock();
        let drawing = desk_now.drawing.as_mut().expect("it is asked for");
        drawing.job = desk.0.client.draw(crate::models::Request {
            prompt: "鑼鑼鑼".into(),
            ..Default::default()
        });
    }
    let stem = wait(&desk, |stem| {
        engine.render(&mut [0.0; 64], &mut [0.0; 64]);
        stem.sound.is_some()
    });
    assert_eq!(stem.sound.as_deref(), Some("acoustic drum kit"));
    wait(&desk, |stem| {
        !matches!(stem.sound_status, crate::jobs::Status::Failed(_))
    });
}
