//! `consort transcribe` as its users meet it: the notes that were played come back, and what is no
//! song gets a sentence.

mod command;

use command::Desk;
use consort::music::{Change, Control, Metre, Note, Song, TempoMap, Track, midi};

/// Two voices for some ten seconds at 96 beats a minute, on a piano of the factory.
fn desk() -> (Desk, Song) {
    let desk = Desk::new();
    let piano = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/plugin-assets/factory/concert-grand.consort"
    );
    desk.put("piano.consort", &std::fs::read(piano).unwrap());
    let note = |key, beats: f64, length: f64| Note {
        channel: 0,
        key,
        velocity: 100,
        start: (beats * 480.0) as u64,
        length: (length * 480.0) as u64,
    };
    let melody = [72, 74, 76, 77, 79, 76, 72, 69, 71, 72, 74, 67, 72];
    let melody = melody.iter().enumerate();
    let mut notes: Vec<Note> = melody
        .map(|(index, key)| note(*key, 1.0 + index as f64, 0.9))
        .collect();
    let bass = [48, 53, 55, 48].iter().enumerate();
    notes.extend(bass.map(|(index, key)| note(*key, 1.0 + 4.0 * index as f64, 2.8)));
    let song = Song {
        tempo: TempoMap::metrical(480, &[(0, 625_000)]),
        metres: Vec::new(),
        tracks: vec![Track {
            notes,
            ..Track::default()
        }],
    };
    desk.put("played.mid", &midi::write(&song));
    let render = [
        "render",
        "--instrument",
        "piano.consort",
        "--midi",
        "played.mid",
    ];
    desk.run(&[&render[..], &["--out", "song.wav"]].concat())
        .ok();
    (desk, song)
}

/// The channel of drums.
const DRUMS: u8 = 9;

