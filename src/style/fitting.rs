//! The style that suits a song when none is named: by its genre, its tempo, its metre, and whether it swings.

use super::{Style, all};
use crate::music::PartKind;

/// Genres as songs are tagged with them, and the styles that suit those, the usual one first.
const GENRES: [(&str, &[&str]); 14] = [
    (
        "ballad",
        &[
            "pop ballad",
            "6/8 ballad",
            "rock ballad",
            "jazz ballad",
            "waltz",
            "country ballad",
        ],
    ),
    (
        "blues",
        &[
            "shuffle",
            "slow blues",
            "texas shuffle",
            "rock",
            "blues rumba",
            "chicago blues",
        ],
    ),
    (
        "bossa nova",
        &["bossa nova", "bossa pop", "straight-eighths jazz"],
    ),
    (
        "country and folk",
        &[
            "country",
            "folk",
            "country ballad",
            "country waltz",
            "country shuffle",
            "train beat",
            "bluegrass",
        ],
    ),
    (
        "electronic",
        &[
            "house",
            "techno",
            "trance",
            "80s pop",
            "trip hop",
            "drum and bass",
            "boom bap",
            "breakbeat",
        ],
    ),
    (
        "fusion",
        &["jazz fusion", "funk", "acid jazz", "straight-eighths jazz"],
    ),
    (
        "jazz",
        &[
            "jazz swing",
            "jazz ballad",
            "jazz waltz",
            "bebop",
            "take five",
            "straight-eighths jazz",
            "bossa nova",
        ],
    ),
    (
        "latin",
        &[
            "latin percussion",
            "cha-cha",
            "bolero",
            "samba",
            "salsa",
            "mambo",
            "songo",
        ],
    ),
    (
        "old-time dance",
        &[
            "polka",
            "march",
            "waltz",
            "dixieland",
            "jazz swing",
            "galop",
            "tarantella",
        ],
    ),
    (
        "pop and rock",
        &[
            "pop",
            "rock",
            "pop ballad",
            "indie rock",
            "hard rock",
            "punk",
            "shuffle",
            "6/8 rock",
            "6/8 ballad",
            "rock waltz",
            "5/4 rock",
            "7/8 rock",
            "6/4 rock",
            "9/8 ballad",
            "paidushko",
            "slow blues",
        ],
    ),
    (
        "rock and roll",
        &[
            "rock and roll",
            "merseybeat",
            "rock shuffle",
            "6/8 ballad",
            "surf rock",
        ],
    ),
    (
        "soul and funk",
        &[
            "soul",
            "funk",
            "r&b",
            "motown",
            "disco",
            "6/8 ballad",
            "half-time shuffle",
            "neo-soul",
        ],
    ),
    ("tango", &["tango", "milonga"]),
    (
        "waltz",
        &["waltz", "viennese waltz", "country waltz", "jazz waltz"],
    ),
];
/// What anything may be.
const ELSE: (&str, f32) = ("pop and rock", 0.25);
/// How much less each style after the first suits, one in another metre, and one that swings where the song doesn't.
const LATER: f32 = 0.92;
const TURNED: f32 = 0.35;
const OTHERWISE: f32 = 0.12;
/// How much less a style suits for each octave of tempo beyond its own.
const TEMPO: f32 = 6.0;

/// The style that suits a part of a song of so many quarter notes a minute, as it is played in its metre ("4/4"); `tags`
/// are its genres, and how sure each is. None where no style has such a part in that metre. Any thread but audio.
#[must_use]
pub fn for_song(
    kind: PartKind,
    bpm: f64,
    metre: &str,
    swings: bool,
    tags: &[(&str, f32)],
) -> Option<&'static Style> {
    let tags = tags.iter().copied().chain([ELSE]);
    let mut best: Option<(f32, &'static Style)> = None;
    for (tag, sure) in tags {
        let Some((_, names)) = GENRES.iter().find(|(genre, _)| *genre == tag) else {
            continue;
        };
        for (number, name) in names.iter().enumerate() {
            let found = all().iter().find(|style| style.name() == *name);
            let Some(own) = found.filter(|style| style.has(kind)) else {
                continue;
            };
            let Some(style) = own.in_metre(metre) else {
                continue;
            };
            let turned = if std::ptr::eq(own, style) {
                1.0
            } else {
                TURNED
            };
            let feel = match own.swings() == swings || metre.ends_with("/8") {
                true => 1.0,
                false => OTHERWISE,
            };
            let suits = sure * LATER.powi(number as i32) * turned * feel * in_tempo(own, bpm);
            if best.is_none_or(|(most, _)| suits > most) {
                best = Some((suits, style));
            }
        }
    }
    best.map(|(_, style)| style)
}

