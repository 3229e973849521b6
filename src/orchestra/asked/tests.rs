//! What an arranger expects of requests.

use super::*;

/// Who plays, and how, in a line.
fn told(asked: &Asked) -> String {
    let player = |player: &Player| {
        let mut text = player.instrument.name.clone();
        if let Some(role) = player.role {
            text += &format!(":{}", role.name());
        }
        if !player.sound.is_empty() {
            text += &format!("({})", player.sound.join(" "));
        }
        if player.loud != 0.0 {
            text += &format!("{:+}", player.loud);
        }
        text
    };
    let players: Vec<String> = asked.players.iter().map(player).collect();
    let how = &asked.character;
    let mut text = players.join(", ");
    for (name, value) in [
        ("loud", how.loud),
        ("full", how.full),
        ("busy", how.busy),
        ("short", how.short),
        ("drama", how.drama),
    ] {
        if value != 0.0 {
            text += &format!(" | {name} {value:+}");
        }
    }
    if how.builds {
        text += " | builds";
    }
    if how.calls {
        text += " | calls";
    }
    if let Some(texture) = how.texture {
        text += &format!(" | {texture:?}");
    }
    if let Some(style) = &asked.style {
        text += &format!(" | style {style}");
    }
    if !asked.sound.is_empty() {
        text += &format!(" | sounds {}", asked.sound.join(" "));
    }
    if asked.only {
        text += " | only";
    }
    text
}

const QUARTET: &str = "violin, violin, viola, cello";
const BIG_BAND: &str = "alto saxophone, tenor saxophone, baritone saxophone, trumpet, trumpet, trombone, trombone, electric guitar, piano, \
    double bass, drums | style big band swing";
const BRASS: &str = "trumpet, trumpet, horn, trombone, tuba";
const WINDS: &str = "flute, oboe, clarinet, horn, bassoon";
const CHOIR: &str = "soprano, alto, tenor, bass voice";
const ORCHESTRA: &str = "flute, oboe, clarinet, bassoon, horn, trumpet, trombone, timpani, violin, viola, cello, double bass";
const ROCK: &str = "distorted guitar:melody, electric guitar, bass guitar, drums | style rock";
const LOFI: &str = "vibraphone:melody, electric piano, bass guitar, drums | style lo-fi";