/// Key and start in seconds of each note that isn't a drum's.
fn beginnings(song: &Song) -> Vec<(u8, f64)> {
    song.notes()
        .filter(|note| note.channel != DRUMS)
        .map(|note| (note.key, song.tempo.seconds_at(note.start)))
        .collect()
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs ONNX Runtime and the model")]
fn what_was_played_is_written_down() {
    let (desk, played) = desk();
    let arguments = [
        "transcribe",
        "song.wav",
        "--out",
        "heard.mid",
        "--tempo",
        "96",
    ];
    let told = desk.run(&[&arguments[..], &["--json"]].concat()).json();
    let heard = midi::read(&desk.get("heard.mid")).unwrap();
    let bpm = heard.tempo.beats_per_minute().next().unwrap().1;
    assert!((bpm - 96.0).abs() < 0.01, "{bpm}");
    let (played, found) = (beginnings(&played), beginnings(&heard));
    assert_eq!(told["notes"].as_array().unwrap().len(), found.len());
    let near = |a: &(u8, f64), b: &(u8, f64)| a.0 == b.0 && (a.1 - b.1).abs() < 0.05;
    let missed = played.iter().filter(|a| !found.iter().any(|b| near(a, b)));
    // The model takes strong overtones for notes: octaves, and fifths above them.
    let overtone = |a: &(u8, f64), b: &(u8, f64)| {
        [12, 19, 24]
            .iter()
            .any(|above| near(&(a.0 + above, a.1), b))
    };
    let invented = found
        .iter()
        .filter(|b| !played.iter().any(|a| near(a, b) || overtone(a, b)));
    let (missed, invented) = (missed.count(), invented.count());
    assert!(
        missed <= 1 && invented <= 8,
        "{missed}, {invented}: {played:?}\n{found:?}"
    );
    assert!(found.len() <= 3 * played.len());

    // The same on bars: tempo and bars are known, so every note begins near its eighth.
    let parts = told["parts"].as_array().unwrap();
    let all = parts.iter().find(|part| part["kind"].is_null());
    let all = all.expect("notes of no instrument in particular");
    let on_grid = all["notes"].as_array().unwrap().iter();
    let on_grid = on_grid.filter(|note| note["offset"].as_f64().unwrap().abs() < 0.2);
    assert!(on_grid.count() >= played.len() - 2);
    assert_eq!(told["bars"][0]["metre"], "4/4");

    let arguments_told = [
        "--key", "A minor", "--tempo", "48", "--metre", "2/4", "--json",
    ];
    let told = desk
        .run(&[&["describe", "song.wav"][..], &arguments_told].concat())
        .json();
    let song = &told["description"];
    assert_eq!(
        (&song["key"]["name"], &song["metre"]["name"]),
        (&"A minor".into(), &"2/4".into())
    );
    let bpm = song["tempo"]["bpm"].as_f64().unwrap();
    assert!((bpm / 48.0 - 1.0).abs() < 0.08, "{bpm}");
    let (beats, bars) = (
        song["beats"].as_array().unwrap(),
        song["downbeats"].as_array().unwrap(),
    );
    assert!(beats.len() >= 2 * bars.len() - 1 && !bars.is_empty());
    for wrong in [["--key", "H dur"], ["--tempo", "3"], ["--metre", "4/5"]] {
        desk.run(&[&["describe", "song.wav"][..], &wrong].concat())
            .refused(&[wrong[1]]);
    }

    desk.run(&arguments).failed(&["heard.mid", "--force"]);
    desk.run(&[&arguments[..], &["--force"]].concat()).ok();
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs ONNX Runtime and the model")]
fn drums_are_written_down_piece_by_piece() {
    let desk = Desk::new();
    // Two bars of rock, twice, at 100 beats a minute.
    let hit = |key, beat: f64, velocity| Note {
        channel: DRUMS,
        key,
        velocity,
        start: (beat * 480.0) as u64,
        length: 120,
    };
    let mut notes = Vec::new();
    for bar in 0..4 {
        let at = |beat: f64| 1.0 + 4.0 * f64::from(bar) + beat;
        notes.extend([0.0, 1.5, 2.0].map(|beat| hit(36, at(beat), 110)));
        notes.extend([1.0, 3.0].map(|beat| hit(38, at(beat), 100)));
        notes.extend((0..8).map(|eighth| hit(42, at(f64::from(eighth) / 2.0), 80)));
    }
    notes.sort_by_key(|note| note.start);
    let song = Song {
        tempo: TempoMap::metrical(480, &[(0, 600_000)]),
        metres: Vec::new(),
        tracks: vec![Track {
            notes,
            ..Track::default()
        }],
    };
    desk.put("song.mid", &midi::write(&song));
    let kit = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/plugin-assets/factory/tight-70s-funk-kit.consort"
    );
    desk.put("tone.consort", &std::fs::read(kit).unwrap());
    desk.run(&[&command::RENDER[..6], &["song.wav"]].concat())
        .ok();
    let asked = ["transcribe", "song.wav", "--out", "heard.mid", "--json"];
    let told = desk.run(&asked).json();
    let heard = midi::read(&desk.get("heard.mid")).unwrap();
    let strokes: Vec<_> = heard.notes().filter(|note| note.channel == DRUMS).collect();
    assert_eq!(told["drums"].as_array().unwrap().len(), strokes.len());
    for key in [36, 38, 42] {
        let times = |notes: Vec<&Note>, song: &Song| -> Vec<f64> {
            let of = notes.into_iter().filter(|note| note.key == key);
            of.map(|note| song.tempo.seconds_at(note.start)).collect()
        };
        let played = times(song.notes().collect(), &song);
        let found = times(strokes.clone(), &heard);
        let near = |a: &f64| found.iter().any(|b| (a - b).abs() < 0.03);
        let right = played.iter().filter(|at| near(at)).count() as f64;
        let f1 = 2.0 * right / (played.len() + found.len()) as f64;
        println!("key {key}: F1 {f1:.2} of {} strokes", played.len());
        assert!(f1 > 0.8, "key {key}: {f1}: {played:?} {found:?}");
    }
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs ONNX Runtime and the model")]
fn a_bent_note_keeps_its_bend() {
    let desk = Desk::new();
    let bend = |tick, value| Control {
        channel: 0,
        tick,
        change: Change::Bend(value),
    };
    // One note for three seconds, bent up by a third of a semitone in its middle.
    let song = Song {
        tempo: TempoMap::metrical(480, &[]),
        metres: Vec::new(),
        tracks: vec![Track {
            notes: vec![Note {
                channel: 0,
                key: 69,
                velocity: 100,
                start: 0,
                length: 2_880,
            }],
            controls: vec![bend(960, 1.0 / 6.0), bend(1_920, 0.0)],
            ..Track::default()
        }],
    };
    desk.put("song.mid", &midi::write(&song));
    let flute = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/plugin-assets/factory/concert-flute.consort"
    );
    desk.put("tone.consort", &std::fs::read(flute).unwrap());
    desk.run(&[&command::RENDER[..6], &["song.wav"]].concat())
        .ok();
    desk.run(&[
        "transcribe",
        "song.wav",
        "--out",
        "heard.mid",
        "--tempo",
        "120",
    ])
    .ok();
    let heard = midi::read(&desk.get("heard.mid")).unwrap();
    assert!(heard.notes().any(|note| note.key == 69), "{heard:?}");
    let controls = heard.tracks.iter().flat_map(|track| &track.controls);
    let bends: Vec<(u64, f32)> = controls
        .filter_map(|control| match control.change {
            Change::Bend(value) => Some((control.tick, value)),
            _ => None,
        })
        .collect();
    // In tune at first, but for the attack; then a third of a semitone up.
    let at = |tick: u64| {
        bends
            .iter()
            .rev()
            .find(|(from, _)| *from <= tick)
            .map_or(0.0, |(_, bend)| *bend)
    };
    assert_eq!((at(480), at(2_400)), (0.0, 0.0), "{bends:?}");
    assert!((at(1_440) - 1.0 / 6.0).abs() < 0.01, "{bends:?}");
    assert_eq!(bends.last().unwrap().1, 0.0, "{bends:?}");
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs ONNX Runtime and the model")]
fn what_is_no_song_gets_a_sentence() {
    let desk = Desk::new();
    let silence = wav(&vec![0.0; 48_000]);
    desk.put("silence.wav", &silence);
    let transcribe = |name: &str| desk.run(&["transcribe", name, "--out", "x.mid"]);
    transcribe("silence.wav").failed(&["silence.wav", "silent"]);
    desk.put("two.wav", &wav(&[0.5, -0.5]));
    assert!(transcribe("two.wav").ok().contains("No notes"));
    std::fs::remove_file(desk.file("x.mid")).unwrap();
    desk.put("odd.wav", &wav(&[f32::NAN; 4_800]));
    transcribe("odd.wav").failed(&["odd.wav", "not numbers"]);
    transcribe("song.mid").failed(&["song.mid", "isn't a sound file"]);
    transcribe("nowhere.wav").failed(&["nowhere.wav"]);
    desk.run(&["transcribe", "two.wav", "--out", "x.mid", "--tempo", "nan"])
        .refused(&["beats a minute"]);
    assert!(!desk.file("x.mid").exists());
}

/// A WAV file of one channel at 48 kHz.
fn wav(samples: &[f32]) -> Vec<u8> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 48_000,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut file = std::io::Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut file, spec).unwrap();
    samples
        .iter()
        .for_each(|sample| writer.write_sample(*sample).unwrap());
    writer.finalize().unwrap();
    file.into_inner()
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs ONNX Runtime and the models")]
fn notes_get_a_part_on_their_own_bars() {
    let desk = Desk::new();
    // Sixteen bars of C and G in three, at 150 beats a minute.
    let chords = (0..16u64).flat_map(|bar| {
        let root = [60, 67][bar as usize % 2];
        [0, 4, 7].map(|above| Note {
            channel: 0,
            key: root + above,
            velocity: 90,
            start: bar * 1_440,
            length: 1_400,
        })
    });
    let three = Metre { count: 3, unit: 4 };
    let song = Song {
        tempo: TempoMap::metrical(480, &[(0, 400_000)]),
        metres: vec![(0, three)],
        tracks: vec![Track {
            name: Some("Piano".into()),
            program: Some(0),
            notes: chords.collect(),
            ..Track::default()
        }],
    };
    desk.put("waltz.mid", &midi::write(&song));
    let asked = ["stem", "waltz.mid", "bass", "--midi-only", "--json"];
    let told = desk.run(&asked).json();
    assert_eq!(told["description"]["key"]["name"], "C major");
    let bass = midi::read(&desk.get("waltz-bass-A.mid")).unwrap();
    assert_eq!(bass.metres, song.metres);
    assert_eq!(bass.tracks[0].program, Some(33));
    let fits = |note: &&Note| {
        let root = [0, 7][note.start as usize / 1_440 % 2];
        [0, 4, 7].contains(&((note.key + 12 - root) % 12))
    };
    let (count, right) = (bass.notes().count(), bass.notes().filter(fits).count());
    println!("{right} of {count} notes are of the chord");
    assert!(count >= 8 && right * 2 > count, "{right} of {count}");
    desk.run(&["stem", "waltz.mid", "bass", "--mix", "--force"])
        .failed(&["waltz.mid", "--mix"]);
    desk.run(&["stem", "waltz.mid", "keys", "--tempo", "90"])
        .failed(&["waltz.mid", "--tempo"]);
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs ONNX Runtime and the models")]
fn a_song_gets_a_part_that_fits_it() {
    let (desk, _) = desk();
    let arguments = [
        "stem",
        "song.wav",
        "add jazzy drums",
        "--tempo",
        "96",
        "--variations",
        "2",
        "--mix",
        "--out",
        "stems",
    ];
    let told = desk.run(&[&arguments[..], &["--json"]].concat()).json();
    assert_eq!(told["part"], "drums");
    let variations = told["variations"].as_array().unwrap();
    assert_eq!(variations.len(), 2);
    assert_ne!(variations[0]["part"], variations[1]["part"]);
    let drums = midi::read(&desk.get("stems/song-drums-A.mid")).unwrap();
    let strokes: Vec<&Note> = drums.notes().collect();
    assert!(strokes.len() > 20 && strokes.iter().all(|note| note.channel == DRUMS));
    assert_eq!(
        strokes.len() as u64,
        variations[0]["notes"].as_u64().unwrap()
    );
    // Its beats are the song's: 96 a minute from 0.625 s on.
    let on_beat = strokes.iter().filter(|note| {
        let beats = drums.tempo.seconds_at(note.start) / 0.625;
        (beats * 2.0 - (beats * 2.0).round()).abs() < 0.2
    });
    let on_beat = on_beat.count();
    assert!(
        on_beat * 10 >= strokes.len() * 5,
        "{on_beat} of {}",
        strokes.len()
    );
    // The part stands under the song by what drums do, the song stays as it is, and bars are whole.
    let first = &variations[0];
    let number = |name: &str| first[name].as_f64().expect(name);
    let under = number("under_song_lu");
    assert!((under - 6.0).abs() < 0.3, "{under} LU");
    assert!(number("mix_song_db") > -1.0 && number("mix_part_db") == 0.0);
    let mix = hound::WavReader::open(desk.file("stems/song-drums-A-mix.wav")).unwrap();
    let loudest = mix.into_samples::<i32>().map(|x| x.unwrap().abs()).max();
    assert!(loudest <= Some((0.9 * f64::from(1 << 23)) as i32));
    let wav = hound::WavReader::open(desk.file("stems/song-drums-B.wav")).unwrap();
    assert_eq!((wav.spec().bits_per_sample, wav.spec().channels), (32, 2));
    assert!(wav.duration() > 8 * wav.spec().sample_rate);
    let loudest = wav.into_samples::<f32>().map(|x| x.unwrap().abs());
    assert!(loudest.fold(0.0, f32::max) > 0.03);

    // The files are there now; and what doesn't fit is said.
    desk.run(&arguments).failed(&["song-drums-A", "--force"]);
    let bars = [
        "stem",
        "song.wav",
        "bass",
        "--tempo",
        "96",
        "--midi-only",
        "--force",
    ];
    desk.run(&[&bars[..], &["--bars", "1-2"]].concat()).ok();
    let bass = midi::read(&desk.get("song-bass-A.mid")).unwrap();
    assert!(bass.notes().count() >= 2);
    assert!(bass.seconds() < 8.0, "{}", bass.seconds());
    desk.run(&[&bars[..], &["--bars", "90-99"]].concat())
        .failed(&["bars"]);
    desk.run(&[&bars[..], &["--metre", "11/8"]].concat())
        .failed(&["11/8"]);
    desk.put("nothing.wav", b"RIFF");
    desk.run(&["stem", "nothing.wav", "drums"])
        .failed(&["nothing.wav"]);
}
