//! Instructions, as they are read.

use super::*;
use crate::work::part::orders::Fill;

#[test]
fn parts_are_named_in_many_ways() {
    for (words, kind) in [
        ("add jazzy drums", Some(PartKind::Drums)),
        ("a walking bass line", Some(PartKind::Bass)),
        ("harder bass drum", Some(PartKind::Drums)),
        ("drums, no bass", Some(PartKind::Drums)),
        ("warm string pad", Some(PartKind::Strings)),
        ("something nice", None),
        ("", None),
    ] {
        assert_eq!(read(words).kind, kind, "{words}");
    }
}

#[test]
fn pieces_are_denied_and_amounts_asked_for() {
    let said = read("soft brushes, no cymbals or toms");
    assert!(
        ["ride", "crash", "closed hat", "low tom"]
            .iter()
            .all(|p| said.banned.contains(p))
    );
    assert!(!said.banned.contains(&"snare"));
    assert_eq!(said.controls, [(Control::Loudness, -1.5)]);
    let only = read("only kick and snare");
    assert!(!only.banned.contains(&"kick") && !only.banned.contains(&"stick"));
    assert!(only.banned.contains(&"open hat") && only.banned.contains(&"bell"));
    assert_eq!(read("only the best").banned, Vec::<&str>::new());
    // The last of contradictions, and what is denied not at all.
    assert_eq!(
        read("silent quiet loud drums").controls,
        [(Control::Loudness, 1.5)]
    );
    for (words, control, way) in [
        ("drums that are not busy", Control::Density, -1.0),
        ("not too busy drums", Control::Density, -1.0),
        ("never loud", Control::Loudness, -1.0),
        ("bass, not very soft", Control::Loudness, 1.0),
        ("less dense", Control::Density, -1.0),
        ("busy, not loud", Control::Loudness, -1.0),
    ] {
        let said = read(words).controls;
        let found = said.iter().find(|(known, _)| *known == control);
        assert!(
            found.is_some_and(|(_, amount)| way * amount > 0.9),
            "{words}: {said:?}"
        );
    }
    for (words, edit) in [
        ("less loud", Some(Edit::Softer)),
        ("more quiet", Some(Edit::Softer)),
        ("more aggressive", Some(Edit::Louder)),
        ("less busy", Some(Edit::Sparser)),
        ("more sparse", Some(Edit::Sparser)),
        ("more notes", Some(Edit::Busier)),
        ("less", Some(Edit::Sparser)),
        ("more syncopated", None),
    ] {
        assert_eq!(read(words).edit, edit, "{words}");
    }
    let fill = read("add a fill in bar 8 and a fill at the end of bar 4");
    let when = When::Each(vec![When::Bars(8, 8), When::Bars(4, 4)]);
    let act = Act::Fill(Some(Fill::default()));
    assert_eq!(orders(&fill), [(vec![], act, when)]);
    assert_eq!(fill.section_fills, None);
    let whole = read("rock drums with fills, an intro and an ending");
    assert_eq!(whole.section_fills, Some(true));
    assert!(whole.intro && whole.ending);
    assert_eq!(read("drums without any fills").section_fills, Some(false));
    assert_eq!(read("any loud drums").controls, [(Control::Loudness, 1.5)]);
    let hats = read("same but with sixteenth hats");
    let act = Act::On("sixteenths".into());
    assert_eq!(orders(&hats), [(vec![Kit::Hat], act, When::Always)]);
    assert_eq!(read("half-time").edit, Some(Edit::HalfTime));
    assert_eq!(read("swung drums").swing, Some(true));
    assert_eq!(read("straight eighths, no swing").swing, Some(false));
    assert_eq!(read("jazzy drums").swing, None);
    let busier = read("same but with busier hi-hats");
    assert_eq!(busier.edit, None);
    assert_eq!(orders(&busier), [(vec![Kit::Hat], Act::More, When::Always)]);
}

/// Of each order what, how and where.
fn orders(said: &Said) -> Vec<(Vec<Kit>, Act, When)> {
    let all = said.orders.iter().cloned();
    all.map(|order| (order.of, order.act, order.when)).collect()
}

