//! Hits of a kit: level, pitch, length, velocity, macros.

use super::*;
use crate::instrument::Kit;
use crate::instrument::kit::tests::piece;
use crate::instrument::kit::{MODES, mode_centre};

/// A tone in the middle of one mode's stretch that falls by so many dB a second, harder layers
/// louder.
fn tone(key: u8, mode: usize, fall: f32) -> crate::instrument::kit::Piece {
    piece(key, |layer, row, t| {
        if row == mode {
            layer as f32 * 4.0 - 12.0 - fall * t
        } else {
            -80.0
        }
    })
}

/// Noise in the band of this index, likewise.
fn noise(key: u8, band: usize) -> crate::instrument::kit::Piece {
    piece(key, |layer, row, t| {
        if row == MODES + band {
            layer as f32 * 4.0 - 12.0 - 200.0 * t
        } else {
            -80.0
        }
    })
}

fn kit() -> Instrument {
    let pieces = vec![tone(36, 1, 120.0), noise(42, 35), tone(46, 6, 40.0)];
    Instrument {
        body: Body::Kit(Kit::try_from(pieces).unwrap()),
        ..organ()
    }
}

fn of_key(kit: &Instrument, macros: Macros, key: u8) -> Column {
    column_with(kit, 48_000.0, macros, key)
}

#[test]
fn each_piece_has_its_key_ends_and_is_a_hit() {
    let kit = kit();
    let plan = plan(&kit, 48_000.0);
    assert_eq!(plan.columns.len(), 3);
    let keys = (0..128usize).filter(|&key| plan.key_to_column[key].is_some());
    assert_eq!(keys.collect::<Vec<_>>(), [36, 42, 46]);
    assert_eq!(order(&kit, 60), [0, 1, 2]);
    for key in [36, 42, 46] {
        let column = of_key(&kit, Macros::default(), key);
        assert_eq!(
            (column.low_key, column.high_key, column.root_key),
            (key, key, key)
        );
        assert!(column.one_shot && column.loop_frames.is_none());
        assert_eq!(column.choke_group, u8::from(key != 36));
        assert_eq!(column.layers.len(), 4);
        let peaks: Vec<f32> = column
            .layers
            .iter()
            .map(|layer| peak(&layer.frames))
            .collect();
        assert!(
            peaks.windows(2).all(|two| two[0] < two[1]),
            "{key}: {peaks:?}"
        );
        let last = column.layers[3].frames.last().unwrap();
        assert!(last.iter().all(|x| x.abs() < 1e-4), "{key}: {last:?}");
    }
    let seconds = |key| of_key(&kit, Macros::default(), key).layers[3].frames.len() as f32 / 48e3;
    assert!((0.45..0.8).contains(&seconds(36)), "{}", seconds(36));
    assert!((1.4..2.2).contains(&seconds(46)), "{}", seconds(46));
}

fn peak(frames: &[[f32; 2]]) -> f32 {
    frames
        .iter()
        .flatten()
        .fold(0.0, |peak, x| peak.max(x.abs()))
}

#[test]
fn modes_have_their_pitch_and_level() {
    let kit = kit();
    let column = of_key(&kit, Macros::default(), 46);
    let sound = middle(&column.layers[3]);
    let guess = mode_centre(6) / 48_000.0;
    let found = frequency(&sound[480..9_600], guess);
    assert!(cents(found / guess).abs() < 0.5, "{}", cents(found / guess));
    // 0 dB less 40 dB a second, at 0.1 s, leaning by 0.3 to the left.
    let wanted = 20.0 * (super::super::KIT_REFERENCE * (1.0 - 0.15)).log10() - 4.0;
    let level = level_at(&sound[4_320..5_280], guess) as f32;
    assert!((level - wanted).abs() < 1.0, "{level} instead of {wanted}");
}

#[test]
fn the_onset_is_within_two_milliseconds() {
    for key in [36, 42] {
        let column = of_key(&kit(), Macros::default(), key);
        let frames = &column.layers[3].frames;
        let early = peak(&frames[..480]);
        let risen = frames
            .iter()
            .position(|f| f[0].abs().max(f[1].abs()) > early * 0.3);
        assert!(risen.unwrap() < 240, "{key}: {risen:?}");
    }
}

#[test]
fn macros_act_and_those_without_meaning_don_t() {
    let kit = kit();
    let with = |change: fn(&mut Macros)| {
        let mut macros = Macros::default();
        change(&mut macros);
        of_key(&kit, macros, 46)
    };
    let plain = with(|_| {});
    let length = |column: &Column| column.layers[0].frames.len();
    assert!(length(&with(|m| m.decay = -1.0)) * 3 < length(&plain) * 2);
    assert!(length(&with(|m| m.decay = 1.0)) > length(&plain) * 3 / 2);
    let start = |column: &Column| peak(&column.layers[3].frames[..480]);
    assert!(start(&with(|m| m.attack = 1.0)) < start(&plain) * 0.3);
    assert!(start(&with(|m| m.attack = -1.0)) > start(&plain) * 1.5);
    for change in [
        |m: &mut Macros| m.motion = 1.0,
        |m: &mut Macros| m.release = -1.0,
        |m: &mut Macros| m.detune = 1.0,
    ] {
        assert_eq!(with(change), plain);
    }
    let mono = with(|m| m.width = -1.0);
    assert!(
        mono.layers[3]
            .frames
            .iter()
            .all(|[left, right]| left == right)
    );
}
