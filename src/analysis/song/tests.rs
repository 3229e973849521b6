//! Whole descriptions of synthetic songs, and of what is no song.

use super::*;
use crate::analysis::tests::synthetic::{hertz, saw, tone, white};
use crate::music::Mode;

fn go_on() -> bool {
    false
}

fn described(sound: &Sound) -> SongDescription {
    let told = describe(sound, None, None, &Corrections::default(), &go_on).unwrap();
    check(&told);
    told
}

/// What must hold of every description.
fn check(told: &SongDescription) {
    assert!(
        told.sentence.ends_with('.') && told.sentence.len() > 10,
        "{told:?}"
    );
    assert!((0.0..=1.0).contains(&told.energy), "{told:?}");
    for (times, most) in [
        (&told.beats, told.seconds_used),
        (&told.downbeats, told.seconds_used),
    ] {
        assert!(times.windows(2).all(|w| w[0] < w[1]), "{told:?}");
        assert!(times.iter().all(|at| (0.0..=most).contains(at)), "{told:?}");
    }
    assert!(
        told.chords
            .windows(2)
            .all(|w| w[0].end <= w[1].start + 1e-9)
    );
    let sure = told.tempo.iter().map(|t| t.confidence);
    let sure = sure.chain(told.key.iter().map(|k| k.confidence));
    let sure = sure.chain(told.metre.iter().map(|m| m.confidence));
    let mut sure = sure.chain(told.chords.iter().map(|c| c.confidence));
    assert!(sure.all(|sure| (0.0..=1.001).contains(&sure)), "{told:?}");
    let json = serde_json::to_string(told).unwrap();
    let read: SongDescription = serde_json::from_str(&json).unwrap();
    assert_eq!(read.sentence, told.sentence);
}

/// Mixes a sound in at a time, s.
fn mix(into: &mut [f32], sound: &[f32], at: f64, rate: u32) {
    let start = (at * f64::from(rate)) as usize;
    if let Some(place) = into.get_mut(start..) {
        place.iter_mut().zip(sound).for_each(|(sum, x)| *sum += x);
    }
}

/// A kick on the first and third of four beats, a noise on the others, a hat on every eighth.
/// `length` is that of a beat at a time, s. Gives the beats, too.
fn drums(seconds: f64, rate: u32, length: impl Fn(f64) -> f64) -> (Vec<f32>, Vec<f64>) {
    let mut sound = vec![0.0f32; (seconds * f64::from(rate)) as usize];
    let kick = tone(55.0, &[(1.0, 0.8), (2.0, 0.2)], 18.0, 0.25, rate);
    let burst = |level: f32, decay: f32, seconds: f32| -> Vec<f32> {
        let noise = white().take((seconds * rate as f32) as usize).enumerate();
        noise
            .map(|(i, x)| level * x as f32 * (-decay * i as f32 / rate as f32).exp())
            .collect()
    };
    let (snare, hat) = (burst(0.5, 25.0, 0.2), burst(0.12, 120.0, 0.05));
    let (mut at, mut beat, mut beats) = (0.3, 0, Vec::new());
    while at < seconds {
        let here = length(at);
        mix(
            &mut sound,
            if beat % 2 == 0 { &kick } else { &snare },
            at,
            rate,
        );
        mix(&mut sound, &hat, at, rate);
        mix(&mut sound, &hat, at + 0.5 * here, rate);
        beats.push(at);
        at += here;
        beat += 1;
    }
    (sound, beats)
}

/// Share of beats within 70 ms of one that was found, and of those found near one.
fn agreement(beats: &[f64], found: &[f64]) -> f64 {
    let near = |at: &&f64, others: &[f64]| others.iter().any(|other| (*at - other).abs() < 0.07);
    let inner: Vec<f64> = beats.iter().copied().filter(|at| *at > 2.0).collect();
    let said: Vec<f64> = found.iter().copied().filter(|at| *at > 2.0).collect();
    let hits = inner.iter().filter(|at| near(at, &said)).count() as f64;
    let right = said.iter().filter(|at| near(at, &inner)).count() as f64;
    (hits / inner.len() as f64).min(right / said.len().max(1) as f64)
}

