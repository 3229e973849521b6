//! An arrangement as MusicXML 4.0 (partwise): a score that notation programs open.

use std::fmt::Write as _;

use super::arrangement::{ArrangedPart, Arrangement};
use super::instruments::Clef;
use super::tone::{self, Bar, Tone};
use crate::music::{Key, Mode, Piece};

/// Divisions of a quarter note: 32nds and triplets are whole numbers of them.
const DIVISIONS: i64 = 24;
/// What is written is on sixteenths or on triplets of eighths.
const GRIDS: [i64; 2] = [6, 8];
/// Shorter rests than this after a note are how it is played, not written.
const PLAYED: i64 = 12;
/// Keys from here on are the right hand's.
const RIGHT_HAND: u8 = 60;
/// Lengths that one note sign has: divisions, type, dots, whether it is of a triplet.
const SIGNS: [(i64, &str, bool, bool); 14] = [
    (96, "whole", false, false),
    (72, "half", true, false),
    (48, "half", false, false),
    (36, "quarter", true, false),
    (24, "quarter", false, false),
    (18, "eighth", true, false),
    (16, "quarter", false, true),
    (12, "eighth", false, false),
    (8, "eighth", false, true),
    (6, "16th", false, false),
    (4, "16th", false, true),
    (3, "32nd", false, false),
    (2, "32nd", false, true),
    (1, "64th", false, true),
];

/// Notes that begin and end together, divisions from the first bar line.
struct Struck {
    start: i64,
    end: i64,
    keys: Vec<u8>,
}

impl Arrangement {
    /// A score of all parts. Any thread but audio.
    #[must_use]
    pub fn to_music_xml(&self) -> String {
        let ends = self.parts.iter().flat_map(|part| &part.tones);
        let end = ends.map(|tone| tone.end).fold(0.0, f64::max);
        let bars = tone::bars(&self.metres, end);
        let bpm = self
            .tempo
            .beats_per_minute()
            .next()
            .map_or(120.0, |(_, bpm)| bpm);
        let mut xml = String::from(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<score-partwise version=\"4.0\">\n<part-list>\n",
        );
        for (number, part) in self.parts.iter().enumerate() {
            let (id, name) = (number + 1, escaped(&part.name));
            let programme = part
                .programme
                .map_or(1, |programme| u16::from(programme) + 1);
            let _ = writeln!(
                xml,
                "<score-part id=\"P{id}\"><part-name>{name}</part-name><score-instrument id=\"P{id}-I1\"><instrument-name>{name}</instrument-name>\
                 </score-instrument><midi-instrument id=\"P{id}-I1\"><midi-channel>{}</midi-channel><midi-program>{programme}</midi-program>\
                 <pan>{:.0}</pan></midi-instrument></score-part>",
                part.channel + 1,
                part.pan * 90.0
            );
        }
        xml.push_str("</part-list>\n");
        for (number, part) in self.parts.iter().enumerate() {
            let _ = writeln!(xml, "<part id=\"P{}\">", number + 1);
            self.part(&mut xml, part, &bars, (number == 0).then_some(bpm));
            xml.push_str("</part>\n");
        }
        xml.push_str("</score-partwise>\n");
        xml
    }

