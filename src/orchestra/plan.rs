//! Who does what: melody, bass, voices between, chords, doublings, the rhythm section.

use super::asked::{Asked, Player, Role};
use super::instruments::{self, Family, Instrument};
use crate::music::PartKind;
use crate::style::Style;

/// As many voices are led in large ensembles; the others double.
const VOICES_OF_MANY: usize = 5;
/// From so many players on an ensemble is large.
const MANY: usize = 8;
/// Where inner voices lie, in this order.
const INNER: [f32; 4] = [66.0, 60.0, 70.0, 55.0];

/// What a player has to do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Job {
    /// A line of its own; the melody's has [`Role::Melody`].
    Voice,
    /// The line of another seat, in its own octave.
    Double(usize),
    /// Chords, with the bass, with the melody on top.
    Chords { bass: bool, melody: bool },
    /// What the style writes.
    Band(PartKind),
    /// Drums.
    Drums,
    /// Strokes on roots.
    Strokes,
}

/// A player with a job.
#[derive(Clone, Debug)]
pub(super) struct Seat {
    pub player: Player,
    pub role: Role,
    pub job: Job,
}

/// The seats of those who were asked for; of a string quartet where nobody was. `style` is one that fits the metre.
pub(super) fn plan(asked: &Asked, style: Option<&Style>) -> Vec<Seat> {
    let players = if asked.players.is_empty() {
        quartet()
    } else {
        asked.players.clone()
    };
    let mut planning = Planning {
        role: players.iter().map(|player| player.role).collect(),
        job: vec![None; players.len()],
        players,
        style,
        only: asked.only,
    };
    planning.percussion();
    planning.melody();
    planning.bass();
    planning.chords();
    planning.voices();
    planning.finish()
}

fn quartet() -> Vec<Player> {
    let names = ["violin", "violin", "viola", "cello"];
    let player = |name: &&str| {
        Some(Player {
            instrument: instruments::named(name)?,
            role: None,
            loud: 0.0,
            sound: Vec::new(),
        })
    };
    names.iter().filter_map(player).collect()
}

struct Planning<'a> {
    players: Vec<Player>,
    role: Vec<Option<Role>>,
    job: Vec<Option<Job>>,
    style: Option<&'a Style>,
    only: bool,
}

/// Whether it has so few notes that it plays strokes.
fn strikes(instrument: &Instrument) -> bool {
    instrument.family == Family::Mallets && instrument.range[1] - instrument.range[0] < 24
}

