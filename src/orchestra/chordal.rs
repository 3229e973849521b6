//! Chords of one player: two hands on keys, six strings of a guitar, a harp, a pad.

use super::asked::Texture;
use super::frame::Frame;
use super::instruments::{Family, Instrument};
use super::lines::{Led, Part, VELOCITY, rows};
use super::tone::{SAME, Tone};
use super::voicing::{Voice, classes};
use crate::music::Chord;

/// What a hand reaches: a tenth.
pub(super) const SPAN: i32 = 16;
/// Notes of a hand.
pub(super) const FINGERS: usize = 5;
/// Where left hands and low chords begin.
const LEFT: i32 = 36;
/// Open strings of a guitar.
const STRINGS: [i32; 6] = [40, 45, 50, 55, 59, 64];
/// Frets that a hand reaches.
const FRETS: i32 = 4;

/// A chord in somebody's hands.
#[derive(Clone, Debug, Default, PartialEq)]
struct Grip {
    /// From the lowest up.
    low: Vec<i32>,
    high: Vec<i32>,
}

/// Chords, with the bass where they have it.
pub(super) fn chords(frame: &Frame, instrument: &Instrument, bass: bool, calm: bool) -> Vec<Tone> {
    let mut found = Vec::new();
    let mut before: Option<(Chord, Grip)> = None;
    for (number, beat) in frame.beats.iter().enumerate() {
        let chord = frame.harmonies.at(beat.start);
        let span = frame.beats[number..]
            .iter()
            .take_while(|other| other.bar == beat.bar && frame.harmonies.at(other.start) == chord)
            .count();
        let first = beat.place == 0 || before.as_ref().is_none_or(|(known, _)| *known != chord);
        let grip = match before.take() {
            Some((known, grip)) if known == chord && beat.place != 0 => grip,
            other => grip(
                frame,
                instrument,
                chord,
                (beat.start, frame.beats[number + span - 1].end),
                bass,
                other.map(|(_, grip)| grip).as_ref(),
            ),
        };
        let to = frame.beats[number + span - 1].end;
        let texture = frame.section(beat.start).texture;
        let texture = match texture {
            _ if calm => Texture::Sustained,
            Texture::Chordal | Texture::Sustained if instrument.name == "harp" => Texture::Arpeggio,
            Texture::Ostinato if instrument.agile < 6.0 => Texture::Sustained,
            other => other,
        };
        let half = (beat.start + beat.end) / 2.0;
        let mut add = |keys: &[i32], start: f64, end: f64| {
            found.extend(keys.iter().map(|key| Tone {
                start,
                end,
                key: (*key).clamp(0, 127) as u8,
                velocity: VELOCITY,
            }));
        };
        match texture {
            Texture::Sustained if first => {
                add(&grip.low, beat.start, to);
                add(&grip.high, beat.start, to);
            }
            Texture::Sustained => {}
            Texture::Chordal => {
                if first {
                    add(&grip.low, beat.start, to);
                }
                if first || beat.strong {
                    let end = frame.beats[number..]
                        .iter()
                        .take(span)
                        .skip(1)
                        .find(|other| other.strong)
                        .map_or(to, |other| other.start);
                    add(&grip.high, beat.start, end);
                }
            }
            Texture::AfterBeat => {
                add(&grip.low, beat.start, half);
                add(&grip.high, half, beat.end);
            }
            Texture::Waltz if beat.place == 0 => add(
                if grip.low.is_empty() {
                    &grip.high[..1]
                } else {
                    &grip.low
                },
                beat.start,
                beat.end,
            ),
            Texture::Waltz => add(&grip.high, beat.start, beat.end),
            Texture::Ostinato => {
                if first {
                    add(&grip.low, beat.start, to);
                }
                add(&grip.high, beat.start, half);
                add(&grip.high, half, beat.end);
            }
            Texture::Arpeggio => {
                if first {
                    add(
                        &grip.low[..grip.low.len().min(1)],
                        beat.start,
                        if instrument.family == Family::Plucked {
                            beat.end
                        } else {
                            to
                        },
                    );
                }
                let up: Vec<i32> = grip.low.iter().skip(1).chain(&grip.high).copied().collect();
                let order = 2 * beat.place;
                let at = |step: usize| {
                    let round = (2 * up.len()).saturating_sub(2).max(1);
                    let place = step % round;
                    up[if place < up.len() {
                        place
                    } else {
                        round - place
                    }]
                };
                if !up.is_empty() {
                    add(&[at(order)], beat.start, half);
                    add(&[at(order + 1)], half, beat.end);
                }
            }
        }
        before = Some((chord, grip));
    }
    found
}

/// The key of a class at or above another.
fn above(class: i32, from: i32) -> i32 {
    from + (class - from).rem_euclid(12)
}

