//! Every style inside Consort does what it says.

use std::collections::BTreeSet;

use super::*;
use crate::music::{Mode, Quality};

/// C, Am, F and G7, a bar each.
pub(super) fn chords(steps: usize, bar: usize) -> Vec<Chord> {
    let all = [
        (0, Quality::Major),
        (9, Quality::Minor),
        (5, Quality::Major),
        (7, Quality::Seventh),
    ];
    let chord = |step: usize| {
        let (root, quality) = all[step / bar % 4];
        Chord {
            root,
            quality,
            bass: None,
        }
    };
    (0..steps).map(chord).collect()
}

pub(super) fn setting(chords: &[Chord], bpm: f64, seed: u64) -> Setting<'_> {
    Setting {
        steps: chords.len(),
        chords,
        key: Key {
            tonic: 0,
            mode: Mode::Major,
        },
        bpm,
        given: &[],
        seed,
        busy: 0.0,
        loud: 0.0,
        fills: &[],
        section_fills: Some(false),
        ends: &[],
        banned: &[],
        follow: 0.0,
    }
}

pub(super) fn usual_tempo(style: &Style) -> f64 {
    style.file.tempo.iter().sum::<f64>() / 2.0
}

fn called(name: &str) -> &'static Style {
    named(name, &|_| true).expect("it is known").style
}

fn steps_of(part: &Part, key: u8) -> Vec<u32> {
    let notes = part.notes.iter().filter(|note| note.key == key);
    notes.map(|note| note.step).collect()
}

/// Eight bars of each, to be looked at: `cargo test --lib style::tests::print -- --nocapture`.
#[test]
fn print() {
    for style in all() {
        let bar = style.bars.steps;
        let chords = chords(8 * bar, bar);
        let setting = Setting {
            section_fills: None,
            ..setting(&chords, usual_tempo(style), 3)
        };
        println!("== {} ({} bpm)", style.name(), setting.bpm);
        if let Some(drums) = style.write(PartKind::Drums, &setting) {
            for piece in 0..pieces::COUNT {
                let mut row = vec!['.'; 8 * bar];
                let key = pieces::key(piece);
                for note in drums.notes.iter().filter(|note| note.key == key) {
                    row[note.step as usize] = match note.velocity {
                        0..50 => '1',
                        50..76 => '2',
                        76..100 => '3',
                        _ => '#',
                    };
                }
                if row.iter().any(|cell| *cell != '.') {
                    let bars = row.chunks(bar).map(|bar| bar.iter().collect::<String>());
                    let bars: Vec<String> = bars.collect();
                    println!("{:>15} {}", pieces::name(piece), bars.join("|"));
                }
            }
        }
        for kind in [PartKind::Bass, PartKind::Guitar, PartKind::Keys] {
            if let Some(part) = style.write(kind, &setting) {
                let note =
                    |note: &GridNote| format!("{}:{}~{:.1}", note.step, note.key, note.length);
                let notes: Vec<String> = part.notes.iter().take(24).map(note).collect();
                println!("{:>15} {}", kind.name(), notes.join(" "));
            }
        }
    }
    assert_eq!(known::faults(), [""; 0]);
}

#[test]
fn no_name_is_of_two_styles() {
    let mut names = BTreeSet::new();
    let mut taken = Vec::new();
    for style in all() {
        assert!(style.has(PartKind::Drums) || !style.file.names.is_empty());
        for name in &style.file.names {
            assert!(names.insert(name.to_lowercase()), "{name}");
            let found = named(name, &|_| true).expect("it is found by its name");
            if found.style.name() != style.name() {
                taken.push(format!(
                    "{name} of {}: {}",
                    style.name(),
                    found.style.name()
                ));
            }
        }
    }
    assert_eq!(taken, [""; 0]);
    assert!(named("qwertz drums", &|_| true).is_none());
    assert!(named("", &|_| true).is_none());
    assert_eq!(
        called("some jazzy drums in a bossa nova style").name(),
        called("bossa nova").name()
    );
    assert_eq!(kind_of("walking"), Some(PartKind::Bass));
    assert_eq!(kind_of("one drop"), None);
}

