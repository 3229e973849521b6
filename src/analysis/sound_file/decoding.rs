//! From coded sound to numbers, by symphonia.

use std::fs::File;
use std::io::ErrorKind;

use symphonia::core::codecs::audio::well_known::*;
use symphonia::core::codecs::audio::{
    AudioCodecId, AudioCodecParameters, AudioDecoder, AudioDecoderOptions,
};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream};
use symphonia::core::meta::MetadataOptions;
use symphonia::core::packet::Packet;
use symphonia::core::units::{Duration, Timestamp};

use super::bare::{Bare, Packets};
use super::chunks::bytes;
use super::{Extent, Fault};

/// Quieter than this, a beginning is nothing yet (−80 dB).
const NOTHING: f32 = 1e-4;

/// How much of a file is wanted.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    pub(super) seconds: f64,
    /// Not counting a long silence at the beginning, which is left out.
    pub(super) sounding: bool,
}

/// What has been decoded of a file.
pub(super) struct Decoded {
    /// The first two channels.
    pub(super) channels: Vec<Vec<f32>>,
    pub(super) rate: u32,
    pub(super) extent: Extent,
}

/// The sound that lies bare in a file.
pub(super) fn bare(file: &mut File, bare: &Bare, wanted: Wanted) -> Result<Decoded, Fault> {
    let options = AudioDecoderOptions::default();
    let decoder = symphonia::default::get_codecs().make_audio_decoder(&bare.parameters(), &options);
    let mut decoder = decoder.map_err(|_| Fault::Damaged)?;
    let mut collected = Collected::new(bare.rate, wanted);
    let mut at = bare.data.start;
    while let Some((packet, next)) = bare.packet(file, at).map_err(Fault::System)? {
        at = next;
        if !collected.add(&mut *decoder, &packet) {
            return Ok(collected.decoded);
        }
    }
    if bare.cut {
        collected.decoded.extent = Extent::Damaged;
    }
    // Without any block it has no samples; one that can't be decoded is something else.
    match collected.is_empty() && at > bare.data.start {
        true => Err(Fault::Damaged),
        false => Ok(collected.decoded),
    }
}

/// The sound in packets whose sizes are known.
pub(super) fn packets(
    file: &mut File,
    packets: &Packets,
    wanted: Wanted,
) -> Result<Decoded, Fault> {
    let options = AudioDecoderOptions::default();
    let mut parameters = AudioCodecParameters::new();
    parameters
        .for_codec(packets.codec)
        .with_sample_rate(packets.rate)
        .with_extra_data(packets.extra.clone());
    let decoder = symphonia::default::get_codecs().make_audio_decoder(&parameters, &options);
    let mut decoder = decoder.map_err(|_| Fault::Damaged)?;
    let mut collected = Collected::new(packets.rate, wanted);
    let (data, cut) = &packets.data;
    let mut at = data.start;
    for size in &packets.sizes {
        let end = at.saturating_add(*size);
        if end > data.end {
            collected.decoded.extent = Extent::Damaged;
            break;
        }
        let bytes = bytes(file, at, *size).map_err(Fault::System)?;
        at = end;
        let packet = Packet::new(0, Timestamp::new(0), Duration::new(0), bytes);
        if !collected.add(&mut *decoder, &packet) {
            return Ok(collected.decoded);
        }
    }
    if *cut {
        collected.decoded.extent = Extent::Damaged;
    }
    match collected.is_empty() {
        true => Err(Fault::Damaged),
        false => Ok(collected.decoded),
    }
}

