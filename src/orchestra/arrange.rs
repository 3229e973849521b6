//! A source and a request become an arrangement.

use super::arrangement::{ArrangedPart, Arrangement};
use super::asked::{Asked, Character, Role, Texture};
use super::fit::{Moved, fit, fold};
use super::frame::Frame;
use super::harmony::{self, Manner};
use super::instruments::{Family, Instrument};
use super::lines::{Led, Part as Line};
use super::plan::{Job, Seat, plan};
use super::source::Source;
use super::tone::{SAME, Tone, sort};
use super::voicing::Voice;
use super::{band, chordal, expression, lines};
use crate::music::{DRUM_CHANNEL, Metre, Part, PartKind};

/// A role's loudness beside the melody, dB.
fn role_gain(role: Role) -> f32 {
    match role {
        Role::Melody => 0.0,
        Role::Counter => -2.0,
        Role::Bass | Role::Rhythm => -3.0,
        Role::Inner | Role::Comping => -5.0,
        Role::Colour => -6.0,
        Role::Pad => -7.0,
    }
}

/// Arranges a piece. The same seed gives the same arrangement. Milliseconds a minute of music. Any thread but audio.
#[must_use]
pub fn arrange(source: &Source, asked: &Asked, seed: u64) -> Arrangement {
    let style = band::fitting(asked.style.as_deref(), &source.bars);
    let rhythm = asked
        .players
        .iter()
        .any(|player| player.instrument.is_drums() || player.instrument.family == Family::Bass);
    let style = style.filter(|style| {
        rhythm
            || asked
                .players
                .iter()
                .any(|player| player.instrument.is_bass())
                && style.has(PartKind::Bass)
    });
    let seats = plan(asked, style);
    let sung = seats
        .iter()
        .all(|seat| seat.player.instrument.family == Family::Voice);
    let manner =
        if sung || asked.character.texture == Some(Texture::Chordal) || goes_by_beats(source) {
            Manner::Hymn
        } else {
            Manner::Song
        };
    let harmonies = harmony::of(
        source,
        if style.is_some() {
            Manner::Song
        } else {
            manner
        },
    );
    let frame = Frame::new(source, harmonies, &asked.character, sung, seed);
    let mut writing = Writing {
        tones: vec![Vec::new(); seats.len()],
        written: vec![false; seats.len()],
        seats,
        frame,
        moved: Vec::new(),
        answers: None,
    };
    writing.place_melody();
    writing.rhythm(source, style);
    writing.voices(source);
    writing.chords();
    writing.doubles();
    writing.answer(asked.character.calls);
    writing.finish(source, &asked.character)
}

/// Whether most notes of a melody are a beat long, as hymns have them.
fn goes_by_beats(source: &Source) -> bool {
    let beat = source.bars.first().map_or(1.0, |bar| bar.metre.quarters());
    let long = source
        .melody
        .iter()
        .filter(|tone| (tone.length() - beat).abs() < 0.1)
        .count();
    3 * long > 2 * source.melody.len()
}

struct Writing<'a> {
    frame: Frame<'a>,
    seats: Vec<Seat>,
    tones: Vec<Vec<Tone>>,
    /// Parts whose loudness a style wrote.
    written: Vec<bool>,
    moved: Vec<Moved>,
    answers: Option<usize>,
}