#[test]
fn bars_and_places_are_read() {
    let all = || When::Always;
    let on = |places: &str| Act::On(places.into());
    for (words, kit, act, when) in [
        ("kick on 1 and 3", Kit::Kick, on("1 3"), all()),
        ("snare on the and of 2", Kit::Snare, on("2&"), all()),
        ("hi hats on quarter notes", Kit::Hat, on("beats"), all()),
        ("no kick on 1", Kit::Kick, Act::NotOn("1".into()), all()),
        (
            "less kick in bars 3–4",
            Kit::Kick,
            Act::Less,
            When::Bars(3, 4),
        ),
        (
            "no snare in bars 5 to 8",
            Kit::Snare,
            Act::Out,
            When::Bars(5, 8),
        ),
        (
            "no toms in the second chorus",
            Kit::Tom,
            Act::Out,
            When::Chorus(Some(2)),
        ),
        ("no toms from bar 9", Kit::Tom, Act::Out, When::From(9)),
        ("no toms until bar 9", Kit::Tom, Act::Out, When::Before(9)),
        (
            "no toms in the first 4 bars",
            Kit::Tom,
            Act::Out,
            When::First(4),
        ),
        (
            "no toms in the last two bars",
            Kit::Tom,
            Act::Out,
            When::Last(2),
        ),
        (
            "no toms in every other bar",
            Kit::Tom,
            Act::Out,
            When::Every(2),
        ),
        ("take out the toms", Kit::Tom, Act::Out, all()),
    ] {
        let said = orders(&read(words));
        assert_eq!(said, [(vec![kit], act, when)], "{words}");
    }
    let ride = orders(&read("ride instead of hats"));
    assert_eq!(ride, [(vec![Kit::Ride], Act::For(vec![Kit::Hat]), all())]);
}

#[test]
fn mistyped_words_are_forgiven_and_unknown_ones_told() {
    for (words, right) in [
        ("regae durms", "reggae drums"),
        ("Bosa nova", "bossa nova"),
        ("busyer hats", "busier hats"),
        ("no fils", "no fills"),
        ("lock drums", "lock drums"),
        ("warm soft drums", "warm soft drums"),
    ] {
        assert_eq!(meant(words).to_lowercase(), right, "{words}");
    }
    let told = unknown("jazz drums, glorpy, with a Zindle");
    assert_eq!(told, ["glorpy", "zindle"]);
    assert_eq!(
        unknown("don't make it so busy, that's too loud, please"),
        [""; 0]
    );
}

#[test]
fn what_is_denied_anywhere_in_a_clause_is_otherwise() {
    for (words, control, way) in [
        ("don't make them so busy", Control::Density, -1.0),
        ("don’t make them so busy", Control::Density, -1.0),
        ("not so busy", Control::Density, -1.0),
        ("less busy than that", Control::Density, -1.0),
        ("never busy", Control::Density, -1.0),
        ("nothing fancy", Control::Density, -1.0),
        ("nothing too complicated", Control::Density, -1.0),
        ("isn't too busy", Control::Density, -1.0),
        ("that's way too busy", Control::Density, -1.0),
        ("don't be too loud", Control::Loudness, -1.0),
        ("please do not play too hard", Control::Loudness, -1.0),
        ("not loud and busy", Control::Density, -1.0),
        ("nicht zu laut", Control::Loudness, -1.0),
        ("pas trop fort, batterie", Control::Loudness, -1.0),
        // And what is not.
        ("don't stop, busy drums", Control::Density, 1.0),
        ("no fills but busy", Control::Density, 1.0),
        ("no fills and busy", Control::Density, 1.0),
        ("not only loud", Control::Loudness, 1.0),
        ("not sparse", Control::Density, 1.0),
        ("nothing but loud drums", Control::Loudness, 1.0),
    ] {
        let said = read(words).controls;
        let found = said.iter().find(|(known, _)| *known == control);
        assert!(
            found.is_some_and(|(_, amount)| way * amount > 0.9),
            "{words}: {said:?}"
        );
    }
    for (words, fills) in [
        ("no fills", Some(false)),
        ("without fills", Some(false)),
        ("don't play so many fills", Some(false)),
        ("too many fills", Some(false)),
        ("fewer fills", Some(false)),
        ("no crazy fills please", Some(false)),
        ("no cymbals or fills", Some(false)),
        ("not busy, with fills", Some(true)),
        ("a few fills", Some(true)),
        ("no swing but fills", Some(true)),
        ("ohne Fills", Some(false)),
    ] {
        let said = read(words);
        assert_eq!(said.section_fills, fills, "{words}");
    }
    for (words, edit) in [
        ("don't make them so busy", Some(Edit::Sparser)),
        ("too loud", Some(Edit::Softer)),
        ("that's too sparse", Some(Edit::Busier)),
        ("don't make it louder", Some(Edit::Softer)),
        ("jazzy, not too busy", None),
        ("not half-time", None),
        ("louder", Some(Edit::Louder)),
    ] {
        assert_eq!(read(words).edit, edit, "{words}");
    }
    assert!(read("don't use the toms").banned.contains(&"low tom"));
    assert!(read("nicht die Becken").banned.contains(&"crash"));
    assert_eq!(
        read("don't play the kick on every beat"),
        Said {
            kind: Some(PartKind::Drums),
            ..Said::default()
        }
    );
    assert!(read("kick on every beat").kick_on_beats);
}