/// Requests, and what is to be understood.
const TABLE: &[(&str, &str)] = &[
    ("for string quartet", QUARTET),
    ("String Quartet", QUARTET),
    ("arrange this piano piece for string quartet", QUARTET),
    ("please arrange it for a string quartet.", QUARTET),
    (
        "make it a warm string quartet",
        "violin, violin, viola, cello | sounds warm",
    ),
    (
        "string quartet with tuba",
        "violin, violin, viola, cello, tuba",
    ),
    ("string quartet without viola", "violin, violin, cello"),
    (
        "string quartet with the melody in the viola",
        "violin, violin, viola:melody, cello",
    ),
    (
        "string quartet, the cello plays the melody",
        "violin, violin, viola, cello:melody",
    ),
    (
        "string quartet plus double bass",
        "violin, violin, viola, cello, double bass",
    ),
    (
        "string quartet and piano",
        "violin, violin, viola, cello, piano",
    ),
    (
        "flute melody over warm strings and soft timpani, more dramatic",
        "flute:melody, strings(warm), timpani(soft)-1 | drama +1",
    ),
    ("big band", BIG_BAND),
    ("turn it into a big band", BIG_BAND),
    ("turn this piano into a rock band", ROCK),
    ("make this violin tune into a rock band song", ROCK),
    ("rock band", ROCK),
    ("a band", ROCK),
    ("only bass and drums", "bass guitar, drums | only"),
    ("just drums", "drums | only"),
    ("bass and drums", "bass guitar, drums"),
    ("four voices", CHOIR),
    ("SATB choir", CHOIR),
    ("SATB", CHOIR),
    ("mixed choir", CHOIR),
    ("a cappella", CHOIR),
    ("soprano, alto, tenor and bass", CHOIR),
    ("three voices", "soprano, mezzo-soprano, alto"),
    ("five voices", "soprano, alto, tenor, baritone, bass voice"),
    ("barbershop quartet", "tenor, tenor, baritone, bass voice"),
    ("choir", "choir"),
    ("make it a lo-fi beat", LOFI),
    ("lofi", LOFI),
    ("lo fi beat", LOFI),
    ("brass quintet", BRASS),
    (
        "brass quintet, louder",
        "trumpet, trumpet, horn, trombone, tuba | loud +1",
    ),
    (
        "very loud brass quintet",
        "trumpet, trumpet, horn, trombone, tuba | loud +2",
    ),
    (
        "brass quintet without tuba",
        "trumpet, trumpet, horn, trombone",
    ),
    ("piano trio", "violin, cello, piano"),
    ("piano quintet", "violin, violin, viola, cello, piano"),
    ("wind quintet", WINDS),
    ("woodwind quintet", WINDS),
    (
        "wind quintet with the tune in the bassoon",
        "flute, oboe, clarinet, horn, bassoon:melody",
    ),
    (
        "jazz trio",
        "piano:melody, double bass, drums | style jazz swing",
    ),
    (
        "jazz quartet",
        "tenor saxophone, piano, double bass, drums | style jazz swing",
    ),
    ("full orchestra", ORCHESTRA),
    (
        "symphony orchestra, building up",
        "flute, oboe, clarinet, bassoon, horn, trumpet, trombone, timpani, violin, viola, cello, double bass | builds",
    ),
    (
        "orchestra without brass",
        "flute, oboe, clarinet, bassoon, timpani, violin, viola, cello, double bass",
    ),
    ("two violins and cello", "violin, violin, cello"),
    ("2 flutes, oboe and bassoon", "flute, flute, oboe, bassoon"),
    ("violins and cello", "violin, violin, cello"),
    (
        "a pair of clarinets with piano accompaniment",
        "clarinet, clarinet, piano:comping",
    ),
    ("piano solo", "piano"),
    ("solo piano", "piano"),
    ("piano reduction", "piano"),
    ("for piano", "piano"),
    ("piano", "piano"),
    ("melody in the oboe", "oboe:melody"),
    ("melody in the oboe over strings", "oboe:melody, strings"),
    (
        "oboe melody, horns as pad, cello plays the bass",
        "oboe:melody, horn:pad, horn:pad, cello:bass",
    ),
    (
        "cello plays the bass, violin has the melody",
        "cello:bass, violin:melody",
    ),
    (
        "violin takes the lead, guitar chords",
        "violin:melody, guitar:comping",
    ),
    (
        "bass line on the tuba, melody by the trumpet",
        "tuba:bass, trumpet:melody",
    ),
    ("solo violin with harp", "violin:melody, harp"),
    ("violin solo and piano", "violin:melody, piano"),
    ("flute, viola and harp", "flute, viola, harp"),
    ("trio of flute, viola and harp", "flute, viola, harp"),
    ("trumpet + organ", "trumpet, organ"),
    ("clarinet & piano", "clarinet, piano"),
    (
        "saxophone quartet",
        "soprano saxophone, alto saxophone, tenor saxophone, baritone saxophone",
    ),
    ("french horn and strings", "horn, strings"),
    (
        "cor anglais with string orchestra",
        "english horn, violin, violin, viola, cello, double bass",
    ),
    (
        "strings with arpeggios in the harp",
        "strings, harp | Arpeggio",
    ),
    (
        "string quartet, call and response",
        "violin, violin, viola, cello | calls",
    ),
    ("thin string trio", "violin, viola, cello | full -1"),
    (
        "full and lively wind quintet",
        "flute, oboe, clarinet, horn, bassoon | full +1 | busy +1",
    ),
    (
        "soft, legato strings and flute",
        "strings(legato), flute | loud -1 | short -1",
    ),
    ("more dramatic", " | drama +1"),
    ("less busy", " | busy -1"),
    (
        "less dramatic string quartet",
        "violin, violin, viola, cello | drama -1",
    ),
    (
        "string quartet, not too loud",
        "violin, violin, viola, cello | loud -1",
    ),
    ("loud and soft string quartet", QUARTET),
    (
        "staccato brass section with drums",
        "brass section(staccato), drums | short +1",
    ),
    (
        "string quartet with repeated notes",
        "violin, violin, viola, cello | Ostinato",
    ),
    (
        "string quartet in block chords",
        "violin, violin, viola, cello | Chordal",
    ),
    (
        "piano with counter-melody in the clarinet",
        "piano, clarinet:counter-melody",
    ),
    (
        "string quartet with a counter-melody",
        "violin, violin:counter-melody, viola, cello",
    ),
    (
        "bossa nova",
        "electric guitar:melody, guitar:comping, piano:comping, bass guitar:bass, drums:rhythm | style bossa nova",
    ),
    (
        "string quartet in bossa nova style",
        "violin, violin, viola, cello | style bossa nova",
    ),
    (
        "flute and guitar, bossa nova",
        "flute, guitar | style bossa nova",
    ),
    (
        "reggae band",
        "melodica:melody, hammond organ, electric guitar, bass guitar, drums | style reggae",
    ),
    ("gospel choir with hammond organ", "choir, hammond organ"),
    (
        "accordion, violin, double bass: a folk sound",
        "accordion, violin, double bass | style folk",
    ),
    ("crunchy guitar with drums", "guitar(crunchy), drums"),
    (
        "saxophone, double bass and brushes drums",
        "alto saxophone, double bass, drums | style jazz ballad",
    ),
    (
        "rock band without drums",
        "distorted guitar:melody, electric guitar, bass guitar | style rock",
    ),
    (
        "rock band, no bass",
        "distorted guitar:melody, electric guitar, drums | style rock",
    ),
    (
        "string quartet but with flute",
        "violin, violin, viola, cello, flute",
    ),
    ("piano four hands", "piano, piano"),
    (
        "brass band",
        "cornet, cornet, flugelhorn, horn, euphonium, trombone, tuba, drums | style march",
    ),
    ("celli and basses", "cello, cello, double bass"),
    (
        "string quartet with lots of feeling",
        "violin, violin, viola, cello | sounds lots feeling",
    ),
    ("flute over pad", "flute, synth pad"),
    ("guitar, bass, drums", "guitar, bass guitar, drums"),
    ("flute, cello and bass", "flute, cello, double bass"),
    ("baroque ensemble", "violin, violin, cello, harpsichord"),
    ("timpani, horn and trombone", "timpani, horn, trombone"),
];