    fn part(&self, xml: &mut String, part: &ArrangedPart, bars: &[Bar], bpm: Option<f64>) {
        let two = part.instrument.has_hands();
        let hand = |right: bool| {
            let of = part
                .tones
                .iter()
                .filter(|tone| !two || (tone.key >= RIGHT_HAND) == right);
            struck(of.copied())
        };
        let staves = if two {
            vec![hand(true), hand(false)]
        } else {
            vec![hand(true)]
        };
        let fifths = fifths(self.harmonies.key, part.instrument.writes);
        let mut metre = None;
        for (number, bar) in bars.iter().enumerate() {
            let _ = writeln!(xml, "<measure number=\"{}\">", number + 1);
            if metre != Some(bar.metre) {
                xml.push_str("<attributes>");
                if number == 0 {
                    let _ = write!(
                        xml,
                        "<divisions>{DIVISIONS}</divisions><key><fifths>{fifths}</fifths></key>"
                    );
                }
                let _ = write!(
                    xml,
                    "<time><beats>{}</beats><beat-type>{}</beat-type></time>",
                    bar.metre.count, bar.metre.unit
                );
                if number == 0 {
                    clefs(xml, part);
                }
                xml.push_str("</attributes>\n");
                metre = Some(bar.metre);
            }
            if let Some(bpm) = bpm.filter(|_| number == 0) {
                let _ = writeln!(xml, "<sound tempo=\"{bpm:.2}\"/>");
            }
            let (from, to) = (divisions(bar.start), divisions(bar.end));
            for (staff, notes) in staves.iter().enumerate() {
                if staff > 0 {
                    let _ = writeln!(xml, "<backup><duration>{}</duration></backup>", to - from);
                }
                let place = Place {
                    voice: staff + 1,
                    staff: two.then_some(staff + 1),
                    fifths,
                };
                measure(xml, part, notes, (from, to), &place);
            }
            xml.push_str("</measure>\n");
        }
    }
}

/// Where a note is written.
struct Place {
    voice: usize,
    staff: Option<usize>,
    fifths: i64,
}

fn divisions(quarters: f64) -> i64 {
    (quarters * DIVISIONS as f64).round() as i64
}

/// The nearest place that is written.
fn snapped(quarters: f64) -> i64 {
    let exact = quarters * DIVISIONS as f64;
    let near = |grid: i64| (exact / grid as f64).round() as i64 * grid;
    let far = |place: &i64| (*place as f64 - exact).abs();
    // Of equals sixteenths.
    let (a, b) = (near(GRIDS[0]), near(GRIDS[1]));
    if far(&b) + 0.75 < far(&a) { b } else { a }
}

/// Notes of a staff, one chord after the other: held until the next begins, where only the playing parts them.
fn struck(tones: impl Iterator<Item = Tone>) -> Vec<Struck> {
    let mut found: Vec<Struck> = Vec::new();
    for tone in tones {
        let start = snapped(tone.start);
        let end = snapped(tone.end).max(start + GRIDS[0]);
        match found.last_mut() {
            Some(last) if last.start == start => {
                last.end = last.end.max(end);
                if !last.keys.contains(&tone.key) {
                    last.keys.push(tone.key);
                }
            }
            _ => found.push(Struck {
                start,
                end,
                keys: vec![tone.key],
            }),
        }
    }
    for at in 1..found.len() {
        let next = found[at].start;
        let last = &mut found[at - 1];
        if last.end > next || next - last.end < PLAYED && last.end - last.start >= next - last.end {
            last.end = next;
        }
    }
    found.retain(|one| one.end > one.start);
    found
}

/// Sharps (or, below 0, flats) of a key that is written so many semitones higher.
fn fifths(key: Key, writes: i8) -> i64 {
    let tonic = (i64::from(key.tonic) + i64::from(writes)).rem_euclid(12);
    let major = if key.mode == Mode::Minor {
        (tonic + 3) % 12
    } else {
        tonic
    };
    let up = (major * 7).rem_euclid(12);
    if up > 6 { up - 12 } else { up }
}

fn clefs(xml: &mut String, part: &ArrangedPart) {
    if part.instrument.has_hands() {
        xml.push_str("<staves>2</staves><clef number=\"1\"><sign>G</sign><line>2</line></clef><clef number=\"2\"><sign>F</sign><line>4</line></clef>");
        return;
    }
    xml.push_str(match part.instrument.clef {
        Clef::Treble => "<clef><sign>G</sign><line>2</line></clef>",
        // Its octave is in what it writes.
        Clef::Treble8 if part.instrument.writes != 0 => "<clef><sign>G</sign><line>2</line></clef>",
        Clef::Treble8 => {
            "<clef><sign>G</sign><line>2</line><clef-octave-change>-1</clef-octave-change></clef>"
        }
        Clef::Alto => "<clef><sign>C</sign><line>3</line></clef>",
        Clef::Bass => "<clef><sign>F</sign><line>4</line></clef>",
        Clef::Percussion => "<clef><sign>percussion</sign></clef>",
    });
    let writes = i64::from(part.instrument.writes);
    if writes != 0 {
        let (octaves, rest) = (-writes / 12, -writes % 12);
        let diatonic =
            rest.signum() * [0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6][rest.unsigned_abs() as usize];
        let _ = write!(
            xml,
            "<transpose><diatonic>{diatonic}</diatonic><chromatic>{rest}</chromatic><octave-change>{octaves}</octave-change></transpose>"
        );
    }
}

