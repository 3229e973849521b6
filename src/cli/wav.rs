//! Stereo WAV files, written as the sound comes.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use hound::{SampleFormat, WavSpec, WavWriter};

use super::failure::Failure;
use super::output::NewFile;

/// How samples are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Bits {
    /// 16-bit integers.
    #[value(name = "16")]
    Sixteen,
    /// 24-bit integers.
    #[value(name = "24")]
    TwentyFour,
    /// 32-bit floats: nothing clips.
    #[value(name = "32")]
    Float,
}

impl Bits {
    /// Bits of one sample.
    pub fn count(self) -> u16 {
        match self {
            Bits::Sixteen => 16,
            Bits::TwentyFour => 24,
            Bits::Float => 32,
        }
    }
}

/// The most data bytes that the 32-bit sizes of a WAV file hold, less its header.
const MOST_BYTES: u64 = u32::MAX as u64 - 4096;

/// A stereo WAV file in the making.
pub struct WavFile {
    path: PathBuf,
    file: NewFile,
    writer: WavWriter<BufWriter<File>>,
    bits: Bits,
    frames: u64,
    /// Highest absolute sample, before clipping.
    peak: f32,
}

/// What was written.
pub struct Written {
    /// Stereo frames.
    pub frames: u64,
    /// Highest absolute sample, before clipping; full scale is 1.
    pub peak: f32,
    /// Whether integers had to be clipped.
    pub clipped: bool,
}

impl WavFile {
    /// Begins a file at `path`; it appears there with [`WavFile::finish`].
    pub fn create(path: &Path, force: bool, rate: u32, bits: Bits) -> Result<WavFile, Failure> {
        let file = NewFile::create(path, force)?;
        let spec = WavSpec {
            channels: 2,
            sample_rate: rate,
            bits_per_sample: bits.count(),
            sample_format: match bits {
                Bits::Float => SampleFormat::Float,
                _ => SampleFormat::Int,
            },
        };
        let writer = WavWriter::new(BufWriter::new(file.handle()?), spec)
            .map_err(|error| failed(path, error))?;
        Ok(WavFile {
            path: path.to_owned(),
            file,
            writer,
            bits,
            frames: 0,
            peak: 0.0,
        })
    }

    /// Appends frames; both slices have the same length.
    pub fn write(&mut self, left: &[f32], right: &[f32]) -> Result<(), Failure> {
        self.frames += left.len() as u64;
        if self.frames * 2 * u64::from(self.bits.count() / 8) > MOST_BYTES {
            return Err(Failure::file(
                &self.path,
                "would be larger than a WAV file can be (4 GB); render less, or at a lower --rate.",
            ));
        }
        for (&left, &right) in left.iter().zip(right) {
            for sample in [left, right] {
                self.peak = self.peak.max(sample.abs());
                match self.bits {
                    Bits::Sixteen => self.writer.write_sample(integer(sample, 15)),
                    Bits::TwentyFour => self.writer.write_sample(integer(sample, 23)),
                    Bits::Float => self.writer.write_sample(sample),
                }
                .map_err(|error| failed(&self.path, error))?;
            }
        }
        Ok(())
    }

    /// Completes the file and gives it its name.
    pub fn finish(self) -> Result<Written, Failure> {
        self.writer
            .finalize()
            .map_err(|error| failed(&self.path, error))?;
        self.file.commit()?;
        let clipped = self.bits != Bits::Float && self.peak > 1.0;
        Ok(Written {
            frames: self.frames,
            peak: self.peak,
            clipped,
        })
    }
}

/// A sample as an integer with `bits` bits besides the sign.
fn integer(sample: f32, bits: u32) -> i32 {
    let full = f64::from(1u32 << bits);
    (f64::from(sample) * full).round().clamp(-full, full - 1.0) as i32
}

fn failed(path: &Path, error: hound::Error) -> Failure {
    match error {
        hound::Error::IoError(error) => Failure::write(path, &error),
        other => Failure::file(path, format_args!("could not be written ({other}).")),
    }
}

/// Level of a linear amplitude for JSON and people: dB, or `None` for silence.
pub fn decibels(amplitude: f32) -> Option<f64> {
    (amplitude > 0.0).then(|| (f64::from(amplitude).log10() * 200.0).round() / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_rounded_and_clipped() {
        assert_eq!(integer(0.5, 15), 16_384);
        assert_eq!(integer(-1.0, 23), -8_388_608);
        assert_eq!(integer(1.5, 23), 8_388_607);
        assert_eq!(integer(f32::NAN, 23), 0);
    }

    #[test]
    fn what_is_written_reads_back() {
        let folder = tempfile::tempdir().unwrap();
        for bits in [Bits::Sixteen, Bits::TwentyFour, Bits::Float] {
            let path = folder.path().join(format!("{}.wav", bits.count()));
            let mut file = WavFile::create(&path, false, 44_100, bits).unwrap();
            file.write(&[0.0, 0.5], &[-0.25, 1.25]).unwrap();
            let written = file.finish().unwrap();
            assert_eq!((written.frames, written.peak), (2, 1.25));
            assert_eq!(written.clipped, bits != Bits::Float);
            let reader = hound::WavReader::open(&path).unwrap();
            assert_eq!(reader.spec().sample_rate, 44_100);
            assert_eq!(reader.duration(), 2);
        }
    }
}
