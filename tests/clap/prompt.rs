//! From a prompt to an instrument, through the plugin.

use crate::RATE;
use crate::host::{Session, Sound, State, load, note_of};

/// Makes an instrument and plays a note on it.
fn made(session: &mut Session, prompt: &str, seed: u64) -> (State, Sound) {
    let made = session.make(prompt, seed).expect("it is made");
    let sound = session.play(&note_of(60, 0.8, 0, 24_000), 48_000, &[512]);
    (made.state, sound)
}

#[test]
fn a_prompt_becomes_an_instrument_and_a_project_recalls_it() {
    let entry = load();
    let mut session = Session::ready(&entry, RATE, 512);
    let factory = session.play(&note_of(60, 0.8, 0, 24_000), 48_000, &[512]);
    session.wait_for_keys();

    let (state, sound) = made(&mut session, "warm cello", 7);
    assert!(sound.peak(0..48_000) > 0.01, "it sounds");
    assert!(
        sound.first_difference(&factory).is_some(),
        "and not like the factory instrument"
    );

    let mut other = Session::open(&entry, RATE, 512);
    assert!(other.load(&state));
    other.wait_for_keys();
    let recalled = other.play(&note_of(60, 0.8, 0, 24_000), 48_000, &[512]);
    assert_eq!(recalled.first_difference(&sound), None, "the exact sound");
}

#[test]
fn a_seed_makes_the_same_instrument_again_and_another_seed_another() {
    let entry = load();
    let make = |seed| made(&mut Session::ready(&entry, RATE, 512), "bright bell", seed);
    let (first, again, other) = (make(1), make(1), make(2));
    assert_eq!(first.1.first_difference(&again.1), None);
    assert_eq!(first.0.instrument(), again.0.instrument());
    assert!(first.1.first_difference(&other.1).is_some());
}

#[test]
fn strange_prompts_are_made_or_refused_and_nothing_stops_playing() {
    let entry = load();
    let mut session = Session::ready(&entry, RATE, 512);
    let long = "warm ".repeat(2_000);
    for prompt in [
        "",
        "   ",
        &long,
        "温かいチェロ",
        "тёплая виолончель",
        "xqzzt 🎻 \u{0}",
        "\n\n",
    ] {
        let before = session.save();
        if let Err(message) = session.make(prompt, 1) {
            println!("{prompt:.20?}: {message}");
            assert!(
                message.ends_with('.') && message.len() > 15,
                "one clear sentence: {message}"
            );
            assert_eq!(
                session.save().instrument(),
                before.instrument(),
                "nothing is lost"
            );
        }
        let sound = session.play(&note_of(60, 0.8, 0, 4_000), 8_000, &[512]);
        assert!(sound.peak(0..8_000) > 1e-3, "silent after {prompt:.20?}");
        session.wait_for_keys();
    }
}

#[test]
fn the_last_of_several_prompts_wins() {
    let entry = load();
    let mut session = Session::ready(&entry, RATE, 512);
    let before = session.save();
    for (seed, prompt) in ["soft flute", "hard brass", "glass organ"]
        .into_iter()
        .enumerate()
    {
        assert!(session.load(&before.asking_for(prompt, seed as u64)));
        session.play(&note_of(60, 0.8, 0, 2_000), 4_000, &[512]);
    }
    let state = session.wait_for_keys();
    let mut alone = Session::ready(&entry, RATE, 512);
    let (wanted, _) = made(&mut alone, "glass organ", 2);
    assert_eq!(state.instrument(), wanted.instrument());
}
