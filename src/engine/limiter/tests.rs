//! True peaks as `ebur128` measures them, of hard material; and that nothing else is touched.

use super::*;
use ebur128::{EbuR128, Mode};

const RATES: [u32; 4] = [44_100, 48_000, 96_000, 192_000];

/// Numbers from −1 to 1 that look random (xorshift).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }
}

/// Linear; with silence behind, for the meter's own delay.
fn true_peak(left: &[f32], right: &[f32], rate: u32) -> f32 {
    let mut meter = EbuR128::new(2, rate, Mode::TRUE_PEAK).unwrap();
    meter.add_frames_planar_f32(&[left, right]).unwrap();
    let silence = [0.0; 64];
    meter.add_frames_planar_f32(&[&silence, &silence]).unwrap();
    let side = |side| meter.true_peak(side).unwrap() as f32;
    side(0).max(side(1))
}

fn db(peak: f32) -> f32 {
    20.0 * peak.max(1e-9).log10()
}

fn limited(rate: u32, left: &[f32], right: &[f32], sizes: &[usize]) -> [Vec<f32>; 2] {
    let mut limiter = Limiter::default();
    limiter.prepare(rate as f32);
    let mut out = [left.to_vec(), right.to_vec()];
    let (mut at, mut sizes) = (0, sizes.iter().cycle());
    while at < left.len() {
        let to = (at + sizes.next().unwrap()).min(left.len());
        let [left, right] = &mut out;
        limiter.limit(&mut left[at..to], &mut right[at..to], true);
        at = to;
    }
    out
}

/// Half a second that fades out at its end: an end that is cut off is nobody's to mend.
fn sound(rate: u32, sample: impl FnMut(usize) -> f32) -> Vec<f32> {
    let frames = rate as usize / 2;
    let mut sound: Vec<f32> = (0..frames).map(sample).collect();
    for (i, x) in sound.iter_mut().rev().take(rate as usize / 20).enumerate() {
        *x *= i as f32 / (rate as f32 / 20.0);
    }
    sound
}

fn sine(rate: u32, hertz: f32, level: f32, rise_s: f32) -> Vec<f32> {
    let turn = std::f64::consts::TAU * f64::from(hertz) / f64::from(rate);
    sound(rate, |i| {
        let rise = (i as f32 / (rise_s * rate as f32)).min(1.0);
        level * rise * (turn * i as f64 + std::f64::consts::FRAC_PI_4).sin() as f32
    })
}

/// A kit of a kick, a snare and hats, whose hits follow each other.
fn kit(rate: u32, level: f32, dice: &mut Dice) -> Vec<f32> {
    let hit = rate as usize / 12;
    sound(rate, |i| {
        let (which, t) = (i / hit, (i % hit) as f32 / rate as f32);
        let kick = (std::f32::consts::TAU * (50.0 * t + 4.0 * (1.0 - (-t / 0.02).exp()))).cos();
        let hiss = dice.next();
        level
            * match which % 3 {
                0 => kick * (-t / 0.08).exp() + 0.3 * hiss * (-t / 0.002).exp(),
                1 => hiss * (-t / 0.02).exp(),
                _ => 0.5 * hiss * (-t / 0.006).exp(),
            }
    })
}

/// What comes with a name, and the dB over −1 dBTP that it may come to: at an onset that is as steep as can
/// be, the first peak between samples is whole only when they have left.
fn material(rate: u32) -> Vec<(String, Vec<f32>, f32)> {
    let mut dice = Dice(88_172_645_463_325_252);
    let mut all = Vec::new();
    let quarter = rate as f32 / 4.0;
    for level in [0.9, 1.0, 1.2, 2.0, 4.0, 8.0] {
        for hertz in [
            50.0,
            997.0,
            5_003.0,
            quarter - 1.0,
            quarter,
            quarter + 1.0,
            15_000.0,
        ] {
            let swell = sine(rate, hertz, level, 0.1);
            all.push((format!("sine {hertz} × {level}, in 100 ms"), swell, 0.35));
            let steep = sine(rate, hertz, level, 1e-9);
            all.push((format!("sine {hertz} × {level}, at once"), steep, 1.1));
        }
        for hertz in [100.0, 997.0, 5_003.0] {
            let square = sound(rate, |i| {
                let high = (i as f32 * hertz / rate as f32).fract() < 0.5;
                if high { level } else { -level }
            });
            all.push((format!("square {hertz} × {level}"), square, 0.25));
        }
        let clicks = sound(rate, |i| {
            let (which, at) = (i / 1_037, i % 1_037);
            let sign = if which % 3 == 0 && at % 2 == 1 {
                -1.0
            } else {
                1.0
            };
            if at > which % 5 { 0.0 } else { level * sign }
        });
        all.push((format!("clicks × {level}"), clicks, 0.25));
        all.push((format!("kit × {level}"), kit(rate, level, &mut dice), 0.6));
        let noise = sound(rate, |_| level * dice.next());
        all.push((format!("noise × {level}"), noise, 0.6));
    }
    all
}

