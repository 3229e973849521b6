//! What leaves is limited at −1 dBTP, and only where there is something to limit.

use consort::jobs::stem::asking::Sheet;
use ebur128::{EbuR128, Mode};

use crate::host::{Event, Session, Sound, What, note_of};
use crate::playing::session_of;
use crate::sheet::sheet;
use crate::timeline::Timeline;
use crate::{RATE, linked_in, watched, worked};

fn true_peak_db(sound: &Sound) -> f64 {
    let mut meter = EbuR128::new(2, RATE as u32, Mode::TRUE_PEAK).expect("a meter");
    meter
        .add_frames_planar_f32(&[&sound.left, &sound.right])
        .expect("it is heard");
    let peak = |side| meter.true_peak(side).expect("it was heard");
    20.0 * peak(0).max(peak(1)).log10()
}

fn parameter(session: &mut Session, name: &str) -> clack_host::utils::ClapId {
    let found = session.parameters().into_iter().find(|p| p.name == name);
    found.expect("it is there").id
}

/// Chords that are too loud, from the instrument itself.
fn chords(limit: Option<f64>, velocity: f64, sizes: &[usize]) -> Sound {
    let entry = linked_in();
    let mut session = Session::ready(&entry, RATE, 8_192);
    session.audio.as_mut().expect("active").around = watched::watched;
    let mut events = Vec::new();
    if let Some(limit) = limit {
        events.push(Event::at(
            0,
            What::Set(parameter(&mut session, "Limiter"), limit),
        ));
    }
    for chord in 0..4 {
        for key in 0..12 {
            events.extend(note_of(
                36 + 5 * key,
                velocity,
                100 + chord * 12_000,
                10_000 + chord * 12_000,
            ));
        }
    }
    events.sort_by_key(|event| event.frame);
    session.play(&events, 60_000, sizes)
}

#[test]
fn the_instrument_stays_at_the_ceiling_and_below_it_nothing_is_touched() {
    let (free, held) = (chords(Some(0.0), 1.0, &[512]), chords(None, 1.0, &[512]));
    let (before, after) = (true_peak_db(&free), true_peak_db(&held));
    println!("chords: {after:.2} dBTP, without the limiter {before:.2}");
    assert!(before > 0.0 && after <= -0.8);
    for sizes in [&[1][..], &[64], &[8_192], &[441, 1, 4_096]] {
        let other = chords(None, 1.0, sizes);
        assert_eq!(other.first_difference(&held), None, "blocks of {sizes:?}");
    }
    let (free, held) = (chords(Some(0.0), 0.3, &[512]), chords(None, 0.3, &[512]));
    let peak = true_peak_db(&free);
    println!("soft chords: {peak:.2} dBTP");
    assert!(peak < -1.0);
    assert_eq!(free.first_difference(&held), None);
    assert_eq!(watched::violations(), 0, "allocations or frees");
}

/// Ten seconds of a stem, from a track at that level.
fn stem(limit: f64, trim_db: f32, track: fn(u64) -> f32) -> (Sound, f64) {
    let sheet = Sheet {
        trim_db: Some(trim_db),
        ..sheet(true)
    };
    let mut session = session_of(RATE, &sheet);
    let id = parameter(&mut session, "Limiter");
    let audio = session.audio.as_mut().expect("active");
    (audio.sidechain, audio.around) = (track, worked::timed);
    let now = audio.position;
    let timeline = Timeline::new(now, (4, 4), 120.0, 0.0, RATE);
    audio.transport = Some(Box::new(move |frame| timeline.at(frame)));
    worked::take();
    let set = [Event::at(0, What::Set(id, limit))];
    let sound = session.play(&set, 480_000, &[512]);
    (sound, worked::take().1)
}

fn hot(frame: u64) -> f32 {
    // Blocks of 512 begin at the same place of it, however many there were before.
    1.4 * ((frame % 512) as f32 * std::f32::consts::TAU / 512.0).sin()
}

fn quiet(frame: u64) -> f32 {
    hot(frame) / 20.0
}

#[test]
fn a_stem_is_limited_beside_its_track_and_a_hot_track_stays_as_hot_as_it_is() {
    for (name, track) in [("quiet", quiet as fn(u64) -> f32), ("hot", hot)] {
        let ((free, plain), (held, limited)) = (stem(0.0, 24.0, track), stem(1.0, 24.0, track));
        let alone = true_peak_db(&stem(0.0, -200.0, track).0);
        let (before, after) = (true_peak_db(&free), true_peak_db(&held));
        println!(
            "a stem on a {name} track of {alone:.2} dBTP: {after:.2}, without the limiter {before:.2}; \
             {limited:.0} ms of work for 10 s, without {plain:.0}"
        );
        let most = alone.max(-1.0) + 0.2;
        assert!(after <= most && before > most);
    }
    // Soft enough it leaves as it is.
    let ((free, _), (held, _)) = (stem(0.0, -20.0, quiet), stem(1.0, -20.0, quiet));
    assert!(true_peak_db(&free) < -1.0);
    assert_eq!(free.first_difference(&held), None);
    assert_eq!(watched::violations(), 0, "allocations or frees");
}
