//! What a host finds when it opens the plugin.

use crate::RATE;
use crate::host::{Session, load, note_of};
use std::time::{Duration, Instant};

#[test]
fn it_has_notes_in_a_stereo_sidechain_and_stereo_out() {
    let entry = load();
    let mut session = Session::create(&entry);
    assert_eq!(session.ports(true), [2], "one stereo input: the sidechain");
    assert_eq!(session.ports(false), [2], "one stereo output");
}

#[test]
fn a_new_instance_plays_a_factory_instrument() {
    let entry = load();
    let mut session = Session::ready(&entry, RATE, 512);
    let sound = session.play(&note_of(60, 0.8, 0, 24_000), 48_000, &[512]);
    assert!(sound.peak(0..48_000) > 0.01, "middle C sounds");
    assert!(sound.peak(0..48_000) < 2.0, "and is not far too loud");
}

#[test]
fn a_key_held_while_keys_are_made_sounds_as_soon_as_its_own_is() {
    let entry = load();
    let mut session = Session::open(&entry, RATE, 512);
    // Pressed at once, long before all keys can be there, and held.
    let mut sound = session.play(&note_of(60, 0.8, 0, 511)[..1], 512, &[512]);
    let began = Instant::now();
    while sound.first_sound().is_none() {
        assert!(began.elapsed().as_secs() < 60, "a held key never sounds");
        std::thread::sleep(Duration::from_millis(1));
        sound = session.play(&[], 512, &[512]);
    }
    let later = session.play(&[], 4_800, &[512]);
    assert!(
        later.peak(0..4_800) > 0.001,
        "the held key sounds without being pressed again"
    );
}

#[test]
fn it_is_silent_without_notes_whatever_the_sidechain_hears() {
    let entry = load();
    let mut session = Session::ready(&entry, RATE, 512);
    session.audio.as_mut().unwrap().sidechain = |_| 0.5;
    let sound = session.play(&[], 48_000, &[512, 17]);
    assert_eq!(sound.first_sound(), None);
}

#[test]
fn all_keys_of_a_piano_sound_at_every_velocity() {
    let entry = load();
    let mut session = Session::ready(&entry, RATE, 512);
    for key in 21..=108 {
        for velocity in [0.05, 0.4, 0.7, 1.0] {
            let sound = session.play(&note_of(key, velocity, 0, 4_000), 4_800, &[512]);
            assert!(
                sound.peak(0..4_800) > 1e-5,
                "key {key} at velocity {velocity}"
            );
        }
    }
}

#[test]
fn parameters_have_names_and_units() {
    let entry = load();
    let mut session = Session::create(&entry);
    let parameters = session.parameters();
    let shown: Vec<String> = parameters
        .iter()
        .map(|parameter| {
            let value = session.value(parameter.id);
            format!(
                "{} = {}",
                parameter.name,
                session.value_text(parameter.id, value)
            )
        })
        .collect();
    println!("{}", shown.join("\n"));
    for wanted in [
        "Level = 0.0 dB",
        "Fade in = 0.0 ms",
        "Attack = 0 %",
        "Tune = 0.00 st",
    ] {
        assert!(
            shown.iter().any(|text| text == wanted),
            "`{wanted}` is not among {shown:?}"
        );
    }
    let names: std::collections::BTreeSet<_> = parameters.iter().map(|p| &p.name).collect();
    assert_eq!(names.len(), parameters.len(), "no name is used twice");
}

#[test]
fn sample_rates_change_the_rate_and_not_the_note() {
    let entry = load();
    let mut levels = Vec::new();
    for rate in [44_100.0, 48_000.0, 96_000.0] {
        let mut session = Session::ready(&entry, rate, 512);
        let second = rate as usize;
        let sound = session.play(&note_of(69, 0.8, 0, second - 1), second, &[512]);
        // The partial at 440 Hz stands out over what lies a quarter-tone beside it.
        let stretch = second / 4..second;
        let on = sound.partial_db(stretch.clone(), 440.0, rate);
        for beside in [440.0 * 0.97, 440.0 * 1.03] {
            let off = sound.partial_db(stretch.clone(), beside, rate);
            assert!(
                on > off + 10.0,
                "A4 at {rate} Hz: {on:.1} dB, {beside:.0} Hz {off:.1} dB"
            );
        }
        levels.push(on);
    }
    assert!(
        levels.iter().all(|db| (db - levels[0]).abs() < 0.5),
        "equally loud: {levels:?} dB"
    );
}
