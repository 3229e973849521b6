//! What is struck and has no harmonics: bells, tubes, bars. Each kind is told by where its partials lie over the note that it is
//! heard as (Rossing, *Science of Percussion Instruments*, 2000, chapters 5 to 7 and 11).

use super::bell::{self, Peak};
use super::spectrum::{is_peak, loudest, refine};

/// Partials as much softer than the loudest are none (−36 dB); as powers.
const LEAST: f64 = 2.5e-4;
/// The partial that a tube or bar is found by is at most so much softer than the loudest (−27 dB).
const LEAST_MAIN: f64 = 2e-3;
/// All partials have at least so much of the power below the highest of them.
const LEAST_SHARE: f64 = 0.93;
/// Where it has nothing there is at most so much of that (−25 dB).
const MOST_NOTHING: f64 = 0.003;
/// The notes that are looked for, Hz.
const STRIKES: (f64, f64) = (60.0, 4_200.0);
/// Half a semitone.
const NEAR: f64 = 1.03;

type Range = (f64, f64);

/// A kind of body, by its partials over the note that it is heard as.
#[derive(Debug, PartialEq)]
pub(super) struct Body {
    partials: &'static [Range],
    /// Which partial is looked for first, how many times the note it is, and how many of `partials` there are besides at least.
    main: f64,
    least_others: usize,
    /// These partials there are in any case.
    all_of: &'static [usize],
    /// Where it has nothing, as harmonic tones have.
    nothing: &'static [Range],
}

/// A church bell: its own finder, see [`bell`].
static BELL: Body = Body {
    partials: &bell::PARTIALS,
    main: 2.0,
    least_others: usize::MAX,
    all_of: &[],
    nothing: &[],
};

static BODIES: [Body; 3] = [
    // An orchestra's tubular bell, heard an octave below its fourth mode.
    Body {
        partials: &[
            (0.2, 0.25),
            (0.59, 0.65),
            (1.17, 1.26),
            (1.93, 2.07),
            (2.85, 3.08),
            (3.85, 4.25),
            (5.0, 5.65),
            (6.2, 7.3),
        ],
        main: 2.0,
        least_others: 4,
        all_of: &[1, 2],
        nothing: &[(0.95, 1.05), (1.45, 1.55), (2.3, 2.65), (3.35, 3.7)],
    },
    // A uniform bar: glockenspiel, celesta, chimes.
    Body {
        partials: &[
            (0.97, 1.03),
            (2.62, 2.84),
            (5.1, 5.55),
            (6.7, 7.1),
            (8.2, 9.3),
            (10.4, 13.5),
        ],
        main: 1.0,
        least_others: 1,
        all_of: &[0],
        nothing: &[(1.9, 2.1), (2.88, 3.12), (3.8, 4.2)],
    },
    // A bar tuned to two octaves: vibraphone, marimba.
    Body {
        partials: &[(0.97, 1.03), (3.85, 4.15), (9.0, 10.8)],
        main: 1.0,
        least_others: 1,
        all_of: &[0, 1],
        nothing: &[(1.9, 2.1), (2.88, 3.12), (4.8, 5.2), (5.8, 6.2), (7.8, 8.2)],
    },
];

/// What is struck, and the note that it is heard as, Hz, by the power spectrum of the sound; if it is such a body. Any thread.
pub(super) fn find(power: &[f32], hertz_per_bin: f64) -> Option<(&'static Body, f64)> {
    let least = LEAST * loudest(power);
    let peaks: Vec<Peak> = (1..power.len())
        .filter(|&bin| f64::from(power[bin]) >= least && is_peak(power, bin))
        .map(|bin| (refine(power, bin) * hertz_per_bin, f64::from(power[bin])))
        .collect();
    if let Some(strike) = bell::strike_of(&peaks) {
        return Some((&BELL, strike));
    }
    let bodies = BODIES.iter();
    let mut found = bodies.filter_map(|body| Some((body, body.note(&peaks)?)));
    found.next()
}

impl Body {
    /// The note that peaks are heard as, if they are of such a body.
    fn note(&self, peaks: &[Peak]) -> Option<f64> {
        let loudest = peaks.iter().map(|peak| peak.1).fold(0.0, f64::max);
        let mains = peaks.iter().filter(|peak| peak.1 >= LEAST_MAIN * loudest);
        let mut notes = mains.map(|main| main.0 / self.main);
        notes.find(|note| self.fits(peaks, *note))
    }

    fn fits(&self, peaks: &[Peak], note: f64) -> bool {
        let power = |(from, to): Range| -> f64 {
            let near = peaks
                .iter()
                .filter(|peak| (from..=to).contains(&(peak.0 / note)));
            near.map(|peak| peak.1).sum()
        };
        let there: Vec<f64> = self.partials.iter().copied().map(power).collect();
        let own: f64 = there.iter().sum();
        let highest = self.partials.last().map_or(0.0, |partial| partial.1);
        (STRIKES.0..=STRIKES.1).contains(&note)
            && there.iter().filter(|power| **power > 0.0).count() > self.least_others
            && self.all_of.iter().all(|partial| there[*partial] > 0.0)
            && own >= LEAST_SHARE * power((0.0, highest))
            && self
                .nothing
                .iter()
                .all(|range| power(*range) <= MOST_NOTHING * own)
    }

    /// Whether its note, or a partial, is within half a semitone of what is this many times its note.
    pub fn has(&self, times: f64) -> bool {
        let near = |(from, to): &Range| (from / NEAR..=to * NEAR).contains(&times);
        near(&(1.0, 1.0)) || self.partials.iter().any(near)
    }
}