#[test]
fn true_peaks_stay_at_the_ceiling() {
    for rate in RATES {
        // At 96 kHz that meter has another filter, which differs over the upper half of the spectrum: for
        // white noise up to 48 kHz, that is.
        let more = if rate == 96_000 { 0.6 } else { 0.0 };
        let mut worst: Vec<(&str, f32, String)> = Vec::new();
        for (name, sound, over) in material(rate) {
            let [left, right] = limited(rate, &sound, &sound, &[512]);
            let peak = db(true_peak(&left, &right, rate));
            assert!(
                peak <= -1.0 + over + more,
                "{name} at {rate} Hz: {peak} dBTP"
            );
            assert!(
                peak > -5.5 || db(true_peak(&sound, &sound, rate)) < -1.0,
                "{name}: {peak} dBTP"
            );
            let kind = ["at once", "in 100 ms", "square", "clicks", "kit", "noise"];
            let kind = kind.into_iter().find(|kind| name.contains(kind)).unwrap();
            match worst.iter_mut().find(|(of, ..)| *of == kind) {
                Some(worst) if worst.1 >= peak => {}
                Some(worst) => *worst = (kind, peak, name),
                None => worst.push((kind, peak, name)),
            }
        }
        for (_, peak, name) in worst {
            println!("{rate} Hz: {peak:.2} dBTP: {name}");
        }
    }
}

/// The worst there is: few loud samples out of silence, each below the ceiling.
#[test]
fn what_cannot_be_foreseen_is_small_and_short() {
    let mut worst = (0.0, 0.0, String::new());
    for level in [0.65, 0.7, 0.75, 0.8, 0.82, 0.84, 0.86, 0.88] {
        for signs in [
            &[1.0][..],
            &[1.0, 1.0],
            &[1.0, 1.0, 1.0],
            &[1.0, 1.0, -1.0, -1.0],
            &[1.0, -1.0],
        ] {
            let mut sound = vec![0.0; 4_800];
            let clicks = sound[100..].iter_mut().zip(signs);
            clicks.for_each(|(x, sign)| *x = level * sign);
            let [left, right] = limited(48_000, &sound, &sound, &[64]);
            let before = db(true_peak(&sound, &sound, 48_000));
            let after = db(true_peak(&left, &right, 48_000));
            assert!(
                after <= before + 1e-3 && after < 1.0,
                "{after} dBTP of {before}"
            );
            if worst.2.is_empty() || after > worst.0 {
                worst = (after, before, format!("{signs:?} × {level}"));
            }
        }
    }
    println!("{:.2} dBTP, {:.2} without: {}", worst.0, worst.1, worst.2);
}

#[test]
fn what_is_below_the_ceiling_leaves_as_it_came() {
    let mut dice = Dice(7);
    let mut frames = 0;
    for case in 0..400 {
        // From white noise to rumble, of clicks to dense.
        let (soft, dense) = ((case % 10) as f32 / 10.0, 0.02 + (case % 7) as f32 / 6.0);
        let mut low = 0.0;
        let mut sound: Vec<f32> = (0..4_000)
            .map(|_| {
                let x = if dice.next().abs() < dense {
                    dice.next()
                } else {
                    0.0
                };
                low += (1.0 - soft) * (x - low);
                low
            })
            .collect();
        let gain = 0.9999 * CEILING / true_peak(&sound, &sound, 48_000);
        sound.iter_mut().for_each(|x| *x *= gain);
        let [left, right] = limited(48_000, &sound, &sound, &[512]);
        let same = |out: &[f32]| {
            out.iter()
                .zip(&sound)
                .all(|(a, b)| a.to_bits() == b.to_bits())
        };
        assert!(same(&left) && same(&right), "case {case}");
        frames += sound.len();
    }
    for (name, sound, _) in material(48_000) {
        if true_peak(&sound, &sound, 48_000) < 0.999 * CEILING {
            let [left, _] = limited(48_000, &sound, &sound, &[512]);
            assert!(left == sound, "{name}");
        }
    }
    println!("{frames} frames just below the ceiling left as they came");
}

#[test]
fn after_a_peak_the_sound_is_again_what_it_was() {
    let mut sound: Vec<f32> = (0..96_000).map(|i| 0.5 * (i as f32 * 0.01).sin()).collect();
    sound[1_000] = 8.0;
    let [left, _] = limited(48_000, &sound, &sound, &[512]);
    let last = left.iter().zip(&sound).rposition(|(a, b)| a != b).unwrap();
    let seconds = (last - 1_000) as f32 / 48_000.0;
    println!("held back for {seconds:.2} s after a peak of 8");
    assert!(left[..1_000] == sound[..1_000] && seconds < 1.0);
    let step = left.windows(2).map(|w| (w[1] - w[0]).abs());
    let step = step.skip(1_001).fold(0.0, f32::max);
    assert!(step < 0.01, "it comes back without a step: {step}");
}

