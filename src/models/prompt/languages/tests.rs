//! Foreign words, as they are understood.

use super::*;

#[test]
fn names_are_understood_with_and_without_accents_in_any_case_and_number() {
    for (words, english) in [
        ("gitarre", "guitar"),
        ("GITARREN", "guitar"),
        ("Flöte", "flute"),
        ("Flo\u{308}te", "flute"),
        ("Flote", "flute"),
        ("Geige", "violin"),
        ("Klavier", "piano"),
        ("Flügel", "grand piano"),
        ("Schlagzeug", "drums"),
        ("Trompeten", "trumpet"),
        ("Kirchenorgel", "church organ"),
        ("Kinderklavier", "piano"),
        ("E-Gitarre", "electric guitar"),
        ("violín", "violin"),
        ("guitarra", "guitar"),
        ("batería", "drums"),
        ("flautas", "flute"),
        ("violon", "violin"),
        ("violons", "violin"),
        ("piano à queue", "grand piano"),
        ("flûte", "flute"),
        ("guitare électrique", "electric guitar"),
        ("batterie", "drums"),
        ("chitarra", "guitar"),
        ("violini", "violin"),
        ("pianoforte", "piano"),
        ("tromba", "trumpet"),
        ("trombe", "trumpet"),
        ("violoncelo", "cello"),
        ("bateria", "drums"),
        ("baixo", "bass"),
        ("l'orgue", "organ"),
        ("orgue d’église", "church organ"),
    ] {
        assert_eq!(in_english(words), english, "{words}");
    }
}

#[test]
fn qualities_and_what_joins_them_are_understood() {
    for (words, english) in [
        ("warme Trompete", "warm trumpet"),
        ("Gitarre, hell und weich", "guitar, bright and soft"),
        ("guitarra oscura y suave", "guitar dark and soft"),
        ("violon doux et sombre", "violin soft and dark"),
        ("un piano brillant", "a piano bright"),
        ("kein Klavier, eine Flöte", "no piano, a flute"),
        ("Schlagzeug, nicht zu laut", "drums, not too loud"),
        ("batterie, pas trop forte", "drums, not too loud"),
        ("sin piano, una flauta", "without piano, a flute"),
        ("füge eine Gitarre hinzu", "add a guitar"),
        ("(Geige)!", "(violin)!"),
    ] {
        assert_eq!(in_english(words), english, "{words}");
    }
}

#[test]
fn what_is_english_stays_to_the_letter() {
    for words in [
        "warm cello",
        "hell  piano",
        "piano from hell",
        "soft bass",
        "alto sax",
        "hard  lead, short and loud",
        "corno",
        "viola da gamba",
        "trombone",
        "saxophone",
        "flugel",
        "die hard lead",
        "basses",
        "sin city lead",
        "largo strings",
        "mandolins",
        "court trumpet",
        "cor anglais",
        "MIT bell",
        "",
    ] {
        assert!(
            matches!(in_english(words), Cow::Borrowed(same) if same == words),
            "{words}: {}",
            in_english(words)
        );
    }
}
