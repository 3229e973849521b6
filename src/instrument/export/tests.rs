//! Exports read back as other programs read them.

use std::cell::Cell;
use std::collections::HashMap;
use std::ops::ControlFlow;

use super::*;
use crate::instrument::render::{self, order, plan};

fn export(parent: &Path) -> PathBuf {
    let instrument = Instrument {
        name: "Warm: Piano?".into(),
        ..Instrument::factory()
    };
    let mut heard = Vec::new();
    let path = sfz(
        &instrument,
        &Macros::default(),
        22_050.0,
        parent,
        &|| false,
        &mut |p| heard.push(p),
    );
    assert_eq!(heard.len(), 30);
    assert!(heard.is_sorted() && heard[29] == 1.0);
    path.unwrap()
}

/// The opcodes of each region.
fn regions(text: &str) -> Vec<HashMap<String, String>> {
    let bare: Vec<&str> = text
        .lines()
        .map(|line| line.split("//").next().unwrap())
        .collect();
    let bare = bare.join("\n");
    bare.split("<region>")
        .skip(1)
        .map(|region| {
            region
                .split_whitespace()
                .map(|o| o.split_once('=').unwrap())
                .map(|(k, v)| (k.into(), v.into()))
                .collect()
        })
        .collect()
}

#[test]
fn an_export_reads_back_whole() {
    let parent = tempfile::tempdir().unwrap();
    let path = export(parent.path());
    assert_eq!(
        path,
        parent.path().join("Warm Piano").join("Warm Piano.sfz")
    );
    let regions = regions(&fs::read_to_string(&path).unwrap());
    assert_eq!(regions.len(), 30 * 4);

    let index = plan(&Instrument::factory(), 22_050.0).key_to_column[60].unwrap();
    let mut column = None;
    let _ = render::render_columns(
        &Instrument::factory(),
        22_050.0,
        &Macros::default(),
        &[index],
        &|| false,
        &mut |_, c| {
            column = Some(c);
            ControlFlow::Continue(())
        },
    );
    let column = column.unwrap();

    let mut keys = [[0.0f32; 128]; 128];
    for region in &regions {
        let number = |key: &str| region[key].parse::<usize>().unwrap();
        let sample = path.parent().unwrap().join(&region["sample"]);
        let bytes = fs::read(&sample).unwrap();
        assert_eq!(
            u32::from_le_bytes(bytes[4..8].try_into().unwrap()) as usize,
            bytes.len() - 8
        );
        let mut wav = hound::WavReader::new(bytes.as_slice()).unwrap();
        assert_eq!(
            (
                wav.spec().bits_per_sample,
                wav.spec().channels,
                wav.spec().sample_rate
            ),
            (24, 2, 22_050)
        );
        if region["loop_mode"] == "loop_continuous" {
            let chunk = bytes.windows(4).rposition(|w| w == b"smpl").unwrap() + 8;
            let field = |i: usize| {
                u32::from_le_bytes(bytes[chunk + i * 4..][..4].try_into().unwrap()) as usize
            };
            assert_eq!((field(3), field(7)), (number("pitch_keycenter"), 1));
            assert_eq!(
                (field(11), field(12)),
                (number("loop_start"), number("loop_end"))
            );
            assert!(number("loop_end") < wav.duration() as usize);
        }
        if region["sample"].ends_with("/C4_v096.wav") {
            let gain = region
                .get("volume")
                .map_or(1.0, |db| 10f32.powf(-db.parse::<f32>().unwrap() / 20.0));
            let samples: Vec<f32> = wav
                .samples::<i32>()
                .map(|s| s.unwrap() as f32 / 8_388_607.0)
                .collect();
            let frames = column.layers[2].frames.as_flattened();
            assert_eq!(samples.len(), frames.len());
            assert!(
                samples
                    .iter()
                    .zip(frames)
                    .all(|(a, b)| (a - b * gain).abs() < 1e-6)
            );
        }
        // The cross-fades of every key and velocity add up to one.
        let fade = |low: &str, high: &str, velocity: usize| match region.get(low) {
            Some(_) => ((velocity as f32 - number(low) as f32)
                / (number(high) - number(low)) as f32)
                .clamp(0.0, 1.0),
            None => 1.0,
        };
        for sums in &mut keys[number("lokey")..=number("hikey")] {
            let velocities = number("lovel")..=number("hivel");
            for (velocity, sum) in sums.iter_mut().enumerate() {
                if !velocities.contains(&velocity) {
                    continue;
                }
                let out = if region.contains_key("xfout_lovel") {
                    fade("xfout_lovel", "xfout_hivel", velocity)
                } else {
                    0.0
                };
                *sum += fade("xfin_lovel", "xfin_hivel", velocity) * (1.0 - out);
            }
        }
    }
    for (key, velocities) in keys.iter().enumerate() {
        for (velocity, &sum) in velocities.iter().enumerate().skip(1) {
            let expected = if (21..=108).contains(&key) { 1.0 } else { 0.0 };
            assert!(
                (sum - expected).abs() < 1e-4,
                "key {key}, velocity {velocity}: {sum}"
            );
        }
    }
}

