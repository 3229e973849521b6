//! A stretch of a song as the parts network takes it: chords, what is heard, and the drums, step by step.

use super::Unfit;
use super::stretches::{Place, in_song, in_stretch};
use crate::analysis::song::SongDescription;
use crate::models::parts::roll::StepChord;
use crate::music::{BarGrid, Chord, GridNote, Key, Metre, Mode, Part, PartKind, Quality, STEPS};

/// Bars longer or of another kind than the network's are counted as several or as parts of its own. What it doesn't know
/// is written by styles alone.
const METRES: [(Metre, &str, u32); 13] = [
    (metre(4, 4), "4/4", 16),
    (metre(2, 4), "4/4", 16),
    (metre(2, 2), "4/4", 16),
    (metre(3, 4), "3/4", 12),
    (metre(6, 4), "3/4", 12),
    (metre(6, 8), "6/8", 12),
    (metre(12, 8), "6/8", 12),
    (metre(3, 8), "6/8", 12),
    (metre(5, 4), "5/4", 20),
    (metre(5, 8), "5/8", 10),
    (metre(7, 8), "7/8", 14),
    (metre(9, 8), "9/8", 18),
    (metre(7, 4), "7/4", 28),
];
/// Bars of a section, where none are known.
pub(super) const SECTION: usize = 8;
/// Those that the network knows.
const OF_NETWORK: [&str; 4] = ["4/4", "3/4", "6/8", "5/4"];
/// Most steps of a song that a part is made for: some hours.
const MOST_STEPS: u32 = 16 * 9_000;

const fn metre(count: u8, unit: u8) -> Metre {
    Metre { count, unit }
}

/// What a part has to fit.
#[derive(Clone, Debug, PartialEq)]
pub struct StemContext {
    /// What styles and the network call the metre: "4/4".
    pub metre: &'static str,
    /// Steps of one of the network's bars.
    pub bar: usize,
    /// Steps of all bars, the network's bars whole; a part is as long.
    pub steps: usize,
    /// The chord of each step; those of no chord are filled with the one before.
    pub chords: Vec<StepChord>,
    /// Whether the chords are known, or only the key.
    pub knows_chords: bool,
    /// The key.
    pub key: Key,
    /// Quarter notes a minute.
    pub bpm: f64,
    /// Notes of parts that aren't told apart.
    pub heard: Vec<GridNote>,
    /// Parts that are known exactly; the drums that were heard count as such.
    pub given: Vec<Part>,
    /// The name of the song's metre, where notes are written down.
    pub written: Metre,
    /// Bars as the song counts them, from 0, that its sections begin with: every eighth where none are known.
    pub sections: Vec<usize>,
    /// The song's genres and how sure each is; none where none is clear.
    pub genres: Vec<(String, f32)>,
    /// Whether its eighths swing.
    pub swings: bool,
}

