//! The voices of an arrangement: led by the search, put into the textures of its sections, with notes between.

use super::asked::Texture;
use super::frame::Frame;
use super::tone::{SAME, Tone};
use super::voicing::{
    Ornaments, Problem, Row, Slot, Voice, classes, makes_parallels, ornament, search,
};

/// How loud a note is before dynamics.
pub(super) const VELOCITY: u8 = 80;
/// A voice that is led.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Part {
    pub voice: Voice,
    pub counter: bool,
    /// Notes a second that are comfortable.
    pub agile: f32,
}

/// Voices from the highest to the lowest, with the melody in one of them, if it is theirs.
#[derive(Clone, Debug)]
pub(super) struct Led {
    pub parts: Vec<Part>,
    /// Which has the melody.
    pub melody: Option<usize>,
    /// Whether the lowest is the bass of all.
    pub has_bass: bool,
}

/// A voicing for each beat. The row of a melody that isn't theirs isn't there.
pub(super) fn rows(frame: &Frame, led: &Led) -> Vec<Row> {
    let mut voices: Vec<Voice> = led.parts.iter().map(|part| part.voice).collect();
    // Someone else's melody lies over all.
    let others = led.melody.is_none() && !frame.melody.is_empty();
    if others {
        let over = Voice {
            low: 0,
            easy_low: 0,
            easy_high: 127,
            high: 127,
        };
        voices.insert(0, over);
    }
    let melody = led.melody.unwrap_or(0);
    let slots = frame.beats.iter().enumerate().map(|(number, beat)| {
        let key = |at: f64| frame.melody_at(at).map_or(72, i16::from);
        let mut chord = frame.harmonies.at(beat.start);
        chord.bass = bass_class(frame, beat.start, beat.end)
            .filter(|class| classes(chord).any(|tone| tone == i16::from(*class)));
        let texture = frame.section(beat.start).texture;
        Slot {
            arrive: key(beat.start),
            leave: key(beat.end - 2.0 * SAME),
            melody,
            chord,
            ends: frame.ends_in(number),
            moves: texture == Texture::Chordal,
        }
    });
    let problem = Problem {
        slots: slots.collect(),
        voices,
        tonic: frame.harmonies.key.tonic,
        has_bass: led.has_bass,
        seed: frame.seed,
    };
    let mut found = search(&problem);
    if others {
        found.iter_mut().for_each(|row| row.rotate_left(1));
    }
    found
}

/// The pitch class of the source's bass as a beat begins.
fn bass_class(frame: &Frame, from: f64, to: f64) -> Option<u8> {
    let sounding = frame
        .bass
        .iter()
        .filter(|tone| tone.within(from, to) > SAME);
    let longest = sounding.max_by(|a, b| a.within(from, to).total_cmp(&b.within(from, to)));
    longest.map(|tone| tone.key % 12)
}

/// The lines.
pub(super) fn lines(frame: &Frame, led: &Led) -> Vec<Vec<Tone>> {
    let count = led.parts.len();
    if led.melody == Some(0) && count == 1 {
        return vec![frame.melody.clone()];
    }
    let rows = rows(frame, led);
    let broken = breaks(led);
    let mut found: Vec<Vec<Tone>> = (0..count)
        .map(|voice| match led.melody == Some(voice) {
            true => frame.melody.clone(),
            false => written(frame, led, &rows, voice, broken),
        })
        .collect();
    if let Some(voice) = broken {
        steady(&mut found, frame, voice);
    }
    let beat = frame
        .beats
        .first()
        .map_or(1.0, |beat| beat.end - beat.start);
    let busy = 1.0 + 0.35 * frame.character.busy;
    // A piece that has harmony keeps to it.
    let own = if frame.harmonies.heard { 0.4 } else { 1.0 };
    let calm = own * if frame.character.full < 0.0 { 0.7 } else { 1.0 };
    // Faster than this nobody plays between.
    let slow = f64::from(frame.bpm < 200.0) as f32;
    let how = Ornaments {
        harmonies: &frame.harmonies,
        passing: 0.85 * busy * calm * slow,
        neighbours: 0.5 * busy * calm * slow,
        suspensions: 0.6 * calm * slow,
        kept: led.melody.into_iter().collect(),
        counter: (0..count)
            .filter(|voice| led.parts[*voice].counter)
            .collect(),
        beat,
        ends: frame
            .ends
            .iter()
            .map(|end| frame.beats[*end].end - SAME * 2.0)
            .collect(),
        seed: frame.seed,
    };
    let ranges: Vec<(i16, i16)> = led
        .parts
        .iter()
        .map(|part| (part.voice.easy_low, part.voice.easy_high))
        .collect();
    ornament(&mut found, &how, &ranges);
    found
}