#[test]
fn a_second_export_keeps_the_first() {
    let parent = tempfile::tempdir().unwrap();
    let first = export(parent.path());
    let second = export(parent.path());
    assert_ne!(first, second);
    assert!(first.exists() && second.ends_with("Warm Piano 2/Warm Piano.sfz"));
}

#[test]
fn a_file_in_the_way_and_cancelling_leave_nothing_behind() {
    let parent = tempfile::tempdir().unwrap();
    let file = parent.path().join("file");
    fs::write(&file, "x").unwrap();
    let factory = Instrument::factory();
    let to = |parent: &Path, cancelled: &dyn Fn() -> bool| {
        sfz(
            &factory,
            &Macros::default(),
            22_050.0,
            parent,
            cancelled,
            &mut |_| {},
        )
    };
    let error = to(&file.join("below"), &|| false).unwrap_err();
    assert!(
        error.to_string().contains("a file is in the way"),
        "{error}"
    );

    let asked = Cell::new(0);
    let cancelled = || {
        asked.set(asked.get() + 1);
        asked.get() > 1000
    };
    let error = to(parent.path(), &cancelled).unwrap_err();
    assert!(matches!(error, ExportError::Cancelled));
    assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 1);
    assert_eq!(order(&factory, 60).len(), 30);
}

#[test]
fn full_and_read_only_disks_get_a_sentence() {
    for (kind, words) in [
        (io::ErrorKind::StorageFull, "the disk is full"),
        (io::ErrorKind::ReadOnlyFilesystem, "may not be written to"),
        (io::ErrorKind::PermissionDenied, "may not be written to"),
        (io::ErrorKind::TimedOut, "choose another folder"),
    ] {
        let error = failed(Path::new("/somewhere/a.wav"))(kind.into());
        let text = error.to_string();
        assert!(
            text.contains(words) && text.contains("/somewhere/a.wav"),
            "{text}"
        );
    }
}

#[test]
fn a_saved_instrument_reads_back_and_keeps_the_one_before() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("made/if need be");
    let instrument = Instrument {
        name: "Warm: Piano?".into(),
        ..Instrument::factory()
    };
    let first = consort(&instrument, &folder).unwrap();
    let second = consort(&instrument, &folder).unwrap();
    assert_eq!(first, folder.join("Warm Piano.consort"));
    assert_eq!(second, folder.join("Warm Piano 2.consort"));
    for path in [&first, &second] {
        let read = Instrument::from_bytes(&fs::read(path).unwrap()).unwrap();
        assert_eq!(read, instrument);
    }
    let error = consort(&instrument, &first.join("below")).unwrap_err();
    assert!(
        error.to_string().contains("a file is in the way"),
        "{error}"
    );
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 2);
}
