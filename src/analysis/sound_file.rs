//! Sound files: WAV, FLAC, AIFF, MP3 and OGG (Vorbis) into numbers, by symphonia.

use std::path::Path;

use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error as Fault;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;

use super::sound::{Sound, SoundError};
use crate::instrument::open;

/// How much of a file was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All of it.
    Whole,
    /// As many seconds as were asked for; it is longer.
    Beginning,
    /// What could be read of a damaged file.
    Damaged,
}

/// Why a file gives no sound. `Display` is one sentence that names the file and says what to do.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ReadError {
    /// There is none.
    #[error("“{0}” isn't there any more; choose the file again.")]
    Missing(String),
    /// The system doesn't let it be read.
    #[error("“{name}” can't be read ({reason}); check that you may open it.")]
    Unreadable {
        /// The file's name.
        name: String,
        /// The system's words.
        reason: String,
    },
    /// It has no bytes.
    #[error("“{0}” is an empty file; choose one with a sound in it.")]
    Empty(String),
    /// It is something else.
    #[error("“{0}” isn't a sound file that Consort reads; use WAV, FLAC, AIFF, MP3 or OGG Vorbis.")]
    NotAudio(String),
    /// It is a sound file, but broken from the start.
    #[error("“{0}” is damaged and no sound can be read from it; export it again.")]
    Damaged(String),
    /// What it holds is no usable sound.
    #[error("“{name}” can't be used: {reason}")]
    Sound {
        /// The file's name.
        name: String,
        /// What is wrong with the sound.
        reason: SoundError,
    },
}

/// What the user is told of a file that gave [`Extent::Damaged`]. Any thread.
pub fn damage(name: &str) -> String {
    format!("“{name}” is damaged or cut off; what could be read of it was used.")
}

/// Reads the first `longest_seconds` of a sound file. More than two channels: the first two, which
/// are left and right in every common order. Blocks on the disk; any thread but audio.
///
/// # Errors
/// [`ReadError`], one for each kind of bad file. A file damaged further on gives what comes before
/// and between ([`Extent::Damaged`]).
pub fn read(path: &Path, longest_seconds: f64) -> Result<(Sound, Extent), ReadError> {
    let name = path.file_name().unwrap_or(path.as_os_str());
    let name = name.to_string_lossy().into_owned();
    let unreadable = |fault: std::io::Error| match fault.kind() {
        std::io::ErrorKind::NotFound => ReadError::Missing(name.clone()),
        std::io::ErrorKind::IsADirectory | std::io::ErrorKind::Unsupported => {
            ReadError::NotAudio(name.clone())
        }
        _ => ReadError::Unreadable {
            name: name.clone(),
            reason: fault.to_string(),
        },
    };
    let file = open::open(path).map_err(unreadable)?;
    let about = file.metadata().map_err(unreadable)?;
    if about.len() == 0 {
        return Err(ReadError::Empty(name));
    }

    let mut hint = Hint::new();
    if let Some(extension) = path.extension().and_then(|e| e.to_str()) {
        hint.with_extension(extension);
    }
    let stream = MediaSourceStream::new(Box::new(file), Default::default());
    let mut format = symphonia::default::get_probe()
        .probe(
            &hint,
            stream,
            FormatOptions::default(),
            MetadataOptions::default(),
        )
        .map_err(|fault| match fault {
            Fault::Unsupported(_) | Fault::LimitError(_) => ReadError::NotAudio(name.clone()),
            Fault::IoError(fault) if fault.kind() != std::io::ErrorKind::UnexpectedEof => {
                unreadable(fault)
            }
            // The probe found a sound file's mark, but no more.
            _ => ReadError::Damaged(name.clone()),
        })?;
    let Some((track, mut decoder)) = decoder(&*format) else {
        return Err(ReadError::NotAudio(name));
    };
    let mut read = Read::default();
    while read.next(&mut *format, track, &mut *decoder, longest_seconds) {}
    if read.channels.first().is_none_or(Vec::is_empty) {
        return Err(ReadError::Damaged(name));
    }
    let sound =
        Sound::new(read.channels, read.rate).map_err(|reason| ReadError::Sound { name, reason })?;
    Ok((sound, read.extent))
}

fn decoder(format: &dyn FormatReader) -> Option<(u32, Box<dyn AudioDecoder>)> {
    let track = format.default_track(TrackType::Audio)?;
    let parameters = track.codec_params.as_ref()?.audio()?;
    let codecs = symphonia::default::get_codecs();
    let options = AudioDecoderOptions::default();
    let decoder = codecs.make_audio_decoder(parameters, &options).ok()?;
    Some((track.id, decoder))
}

/// What has been read of a file.
struct Read {
    channels: Vec<Vec<f32>>,
    rate: u32,
    extent: Extent,
    packet: Vec<f32>,
}

impl Default for Read {
    fn default() -> Self {
        Self {
            channels: Vec::new(),
            rate: 0,
            extent: Extent::Whole,
            packet: Vec::new(),
        }
    }
}

impl Read {
    /// Reads the next packet; `false` at the end.
    fn next(
        &mut self,
        format: &mut dyn FormatReader,
        track: u32,
        decoder: &mut dyn AudioDecoder,
        longest_seconds: f64,
    ) -> bool {
        let packet = match format.next_packet() {
            Ok(Some(packet)) if packet.track_id != track => return true,
            Ok(Some(packet)) => packet,
            // A second stream in the same file is another sound.
            Ok(None) | Err(Fault::ResetRequired) => return false,
            Err(_) => {
                self.extent = Extent::Damaged;
                return false;
            }
        };
        let Ok(decoded) = decoder.decode(&packet) else {
            self.extent = Extent::Damaged;
            return true;
        };
        let (rate, count) = (decoded.spec().rate(), decoded.num_planes());
        if self.channels.is_empty() {
            self.rate = rate;
            self.channels = vec![Vec::new(); count.min(2)];
        }
        if rate != self.rate || count < self.channels.len() {
            return false;
        }
        self.packet.resize(decoded.samples_interleaved(), 0.0);
        decoded.copy_to_slice_interleaved(&mut self.packet);
        let room = (longest_seconds * f64::from(rate)) as usize;
        for (index, channel) in self.channels.iter_mut().enumerate() {
            let samples = self.packet.iter().skip(index).step_by(count);
            channel.extend(samples.take(room - channel.len()));
        }
        let full = self.channels.first().is_some_and(|c| c.len() >= room);
        if full {
            self.extent = Extent::Beginning;
        }
        !full
    }
}
