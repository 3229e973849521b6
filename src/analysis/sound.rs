//! A stretch of sound as numbers, and on its way to the analysis: one channel at one rate.

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler, WindowFunction};

use super::spectrum::{RATE, SAMPLE_RATE};

/// The lowest and highest rate that is taken, Hz.
const RATES: std::ops::RangeInclusive<u32> = 4_000..=768_000;
/// Quieter than this at its loudest sample is silence (−100 dB).
const SILENT: f32 = 1e-5;
/// When the mean of two channels has less than this of their power, they cancel out.
const CANCELS: f64 = 0.1;
/// Frames that the resampler takes at once: long filters, flat to 15.7 kHz.
const CHUNK: usize = 8192;
/// Corner of the filter that takes away direct current and rumble, Hz.
const LOWEST_HZ: f64 = 20.0;

/// Why numbers are no usable sound. `Display` is one sentence that says what to do.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum SoundError {
    /// A sample is not a number, or infinite.
    #[error("it contains values that are not numbers; export it again.")]
    NotFinite,
    /// Nothing can be heard.
    #[error("it is silent; choose a sound that can be heard.")]
    Silent,
    /// No sample at all.
    #[error("it has no samples; choose a longer sound.")]
    Empty,
    /// A rate that no sound has.
    #[error("its sample rate of {0} Hz is out of range; use 4 to 768 kHz.")]
    Rate(u32),
}

/// One or two channels of sound: finite, not silent.
#[derive(Clone, Debug, PartialEq)]
pub struct Sound {
    channels: Vec<Vec<f32>>,
    rate: u32,
}

impl Sound {
    /// A sound of one channel or of a left and a right one (more are left out), full scale ±1, at
    /// `rate` Hz. Any thread but audio.
    ///
    /// # Errors
    /// [`SoundError`].
    pub fn new(mut channels: Vec<Vec<f32>>, rate: u32) -> Result<Self, SoundError> {
        channels.truncate(2);
        let length = channels.iter().map(Vec::len).min().unwrap_or(0);
        if length == 0 {
            return Err(SoundError::Empty);
        }
        if !RATES.contains(&rate) {
            return Err(SoundError::Rate(rate));
        }
        let mut peak = 0.0f32;
        for channel in &mut channels {
            channel.truncate(length);
            if !channel.iter().all(|x| x.is_finite()) {
                return Err(SoundError::NotFinite);
            }
            peak = channel.iter().fold(peak, |peak, x| peak.max(x.abs()));
        }
        if peak < SILENT {
            return Err(SoundError::Silent);
        }
        // A file of floats may say anything; beyond this, sums of squares lose their meaning.
        if peak > 1e6 {
            let scale = 1.0 / peak;
            channels.iter_mut().flatten().for_each(|x| *x *= scale);
        }
        Ok(Self { channels, rate })
    }

    /// Samples of each channel, one or two, equally long. Any thread but audio.
    pub fn channels(&self) -> &[Vec<f32>] {
        &self.channels
    }

    /// Samples per second. Any thread but audio.
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// Its length. Any thread but audio.
    pub fn seconds(&self) -> f64 {
        self.channels[0].len() as f64 / f64::from(self.rate)
    }

    /// A WAV file of it, with 32-bit floats: nothing clips. Any thread but audio.
    pub fn to_wav(&self) -> Vec<u8> {
        let spec = hound::WavSpec {
            channels: self.channels.len() as u16,
            sample_rate: self.rate,
            bits_per_sample: 32,
            sample_format: hound::SampleFormat::Float,
        };
        let mut file = std::io::Cursor::new(Vec::new());
        let mut writer = hound::WavWriter::new(&mut file, spec).expect("memory takes the header");
        for frame in 0..self.channels[0].len() {
            for channel in &self.channels {
                let sample = writer.write_sample(channel[frame]);
                sample.expect("memory takes samples");
            }
        }
        writer.finalize().expect("every frame is whole");
        file.into_inner()
    }

    /// One channel at [`SAMPLE_RATE`] without direct current and rumble (below 20 Hz), as the
    /// analysis wants it: the mean of two channels, or the louder one where they cancel out. Takes
    /// some 5 ms a second. Any thread but audio.
    pub fn for_analysis(&self) -> Vec<f32> {
        let mut mono = self.mono_at(SAMPLE_RATE);
        high_pass(&mut mono);
        mono
    }

    /// One channel at `rate` Hz, 4,000..=768,000: the mean of two channels, or the louder one where
    /// they cancel out. Any thread but audio.
    pub fn mono_at(&self, rate: u32) -> Vec<f32> {
        resample(self.mono(), self.rate, rate)
    }

    /// All its channels at `rate` Hz, 4,000..=768,000. Any thread but audio.
    #[must_use]
    pub fn resampled(&self, rate: u32) -> Self {
        let channels = self.channels.iter();
        Self {
            channels: channels
                .map(|channel| resample(channel.clone(), self.rate, rate))
                .collect(),
            rate,
        }
    }

    fn mono(&self) -> Vec<f32> {
        let [left, right] = self.channels.as_slice() else {
            return self.channels[0].clone();
        };
        let power =
            |channel: &[f32]| -> f64 { channel.iter().map(|&x| f64::from(x) * f64::from(x)).sum() };
        let both = left.iter().zip(right);
        let mean: Vec<f32> = both.map(|(l, r)| 0.5 * (l + r)).collect();
        let (l, r) = (power(left), power(right));
        if power(&mean) >= CANCELS * 0.5 * (l + r) {
            mean
        } else if l >= r {
            left.clone()
        } else {
            right.clone()
        }
    }
}

fn resample(sound: Vec<f32>, from: u32, to: u32) -> Vec<f32> {
    if from == to {
        return sound;
    }
    let frames = sound.len();
    let resampler = Fft::<f32>::new_custom(
        from as usize,
        to as usize,
        CHUNK,
        1,
        1,
        WindowFunction::BlackmanHarris2,
        FixedSync::Both,
    );
    let mut resampler = resampler.expect("rates and sizes above zero");
    let input = InterleavedSlice::new(&sound, 1, frames).expect("as long as it says");
    let output = resampler.process_all(&input, frames, None);
    output
        .expect("buffers of the resampler's own size")
        .take_data()
}

/// A fourth-order Butterworth high pass at [`LOWEST_HZ`], as two sections.
fn high_pass(sound: &mut [f32]) {
    for pole in [1.0, 3.0] {
        let damping = (pole * std::f64::consts::PI / 8.0).sin();
        let turn = std::f64::consts::TAU * LOWEST_HZ / RATE;
        let (alpha, cosine) = (turn.sin() * damping, turn.cos());
        let scale = 1.0 / (1.0 + alpha);
        let b = 0.5 * (1.0 + cosine) * scale;
        let (a1, a2) = (-2.0 * cosine * scale, (1.0 - alpha) * scale);
        let (mut s1, mut s2) = (0.0f64, 0.0f64);
        for x in sound.iter_mut() {
            let input = f64::from(*x);
            let output = b * input + s1;
            s1 = -2.0 * b * input - a1 * output + s2;
            s2 = b * input - a2 * output;
            *x = output as f32;
        }
    }
}