#[test]
fn beats_of_drums_are_found_at_several_tempi() {
    for bpm in [84.0, 100.0, 120.0, 137.0] {
        let (sound, beats) = drums(20.0, 32_000, |_| 60.0 / bpm);
        let told = described(&Sound::new(vec![sound], 32_000).unwrap());
        let tempo = told.tempo.as_ref().unwrap();
        let is = |found: f64| (found / bpm - 1.0).abs() < 0.02;
        // Eighths on a hi-hat may be taken for quarters; then the right tempo is said to be likely, too.
        if is(tempo.bpm / 2.0) {
            let other = tempo.alternatives.iter().find(|other| is(other.bpm));
            assert!(
                bpm < 90.0 && other.unwrap().confidence > 0.1,
                "{bpm}: {tempo:?}"
            );
            continue;
        }
        assert!(is(tempo.bpm), "{bpm}: {tempo:?}");
        assert!(agreement(&beats, &told.beats) > 0.95, "{bpm}");
        // Of the metre kick and snare alone say too little.
        assert!(
            (1.5..=2.5).contains(&told.density.unwrap()),
            "{:?}",
            told.density
        );
        let swing = told.swing.unwrap();
        assert!((swing.ratio - 1.0).abs() < 0.15, "{swing:?}");
    }
}

#[test]
fn a_drifting_tempo_is_followed() {
    let (sound, beats) = drums(40.0, 32_000, |at| 60.0 / (100.0 + 0.3 * at));
    let told = described(&Sound::new(vec![sound], 32_000).unwrap());
    assert!(
        agreement(&beats, &told.beats) > 0.93,
        "{}",
        agreement(&beats, &told.beats)
    );
    let [slowest, fastest] = told.tempo.unwrap().range;
    assert!(slowest < 104.0 && fastest > 107.0, "{slowest} {fastest}");
}

/// Triads of a progression, two seconds each, with their bass.
fn progression(chords: &[(u8, [u8; 3])], rate: u32) -> Vec<f32> {
    let mut sound = vec![0.0f32; 2 * chords.len() * rate as usize];
    for (number, (root, steps)) in chords.iter().enumerate() {
        for strike in 0..4 {
            let at = 2.0 * number as f64 + 0.5 * f64::from(strike);
            let keys = steps.iter().map(|step| 60 + root + step).chain([36 + root]);
            for key in keys {
                let note = tone(hertz(f64::from(key)), &saw(8), 2.0, 0.5, rate);
                let note: Vec<f32> = note.iter().map(|x| 0.3 * x).collect();
                mix(&mut sound, &note, at, rate);
            }
        }
    }
    sound
}

const MAJOR: [u8; 3] = [0, 4, 7];
const MINOR: [u8; 3] = [0, 3, 7];

#[test]
fn chords_and_key_of_a_progression_are_found_at_any_rate() {
    let song = [
        (5, MINOR),
        (10, MINOR),
        (0, MAJOR),
        (5, MINOR),
        (1, MAJOR),
        (8, MAJOR),
        (0, MAJOR),
        (5, MINOR),
    ];
    for rate in [8000, 32_000, 44_100, 192_000] {
        let sound = Sound::new(vec![progression(&song, rate)], rate).unwrap();
        let told = described(&sound);
        let key = told.key.as_ref().unwrap();
        assert_eq!(
            (key.tonic, key.mode, key.name.as_str()),
            (5, Mode::Minor, "F minor"),
            "{rate}"
        );
        for (number, (root, steps)) in song.iter().enumerate() {
            let middle = 2.0 * number as f64 + 1.0;
            let here = told
                .chords
                .iter()
                .find(|c| c.start <= middle && middle < c.end)
                .unwrap();
            let third = here.chord.quality.intervals()[1];
            assert_eq!(
                (here.chord.root, third),
                (*root, steps[1]),
                "{rate} Hz, {middle} s: {here:?}"
            );
        }
        let register = told.register.unwrap();
        assert!((36..=72).contains(&register.median), "{register:?}");
    }
}

#[test]
fn the_host_knows_the_time() {
    let (sound, _) = drums(10.0, 32_000, |_| 0.5);
    let host = HostGrid {
        beats: (0..14)
            .map(|beat| 0.3 + 0.75 * f64::from(beat) - 0.1)
            .collect(),
        places: (0..14).map(|beat| beat % 3).collect(),
        metre: "3/4".parse().unwrap(),
        metre_changes: Vec::new(),
        bpm: 80.0,
    };
    let sound = Sound::new(vec![sound], 32_000).unwrap();
    let told = describe(&sound, None, Some(&host), &Corrections::default(), &go_on).unwrap();
    check(&told);
    let tempo = told.tempo.unwrap();
    assert!(tempo.from_host && tempo.bpm == 80.0);
    assert_eq!(told.metre.unwrap().name, "3/4");
    assert_eq!(told.beats, host.beats[..told.beats.len()]);
    assert_eq!(told.downbeats[1], host.beats[3]);
    for wrong in [vec![], vec![f64::NAN; 14], vec![3.0; 14], vec![99.0, 100.0]] {
        let host = HostGrid {
            beats: wrong,
            ..host.clone()
        };
        check(&describe(&sound, None, Some(&host), &Corrections::default(), &go_on).unwrap());
    }
}

