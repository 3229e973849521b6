//! Notes that are synthesised here, in mixes of them.

use std::num::NonZero;

use super::*;

const RATE: f32 = crate::analysis::SAMPLE_RATE as f32;

/// A note of harmonics that fall by `slope` dB an octave, odd ones by `odd` dB more, and die away after `decay` seconds.
fn note(key: u8, slope: f32, odd: f32, decay: f32, seconds: f32) -> Vec<f32> {
    let hertz = 440.0 * ((f32::from(key) - 69.0) / 12.0).exp2();
    let harmonics = 1..=((10_000.0 / hertz) as u16).min(30);
    let mut sound = vec![0.0; (seconds * RATE) as usize];
    for harmonic in harmonics {
        let h = f32::from(harmonic);
        let decibels = slope * h.log2() + if harmonic % 2 == 1 { odd } else { 0.0 };
        let amplitude = 0.2 * 10.0f32.powf(decibels / 20.0);
        for (i, x) in sound.iter_mut().enumerate() {
            let time = i as f32 / RATE;
            let phase = (time * hertz * h).fract() + 0.1 * h * h;
            *x += amplitude * (-time / decay).exp() * (std::f32::consts::TAU * phase).sin();
        }
    }
    sound
}

/// Six instruments: slope, odd, decay.
const KINDS: [(f32, f32, f32); 6] = [
    (-3.0, 0.0, 2.0),
    (-9.0, 0.0, 2.0),
    (-6.0, -20.0, 1.0),
    (-6.0, 15.0, 1.0),
    (-2.0, -4.0, 0.3),
    (-4.0, 8.0, 0.3),
];

fn played(kind: usize, key: u8, seconds: f32) -> Vec<f32> {
    let (slope, odd, decay) = KINDS[kind];
    note(key, slope, odd, decay, seconds)
}

/// Notes of an instrument, each half a second, from `late` seconds on.
fn line(kind: usize, keys: &[u8], late: f32, into: &mut [f32], gain: f32) {
    for (place, key) in keys.iter().enumerate() {
        let start = ((late + 0.5 * place as f32) * RATE) as usize;
        let sound = played(kind, *key, 0.5);
        into[start..]
            .iter_mut()
            .zip(sound)
            .for_each(|(x, y)| *x += gain * y);
    }
}

fn search() -> Search {
    Search::new(NonZero::new(2).unwrap())
}

/// The winner of each family in a mix of three of the six instruments, two of each family.
fn winners(mix: &[f32]) -> [usize; 3] {
    let atoms: Vec<Vec<Atom>> = (0..6)
        .map(|kind| vec![Atom::of(&played(kind, 60, 0.6), 60).unwrap()])
        .collect();
    let players: Vec<Player<'_>> = atoms
        .iter()
        .enumerate()
        .map(|(kind, atoms)| Player {
            atoms,
            keys: 48..=80,
            family: (kind / 2) as u8,
            background: 20.0,
        })
        .collect();
    let found = search().find(&Mix::of(mix), &players);
    let better = |a: usize, b: usize| if found[a] >= found[b] { a } else { b };
    [better(0, 1), better(2, 3), better(4, 5)]
}

#[test]
fn members_of_a_mix_are_told_on_other_keys_and_at_other_levels() {
    for members in [[0, 2, 4], [1, 3, 5], [1, 2, 5], [0, 3, 4]] {
        let mut mix = vec![0.0; 4 * RATE as usize];
        line(members[0], &[50, 53, 55, 50, 57], 0.10, &mut mix, 1.0);
        line(members[1], &[64, 67, 62, 65, 64], 0.27, &mut mix, 0.5);
        line(members[2], &[76, 72, 79, 74, 72], 0.41, &mut mix, 0.8);
        assert_eq!(winners(&mix), members);
    }
}

#[test]
fn an_instrument_like_noise_has_a_high_background() {
    let mut mixes = Vec::new();
    for members in [[0, 2, 4], [1, 3, 5]] {
        let mut mix = vec![0.0; 4 * RATE as usize];
        for (member, late) in members.into_iter().zip([0.1, 0.27, 0.41]) {
            line(member, &[50, 64, 53, 67], late, &mut mix, 1.0);
        }
        mixes.push(Mix::of(&mix));
    }
    let mut seed = 1u32;
    let noise: Vec<f32> = (0..16_000)
        .map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as f32 / 8_388_608.0 - 1.0
        })
        .collect();
    let of =
        |sound: &[f32]| background(&search(), &mixes, &[Atom::of(sound, 60).unwrap()], 48..=80);
    let (noisy, playing) = (of(&noise), of(&played(0, 60, 0.6)));
    assert!(noisy < playing, "{noisy} {playing}");
    assert!(playing > 50.0, "{playing}");
}

#[test]
fn silence_and_short_sounds_are_no_trouble() {
    assert_eq!(Atom::of(&[0.0; 16_000], 60), None);
    assert_eq!(Atom::of(&[], 60), None);
    let atom = Atom::of(&played(0, 60, 0.1), 60).unwrap();
    let player = Player {
        atoms: std::slice::from_ref(&atom),
        keys: 40..=90,
        family: 0,
        background: 0.0,
    };
    for mix in [vec![], vec![0.0; 32_000], vec![0.5; 10]] {
        let found = search().find(&Mix::of(&mix), std::slice::from_ref(&player));
        assert!(found[0].evidence < 1.0, "{found:?}");
    }
    assert!(search().find(&Mix::of(&[]), &[]).is_empty());
}

#[test]
fn atoms_survive_being_written() {
    let atom = Atom::of(&played(3, 64, 0.6), 64).unwrap();
    let written = postcard::to_stdvec(&atom).unwrap();
    assert!(written.len() < 1000, "{}", written.len());
    assert_eq!(postcard::from_bytes::<Atom>(&written).unwrap(), atom);
}
