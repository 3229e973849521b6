//! Integrated loudness after ITU-R BS.1770-4, by the crate `ebur128`.

use ebur128::{EbuR128, Mode};

use super::Stopped;
use crate::analysis::Sound;

/// Work between two looks at whether to stop, s.
const PIECE: usize = 2;

/// LUFS; `None` below the gate at −70 or for less than 0.4 s. Takes about 1 ms a second. Any thread
/// but audio.
///
/// # Errors
/// [`Stopped`] when `stop` says so.
pub fn integrated(sound: &Sound, stop: &dyn Fn() -> bool) -> Result<Option<f64>, Stopped> {
    let channels = sound.channels();
    let Ok(mut meter) = EbuR128::new(channels.len() as u32, sound.rate(), Mode::I) else {
        return Ok(None);
    };
    let piece = PIECE * sound.rate() as usize;
    let mut from = 0;
    while from < channels[0].len() {
        if stop() {
            return Err(Stopped);
        }
        let to = (from + piece).min(channels[0].len());
        let planes: Vec<&[f32]> = channels.iter().map(|channel| &channel[from..to]).collect();
        if meter.add_frames_planar_f32(&planes).is_err() {
            return Ok(None);
        }
        from = to;
    }
    Ok(meter.loudness_global().ok().filter(|lufs| lufs.is_finite()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sine_of_full_scale_on_one_channel_has_3_lufs_less() {
        // BS.1770-4, annex 1: 997 Hz at 0 dBFS in one channel reads −3.01.
        let turn = std::f64::consts::TAU * 997.0 / 48_000.0;
        let wave = (0..96_000)
            .map(|i| (turn * f64::from(i)).sin() as f32)
            .collect();
        let sound = Sound::new(vec![wave, vec![0.0; 96_000]], 48_000).unwrap();
        let lufs = integrated(&sound, &|| false).unwrap().unwrap();
        assert!((lufs + 3.01).abs() < 0.05, "{lufs}");
        let short = Sound::new(vec![vec![0.5, -0.5]], 48_000).unwrap();
        assert_eq!(integrated(&short, &|| false), Ok(None));
        assert!(integrated(&sound, &|| true).is_err());
    }
}