#[test]
fn a_posterior_makes_the_key_and_a_broken_one_does_no_harm() {
    use crate::analysis::posterior::KEYS;
    let hum = Sound::new(vec![tone(50.0, &[(1.0, 0.01)], 0.0, 8.0, 32_000)], 32_000).unwrap();
    let mut posterior = Posterior::default();
    for frame in 0..400 {
        let mut keys = [0.0f32; KEYS];
        let root = [39, 44, 46, 39][frame / 100];
        [0, 4, 7].iter().for_each(|step| keys[root + step] = 0.9);
        keys[root - 24] = 0.9;
        posterior.sounds.push(keys);
        posterior.seconds.push(frame as f64 * 0.02);
    }
    posterior.begins = vec![[0.0; KEYS]; 400];
    let told = describe(
        &hum,
        Some(&posterior),
        None,
        &Corrections::default(),
        &go_on,
    )
    .unwrap();
    assert_eq!(told.key.unwrap().name, "C major");
    posterior.sounds[7] = [f32::NAN; KEYS];
    posterior.seconds.truncate(300);
    check(
        &describe(
            &hum,
            Some(&posterior),
            None,
            &Corrections::default(),
            &go_on,
        )
        .unwrap(),
    );
    check(
        &describe(
            &hum,
            Some(&Posterior::default()),
            None,
            &Corrections::default(),
            &go_on,
        )
        .unwrap(),
    );
}

#[test]
fn what_is_no_song_has_no_beat_and_no_invented_fields() {
    let noise: Vec<f32> = white().take(32_000 * 12).map(|x| 0.2 * x as f32).collect();
    let told = described(&Sound::new(vec![noise], 32_000).unwrap());
    assert!(told.tempo.is_none_or(|tempo| tempo.confidence < 0.5));
    assert!(told.key.is_none_or(|key| key.confidence < 0.5));

    let drone = tone(110.0, &saw(10), 0.0, 12.0, 32_000);
    let told = described(&Sound::new(vec![drone], 32_000).unwrap());
    assert!(told.tempo.is_none(), "{:?}", told.tempo);

    for length in [1, 2, 50, 5000, 40_000] {
        let short = Sound::new(vec![vec![0.5; length]], 44_100).unwrap();
        let told = described(&short);
        assert!(told.tempo.is_none() && told.beats.is_empty());
    }
    let (beginning, _) = drums(4.0, 8000, |_| 0.5);
    described(&Sound::new(vec![beginning], 8000).unwrap());
    // Silence and what isn't a number never become a sound.
    assert_eq!(
        Sound::new(vec![vec![0.0; 32_000]], 32_000),
        Err(SoundError::Silent)
    );
    assert_eq!(
        Sound::new(vec![vec![f32::NAN; 2]], 32_000),
        Err(SoundError::NotFinite)
    );
}

#[test]
fn many_channels_are_heard_as_two_and_a_quiet_end_is_no_harm() {
    let (mut sound, beats) = drums(16.0, 22_050, |_| 0.5);
    sound.extend(vec![0.0; 22_050 * 6]);
    let told = described(&Sound::new(vec![sound; 8], 22_050).unwrap());
    assert!((told.tempo.unwrap().bpm - 120.0).abs() < 2.5);
    let early: Vec<f64> = told.beats.iter().copied().filter(|at| *at < 15.9).collect();
    assert!(agreement(&beats, &early) > 0.9);
}

#[test]
fn of_three_hours_ten_minutes_are_used() {
    // At a low rate: what is beyond the ten minutes is never looked at.
    let (bar, _) = drums(2.0, 4000, |_| 0.5);
    let sound: Vec<f32> = bar.iter().copied().cycle().take(3 * 3600 * 4000).collect();
    let told = described(&Sound::new(vec![sound], 4000).unwrap());
    assert_eq!((told.seconds, told.seconds_used), (10_800.0, LONGEST));
    assert!(
        told.beats
            .last()
            .is_some_and(|&at| at > 590.0 && at <= 600.0)
    );
}

#[test]
fn it_stops_when_it_is_told_to() {
    use std::cell::Cell;
    let (sound, _) = drums(12.0, 32_000, |_| 0.5);
    let sound = Sound::new(vec![sound], 32_000).unwrap();
    let asked = Cell::new(0);
    describe(&sound, None, None, &Corrections::default(), &|| {
        asked.set(asked.get() + 1);
        false
    })
    .unwrap();
    let most = asked.get();
    assert!(most > 20, "asked only {most} times");
    for after in [0, 1, most / 2, most - 1] {
        asked.set(0);
        let stop = || {
            asked.set(asked.get() + 1);
            asked.get() > after
        };
        let stopped = describe(&sound, None, None, &Corrections::default(), &stop);
        assert_eq!(stopped, Err(SongError::Stopped(Stopped)));
    }
}