/// The notes and rests of a bar.
fn measure(
    xml: &mut String,
    part: &ArrangedPart,
    notes: &[Struck],
    (from, to): (i64, i64),
    place: &Place,
) {
    let mut at = from;
    for one in notes.iter().filter(|one| one.end > from && one.start < to) {
        let (start, end) = (one.start.max(from), one.end.min(to));
        signs(at, start, |length, sign, _, _| {
            rest(xml, length, sign, place)
        });
        signs(start, end, |length, sign, first, last| {
            let tied = (one.start < from || !first, one.end > to || !last);
            for (number, key) in one.keys.iter().enumerate() {
                note(xml, part, *key, (length, sign), (number > 0, tied), place);
            }
        });
        at = end;
    }
    signs(at, to, |length, sign, _, _| rest(xml, length, sign, place));
}

/// A length as note signs, the longest first: each with whether it is the first and the last.
fn signs(from: i64, to: i64, mut each: impl FnMut(i64, usize, bool, bool)) {
    let mut left = to - from;
    let mut first = true;
    while left > 0 {
        let sign = SIGNS
            .iter()
            .position(|sign| sign.0 <= left)
            .unwrap_or(SIGNS.len() - 1);
        let length = SIGNS[sign].0.min(left);
        left -= length;
        each(length, sign, first, left == 0);
        first = false;
    }
}

fn kind(xml: &mut String, sign: usize) {
    let (_, name, dot, triplet) = SIGNS[sign];
    let _ = write!(xml, "<type>{name}</type>");
    if dot {
        xml.push_str("<dot/>");
    }
    if triplet {
        xml.push_str("<time-modification><actual-notes>3</actual-notes><normal-notes>2</normal-notes></time-modification>");
    }
}

fn rest(xml: &mut String, length: i64, sign: usize, place: &Place) {
    let _ = write!(
        xml,
        "<note><rest/><duration>{length}</duration><voice>{}</voice>",
        place.voice
    );
    kind(xml, sign);
    end(xml, place);
    xml.push_str("</note>\n");
}

fn end(xml: &mut String, place: &Place) {
    if let Some(staff) = place.staff {
        let _ = write!(xml, "<staff>{staff}</staff>");
    }
}

fn note(
    xml: &mut String,
    part: &ArrangedPart,
    key: u8,
    (length, sign): (i64, usize),
    (chord, (stops, starts)): (bool, (bool, bool)),
    place: &Place,
) {
    xml.push_str("<note>");
    if chord {
        xml.push_str("<chord/>");
    }
    if part.instrument.is_drums() {
        let (step, octave) = match Piece::of_key(key) {
            Some(Piece::Kick) => ("F", 4),
            Some(Piece::Snare | Piece::Stick) => ("C", 5),
            Some(Piece::LowTom) => ("A", 4),
            Some(Piece::HighTom) => ("E", 5),
            _ => ("G", 5),
        };
        let _ = write!(
            xml,
            "<unpitched><display-step>{step}</display-step><display-octave>{octave}</display-octave></unpitched>"
        );
    } else {
        let written = i64::from(key) + i64::from(part.instrument.writes);
        let (step, alter, octave) = spelled(written, place.fifths);
        let alter = if alter == 0 {
            String::new()
        } else {
            format!("<alter>{alter}</alter>")
        };
        let _ = write!(
            xml,
            "<pitch><step>{step}</step>{alter}<octave>{octave}</octave></pitch>"
        );
    }
    let _ = write!(xml, "<duration>{length}</duration>");
    let ties = [(stops, "stop"), (starts, "start")];
    for (_, which) in ties.iter().filter(|(is, _)| *is) {
        let _ = write!(xml, "<tie type=\"{which}\"/>");
    }
    let _ = write!(xml, "<voice>{}</voice>", place.voice);
    kind(xml, sign);
    end(xml, place);
    if stops || starts {
        xml.push_str("<notations>");
        for (_, which) in ties.iter().filter(|(is, _)| *is) {
            let _ = write!(xml, "<tied type=\"{which}\"/>");
        }
        xml.push_str("</notations>");
    }
    xml.push_str("</note>\n");
}