#[test]
fn what_is_certain_is_in_every_bar_of_every_seed_and_what_is_wrong_in_none() {
    for style in all().iter().filter(|style| style.has(PartKind::Drums)) {
        let bar = style.bars.steps;
        let chords = chords(8 * bar, bar);
        for seed in 0..6 {
            let part = style.write(PartKind::Drums, &setting(&chords, usual_tempo(style), seed));
            let part = part.unwrap();
            for facts in &style.drums {
                // What keeps time may be on another piece, or rest under a crash.
                let keeps = pieces::keeps_time(facts.piece) || !facts.swaps.is_empty();
                let struck: BTreeSet<u32> = steps_of(&part, pieces::key(facts.piece))
                    .into_iter()
                    .collect();
                // Fast swung eighths lie nearer to the step before.
                let round = style.bars.all();
                let swung = |step: usize| style.swings() && facts.chance[(step + 1) % round] > 0.0;
                for step in 0..8 * bar {
                    let (certain, there) = (
                        facts.chance[step % style.bars.all()],
                        struck.contains(&(step as u32)),
                    );
                    let arrives = step % (4 * bar) == 0;
                    let about = format!(
                        "{} {} at {step}, seed {seed}",
                        style.name(),
                        pieces::name(facts.piece)
                    );
                    let before = style.swings() && step > 0 && struck.contains(&(step as u32 - 1));
                    assert!(
                        certain < 1.0 || keeps || there || before,
                        "{about}: it isn't there"
                    );
                    let other = style
                        .drums
                        .iter()
                        .any(|other| other.swaps.iter().any(|swap| swap.0 == facts.piece));
                    assert!(
                        certain > 0.0 || arrives || other || swung(step) || !there,
                        "{about}: it is there"
                    );
                }
            }
        }
    }
}

#[test]
fn nobody_has_three_hands_and_no_hat_is_open_and_closed() {
    for style in all().iter().filter(|style| style.has(PartKind::Drums)) {
        let bar = style.bars.steps;
        let chords = chords(16 * bar, bar);
        for seed in 0..6 {
            let setting = Setting {
                section_fills: None,
                busy: 2.0,
                ..setting(&chords, usual_tempo(style), seed)
            };
            let part = style.write(PartKind::Drums, &setting).unwrap();
            for step in 0..16 * bar {
                let at = part.notes.iter().filter(|note| note.step as usize == step);
                let keys: Vec<u8> = at.map(|note| note.key).collect();
                let by_hand = |key: &&u8| {
                    let piece = (0..pieces::COUNT).find(|piece| pieces::key(*piece) == **key);
                    piece.is_some_and(|piece| pieces::limb(piece) == pieces::Limb::Hand)
                };
                let hands = keys.iter().filter(by_hand).count();
                assert!(hands <= 2, "{} at {step}: {keys:?}", style.name());
                let hats = keys
                    .iter()
                    .filter(|key| [42, 44, 46].contains(*key))
                    .count();
                assert!(hats <= 1, "{} at {step}: {keys:?}", style.name());
            }
        }
    }
}

#[test]
fn seeds_and_bars_differ_and_no_two_strokes_are_alike() {
    let mut same = 0;
    for style in all().iter().filter(|style| style.has(PartKind::Drums)) {
        let bar = style.bars.steps;
        let chords = chords(16 * bar, bar);
        let of = |seed| {
            let setting = Setting {
                section_fills: None,
                ..setting(&chords, usual_tempo(style), seed)
            };
            style.write(PartKind::Drums, &setting).unwrap()
        };
        let places = |part: &Part| -> Vec<(u32, u8)> {
            part.notes.iter().map(|n| (n.step, n.key)).collect()
        };
        let (one, other) = (of(1), of(2));
        let mut chances = style.drums.iter().flat_map(|facts| &facts.chance);
        let open = chances.any(|chance| *chance > 0.0 && *chance < 1.0);
        same += usize::from(open && places(&one) == places(&other));
        assert_eq!(one, of(1), "the same seed is the same part");
        let velocities: BTreeSet<u8> = one.notes.iter().map(|note| note.velocity).collect();
        assert!(velocities.len() > 10, "{}: {velocities:?}", style.name());
        assert!(
            velocities
                .iter()
                .all(|velocity| (1..=127).contains(velocity))
        );
    }
    assert_eq!(same, 0, "styles with the same part for two seeds");
}

