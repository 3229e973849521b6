//! The parts of an arrangement as sound: each on an instrument made from its name, and all of them together.

use std::collections::HashMap;
use std::f32::consts::FRAC_PI_4;
use std::path::{Path, PathBuf};

use super::super::failure::Failure;
use super::super::instrument::{Share, make};
use super::super::wav::{Bits, WavFile};
use super::super::{Context, cancel};
use crate::instrument::Instrument;
use crate::jobs::offline::{self, Player, Tail};
use crate::models::{KitWish, Request};
use crate::music::Song;
use crate::orchestra::{ArrangedPart, Arrangement};
use crate::work::part::level;

const RATE: u32 = 48_000;
/// Loudness of a part that is as loud as the others, LUFS.
const PART_LUFS: f64 = -23.0;
/// Highest sample of the mix: −1 dB.
const HIGHEST: f32 = 0.891;

/// Where the sound goes.
pub struct Files<'a> {
    /// The file of a part, by its name.
    pub name: &'a dyn Fn(&str) -> PathBuf,
    pub mix: &'a Path,
    pub force: bool,
}

/// Writes each part and the mix; the parts' files. They have the level that they have in the mix.
pub fn write(
    made: &Arrangement,
    song: &Song,
    files: &Files<'_>,
    seed: u64,
    context: &Context,
) -> Result<Vec<PathBuf>, Failure> {
    let mut instruments: HashMap<String, Instrument> = HashMap::new();
    let mut stems = Vec::new();
    for (number, part) in made.parts.iter().enumerate() {
        let share = |from: f32, size: f32| Share {
            bar: context.progress(),
            before: (number as f32 + from) / made.parts.len() as f32,
            size: size / made.parts.len() as f32,
        };
        let prompt = prompt(part);
        if !instruments.contains_key(&prompt) {
            let request = request(&prompt, part.instrument.is_drums(), seed);
            let instrument = make(&request, &share(0.0, 0.5))?.instrument;
            instruments.insert(prompt.clone(), instrument);
        }
        stems.push(play(part, song, &instruments[&prompt])?);
    }
    let longest = stems.iter().map(Vec::len).max().unwrap_or(0);
    let mut mix = vec![[0.0f32; 2]; longest];
    for frame in &stems {
        for (sum, frame) in mix.iter_mut().zip(frame) {
            *sum = [sum[0] + frame[0], sum[1] + frame[1]];
        }
    }
    let peak = mix
        .iter()
        .flatten()
        .fold(0.0f32, |peak, x| peak.max(x.abs()));
    let gain = (HIGHEST / peak.max(1e-6)).min(8.0);
    let mut paths = Vec::new();
    for (part, frames) in made.parts.iter().zip(&stems) {
        let path = (files.name)(&part.name);
        save(&path, frames, gain, files.force)?;
        paths.push(path);
    }
    save(files.mix, &mix, gain, files.force)?;
    Ok(paths)
}

/// What a part's instrument is made from: "warm violin".
fn prompt(part: &ArrangedPart) -> String {
    let name = match part.instrument.is_drums() {
        true => "drum kit",
        false => &part.instrument.name,
    };
    let mut words: Vec<&str> = part.sound.iter().map(String::as_str).collect();
    words.push(name);
    words.join(" ")
}

fn request(prompt: &str, is_kit: bool, seed: u64) -> Request {
    Request {
        prompt: prompt.to_owned(),
        seed,
        kit: is_kit.then(KitWish::default),
        ..Request::default()
    }
}

/// Plays a part where it sits and as loud as it is to be.
fn play(
    part: &ArrangedPart,
    song: &Song,
    instrument: &Instrument,
) -> Result<Vec<[f32; 2]>, Failure> {
    let performance = song.performance(|channel| channel == part.channel);
    let keys = part
        .tones
        .iter()
        .fold(0u128, |keys, tone| keys | 1 << tone.key);
    let mut player = Player::new(instrument, RATE, keys, &cancel::asked, &mut |_| {})
        .ok_or_else(Failure::cancelled)?;
    let (mut left, mut right) = (Vec::new(), Vec::new());
    let events = offline::events(&performance, RATE);
    player.play(&events, Tail::Silence, &mut |l, r| {
        cancel::check()?;
        left.extend_from_slice(l);
        right.extend_from_slice(r);
        Ok::<(), Failure>(())
    })?;
    let lufs = level::of(&left, &right, RATE);
    let db = lufs.map_or(0.0, |lufs| PART_LUFS - lufs) + f64::from(part.gain_db);
    let gain = 10f64.powf(db / 20.0) as f32;
    // Constant power; √2 so that the middle stays as it is.
    let angle = (part.pan.clamp(-1.0, 1.0) + 1.0) * FRAC_PI_4;
    let sides = [angle.cos(), angle.sin()].map(|side| side * gain * 2f32.sqrt());
    let frames = left.iter().zip(&right);
    Ok(frames.map(|(l, r)| [l * sides[0], r * sides[1]]).collect())
}

fn save(path: &Path, frames: &[[f32; 2]], gain: f32, force: bool) -> Result<(), Failure> {
    let side = |side: usize| {
        frames
            .iter()
            .map(|frame| frame[side] * gain)
            .collect::<Vec<f32>>()
    };
    let mut wav = WavFile::create(path, force, RATE, Bits::TwentyFour)?;
    wav.write(&side(0), &side(1))?;
    wav.finish()?;
    Ok(())
}
