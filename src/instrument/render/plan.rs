//! Which columns an instrument has, and in which order they are needed.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::instrument::zone::{PIANO_KEYS, SampledInstrument};
use crate::instrument::{Body, Instrument};

/// Keys served by one column: few enough that resampling to the outer ones can't be heard.
const KEYS_PER_COLUMN: u8 = 3;
/// The highest rate rendered, Hz. At a higher host rate the frames have a half or a quarter of it
/// and the engine resamples them: nothing above 15.5 kHz is in them anyway.
const HIGHEST_RATE: f32 = 50_000.0;
const LOWEST_RATE: f32 = 8_000.0;

/// The keys of one column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Keys {
    pub low: u8,
    pub high: u8,
    pub root: u8,
}

/// All columns, lowest first: middle C is a root, and the outermost columns are shorter.
pub(super) fn columns() -> Vec<Keys> {
    let (lowest, highest) = (*PIANO_KEYS.start(), *PIANO_KEYS.end());
    let first_root = 60 - (60 - lowest) / KEYS_PER_COLUMN * KEYS_PER_COLUMN;
    (first_root..=highest + 1)
        .step_by(KEYS_PER_COLUMN.into())
        .map(|root| Keys {
            low: (root - 1).max(lowest),
            high: (root + 1).min(highest),
            root: root.min(highest),
        })
        .filter(|keys| keys.low <= keys.high)
        .collect()
}

/// The rate at which frames are rendered for a host's rate: the same up to 50 kHz, half or a
/// quarter of it above. Any thread.
pub fn frame_rate(host_rate: f32) -> f32 {
    let mut rate = if host_rate.is_finite() {
        host_rate.max(LOWEST_RATE)
    } else {
        48_000.0
    };
    while rate > HIGHEST_RATE {
        rate /= 2.0;
    }
    rate
}

/// The pieces of a kit that are played most, most needed first.
const USUAL_PIECES: [u8; 12] = [36, 38, 42, 46, 49, 51, 44, 45, 48, 41, 39, 37];

/// An instrument's sound for a host's sample rate, still empty: its keys are mapped, its columns
/// are still to be rendered, its id is new. Keys outside the piano's, and those that a kit has no
/// piece for, have no column. Any thread but audio.
pub fn plan(instrument: &Instrument, host_rate: f32) -> SampledInstrument {
    static NEXT_ID: AtomicU64 = AtomicU64::new(1);
    let keys: Vec<(u8, u8)> = match &instrument.body {
        Body::Keys(_) => columns().iter().map(|keys| (keys.low, keys.high)).collect(),
        Body::Kit(kit) => kit.pieces().iter().map(|p| (p.key(), p.key())).collect(),
    };
    let mut key_to_column = [None; 128];
    for (index, &(low, high)) in keys.iter().enumerate() {
        key_to_column[usize::from(low)..=usize::from(high)].fill(Some(index as u8));
    }
    SampledInstrument {
        id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
        sound: 0,
        sample_rate: frame_rate(host_rate),
        key_to_column,
        columns: keys.iter().map(|_| None).collect(),
    }
}

/// All columns of [`plan`] in order of need: the ones nearest `middle` (a MIDI key, 60 if nothing
/// is known) first; of a kit, its kick, snare and hi-hats. Any thread but audio.
pub fn order(instrument: &Instrument, middle: u8) -> Vec<u8> {
    let needs: Vec<u8> = match &instrument.body {
        Body::Keys(_) => columns()
            .iter()
            .map(|keys| keys.root.abs_diff(middle))
            .collect(),
        Body::Kit(kit) => {
            let usual = |key: u8| USUAL_PIECES.iter().position(|&each| each == key);
            let need = |key: u8| usual(key).map_or(key, |place| place as u8);
            kit.pieces().iter().map(|piece| need(piece.key())).collect()
        }
    };
    let mut order: Vec<u8> = (0..needs.len() as u8).collect();
    order.sort_by_key(|&index| needs[usize::from(index)]);
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_piano_key_has_one_column_within_a_semitone() {
        let factory = Instrument::factory();
        let instrument = plan(&factory, 48_000.0);
        let columns = columns();
        assert_eq!(columns.len(), 30);
        for key in 0..128u8 {
            match instrument.key_to_column[usize::from(key)] {
                Some(index) => {
                    let keys = columns[usize::from(index)];
                    assert!((keys.low..=keys.high).contains(&key), "{key} {keys:?}");
                    assert!(keys.root.abs_diff(key) <= 1);
                }
                None => assert!(!PIANO_KEYS.contains(&key)),
            }
        }
        assert_ne!(plan(&factory, 48_000.0).id, instrument.id);
    }

    #[test]
    fn the_middle_comes_first_and_nothing_is_left_out() {
        let order = order(&Instrument::factory(), 60);
        assert_eq!(columns()[usize::from(order[0])].root, 60);
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..30).collect::<Vec<u8>>());
    }

    #[test]
    fn high_rates_are_halved() {
        for (host, frames) in [
            (22_050.0, 22_050.0),
            (44_100.0, 44_100.0),
            (48_000.0, 48_000.0),
            (88_200.0, 44_100.0),
            (96_000.0, 48_000.0),
            (192_000.0, 48_000.0),
        ] {
            assert_eq!(frame_rate(host), frames);
        }
    }
}