#[test]
fn fills_come_where_they_are_asked_for_and_not_where_they_are_not_wanted() {
    let style = called("rock");
    let chords = chords(8 * 16, 16);
    let toms = |setting: &Setting| -> BTreeSet<u32> {
        let part = style.write(PartKind::Drums, setting).unwrap();
        let mut bars = BTreeSet::new();
        for bar in 0..8 {
            // Time isn't kept under a fill.
            let mut last = part
                .notes
                .iter()
                .filter(|n| n.step / 16 == bar && n.step % 16 >= 12);
            if !last.any(|note| [42, 46, 51].contains(&note.key)) {
                bars.insert(bar);
            }
        }
        bars
    };
    for seed in 0..8 {
        let plain = setting(&chords, 110.0, seed);
        assert_eq!(toms(&plain), BTreeSet::new());
        let asked = Setting {
            fills: &[3],
            ..plain.clone()
        };
        assert_eq!(toms(&asked), [3].into());
        let sections = Setting {
            section_fills: Some(true),
            ..plain.clone()
        };
        assert!(toms(&sections).contains(&7));
        // Without the snare there is none.
        let banned = Setting {
            banned: &["snare", "low tom"],
            ..sections
        };
        let part = style.write(PartKind::Drums, &banned).unwrap();
        assert!(steps_of(&part, 38).is_empty() && steps_of(&part, 45).is_empty());
        assert!(!steps_of(&part, 36).is_empty());
    }
}

#[test]
fn swung_eighths_go_by_the_tempo() {
    let style = called("jazz swing");
    let chords = chords(8 * 16, 16);
    let ratio = |bpm: f64| {
        let part = style
            .write(PartKind::Drums, &setting(&chords, bpm, 1))
            .unwrap();
        let rides = part.notes.iter().filter(|note| note.key == 51);
        let places = rides.map(|note| note.start() % 4.0);
        let places: Vec<f64> = places.filter(|place| (1.5..3.5).contains(place)).collect();
        let mean = places.iter().sum::<f64>() / places.len() as f64;
        mean / (4.0 - mean)
    };
    let [slow, fast] = [ratio(120.0), ratio(260.0)];
    assert!((slow - 2.2).abs() < 0.15, "{slow}");
    assert!((1.0..1.6).contains(&fast), "{fast}");
}

#[test]
fn a_walking_bass_walks() {
    let chords = chords(16 * 16, 16);
    for seed in 0..8 {
        let part = called("walking bass").write(PartKind::Bass, &setting(&chords, 140.0, seed));
        let notes = part.unwrap().notes;
        assert_eq!(notes.len(), 64, "a note a beat");
        for (at, note) in notes.iter().enumerate() {
            let class = note.key % 12;
            assert_eq!(note.step as usize, 4 * at);
            assert!((28..=55).contains(&note.key));
            if at % 4 == 0 {
                assert_eq!(class, chords[16 * (at / 4)].root, "the root on 1");
            }
            if at % 4 == 3 && at + 1 < notes.len() {
                let into = i16::from(notes[at + 1].key) - i16::from(note.key);
                assert!(
                    matches!(into.rem_euclid(12), 1 | 2 | 5 | 10 | 11),
                    "{into} into the next chord"
                );
            }
        }
        let leaps = notes
            .windows(2)
            .filter(|pair| pair[0].key.abs_diff(pair[1].key) > 7)
            .count();
        assert!(leaps <= 6, "{leaps} leaps");
        let still = notes
            .windows(2)
            .filter(|pair| pair[0].key == pair[1].key)
            .count();
        assert!(still <= 6, "{still} repeated notes");
    }
}

