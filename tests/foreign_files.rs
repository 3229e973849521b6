//! Files as other programs leave them: what those read is read.

mod command;

use command::{Desk, Ran};
use consort::music::{Metre, Note, Song, TempoMap, Track, midi};

const RATE: usize = 22_050;
const BEAT: u64 = 480;

/// A note of so many seconds, which begins and ends softly.
fn note(key: i32, seconds: f64) -> Vec<f32> {
    let hertz = 440.0 * (f64::from(key - 69) / 12.0).exp2();
    let count = (seconds * RATE as f64) as usize;
    let sample = |frame: usize| {
        let t = frame as f64 / RATE as f64;
        let wave = |n: f64| (std::f64::consts::TAU * hertz * n * t).sin() / n;
        let edge = (t / 0.005).min((seconds - t) / 0.05).clamp(0.0, 1.0);
        (0.3 * edge * (-2.0 * t).exp() * (1..8).map(|n| wave(f64::from(n))).sum::<f64>()) as f32
    };
    (0..count).map(sample).collect()
}

fn le(x: usize) -> [u8; 4] {
    (x as u32).to_le_bytes()
}

/// A WAV file of floats, with these bytes before its sound, whose sizes are as they are said.
fn wav(samples: &[f32], before: &[u8], whole: Option<usize>, size: Option<usize>) -> Vec<u8> {
    let data: Vec<u8> = samples.iter().flat_map(|x| x.to_le_bytes()).collect();
    let length = 36 + before.len() + data.len();
    [
        b"RIFF",
        &le(whole.unwrap_or(length))[..],
        b"WAVEfmt \x10\0\0\0\x03\0\x01\0",
        &le(RATE),
        &le(4 * RATE),
        b"\x04\0\x20\0",
        before,
        b"data",
        &le(size.unwrap_or(data.len())),
        &data,
    ]
    .concat()
}

