//! Sound that lies bare in a file, in blocks of one size: as numbers, or as ADPCM.

use std::fs::File;
use std::io;
use std::ops::Range;

use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::well_known::*;
use symphonia::core::codecs::audio::{AudioCodecId, AudioCodecParameters};
use symphonia::core::packet::Packet;
use symphonia::core::units::{Duration, Timestamp};

use super::chunks::bytes;

/// So many frames are decoded at once, in whole blocks, but no more than so many bytes.
const FRAMES: u64 = 4_096;
const MOST_BYTES: u64 = 1 << 20;

/// Which bytes of a file are sound, and how they are coded.
#[derive(Clone, Debug)]
pub(super) struct Bare {
    pub(super) coding: Coding,
    pub(super) rate: u32,
    pub(super) channels: u16,
    pub(super) data: Range<u64>,
    /// The file ends before the sound does.
    pub(super) cut: bool,
}

/// Sound in packets of these sizes, one after the other.
#[derive(Clone, Debug)]
pub(super) struct Packets {
    pub(super) codec: AudioCodecId,
    /// What the decoder has to know besides.
    pub(super) extra: Box<[u8]>,
    pub(super) rate: u32,
    pub(super) sizes: Vec<u64>,
    /// Where they lie, and whether the file ends before they do.
    pub(super) data: (Range<u64>, bool),
}

/// How numbers become bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Coding {
    pub(super) codec: AudioCodecId,
    /// Bytes of a block of all channels, and frames in it.
    pub(super) block: u64,
    pub(super) frames: u64,
}

impl Coding {
    /// Whole numbers with a sign, of so many bytes; those of one byte have none in RIFF.
    pub(super) fn integers(width: u64, big_endian: bool, channels: u16) -> Option<Self> {
        let codec = match (width, big_endian) {
            (1, _) => CODEC_ID_PCM_S8,
            (2, false) => CODEC_ID_PCM_S16LE,
            (2, true) => CODEC_ID_PCM_S16BE,
            (3, false) => CODEC_ID_PCM_S24LE,
            (3, true) => CODEC_ID_PCM_S24BE,
            (4, false) => CODEC_ID_PCM_S32LE,
            (4, true) => CODEC_ID_PCM_S32BE,
            _ => return None,
        };
        Some(Self::single(codec, width, channels))
    }

    /// Floating-point numbers.
    pub(super) fn floats(width: u64, big_endian: bool, channels: u16) -> Option<Self> {
        let codec = match (width, big_endian) {
            (4, false) => CODEC_ID_PCM_F32LE,
            (4, true) => CODEC_ID_PCM_F32BE,
            (8, false) => CODEC_ID_PCM_F64LE,
            (8, true) => CODEC_ID_PCM_F64BE,
            _ => return None,
        };
        Some(Self::single(codec, width, channels))
    }

    /// A codec that takes so many bytes for each sample.
    pub(super) fn single(codec: AudioCodecId, width: u64, channels: u16) -> Self {
        Self {
            codec,
            block: width * u64::from(channels),
            frames: 1,
        }
    }

    /// Microsoft's ADPCM, IMA's as in WAV files, or as in QuickTime's, 4 bits a sample; one or two channels.
    pub(super) fn adpcm(codec: AudioCodecId, block: u64, channels: u16) -> Option<Self> {
        let channels = u64::from(channels);
        // What the block's head holds of each channel, and how many frames those bytes are.
        let (head, first) = match codec {
            CODEC_ID_ADPCM_MS => (7, 2),
            CODEC_ID_ADPCM_IMA_WAV => (4, 1),
            _ => (2, 0),
        };
        let body = block.checked_sub(head * channels)?;
        let frames = first + (2 * body).checked_div(channels)?;
        (channels <= 2 && frames > first).then_some(Self {
            codec,
            block,
            frames,
        })
    }
}

impl Bare {
    pub(super) fn parameters(&self) -> AudioCodecParameters {
        let mut parameters = AudioCodecParameters::new();
        parameters
            .for_codec(self.coding.codec)
            .with_sample_rate(self.rate)
            .with_channels(Channels::Discrete(self.channels))
            .with_frames_per_block(self.coding.frames)
            .with_max_frames_per_packet(self.blocks() * self.coding.frames);
        parameters
    }

    /// The next packet from a place on, and where the one after it begins; none at the end.
    pub(super) fn packet(&self, file: &mut File, at: u64) -> io::Result<Option<(Packet, u64)>> {
        let Coding { block, frames, .. } = self.coding;
        let blocks = (self.data.end.saturating_sub(at) / block).min(self.blocks());
        let data = bytes(file, at, blocks * block)?;
        // The file may have become shorter meanwhile.
        let blocks = data.len() as u64 / block;
        let length = Duration::new(blocks * frames);
        let packet = Packet::new(0, Timestamp::new(0), length, data);
        Ok((blocks > 0).then_some((packet, at + blocks * block)))
    }

    fn blocks(&self) -> u64 {
        let Coding { block, frames, .. } = self.coding;
        (FRAMES / frames).min(MOST_BYTES / block).max(1)
    }
}
