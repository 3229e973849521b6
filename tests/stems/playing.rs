//! A stem in the host's song: its notes at their frames, as MIDI and as sound.

use std::time::{Duration, Instant};

use consort::jobs::stem::asking::Sheet;
use serde_json::json;

use crate::host::{CONSORT, STEMS, Session, Sound};
use crate::sheet::{KICK, sheet, wanted};
use crate::timeline::Timeline;
use crate::{RATE, linked_in, watched};

/// An instance whose project holds the stem and an instrument.
pub fn session(rate: f64, repeats: bool) -> Session {
    session_of(rate, &sheet(repeats))
}

pub fn session_of(rate: f64, sheet: &Sheet) -> Session {
    let entry = linked_in();
    let instrument = Session::ready(&entry, rate, 512).save().field("instrument");
    let mut session = Session::open_one(&entry, STEMS, rate, 8_192);
    let stem = json!({ "sheet": sheet, "instrument": instrument });
    let state = session.save().with_field("stem", &stem);
    assert!(session.load(&state));
    // All its keys are with the engine once it lets the host rest.
    let begun = Instant::now();
    while session.audio.as_ref().expect("active").awake {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "its sound never came"
        );
        session.play(&[], 512, &[512]);
        std::thread::sleep(Duration::from_millis(5));
    }
    let audio = session.audio.as_mut().expect("active");
    audio.around = watched::watched;
    session
}

/// Plays so many frames of a song; the sound, and the frames at which notes begin.
fn play(
    session: &mut Session,
    timeline: Timeline,
    frames: usize,
    sizes: &[usize],
) -> (Sound, Vec<u64>) {
    let audio = session.audio.as_mut().expect("active");
    audio.notes_out.clear();
    audio.transport = Some(Box::new(move |frame| timeline.at(frame)));
    let sound = session.play(&[], frames, sizes);
    let audio = session.audio.as_ref().expect("active");
    assert!(
        audio
            .notes_out
            .iter()
            .all(|(_, channel, key, _)| (*channel, *key) == (9, KICK.into()))
    );
    let begun = audio
        .notes_out
        .iter()
        .filter(|note| note.3)
        .map(|note| note.0);
    (sound, begun.collect())
}

#[test]
fn notes_fall_on_their_frames_in_loops_and_ramps() {
    let mut worst = 0;
    let mut notes = 0;
    for rate in [44_100.0, RATE] {
        let mut session = session(rate, true);
        for sizes in [&[1][..], &[64], &[512], &[8_192], &[512, 1, 441, 8_192, 7]] {
            for ramp in [0.0, 20.0 / 60.0 / rate] {
                // From the song's beginning; then, as in a loop, from its third bar again.
                for bar in [0, 2, 2] {
                    let now = session.audio.as_ref().expect("active").position;
                    let timeline = Timeline::new(now, (4, 4), 118.0, ramp, rate).at_bar(bar, 0);
                    let frames = (4.0 * rate) as usize;
                    let (_, found) = play(&mut session, timeline, frames, sizes);
                    let wanted = wanted(&timeline, now, frames);
                    assert_eq!(
                        found.len(),
                        wanted.len(),
                        "{rate} Hz, {sizes:?}, ramp {ramp}"
                    );
                    let off = found.iter().zip(&wanted).map(|(a, b)| a.abs_diff(*b));
                    let off = off.max().unwrap_or(0);
                    // In a ramp the host says the tempo of a block's beginning only: what a long one
                    // gets wrong is half its change of tempo times its length.
                    let longest = *sizes.iter().max().expect("sizes") as f64;
                    let drift = 0.5 * ramp * longest * longest / 118.0;
                    let most = if ramp == 0.0 { 0 } else { drift.ceil() as u64 };
                    assert!(
                        off <= most,
                        "{off} frames off in blocks of {sizes:?}, ramp {ramp}"
                    );
                    if longest <= 512.0 {
                        worst = worst.max(off);
                    }
                    notes += found.len();
                }
            }
        }
    }
    println!("{notes} notes; in blocks up to 512 frames {worst} frames off at most");
    assert!(notes > 400);
    assert_eq!(watched::violations(), 0, "allocations or frees");
}