impl Writing<'_> {
    fn melody(&self) -> Option<usize> {
        self.seats
            .iter()
            .position(|seat| seat.role == Role::Melody && !matches!(seat.job, Job::Double(_)))
    }

    fn of(&self, at: usize) -> &'static Instrument {
        self.seats[at].player.instrument
    }

    /// Moves the melody to where its player has it, with room for the others.
    fn place_melody(&mut self) {
        let Some(at) = self.melody() else {
            return;
        };
        let lines = self
            .seats
            .iter()
            .filter(|seat| seat.job == Job::Voice)
            .count();
        let low = self
            .seats
            .iter()
            .filter(|seat| seat.job == Job::Voice && seat.role == Role::Bass)
            .map(|seat| i32::from(seat.player.instrument.easy[0]))
            .next();
        let chords = self
            .seats
            .iter()
            .any(|seat| matches!(seat.job, Job::Chords { .. }));
        let under = self
            .seats
            .iter()
            .enumerate()
            .filter(|(other, seat)| {
                *other != at
                    && seat.job == Job::Voice
                    && seat.player.instrument.middle() < self.of(at).middle() + 1.0
            })
            .count();
        let floor = low
            .map_or(0, |low| low + 7 * under.min(lines) as i32)
            .max(if chords { 60 } else { 0 });
        let named = self.seats[at].player.role == Some(Role::Melody);
        let floor = if named && self.of(at).middle() < 62.0 {
            0
        } else {
            floor
        };
        let phrases = self.frame.phrases();
        let (melody, moved) = fit(&self.frame.melody, self.of(at), floor, &phrases);
        self.frame.melody = melody;
        self.moved = moved;
    }

    fn rhythm(&mut self, source: &Source, style: Option<&'static crate::style::Style>) {
        let metre = source
            .bars
            .first()
            .map_or(Metre { count: 4, unit: 4 }, |bar| bar.metre);
        let light = !self.seats.iter().any(|seat| {
            matches!(
                seat.player.instrument.family,
                Family::Bass | Family::Plucked | Family::Synth
            )
        });
        let all_one = source.bars.iter().all(|bar| bar.metre == metre);
        let usual = band::usual(metre, light).filter(|_| all_one);
        let needed = self
            .seats
            .iter()
            .any(|seat| matches!(seat.job, Job::Drums | Job::Band(_)));
        let own = style.filter(|style| style.has(PartKind::Drums)).or(usual);
        let mut drums: Option<Part> = None;
        if needed && source.drums.is_empty() || style.is_some() {
            drums = own.and_then(|own| band::styled(&self.frame, own, PartKind::Drums, &[]));
        }
        let kit: Vec<Tone> = match &drums {
            Some(_) => Vec::new(),
            None if !source.drums.is_empty() => source.drums.clone(),
            None => {
                let plain = band::plain_drums(&self.frame);
                drums = Some(plain);
                Vec::new()
            }
        };
        for at in 0..self.seats.len() {
            let instrument = self.of(at);
            let tones = match self.seats[at].job {
                Job::Drums => {
                    let all = drums
                        .as_ref()
                        .map_or_else(|| kit.clone(), |part| band::tones(part, instrument));
                    band::of_drums(all, instrument, &self.frame)
                }
                Job::Strokes => band::strokes(&self.frame, instrument),
                Job::Band(kind) => {
                    let given: Vec<&Part> = drums.iter().collect();
                    let part =
                        style.and_then(|style| band::styled(&self.frame, style, kind, &given));
                    match part {
                        Some(part) => band::tones(&part, instrument),
                        None => continue,
                    }
                }
                _ => continue,
            };
            self.written[at] = true;
            self.tones[at] = tones;
        }
        // What a style has nothing for is led, or has chords.
        for at in 0..self.seats.len() {
            if let Job::Band(kind) = self.seats[at].job
                && self.tones[at].is_empty()
            {
                self.seats[at].job = if kind == PartKind::Bass {
                    Job::Voice
                } else {
                    Job::Chords {
                        bass: false,
                        melody: false,
                    }
                };
            }
        }
    }

    /// A piece of as many lines as there are voices keeps them, each in its player's octave, if the melody's player has
    /// the melody; whether it was one.
    fn same_lines(&mut self, source: &Source, order: &[usize]) -> bool {
        let Some(melody) = self.melody() else {
            return false;
        };
        let tune = source.lines.iter().position(|line| *line == source.melody);
        let place = order.iter().position(|at| *at == melody);
        let asked = self.frame.character.texture.is_some() || self.frame.character.busy != 0.0;
        if asked || source.lines.len() != order.len() || tune != place {
            return false;
        }
        for (at, line) in order.iter().zip(&source.lines) {
            self.tones[*at] = match *at == melody {
                true => self.frame.melody.clone(),
                false => fit(line, self.of(*at), 0, &self.frame.phrases()).0,
            };
        }
        true
    }

    /// Voices from the highest to the lowest.
    fn voices(&mut self, source: &Source) {
        let melody = self.melody();
        let mean = self
            .frame
            .melody
            .iter()
            .map(|tone| f32::from(tone.key))
            .sum::<f32>()
            / self.frame.melody.len().max(1) as f32;
        let height = |at: usize| match self.seats[at].role {
            // A tune is on top, unless it was given to a low instrument.
            Role::Melody
                if self.seats[at].player.role == Some(Role::Melody)
                    && self.of(at).middle() < 62.0 =>
            {
                mean + 4.0
            }
            Role::Melody => 200.0,
            Role::Bass => -100.0,
            _ => self.of(at).middle(),
        };
        let mut order: Vec<usize> = (0..self.seats.len())
            .filter(|at| self.seats[*at].job == Job::Voice)
            .collect();
        order.sort_by(|a, b| height(*b).total_cmp(&height(*a)).then(a.cmp(b)));
        if order.is_empty() {
            return;
        }
        if self.same_lines(source, &order) {
            return;
        }
        let others = self.seats.iter().any(|seat| {
            matches!(
                seat.job,
                Job::Band(PartKind::Bass) | Job::Chords { bass: true, .. }
            )
        });
        let last = order[order.len() - 1];
        let low = self.seats[last].role == Role::Bass;
        let led = Led {
            parts: order
                .iter()
                .map(|at| Line {
                    voice: Voice::of(self.of(*at)),
                    counter: self.seats[*at].role == Role::Counter,
                    agile: self.of(*at).agile,
                })
                .collect(),
            melody: melody.and_then(|melody| order.iter().position(|at| *at == melody)),
            has_bass: low || !others && Some(last) != melody,
        };
        for (at, line) in order.into_iter().zip(lines::lines(&self.frame, &led)) {
            self.tones[at] = line;
        }
    }

    fn chords(&mut self) {
        for at in 0..self.seats.len() {
            let Job::Chords { bass, melody } = self.seats[at].job else {
                continue;
            };
            let calm = self.seats[at].role == Role::Pad;
            self.tones[at] = match melody {
                true => chordal::solo(&self.frame, self.of(at), bass),
                false => chordal::chords(&self.frame, self.of(at), bass, calm),
            };
        }
    }

    fn doubles(&mut self) {
        for at in 0..self.seats.len() {
            let Job::Double(line) = self.seats[at].job else {
                continue;
            };
            let mean = |tones: &[Tone]| {
                tones.iter().map(|tone| f32::from(tone.key)).sum::<f32>()
                    / tones.len().max(1) as f32
            };
            let instrument = self.of(at);
            let octaves = ((instrument.middle() - mean(&self.tones[line])) / 12.0).round() as i32;
            let line = match self.seats[line].job {
                Job::Chords { .. } => &self.frame.melody,
                _ => &self.tones[line],
            };
            // A melody is doubled as a whole.
            let tones = match self.seats[at].role {
                Role::Melody | Role::Colour => fit(line, instrument, 0, &self.frame.phrases()).0,
                _ => fold(line, instrument, octaves),
            };
            self.tones[at] = tones;
        }
    }

    /// Every second phrase is another's, who gives away what he had.
    fn answer(&mut self, calls: bool) {
        let Some(melody) = self
            .melody()
            .filter(|at| calls && self.seats[*at].job == Job::Voice)
        else {
            return;
        };
        let can = |at: &usize| {
            let seat = &self.seats[*at];
            *at != melody
                && seat.job == Job::Voice
                && (seat.role != Role::Bass || self.seats.len() == 2)
        };
        let near = |at: &usize| (self.of(*at).middle() - self.of(melody).middle()).abs();
        let Some(other) = (0..self.seats.len())
            .filter(can)
            .min_by(|a, b| near(a).total_cmp(&near(b)))
        else {
            return;
        };
        let starts = self.frame.phrases();
        let turn = |at: f64| starts.partition_point(|start| *start <= at + SAME).max(1) % 2 == 0;
        let part = |tones: &[Tone], is: bool| {
            tones
                .iter()
                .filter(|tone| turn(tone.start) == is)
                .copied()
                .collect::<Vec<Tone>>()
        };
        let (tune, line) = (&self.tones[melody], &self.tones[other]);
        let (given, said) = fit(&part(tune, true), self.of(other), 0, &starts);
        let back = fold(&part(line, true), self.of(melody), 0);
        let mut new = [part(tune, false), part(line, false)];
        new[0].extend(back);
        new[1].extend(given);
        let [a, b] = new;
        self.tones[melody] = a;
        self.tones[other] = b;
        self.moved.extend(said);
        self.answers = Some(other);
    }

    fn finish(mut self, source: &Source, how: &Character) -> Arrangement {
        let melody = self.melody();
        let mut parts: Vec<ArrangedPart> = Vec::new();
        let mut channel = 0;
        for (at, seat) in self.seats.iter().enumerate() {
            let instrument = seat.player.instrument;
            let mut tones = std::mem::take(&mut self.tones[at]);
            sort(&mut tones);
            let tune = Some(at) == melody || self.answers == Some(at);
            if !instrument.is_drums() {
                expression::articulation(&self.frame, &seat.player, seat.role, &mut tones);
                let kept: &[Tone] = if Some(at) == melody {
                    &self.frame.melody
                } else {
                    &[]
                };
                expression::playable(instrument, kept, &mut tones);
            }
            expression::dynamics(
                &self.frame,
                &seat.player,
                seat.role,
                self.written[at],
                &mut tones,
            );
            let own = if instrument.is_drums() {
                DRUM_CHANNEL
            } else {
                if channel == DRUM_CHANNEL {
                    channel += 1;
                }
                channel += 1;
                channel - 1
            };
            let gain =
                role_gain(seat.role) - 20.0 * instrument.weight.log10() + 2.5 * seat.player.loud;
            parts.push(ArrangedPart {
                instrument,
                name: name(&self.seats, at),
                role: seat.role,
                tones,
                channel: own.min(15),
                programme: (!instrument.is_drums()).then_some(instrument.gm),
                pan: if tune && self.seats.len() <= 2 {
                    0.0
                } else {
                    instrument.pan
                },
                gain_db: gain + 1.5 * how.loud,
                sound: seat.player.sound.clone(),
            });
        }
        Arrangement {
            textures: self
                .frame
                .sections
                .iter()
                .map(|section| (section.from, section.texture))
                .collect(),
            harmonies: self.frame.harmonies,
            metres: source.metres.clone(),
            tempo: source.tempo.clone(),
            parts,
            melody,
            answers: self.answers,
            moved: self.moved,
        }
    }
}

/// "violin 2" where there are several.
fn name(seats: &[Seat], at: usize) -> String {
    let own = seats[at].player.instrument;
    let same = |seats: &[Seat]| {
        seats
            .iter()
            .filter(|seat| seat.player.instrument == own)
            .count()
    };
    match same(seats) {
        1 => own.name.clone(),
        _ => format!("{} {}", own.name, same(&seats[..=at])),
    }
}
