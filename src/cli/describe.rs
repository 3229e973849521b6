//! `consort describe`: what a song is like, in a sentence and in fields.

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use serde_json::json;

use super::failure::Failure;
use super::hearing::{failed, hear};
use super::{Context, cancel, input};
use crate::analysis::Sound;
use crate::analysis::song::corrections::TEMPI;
use crate::analysis::song::description::TagHeard;
use crate::analysis::song::{self, Corrections, SongDescription, SongError, sections};
use crate::models::{Models, song_tags};
use crate::music::{Key, Metre};
use crate::work::hear::HeardSong;

/// Describe a song: tempo, metre, key, chords, swing, density, loudness.
///
/// Of files longer than ten minutes the first ten are used. What isn't clear is left out.
#[derive(Args)]
#[command(after_help = "Examples:
  consort describe song.wav
  consort describe song.flac --json
  consort describe song.mp3 --fast
  consort describe song.wav --tempo 76 --metre 6/8 --key \"F minor\"")]
pub struct Arguments {
    /// A sound file: WAV, FLAC, AIFF, MP3 or OGG Vorbis.
    song: PathBuf,
    /// Without the transcription model, which makes key and chords surer: four times as fast.
    #[arg(long)]
    fast: bool,
    #[command(flatten)]
    told: Told,
    /// The numbers that its tags are told by, into the JSON: for training.
    #[arg(long, hide = true)]
    features: bool,
}

/// What is known of the song; all else follows it.
#[derive(Args)]
pub struct Told {
    /// Its key, such as "F minor".
    #[arg(long, value_name = "KEY")]
    key: Option<Key>,
    /// Its tempo, felt beats a minute.
    #[arg(long, value_name = "BPM", value_parser = bpm)]
    tempo: Option<f64>,
    /// Its metre, such as 6/8.
    #[arg(long, value_name = "METRE")]
    metre: Option<Metre>,
    /// Its bars begin so many beats later than heard; earlier if negative.
    #[arg(long, value_name = "BEATS", allow_negative_numbers = true, default_value_t = 0, value_parser = clap::value_parser!(i32).range(-16..=16))]
    downbeat: i32,
    /// The first bars of its sections, such as 1,9,17.
    #[arg(long, value_name = "BARS", value_delimiter = ',', value_parser = clap::value_parser!(u32).range(1..=100_000))]
    sections: Option<Vec<u32>>,
}

impl Told {
    /// As the analysis takes it.
    pub fn corrections(&self) -> Corrections {
        Corrections {
            key: self.key,
            tempo: self.tempo,
            metre: self.metre,
            downbeat: self.downbeat,
            sections: self.sections.as_ref().map(|bars| {
                let bars = bars.iter();
                bars.map(|bar| *bar as usize - 1).collect()
            }),
            ..Corrections::default()
        }
    }
}