#[test]
fn its_sound_comes_to_the_track_and_stops_with_the_song() {
    let listen = |sizes: &[usize]| {
        let mut session = session(RATE, false);
        session.audio.as_mut().expect("active").sidechain =
            |frame| if frame % 2 == 0 { 0.1 } else { -0.1 };
        let now = session.audio.as_ref().expect("active").position;
        // Half a beat before the third bar.
        let timeline = Timeline::new(now, (4, 4), 120.0, 0.0, RATE).at_bar(2, -12_000);
        let (mut sound, begun) = play(&mut session, timeline, 120_000, sizes);
        assert_eq!(begun[0] - now, 12_000);
        let (rest, none) = play(&mut session, Timeline::stopped(RATE), 96_000, sizes);
        assert!(none.is_empty());
        sound.append(&rest);
        (sound, now)
    };
    let (sound, now) = listen(&[512]);
    let track = |index: usize| {
        if (now + index as u64).is_multiple_of(2) {
            0.1
        } else {
            -0.1
        }
    };
    let stem: Vec<f32> = sound
        .left
        .iter()
        .enumerate()
        .map(|(i, x)| x - track(i))
        .collect();
    let loud = |from: usize, to: usize| stem[from..to].iter().fold(0.0f32, |a, x| a.max(x.abs()));
    assert_eq!(loud(0, 12_000), 0.0, "nothing before its first note");
    assert!(loud(12_000, 12_480) > 1e-3, "within 10 ms of it");
    assert!(loud(60_000, 100_000) > 1e-2);
    let end = loud(sound.len() - 4_800, sound.len());
    assert!(end < 1e-3, "it ends with the song: {end}");
    for sizes in [&[64][..], &[8_192], &[441, 1, 4_096]] {
        let (other, _) = listen(sizes);
        assert_eq!(other.first_difference(&sound), None, "blocks of {sizes:?}");
    }
}

#[test]
fn off_it_is_silent_and_alone_it_has_no_track() {
    let mut session = session(RATE, true);
    let id = |session: &mut Session, name: &str| {
        let found = session.parameters().into_iter().find(|p| p.name == name);
        found.expect("it is there").id
    };
    let (on, track) = (id(&mut session, "Stem on"), id(&mut session, "Track on"));
    let set = |session: &mut Session, id, value| {
        use crate::host::{Event, What};
        let audio = session.audio.as_mut().expect("active");
        audio.transport = Some(Box::new(|frame| Timeline::stopped(RATE).at(frame)));
        session.play(&[Event::at(0, What::Set(id, value))], 4_800, &[480]);
    };
    session.audio.as_mut().expect("active").sidechain = |_| 0.25;
    set(&mut session, on, 0.0);
    let now = session.audio.as_ref().expect("active").position;
    let timeline = Timeline::new(now, (4, 4), 120.0, 0.0, RATE);
    let (sound, begun) = play(&mut session, timeline, 48_000, &[512]);
    assert!(begun.is_empty() && sound.left.iter().all(|x| *x == 0.25));
    set(&mut session, on, 1.0);
    set(&mut session, track, 0.0);
    let now = session.audio.as_ref().expect("active").position;
    let timeline = Timeline::new(now, (4, 4), 120.0, 0.0, RATE).at_bar(0, 100);
    let (sound, begun) = play(&mut session, timeline, 48_000, &[512]);
    assert!(!begun.is_empty());
    assert!(
        sound.left[..20_000].iter().all(|x| x.abs() < 0.01),
        "no track, and no note yet"
    );
    assert!(sound.peak(24_000..48_000) > 1e-3);
    assert_eq!(watched::violations(), 0, "allocations or frees");
}

#[test]
fn it_is_as_loud_as_its_trim_says() {
    let loud = |trim_db| {
        let sheet = Sheet {
            trim_db,
            ..sheet(true)
        };
        let mut session = session_of(RATE, &sheet);
        let now = session.audio.as_ref().expect("active").position;
        let timeline = Timeline::new(now, (4, 4), 120.0, 0.0, RATE);
        let (sound, _) = play(&mut session, timeline, 96_000, &[512]);
        assert_eq!(watched::violations(), 0, "allocations or frees");
        sound.peak(24_000..96_000)
    };
    let whole = loud(Some(-3.0));
    assert!(whole > 1e-3);
    for (trim, db) in [(Some(-15.0), -12.0f32), (None, -3.0)] {
        let found = 20.0 * (loud(trim) / whole).log10();
        assert!((found - db).abs() < 0.1, "{trim:?}: {found} dB");
    }
}

/// The instrument plays a stem, too, beside the keys that are pressed.
#[test]
fn the_instrument_has_the_same_stem() {
    let entry = linked_in();
    let mut session = Session::ready(&entry, RATE, 512);
    let state = session.save();
    let instrument = state.field("instrument");
    let stem = json!({ "sheet": sheet(true), "instrument": instrument });
    assert!(session.load(&state.with_field("stem", &stem)));
    session.wait_for_keys();
    let now = session.audio.as_ref().expect("active").position;
    let timeline = Timeline::new(now, (4, 4), 120.0, 0.0, RATE);
    let (sound, begun) = play(&mut session, timeline, 96_000, &[512]);
    assert_eq!(begun.len(), wanted(&timeline, now, 96_000).len());
    assert!(sound.peak(0..96_000) > 1e-3);
    let saved = session.save().field("stem").expect("it is saved");
    assert_eq!(saved["sheet"], json!(sheet(true)));
    assert_eq!(CONSORT, c"org.consort.consort");
}
