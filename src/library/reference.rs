//! The sounds by which an instrument stands in the library: some notes, or a few beats of a kit. The
//! first note, and the beats, are what the sound encoder was trained on.

use std::ops::ControlFlow;

use crate::analysis::SAMPLE_RATE;
use crate::instrument::zone::Column;
use crate::instrument::{Body, Instrument, render};

/// Keys and velocities of an instrument's notes, and how long they sound, seconds.
const NOTES: [(u8, u8); 4] = [(60, 100), (45, 100), (72, 90), (52, 70)];
const HELD: f32 = 2.0;
/// The velocity of a kit's beats.
const VELOCITY: u8 = 100;
/// A kit's beats: seconds and key of each hit.
const BEATS: [(f32, u8); 9] = [
    (0.0, 36),
    (0.25, 42),
    (0.5, 38),
    (0.75, 42),
    (1.0, 36),
    (1.25, 46),
    (1.5, 38),
    (2.0, 49),
    (2.0, 36),
];
/// A kit's beats end after so many seconds.
const BEATS_END: f32 = 3.0;
/// A sound longer than this is heard in part, seconds.
pub const LONGEST: f64 = 10.0;

const RATE: f32 = SAMPLE_RATE as f32;

/// An instrument's reference sounds, mono at [`SAMPLE_RATE`]; `None` when it is cancelled. Takes some
/// 50 ms, for a kit 100. Any thread but audio.
pub fn sounds(instrument: &Instrument, cancelled: &dyn Fn() -> bool) -> Option<Vec<Vec<f32>>> {
    match &instrument.body {
        Body::Keys(_) => {
            let note = |&(key, velocity): &(u8, u8)| {
                let mut note = instrument.note(key, velocity).filter(|_| !cancelled())?;
                render::shape(&mut note, &instrument.macros);
                Some(render::note(&note, key, HELD, RATE))
            };
            NOTES.iter().map(note).collect()
        }
        Body::Kit(_) => Some(vec![beats(instrument, cancelled)?]),
    }
}

fn beats(kit: &Instrument, cancelled: &dyn Fn() -> bool) -> Option<Vec<f32>> {
    let plan = render::plan(kit, RATE);
    let mut sound = vec![0.0; (BEATS_END * RATE) as usize];
    let column_of = |key: u8| plan.key_to_column[usize::from(key)];
    let mut order: Vec<u8> = BEATS
        .iter()
        .filter_map(|&(_, key)| column_of(key))
        .collect();
    order.sort_unstable();
    order.dedup();
    let mut strike = |index: u8, column: Box<Column>| {
        let layer = column
            .layers
            .iter()
            .min_by_key(|layer| layer.velocity.abs_diff(VELOCITY));
        for &(at, key) in BEATS
            .iter()
            .filter(|(_, key)| column_of(*key) == Some(index))
        {
            debug_assert_eq!(key, column.root_key);
            let start = (at * RATE) as usize;
            let frames = layer.into_iter().flat_map(|layer| &layer.frames);
            sound[start..]
                .iter_mut()
                .zip(frames)
                .for_each(|(x, frame)| *x += 0.5 * (frame[0] + frame[1]));
        }
        ControlFlow::Continue(())
    };
    let done = render::render_columns(kit, RATE, &kit.macros, &order, cancelled, &mut strike);
    done.is_continue().then_some(sound)
}

/// The loudest stretch of a sound that is as long as the sound encoder hears: [`LONGEST`]. Any
/// thread but audio.
pub fn loudest(sound: &[f32]) -> &[f32] {
    let most = (LONGEST * f64::from(SAMPLE_RATE)) as usize;
    if sound.len() <= most {
        return sound;
    }
    let step = SAMPLE_RATE as usize / 4;
    let power: Vec<f64> = sound
        .chunks(step)
        .map(|chunk| chunk.iter().map(|&x| f64::from(x) * f64::from(x)).sum())
        .collect();
    let sum = |from: usize| power[from..].iter().take(most / step).sum::<f64>();
    let last = (sound.len() - most) / step;
    let from = (0..=last).max_by(|&a, &b| sum(a).total_cmp(&sum(b)).then(b.cmp(&a)));
    &sound[from.unwrap_or(0) * step..][..most]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instrument::factory;

    #[test]
    fn instruments_and_kits_can_be_heard() {
        let never = || false;
        let piano = sounds(&Instrument::factory(), &never).unwrap();
        assert_eq!((piano.len(), piano[0].len()), (NOTES.len(), 64_000));
        assert_eq!(sounds(&Instrument::factory(), &|| true), None);
        let kit = factory::entries()
            .iter()
            .find(|entry| entry.kind == factory::Kind::Kit);
        let kit = kit.map(|kit| sounds(&kit.instrument(), &never).unwrap());
        for sound in piano.into_iter().chain(kit.into_iter().flatten()) {
            let peak = sound.iter().fold(0.0f32, |peak, x| peak.max(x.abs()));
            assert!(peak > 0.01 && peak < 20.0, "{peak}");
            // The second half still sounds.
            assert!(sound[sound.len() / 2..].iter().any(|x| x.abs() > 1e-4));
        }
    }

    #[test]
    fn of_long_sounds_the_loudest_stretch_is_heard() {
        let mut sound = vec![0.01; 32_000 * 30];
        assert_eq!(loudest(&sound).as_ptr(), sound.as_ptr());
        sound[32_000 * 15..32_000 * 20].fill(0.5);
        let heard = loudest(&sound);
        assert_eq!(heard.len(), 320_000);
        assert_eq!(heard.iter().filter(|x| **x > 0.4).count(), 32_000 * 5);
        assert_eq!(loudest(&sound[..100]).len(), 100);
    }
}
