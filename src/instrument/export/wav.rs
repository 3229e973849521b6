//! Samples as 24-bit WAV with their root key and loop in a `smpl` chunk.

use std::io::Cursor;

const FULL_SCALE: f32 = 8_388_607.0;

/// The bytes of a WAV file: stereo, 24-bit, `frames` times `gain`, with the loop (first frame and
/// one past the last) that samplers read.
pub(super) fn bytes(
    frames: &[[f32; 2]],
    gain: f32,
    rate: u32,
    root_key: u8,
    loop_frames: Option<(u32, u32)>,
) -> Vec<u8> {
    let mut bytes = wav(frames, gain, rate);
    bytes.extend(sampler_chunk(rate, root_key, loop_frames));
    let riff = (bytes.len() - 8) as u32;
    bytes[4..8].copy_from_slice(&riff.to_le_bytes());
    bytes
}

/// The bytes of a WAV file: stereo, 24-bit, `frames` times `gain` at `rate` frames per second; what
/// is beyond full scale clips. Any thread but audio.
pub fn wav(frames: &[[f32; 2]], gain: f32, rate: u32) -> Vec<u8> {
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: rate,
        bits_per_sample: 24,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = Cursor::new(Vec::with_capacity(frames.len() * 6 + 200));
    let mut writer = hound::WavWriter::new(&mut file, spec).expect("memory takes the header");
    for sample in frames.iter().flatten() {
        let sample = (sample * gain).clamp(-1.0, 1.0) * FULL_SCALE;
        writer
            .write_sample(sample.round() as i32)
            .expect("memory takes 24-bit samples");
    }
    writer.finalize().expect("two channels in every frame");
    file.into_inner()
}

/// The bytes of a WAV file: stereo, 32-bit floats, which nothing clips. Any thread but audio.
pub fn float_wav(frames: &[[f32; 2]], rate: u32) -> Vec<u8> {
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: rate,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut file = Cursor::new(Vec::with_capacity(frames.len() * 8 + 200));
    let mut writer = hound::WavWriter::new(&mut file, spec).expect("memory takes the header");
    for sample in frames.iter().flatten() {
        writer
            .write_sample(*sample)
            .expect("memory takes the samples");
    }
    writer.finalize().expect("two channels in every frame");
    file.into_inner()
}

/// The `smpl` chunk (Multimedia Programming Interface and Data Specifications 1.0).
fn sampler_chunk(rate: u32, root_key: u8, loop_frames: Option<(u32, u32)>) -> Vec<u8> {
    let loops = u32::from(loop_frames.is_some());
    let mut fields: Vec<u32> = vec![
        0,                    // manufacturer
        0,                    // product
        1_000_000_000 / rate, // nanoseconds of a frame
        root_key.into(),
        0, // pitch above that, 2³² a semitone
        0, // SMPTE format
        0, // SMPTE offset
        loops,
        0, // bytes of sampler data
    ];
    if let Some((start, end)) = loop_frames {
        // Name, forward, first and last frame, fraction, for ever.
        fields.extend([0, 0, start, end - 1, 0, 0]);
    }
    let mut chunk = b"smpl".to_vec();
    chunk.extend((fields.len() as u32 * 4).to_le_bytes());
    chunk.extend(fields.iter().flat_map(|field| field.to_le_bytes()));
    chunk
}