/// How well a tempo suits a style, 0 to 1: wholly within its own, a little less near their ends.
fn in_tempo(style: &Style, bpm: f64) -> f32 {
    let file = style.file();
    let compound = matches!(&*file.metre, "6/8" | "9/8" | "12/8");
    let felt = if compound { bpm / 1.5 } else { bpm };
    let [slowest, fastest] = file.tempo;
    let beyond = (slowest / felt).max(felt / fastest).max(1.0).log2() as f32;
    let middle = (felt / (slowest * fastest).sqrt()).log2().abs() as f32;
    (-TEMPO * beyond - 0.3 * middle).exp()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::style::known;

    fn suits(bpm: f64, metre: &str, swings: bool, tags: &[(&str, f32)]) -> &'static str {
        let style = for_song(PartKind::Drums, bpm, metre, swings, tags);
        style.expect("there is one").name()
    }

    #[test]
    fn a_song_gets_what_its_genre_and_its_time_ask_for() {
        let sure = |genre| [(genre, 0.8)];
        for (bpm, metre, swings, genre, wanted) in [
            (116.0, "4/4", false, "pop and rock", &["pop", "rock"][..]),
            (70.0, "4/4", false, "pop and rock", &["pop ballad"]),
            (185.0, "4/4", false, "pop and rock", &["punk"]),
            (112.0, "4/4", true, "blues", &["shuffle"]),
            (124.0, "4/4", false, "electronic", &["house"]),
            (174.0, "4/4", false, "electronic", &["drum and bass"]),
            (140.0, "4/4", true, "jazz", &["jazz swing"]),
            (62.0, "4/4", true, "jazz", &["jazz ballad"]),
            (260.0, "4/4", true, "jazz", &["bebop"]),
            (150.0, "3/4", true, "jazz", &["jazz waltz"]),
            (170.0, "5/4", true, "jazz", &["take five"]),
            (130.0, "4/4", false, "bossa nova", &["bossa nova"]),
            (100.0, "3/4", false, "waltz", &["waltz"]),
            (90.0, "6/8", false, "ballad", &["6/8 ballad"]),
            (100.0, "4/4", false, "soul and funk", &["soul", "funk"]),
            (140.0, "7/8", false, "pop and rock", &["7/8 rock"]),
        ] {
            let found = suits(bpm, metre, swings, &sure(genre));
            assert!(wanted.contains(&found), "{genre} {bpm} {metre}: {found}");
        }
        // The surer genre counts, and an unknown one doesn't.
        assert_eq!(
            suits(120.0, "4/4", true, &[("jazz", 0.6), ("tango", 0.2)]),
            "jazz swing"
        );
        assert!(["pop", "rock"].contains(&suits(110.0, "4/4", false, &[("x", 1.0)])));
    }

    #[test]
    fn every_metre_tempo_and_part_has_one_and_every_name_is_known() {
        for name in GENRES.iter().flat_map(|(_, names)| *names) {
            let found = known::named(name, &|_| true).expect("it is known");
            assert_eq!(found.style.name(), *name);
        }
        let metres = [
            "4/4", "3/4", "6/8", "5/4", "7/8", "5/8", "9/8", "12/8", "6/4", "7/4", "2/4",
        ];
        for metre in metres {
            for bpm in [45.0, 90.0, 160.0, 280.0] {
                for kind in PartKind::ALL {
                    assert!(
                        for_song(kind, bpm, metre, false, &[]).is_some(),
                        "{} {metre}",
                        kind.name()
                    );
                }
            }
        }
    }
}