#[test]
fn denied_parts_are_not_written() {
    for (words, kind) in [
        ("no drums, a bass", Some(PartKind::Bass)),
        ("not drums, bass", Some(PartKind::Bass)),
        ("don't add drums, add a guitar", Some(PartKind::Guitar)),
        ("bass instead of drums", Some(PartKind::Bass)),
        ("instead of the drums a bass", Some(PartKind::Bass)),
        ("without the drums", Some(PartKind::Bass)),
        ("no bass or drums, piano", Some(PartKind::Keys)),
        ("not too busy drums", Some(PartKind::Drums)),
        ("don't make the drums so loud", Some(PartKind::Drums)),
        ("less busy drums", Some(PartKind::Drums)),
    ] {
        let said = read(words);
        assert_eq!(Some(said.part()), kind, "{words}");
    }
    let said = read("no drums");
    assert_eq!((said.kind, said.part()), (None, PartKind::Bass));
}

#[test]
fn parts_have_foreign_names_too() {
    for (words, kind) in [
        ("Schlagzeug", PartKind::Drums),
        ("ajoute une batterie", PartKind::Drums),
        ("une basse qui marche", PartKind::Bass),
        ("añade guitarra", PartKind::Guitar),
        ("aggiungi un pianoforte", PartKind::Keys),
        ("Streicher", PartKind::Strings),
        ("Geige", PartKind::Strings),
        ("Flöte", PartKind::Winds),
        ("tromba", PartKind::Brass),
    ] {
        assert_eq!(read(words).kind, Some(kind), "{words}");
    }
}

#[test]
fn of_parts_that_are_asked_for_together_one_is_written_and_the_others_are_told() {
    use PartKind::{Bass, Drums, Guitar, Keys, Lead, Strings};
    for (words, kind, own, others) in [
        ("add bass and drums", Bass, "add bass", &[Drums][..]),
        ("add bass and drums", Drums, "drums", &[Bass]),
        ("bass & drums", Bass, "bass", &[Drums]),
        ("bass, drums", Bass, "bass", &[Drums]),
        (
            "jazzy drums and a warm bass, not too busy",
            Drums,
            "jazzy drums, not too busy",
            &[Bass],
        ),
        ("piano, bass and drums", Keys, "piano", &[Bass, Drums]),
        (
            "guitar solo plus strings",
            Guitar,
            "guitar solo",
            &[Strings],
        ),
        ("guitarra y batería", Guitar, "guitar", &[Drums]),
        // One part, to the letter.
        ("kick and  snare", Drums, "kick and  snare", &[]),
        (
            "drums that fit the bass",
            Drums,
            "drums that fit the bass",
            &[],
        ),
        ("drums with bass", Drums, "drums with bass", &[]),
        ("bass, no drums", Bass, "bass, no drums", &[]),
        ("soft lead melody", Lead, "soft lead melody", &[]),
        ("bass and drums", Strings, "bass and drums", &[]),
        ("", Drums, "", &[]),
    ] {
        let one = for_part(words, kind);
        assert_eq!(
            (one.words.as_str(), &one.others[..]),
            (own, others),
            "{words}"
        );
        let notice = one.notice(kind);
        assert_eq!(notice.is_some(), !others.is_empty(), "{words}");
    }
    assert_eq!(
        for_part("add bass and drums", Bass).notice(Bass).as_deref(),
        Some("Parts are written one at a time: this is the bass. Ask for the drums next.")
    );
}

#[test]
fn what_is_not_to_be_given_is_not_written() {
    for (words, kind) in [
        ("don't give me a guitar, bass please", PartKind::Bass),
        ("don't write drums, a walking bass", PartKind::Bass),
        ("give me a guitar", PartKind::Guitar),
    ] {
        assert_eq!(read(words).part(), kind, "{words}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(300))]

    #[test]
    fn nothing_that_can_be_typed_is_too_much(
        words in proptest::collection::vec("(½|4|é|à la|İ|drum'n'bass|ß|ド|bar 8|no|fill|snare on|swing|one drop|3/4|🥁|only|ghost|-|\\PC{0,6})", 0..7),
    ) {
        let text = words.join(" ");
        let said = read(&text);
        let _ = (said.part(), unknown(&text), says_anything(&text), rest(&text));
        for kind in PartKind::ALL {
            let own = for_part(&text, kind);
            let _ = (own.notice(kind), crate::work::part::styled::named(&own.words, kind, "4/4"));
        }
    }
}