impl StemContext {
    /// That of `sound` steps of a song with these parts, of bars of one metre from its step `first` on; or of bars at these
    /// places, counted from there, where they aren't all as long.
    ///
    /// # Errors
    /// [`Unfit::Metre`].
    pub(super) fn of(
        song: &SongDescription,
        grid: &BarGrid,
        parts: &[Part],
        (written, first, sound): (Metre, u32, u32),
        places: &[Place],
    ) -> Result<Self, Unfit> {
        let known = METRES.iter().find(|(metre, ..)| *metre == written);
        let Some(&(_, name, bar)) = known else {
            return Err(Unfit::Metre(written));
        };
        // What lies beyond the sound by less than half a bar belongs to a bar that isn't there.
        let steps = ((sound + bar / 2) / bar).max(1) * bar;
        let steps = steps.min(MOST_STEPS / bar * bar) as usize;
        let key = song.key.as_ref().map_or(
            Key {
                tonic: 0,
                mode: Mode::Major,
            },
            |heard| heard.key(),
        );
        let is_placed = !places.is_empty();
        let all = match is_placed {
            true => grid.steps().saturating_sub(first) as usize,
            false => steps,
        };
        let mut chords: Vec<Option<Chord>> = vec![None; all];
        for heard in &song.chords {
            let step = |seconds: f64| {
                let step = (grid.step_at(seconds) - f64::from(first)).round();
                (step.max(0.0) as usize).min(all)
            };
            chords[step(heard.start)..step(heard.end).max(step(heard.start))]
                .fill(Some(heard.chord));
        }
        if is_placed {
            let chord = |step| chords.get(in_song(places, step)? as usize).copied()?;
            chords = (0..steps as u32).map(chord).collect();
        }
        let knows_chords = chords.iter().any(Option::is_some);
        let tonic = Chord {
            root: key.tonic,
            quality: match key.mode {
                Mode::Major => Quality::Major,
                Mode::Minor => Quality::Minor,
            },
            bass: None,
        };
        let mut now = chords.iter().copied().flatten().next().unwrap_or(tonic);
        let filled = chords.into_iter().map(|chord| {
            now = chord.unwrap_or(now);
            StepChord::from(now)
        });
        let within = |part: &Part| Part {
            kind: part.kind,
            notes: part
                .notes
                .iter()
                .filter_map(|note| {
                    let step = note.step.checked_sub(first)?;
                    let note = GridNote { step, ..*note };
                    match is_placed {
                        true => in_stretch(places, &note),
                        false => ((step as usize) < steps).then_some(note),
                    }
                })
                .collect(),
        };
        // Where metres change the song's beats are of several lengths.
        let one_metre = grid.bars().iter().all(|bar| bar.metre == written);
        let seconds = |step: u32| grid.seconds_at(f64::from(step));
        let begins = first + in_song(places, 0).unwrap_or(0);
        let lasts = seconds(begins + bar) - seconds(begins);
        let bpm = match one_metre {
            true => quarters(song),
            false => (60.0 * f64::from(bar / STEPS) / lasts).clamp(30.0, 300.0),
        };
        let mut sections = sections(song, grid, first, steps as u32);
        if sections.is_empty() {
            let bars = steps.div_ceil(bar_steps(written) as usize);
            sections = (0..bars).step_by(SECTION).collect();
        }
        let genres = song.tags.clear_genres().iter();
        let genres = genres.map(|genre| (genre.name.clone(), genre.confidence as f32));
        let (given, heard): (Vec<&Part>, Vec<&Part>) =
            parts.iter().partition(|part| part.kind.is_some());
        Ok(Self {
            metre: name,
            bar: bar as usize,
            steps,
            chords: filled.collect(),
            knows_chords,
            key,
            bpm,
            heard: heard
                .into_iter()
                .flat_map(|part| within(part).notes)
                .collect(),
            given: given.into_iter().map(within).collect(),
            written,
            genres: genres.collect(),
            swings: song.swings(),
            sections,
        })
    }

    /// The same without a part of its own kind: what is to be made isn't known.
    #[must_use]
    pub fn given_besides(&self, kind: PartKind) -> Vec<&Part> {
        let others = self.given.iter().filter(|part| part.kind != Some(kind));
        others.collect()
    }

    /// Whether the network knows its metre. Any thread.
    #[must_use]
    pub(super) fn suits_the_network(&self) -> bool {
        OF_NETWORK.contains(&self.metre)
    }

    /// Bars as the song counts them.
    #[must_use]
    pub fn bars(&self) -> usize {
        self.steps.div_ceil(self.bar_written()).max(1)
    }

    /// Steps of a bar as the song counts them.
    #[must_use]
    pub fn bar_written(&self) -> usize {
        bar_steps(self.written) as usize
    }
}

/// First bars of the sections that begin within some steps of a song, counted from the bar that begins at `first`.
fn sections(song: &SongDescription, grid: &BarGrid, first: u32, steps: u32) -> Vec<usize> {
    let bars = grid.bars();
    let begins = bars.partition_point(|bar| bar.step < first);
    let ends = bars.partition_point(|bar| bar.step < first + steps);
    let firsts = song.sections.iter().map(|section| section.first_bar);
    let within = firsts.filter(|bar| (begins..ends).contains(bar));
    within.map(|bar| bar - begins).collect()
}

/// Steps of a bar, one at least.
pub(super) fn bar_steps(metre: Metre) -> u32 {
    (u32::from(metre.count) * 16 / u32::from(metre.unit)).max(1)
}

/// Whether parts are written in a metre.
pub(super) fn is_known(metre: Metre) -> bool {
    METRES.iter().any(|(known, ..)| *known == metre)
}

/// Quarter notes a minute.
fn quarters(song: &SongDescription) -> f64 {
    let felt = song.tempo.as_ref().map_or(110.0, |tempo| tempo.bpm);
    let each = song
        .metre
        .as_ref()
        .map_or(1.0, |metre| metre.metre.quarters());
    (felt * each).clamp(30.0, 300.0)
}