/// The sound in a file whose kind symphonia finds out.
pub(super) fn packed(
    source: Box<dyn MediaSource>,
    ending: Option<&str>,
    wanted: Wanted,
) -> Result<Decoded, Fault> {
    let mut hint = Hint::new();
    if let Some(ending) = ending {
        hint.with_extension(ending);
    }
    let stream = MediaSourceStream::new(source, Default::default());
    let probe = symphonia::default::get_probe();
    let probed = probe.probe(
        &hint,
        stream,
        FormatOptions::default(),
        MetadataOptions::default(),
    );
    let mut format = probed.map_err(|fault| match fault {
        Error::Unsupported(_) | Error::LimitError(_) => Fault::NotAudio,
        // Past the end, or before the beginning, sizes have led it.
        Error::IoError(fault)
            if !matches!(
                fault.kind(),
                ErrorKind::UnexpectedEof | ErrorKind::InvalidInput
            ) =>
        {
            Fault::System(fault)
        }
        // The probe found a sound file's mark, but no more.
        _ => Fault::Damaged,
    })?;
    let track = format
        .default_track(TrackType::Audio)
        .ok_or(Fault::NotAudio)?;
    let parameters = track.codec_params.as_ref().and_then(|all| all.audio());
    let parameters = parameters.ok_or(Fault::NotAudio)?;
    let codecs = symphonia::default::get_codecs();
    let options = AudioDecoderOptions::default();
    let decoder = codecs.make_audio_decoder(parameters, &options);
    let mut decoder =
        decoder.map_err(|_| name(parameters.codec).map_or(Fault::NotAudio, Fault::Unread))?;
    let track = track.id;
    let mut collected = Collected::new(0, wanted);
    loop {
        match format.next_packet() {
            Ok(Some(packet)) if packet.track_id != track => {}
            Ok(Some(packet)) => {
                if !collected.add(&mut *decoder, &packet) {
                    break;
                }
            }
            // A second stream in the same file is another sound.
            Ok(None) | Err(Error::ResetRequired) => break,
            Err(_) => {
                collected.decoded.extent = Extent::Damaged;
                break;
            }
        }
    }
    match collected.is_empty() {
        true => Err(Fault::Damaged),
        false => Ok(collected.decoded),
    }
}

/// What a codec is called that symphonia knows, but doesn't decode.
fn name(codec: AudioCodecId) -> Option<String> {
    let name = match codec {
        CODEC_ID_OPUS => "Opus",
        CODEC_ID_SPEEX => "Speex",
        CODEC_ID_AC3 | CODEC_ID_EAC3 => "AC-3",
        CODEC_ID_DCA => "DTS",
        CODEC_ID_AAC => "High-Efficiency AAC",
        CODEC_ID_MP2 => "MP2",
        _ => return None,
    };
    Some(format!("{name} sound"))
}

/// What is collected, packet by packet.
struct Collected {
    decoded: Decoded,
    wanted: Wanted,
    packet: Vec<f32>,
}

impl Collected {
    fn new(rate: u32, wanted: Wanted) -> Self {
        let decoded = Decoded {
            channels: Vec::new(),
            rate,
            extent: Extent::Whole,
        };
        Self {
            decoded,
            wanted,
            packet: Vec::new(),
        }
    }

    fn is_empty(&self) -> bool {
        self.decoded.channels.first().is_none_or(Vec::is_empty)
    }

    /// Adds a packet; `false` where no more is wanted.
    fn add(&mut self, decoder: &mut dyn AudioDecoder, packet: &Packet) -> bool {
        let all = &mut self.decoded;
        let Ok(decoded) = decoder.decode(packet) else {
            all.extent = Extent::Damaged;
            return true;
        };
        let (rate, count) = (decoded.spec().rate(), decoded.num_planes());
        if all.channels.is_empty() {
            all.rate = rate;
            all.channels = vec![Vec::new(); count.min(2)];
        }
        if rate != all.rate || count < all.channels.len() {
            return false;
        }
        self.packet.resize(decoded.samples_interleaved(), 0.0);
        decoded.copy_to_slice_interleaved(&mut self.packet);
        let room = (self.wanted.seconds * f64::from(rate)) as usize;
        for (index, channel) in all.channels.iter_mut().enumerate() {
            let samples = self.packet.iter().skip(index).step_by(count);
            channel.extend(samples.take(room - channel.len()));
        }
        let silent = |channel: &Vec<f32>| channel.iter().all(|x| x.abs() < NOTHING);
        let begun = all.channels.first().map_or(0, Vec::len);
        if self.wanted.sounding && begun >= room / 2 {
            if all.channels.iter().all(silent) {
                all.channels.iter_mut().for_each(Vec::clear);
                return true;
            }
            // It has begun: all that follows counts.
            self.wanted.sounding = false;
        }
        let full = all.channels.first().is_some_and(|c| c.len() >= room);
        if full {
            all.extent = Extent::Beginning;
        }
        !full
    }
}