fn bpm(text: &str) -> Result<f64, String> {
    let bpm = text.parse().ok().filter(|bpm| TEMPI.contains(bpm));
    bpm.ok_or_else(|| "use a number of beats a minute from 20 to 400".to_owned())
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Failure> {
    let progress = context.progress();
    progress.show("Reading the song", 0.1);
    let sound = input::sound(&arguments.song, song::LONGEST, context)?;
    cancel::check()?;
    let begun = Instant::now();
    let told = arguments.told.corrections();
    let (mut features, file) = (None, &arguments.song);
    let description = if arguments.fast {
        fast(file, &sound, &told)?
    } else {
        let heard = hear((file, &sound), &told, &progress, context)?;
        cancel::check()?;
        if let Some(error) = &heard.no_tags {
            context.remark(&format!("Genre and instruments aren't told. {error}"));
        }
        if arguments.features && heard.no_notes.is_none() {
            features = self::features(&sound, &heard)?;
        }
        heard.description
    };
    let seconds = begun.elapsed().as_secs_f64();
    drop(progress);
    let mut result = json!({
        "song": arguments.song.display().to_string(),
        "seconds_describing": seconds,
        "description": description,
        "told": told,
    });
    if let Some(features) = features {
        result["features"] = json!(features);
    }
    context.result(&result, &lines(&description))
}

/// What can be told without models.
fn fast(file: &Path, sound: &Sound, told: &Corrections) -> Result<SongDescription, Failure> {
    song::describe(sound, None, None, told, &cancel::asked).map_err(|error| match error {
        SongError::Stopped(_) => Failure::cancelled(),
        SongError::Sound(error) => Failure::content(file, error),
    })
}

/// The numbers that tags are told by.
fn features(sound: &Sound, heard: &HeardSong) -> Result<Option<Vec<f32>>, Failure> {
    let (song, notes, strokes) = (&heard.description, &heard.notes, &heard.strokes);
    let mut models = Models::of("sound_encoder").map_err(failed)?;
    let encoder = models.sound().map_err(failed)?;
    song_tags::features(encoder, sound, song, notes, strokes).map_err(failed)
}

/// The sentence, then a line for each thing that is known.
fn lines(song: &SongDescription) -> String {
    let mut lines = vec![song.sentence.clone(), String::new()];
    let mut line = |name: &str, value: String| lines.push(format!("{name:<10} {value}"));
    let percent = |part: f64| format!("{:.0} %", part * 100.0);
    let minutes = |at: f64| format!("{}:{:04.1}", (at / 60.0) as u32, at % 60.0);
    line("length", format!("{} min", minutes(song.seconds)));
    if let Some(tempo) = &song.tempo {
        let [slowest, fastest] = tempo.range;
        let mut value = format!("{:.1} bpm ({})", tempo.bpm, percent(tempo.confidence));
        if fastest / slowest > 1.04 {
            value += &format!(", from {slowest:.0} to {fastest:.0}");
        }
        let others = tempo
            .alternatives
            .iter()
            .filter(|other| other.confidence >= 0.05);
        let mut others: Vec<String> = others
            .map(|other| format!("{:.0} ({})", other.bpm, percent(other.confidence)))
            .collect();
        for (what, bpm) in [("half", 0.5 * tempo.bpm), ("double", 2.0 * tempo.bpm)] {
            let known = tempo.alternatives.iter();
            let told = known.filter(|other| other.confidence >= 0.05);
            let told = told.filter(|other| (other.bpm / bpm - 1.0).abs() < 0.04);
            if TEMPI.contains(&bpm) && told.count() == 0 {
                others.push(format!("{what}, --tempo {bpm:.1}"));
            }
        }
        if !others.is_empty() {
            value += &format!("; or {}", others.join(", "));
        }
        line("tempo", value);
    }
    if let Some(metre) = &song.metre {
        line(
            "metre",
            format!("{} ({})", metre.name, percent(metre.confidence)),
        );
        if let Some(first) = song.downbeats.first() {
            line(
                "bars",
                format!(
                    "{}, the first at {} min",
                    song.downbeats.len(),
                    minutes(*first)
                ),
            );
        }
    }
    if !song.sections.is_empty() {
        line("sections", sections::written(&song.sections));
    }
    if let Some(key) = &song.key {
        let mut value = format!("{} ({})", key.name, percent(key.confidence));
        let others = key
            .alternatives
            .iter()
            .filter(|other| other.confidence >= 0.05);
        let others: Vec<String> = others
            .map(|other| format!("{} ({})", other.name, percent(other.confidence)))
            .collect();
        if !others.is_empty() {
            value += &format!("; or {}", others.join(", "));
        }
        let changes = song.key_changes.iter().skip(1);
        for (at, key) in changes {
            value += &format!("; from {} min in {key}", minutes(*at));
        }
        line("key", value);
    }
    let tags = |tags: &[TagHeard]| {
        let names = tags.iter();
        let names = names.map(|tag| format!("{} ({})", tag.name, percent(tag.confidence)));
        names.collect::<Vec<_>>().join(", ")
    };
    if !song.tags.genres.is_empty() {
        line("genre", tags(&song.tags.genres));
    }
    if !song.tags.instruments.is_empty() {
        line("played by", tags(&song.tags.instruments));
    }
    if let Some(mood) = &song.mood {
        line(
            "mood",
            format!(
                "{} (valence {:+.1}, arousal {:+.1})",
                mood.name, mood.valence, mood.arousal
            ),
        );
    }
    if !song.chords.is_empty() {
        let first = song
            .chords
            .iter()
            .take(CHORDS_SHOWN)
            .map(|chord| chord.name.as_str());
        let mut value = first.collect::<Vec<_>>().join(" | ");
        if song.chords.len() > CHORDS_SHOWN {
            value += " | …";
        }
        line("chords", value);
    }
    if let Some(swing) = song.swing {
        line(
            "swing",
            format!("{:.2} : 1 ({})", swing.ratio, percent(swing.confidence)),
        );
    }
    if let Some(density) = song.density {
        line("density", format!("{density:.1} onsets a beat"));
    }
    if let Some(register) = song.register {
        let name = crate::music::key_name;
        line(
            "register",
            format!(
                "around {}, from {} to {}",
                name(register.median),
                name(register.lowest),
                name(register.highest)
            ),
        );
    }
    if let Some(cents) = song.tuning_cents.filter(|cents| cents.abs() >= 5.0) {
        line("tuning", format!("{cents:+.0} cents"));
    }
    if let Some(lufs) = song.loudness_lufs {
        line("loudness", format!("{lufs:.1} LUFS"));
    }
    line("energy", format!("{:.2} of 1", song.energy));
    lines.join("\n")
}

/// Chords on the line for people.
const CHORDS_SHOWN: usize = 16;