/// Letter, sharps and octave of a key, as near to the key signature on the line of fifths as it goes.
fn spelled(key: i64, fifths: i64) -> (char, i64, i64) {
    let class = key.rem_euclid(12);
    // C is 0, G 1, F −1.
    let place = (fifths - 3..fifths + 9)
        .find(|place| (place * 7).rem_euclid(12) == class)
        .unwrap_or(0);
    let letter = ['F', 'C', 'G', 'D', 'A', 'E', 'B'][(place + 1).rem_euclid(7) as usize];
    let alter = (place + 1).div_euclid(7);
    (letter, alter, (key - alter).div_euclid(12) - 1)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orchestra::tunes::TUNES;
    use crate::orchestra::{Asked, arrange};

    #[test]
    fn keys_are_spelled_as_their_signature_has_them() {
        assert_eq!(spelled(66, 1), ('F', 1, 4));
        assert_eq!(spelled(70, -2), ('B', -1, 4));
        assert_eq!(spelled(68, 0), ('G', 1, 4));
        assert_eq!(spelled(71, -6), ('C', -1, 5));
        assert_eq!(spelled(60, 7), ('B', 1, 3));
    }

    #[test]
    fn every_bar_of_every_staff_is_full_and_no_note_is_lost() {
        for ensemble in ["wind quintet", "piano trio", "big band"] {
            for tune in TUNES {
                let source = tune.given().told_apart(None).unwrap();
                let made = arrange(&source, &Asked::read(ensemble).unwrap(), 4);
                let xml = made.to_music_xml();
                let parts: Vec<&str> = xml.split("<part id=").skip(1).collect();
                assert_eq!(parts.len(), made.parts.len());
                for (text, part) in parts.iter().zip(&made.parts) {
                    let measures: Vec<&str> = text.split("<measure").skip(1).collect();
                    let staves = if part.instrument.has_hands() { 2 } else { 1 };
                    let bar = i64::from(tune.metre().count) * 4 * DIVISIONS
                        / i64::from(tune.metre().unit);
                    for measure in &measures {
                        let length: i64 = measure
                            .split("<note>")
                            .skip(1)
                            .filter(|note| !note.contains("<chord/>"))
                            .map(|note| {
                                note.split("<duration>")
                                    .nth(1)
                                    .unwrap()
                                    .split('<')
                                    .next()
                                    .unwrap()
                                    .parse::<i64>()
                                    .unwrap()
                            })
                            .sum();
                        assert_eq!(
                            length,
                            staves * bar,
                            "{ensemble}, {}: {}",
                            tune.name,
                            part.name
                        );
                    }
                    // Ties apart, as many notes as were played.
                    if staves == 1
                        && !part.instrument.is_drums()
                        && part.instrument.many == 1
                        && ensemble != "big band"
                    {
                        let notes = text.matches("<pitch>").count()
                            - text.matches("<tie type=\"stop\"/>").count();
                        assert_eq!(
                            notes,
                            part.tones.len(),
                            "{ensemble}, {}: {}",
                            tune.name,
                            part.name
                        );
                    }
                }
            }
        }
    }
}
