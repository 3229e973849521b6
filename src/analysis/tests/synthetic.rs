//! Sounds of known content.

use std::f64::consts::TAU;

/// White noise within ±1: the generator of `training/golden/analysis.py`.
pub fn white() -> impl Iterator<Item = f64> {
    let mut x = 1u32;
    std::iter::repeat_with(move || {
        x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(x) / 2f64.powi(31) - 1.0
    })
}

/// Frequency of a MIDI key, Hz.
pub fn hertz(key: f64) -> f64 {
    440.0 * ((key - 69.0) / 12.0).exp2()
}

/// A tone of partials (multiple, amplitude) below `top` Hz that fades by exp(−decay t).
pub fn tone(f0: f64, partials: &[(f64, f64)], decay: f64, seconds: f64, rate: u32) -> Vec<f32> {
    let top = f64::from(rate) * 0.48;
    (0..(seconds * f64::from(rate)) as usize)
        .map(|i| {
            let t = i as f64 / f64::from(rate);
            let audible = partials.iter().filter(|p| p.0 * f0 < top.min(15_400.0));
            let sum: f64 = audible
                .map(|p| p.1 * (TAU * p.0 * f0 * t + p.0).sin())
                .sum();
            (sum * (-decay * t).exp()) as f32
        })
        .collect()
}

/// Harmonics of a saw.
pub fn saw(count: u32) -> Vec<(f64, f64)> {
    (1..=count)
        .map(|h| (f64::from(h), 0.3 / f64::from(h)))
        .collect()
}

/// Lets a note at 32 kHz go at `at` seconds, fading by exp(−rate t).
pub fn let_go(sound: &mut [f32], at: f64, rate: f64) {
    for (i, x) in sound.iter_mut().enumerate() {
        let after = i as f64 / 32_000.0 - at;
        if after > 0.0 {
            *x *= (-rate * after).exp() as f32;
        }
    }
}