/// Keys that are heard in a file.
fn keys(desk: &Desk, name: &str) -> Vec<u64> {
    let asked = [
        "transcribe",
        name,
        "--out",
        "heard.mid",
        "--force",
        "--json",
    ];
    let told = desk.run(&asked).json();
    let notes = told["notes"].as_array().unwrap().iter();
    notes.map(|note| note["key"].as_u64().unwrap()).collect()
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs ONNX Runtime and the models")]
fn badly_closed_sound_files_are_heard() {
    let desk = Desk::new();
    let sound = note(57, 1.0);
    for (file, before, whole, size) in [
        ("good", &b""[..], None, None),
        (
            "unpadded",
            b"LIST\x11\0\0\0INFOINAM\x05\0\0\0abcde",
            None,
            None,
        ),
        (
            "long tag",
            b"LIST\x10\0\0\0INFOINAM\x40\0\0\0abcd",
            None,
            None,
        ),
        ("unclosed", b"", Some(0), None),
        ("short", b"", Some(100), None),
        ("died", b"", Some(0), Some(0)),
        ("piped", b"", Some(0xffff_ffff), Some(0xffff_ffff)),
    ] {
        let name = format!("{file}.wav");
        desk.put(&name, &wav(&sound, before, whole, size));
        assert_eq!(keys(&desk, &name), [57], "{file}");
        let told = desk.run(&["info", &name, "--json"]).json();
        assert_eq!(told["seconds"], 1.0, "{file}");
    }
    let mut gsm = wav(&sound, b"", None, None);
    gsm[20] = 0x31;
    desk.put("gsm.wav", &gsm);
    desk.run(&["transcribe", "gsm.wav", "--out", "x.mid"])
        .failed(&["gsm.wav", "GSM 6.10"]);
}

fn metre(count: u8, unit: u8) -> Metre {
    Metre { count, unit }
}

/// A scale in quarters at 100 bpm.
fn scale(metres: Vec<(u64, Metre)>, quarters: u64) -> Song {
    let key = |at: u64| [60, 62, 64, 65, 67, 69, 71, 72][at as usize % 8];
    let notes = (0..quarters).map(|at| Note {
        channel: 0,
        key: key(at),
        velocity: 90,
        start: at * BEAT,
        length: 440,
    });
    Song {
        tempo: TempoMap::metrical(BEAT as u16, &[(0, 600_000)]),
        metres,
        tracks: vec![Track {
            notes: notes.collect(),
            ..Track::default()
        }],
    }
}

/// The drums that a file gets: where they begin and end, quarters.
fn drums(desk: &Desk, song: &[u8], more: &[&str]) -> Result<(f64, f64), Ran> {
    desk.put("a.mid", song);
    let asked = ["stem", "a.mid", "drums", "--midi-only", "--force"];
    let ran = desk.run(&[&asked, more].concat());
    if ran.code != Some(0) {
        return Err(ran);
    }
    let part = midi::read(&desk.get("a-drums-A.mid")).unwrap();
    let beat = f64::from(part.tempo.ticks_per_beat());
    let at: Vec<f64> = part.notes().map(|note| note.start as f64 / beat).collect();
    let ends = at.iter().copied().fold(0.0, f64::max);
    Ok((at.into_iter().fold(f64::MAX, f64::min), ends))
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs ONNX Runtime and the models")]
fn bars_are_chosen_before_their_metre_is_judged() {
    let desk = Desk::new();
    let two = midi::write(&scale(vec![(0, metre(4, 4)), (32 * BEAT, metre(3, 4))], 68));
    for (bars, from, to) in [("1-8", 0.0, 32.0), ("9-20", 32.0, 68.0)] {
        let (begins, ends) = drums(&desk, &two, &["--bars", bars]).unwrap();
        assert!(
            begins >= from - 0.3 && begins < from + 4.0,
            "{bars}: {begins}"
        );
        assert!(ends < to && ends >= to - 4.0, "{bars}: {ends}");
    }
    let refused = drums(&desk, &two, &["--bars", "9-21"]).unwrap_err();
    refused.failed(&["a.mid", "has 20 bars"]);
    let (begins, ends) = drums(&desk, &two, &["--bars", "8-9"]).unwrap();
    assert!((27.7..30.0).contains(&begins) && (31.0..35.0).contains(&ends));
    // An upbeat is the end of a bar, and counts as the first.
    let upbeat = midi::write(&scale(vec![(0, metre(1, 4)), (BEAT, metre(4, 4))], 65));
    let (begins, ends) = drums(&desk, &upbeat, &["--bars", "2-17"]).unwrap();
    assert!((0.7..5.0).contains(&begins) && (61.0..65.0).contains(&ends));
    assert!(drums(&desk, &upbeat, &[]).unwrap().1 >= 61.0);
}

/// A song in 4/4 with a bar of 2/4, and one of two halves: taken as they are, with a sentence that says so.
#[test]
#[cfg_attr(not(built_in_models), ignore = "needs ONNX Runtime and the models")]
fn songs_of_several_metres_get_parts_on_their_own_bars() {
    let desk = Desk::new();
    let odd = vec![
        (0, metre(4, 4)),
        (32 * BEAT, metre(2, 4)),
        (34 * BEAT, metre(4, 4)),
    ];
    let halves = vec![(0, metre(4, 4)), (32 * BEAT, metre(3, 4))];
    let eights = vec![(0, metre(7, 8)), (28 * BEAT, metre(4, 4))];
    // How many quarters each has, and where bars begin that are shifted by those before them.
    let songs = [
        (
            odd,
            66,
            [34, 38, 62],
            "4/4; what it plays in bars of 2/4 is cut",
        ),
        (halves, 68, [35, 50, 65], "4/4 and 3/4"),
        (
            eights,
            60,
            [28, 32, 56],
            "7/8 and 4/4, bar by bar as the song has it",
        ),
    ];
    for (metres, quarters, ones, says) in songs {
        desk.put("a.mid", &midi::write(&scale(metres.clone(), quarters)));
        let asked = ["stem", "a.mid", "rock drums", "--midi-only", "--force"];
        let ran = desk.run(&asked);
        ran.ok();
        assert!(ran.stderr.contains(says), "{ran:?}");
        assert_eq!(ran.stderr.lines().count(), 1, "{ran:?}");
        let part = midi::read(&desk.get("a-drums-A.mid")).unwrap();
        assert_eq!(part.metres, metres, "the file's own bars");
        let ticks = u64::from(part.tempo.ticks_per_beat());
        let kicks: Vec<u64> = part
            .notes()
            .filter(|note| matches!(note.key, 35 | 36))
            .map(|note| note.start)
            .collect();
        let near = |one: &u64| kicks.iter().any(|at| at.abs_diff(one * ticks) <= ticks / 8);
        assert!(
            ones.iter().filter(|one| near(one)).count() >= 2,
            "{metres:?}: {kicks:?}"
        );
        let last = part.notes().map(|note| note.start).max().unwrap();
        assert!(last < quarters * ticks && last >= (quarters - 4) * ticks);
        // A bar of it anew.
        let again = [
            "stem",
            "a.mid",
            "rock drums",
            "--midi-only",
            "--force",
            "--again",
            "a-drums-A.mid",
            "--bars",
            "9-9",
            "--out",
            "anew",
        ];
        desk.run(&again).ok();
    }
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs ONNX Runtime and the models")]
fn a_fast_long_song_gets_its_part_to_the_end() {
    let desk = Desk::new();
    let mut song = scale(Vec::new(), 1_980);
    song.tempo = TempoMap::metrical(BEAT as u16, &[(0, 272_727)]);
    let (_, ends) = drums(&desk, &midi::write(&song), &[]).unwrap();
    assert!(ends > 1_972.0, "{ends}");
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs ONNX Runtime and the models")]
fn midi_files_with_small_faults_are_read() {
    let desk = Desk::new();
    let good = midi::write(&scale(Vec::new(), 16));
    let after = [&good[..], b"\0\0\0ABCDEFGHIJKLMNOP"].concat();
    let mut unmarked = good[..good.len() - 4].to_vec();
    let at = unmarked
        .windows(4)
        .rposition(|four| four == b"MTrk")
        .unwrap()
        + 4;
    let length = le(unmarked.len() - at - 4);
    unmarked[at..at + 4].copy_from_slice(&[length[3], length[2], length[1], length[0]]);
    let rmid = [b"RIFF\0\0\0\0RMIDdata".as_slice(), &le(good.len()), &good].concat();
    let mut three = good.clone();
    three[11] = 3;
    for (name, bytes) in [
        ("after", &after),
        ("unmarked", &unmarked),
        ("rmid", &rmid),
        ("of three tracks", &three),
    ] {
        assert!(drums(&desk, bytes, &[]).is_ok(), "{name}");
        assert!(desk.run(&["info", "a.mid"]).ok().contains("16"), "{name}");
    }
    let mut timeless = good.clone();
    timeless[12..14].copy_from_slice(&[0, 0]);
    drums(&desk, &timeless, &[])
        .unwrap_err()
        .failed(&["a.mid", "export it again"]);
    // 25 film frames of 40 ticks: a quarter of 480 ticks is 0.48 s, 125 a minute.
    let mut film = good;
    film[12..14].copy_from_slice(&[0xe7, 40]);
    drums(&desk, &film, &[])
        .unwrap_err()
        .failed(&["a.mid", "--tempo"]);
    let (_, ends) = drums(&desk, &film, &["--tempo", "125"]).unwrap();
    assert!((12.0..16.0).contains(&ends), "{ends}");
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs ONNX Runtime and the models")]
fn published_sfz_files_are_added_and_a_late_sound_is_one() {
    let desk = Desk::new();
    std::fs::create_dir(desk.file("S")).unwrap();
    desk.put("S/n60.wav", &wav(&note(60, 1.0), b"", None, None));
    desk.put("S/n36.wav", &wav(&note(36, 1.0), b"", None, None));
    desk.put("map.txt", b"<region> sample=S/n60.wav key=60");
    let library = |arguments: &[&str]| {
        let mut command = desk.command(arguments);
        command.env("CONSORT_LIBRARY", desk.file("library"));
        Ran::of(command)
    };
    let texts = [
        "#define $DIR S\n#define $KEY 60\n<region> sample=$DIR/n$KEY.wav key=$KEY",
        "#include \"map.txt\"",
        "<region> sample=s\\N60.WAV key=60",
        "<control> default_path=\\S\\\n<region> sample=n60.wav key=60",
        "<region> sample=\"S/n60.wav\" key=60",
        "/* <region> sample=S/n36.wav key=60 */\n<region> sample=S/n60.wav key=61",
        "<region> trigger=release sample=S/n36.wav key=60\n<region> sample=S/n60.wav key=61",
    ];
    for (number, text) in texts.iter().enumerate() {
        let name = format!("i{number}.sfz");
        desk.put(&name, text.as_bytes());
        assert!(
            library(&["library", "add", &name])
                .ok()
                .starts_with("1 added"),
            "{text}"
        );
    }
    let told = library(&["match", "S/n60.wav", "--top", "60", "--json"]).json();
    let hits = told["hits"].as_array().unwrap();
    for (number, text) in texts.iter().enumerate() {
        let name = format!("i{number}.sfz");
        let hit = hits.iter().find(|hit| hit.to_string().contains(&name));
        let hit = hit.unwrap_or_else(|| panic!("{text}"));
        let score = hit["score"].as_f64().or(hit["likeness"].as_f64());
        assert!(score > Some(0.98), "{score:?}: {text}");
    }
    let late = [vec![0.0; 65 * RATE], note(57, 1.0)].concat();
    desk.put("late.wav", &wav(&late, b"", None, None));
    assert!(
        library(&["library", "add", "late.wav"])
            .ok()
            .starts_with("1 added")
    );
    library(&["instrument", "--sound", "late.wav", "--out", "made"]).ok();
}
