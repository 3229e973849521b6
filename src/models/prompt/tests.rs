//! Prompts, as a musician means them.

use super::*;

#[test]
fn what_is_denied_is_not_asked_for_and_what_is_named_beside_it_is() {
    for (prompt, said, denied, not_to_be) in [
        ("warm cello", "warm cello", "", ""),
        ("not a cello, a flute", "flute", "", "cello"),
        ("flute instead of violin", "flute", "", "violin"),
        ("no piano please, organ", "organ", "", "piano"),
        ("kein Klavier, eine Flöte", "flute", "", "piano"),
        ("piano with no attack", "piano", "attack", ""),
        ("guitar without string noise", "guitar", "string noise", ""),
        ("no cello", "", "", "cello"),
        ("anything but a bright piano", "", "", "bright piano"),
        // What has an opposite says what it should be.
        ("not bright", "dark", "", ""),
        ("nicht zu laut", "soft", "", ""),
        ("no noise, not too dark", "pure clean bright", "", ""),
        ("not a bright piano", "piano", "bright", ""),
    ] {
        let read = Prompt::read(prompt);
        assert_eq!(read.said, said, "{prompt}");
        assert_eq!(read.denied.join(" "), denied, "{prompt}");
        assert_eq!(read.not_to_be.join(" "), not_to_be, "{prompt}");
    }
}

#[test]
fn what_only_denies_becomes_something_else() {
    for prompt in [
        "no cello",
        "without strings",
        "anything but piano",
        "no woodwinds",
        "keine Geige",
    ] {
        let read = Prompt::read(prompt);
        let unwanted: Vec<Family> = read.not_to_be.iter().flat_map(|w| families(w)).collect();
        assert!(read.only_denies() && !unwanted.is_empty(), "{prompt}");
        let mut made = Vec::new();
        for seed in 0..20 {
            let made_of = read.clone().or_by_chance(seed, None, false).said;
            assert!(
                !families(&made_of).iter().any(|f| unwanted.contains(f)),
                "{prompt}: {made_of}"
            );
            made.push(made_of);
        }
        made.sort();
        made.dedup();
        assert!(made.len() > 5, "{prompt}: {made:?}");
    }
    let read = Prompt::read("no cello");
    let family = read.clone().or_by_chance(1, Some(Family::Brass), false);
    assert_eq!(family.said, "brass");
    assert_eq!(read.or_by_chance(1, None, true).said, USUAL_KIT);
    let said = Prompt::read("flute");
    assert_eq!(said.clone().or_by_chance(1, None, false), said);
}

#[test]
fn two_things_at_once_are_told() {
    let told = |said: &str, is_kit| one_at_a_time(said, is_kit).unwrap_or_default();
    assert!(told("bass and drums", true).contains("Ask for the bass next"));
    assert!(told("bass, drums", true).contains("Ask for the bass next"));
    assert!(told("drums and a warm bass", true).contains("Ask for the bass next"));
    assert!(told("flute and cello", false).contains("flute and of cello"));
    assert!(told("bass, drums", false).contains("bass and of drums"));
    assert!(told("piano & strings", false).contains("piano and of strings"));
    for (said, is_kit) in [
        ("kick and snare", true),
        ("tight funk kit", true),
        ("drums for a bass song", true),
        ("warm cello", false),
        ("short and bright pad", false),
        ("bass clarinet", false),
        ("pad, strings, warm", false),
        ("piano with strings", false),
        ("drum and bass reese", false),
    ] {
        assert_eq!(one_at_a_time(said, is_kit), None, "{said}");
    }
}

#[test]
fn taught_words_are_known_with_their_endings() {
    let whole = |word: &str| ["warm", "bell"].contains(&word);
    for known in [
        "marimba",
        "marimbas",
        "breathy",
        "warmish",
        "bells",
        "glockenspiel",
    ] {
        assert!(is_taught(known, &whole), "{known}");
    }
    for unknown in ["xyzzy", "plugh", "", "s"] {
        assert!(!is_taught(unknown, &whole), "{unknown}");
    }
}

#[test]
fn the_factorys_prompts_are_read_to_the_letter() {
    let factory = include_str!("../../../plugin-assets/factory/prompts.txt");
    let prompts: Vec<&str> = factory
        .lines()
        .filter_map(|line| line.split('|').nth(3))
        .collect();
    assert!(prompts.len() > 70);
    for prompt in prompts {
        let said = prompt.to_owned();
        assert_eq!(
            Prompt::read(prompt),
            Prompt {
                said,
                ..Prompt::default()
            }
        );
        assert_eq!(one_at_a_time(prompt, false), None, "{prompt}");
    }
}

#[test]
fn changes_and_searches_are_read_too() {
    for (prompt, change) in [
        ("darker", "darker"),
        ("less bright", "dark"),
        ("not so loud", "soft"),
        ("dunkler, mit weichem Anschlag", "dark, with weichem attack"),
        ("darker, no attack", "darker, no attack"),
    ] {
        assert_eq!(Prompt::change(prompt), change, "{prompt}");
    }
    for (typed, words) in [
        ("Number 77", "Number 77"),
        ("Geige", "Geige violin"),
        ("flute, not a cello", "flute"),
        ("no cello", ""),
    ] {
        assert_eq!(Prompt::names_to_find(typed), words, "{typed}");
    }
}