#[test]
fn any_partition_gives_the_same_samples() {
    let mut dice = Dice(3);
    let left = kit(48_000, 3.0, &mut dice);
    let right = kit(48_000, 0.7, &mut dice);
    let whole = limited(48_000, &left, &right, &[usize::MAX]);
    for sizes in [&[1][..], &[17], &[64], &[512], &[3, 1, 480, 31, 64, 65, 7]] {
        assert!(
            limited(48_000, &left, &right, sizes) == whole,
            "blocks of {sizes:?}"
        );
    }
}

/// A track that is itself over the ceiling, to which a part comes and goes.
#[test]
fn a_part_never_makes_a_track_louder_and_leaves_it_as_it_was() {
    let rate = 48_000;
    let track = sine(rate, 997.0, 1.6, 0.1);
    let mut dice = Dice(5);
    let hits = kit(rate, 2.0, &mut dice);
    for level in [0.0f32, 1e-6, 1e-3, 0.1, 1.0, 4.0] {
        // From a tenth of a second to two.
        let part: Vec<f32> = hits
            .iter()
            .enumerate()
            .map(|(i, x)| {
                let share = (i as f32 / 4_800.0 - 1.0).clamp(0.0, 1.0);
                if i < 9_600 { x * level * share } else { 0.0 }
            })
            .collect();
        let mut limiter = Limiter::default();
        let [mut left, mut right] = [track.clone(), track.clone()];
        for at in (0..track.len()).step_by(480) {
            let to = (at + 480).min(track.len());
            let sides = [&mut left[at..to], &mut right[at..to]];
            if part[at..to].iter().all(|x| *x == 0.0) {
                let [left, right] = sides;
                limiter.pass(left, right, true);
            } else {
                limiter.add(sides, [&part[at..to]; 2], true);
            }
        }
        let (before, after) = (
            true_peak(&track, &track, rate),
            true_peak(&left, &right, rate),
        );
        let changed = left
            .iter()
            .zip(&track)
            .rposition(|(a, b)| a != b)
            .map_or(0, |at| at / 48);
        println!(
            "part × {level}: {:.2} dBTP of {:.2} alone; as it was after {changed} ms",
            db(after),
            db(before)
        );
        assert!(after <= 1.03 * before);
        assert!(left[..4_800] == track[..4_800] && changed < 1_000);
        let jump = left.windows(2).zip(track.windows(2)).zip(part.windows(2));
        let jump = jump.map(|((a, b), c)| ((a[1] - a[0]) - (b[1] - b[0]) - (c[1] - c[0])).abs());
        let jump = jump.fold(0.0, f32::max);
        assert!(
            jump <= 4.0 * level + 1e-6,
            "a step of {jump} by a part of {level}"
        );
    }
}

#[test]
fn it_can_be_switched_off_and_no_number_poisons_it() {
    let mut limiter = Limiter::default();
    let loud = sine(48_000, 997.0, 2.0, 0.01);
    let [mut left, mut right] = [loud.clone(), loud.clone()];
    limiter.limit(&mut left, &mut right, false);
    assert!(left == loud && right == loud);
    let wild = [
        f32::NAN,
        f32::INFINITY,
        f32::NEG_INFINITY,
        1e36,
        -1e36,
        1e-40,
        -0.0,
    ];
    let [mut left, mut right] = [wild.to_vec(), wild.to_vec()];
    limiter.limit(&mut left, &mut right, true);
    assert!(left[0].is_nan() && left[1] == f32::INFINITY && left[2] == f32::NEG_INFINITY);
    assert!(left[3..].iter().all(|x| x.abs() <= 1.0), "{left:?}");
    let quiet: Vec<f32> = loud.iter().map(|x| x * 0.2).collect();
    let mut last = Vec::new();
    for _ in 0..4 {
        let [mut left, mut right] = [quiet.clone(), quiet.clone()];
        limiter.limit(&mut left, &mut right, true);
        assert!(left.iter().chain(&right).all(|x| x.is_finite()));
        last = left;
    }
    assert!(last == quiet && limiter.gain == 1.0);
}

/// Not a limit, a figure: `cargo test --release --lib limiter -- --nocapture`.
#[test]
fn its_cost() {
    let mut dice = Dice(9);
    for (name, level) in [("quiet", 0.3), ("loud", 0.7), ("held back", 4.0)] {
        let mut sound: Vec<f32> = (0..480_000).map(|_| level * dice.next()).collect();
        let mut other = sound.clone();
        let mut limiter = Limiter::default();
        let begun = std::time::Instant::now();
        limiter.limit(&mut sound, &mut other, true);
        let nanoseconds = begun.elapsed().as_nanos() as f64 / 480_000.0;
        println!(
            "{name}: {nanoseconds:.0} ns a frame, {:.2} % of a core at 48 kHz",
            nanoseconds * 48e3 / 1e7
        );
    }
}