#[test]
fn kicks_go_with_the_bass_and_a_locked_bass_with_the_kicks() {
    let chords = chords(16 * 16, 16);
    let offbeat = |steps: &[u32]| {
        let notes = (0..16).flat_map(|bar| steps.iter().map(move |step| bar * 16 + step));
        let note = |step| GridNote {
            step,
            offset: 0.0,
            length: 2.0,
            key: 36,
            velocity: 90,
        };
        Part::new(Some(PartKind::Bass), notes.map(note).collect())
    };
    let share = |bass: &Part, place: u32| {
        let given = [bass];
        let mut count = 0;
        for seed in 0..8 {
            let setting = Setting {
                given: &given,
                ..setting(&chords, 110.0, seed)
            };
            let part = called("rock").write(PartKind::Drums, &setting).unwrap();
            count += steps_of(&part, 36)
                .iter()
                .filter(|step| **step % 16 == place)
                .count();
        }
        count as f32 / 128.0
    };
    let (one, other) = (offbeat(&[0, 6, 8]), offbeat(&[0, 8, 10]));
    assert!(
        share(&one, 6) > 0.5 + share(&other, 6),
        "{} {}",
        share(&one, 6),
        share(&other, 6)
    );
    let drums = called("rock")
        .write(PartKind::Drums, &setting(&chords, 110.0, 5))
        .unwrap();
    let given = [&drums];
    let with = Setting {
        given: &given,
        ..setting(&chords, 110.0, 1)
    };
    let bass = called("rock").write(PartKind::Bass, &with).unwrap();
    let kicks: BTreeSet<u32> = steps_of(&drums, 36).into_iter().collect();
    let with_kick = bass
        .notes
        .iter()
        .filter(|note| kicks.contains(&note.step))
        .count();
    assert!(with_kick as f32 > 0.9 * bass.notes.len() as f32);
}

#[test]
fn voices_go_as_little_as_they_can() {
    let chords = chords(8 * 16, 16);
    let part = called("skank guitar")
        .write(PartKind::Guitar, &setting(&chords, 76.0, 1))
        .unwrap();
    let steps: BTreeSet<u32> = part.notes.iter().map(|note| note.step % 16).collect();
    assert_eq!(steps, [4, 12].into());
    let of = |step: u32| -> Vec<u8> {
        let notes = part.notes.iter().filter(|note| note.step == step);
        notes.map(|note| note.key).collect()
    };
    assert!(part.notes.iter().all(|note| note.length < 1.0));
    for bar in 0..7 {
        let (mut one, mut next) = (of(16 * bar + 12), of(16 * bar + 20));
        one.sort_unstable();
        next.sort_unstable();
        assert_eq!((one.len(), next.len()), (3, 3));
        let moved: u8 = one.iter().zip(&next).map(|(a, b)| a.abs_diff(*b)).sum();
        assert!(moved <= 9, "{one:?} {next:?}");
    }
}

#[test]
fn what_is_wrong_with_a_file_is_said() {
    let whole = "names = [\"x\"]\nabout = \"x\"\nsources = [\"x\"]\ntempo = [90, 120]\n";
    let wrong = |more: &str| {
        Style::read(&format!("{whole}{more}"))
            .unwrap_err()
            .to_string()
    };
    assert!(Style::read(whole).is_ok());
    for (more, says) in [
        ("[drums.kcik]\nmust = \"1\"", "there is no piece \"kcik\""),
        ("[drums.kick]\nmust = \"5\"", "there is no place \"5\""),
        ("[drums.kick]\nlevel = 9", "9 is no level of 1 to 4"),
        (
            "[drums.kick]\nusual = { \"1\" = 2.0 }",
            "2 is no chance of 0 to 1",
        ),
        ("[drums.kick]\nmusst = \"1\"", "unknown field"),
        ("metre = \"7/16\"", "its metre is no metre of quarters"),
        (
            "[bass]\nline = \"figure\"\nnotes = [\"7 root\"]",
            "there is no place \"7\"",
        ),
        ("bars = 9", "one to four bars"),
        ("[form]\npath = [[\"gong\"]]", "there is no piece \"gong\""),
    ] {
        let said = wrong(more);
        assert!(said.contains(says) && said.ends_with('.'), "{more}: {said}");
    }
}
