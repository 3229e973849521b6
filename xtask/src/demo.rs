//! `cargo xtask demo`: from a prompt to music, through the plugin as it is shipped.

use crate::host::{Event, Session, Sound, load, note_of};
use crate::shell::{Result, say, target};
use crate::{bundle, spectrogram};
use std::fs;
use std::path::Path;

const PROMPT: &str = "warm cello";
const SEED: u64 = 1;
const RATE: f64 = 48_000.0;

/// Seconds a quarter note lasts.
const BEAT: f64 = 0.55;

/// The phrase: beat at which it begins, beats it lasts, MIDI key, velocity. D minor, four bars.
const PHRASE: &[(f64, f64, u8, f64)] = &[
    (0.0, 4.0, 38, 0.55),
    (0.0, 1.5, 62, 0.60),
    (1.5, 0.5, 64, 0.50),
    (2.0, 1.0, 65, 0.65),
    (3.0, 1.0, 69, 0.75),
    (4.0, 4.0, 46, 0.60),
    (4.0, 2.0, 70, 0.80),
    (6.0, 1.0, 69, 0.70),
    (7.0, 1.0, 65, 0.60),
    (8.0, 4.0, 43, 0.60),
    (8.0, 1.0, 67, 0.70),
    (9.0, 0.5, 65, 0.60),
    (9.5, 0.5, 64, 0.55),
    (10.0, 2.0, 61, 0.75),
    (12.0, 5.0, 38, 0.55),
    (12.0, 5.0, 57, 0.45),
    (12.0, 5.0, 62, 0.65),
];

/// Bundles, makes the instrument, plays it, and says where everything is.
pub fn demo() -> Result {
    bundle::bundle()?;
    let folder = target().join("demo");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}.", folder.display()))?;

    say("opening the bundled plugin in a CLAP host");
    let entry = load();
    let mut session = Session::ready(&entry, RATE, 512);

    say(format!("asking it for \"{PROMPT}\""));
    let made = session.make(PROMPT, SEED)?;
    say(format!(
        "first key after {:.2} s, all keys after {:.2} s",
        made.first_key, made.whole
    ));

    say("playing a phrase on it");
    let sound = play(&mut session);
    let wav = folder.join("warm-cello.wav");
    let picture = folder.join("warm-cello.png");
    write_wav(&wav, &sound)?;
    spectrogram::write(&picture, &sound.left, RATE)?;

    println!("\nThe sound        {}", wav.display());
    println!("Its spectrogram  {}", picture.display());
    println!("The plugin       {}", bundle::clap().display());
    println!("                 {}", bundle::vst3().display());
    println!("\nTo install the plugin for your DAW:");
    println!("  mkdir -p ~/.clap ~/.vst3");
    println!("  cp {} ~/.clap/", bundle::clap().display());
    println!("  cp -r {} ~/.vst3/", bundle::vst3().display());
    Ok(())
}

fn play(session: &mut Session) -> Sound {
    let frame = |beat: f64| (beat * BEAT * RATE) as usize;
    let mut events: Vec<Event> = PHRASE
        .iter()
        .flat_map(|&(begin, length, key, velocity)| {
            // A little apart, so that repeated keys are struck anew.
            note_of(key, velocity, frame(begin), frame(begin + length * 0.96))
        })
        .collect();
    events.sort_by_key(|event| event.frame);
    session.play(&events, frame(19.0), &[512])
}

fn write_wav(path: &Path, sound: &Sound) -> Result {
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: RATE as u32,
        bits_per_sample: 24,
        sample_format: hound::SampleFormat::Int,
    };
    let write = || -> hound::Result<()> {
        let mut writer = hound::WavWriter::create(path, spec)?;
        for (left, right) in sound.left.iter().zip(&sound.right) {
            for sample in [left, right] {
                writer.write_sample((sample.clamp(-1.0, 1.0) * 8_388_607.0) as i32)?;
            }
        }
        writer.finalize()
    };
    write().map_err(|error| format!("{} could not be written: {error}.", path.display()))
}
