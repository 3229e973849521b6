//! Instructions, as they are read.

use super::*;

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
    assert_eq!((fill.fills, fill.section_fills), (vec![8, 4], None));
    let whole = read("rock drums with fills, an intro and an ending");
    assert_eq!(whole.section_fills, Some(true));
    assert!(whole.intro && whole.ending);
    assert_eq!(read("drums without any fills").section_fills, Some(false));
    assert_eq!(read("any loud drums").controls, [(Control::Loudness, 1.5)]);
    let hats = read("same but with sixteenth hats");
    assert_eq!(hats.edit, Some(Edit::SixteenthHats));
    assert_eq!(read("half-time").edit, Some(Edit::HalfTime));
    assert_eq!(read("swung drums").swing, Some(true));
    assert_eq!(read("straight eighths, no swing").swing, Some(false));
    assert_eq!(read("jazzy drums").swing, None);
    assert_eq!(
        read("same but with busier hi-hats").edit,
        Some(Edit::Busier)
    );
}
