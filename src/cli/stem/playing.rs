//! A part as sound: alone, and with the song.

use std::path::Path;

use super::super::failure::Failure;
use super::super::wav::{Bits, WavFile, decibels};
use super::super::{Context, cancel};
use crate::analysis::Sound;
use crate::instrument::Instrument;
use crate::jobs::offline::{self, Player, Tail};
use crate::music::{PartKind, Song};
use crate::work::part::level;

/// Where nothing says at which rate, Hz.
const RATE: u32 = 48_000;
/// Loudest sample of a file that had to be made softer: −1 dB.
const HIGHEST: f32 = 0.891;

/// A rendered part.
pub struct Played {
    left: Vec<f32>,
    right: Vec<f32>,
    rate: u32,
    /// How much louder than the instrument plays by itself it was made, dB.
    pub gain_db: f64,
}

/// Plays a part from a second of the song on, as loud as fits a song of `loudness`, LUFS.
pub fn play(
    (song, kind): (&Song, PartKind),
    instrument: &Instrument,
    sound: Option<&Sound>,
    (begins, loudness): (f64, Option<f64>),
    context: &Context,
) -> Result<Played, Failure> {
    let progress = context.progress();
    let rate = sound.map_or(RATE, |sound| sound.rate().clamp(22_050, 192_000));
    let mut performance = song.performance(|_| true);
    for timed in &mut performance {
        timed.seconds = (timed.seconds - begins).max(0.0);
    }
    let keys = song.notes().fold(0u128, |keys, note| keys | 1 << note.key);
    let mut player = Player::new(instrument, rate, keys, &cancel::asked, &mut |part| {
        progress.show("Rendering the instrument", part);
    })
    .ok_or_else(Failure::cancelled)?;
    let (mut left, mut right) = (Vec::new(), Vec::new());
    let events = offline::events(&performance, rate);
    player.play(&events, Tail::Silence, &mut |l, r| {
        cancel::check()?;
        left.extend_from_slice(l);
        right.extend_from_slice(r);
        Ok::<(), Failure>(())
    })?;
    let gain_db = level::gain_db(kind, level::of(&left, &right, rate), loudness).unwrap_or(0.0);
    let peak = highest(&left).max(highest(&right));
    // A part alone mustn't clip, whatever the song's loudness asks for.
    let gain = (10f64.powf(gain_db / 20.0) as f32).min(HIGHEST / peak.max(1e-6));
    left.iter_mut().chain(&mut right).for_each(|x| *x *= gain);
    Ok(Played {
        left,
        right,
        rate,
        gain_db: f64::from(gain).log10() * 20.0,
    })
}

impl Played {
    /// Writes it; its peak, dB.
    pub fn write(&self, file: &Path, force: bool) -> Result<Option<f64>, Failure> {
        write((&self.left, &self.right), self.rate, file, force)
    }

    /// Writes it together with the song from that second on; softer where both would clip. Its peak, dB.
    pub fn write_mix(
        &self,
        sound: &Sound,
        begins: f64,
        file: &Path,
        force: bool,
    ) -> Result<Option<f64>, Failure> {
        let song = sound.resampled(self.rate);
        let from = (begins * f64::from(self.rate)).round() as usize;
        let channels = song.channels();
        let both = |side: &[f32], number: usize| -> Vec<f32> {
            let song = channels.get(number).unwrap_or(&channels[0]);
            let song = song.get(from..).unwrap_or_default();
            let at = |samples: &[f32], frame: usize| samples.get(frame).copied().unwrap_or(0.0);
            let frames = 0..song.len().max(side.len());
            frames
                .map(|frame| at(song, frame) + at(side, frame))
                .collect()
        };
        let (mut left, mut right) = (both(&self.left, 0), both(&self.right, 1));
        let peak = highest(&left).max(highest(&right));
        if peak > 1.0 {
            let gain = HIGHEST / peak;
            left.iter_mut().chain(&mut right).for_each(|x| *x *= gain);
        }
        write((&left, &right), self.rate, file, force)
    }
}

fn highest(samples: &[f32]) -> f32 {
    samples.iter().fold(0.0, |peak, x| peak.max(x.abs()))
}

fn write(
    (left, right): (&[f32], &[f32]),
    rate: u32,
    file: &Path,
    force: bool,
) -> Result<Option<f64>, Failure> {
    let mut wav = WavFile::create(file, force, rate, Bits::TwentyFour)?;
    wav.write(left, right)?;
    Ok(decibels(wav.finish()?.peak))
}