fn grip(
    frame: &Frame,
    instrument: &Instrument,
    chord: Chord,
    (from, to): (f64, f64),
    bass: bool,
    before: Option<&Grip>,
) -> Grip {
    let tones: Vec<i32> = classes(chord).map(i32::from).collect();
    let guitar = instrument.family == Family::Plucked && instrument.range[0] == 40;
    if guitar {
        return on_strings(&tones, bass, before);
    }
    let [low, high] = instrument.easy.map(i32::from);
    // Under the melody, where there is room.
    let floor = frame.melody_floor(from, to).map_or(127, i32::from);
    let ceiling = high.min(79).min((floor - 1).max(64)).max(low + 12);
    let voices = if frame.character.full > 0.5 { 4 } else { 3 }
        .min(usize::from(instrument.many))
        .max(2);
    let bottom = low.max(if bass { 50 } else { 48 });
    let middle = before
        .and_then(|grip| middle(&grip.high))
        .unwrap_or((bottom + ceiling) as f32 / 2.0);
    let high = close(&tones, voices, (bottom, ceiling), middle);
    let low = if bass {
        let root = above(i32::from(chord.bass.unwrap_or(chord.root)), low.max(LEFT));
        let fifth = root
            + tones
                .get(2)
                .map_or(7, |tone| (tone - tones[0]).rem_euclid(12));
        let clear = high.first().is_none_or(|first| *first > fifth);
        if clear && fifth < 55 && instrument.has_hands() && frame.character.full > -0.5 {
            vec![root, fifth]
        } else {
            vec![root]
        }
    } else {
        Vec::new()
    };
    Grip { low, high }
}

fn middle(keys: &[i32]) -> Option<f32> {
    (!keys.is_empty()).then(|| keys.iter().sum::<i32>() as f32 / keys.len() as f32)
}

/// Tones close together, their middle near another: third and seventh first, the fifth goes first.
fn close(tones: &[i32], voices: usize, (low, high): (i32, i32), near: f32) -> Vec<i32> {
    let mut wanted: Vec<i32> = match (tones.len(), voices) {
        (4.., 3) => vec![tones[1], tones[3], tones[0]],
        (_, 2) => vec![tones[1], *tones.get(3).unwrap_or(&tones[0])],
        _ => tones.to_vec(),
    };
    wanted.truncate(voices);
    let mut best: Option<(f32, Vec<i32>)> = None;
    for bottom in low..=high {
        if !wanted.contains(&bottom.rem_euclid(12)) {
            continue;
        }
        let mut keys: Vec<i32> = wanted.iter().map(|class| above(*class, bottom)).collect();
        keys.sort_unstable();
        let over = keys.iter().filter(|key| **key > high).count() as f32;
        let far = middle(&keys).map_or(0.0, |own| (own - near).abs()) + 20.0 * over;
        if best.as_ref().is_none_or(|(cost, _)| far < *cost) {
            best = Some((far, keys));
        }
    }
    let mut keys = best.map_or_else(
        || wanted.iter().map(|class| above(*class, low)).collect(),
        |(_, keys)| keys,
    );
    // No room for all of them.
    keys.retain(|key| *key <= high);
    if keys.is_empty() {
        keys.extend(wanted.first().map(|class| above(*class, low)));
    }
    keys
}

/// Strings and frets that a hand can hold: all tones, the root lowest where it is to be, near the grip before.
fn on_strings(tones: &[i32], bass: bool, before: Option<&Grip>) -> Grip {
    let mut best: Option<(f32, Vec<i32>)> = None;
    for position in 0..8 {
        // The lowest string that plays, and each string's lowest tone within the hand.
        let keys: Vec<Option<i32>> = STRINGS
            .iter()
            .map(|open| {
                let held = (position..position + FRETS).map(|fret| open + fret);
                let open = (position > 0 && position < 5).then_some(*open);
                let all = held.chain(open);
                all.into_iter()
                    .find(|key| tones.contains(&key.rem_euclid(12)))
            })
            .collect();
        for from in 0..3 {
            let grip: Vec<i32> = keys[from..].iter().flatten().copied().collect();
            let Some(lowest) = grip.first() else {
                continue;
            };
            let has = |class: &i32| grip.iter().any(|key| key.rem_euclid(12) == *class);
            let missing = tones
                .iter()
                .enumerate()
                .filter(|(_, tone)| !has(tone))
                .map(|(at, _)| if at == 2 { 1.0 } else { 4.0 })
                .sum::<f32>();
            let root = if lowest.rem_euclid(12) == tones[0] {
                0.0
            } else if bass {
                4.0
            } else {
                1.0
            };
            let move_to = before
                .and_then(|grip| middle(&all(grip)))
                .zip(middle(&grip))
                .map_or(0.0, |(a, b)| (a - b).abs() * 0.3);
            let cost = missing
                + root
                + move_to
                + position as f32 * 0.15
                + (5.0 - grip.len() as f32).abs() * 0.3;
            if best.as_ref().is_none_or(|(known, _)| cost < *known) {
                best = Some((cost, grip));
            }
        }
    }
    let keys = best.map_or_else(
        || tones.iter().map(|tone| above(*tone, 48)).collect(),
        |(_, keys)| keys,
    );
    let split = if bass { 1.min(keys.len() - 1) } else { 0 };
    Grip {
        low: keys[..split].to_vec(),
        high: keys[split..].to_vec(),
    }
}