#[test]
fn requests_mean_what_an_arranger_expects() {
    assert!(TABLE.len() >= 80);
    let mut wrong = Vec::new();
    for (request, expected) in TABLE {
        let found = match Asked::read(request) {
            Ok(asked) => told(&asked),
            Err(error) => error.to_string(),
        };
        if found != *expected {
            wrong.push(format!(
                "{request}\n  expected {expected}\n  found    {found}"
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        TABLE.len(),
        wrong.join("\n")
    );
}

#[test]
fn what_cannot_be_is_said_in_a_sentence() {
    for (request, says) in [
        ("", "Say who is to play"),
        ("   please  ", "Say who is to play"),
        ("quantum kazoo", "I don't know “quantum kazoo”"),
        (
            "string quartet and a quantum kazoo",
            "I don't know “quantum kazoo”",
        ),
        ("violon and piano", "did you mean “violin”?"),
        ("flute melody over zorblax", "I don't know “zorblax”"),
        ("40 violins", "40 players are too many"),
        ("two full orchestras", "too many"),
        ("full orchestra and big band", "13 players are too many"),
        ("ensemble of forty violins", "40 players are too many"),
        ("string quartet without strings", "Nobody is left to play"),
        ("melody in the drums", "drums can't play the melody"),
        ("timpani melody", "timpani can't play the melody"),
    ] {
        match Asked::read(request) {
            Ok(asked) => panic!("{request}: {}", told(&asked)),
            Err(error) => {
                let error = error.to_string();
                assert!(error.contains(says), "{request}: {error}");
            }
        }
    }
}

#[test]
fn ensembles_have_players_that_are_known() {
    let mut names = std::collections::BTreeSet::new();
    for ensemble in ensembles::all() {
        let players = ensemble.players();
        assert_eq!(players.len(), ensemble.written(), "{:?}", ensemble.names);
        assert!((1..=MOST_PLAYERS).contains(&players.len()));
        for name in &ensemble.names {
            assert!(names.insert(name), "{name} is two ensembles");
            let asked = Asked::read(name).unwrap();
            assert_eq!(asked.players, players, "{name}");
        }
        if let Some(style) = &ensemble.style {
            assert!(crate::style::named(style, &|_| true).is_some(), "{style}");
        }
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(300))]

    #[test]
    fn nothing_that_can_be_typed_is_too_much(
        words in proptest::collection::vec("(½|4|é|à la|İ|violins?|and|ß|ド|for|no|string quartet|melody in the|soft|🎻|40|12|-|\\PC{0,6})", 0..8),
    ) {
        let _ = Asked::read(&words.join(" "));
    }
}