impl Planning<'_> {
    fn of(&self, at: usize) -> &'static Instrument {
        self.players[at].instrument
    }

    /// Seats without a job.
    fn free(&self) -> Vec<usize> {
        (0..self.players.len())
            .filter(|at| self.job[*at].is_none())
            .collect()
    }

    fn seat(&mut self, at: usize, role: Role, job: Job) {
        self.role[at] = Some(role);
        self.job[at] = Some(job);
    }

    fn percussion(&mut self) {
        for at in 0..self.players.len() {
            if self.of(at).is_drums() {
                self.seat(at, Role::Rhythm, Job::Drums);
            } else if strikes(self.of(at)) && self.players.len() > 1 {
                self.seat(at, Role::Colour, Job::Strokes);
            }
        }
    }

    fn melody(&mut self) {
        let free = self.free();
        let named: Vec<usize> = free
            .iter()
            .copied()
            .filter(|at| self.role[*at] == Some(Role::Melody))
            .collect();
        let many = self.players.len() >= MANY;
        let worth = |at: &usize| {
            let one = self.of(*at);
            let mut worth = one.middle() / 24.0 - *at as f32 * 0.3;
            if one.is_bass() {
                worth -= 10.0;
            }
            if !one.is_chordal() {
                worth += 5.0;
            }
            if one.family == Family::Mallets || one.name == "piccolo" {
                worth -= 3.0;
            }
            if many && one.name == "violin" {
                worth += 6.0;
            }
            worth
        };
        let open = |at: &usize| self.role[*at].is_none();
        let chosen = named.first().copied().or_else(|| {
            let open: Vec<usize> = free.iter().copied().filter(open).collect();
            let all_low = open.iter().all(|at| self.of(*at).is_bass());
            if self.only && all_low {
                return None;
            }
            let from = if open.is_empty() { &free } else { &open };
            from.iter()
                .copied()
                .max_by(|a, b| worth(a).total_cmp(&worth(b)))
        });
        let Some(at) = chosen else {
            return;
        };
        let one = self.of(at);
        // Who has chords plays them under its tune, where nobody else has any.
        let others = free
            .iter()
            .any(|other| *other != at && (self.of(*other).is_chordal()));
        let alone = free
            .iter()
            .filter(|other| **other != at)
            .all(|other| self.of(*other).is_bass());
        let job = if one.is_chordal() && !others && (alone || one.has_hands()) {
            let low = free
                .iter()
                .any(|other| *other != at && self.of(*other).is_bass());
            Job::Chords {
                bass: !low,
                melody: true,
            }
        } else {
            Job::Voice
        };
        self.seat(at, Role::Melody, job);
        for other in named.into_iter().skip(1) {
            self.seat(other, Role::Melody, Job::Double(at));
        }
    }

    fn bass(&mut self) {
        let free = self.free();
        if matches!(
            self.job
                .iter()
                .flatten()
                .find(|job| matches!(job, Job::Chords { .. })),
            Some(Job::Chords { bass: true, .. })
        ) && free.iter().all(|at| !self.of(*at).is_bass())
        {
            return;
        }
        let named: Vec<usize> = free
            .iter()
            .copied()
            .filter(|at| self.role[*at] == Some(Role::Bass))
            .collect();
        let open: Vec<usize> = free
            .iter()
            .copied()
            .filter(|at| self.role[*at].is_none() && !self.of(*at).is_chordal())
            .collect();
        let lowest = |of: &[usize]| {
            of.iter()
                .copied()
                .min_by(|a, b| self.of(*a).middle().total_cmp(&self.of(*b).middle()))
        };
        let low: Vec<usize> = open
            .iter()
            .copied()
            .filter(|at| self.of(*at).is_bass())
            .collect();
        let chordal = free.iter().any(|at| self.of(*at).is_chordal());
        let chosen = named
            .first()
            .copied()
            .or_else(|| lowest(&low))
            .or_else(|| if chordal { None } else { lowest(&open) });
        let Some(at) = chosen else {
            return;
        };
        // Cellos have the bass that double basses double.
        let cello = open
            .iter()
            .copied()
            .find(|other| self.of(*other).name == "cello");
        let doubled = self.of(at).name == "double bass" && named.is_empty() && self.style.is_none();
        match cello.filter(|_| doubled) {
            Some(cello) => {
                self.seat(cello, Role::Bass, Job::Voice);
                self.seat(at, Role::Bass, Job::Double(cello));
            }
            None => {
                let styled = self.style.is_some_and(|style| style.has(PartKind::Bass))
                    && !self.of(at).is_chordal();
                let job = match () {
                    () if styled => Job::Band(PartKind::Bass),
                    () if self.of(at).has_hands() => Job::Chords {
                        bass: true,
                        melody: false,
                    },
                    () => Job::Voice,
                };
                self.seat(at, Role::Bass, job);
            }
        }
        for other in named.into_iter().skip(1) {
            self.seat(other, Role::Bass, Job::Double(at));
        }
    }

    fn chords(&mut self) {
        let mut written: Vec<PartKind> = Vec::new();
        for at in self.free() {
            let one = self.of(at);
            let asked = self.role[at];
            let line = matches!(asked, Some(Role::Counter | Role::Inner));
            if !one.is_chordal() || line {
                continue;
            }
            let kind = match one.family {
                Family::Plucked => PartKind::Guitar,
                _ => PartKind::Keys,
            };
            let rhythmic = matches!(
                one.family,
                Family::Plucked | Family::Keys | Family::Synth | Family::Mallets
            );
            let role = asked.unwrap_or(match one.family {
                Family::Plucked | Family::Mallets => Role::Comping,
                Family::Keys if !one.name.contains("organ") => Role::Comping,
                _ => Role::Pad,
            });
            let has_style = self.style.is_some_and(|style| style.has(kind));
            let low = self
                .job
                .iter()
                .zip(&self.role)
                .any(|(job, role)| job.is_some() && *role == Some(Role::Bass));
            let has_low = self
                .job
                .iter()
                .flatten()
                .any(|job| matches!(job, Job::Chords { bass: true, .. }));
            let rhythm_section = self
                .job
                .iter()
                .flatten()
                .any(|job| matches!(job, Job::Drums | Job::Band(_)));
            if has_style && rhythmic && role != Role::Pad && !written.contains(&kind) {
                written.push(kind);
                self.seat(at, role, Job::Band(kind));
            } else {
                let bass =
                    !low && !has_low || one.has_hands() && !rhythm_section && role != Role::Pad;
                self.seat(
                    at,
                    role,
                    Job::Chords {
                        bass,
                        melody: false,
                    },
                );
            }
        }
    }

    fn voices(&mut self) {
        let mut free = self.free();
        let lines = self
            .job
            .iter()
            .flatten()
            .filter(|job| matches!(job, Job::Voice))
            .count();
        let most = if self.players.len() >= MANY {
            VOICES_OF_MANY
        } else {
            super::voicing::MOST_VOICES
        };
        let family = self
            .role
            .iter()
            .position(|role| *role == Some(Role::Melody))
            .map(|at| self.of(at).family);
        let mut room = most.saturating_sub(lines);
        // Who was given a line, then who belongs to the melody's family, then who fills the middle.
        let mut inner = 0;
        while room > 0 && !free.is_empty() {
            let target = INNER[inner % INNER.len()];
            let far = |at: &usize| {
                let one = self.of(*at);
                let given = matches!(self.role[*at], Some(Role::Counter | Role::Inner));
                let kin = Some(one.family) == family;
                let small = one.family == Family::Mallets || one.name == "piccolo";
                (one.middle() - target).abs()
                    - if given { 100.0 } else { 0.0 }
                    - if kin { 40.0 } else { 0.0 }
                    + if small { 60.0 } else { 0.0 }
            };
            let Some(at) = free
                .iter()
                .copied()
                .min_by(|a, b| far(a).total_cmp(&far(b)))
            else {
                break;
            };
            let others = self.players.len() > 2;
            if self.of(at).family == Family::Mallets
                && others
                && self.role[at].is_none()
                && lines > 0
                && self.melody_isnt_mallets()
            {
                break;
            }
            free.retain(|other| *other != at);
            let role = self.role[at].unwrap_or(Role::Inner);
            self.seat(at, role, Job::Voice);
            inner += 1;
            room -= 1;
        }
        for at in free {
            let line = self.doubled(at);
            let role = match line {
                Some(line) if self.role[line] == Some(Role::Melody) => Role::Colour,
                Some(line) => self.role[line].unwrap_or(Role::Inner),
                None => Role::Inner,
            };
            let job = line.map_or(Job::Voice, Job::Double);
            let role = self.role[at].unwrap_or(role);
            self.seat(at, role, job);
        }
    }

    fn melody_isnt_mallets(&self) -> bool {
        let melody = self
            .role
            .iter()
            .position(|role| *role == Some(Role::Melody));
        melody.is_some_and(|at| self.of(at).family != Family::Mallets)
    }

    /// Whose line a seat doubles: high ones the melody, low ones the bass, others the inner voice nearest to them
    /// that fewest double.
    fn doubled(&self, at: usize) -> Option<usize> {
        let one = self.of(at);
        let lines = (0..self.players.len()).filter(|other| self.job[*other] == Some(Job::Voice));
        let cost = |other: &usize| {
            let twice = self
                .job
                .iter()
                .filter(|job| **job == Some(Job::Double(*other)))
                .count() as f32;
            let far = (self.of(*other).middle() - one.middle()).abs();
            let wanted = match self.role[*other] {
                Some(Role::Melody) if one.middle() >= 70.0 => -14.0,
                Some(Role::Bass) if one.is_bass() => -14.0,
                _ => 0.0,
            };
            far + 7.0 * twice + wanted
        };
        lines.min_by(|a, b| cost(a).total_cmp(&cost(b)))
    }

    fn finish(self) -> Vec<Seat> {
        let all = self.players.into_iter().zip(self.role).zip(self.job);
        all.map(|((player, role), job)| Seat {
            player,
            role: role.unwrap_or(Role::Inner),
            job: job.unwrap_or(Job::Voice),
        })
        .collect()
    }
}