fn all(grip: &Grip) -> Vec<i32> {
    grip.low.iter().chain(&grip.high).copied().collect()
}

/// A melody with chords under it by the same player: four voices, in two hands where there are two.
pub(super) fn solo(frame: &Frame, instrument: &Instrument, bass: bool) -> Vec<Tone> {
    let voice = |low: i16, easy: (i16, i16), high: i16| {
        let [from, to] = instrument.range.map(i16::from);
        Part {
            voice: Voice {
                low: low.max(from),
                easy_low: easy.0.max(from),
                easy_high: easy.1.min(to),
                high: high.min(to),
            },
            counter: false,
            agile: instrument.agile,
        }
    };
    let mut parts = vec![
        voice(0, (0, 127), 127),
        voice(52, (55, 74), 79),
        voice(45, (48, 65), 70),
    ];
    if bass {
        parts.push(voice(28, (36, 55), 60));
    }
    let led = Led {
        parts,
        melody: Some(0),
        has_bass: bass,
    };
    let rows = rows(frame, &led);
    let mut found = frame.melody.clone();
    let guitar = instrument.family == Family::Plucked;
    for (number, (beat, row)) in frame.beats.iter().zip(&rows).enumerate() {
        let texture = frame.section(beat.start).texture;
        let last = frame.ends_in(number);
        let half = (beat.start + beat.end) / 2.0;
        let sounding: Vec<i32> = frame
            .melody
            .iter()
            .filter(|tone| tone.within(beat.start, beat.end) > SAME)
            .map(|tone| i32::from(tone.key))
            .collect();
        let (bottom, top) = (
            sounding.iter().min().copied(),
            sounding.iter().max().copied(),
        );
        let (alto, tenor) = (i32::from(row[1]), i32::from(row[2]));
        let low = bass.then(|| i32::from(row[3]));
        let mut add = |key: i32, start: f64, end: f64| {
            let clear = bottom.is_none_or(|bottom| key < bottom);
            if clear && instrument.reaches(key) {
                found.push(Tone {
                    start,
                    end,
                    key: key as u8,
                    velocity: VELOCITY,
                });
            }
        };
        // The right hand has the alto where it reaches both, the left hand what the bass lets it reach.
        let right = top.is_none_or(|top| top - alto <= SPAN - 2) && !guitar;
        let reaches = |key: i32| low.is_none_or(|low| key - low <= SPAN - 2) || guitar;
        let tenor = if reaches(tenor) {
            Some(tenor)
        } else {
            Some(tenor - 12).filter(|key| low.is_none_or(|low| *key > low))
        };
        let alto_left = (!right).then_some(alto).filter(|alto| reaches(*alto));
        match texture {
            Texture::Arpeggio | Texture::Ostinato if !last => {
                // One after the other in the left hand.
                if let Some(low) = low {
                    add(low, beat.start, half);
                }
                if let Some(key) = tenor.or(alto_left) {
                    if low.is_none() {
                        add(key, beat.start, half);
                    }
                    add(key, half, beat.end);
                }
                if right && beat.strong {
                    add(alto, beat.start, beat.end);
                }
            }
            Texture::AfterBeat | Texture::Waltz if !last => {
                let waltz = texture == Texture::Waltz;
                let (one, two) = match waltz {
                    true => (
                        (beat.place == 0).then_some((beat.start, beat.end)),
                        (beat.place != 0).then_some((beat.start, beat.end)),
                    ),
                    false => (Some((beat.start, half)), Some((half, beat.end))),
                };
                if let (Some(low), Some((start, end))) = (low, one) {
                    add(low, start, end);
                }
                if let Some((start, end)) = two {
                    tenor.into_iter().for_each(|key| add(key, start, end));
                    if right {
                        add(alto, start, end);
                    }
                }
            }
            _ => {
                let plays = texture != Texture::Sustained || beat.strong || last;
                let end = if texture == Texture::Sustained {
                    frame
                        .beats
                        .get(number + 1)
                        .filter(|next| !next.strong && next.bar == beat.bar)
                        .map_or(beat.end, |next| next.end)
                } else {
                    beat.end
                };
                if plays {
                    low.into_iter().for_each(|key| add(key, beat.start, end));
                    tenor.into_iter().for_each(|key| add(key, beat.start, end));
                    if right {
                        add(alto, beat.start, beat.end);
                    }
                }
            }
        }
    }
    found
}

/// Whether notes that sound together lie in two hands: each a tenth wide at most, five notes at most.
#[must_use]
pub fn two_hands(keys: &[u8]) -> bool {
    let mut keys: Vec<i32> = keys.iter().map(|key| i32::from(*key)).collect();
    keys.sort_unstable();
    keys.dedup();
    let hand = |keys: &[i32]| {
        keys.len() <= FINGERS
            && keys
                .first()
                .zip(keys.last())
                .is_none_or(|(low, high)| high - low <= SPAN)
    };
    (0..=keys.len()).any(|split| hand(&keys[..split]) && hand(&keys[split..]))
}