/// A broken chord stays where it is rather than going in parallels.
fn steady(lines: &mut [Vec<Tone>], frame: &Frame, voice: usize) {
    for at in 1..lines[voice].len() {
        let tone = lines[voice][at];
        let broken = frame.section(tone.start).texture == Texture::Arpeggio;
        if broken && makes_parallels(lines, voice, &[tone.start, tone.end]) {
            lines[voice][at].key = lines[voice][at - 1].key;
            if makes_parallels(lines, voice, &[tone.start, tone.end]) {
                lines[voice][at].key = tone.key;
            }
        }
    }
}

/// Who plays broken chords: the most agile voice between melody and bass.
fn breaks(led: &Led) -> Option<usize> {
    let last = led.parts.len() - usize::from(led.has_bass);
    let inner = (0..last).filter(|voice| led.melody != Some(*voice));
    inner.max_by(|a, b| {
        led.parts[*a]
            .agile
            .total_cmp(&led.parts[*b].agile)
            .then(a.cmp(b))
    })
}

/// A voice in the textures of its sections.
fn written(
    frame: &Frame,
    led: &Led,
    rows: &[Row],
    voice: usize,
    broken: Option<usize>,
) -> Vec<Tone> {
    let bass = led.has_bass && voice + 1 == led.parts.len();
    let mut line: Vec<Tone> = Vec::new();
    for (number, (beat, row)) in frame.beats.iter().zip(rows).enumerate() {
        let key = row[voice].clamp(0, 127) as u8;
        let half = (beat.start + beat.end) / 2.0;
        let mut add = |start: f64, end: f64, key: u8| {
            line.push(Tone {
                start,
                end,
                key,
                velocity: VELOCITY,
            });
        };
        let last = frame.ends_in(number);
        let texture = frame.section(beat.start).texture;
        let fast = f64::from(led.parts[voice].agile) < frame.bpm / 30.0;
        match texture {
            // Phrases end together.
            _ if last => join(&mut line, (beat.start, beat.end), key, true),
            Texture::AfterBeat if bass => add(beat.start, half, key),
            Texture::AfterBeat => add(half, beat.end, key),
            Texture::Waltz if bass == (beat.place == 0) => add(beat.start, beat.end, key),
            Texture::Waltz => {}
            Texture::Ostinato if !bass && !fast => {
                add(beat.start, half, key);
                add(half, beat.end, key);
            }
            Texture::Arpeggio if broken == Some(voice) && !fast => {
                add(beat.start, half, key);
                let other = other_tone(frame, rows, number, voice, led);
                add(half, beat.end, other.unwrap_or(key));
            }
            // Everyone moves with the tune.
            Texture::Chordal => join(
                &mut line,
                (beat.start, beat.end),
                key,
                !frame.strikes(beat.start),
            ),
            _ => join(
                &mut line,
                (beat.start, beat.end),
                key,
                beat.place != 0 || same_chord(frame, number),
            ),
        }
    }
    line
}

/// Whether a beat has the chord of the one before.
fn same_chord(frame: &Frame, beat: usize) -> bool {
    beat > 0
        && frame.harmonies.at(frame.beats[beat].start)
            == frame.harmonies.at(frame.beats[beat - 1].start)
}

/// Goes on with the note before, where it may and is the same; or begins one.
fn join(line: &mut Vec<Tone>, (start, end): (f64, f64), key: u8, may: bool) {
    match line.last_mut() {
        Some(last)
            if may
                && last.key == key
                && (last.end - start).abs() < SAME
                && end - last.start < 6.0 =>
        {
            last.end = end
        }
        _ => line.push(Tone {
            start,
            end,
            key,
            velocity: VELOCITY,
        }),
    }
}

/// Another tone of the chord, near a voice and between its neighbours.
fn other_tone(frame: &Frame, rows: &[Row], beat: usize, voice: usize, led: &Led) -> Option<u8> {
    let row = &rows[beat];
    let own = row[voice];
    let top = if voice == 0 { own + 9 } else { row[voice - 1] };
    let bottom = row
        .get(voice + 1)
        .filter(|_| voice + 1 < led.parts.len())
        .copied()
        .unwrap_or(own - 9);
    let range = led.parts[voice].voice;
    let chord = frame.harmonies.at(frame.beats[beat].start);
    let fits = |key: &i16| {
        *key != own
            && *key >= range.low
            && *key <= range.high
            && classes(chord).any(|class| class == key % 12)
    };
    // Up on one beat, down on the next.
    let up = frame.beats[beat].place.is_multiple_of(2);
    let mut near: Vec<i16> = (bottom + 1..top)
        .filter(fits)
        .filter(|key| (*key - own).abs() <= 9)
        .collect();
    near.sort_by_key(|key| ((*key > own) != up, (*key - own).abs()));
    near.first().map(|key| *key as u8)
}
