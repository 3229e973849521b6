//! A part as sound: alone, and with the song.

use std::path::Path;

use super::super::failure::Failure;
use super::super::wav::{Bits, WavFile, decibels};
use super::super::{Context, cancel};
use super::mixing;
use crate::analysis::Sound;
use crate::instrument::Instrument;
use crate::jobs::offline::{self, Player, Tail};
use crate::music::{PartKind, Song};
use crate::work::part::level;

/// Where nothing says at which rate, Hz.
const RATE: u32 = 48_000;
/// Loudest sample of a part that no song says a level for: −1 dB.
const HIGHEST: f32 = 0.891;

/// The song that a part is played to, where it is a sound: from a second of it on, and until another.
#[derive(Clone, Copy)]
pub struct Beside<'a> {
    pub sound: Option<&'a Sound>,
    pub begins: f64,
    pub ends: Option<f64>,
}

/// A rendered part.
pub struct Played {
    left: Vec<f32>,
    right: Vec<f32>,
    rate: u32,
    /// How much louder than the instrument plays by itself it was made, dB.
    pub gain_db: f64,
    /// How far it lies under the song, LU, where both can be heard.
    pub under_lu: Option<f64>,
}

/// Plays a part, as loud as its words and the song want it.
pub fn play(
    (song, kind, words): (&Song, PartKind, &str),
    instrument: &Instrument,
    beside: Beside<'_>,
    context: &Context,
) -> Result<Played, Failure> {
    let progress = context.progress();
    let sound = beside.sound;
    let rate = sound.map_or(RATE, |sound| sound.rate().clamp(22_050, 192_000));
    let mut performance = song.performance(|_| true);
    for timed in &mut performance {
        timed.seconds = (timed.seconds - beside.begins).max(0.0);
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
    let (lufs, loudness) = (level::of(&left, &right, rate), beside.loudness());
    let gain_db = level::gain_db(level::under(kind, words), lufs, loudness);
    // Nothing says how loud: then it clips nowhere.
    let peak = highest(&left).max(highest(&right));
    let gain = gain_db.map_or((HIGHEST / peak.max(1e-6)).min(1.0), |db| {
        10f64.powf(db / 20.0) as f32
    });
    left.iter_mut().chain(&mut right).for_each(|x| *x *= gain);
    let gain_db = f64::from(gain).log10() * 20.0;
    Ok(Played {
        left,
        right,
        rate,
        gain_db,
        under_lu: loudness.zip(lufs).map(|(song, part)| song - part - gain_db),
    })
}

impl Beside<'_> {
    /// LUFS of that stretch of the song; nothing for silence, or notes.
    fn loudness(&self) -> Option<f64> {
        let sound = self.sound?;
        let rate = f64::from(sound.rate());
        let frames = sound.channels()[0].len();
        let at = |seconds: f64| ((seconds * rate).round().max(0.0) as usize).min(frames);
        let (from, to) = (at(self.begins), self.ends.map_or(frames, at));
        let side = |side: usize| &sound.channels()[side.min(sound.channels().len() - 1)];
        let stretch = |number: usize| &side(number)[from..to.max(from)];
        level::of(stretch(0), stretch(1), sound.rate())
    }
}

impl Played {
    /// Writes it, in floats, for beside a loud song it may go beyond full scale; its peak, dB.
    pub fn write(&self, file: &Path, force: bool) -> Result<Option<f64>, Failure> {
        let mut wav = WavFile::create(file, force, self.rate, Bits::Float)?;
        wav.write(&self.left, &self.right)?;
        Ok(decibels(wav.finish()?.peak))
    }

    /// Writes it together with the song from that second on, the sum limited; how that came out.
    pub fn write_mix(
        &self,
        (sound, begins): (&Sound, f64),
        song_db: Option<f64>,
        file: &Path,
        force: bool,
    ) -> Result<mixing::Mixed, Failure> {
        let song = sound.resampled(self.rate);
        let from = (begins * f64::from(self.rate)).round() as usize;
        let channels = song.channels();
        let side = |number: usize| {
            let side = channels.get(number).unwrap_or(&channels[0]);
            side.get(from..).unwrap_or_default()
        };
        let part = [&*self.left, &*self.right];
        let mixed = mixing::mixed([side(0), side(1)], part, self.rate, song_db);
        cancel::check()?;
        let mut wav = WavFile::create(file, force, self.rate, Bits::TwentyFour)?;
        wav.write(&mixed.left, &mixed.right)?;
        wav.finish()?;
        Ok(mixed)
    }
}

fn highest(samples: &[f32]) -> f32 {
    samples.iter().fold(0.0, |peak, x| peak.max(x.abs()))
}
